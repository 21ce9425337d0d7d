// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"strings"
)

// Explain says what a rule asks for and why it stands as it does, for people on a
// terminal. The error names the rule that was probably meant when there is none.
func (p *Policy) Explain(name string) (string, error) {
	r, err := p.Rule(name)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n\n", r.Name, r.Severity, r.Summary)
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-12s %s\n", label, strings.ReplaceAll(text, "\n", "\n             "))
		}
	}
	line("applies to", r.ForEach)
	line("only where", r.Applies)
	line("requires", r.Requires)
	line("holds when", r.Condition)
	line("expected", r.ExpectedText)
	line("remedy", r.RemedyText)
	line("reference", r.Reference)
	line("controls", strings.Join(r.Controls, ", "))
	line("stage", r.Stage+stageWords[r.Stage])
	line("looks at", strings.Join(r.Roots, ", "))
	line("evidence", strings.Join(r.Evidence, ", "))
	if r.BearsOn == BearsOnRMC {
		line("health", "where it fails, Power VS is expected to show Warning for a VM deployed from the image")
	}
	if !r.Ignorable {
		line("waivers", "refused")
	}
	for _, w := range p.waivers {
		if w.Rule == name {
			line("waived", fmt.Sprintf("%s until %s: %s (%s:%d)", or(w.Subject, "everything"), w.Expires, w.Reason, w.File, w.Line))
		}
	}
	line("state", r.State)
	if r.State != "enabled" {
		line("overridden", strings.Join(r.Overridden, ", "))
		line("because", r.Reason)
	}
	line("written in", fmt.Sprintf("%s:%d", r.File, r.Line))
	fmt.Fprintf(&b, "\n%s\n", r.Source)
	return b.String(), nil
}

var stageWords = map[string]string{
	"lint":   ", before a VM exists",
	"guest":  ", whenever a guest is looked at",
	"build":  ", where there is a baseline to compare with",
	"image":  ", when the image is there",
	"import": ", when the image is there and its guest was looked at",
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// PageEnd ends the generated part of a rule's page; what follows is written by hand.
const PageEnd = "<!-- The part above is generated from the policy by go generate. What follows is written by hand. -->"

// Page is the generated part of the rule's page in docs/rules, up to PageEnd.
func (r Rule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n| | |\n| --- | --- |\n", r.Name, r.Summary)
	row := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", label, strings.NewReplacer("|", `\|`, "\n", " ", "<", `\<`).Replace(text))
		}
	}
	row("Severity", r.Severity)
	row("Expected", r.ExpectedText)
	row("Remedy", r.RemedyText)
	row("Evaluated", r.Stage+stageWords[r.Stage])
	row("Evidence", code(r.Evidence))
	if r.BearsOn == BearsOnRMC {
		row("Health", "where it fails, Power VS is expected to show `Warning`")
	}
	if !r.Ignorable {
		row("Waivers", "refused")
	}
	row("Controls", strings.Join(r.Controls, ", "))
	if r.Reference != "" {
		fmt.Fprintf(&b, "| Reference | <%s> |\n", r.Reference)
	}
	fmt.Fprintf(&b, "\nIn `internal/policy/%s`:\n\n```hcl\n%s\n```\n\n%s\n", r.File, r.Source, PageEnd)
	return b.String()
}

func code(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "`" + strings.Join(names, "`, `") + "`"
}

// Index is docs/rules/README.md: all rules of a policy in one table.
func (p *Policy) Index() string {
	var b strings.Builder
	b.WriteString("# The rules\n\nGenerated from the built-in policy by `go generate ./internal/policy`. The language is described in [policy.md](../policy.md).\n\n")
	b.WriteString("| rule | severity | evaluated | what it states |\n| --- | --- | --- | --- |\n")
	for _, r := range p.rules {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", r.Name, r.Name, r.Severity, r.Stage, strings.ReplaceAll(r.Summary, "|", `\|`))
	}
	return b.String()
}
