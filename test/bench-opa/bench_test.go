// SPDX-License-Identifier: MPL-2.0

package benchopa

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

//go:embed three.rego
var threeRego string

var day = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// host makes the facts of a host with as many filesets as an AIX installation has.
// Every seventh host has an old RSCT, every fifth lacks a fileset, and on every
// third ctrmc is stopped.
func host(n int) *aix.Facts {
	var filesets []aix.Fileset
	for i := range 400 {
		filesets = append(filesets, aix.Fileset{Name: fmt.Sprintf("bos.filler.%03d", i), Level: "7.3.2.0", State: "committed", Kind: "base", Parts: aix.Known([]aix.FilesetPart{})})
	}
	for _, name := range []string{"bos.rte.SRC", "devices.chrp.base.ServiceRM", "rsct.core.hostrm", "rsct.core.rmc", "rsct.core.sec", "rsct.core.sr", "rsct.core.utils"} {
		level := "3.3.2.1"
		if n%7 == 0 {
			level = "3.2.0.10"
		}
		if n%5 == 0 && name == "rsct.core.sr" {
			continue
		}
		filesets = append(filesets, aix.Fileset{Name: name, Level: level, State: "committed", Kind: "base", Parts: aix.Known([]aix.FilesetPart{})})
	}
	var subsystems []aix.Subsystem
	for i := range 100 {
		subsystems = append(subsystems, aix.Subsystem{Name: fmt.Sprintf("sub%03d", i), Status: "inoperative"})
	}
	active := n%3 != 0
	subsystems = append(subsystems, aix.Subsystem{Name: "ctrmc", Group: "rsct", Status: map[bool]string{true: "active", false: "inoperative"}[active], Active: active})
	return &aix.Facts{Filesets: aix.Known(filesets), Subsystems: aix.Known(subsystems)}
}

// input is a host's facts as OPA takes them.
func input(t testing.TB, facts *aix.Facts) any {
	t.Helper()
	text, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func loadHCL(t testing.TB) *policy.Policy {
	t.Helper()
	p, diags := policy.Load(policy.Sources{Files: []string{"three.rsct.hcl"}, WithoutBuiltin: true})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

func loadRego(t testing.TB) rego.PreparedEvalQuery {
	t.Helper()
	query, err := rego.New(rego.Query("data.rsct.findings"), rego.Module("three.rego", threeRego)).PrepareForEval(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return query
}

func judgeHCL(t testing.TB, p *policy.Policy, facts *aix.Facts) *policy.Result {
	result, err := p.Evaluate(context.Background(), policy.Roots{Guest: facts}, day)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func judgeRego(t testing.TB, query rego.PreparedEvalQuery, in any) []any {
	results, err := query.Eval(context.Background(), rego.EvalInput(in))
	if err != nil {
		t.Fatal(err)
	}
	return results[0].Expressions[0].Value.([]any)
}

func TestBothFindTheSame(t *testing.T) {
	p, query := loadHCL(t), loadRego(t)
	for n := range 105 {
		facts := host(n)
		var hcl, opa []string
		for _, f := range judgeHCL(t, p, facts).Findings {
			hcl = append(hcl, f.Rule+" "+f.Subject+" "+f.Status+" "+f.Found)
		}
		for _, f := range judgeRego(t, query, input(t, facts)) {
			m := f.(map[string]any)
			opa = append(opa, fmt.Sprint(m["rule"], " ", m["subject"], " ", m["status"], " ", m["found"]))
		}
		slices.Sort(hcl)
		slices.Sort(opa)
		if !slices.Equal(hcl, opa) {
			t.Fatalf("host %d:\n%q\n%q", n, hcl, opa)
		}
	}
}

func BenchmarkOneHost(b *testing.B) {
	facts := host(1)
	b.Run("hcl", func(b *testing.B) {
		p := loadHCL(b)
		b.ReportAllocs()
		for b.Loop() {
			judgeHCL(b, p, facts)
		}
	})
	b.Run("opa", func(b *testing.B) {
		query := loadRego(b)
		b.ReportAllocs()
		for b.Loop() {
			// From the facts, as ours does; OPA takes what JSON decodes to.
			judgeRego(b, query, input(b, facts))
		}
	})
	b.Run("opa-decoded", func(b *testing.B) {
		query, in := loadRego(b), input(b, facts)
		b.ReportAllocs()
		for b.Loop() {
			judgeRego(b, query, in)
		}
	})
}

func BenchmarkThousandHosts(b *testing.B) {
	hosts := make([]*aix.Facts, 1000)
	for n := range hosts {
		hosts[n] = host(n)
	}
	b.Run("hcl", func(b *testing.B) {
		for b.Loop() {
			p := loadHCL(b)
			for _, facts := range hosts {
				judgeHCL(b, p, facts)
			}
		}
	})
	b.Run("opa", func(b *testing.B) {
		for b.Loop() {
			query := loadRego(b)
			for _, facts := range hosts {
				judgeRego(b, query, input(b, facts))
			}
		}
	})
}
