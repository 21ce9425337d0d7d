// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSchemaIsUpToDate(t *testing.T) {
	want, err := schema("..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is stale: run `go generate ./internal/evidence`", page)
	}
}

func TestFieldWithoutAWordOfExplanationIsRefused(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "record.go"), []byte("package evidence\n\n// Record is all.\ntype Record struct {\n\tSchema string `json:\"schema\"`\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	if _, err := schema("."); err == nil || !strings.Contains(err.Error(), "has no comment") {
		t.Errorf("%v", err)
	}
}
