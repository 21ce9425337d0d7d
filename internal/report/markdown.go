// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// maxMarkdown bounds the Markdown report in bytes: a comment on GitHub takes 65,536
// characters, a step summary 1 MiB.
const maxMarkdown = 60 << 10

// Markdown renders a report for a ticket or a pull request, in the order of the page.
// Raw outputs are left to the page. Where it would be too long for a comment, the
// findings that matter least are counted instead of shown.
func Markdown(in Input) []byte {
	v := newView(in)
	for most := len(v.Open); ; most = most * 2 / 3 {
		text := v.markdown(most, len(v.Closed) > 0 && most == len(v.Open))
		if len(text) <= maxMarkdown || most == 0 {
			return []byte(text)
		}
	}
}

// markdown renders with at most so many rules that need attention.
func (v view) markdown(most int, closed bool) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	r := v.Result
	badges := ""
	for _, badge := range v.Badges {
		badges += " · " + badge
	}
	say("# %s %s%s\n", glyph(r.Verdict), r.Verdict, badges)
	say("%s.\n", sentenceCase(markdownText(r.Because)))
	say("%s **RMC health on Power VS: %s.** %s\n", glyph(v.HealthKind), markdownText(r.Health.Expected), markdownText(v.Health))
	say("%s **Gate: %s.** %s\n", yesNo(r.GateOpen, "✔", "✘"), yesNo(r.GateOpen, "open", "shut"), markdownText(v.Gate))

	say("## What was judged\n\n| | |\n| --- | --- |")
	for _, i := range v.Identity {
		say("| %s | %s |", markdownText(i.Label), markdownValue(i))
	}
	say("\n## Counts\n")
	var heads, rules, numbers string
	for _, c := range v.Counts {
		heads += fmt.Sprintf(" %s %s |", glyph(c.Status), c.Label)
		rules += " ---: |"
		numbers += fmt.Sprintf(" %d |", c.N)
	}
	say("|%s\n|%s\n|%s\n\nWhat could not be determined is counted apart and never counts as passed.\n", heads, rules, numbers)

	say("## Findings that need attention\n")
	if len(v.Open) == 0 {
		say("✔ None: every rule that applies was met.\n")
	}
	for i, g := range v.Open {
		if i == most {
			say("**%s not shown here for their length; report.html and report.json have them.**\n", count(len(v.Open)-most, "more rule with findings is", "more rules with findings are"))
			break
		}
		v.markdownFinding(&b, g)
	}

	say("## The path of RMC\n\nFrom the daemon to the management system it is %s.\n", pathWord(v.Path.whole()))
	for _, s := range v.Path.Stations() {
		say("- %s **%s**: %s", glyph(s.Status), s.Title, markdownText(s.Words))
	}
	say("\n## RSCT levels\n\n%s %s.", glyph(v.Levels.Status), markdownText(v.Levels.Words))
	if v.Levels.Minimum != "" && v.Levels.Recommended != "" {
		say("The minimum is %s, the recommended level %s.", markdownText(v.Levels.Minimum), markdownText(v.Levels.Recommended))
	}
	say("\n## The build, as the management interface saw it\n")
	if len(v.Timeline) == 0 {
		say("The evidence of the build is not part of this report.")
	}
	for _, e := range v.Timeline {
		v.markdownEvent(&b, e)
	}
	say("\n## What this report does not claim\n")
	for _, c := range v.Claims {
		say("- %s", c)
	}
	say("\n## How to verify\n")
	for _, w := range v.Ways {
		say("%s: %s\n\n%s\n", w.Title, w.Note, fence(w.Command))
	}
	if closed {
		say("<details><summary>Passed and not applicable (%d)</summary>\n\n| status | rule | subject | found |\n| --- | --- | --- | --- |", len(v.Closed)+v.ClosedMore)
		for i, f := range v.Closed {
			if i == 150 {
				say("| … | %d more | | |", len(v.Closed)+v.ClosedMore-i)
				break
			}
			say("| %s %s | %s | %s | %s |", glyph(f.Status), statusWord(f), markdownText(f.Rule), markdownCell(f.Subject), markdownCell(f.Found))
		}
		say("\n</details>")
	}
	return b.String()
}

