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
	// Container is what the file is by its content: "tar" or "tar+gzip"; empty for a
	// file that was not looked into.
	Container string `json:"container"`
	// TarSHA256 and TarSize are those of the tar inside a gzip.
	TarSHA256 string `json:"tar_sha256"`
	TarSize   int64  `json:"tar_size"`
	// Members are the files in the archive, in its order.
	Members []Member `json:"members"`
	// OVF, Meta and Manifest are what the archive says about itself.
	OVF      Descriptor `json:"ovf"`
	Meta     Meta       `json:"meta"`
	Manifest Manifest   `json:"manifest"`
	// OSType is the operating system by descriptor or .meta, in lower case: "aix";
	// empty when neither says it.
	OSType string `json:"os_type"`
	// Architecture is as they say it: "ppc64"; empty when neither says it.
	Architecture string `json:"architecture"`
	// BootVolumes are the files of the disks that are said to boot.
	BootVolumes []string `json:"boot_volumes"`
}

// formats are the extensions that Power VS imports, the longest first.
var formats = []string{"ova.gz", "tar.gz", "ova", "tar", "tgz"}

// FactsOf describes a digested file.
func FactsOf(f File) *Facts {
	facts := &Facts{
		Name: f.Name, IsFile: true, Size: f.Size, SHA256: f.SHA256,
		Format: formatOf(f.Name), Importable: importable(f.Name),
	}
	facts.NotLookedInto()
	if a := f.Archive; a != nil {
		facts.Container, facts.TarSHA256, facts.TarSize = a.Container, a.TarSHA256, a.TarSize
		facts.Members, facts.OVF, facts.Meta, facts.Manifest = a.Members, a.Descriptor, a.Meta, a.Manifest
		facts.summarize()
	}
	return facts
}

// NotLookedInto says of an image that is no file, or no archive, that there are no
// facts about its inside.
func (f *Facts) NotLookedInto() {
	f.Members, f.BootVolumes = []Member{}, []string{}
	f.OVF = Descriptor{State: NotRead, Disks: []Disk{}}
	f.Meta = Meta{State: NotRead, Volumes: []Volume{}}
	f.Manifest = Manifest{State: NotRead}
}

// cimAIX is AIX among the numbers of CIM_OperatingSystem.OSType, which an OVF uses.
const cimAIX = 9

// summarize takes the operating system, the architecture and the boot disks from the
// descriptor, and from the .meta where the descriptor is silent.
func (f *Facts) summarize() {
	f.OSType, f.Architecture = strings.ToLower(f.OVF.OSType), f.OVF.Architecture
	if f.OVF.OSID == cimAIX {
		f.OSType = "aix"
	}
	if f.OSType == "" {
		f.OSType = strings.ToLower(f.Meta.OSType)
	}
	if f.Architecture == "" {
		f.Architecture = f.Meta.Architecture
	}
	for _, d := range f.OVF.Disks {
		if d.Boot {
			f.BootVolumes = append(f.BootVolumes, d.File)
		}
	}
	if len(f.BootVolumes) > 0 {
		return
	}
	for _, v := range f.Meta.Volumes {
		if v.Type == "boot" {
			f.BootVolumes = append(f.BootVolumes, v.File)
		}
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
