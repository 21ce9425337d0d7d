// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"cmp"
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
	if source, speaks := speaker(result); source != "" && !speaks(c) {
		// Each block of each source has a process of its own; one of them says everything,
		// and the others say enough for a run of theirs alone.
		text = strings.TrimSpace(string(report.LintLines(result))) + "\n\nIn full at the first rsct block of the source " + source + ", or by `packer-plugin-rsct lint " + c.Template + "`."
	}
	if !result.Clean() {
		return "", errors.New("the template would harm the image it builds:\n\n" + text)
	}
	return text, nil
}

// speaker finds the first block that lints the template, and the first source it runs
// for. A block is not told where in the template it stands; it is known by its source
// and mode. The source is "" when no block was found.
func speaker(result *lint.Result) (source string, speaks func(*Config) bool) {
	for _, p := range result.Pipelines {
		for _, s := range p.Provisioners {
			if s.Type != "rsct" || s.Arguments["template"] == "" && !slices.Contains(s.Unknown, "template") {
				continue
			}
			mode, unknown := cmp.Or(s.Arguments["mode"], evidence.ModeFinal), slices.Contains(s.Unknown, "mode")
			return p.Source, func(c *Config) bool {
				return p.Source == evidence.SourceName(c.PackerBuilderType, c.PackerBuildName) && (unknown || c.Mode == mode)
			}
		}
	}
	return "", nil
}
