// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"testing"
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
