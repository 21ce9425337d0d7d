// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Listing is findings on their way to a format that other tools read: SARIF or
// JUnit. They may be about a guest and an image, or about places in files.
type Listing struct {
	// Tool is what found them: "check" for guests and images, "lint" for files.
	Tool string
	// Version is the version of this plugin.
	Version string
	// Source is what was looked at, as in "null.aix"; Run tells runs apart; both may be empty.
	Source, Run string
	// At is when it was looked at; the zero time when that is not known.
	At time.Time
	// Findings are in the order of the evaluation.
	Findings []policy.Finding
	// Rules describe the rules of the policy; rules that no finding names are left out.
	Rules []policy.Rule
	// FailOn is the least severity that fails: error, warning or never.
	FailOn string
	// Extents say more of findings in files: where their text ends, and what sets them
	// aside; by extentKey. Nil for findings about a guest.
	Extents map[string]Extent
	// Problem says why not everything could be looked at; empty when it was.
	Problem string
}

// Extent is what is known of a finding in a file beside its place.
type Extent struct {
	// EndLine and EndColumn are where its text ends, exclusive; 0 when not known.
	EndLine, EndColumn int
	// Lines are the lines that it is about.
	Lines []string
	// Fingerprint stays the same when lines move.
	Fingerprint string
	// Suppressed is why it is set aside, nil when it is not; Baseline says that it is
	// so because it was known before.
	Suppressed *string
	Baseline   bool
}

// extentKey tells the findings in files apart.
func extentKey(f policy.Finding) string {
	if f.Place == nil {
		return strings.Join([]string{f.Rule, f.Subject, f.Found}, "\x00")
	}
	return fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%d\x00%d", f.Rule, f.Subject, f.Found, f.Place.File, f.Place.Line, f.Place.Column)
}

// extent is what is known of a finding in a file; ok is false for one about a guest.
func (l Listing) extent(f policy.Finding) (Extent, bool) {
	extent, ok := l.Extents[extentKey(f)]
	return extent, ok
}

// fails reports whether a finding counts as a failure: its rule was not met or could
// not be determined, and is grave enough by FailOn. An error always counts: with
// fail_on = "never" the gate is open, but the verdict is still FAILED.
func (l Listing) fails(f policy.Finding) bool {
	switch f.Status {
	case policy.Pass, policy.Waived, policy.NotApplicable:
		return false
	}
	if extent, ok := l.extent(f); ok && extent.Suppressed != nil {
		return false
	}
	return f.Severity == policy.Error || f.Severity == policy.Warning && l.FailOn == verdict.FailOnWarning
}

// rules returns the rules that the findings name, sorted. A rule without a description
// is described by its first finding.
func (l Listing) rules(findings []policy.Finding) []policy.Rule {
	known := map[string]policy.Rule{}
	for _, r := range l.Rules {
		known[r.Name] = r
	}
	var used []policy.Rule
	seen := map[string]bool{}
	for _, f := range findings {
		if seen[f.Rule] {
			continue
		}
		seen[f.Rule] = true
		r, ok := known[f.Rule]
		if !ok {
			r = policy.Rule{Name: f.Rule, Severity: f.Severity, Summary: f.Summary, Reference: f.Reference, Controls: f.Controls}
		}
		used = append(used, r)
	}
	slices.SortFunc(used, func(a, b policy.Rule) int { return strings.Compare(a.Name, b.Name) })
	return used
}

// group is the group of a rule: the name of the policy file it stands in, as in "rmc".
func group(r policy.Rule) string {
	name := strings.TrimSuffix(path.Base(strings.ReplaceAll(r.File, `\`, "/")), ".rsct.hcl")
	return cmp.Or(strings.Trim(name, "./"), "policy")
}

// sentence says in one line what a finding found, without its rule and subject.
func sentence(f policy.Finding) string {
	var parts []string
	switch f.Status {
	case policy.Undetermined:
		parts = append(parts, "could not be determined: "+oneLine(f.Summary))
	default:
		parts = append(parts, oneLine(f.Summary))
	}
	add := func(label, text string) {
		if text = oneLine(text); text != "" {
			parts = append(parts, label+" "+text)
		}
	}
	add("expected:", f.Expected)
	add("found:", f.Found)
	if f.Status == policy.Undetermined {
		for _, why := range f.Unknown {
			add("unknown:", why.String())
		}
		if len(f.Unknown) == 0 {
			add("because:", f.Why)
		}
	}
	add("remedy:", f.Remedy)
	return strings.Join(parts, "; ")
}
