// SPDX-License-Identifier: MPL-2.0

package shell_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/hazard"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/shell"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

var update = flag.Bool("update", false, "write the golden files")

// corpus holds one file a hazard: the forms in which it is written, and what looks
// like it and is harmless. Each form is a script of its own under a heading:
//
//	## harmful: in a loop
//	## harmless, not simulated (perl): …
//
// where the words in brackets are what the simulated host says when it cannot run it, or
// "silently" when it runs it without an effect.
const corpus = "../testdata/shell"

type form struct {
	hazard, title string
	harmful       bool
	unsimulated   string // what is missing in the simulated host; empty when it can run it
	script        string
}

var heading = regexp.MustCompile(`^(harmful|harmless)(?:, not simulated \(([^)]+)\))?: (.+)$`)

func forms(t testing.TB) []form {
	t.Helper()
	files, err := filepath.Glob(corpus + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus", err)
	}
	var all []form
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(text), "\n## ")[1:] {
			title, script, _ := strings.Cut(part, "\n")
			m := heading.FindStringSubmatch(title)
			if m == nil {
				t.Fatalf("%s: the heading %q is none", file, title)
			}
			all = append(all, form{
				hazard: strings.TrimSuffix(filepath.Base(file), ".txt"), title: m[3], harmful: m[1] == "harmful",
				unsimulated: m[2], script: script + "\n",
			})
		}
	}
	return all
}

var builtin = func() *policy.Policy {
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		panic(diags)
	}
	return p
}()

// findings are what the built-in rules say of a script.
func findings(t testing.TB, script string) []policy.Finding {
	t.Helper()
	commands, problems := shell.Analyze(shell.Source{Name: "script.ksh", Text: []byte(script), Step: "script"})
	if len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
	hazard.Mark(commands)
	result, err := builtin.Evaluate(context.Background(), policy.Roots{Template: &policy.Template{Commands: commands}}, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var failed []policy.Finding
	for _, f := range result.Findings {
		if f.Status != policy.Pass && f.Status != policy.NotApplicable && f.Place != nil {
			failed = append(failed, f)
		}
	}
	return failed
}

// Each form of each hazard is found where it stands, each look-alike is left alone,
// and the findings are exactly those of the golden file.
func TestEachFormOfEachHazardIsFoundAndNoLookAlike(t *testing.T) {
	golden := map[string]*strings.Builder{}
	counts := map[string]int{}
	for _, f := range forms(t) {
		if golden[f.hazard] == nil {
			golden[f.hazard] = &strings.Builder{}
		}
		fmt.Fprintf(golden[f.hazard], "%s\n", f.title)
		found := false
		for _, finding := range findings(t, f.script) {
			found = found || finding.Rule == f.hazard
			fmt.Fprintf(golden[f.hazard], "  %d:%d %s %s: %s\n", finding.Place.Line, finding.Place.Column, finding.Severity, finding.Rule, finding.Subject)
			if !f.harmful {
				t.Errorf("%s: %s is harmless, and %s says %s", f.hazard, f.title, finding.Rule, finding.Found)
			}
		}
		if f.harmful {
			counts[f.hazard]++
		}
		if f.harmful && !found {
			t.Errorf("%s: %s is not found", f.hazard, f.title)
		}
	}
	for _, name := range hazard.All {
		if counts[name] < 6 {
			t.Errorf("%s has %d written forms, at least six are wanted", name, counts[name])
		}
		if _, err := builtin.Rule(name); err != nil {
			t.Error(err)
		}
	}
	for name, b := range golden {
		path := filepath.Join(corpus, name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != b.String() {
			t.Errorf("%s differs (%v):\n%s", path, err, b.String())
		}
	}
}

// The site's rules about commands that the documentation shows find what they say.
func TestTheExampleOfSiteRulesAboutCommands(t *testing.T) {
	p, diags := policy.Load(policy.Sources{Files: []string{"../../../example/policies/site-commands.rsct.hcl"}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	commands, _ := shell.Analyze(shell.Source{Name: "x.sh", Text: []byte("ifconfig en0\nifconfig en0 10.0.0.1 up\n: > /var/adm/cron/cron.allow\n"), Step: "x"})
	hazard.Mark(commands)
	result, err := p.Evaluate(context.Background(), policy.Roots{Template: &policy.Template{Commands: commands}}, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range result.Findings {
		if f.Status == policy.Fail {
			failed = append(failed, fmt.Sprintf("%s:%d:%s", f.Rule, f.Place.Line, f.Subject))
		}
	}
	if got := strings.Join(failed, " "); got != "site-no-cron-allow:3:/var/adm/cron/cron.allow site-no-ifconfig:2:en0" {
		t.Error(got)
	}
}
