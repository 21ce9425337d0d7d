// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$`)

// CloudID turns the UUID of a Power VS image into the form of a digest value: its
// 32 hexadecimal digits without dashes.
func CloudID(id string) (string, error) {
	id = strings.ToLower(strings.TrimSpace(id))
	if !uuid.MatchString(id) {
		return "", fmt.Errorf("image id %q: expected a UUID such as 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", id)
	}
	return strings.ReplaceAll(id, "-", ""), nil
}

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
