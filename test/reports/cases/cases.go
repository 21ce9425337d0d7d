// SPDX-License-Identifier: MPL-2.0

// Package cases holds the inputs that the tests of the reports share: recorded builds
// on simulated hosts, hostile text in every field, and a very large host.
package cases

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

//go:embed testdata
var data embed.FS

// Names are the recorded builds.
var Names = []string{"broken", "healthy", "incomplete", "restored", "waived"}

// Day is the day of judging.
var Day = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Seal is how the golden reports say that they are signed.
var Seal = report.Seal{
	Fingerprint: "SHA256:9pLqkYl8vYwT0n2mM1o3rjQ7sU5xZ4aB6cD8eF0gH2I", Folder: "aix73-golden.ova.gz.rsct",
	VerifierID:   "https://github.com/powervs-aix/packer-plugin-rsct/verifier/v1",
	ReportType:   "https://github.com/powervs-aix/packer-plugin-rsct/predicates/report/v1",
	VerdictType:  "https://slsa.dev/verification_summary/v1",
	Level:        "AIX_RSCT_GOLDEN_IMAGE_PASSED",
	ReportBundle: "report.sigstore.json", ReportDSSE: "report.dsse.json", ReportStatement: "report.statement.json",
	VerdictBundle: "verdict.sigstore.json", VerdictDSSE: "verdict.dsse.json",
}

// Image is the image of the golden reports.
func Image() image.File {
	return image.File{Name: "aix73-golden.ova.gz", Size: 9876543210, SHA256: "4ed8a9b7e1c34b0f6d2a5c8e7f90123456789abcdef0123456789abcdef01234"}
}

// Record returns the evidence of a recorded build.
func Record(name string) (*evidence.Record, error) {
	content, err := data.ReadFile("testdata/evidence/" + name + ".json")
	if err != nil {
		return nil, err
	}
	return evidence.Decode(bytes.NewReader(content))
}

// Input returns the report's input for a recorded build, judged by the built-in policy
// and, for the build "waived", by its waivers. dir is a folder for files of its own.
func Input(ctx context.Context, name, dir string) (report.Input, error) {
	return input(ctx, name, dir, policy.Sources{})
}

// Golden is Input with the built-in policy as it was when the golden reports were made,
// so that they change with the reports and not with every rule.
func Golden(ctx context.Context, name, dir string) (report.Input, error) {
	files, err := fs.Glob(data, "testdata/policy/*.rsct.hcl")
	if err != nil {
		return report.Input{}, err
	}
	policies := filepath.Join(dir, "policy")
	if err := os.MkdirAll(policies, 0o755); err != nil {
		return report.Input{}, err
	}
	for _, file := range files {
		if err := unpack(file, filepath.Join(policies, path.Base(file))); err != nil {
			return report.Input{}, err
		}
	}
	return input(ctx, name, dir, policy.Sources{WithoutBuiltin: true, Files: []string{policies}})
}

func input(ctx context.Context, name, dir string, sources policy.Sources) (report.Input, error) {
	record, err := Record(name)
	if err != nil {
		return report.Input{}, err
	}
	if name == "waived" {
		waivers := filepath.Join(dir, "waivers.rsct.hcl")
		if err := unpack("testdata/waivers.rsct.hcl", waivers); err != nil {
			return report.Input{}, err
		}
		sources.Files = append(sources.Files, waivers)
	}
	return Judge(ctx, record, sources)
}

func unpack(file, target string) error {
	content, err := data.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(target, content, 0o600)
}

// Judge judges a record as the golden reports do.
func Judge(ctx context.Context, record *evidence.Record, sources policy.Sources) (report.Input, error) {
	p, diags := policy.Load(sources)
	if diags.HasErrors() {
		return report.Input{}, fmt.Errorf("policy: %w", diags)
	}
	file := Image()
	result, err := verdict.Judge(ctx, verdict.Input{Record: record, Image: image.FactsOf(file), Policy: p, FailOn: verdict.FailOnError, AsOf: Day})
	if err != nil {
		return report.Input{}, err
	}
	seal := Seal
	return report.Input{
		Result: result, Record: record, Policy: p, Seal: &seal, Version: "0.1.0",
		Subjects: []report.Subject{{Name: file.Name, SHA256: file.SHA256, Size: file.Size}},
	}, nil
}