func (v view) markdownFinding(b *strings.Builder, g findingGroup) {
	say := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	unsure := ""
	if g.Status == policy.Undetermined {
		unsure = "could not be determined: "
	}
	say("### %s %s: %s%s\n", glyph(g.Kind()), statusWord(g.Finding), unsure, markdownText(g.Summary))
	say("`%s`\n\n| subject | expected | found |\n| --- | --- | --- |", g.Rule)
	for i, f := range g.Findings {
		if i == 20 {
			say("| %d more | | |", len(g.Findings)-i+g.More)
			break
		}
		found := f.Found
		if found == "" {
			found = f.Why
		}
		say("| %s | %s | %s |", markdownCell(f.Subject), markdownCell(f.Expected), markdownCell(found))
	}
	say("")
	for _, why := range g.Unknown {
		say("- Unknown: %s", markdownText(why.String()))
	}
	if g.Waiver != nil {
		say("- **Waived**: %s", markdownText(waiverWords(*g.Waiver)))
	}
	if len(g.Why) > 0 {
		say("- **Why it matters on Power VS**: %s", strings.Join(g.Why, " "))
	}
	for _, remedy := range g.Remedies {
		say("- **What to do**: %s", markdownText(remedy))
	}
	for _, p := range g.Probes {
		problem := ""
		if p.Problem != "" {
			problem = ", " + markdownText(p.Problem)
		}
		say("- Evidence: %s, exit code %d%s, SHA-256 `%s`", markdownText(p.Command), p.ExitCode, problem, p.Digest)
	}
	if address := https(g.Reference); address != "" {
		say("- Reference: <%s>", strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20").Replace(address))
	} else if g.Reference != "" {
		say("- Reference: %s", markdownText(g.Reference))
	}
	if len(g.Controls) > 0 {
		say("- Controls: %s", markdownText(strings.Join(g.Controls, ", ")))
	}
	say("")
}

func (v view) markdownEvent(b *strings.Builder, e event) {
	say := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	mark := glyph(e.Status)
	switch e.Kind {
	case eventDrift:
		mark = "⚡"
	case eventRestoration:
		mark = "↺"
	}
	when := ""
	if e.Time != "" {
		when = " (" + e.Time + " UTC)"
	}
	var words []string
	for i, w := range append([]string{e.State.Words()}, e.Words...) {
		if i == 12 {
			words = append(words, fmt.Sprintf("%d more", len(e.Words)+1-i))
			break
		}
		if w != "" {
			words = append(words, markdownText(w))
		}
	}
	say("- %s **%s**%s: %s", mark, markdownText(e.Title), when, strings.Join(words, "; "))
	for i, s := range e.Steps {
		if i == 20 {
			say("  - %d more commands", len(e.Steps)-i)
			break
		}
		say("  - %s (%s)", markdownText(s.Command), yesNo(s.Ran, fmt.Sprintf("exit code %d", s.ExitCode), "did not run"))
	}
}

// markdownCell is markdownText for a cell: bounded, and something where nothing is.
func markdownCell(s string) string {
	if s = inert(oneLine(s), 300); s == "" {
		return "–"
	}
	return markdownText(s)
}

// markdownValue shows exact values as code where they can be.
func markdownValue(i identity) string {
	if i.Exact && len(i.Value) <= 200 && plainWord.MatchString(i.Value) {
		return "`" + i.Value + "`"
	}
	return markdownCell(i.Value)
}

// fence puts a text into a code block that it cannot end.
func fence(text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + "sh\n" + Inert(text) + "\n" + ticks
}

func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
