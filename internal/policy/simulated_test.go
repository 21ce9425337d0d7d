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

// collect runs the collector in a simulated host of its own, and reads what it brings back.
func collect(t *testing.T, definition *aixsim.Definition) *aix.Facts {
	t.Helper()
	host, err := aixsim.New(definition)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	return collectFrom(t, host)
}

func collectFrom(t *testing.T, host *aixsim.Host) *aix.Facts {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	host.Run(ctx, "root", "sh", strings.NewReader(probe.Script()), &stdout, &stderr)
	probes, nonce, err := probe.Parse(stdout.Bytes(), "")
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	collection := evidence.Collection{Mode: evidence.ModeFinal, Sequence: 1, Collector: probe.Digest(), Nonce: nonce, Probes: probes}
	return collection.Facts()
}

// healthyHosts are those that a healthy real machine looks like.
var healthyHosts = map[string]bool{"powervs-aix73": true, "in-band": true}

// golden compares what a policy finds with a golden file.
func golden(t *testing.T, path string, result *policy.Result) string {
	t.Helper()
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
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != b.String() {
		t.Errorf("%v\n%s", err, b.String())
	}
	return b.String()
}

// Each simulated host, collected from and read as a real one, yields exactly its
// findings: testdata/simulated/NAME.golden. The healthy ones yield none.
func TestEachSimulatedHostYieldsExactlyItsFindings(t *testing.T) {
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var files []string
	for _, folder := range []string{"../../example/hosts", "testdata/simulated"} {
		found, err := filepath.Glob(folder + "/*.hcl")
		if err != nil || len(found) == 0 {
			t.Fatal("no hosts", err)
		}
		files = append(files, found...)
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
			got := golden(t, filepath.Join("testdata/simulated", name+".golden"), result)
			if healthyHosts[name] != (got == "health: OK\n") {
				t.Errorf("a healthy host has no findings, and another one has some:\n%s", got)
			}
		})
	}
}
