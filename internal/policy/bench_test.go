// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"fmt"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := Load(Sources{}); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	p := mustLoad(b, Sources{})
	roots := healthy().roots()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Evaluate(context.Background(), roots, day); err != nil {
			b.Fatal(err)
		}
	}
}

// A host with as many filesets and subsystems as an AIX installation has.
func BenchmarkEvaluateFullHost(b *testing.B) {
	p := mustLoad(b, Sources{})
	w := healthy()
	filesets, _ := w.guest.Filesets.Get()
	for i := range 450 {
		filesets = append(filesets, fileset(fmt.Sprintf("bos.filler.%03d", i), "7.3.2.0"))
	}
	w.guest.Filesets = aix.Known(filesets)
	roots := Roots{Guest: w.guest}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Evaluate(context.Background(), roots, day); err != nil {
			b.Fatal(err)
		}
	}
}
