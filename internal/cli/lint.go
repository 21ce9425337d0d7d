// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/template"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
	"github.com/powervs-aix/packer-plugin-rsct/version"
)

// lintFormats are the values of lint's flag -format.
var lintFormats = []string{"text", "json", "sarif", "junit", "github"}

func lintCommand() *command {
	c := newCommand("lint", "PATH…", "lint templates, scripts and playbooks, before a VM exists")
	c.long = "Reads Packer templates as Packer does, with the scripts and playbooks that they run on the guest, and stand-alone scripts and playbooks. Runs nothing. A line is excused by a comment on or above it: # rsct-ignore: RULE -- REASON"
	c.examples = []example{
		{program + " lint .", "a template's folder, with all that it runs"},
		{program + " lint -explain harden.sh", "one script, and why each finding matters"},
		{program + " lint -format github .", "annotations on a pull request"},
		{program + " lint -out sarif=lint.sarif.json -out junit=lint.junit.xml .", "several reports at once"},
		{program + " lint -write-baseline lint-baseline.json .", "adopt it in an old repository: from now on only what is new, with -baseline"},
	}
	c.operand = hint{files: true}
	format := c.choice("format", "text", "what to write to standard output", lintFormats)
	outs := c.list("out", "write `FORMAT=FILE` as well")
	policies, policyVariables := c.policyFlags("policy-var")
	varFiles := c.fileList("var-file", "a `file` of Packer variables, as for packer build")
	vars := c.list("var", "a Packer variable, `NAME=VALUE`, as for packer build")
	environment := c.flags.Bool("env", false, "take Packer variables from PKR_VAR_… in the environment too")
	failOn := c.choice("fail-on", verdict.FailOnError, "the least severity that fails", failOnWords)
	asOf := c.flags.String("as-of", "", "the `date` by which waivers expire, YYYY-MM-DD; today when left out")
	baseline := c.file("baseline", "a `file` of findings that are known already")
	writeBaseline := c.file("write-baseline", "write what is found to a baseline `file`, and succeed")
	stdinName := c.flags.String("stdin-name", "", "the `name` of the file that - reads from standard input, by which it is known what it is")
	explain := c.flags.Bool("explain", false, "explain each rule that was broken")
	all := c.flags.Bool("all", false, "show what is suppressed, waived or in the baseline too")
	colour := c.choice("color", "auto", "when to use colours", []string{"auto", "always", "never"})
	c.run = func(s streams, args []string) error {
		if len(args) == 0 {
			return errUsage
		}
		if *stdinName != "" && !slices.Contains(args, "-") {
			return fmt.Errorf("-stdin-name %q: nothing is read from standard input; give - as PATH", *stdinName)
		}
		in := lint.Input{
			Paths: args, Stdin: s.in, StdinName: *stdinName, FailOn: *failOn, AsOf: time.Now(),
			Template: template.Options{VarFiles: *varFiles, Variables: map[string]string{}},
		}
		if *asOf != "" {
			var err error
			if in.AsOf, err = time.Parse(time.DateOnly, *asOf); err != nil {
				return fmt.Errorf("-as-of %q: expected a date as YYYY-MM-DD", *asOf)
			}
		}
		for _, v := range *vars {
			name, value, ok := strings.Cut(v, "=")
			if !ok || name == "" {
				return fmt.Errorf("-var %q: expected NAME=VALUE", v)
			}
			in.Template.Variables[name] = value
		}
		if *environment {
			in.Template.Environment = os.Environ()
		}
		if *baseline != "" {
			document, err := os.ReadFile(*baseline)
			if err != nil {
				return fmt.Errorf("-baseline: %w", err)
			}
			if in.Baseline, err = lint.ReadBaseline(document); err != nil {
				return fmt.Errorf("-baseline %s: %w", *baseline, err)
			}
		}
		coloured, err := colours(s.out, *colour)
		if err != nil {
			return err
		}
		style := report.LintStyle{Colour: coloured, Width: columnsOf(s.out), Suppressed: *all}
		// A format that does not exist is said before anything is looked at.
		for _, o := range append([]string{*format + "=-"}, *outs...) {
			name, file, ok := strings.Cut(o, "=")
			if !ok || file == "" {
				return fmt.Errorf("-out %q: expected FORMAT=FILE, as in sarif=lint.sarif.json", o)
			}
			if !slices.Contains(lintFormats, name) {
				return fmt.Errorf("-out %q: expected %s before the =", o, oneOf(lintFormats))
			}
		}
		if in.Policy, err = loadPolicy(s, *policies, *policyVariables); err != nil {
			return err
		}
		result, err := lint.Run(context.Background(), in)
		if err != nil {
			return err
		}
		for _, ignored := range result.Ignored {
			fmt.Fprintf(s.err, "not linted: %s\n", ignored)
		}
		if *writeBaseline != "" {
			document, err := result.Baseline()
			if err != nil {
				return err
			}
			if err := os.WriteFile(*writeBaseline, document, 0o644); err != nil {
				return fmt.Errorf("-write-baseline: %w", err)
			}
			fmt.Fprintf(s.err, "wrote %s; lint with -baseline %s reports only what is new\n", *writeBaseline, *writeBaseline)
			return nil
		}
		for _, o := range *outs {
			name, file, _ := strings.Cut(o, "=")
			document, err := lintDocument(name, result, in.Policy, report.LintStyle{Suppressed: *all})
			if err != nil {
				return err
			}
			if err := os.WriteFile(file, document, 0o644); err != nil {
				return fmt.Errorf("-out %s: %w", o, err)
			}
		}
		document, err := lintDocument(*format, result, in.Policy, style)
		if err != nil {
			return err
		}
		if _, err := s.out.Write(document); err != nil {
			return err
		}
		if *format != "text" {
			fmt.Fprintln(s.err, report.LintSummary(result, false))
		} else if *explain {
			if err := explainAll(s, result, in.Policy); err != nil {
				return err
			}
		}
		if !result.Clean() {
			return errNo
		}
		return nil
	}
	return c
}

