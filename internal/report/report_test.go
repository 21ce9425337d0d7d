// SPDX-License-Identifier: MPL-2.0

package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

const hostile = "<script>alert(1)</script>\x1b[31m\u202ex\x00"

// result is a judgement in which everything that a guest can reach is hostile.
func result() *verdict.Result {
	return &verdict.Result{
		Verdict: verdict.Failed, Because: hostile, FailOn: verdict.FailOnError, Policy: "sha256:ab",
		Facts: aix.Read(aix.Outputs{}, aix.ReadOptions{}),
		Drift: []drift.Item{{Subject: "en1", Words: hostile, Stretch: hostile}},
		Findings: []policy.Finding{
			{Rule: "passed", Severity: policy.Error, Status: policy.Pass, Subject: hostile, Found: hostile},
			{Rule: "failed", Severity: policy.Error, Status: policy.Fail, Subject: hostile, Summary: hostile, Expected: hostile, Found: hostile, Remedy: hostile},
			{Rule: "undetermined", Severity: policy.Warning, Status: policy.Undetermined, Unknown: []aix.Why{{Probe: "ifconfig", Reason: hostile}}},
		},
		Unknowns: []aix.UnknownFact{{Path: "x", Why: aix.Why{Reason: hostile}}},
	}
}

func TestReportsShowHostileTextAsText(t *testing.T) {
	page, err := HTML(Input{Result: result()})
	if err != nil {
		t.Fatal(err)
	}
	for name, document := range map[string][]byte{"html": page, "text": Text(Input{Result: result()})} {
		for _, bad := range []string{"\x1b", "\u202e", "\x00"} {
			if strings.Contains(string(document), bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
	if strings.Count(string(page), "<script") != 1 {
		t.Error("html holds another script than its own")
	}
}

func TestScreenShowsWhatShutsTheGateFirstAndNothingThatPassed(t *testing.T) {
	lines := Screen(result(), 80)
	if !strings.HasPrefix(lines[0].Text, "[ERROR]        failed") || !lines[0].Grave {
		t.Errorf("got %+v", lines[0])
	}
	for _, l := range lines {
		if strings.Contains(l.Text, "passed ") && strings.HasPrefix(l.Text, "[") {
			t.Errorf("shown: %s", l.Text)
		}
		if strings.Contains(l.Text, "\n") || len([]rune(l.Text)) > 80 {
			t.Errorf("more than one line of 80 columns: %q", l.Text)
		}
	}
}

func TestJSONIsTheSameForTheSameResult(t *testing.T) {
	a, err := JSON(Input{Result: result()})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := JSON(Input{Result: result()})
	if string(a) != string(b) || !json.Valid(a) {
		t.Error("not the same, or not JSON")
	}
}
