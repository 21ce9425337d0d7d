// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// Each broken machine yields exactly its findings: testdata/hosts/NAME.case says how
// it differs from a healthy one, NAME.golden what the built-in policy finds.
func TestEachBrokenHostYieldsExactlyItsFindings(t *testing.T) {
	p := mustLoad(t, Sources{})
	cases, err := filepath.Glob("testdata/hosts/*.case")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".case"), func(t *testing.T) {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			values := healthyValues()
			if err := damage(values, string(source)); err != nil {
				t.Fatal(err)
			}
			result, err := p.evaluate(context.Background(), values, 1000, day)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, f := range result.Findings {
				if f.Status == Pass || f.Status == NotApplicable {
					continue
				}
				fmt.Fprintf(&b, "%s %s %s", f.Severity, f.Status, f.Rule)
				if f.Subject != "" {
					fmt.Fprintf(&b, " (%s)", f.Subject)
				}
				fmt.Fprintf(&b, "\n  expected: %s\n  found: %s\n", f.Expected, f.Found)
				if f.Why != "" {
					fmt.Fprintf(&b, "  why: %s\n", f.Why)
				}
			}
			fmt.Fprintf(&b, "health: %s\n", result.Health.Expected)
			for _, because := range result.Health.Because {
				fmt.Fprintf(&b, "  because %s\n", because)
			}
			golden := strings.TrimSuffix(path, ".case") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(want) != b.String() {
				t.Errorf("%v\n%s", err, b.String())
			}
		})
	}
}

// Every aspect of drift is reported by one rule when it was not restored.
func TestEveryKindOfDriftIsReportedOnce(t *testing.T) {
	source, err := os.ReadFile("../drift/item.go")
	if err != nil {
		t.Fatal(err)
	}
	aspects := regexp.MustCompile(`Aspect\w+ += "([a-z0-9-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(aspects) < 10 {
		t.Fatalf("only %d aspects found", len(aspects))
	}
	p := mustLoad(t, Sources{})
	for _, aspect := range aspects {
		values := healthyValues()
		if err := damage(values, fmt.Sprintf("baseline.drift = [{ subject = \"s\", aspect = %q, words = \"w\" }]", aspect[1])); err != nil {
			t.Fatal(err)
		}
		result, err := p.evaluate(context.Background(), values, 1000, day)
		if err != nil {
			t.Fatal(err)
		}
		var by []string
		for _, f := range result.Findings {
			if f.Status == Fail {
				by = append(by, f.Rule)
			}
		}
		if len(by) != 1 {
			t.Errorf("drift of %s is reported by %q", aspect[1], by)
		}
	}
}
