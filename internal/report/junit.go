// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// JUnit renders a listing as the XML that Jenkins (its xunit plugin's junit-10.xsd)
// and GitLab read: one suite for each group of rules, one case for each finding. A
// case fails when its finding fails by the listing's FailOn, and is an error when it
// could not be determined; so the file has a failure or an error exactly when the
// verdict is FAILED. What needs attention but does not fail, what is waived and
// what does not apply is skipped, with the reason.
func JUnit(l Listing) ([]byte, error) {
	groups := map[string]string{}
	for _, r := range l.rules(l.Findings) {
		groups[r.Name] = group(r)
	}
	findings := slices.Clone(l.Findings)
	slices.SortStableFunc(findings, func(a, b policy.Finding) int {
		return cmp.Compare(groups[a.Rule], groups[b.Rule])
	})
	suites := junit.Testsuites{Name: "rsct " + l.Tool}
	if l.Problem != "" {
		suite := newSuite(l, "collection", 0)
		suite.AddTestcase(junit.Testcase{Name: "complete", Classname: "rsct.collection", Time: "0", Error: outcome("incomplete", "incomplete", l.Problem)})
		suites.AddSuite(suite)
	}
	for len(findings) > 0 {
		name := groups[findings[0].Rule]
		suite := newSuite(l, name, len(suites.Suites))
		for len(findings) > 0 && groups[findings[0].Rule] == name {
			suite.AddTestcase(testcase(l, name, findings[0]))
			findings = findings[1:]
		}
		suites.AddSuite(suite)
	}
	suites.Skipped = 0 // Jenkins' schema has no such attribute on the outermost element
	var out bytes.Buffer
	out.WriteString(xml.Header)
	if err := suites.WriteXML(&out); err != nil {
		return nil, fmt.Errorf("render junit: %w", err)
	}
	return out.Bytes(), nil
}

func newSuite(l Listing, name string, id int) junit.Testsuite {
	suite := junit.Testsuite{Name: "rsct." + name, ID: id, Time: "0", Package: "rsct"}
	if !l.At.IsZero() {
		suite.SetTimestamp(l.At.UTC().Truncate(time.Second))
	}
	if l.Source != "" {
		suite.AddProperty("source", oneLine(l.Source))
	}
	if l.Run != "" {
		suite.AddProperty("run", oneLine(l.Run))
	}
	return suite
}

func testcase(l Listing, group string, f policy.Finding) junit.Testcase {
	t := junit.Testcase{Name: f.Rule, Classname: "rsct." + group, Time: "0"}
	if f.Subject != "" {
		t.Name += " " + inert(oneLine(f.Subject), 200)
	}
	if f.Place != nil {
		t.Name += fmt.Sprintf(" (%s:%d)", oneLine(f.Place.File), f.Place.Line)
	}
	severity := strings.ToUpper(oneLine(f.Severity))
	switch {
	case f.Status == policy.Pass:
	case f.Status == policy.NotApplicable:
		t.Skipped = outcome("not_applicable", "not applicable: "+f.Why, "")
	case f.Status == policy.Waived:
		words := f.Why
		if f.Waiver != nil {
			words = waiverWords(*f.Waiver)
		}
		t.Skipped = outcome("waived", "waived: "+words, sentence(f))
	case l.setAside(f) != "":
		t.Skipped = outcome("suppressed", "suppressed: "+l.setAside(f), sentence(f))
	case l.fails(f) && f.Status == policy.Fail:
		t.Failure = outcome(f.Severity, severity+": "+sentence(f), details(f))
	case l.fails(f):
		t.Error = outcome("undetermined", severity+": "+sentence(f), details(f))
	default:
		t.Skipped = outcome(f.Severity, severity+", which does not fail: "+sentence(f), details(f))
	}
	return t
}

// details are the parts of a finding, one a line.
func details(f policy.Finding) string {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s %s\n", label+":", oneLine(text))
		}
	}
	line("rule", f.Rule)
	line("subject", f.Subject)
	if f.Place != nil {
		line("place", fmt.Sprintf("%s:%d:%d", f.Place.File, f.Place.Line, f.Place.Column))
	}
	line("expected", f.Expected)
	line("found", f.Found)
	line("because", f.Why)
	for _, why := range f.Unknown {
		line("unknown", why.String())
	}
	line("evidence", strings.Join(f.Evidence, ", "))
	line("remedy", f.Remedy)
	line("see", f.Reference)
	return b.String()
}

func outcome(kind, says, data string) *junit.Result {
	return &junit.Result{Type: oneLine(kind), Message: oneLine(says), Data: inert(data, 4*maxText)}
}

// setAside is why a comment or a baseline sets a finding in a file aside, or "".
func (l Listing) setAside(f policy.Finding) string {
	if extent, ok := l.extent(f); ok && extent.Suppressed != nil {
		return *extent.Suppressed
	}
	return ""
}
