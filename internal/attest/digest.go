// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// IsSHA256 reports whether text is 64 lower-case hexadecimal digits.
func IsSHA256(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// digestMap turns "sha256:…" into a digest set.
func digestMap(digest string) map[string]string {
	algorithm, value, ok := strings.Cut(digest, ":")
	if !ok {
		return map[string]string{"sha256": digest}
	}
	return map[string]string{algorithm: value}
}

// IsPolicyDigest reports whether text is the digest of a policy, with or without
// "sha256:" before it.
func IsPolicyDigest(text string) bool { return IsSHA256(strings.TrimPrefix(text, "sha256:")) }
