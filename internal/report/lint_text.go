// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// LintStyle says how LintText shows findings.
type LintStyle struct {
	// Colour uses terminal colours.
	Colour bool
	// Width is the terminal's width in columns, or 0 for no wrapping.
	Width int
	// Suppressed shows what is suppressed, waived or in the baseline too.
	Suppressed bool
}

// LintText renders what lint found for people: each finding with the lines that it is
// about, the rule, why it matters, the remedy and where to read on.
func LintText(r *lint.Result, style LintStyle) []byte {
	p := painter{colour: style.Colour}
	var b strings.Builder
	said := map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if aside(f) && !style.Suppressed {
			continue
		}
		lintFinding(&b, p, f, style.Width, !said[f.Rule])
		said[f.Rule] = true
		b.WriteString("\n")
	}
	for _, w := range r.Waivers {
		if w.State == policy.WaiverExpired && w.Findings > 0 {
			fmt.Fprintf(&b, "%s the waiver of %s in %s:%d expired on %s\n", p.paint(yellow, "note:"), w.Rule, w.File, w.Line, w.Expires)
		}
	}
	b.WriteString(LintSummary(r, style.Colour) + "\n")
	return []byte(b.String())
}

// LintLines renders what lint found in one line each.
func LintLines(r *lint.Result) []byte {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		if aside(f) {
			continue
		}
		where := ""
		if f.Place != nil {
			where = fmt.Sprintf("%s:%d:%d: ", oneLine(f.Place.File), f.Place.Line, f.Place.Column)
		}
		fmt.Fprintf(&b, "%s%s: %s: %s\n", where, f.Severity, f.Rule, oneLine(f.Found))
	}
	b.WriteString(LintSummary(r, false) + "\n")
	return []byte(b.String())
}

// aside reports that a finding needs nothing to be done.
func aside(f *lint.Finding) bool {
	return f.Known || f.Suppressed != "" || f.Status == policy.Waived
}

