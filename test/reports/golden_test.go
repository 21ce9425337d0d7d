// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/test/reports/cases"
)

// input judges a recorded build in a folder whose name is no part of the reports.
func input(t *testing.T, name string) report.Input {
	t.Helper()
	t.Chdir(t.TempDir())
	in, err := cases.Golden(t.Context(), name, ".")
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// The same evidence, image and policy give the same reports on any machine:
// testdata/golden/NAME. `go test ./test/reports -update` renders them again.
func TestReportsAreTheGoldenOnes(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cases.Names {
		t.Run(name, func(t *testing.T) {
			in := input(t, name)
			documents, err := report.Documents(in)
			if err != nil {
				t.Fatal(err)
			}
			documents = append(documents, report.Document{Name: "report.txt", Content: report.Text(in)})
			dir := filepath.Join(here, "testdata", "golden", name)
			if *update {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, d := range documents {
				path := filepath.Join(dir, d.Name)
				if *update {
					if err := os.WriteFile(path, d.Content, 0o644); err != nil {
						t.Fatal(err)
					}
					continue
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if string(want) != string(d.Content) {
					t.Errorf("%s differs at %s; if that is meant, run go test ./test/reports -update and look at the difference", d.Name, firstDifference(string(want), string(d.Content)))
				}
			}
		})
	}
}

// firstDifference shows the first line that differs.
func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "line " + strings.Join([]string{clip(a[i]), clip(b[i])}, "\n got ")
		}
	}
	return "its end"
}

func clip(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}
