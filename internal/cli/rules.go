// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
)

func runRules(s streams, args []string) error {
	var policies, variables list
	f := flags(s, "rules", usageOf("rules"))
	f.Var(&policies, "policy", "a policy file or folder beside the built-in policy; may be given several times")
	f.Var(&variables, "var", "a policy variable, `NAME=VALUE`; may be given several times")
	format := f.String("format", "text", "text or json")
	if err := parse(f, args); err != nil {
		return err
	}
	if f.NArg() > 1 {
		return errUsage
	}
	if *format != "text" && *format != "json" {
		return fmt.Errorf("-format %q: expected text or json", *format)
	}
	p, err := loadPolicy(s, policies, variables)
	if err != nil {
		return err
	}
	if f.NArg() == 1 {
		rule, err := p.Rule(f.Arg(0))
		if err != nil {
			return err
		}
		if *format == "json" {
			return writeJSON(s, rule)
		}
		text, err := p.Explain(rule.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(s.out, text)
		return err
	}
	if *format == "json" {
		return writeJSON(s, p.Rules())
	}
	table := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tSEVERITY\tSTAGE\tSTATE\tSOURCE\tSUMMARY")
	for _, r := range p.Rules() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s:%d\t%s\n", r.Name, r.Severity, r.Stage, r.State, r.File, r.Line, r.Summary)
	}
	return table.Flush()
}

func writeJSON(s streams, v any) error {
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
