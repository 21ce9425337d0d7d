// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/template"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

// lintTemplate lints the template that the configuration names. The error holds the
// findings when one is as grave as fail_on; otherwise the text holds those there are.
// Packer prepares a block once for each source, and again before it runs; Prepare has
// no other way to show anything but its error, so lesser findings wait for Provision.
func lintTemplate(c *Config, p *policy.Policy, now time.Time) (string, error) {
	result, err := lint.Run(context.Background(), lint.Input{
		Paths: []string{c.Template}, Policy: p, FailOn: c.FailOn, AsOf: now, TemplatesOnly: true,
		Template: template.Options{VarFiles: c.TemplateVarFiles, Variables: c.TemplateVariables, Environment: os.Environ()},
	})
	if err != nil {
		return "", fmt.Errorf("template: %w", err)
	}
	if len(result.Findings) == 0 {
		return "", nil
	}
	text := strings.TrimSpace(string(report.LintText(result, report.LintStyle{})))
	if speaker := speaker(result); speaker != "" && speaker != evidence.SourceName(c.PackerBuilderType, c.PackerBuildName) {
		// Each source has a process of its own; one of them says everything, and the others
		// say enough for a run of theirs alone.
		text = strings.TrimSpace(string(report.LintLines(result))) + "\n\nIn full with the source " + speaker + ", or by `packer-plugin-rsct lint " + c.Template + "`."
	}
	if !result.Clean() {
		return "", errors.New("the template would harm the image it builds:\n\n" + text)
	}
	return text, nil
}

// speaker is the first source for which a block lints the template.
func speaker(result *lint.Result) string {
	for _, p := range result.Pipelines {
		for _, s := range p.Provisioners {
			if s.Type == "rsct" && (s.Arguments["template"] != "" || slices.Contains(s.Unknown, "template")) {
				return p.Source
			}
		}
	}
	return ""
}
