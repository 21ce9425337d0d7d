// SPDX-License-Identifier: MPL-2.0

package policy_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// collect runs the collector in a simulated host, and reads what it brings back.
func collect(t *testing.T, definition *aixsim.Definition) *aix.Facts {
	t.Helper()
	host, err := aixsim.New(definition)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	host.Run(ctx, "root", "sh", strings.NewReader(probe.Script()), &stdout, &stderr)
	probes, nonce, err := probe.Parse(&stdout, "")
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	collection := evidence.Collection{Mode: evidence.ModeFinal, Sequence: 1, Collector: probe.Digest(), Nonce: nonce, Probes: probes}
	return collection.Facts()
}

// Each simulated host, collected from and read as a real one, yields exactly its
// findings: testdata/simulated/NAME.golden. The healthy one yields none.
func TestEachSimulatedHostYieldsExactlyItsFindings(t *testing.T) {
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	files, err := filepath.Glob("../../example/hosts/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal("no hosts", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".hcl")
		t.Run(name, func(t *testing.T) {
			definition, err := aixsim.LoadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			result, err := p.Evaluate(context.Background(), policy.Roots{Guest: collect(t, definition)}, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, f := range result.Findings {
				if f.Status == policy.Pass || f.Status == policy.NotApplicable {
					continue
				}
				fmt.Fprintf(&b, "%s %s %s (%s)\n  found: %s\n", f.Severity, f.Status, f.Rule, f.Subject, f.Found)
				if f.Why != "" {
					fmt.Fprintf(&b, "  why: %s\n", f.Why)
				}
			}
			fmt.Fprintf(&b, "health: %s\n", result.Health.Expected)
			golden := filepath.Join("testdata/simulated", name+".golden")
			if flag.Lookup("update").Value.String() == "true" {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(want) != b.String() {
				t.Errorf("%v\n%s", err, b.String())
			}
			if name == "powervs-aix73" && b.String() != "health: OK\n" {
				t.Errorf("the healthy host has findings:\n%s", b.String())
			}
		})
	}
}
