// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

func rulesCommand() *command {
	c := newCommand("rules", "[RULE]", "list the rules, or explain one")
	c.long = "Lists the rules in force, with the built-in policy and the files that are named; for one rule its resolved text, and where it stands."
	c.examples = []example{
		{program + " rules", "all of them"},
		{program + " rules rmc-connected", "why a rule exists, and what to do"},
		{program + " rules -policy site.rsct.hcl", "check a policy of your own; says file and line of a mistake"},
	}
	c.operand = hint{choices: ruleNames}
	policies, variables := c.policyFlags("var")
	format := c.choice("format", "text", "what to print", textOrJSON)
	c.run = func(s streams, args []string) error {
		if len(args) > 1 {
			return errUsage
		}
		p, err := loadPolicy(s, *policies, *variables)
		if err != nil {
			return err
		}
		if len(args) == 1 {
			rule, err := p.Rule(args[0])
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
	return c
}

// textOrJSON are the values of a flag -format of commands that print no findings.
var textOrJSON = []string{"text", "json"}

// ruleNames are the names of the built-in rules.
func ruleNames() []string {
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		return nil
	}
	var names []string
	for _, rule := range p.Rules() {
		names = append(names, rule.Name)
	}
	return names
}

func writeJSON(s streams, v any) error {
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
