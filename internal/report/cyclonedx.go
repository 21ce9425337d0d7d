// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/url"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// CycloneDX renders the image's installed filesets and RPMs as a CycloneDX 1.6
// inventory. The component it is about is the operating system in the image, with the
// image's digest. Where the filesets could not be determined, the inventory says so by
// its composition, and lists none.
func CycloneDX(in Input) ([]byte, error) {
	facts := in.Result.Facts
	bom := cdx.NewBOM()
	bom.SerialNumber = serial(in)
	root := cdx.Component{BOMRef: "image", Type: cdx.ComponentTypeOS, Name: "AIX"}
	if level, known := facts.System.Level.Get(); known {
		root.Version = bounded(level.Text)
	}
	properties := []cdx.Property{}
	add := func(name, value string) {
		if value = oneLine(value); value != "" {
			properties = append(properties, cdx.Property{Name: "packer-plugin-rsct:" + name, Value: value})
		}
	}
	add("source", in.Result.Run.Source)
	add("run", in.Result.Run.UUID)
	add("verdict", in.Result.Verdict)
	for i, s := range in.Subjects {
		if i == 0 {
			add("image", s.Name)
			if s.SHA256 != "" {
				root.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: s.SHA256}}
			}
			add("image-id", s.CloudID)
		}
	}
	root.Properties = &properties
	bom.Metadata = &cdx.Metadata{
		Component: &root,
		Tools: &cdx.ToolsChoice{Components: &[]cdx.Component{{
			Type: cdx.ComponentTypeApplication, Name: "packer-plugin-rsct", Version: bounded(in.Version),
		}}},
		Lifecycles: &[]cdx.Lifecycle{{Phase: cdx.LifecyclePhaseBuild}},
	}
	if !in.Result.Collected.IsZero() {
		bom.Metadata.Timestamp = in.Result.Collected.UTC().Format(time.RFC3339)
	}
	components := []cdx.Component{}
	aggregate := cdx.CompositionAggregateComplete
	if list, known := facts.Filesets.Get(); known {
		for i, f := range list {
			c := component(fmt.Sprintf("fileset-%d", i+1), f.Name, f.Level, "pkg:generic/"+url.PathEscape(oneLine(f.Name))+"@"+url.PathEscape(oneLine(f.Level))+"?vendor=ibm.com")
			c.Publisher = "IBM"
			c.Properties = &[]cdx.Property{
				{Name: "packer-plugin-rsct:state", Value: oneLine(f.State)}, {Name: "packer-plugin-rsct:kind", Value: oneLine(f.Kind)},
			}
			components = append(components, c)
		}
	} else {
		aggregate = cdx.CompositionAggregateUnknown
	}
	if list, known := facts.RPMs.Get(); known {
		for i, p := range list {
			components = append(components, component(fmt.Sprintf("rpm-%d", i+1), p.Name, p.Version, "pkg:rpm/"+url.PathEscape(oneLine(p.Name))+"@"+url.PathEscape(oneLine(p.Version))))
		}
	} else {
		aggregate = cdx.CompositionAggregateUnknown
	}
	bom.Components = &components
	bom.Compositions = &[]cdx.Composition{{Aggregate: aggregate, Assemblies: &[]cdx.BOMReference{"image"}}}
	var out bytes.Buffer
	encoder := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	if err := encoder.EncodeVersion(bom, cdx.SpecVersion1_6); err != nil {
		return nil, fmt.Errorf("render cyclonedx: %w", err)
	}
	return visible(out.Bytes()), nil
}

func component(ref, name, version, purl string) cdx.Component {
	return cdx.Component{BOMRef: ref, Type: cdx.ComponentTypeLibrary, Name: oneLine(name), Version: bounded(version), PackageURL: purl}
}

// serial is an RFC 9562 UUID of version 8 made of what the inventory is about, so that
// the same image of the same run has the same.
func serial(in Input) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%q %q", in.Result.Run.UUID, in.Result.Run.Source)
	for _, s := range in.Subjects {
		fmt.Fprintf(hash, " %q %q %q", s.Name, s.SHA256, s.CloudID)
	}
	if last := in.last(); last != nil {
		fmt.Fprintf(hash, " %q", last.Nonce)
	}
	u := hash.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// bounded is oneLine within what CycloneDX allows for a version, 1,024 characters.
func bounded(s string) string { return inert(oneLine(s), 900) }
