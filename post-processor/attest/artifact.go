// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	registryimage "github.com/hashicorp/packer-plugin-sdk/packer/registry/image"
	"github.com/mitchellh/mapstructure"

	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Artifact is the artifact of the step before, passed on, with what was attested.
type Artifact struct {
	packersdk.Artifact
	// verdict is PASSED, WARNED or FAILED; report is the digest of the signed report.
	verdict, report string
	// rsct is the level of rsct.core.rmc; empty when it is not known.
	rsct  string
	image *image.Facts
}

var _ packersdk.Artifact = (*Artifact)(nil)

// The states that this artifact answers besides those of the one it passes on.
const (
	StateVerdict = "rsct.verdict"
	StateReport  = "rsct.report"
	StateLevel   = "rsct.level"
)

// The labels that HCP Packer shows with the image.
const (
	LabelVerdict = "rsct_verdict"
	LabelReport  = "rsct_report"
	LabelLevel   = "rsct_level"
)

// levelFileset is the fileset whose level is meant by "the level of RSCT".
const levelFileset = "rsct.core.rmc"

func newArtifact(source packersdk.Artifact, facts *image.Facts, result *verdict.Result, report string) *Artifact {
	a := &Artifact{Artifact: source, verdict: result.Verdict, report: report, image: facts}
	if result.Facts == nil {
		return a
	}
	if filesets, known := result.Facts.Filesets.Get(); known {
		for _, f := range filesets {
			if f.Name == levelFileset {
				a.rsct = f.Level
			}
		}
	}
	return a
}

// String implements packersdk.Artifact.
func (a *Artifact) String() string {
	// artifice ends its own with a new line.
	passed := strings.TrimSpace(a.Artifact.String())
	if passed == "" {
		passed = strings.Join(a.Files(), ", ")
	}
	return fmt.Sprintf("%s, attested %s (report %s)", passed, a.verdict, a.report)
}

// State implements packersdk.Artifact.
func (a *Artifact) State(name string) any {
	switch name {
	case StateVerdict:
		return a.verdict
	case StateReport:
		return a.report
	case StateLevel:
		return a.rsct
	case registryimage.ArtifactStateURI:
		return a.registry()
	}
	return a.Artifact.State(name)
}

// registry is the artifact's metadata for HCP Packer with our labels: those of the
// step before where it has some, and otherwise the image by its id or digest.
func (a *Artifact) registry() []*registryimage.Image {
	images := earlier(a.Artifact.State(registryimage.ArtifactStateURI))
	if len(images) == 0 {
		one := &registryimage.Image{ImageID: a.image.ID, ProviderName: a.BuilderId(), ProviderRegion: a.image.Workspace}
		switch {
		case one.ImageID != "":
			one.ProviderName = "powervs"
		case a.image.SHA256 != "":
			one.ImageID = "sha256:" + a.image.SHA256
		default:
			one.ImageID = a.image.Name
		}
		images = []*registryimage.Image{one}
	}
	for _, i := range images {
		labels := map[string]string{LabelVerdict: a.verdict, LabelReport: a.report}
		if a.rsct != "" {
			labels[LabelLevel] = a.rsct
		}
		maps.Copy(labels, without(i.Labels, labels))
		i.Labels = labels
	}
	return images
}

// without is the labels of the step before, less those that are ours to say.
func without(labels, ours map[string]string) map[string]string {
	rest := map[string]string{}
	for name, value := range labels {
		if _, taken := ours[name]; !taken {
			rest[name] = value
		}
	}
	return rest
}

// earlier reads the metadata of the step before. Through Packer's RPC it arrives as
// maps; HCP Packer takes one image or a list.
func earlier(state any) []*registryimage.Image {
	if state == nil {
		return nil
	}
	var list []*registryimage.Image
	if reflect.ValueOf(state).Kind() == reflect.Slice {
		if err := mapstructure.Decode(state, &list); err != nil {
			return nil
		}
	} else {
		var one registryimage.Image
		if err := mapstructure.Decode(state, &one); err != nil {
			return nil
		}
		list = append(list, &one)
	}
	var valid []*registryimage.Image
	for _, i := range list {
		if i != nil && i.Validate() == nil {
			valid = append(valid, i)
		}
	}
	return valid
}
