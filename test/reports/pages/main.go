// SPDX-License-Identifier: MPL-2.0

// Command pages writes the reports that test/browser looks at into a folder: those of
// the recorded builds, those with hostile text in every field, and that of a very
// large host.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/test/reports/cases"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pages DIR")
		os.Exit(1)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil {
		return err
	}
	for _, name := range cases.Names {
		in, err := cases.Input(ctx, name, ".")
		if err != nil {
			return err
		}
		if err := write(filepath.Join("recorded", name), in); err != nil {
			return err
		}
	}
	in, err := cases.Large(ctx, 2000, 60)
	if err != nil {
		return err
	}
	if err := write("large", in); err != nil {
		return err
	}
	policies, err := os.MkdirTemp("", "pages")
	if err != nil {
		return err
	}
	defer os.RemoveAll(policies)
	names := map[string]string{"harmless": "harmless"}
	payloads := append([]cases.Payload{{Name: "harmless", Text: "harmless"}}, cases.Payloads()...)
	for i, p := range payloads {
		own := filepath.Join(policies, fmt.Sprint(i))
		if err := os.Mkdir(own, 0o755); err != nil {
			return err
		}
		in, err := cases.Hostile(ctx, p.Text, own)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		name := fmt.Sprintf("%03d", i)
		if i == 0 {
			name = "harmless"
		}
		names[name] = p.Name
		if err := write(filepath.Join("hostile", name), in); err != nil {
			return err
		}
	}
	content, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("hostile", "names.json"), content, 0o644)
}

func write(dir string, in report.Input) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	documents, err := report.Documents(in)
	if err != nil {
		return err
	}
	for _, d := range documents {
		if err := os.WriteFile(filepath.Join(dir, d.Name), d.Content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
