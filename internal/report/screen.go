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

// Screen renders a result for people who watch a build or read its log: one line while
// all is well, complete when it is not, no line longer than width columns. Findings
// stand in aligned columns, what shuts the gate first, each with what was expected,
// what was found and what to do.
func Screen(r *verdict.Result, width int) []Line {
	var lines []Line
	say := func(grave bool, lead, text string) {
		for _, l := range wrap(lead, oneLine(text), width) {
			lines = append(lines, Line{Text: l, Grave: grave})
		}
	}
	var open []policy.Finding
	longest := 0
	for _, f := range Ordered(r.Findings) {
		if f.Status != policy.Pass && f.Status != policy.NotApplicable {
			open = append(open, f)
			longest = max(longest, len(f.Rule))
		}
	}
	longest = min(longest, 40)
	previous := policy.Finding{}
	for _, f := range open {
		grave := f.Status != policy.Waived && f.Severity == policy.Error
		head := fmt.Sprintf("%-14s %-*s  ", "["+strings.ToUpper(short(f))+"]", longest, oneLine(f.Rule))
		say(grave, head, f.Subject)
		again := previous.Rule == f.Rule && previous.Status == f.Status && previous.Summary == f.Summary
		part := func(label, text string) {
			if text != "" {
				say(grave, fmt.Sprintf("    %-9s ", label), text)
			}
		}
		if !again {
			part("rule", f.Summary)
		}
		part("expected", f.Expected)
		part("found", f.Found)
		if len(f.Unknown) == 0 {
			part("because", f.Why)
		}
		for _, why := range f.Unknown {
			part("unknown", why.String())
		}
		if !again || previous.Remedy != f.Remedy {
			part("remedy", f.Remedy)
		}
		if !again || previous.Reference != f.Reference {
			part("see", f.Reference)
		}
		previous = f
	}
	for _, w := range r.Waivers {
		if w.State == policy.WaiverExpired || w.State == policy.WaiverUnused {
			say(false, "", fmt.Sprintf("waiver of %s is %s (expires %s)", w.Rule, w.State, w.Expires))
		}
	}
	if len(lines) == 0 && r.Verdict == verdict.Passed {
		say(false, "", fmt.Sprintf("%s: %d passed, %d not applicable, nothing undetermined. RMC health to expect on Power VS: %s.",
			r.Verdict, r.Counts.Passed, r.Counts.NotApplicable, r.Health.Expected))
		return lines
	}
	say(r.Verdict == verdict.Failed, "", fmt.Sprintf("%s: %s.", r.Verdict, strings.TrimSuffix(r.Because, ".")))
	say(false, "", fmt.Sprintf("%s. RMC health to expect on Power VS: %s.", r.Counts.Words(), r.Health.Expected))
	return lines
}

// short is a finding's status in a word: the severity of one that failed.
func short(f policy.Finding) string {
	if f.Status == policy.Fail {
		return oneLine(f.Severity)
	}
	return strings.ReplaceAll(oneLine(f.Status), "_", " ")
}

// wrap breaks a text into lines of at most width columns: the first begins with lead,
// the others are indented as far. A word that is too long for a line is broken.
func wrap(lead, text string, width int) []string { return wrapWords(lead, text, width, true) }

// wrapWords is wrap, which leaves words whole that are to be copied when asked to.
func wrapWords(lead, text string, width int, breakWords bool) []string {
	const least = 20
	indent := len([]rune(lead))
	if indent > width-least {
		indent = 4
	}
	room := max(width-indent, least)
	var lines []string
	line := ""
	flush := func() {
		before := strings.Repeat(" ", indent)
		if len(lines) == 0 {
			before = lead
		}
		lines = append(lines, strings.TrimRight(before+line, " "))
		line = ""
	}
	// A lead that leaves no room stands on a line of its own.
	if len([]rune(lead)) > width-least {
		flush()
	}
	for _, word := range strings.Fields(text) {
		runes := []rune(word)
		if line != "" && len([]rune(line))+1+len(runes) > room {
			flush()
		}
		for breakWords && len(runes) > room {
			line = string(runes[:room])
			flush()
			runes = runes[room:]
		}
		if line != "" {
			line += " "
		}
		line += string(runes)
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
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
