// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/sys/atomicwriter"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
	"github.com/powervs-aix/packer-plugin-rsct/version"
)

// loadPolicy loads the built-in policy with site files and variables, NAME=VALUE, and
// tells its warnings.
func loadPolicy(s streams, files, variables []string) (*policy.Policy, error) {
	values := map[string]string{}
	for _, v := range variables {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("-var %q: expected NAME=VALUE", v)
		}
		values[name] = value
	}
	p, diags := policy.Load(policy.Sources{Files: files, Variables: values})
	if diags.HasErrors() {
		return nil, fmt.Errorf("the policy does not load:\n%s", report.Diagnostics(p, diags))
	}
	if len(diags) > 0 {
		fmt.Fprintln(s.err, report.Diagnostics(p, diags))
	}
	return p, nil
}

// failOnWords are the values of a flag -fail-on.
var failOnWords = []string{verdict.FailOnError, verdict.FailOnWarning, verdict.FailOnNever}

// policyFlags declares the flags that name a policy and its variables.
func (c *command) policyFlags(variable string) (files, variables *list) {
	return c.fileList("policy", "a policy `file` or folder beside the built-in policy"), c.list(variable, "a policy variable, `NAME=VALUE`")
}

func checkCommand() *command {
	c := newCommand("check", "EVIDENCE", "judge evidence: the collector's raw output, or an evidence.json")
	c.long = "Prints what does not hold, with what was expected, what was found, and the remedy. What could not be determined counts as failed."
	c.examples = []example{
		{program + " check host.evidence", "judge a host by the built-in policy"},
		{"ssh aix ksh < collect.sh | " + program + " check -", "without a file between"},
		{program + " check -policy site.rsct.hcl -as-of 2027-06-30 aix73.ova.gz.rsct/evidence.json", "judge an old image by a site's policy, with the waivers of a day"},
		{program + " check -baseline before.evidence after.evidence", "name what a script changed"},
		{program + " check -out report host.evidence", "all reports in a folder"},
	}
	c.operand = hint{files: true}
	policies, variables := c.policyFlags("var")
	baseline := c.file("baseline", "`evidence` to compare with")
	asOf := c.flags.String("as-of", "", "the `date` of judging, YYYY-MM-DD; today when left out")
	failOn := c.choice("fail-on", verdict.FailOnError, "the least severity that fails", failOnWords)
	format := c.choice("format", "text", "what to print", report.Formats())
	out := c.file("out", "the `folder` to write all reports into, beside what is printed")
	c.run = func(s streams, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		day := time.Now()
		if *asOf != "" {
			var err error
			if day, err = time.Parse(time.DateOnly, *asOf); err != nil {
				return fmt.Errorf("-as-of %q: expected a date as YYYY-MM-DD", *asOf)
			}
		}
		p, err := loadPolicy(s, *policies, *variables)
		if err != nil {
			return err
		}
		record, err := readEvidence(s, args[0])
		if err != nil {
			return err
		}
		if last := record.Last(); last != nil {
			if system, known := last.Facts().System.OS.Get(); known && system != "AIX" {
				return fmt.Errorf("the evidence is of a guest that runs %s, not AIX (uname -s)", report.Inert(system))
			}
		}
		if *baseline != "" {
			if record, err = withBaseline(s, *baseline, record); err != nil {
				return err
			}
		}
		result, err := verdict.Judge(context.Background(), verdict.Input{Record: record, Policy: p, FailOn: *failOn, AsOf: day})
		if err != nil {
			return err
		}
		input := report.Input{Result: result, Record: record, Policy: p, Version: version.PluginVersion.FormattedVersion()}
		document, err := report.Render(*format, input)
		if err != nil {
			return err
		}
		if *out != "" {
			if err := writeReports(s, *out, input); err != nil {
				return err
			}
		}
		if _, err := s.out.Write(document.Content); err != nil {
			return err
		}
		if err := report.AppendStepSummary(input); err != nil {
			fmt.Fprintln(s.err, "warning:", err)
		}
		if !result.GateOpen {
			return errNo
		}
		return nil
	}
	return c
}

// writeReports writes every report of the result into a folder, and says so.
func writeReports(s streams, dir string, in report.Input) error {
	documents, err := report.Documents(in)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	for _, d := range documents {
		path := filepath.Join(dir, d.Name)
		if err := atomicwriter.WriteFile(path, d.Content, 0o644); err != nil {
			return fmt.Errorf("-out: %w", err)
		}
		fmt.Fprintln(s.err, "wrote", path)
	}
	return nil
}

// withBaseline puts the last collection of other evidence before the record's last
// one, as its baseline.
func withBaseline(s streams, path string, record *evidence.Record) (*evidence.Record, error) {
	other, err := readEvidence(s, path)
	if err != nil {
		return nil, err
	}
	before := other.Baseline()
	if before == nil {
		before = other.Last()
	}
	if before == nil || record.Last() == nil {
		return nil, fmt.Errorf("-baseline %s: no collection to compare", path)
	}
	if !before.Complete() {
		return nil, fmt.Errorf("-baseline %s: %s", path, before.Problem)
	}
	first, last := *before, *record.Last()
	first.Mode, first.Sequence, last.Sequence = evidence.ModeBaseline, 1, 2
	return &evidence.Record{Schema: record.Schema, Run: record.Run, Collections: []evidence.Collection{first, last}, Restorations: record.Restorations}, nil
}