// LintSummary counts what was found in a sentence.
func LintSummary(r *lint.Result, colour bool) string {
	p := painter{colour: colour}
	c := r.Counts()
	var parts []string
	count := func(n int, one, many, paint string) {
		switch {
		case n == 1:
			parts = append(parts, p.paint(paint, "1 "+one))
		case n > 1:
			parts = append(parts, p.paint(paint, fmt.Sprintf("%d %s", n, many)))
		}
	}
	count(c.Errors, "error", "errors", red)
	count(c.Warnings, "warning", "warnings", yellow)
	count(c.Notices, "notice", "notices", blue)
	if len(parts) == 0 {
		parts = append(parts, p.paint(green, "Nothing found"))
	}
	what := strings.Join(parts, ", ")
	files, commands := plural(r.Files, "file"), plural(r.Commands, "command")
	what += fmt.Sprintf(" in %s with %s", files, commands)
	var notes []string
	for _, n := range []struct {
		n    int
		what string
	}{{c.Suppressed, "suppressed"}, {c.Waived, "waived"}, {c.Known, "in the baseline"}} {
		if n.n > 0 {
			notes = append(notes, fmt.Sprintf("%d %s", n.n, n.what))
		}
	}
	if len(notes) > 0 {
		what += " (" + strings.Join(notes, ", ") + ")"
	}
	return what + "."
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func lintFinding(b *strings.Builder, p painter, f *lint.Finding, width int, first bool) {
	severity := f.Severity
	paint := map[string]string{policy.Error: red, policy.Warning: yellow, policy.Notice: blue}[f.Severity]
	state := ""
	switch {
	case f.Known:
		state = " (in the baseline)"
	case f.Suppressed != "":
		state = " (suppressed: " + oneLine(f.Suppressed) + ")"
	case f.Status == policy.Waived:
		state = " (" + oneLine(f.Why) + ")"
	case f.Status == policy.Undetermined:
		state = " (could not be determined)"
	}
	where := ""
	if f.Place != nil {
		where = fmt.Sprintf("%s:%d:%d: ", oneLine(f.Place.File), f.Place.Line, f.Place.Column)
	}
	fmt.Fprintf(b, "%s%s: %s%s\n", p.paint(bold, where), p.paint(paint, severity), p.paint(bold, f.Rule), state)
	snippet(b, p, f, paint)
	say := func(label, text string) {
		if text = oneLine(text); text != "" {
			b.WriteString(wrapped(p, label, text, width))
		}
	}
	say("rule", f.Summary)
	if f.Step != "" && (f.Place == nil || f.Step != f.Place.File) {
		say("in", f.Step)
	}
	say("found", f.Found)
	for _, why := range f.Unknown {
		say("unknown", why.String())
	}
	if first {
		// The reasons are the same for every finding of a rule.
		if paragraphs := whyItMatters(f.Rule); len(paragraphs) > 0 {
			say("why", plainMarkdown(paragraphs[0]))
		}
	}
	say("remedy", f.Remedy)
	say("see", docsOf(f))
}

// docsOf is the address of a rule's page, or of the document that the rule follows.
func docsOf(f *lint.Finding) string {
	if page := rulePage(f.Rule); page != "" {
		return page
	}
	return f.Reference
}

// plainMarkdown takes the marks out of a paragraph.
func plainMarkdown(s string) string { return strings.ReplaceAll(s, "**", "") }

// snippet shows the lines of the file with a mark below what the finding is about.
func snippet(b *strings.Builder, p painter, f *lint.Finding, paint string) {
	if f.Place == nil || len(f.Lines) == 0 {
		return
	}
	gutter := len(fmt.Sprint(f.Place.Line + len(f.Lines) - 1))
	bar := p.paint(dim, strings.Repeat(" ", gutter+1)+"|")
	fmt.Fprintf(b, "%s\n", bar)
	for i, line := range f.Lines {
		number := f.Place.Line + i
		shown, from, to := visibleLine(line), 0, 0
		runes := []rune(line)
		from, to = indentOf(runes), len(runes)
		if i == 0 {
			from = min(max(f.Place.Column-1, 0), len(runes))
		}
		if number == f.EndLine && f.EndColumn > 0 {
			to = min(f.EndColumn-1, len(runes))
		}
		if len(shown) > maxSnippet {
			shown = shown[:maxSnippet]
		}
		fmt.Fprintf(b, "%s %s\n", p.paint(dim, fmt.Sprintf("%*d |", gutter, number)), string(shown))
		if from < to && from < len(shown) {
			pad := strings.Repeat(" ", width(runes[:from]))
			fmt.Fprintf(b, "%s %s%s\n", bar, pad, p.paint(paint, strings.Repeat("^", max(1, min(width(runes[from:to]), maxSnippet-from)))))
		}
	}
}

// maxSnippet bounds how much of a line is shown, in columns.
const maxSnippet = 160

func indentOf(line []rune) int {
	for i, r := range line {
		if !unicode.IsSpace(r) {
			return i
		}
	}
	return len(line)
}

// visibleLine is a line with tabs as four blanks and what would act on a terminal as
// one visible character, so that columns can be counted.
func visibleLine(line string) []rune {
	var out []rune
	for _, r := range line {
		switch {
		case r == '\t':
			out = append(out, ' ', ' ', ' ', ' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == '\u2028', r == '\u2029':
			out = append(out, '�')
		default:
			out = append(out, r)
		}
	}
	return out
}

func width(runes []rune) int {
	n := 0
	for _, r := range runes {
		if r == '\t' {
			n += 3
		}
		n++
	}
	return n
}

// wrapped is a labelled text, broken at the width of the terminal.
func wrapped(p painter, label, text string, columns int) string {
	const indent = 11
	head := fmt.Sprintf("  %-*s", indent-2, label+":")
	if columns < 40 {
		return p.paint(dim, head) + text + "\n"
	}
	var b strings.Builder
	b.WriteString(p.paint(dim, head))
	column := indent
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case column+1+n > columns:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String() + "\n"
}

// The colours of a terminal.
const (
	red    = "31;1"
	yellow = "33;1"
	blue   = "34;1"
	green  = "32;1"
	bold   = "1"
	dim    = "2"
)

type painter struct{ colour bool }

func (p painter) paint(code, text string) string {
	if !p.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
