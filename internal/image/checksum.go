// SPDX-License-Identifier: MPL-2.0

package image

import (
	"fmt"
	"path/filepath"

	"github.com/moby/sys/atomicwriter"
)

// ChecksumPath is where the checksum file of an image lies: beside it, with .sha256
// added to the whole name, as Power VS looks for it beside the object in Cloud
// Object Storage.
func ChecksumPath(dir, name string) string { return filepath.Join(dir, name+".sha256") }

// WriteChecksum writes the checksum file: the digest, two blanks, the name, which
// is the form of sha256sum and shasum. IBM's pages say that the file is named
// `<file>.sha256`; that this form of its content is meant is an inference.
func WriteChecksum(dir string, file File) error {
	line := fmt.Sprintf("%s  %s\n", file.SHA256, file.Name)
	if err := atomicwriter.WriteFile(ChecksumPath(dir, file.Name), []byte(line), 0o644); err != nil {
		return fmt.Errorf("checksum file of %s: %w", file.Name, err)
	}
	return nil
}