func lintDocument(format string, result *lint.Result, p *policy.Policy, style report.LintStyle) ([]byte, error) {
	switch format {
	case "text":
		return report.LintText(result, style), nil
	case "json":
		return report.LintJSON(result)
	case "github":
		return report.LintGitHub(result), nil
	case "sarif":
		return report.SARIF(report.LintListing(result, p.Rules(), version.PluginVersion.FormattedVersion()))
	case "junit":
		return report.JUnit(report.LintListing(result, p.Rules(), version.PluginVersion.FormattedVersion()))
	}
	return nil, fmt.Errorf("-format %q: expected %s", format, oneOf(lintFormats))
}

// explainAll explains each rule that was broken, once.
func explainAll(s streams, result *lint.Result, p *policy.Policy) error {
	said := map[string]bool{}
	for _, f := range result.Findings {
		if said[f.Rule] {
			continue
		}
		said[f.Rule] = true
		words, err := p.Explain(f.Rule)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(s.out, "\n%s", words); err != nil {
			return err
		}
	}
	return nil
}

// colours reports whether to use colours. NO_COLOR (no-color.org) and PACKER_NO_COLOR
// switch them off where the choice is left open.
func colours(out io.Writer, when string) (bool, error) {
	switch when {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		if os.Getenv("NO_COLOR") != "" || os.Getenv("PACKER_NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
			return false, nil
		}
		return terminal(out) != nil, nil
	}
	return false, errors.New("-color: expected auto, always or never")
}

// terminal is the file of a terminal, or nil.
func terminal(out io.Writer) *os.File {
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	return nil
}

func columnsOf(out io.Writer) int {
	file := terminal(out)
	if file == nil {
		return 0
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
