// SPDX-License-Identifier: MPL-2.0

package report

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// listing is what lint would hand over: findings about places in files.
func listing() Listing {
	place := &policy.Place{File: "scripts/a b.sh", Line: 12, Column: 3}
	return Listing{Tool: "lint", Version: "0.1.0", Source: "site", FailOn: "error", Findings: []policy.Finding{
		{Rule: "no-rmdev", Severity: policy.Error, Status: policy.Fail, Subject: "rmdev", Summary: "Nothing removes it", Found: "rmdev -dl en1 [x](y) {0}", Place: place},
		{Rule: "readable", Severity: policy.Error, Status: policy.Undetermined, Summary: "All can be read", Unknown: nil, Why: "no such file", Place: place},
		{Rule: "style", Severity: policy.Warning, Status: policy.Fail, Summary: "Style", Place: place},
		{Rule: "fine", Severity: policy.Error, Status: policy.Pass, Summary: "Fine"},
		{Rule: "waived", Severity: policy.Error, Status: policy.Waived, Summary: "Waived", Waiver: &policy.Waiver{Reason: "why", ApprovedBy: "me", Expires: "2027-01-01"}},
	}}
}

func TestSARIFOfFindingsInFilesNamesThePlace(t *testing.T) {
	document, err := SARIF(listing())
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			AutomationDetails struct{ ID string }
			Results           []struct {
				RuleID, Level, Kind string
				RuleIndex           int
				Message             struct{ Text string }
				Locations           []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
				PartialFingerprints map[string]string
				Suppressions        []struct{ Kind, Status, Justification string }
			}
		}
	}
	if err := json.Unmarshal(document, &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if run.AutomationDetails.ID != "rsct-lint/site/" || len(run.Results) != 4 {
		t.Fatalf("got %+v", run)
	}
	first := run.Results[0]
	at := first.Locations[0].PhysicalLocation
	if first.RuleID != "no-rmdev" || first.Level != "error" || at.ArtifactLocation.URI != "scripts/a%20b.sh" || at.Region.StartLine != 12 || at.Region.StartColumn != 3 {
		t.Errorf("got %+v", first)
	}
	if want := `rmdev -dl en1 \[x\](y) {{0}}`; !strings.Contains(first.Message.Text, want) {
		t.Errorf("got %q, want …%s…", first.Message.Text, want)
	}
	if _, ok := first.PartialFingerprints["primaryLocationLineHash"]; ok {
		t.Error("a line hash that GitHub computes better from the file")
	}
	last := run.Results[3]
	if last.RuleID != "waived" || len(last.Suppressions) != 1 || last.Suppressions[0].Justification != "why; approved by me; until 2027-01-01" {
		t.Errorf("got %+v", last)
	}
}

func TestSARIFOfAGuestHasAStablePathForEachFinding(t *testing.T) {
	uris := map[string]bool{}
	for _, f := range []policy.Finding{
		{Rule: "a", Subject: "rsct.core.rmc", Evidence: []string{"filesets"}},
		{Rule: "a", Subject: "../../etc/passwd", Evidence: []string{"filesets"}},
		{Rule: "a", Subject: "http://x", Evidence: []string{"filesets"}},
		{Rule: "image-size", Subject: ""},
		{Rule: "rmc-drift", Subject: "node id"},
	} {
		uris[guestURI(f)] = true
	}
	for _, want := range []string{"guest/filesets/a/rsct.core.rmc", "guest/filesets/a/..%2F..%2Fetc%2Fpasswd", "guest/filesets/a/http%3A%2F%2Fx", "image/image-size", "build/rmc-drift/node%20id"} {
		if !uris[want] {
			t.Errorf("%s is missing in %v", want, uris)
		}
	}
}

func TestJUnitFailsExactlyWhereTheGateShuts(t *testing.T) {
	for failOn, want := range map[string]string{
		"error":   "no-rmdev failure, readable error, style skipped, fine, waived skipped",
		"warning": "no-rmdev failure, readable error, style failure, fine, waived skipped",
	} {
		l := listing()
		l.FailOn = failOn
		document, err := JUnit(l)
		if err != nil {
			t.Fatal(err)
		}
		var suites struct {
			Failures int `xml:"failures,attr"`
			Suites   []struct {
				Cases []struct {
					Name    string    `xml:"name,attr"`
					Failure *struct{} `xml:"failure"`
					Error   *struct{} `xml:"error"`
					Skipped *struct{} `xml:"skipped"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(document, &suites); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range suites.Suites {
			for _, c := range s.Cases {
				word, _, _ := strings.Cut(c.Name, " ")
				for name, is := range map[string]bool{" failure": c.Failure != nil, " error": c.Error != nil, " skipped": c.Skipped != nil} {
					if is {
						word += name
					}
				}
				got = append(got, word)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("fail_on %s: got %v, want %s", failOn, got, want)
		}
	}
}
