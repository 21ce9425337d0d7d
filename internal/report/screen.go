// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Line is one line for Packer's screen.
type Line struct {
	Text string
	// Grave lines are shown as errors.
	Grave bool
}

// Screen renders a result for people who watch a build: short while all is well,
// complete when it is not.
func Screen(r *verdict.Result) []Line {
	var lines []Line
	say := func(grave bool, format string, args ...any) {
		lines = append(lines, Line{Text: fmt.Sprintf(format, args...), Grave: grave})
	}
	for _, f := range Ordered(r.Findings) {
		if f.Status == policy.Pass || f.Status == policy.NotApplicable {
			continue
		}
		grave := f.Status != policy.Waived && f.Severity == policy.Error
		say(grave, "%s", heading(f))
		for _, part := range []struct{ label, text string }{
			{"expected", f.Expected}, {"found", f.Found}, {"because", f.Why}, {"remedy", f.Remedy}, {"see", f.Reference},
		} {
			if part.text != "" {
				say(grave, "    %-9s %s", part.label+":", oneLine(part.text))
			}
		}
		for _, why := range f.Unknown {
			say(grave, "    %-9s %s", "unknown:", oneLine(why.String()))
		}
	}
	for _, w := range r.Waivers {
		if w.State == policy.WaiverExpired || w.State == policy.WaiverUnused {
			say(false, "waiver of %s is %s (expires %s)", w.Rule, w.State, w.Expires)
		}
	}
	say(r.Verdict == verdict.Failed, "%s: %s.", r.Verdict, oneLine(r.Because))
	say(false, "%s. RMC health to expect on Power VS: %s.", r.Counts.Words(), r.Health.Expected)
	return lines
}

// heading is a finding's first line.
func heading(f policy.Finding) string {
	subject := ""
	if f.Subject != "" {
		subject = " " + oneLine(f.Subject)
	}
	status := f.Status
	if status == policy.Fail {
		status = f.Severity
	}
	return fmt.Sprintf("[%s] %s%s: %s", strings.ToUpper(strings.ReplaceAll(status, "_", " ")), f.Rule, subject, oneLine(f.Summary))
}

// Ordered sorts findings for people: what shuts the gate first, then by rule and subject.
func Ordered(findings []policy.Finding) []policy.Finding {
	var ordered []policy.Finding
	take := func(wanted func(policy.Finding) bool) {
		for _, f := range findings {
			if wanted(f) {
				ordered = append(ordered, f)
			}
		}
	}
	for _, severity := range []string{policy.Error, policy.Warning, policy.Notice} {
		take(func(f policy.Finding) bool { return f.Status == policy.Fail && f.Severity == severity })
		take(func(f policy.Finding) bool { return f.Status == policy.Undetermined && f.Severity == severity })
	}
	for _, status := range []string{policy.Waived, policy.Pass, policy.NotApplicable} {
		take(func(f policy.Finding) bool { return f.Status == status })
	}
	return ordered
}

// Diagnostics renders a policy's errors with file, line and snippet.
func Diagnostics(p *policy.Policy, diags hcl.Diagnostics) string {
	var b strings.Builder
	if p == nil || p.WriteDiagnostics(&b, diags, 100, false) != nil {
		return diags.Error()
	}
	return strings.TrimSpace(b.String())
}
