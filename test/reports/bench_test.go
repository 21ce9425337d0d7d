// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"encoding/json"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/test/reports/cases"
)

// BenchmarkLargeHost renders the reports of a host with 2,000 filesets and 60
// interfaces. The ratio is to encoding the same result as plain JSON.
func BenchmarkLargeHost(b *testing.B) {
	b.Chdir(b.TempDir())
	in, err := cases.Large(b.Context(), 2000, 60)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("plain JSON of the result", func(b *testing.B) {
		for b.Loop() {
			if _, err := json.Marshal(in.Result); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, word := range report.Formats() {
		b.Run(word, func(b *testing.B) {
			size := 0
			for b.Loop() {
				d, err := report.Render(word, in)
				if err != nil {
					b.Fatal(err)
				}
				size = len(d.Content)
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
