// SPDX-License-Identifier: MPL-2.0

// Command gen writes what is generated from the built-in policy: the heads of the
// pages in docs/rules, their index, and the table of functions in docs/policy.md.
// It keeps what is written by hand.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

func main() {
	// go generate runs in the folder of the package.
	if err := write(filepath.Join("..", "..", "docs")); err != nil {
		fmt.Fprintln(os.Stderr, "generate the policy's pages:", err)
		os.Exit(1)
	}
}

func write(docs string) error {
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		return diags
	}
	rules := filepath.Join(docs, "rules")
	if err := os.MkdirAll(rules, 0o755); err != nil {
		return err
	}
	for _, rule := range p.Rules() {
		path := filepath.Join(rules, rule.Name+".md")
		old, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		written := "\n"
		if _, after, found := strings.Cut(string(old), policy.PageEnd+"\n"); found {
			written = after
		}
		if err := os.WriteFile(path, []byte(rule.Page()+written), 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(rules, "README.md"), []byte(p.Index()), 0o644); err != nil {
		return err
	}
	path := filepath.Join(docs, "policy.md")
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	updated, err := policy.WithReference(string(page))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(updated), 0o644)
}
