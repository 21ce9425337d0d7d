// SPDX-License-Identifier: MPL-2.0

package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"sync"
)

// PluginDigest returns the digest of the binary that runs, "sha256:" and lower-case
// hex, or "" where it cannot be read: evidence without it is as good, and says less
// of where it comes from.
var PluginDigest = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return ""
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
})
