// SPDX-License-Identifier: MPL-2.0

// Package image is the built image as the post-processor sees it: files with their
// digests, and what Power VS asks of an image file.
package image

import (
	"strings"
)

// Facts are what the policy language shows under the root `image`.
type Facts struct {
	// Name is the image's name: the base name of its file, or the configured name.
	Name string `json:"name"`
	// IsFile is false for an image that is not a file on the Packer host.
	IsFile bool `json:"is_file"`
	// Size is in bytes; 0 for an image that is not a file.
	Size int64 `json:"size"`
	// SHA256 is 64 lower-case hexadecimal digits; empty when no digest is known.
	SHA256 string `json:"sha256"`
	// Format is "ova", "ova.gz", "tar", "tar.gz", "tgz", "raw" or "other", by the name.
	Format string `json:"format"`
	// Importable says whether Power VS imports a file of this name from its console:
	// one of its five extensions and no blank in the name
	// (https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-importing-boot-image).
	Importable bool `json:"importable"`
	// ID, Workspace, Bucket and Object are as configured; empty when they are not.
	ID        string `json:"id"`
	Workspace string `json:"workspace"`
	Bucket    string `json:"bucket"`
	Object    string `json:"object"`
}

// formats are the extensions that Power VS imports, the longest first.
var formats = []string{"ova.gz", "tar.gz", "ova", "tar", "tgz"}

// FactsOf describes a digested file.
func FactsOf(f File) *Facts {
	return &Facts{
		Name: f.Name, IsFile: true, Size: f.Size, SHA256: f.SHA256,
		Format: formatOf(f.Name), Importable: importable(f.Name),
	}
}

func formatOf(name string) string {
	for _, format := range formats {
		if strings.HasSuffix(strings.ToLower(name), "."+format) {
			return format
		}
	}
	if strings.HasSuffix(strings.ToLower(name), ".raw") {
		return "raw"
	}
	return "other"
}

func importable(name string) bool {
	switch formatOf(name) {
	case "raw", "other":
		return false
	}
	return !strings.ContainsAny(name, " \t")
}
