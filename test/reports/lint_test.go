// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

// linted lints a repository that has a finding of each kind: an error, a warning, one
// set aside, one that is waived, one known before, one without a command, names and
// texts that formats must escape.
func linted(t *testing.T) (*lint.Result, *policy.Policy) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{
		"build.pkr.hcl": `source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" {
    mode         = "baseline"
    pause_before = "10s"
    timeout      = "5m"
  }
  provisioner "shell" {
    inline = [
      "echo ü𝄞; stopsrc -s ctrmc",
      "stopsrc -s ctrmc", # rsct-ignore: stops-rmc -- [started](later) {0} <b>
      "rmdev -dl en2 '<&]]>'",
    ]
  }
  provisioner "shell" { script = "tools/carriage returns.sh" }
  provisioner "rsct" { continue_on_error = true }
}
`,
		"tools/carriage returns.sh": "#!/bin/ksh\r\nrmdev -dl en1\r\n",
		"tools/100%:#?.sh":          "installp -u rsct.core.rmc # rsct-ignore: no-such-rule -- x\nwhile true; do\n",
		"tools/known.sh":            "rmtcpip\n",
		"site.rsct.hcl":             "waiver \"removes-rsct\" {\n  reason = \"x\"\n  approved_by = \"y\"\n  expires = \"2026-12-31\"\n}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, diags := policy.Load(policy.Sources{Files: []string{"site.rsct.hcl"}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	in := lint.Input{Paths: []string{"tools/known.sh"}, Policy: p, FailOn: "error", AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	before, err := lint.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	known, err := before.Baseline()
	if err != nil {
		t.Fatal(err)
	}
	if in.Baseline, err = lint.ReadBaseline(known); err != nil {
		t.Fatal(err)
	}
	in.Paths = []string{"."}
	result, err := lint.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if c := result.Counts(); c.Waived == 0 || len(before.Findings) == 0 {
		t.Fatalf("the repository lacks a kind of finding: %+v", c)
	}
	return result, p
}

func TestLintJSONIsWhatItsSchemaSays(t *testing.T) {
	path, err := filepath.Abs("../../docs/schemas/lint-v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	result, _ := linted(t)
	document, err := report.LintJSON(result)
	if err != nil {
		t.Fatal(err)
	}
	schema := check(t, path, nil, map[string][]byte{"lint": document})
	for name, change := range map[string][2]string{
		"another severity": {`"severity": "error"`, `"severity": "fatal"`}, "line 0": {`"line": 2,`, `"line": 0,`},
		"an unknown field": {`"clean": false`, `"clean": false, "cleanish": 1`}, "an unknown field of a finding": {`"rule":`, `"roule": "x", "rule":`},
	} {
		changed := strings.Replace(string(document), change[0], change[1], 1)
		if changed == string(document) {
			t.Fatalf("%s: nothing changed", name)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

// Beyond the schema, each region holds the text that the finding is about.
func TestLintSARIFIsWhatItsSchemaSaysAndPointsAtTheText(t *testing.T) {
	result, p := linted(t)
	document, err := report.SARIF(report.LintListing(result, p.Rules(), "1.2.3"))
	if err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Validate(); err != nil {
		t.Error(err)
	}
	var raw struct {
		Runs []struct {
			ColumnKind string
			Results    []struct {
				RuleID       string
				Suppressions []struct{ Kind string }
				Locations    []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(document, &raw); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range raw.Runs[0].Results {
		at := r.Locations[0].PhysicalLocation
		text := "?"
		if content, err := os.ReadFile(pathOf(t, at.ArtifactLocation.URI)); err != nil {
			t.Error(err)
		} else if line := []rune(strings.Split(string(content), "\n")[at.Region.StartLine-1]); at.Region.EndLine == at.Region.StartLine && at.Region.EndColumn <= len(line)+1 {
			text = string(line[at.Region.StartColumn-1 : at.Region.EndColumn-1])
		}
		words := r.RuleID + ": " + text
		for _, s := range r.Suppressions {
			words += " (" + s.Kind + ")"
		}
		got = append(got, words)
	}
	for _, want := range []string{
		"stops-rmc: stopsrc -s ctrmc", "stops-rmc: stopsrc -s ctrmc (inSource)", "removes-interface: rmdev -dl en2 '<&]]>'", "removes-interface: rmdev -dl en1",
		"removes-rsct: installp -u rsct.core.rmc (external)", "removes-tcpip: rmtcpip (external)", "suppression-is-valid: # rsct-ignore: no-such-rule -- x",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no result %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if raw.Runs[0].ColumnKind != "unicodeCodePoints" {
		t.Errorf("got %q", raw.Runs[0].ColumnKind)
	}
}

// A lint's JUnit has a failure exactly where the lint fails, and every name and text
// comes back as it was.
func TestLintJUnitFailsExactlyWhereTheLintDoes(t *testing.T) {
	result, p := linted(t)
	document, err := report.JUnit(report.LintListing(result, p.Rules(), "1.2.3"))
	if err != nil {
		t.Fatal(err)
	}
	type outcome struct {
		Message string `xml:"message,attr"`
	}
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Skipped  int `xml:"skipped,attr"`
			Cases    []struct {
				Name    string   `xml:"name,attr"`
				Failure *outcome `xml:"failure"`
				Skipped *outcome `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(document, &suites); err != nil {
		t.Fatal(err)
	}
	tests, failures := 0, 0
	for _, s := range suites.Suites {
		failed, skipped := 0, 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failed++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != failed || s.Skipped != skipped {
			t.Errorf("a suite says %d tests, %d failures, %d skipped; it has %d, %d, %d", s.Tests, s.Failures, s.Skipped, len(s.Cases), failed, skipped)
		}
		tests, failures = tests+len(s.Cases), failures+failed
	}
	if c := result.Counts(); suites.Tests != len(result.Findings) || suites.Tests != tests || suites.Failures != failures || failures != c.Errors {
		t.Errorf("the file says %d tests and %d failures, has %d and %d; lint found %d, %+v", suites.Tests, suites.Failures, tests, failures, len(result.Findings), c)
	}
}

// pathOf is the file that a relative URI of SARIF names.
func pathOf(t *testing.T, uri string) string {
	t.Helper()
	parsed, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.FromSlash(parsed.Path)
}
