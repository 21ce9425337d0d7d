// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFactsPageIsUpToDate(t *testing.T) {
	want, err := render("..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "facts.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("docs/facts.md is stale: run `go generate ./internal/aix` (- is what it should be):\n%s", diff)
	}
}

func TestFieldWithoutAWordOfExplanationIsRefused(t *testing.T) {
	folder := t.TempDir()
	text := "package aix\n\n// Facts are all.\ntype Facts struct {\n\tBare Fact[bool] `json:\"bare\"`\n}\n\nconst ProbeX = \"x\" // x -a\n\nvar Probes = []string{ProbeX}\n"
	if err := os.WriteFile(filepath.Join(folder, "facts.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := render(folder); err == nil || !strings.Contains(err.Error(), "Facts.bare has no comment") {
		t.Errorf("%v", err)
	}
	text = strings.Replace(text, "\tBare", "\t// Bare is true or false; a | bar.\n\tBare", 1)
	if err := os.WriteFile(filepath.Join(folder, "facts.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := render(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## `guest`\n\nAll.\n", "| `bare` | bool | may be | True or false; a \\| bar. |\n", "| `x` | x -a |\n"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
