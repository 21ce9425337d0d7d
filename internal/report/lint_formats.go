// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// LintSchema names the schema of what LintJSON writes: docs/schemas/lint-v1.schema.json.
const LintSchema = "https://github.com/powervs-aix/packer-plugin-rsct/docs/schemas/lint-v1.schema.json"

// LintJSON renders what lint found for programs.
func LintJSON(r *lint.Result) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		Schema string `json:"schema"`
		Clean  bool   `json:"clean"`
		*lint.Result
	}{LintSchema, r.Clean(), r})
	if err != nil {
		return nil, fmt.Errorf("render json: %w", err)
	}
	return visible(out.Bytes()), nil
}

// LintGitHub renders what lint found as workflow commands of GitHub Actions, which
// become annotations of the changed files
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
func LintGitHub(r *lint.Result) []byte {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		if aside(f) {
			continue
		}
		properties := []string{"title=" + githubProperty(f.Rule)}
		if f.Place != nil {
			properties = append(properties, "file="+githubProperty(f.Place.File), fmt.Sprintf("line=%d", f.Place.Line))
			if f.EndLine > 0 {
				properties = append(properties, fmt.Sprintf("endLine=%d", f.EndLine))
			}
			// GitHub takes columns only within one line.
			if f.EndLine == f.Place.Line && f.EndColumn > f.Place.Column {
				properties = append(properties, fmt.Sprintf("col=%d", f.Place.Column), fmt.Sprintf("endColumn=%d", f.EndColumn))
			}
		}
		fmt.Fprintf(&b, "::%s %s::%s\n", f.Severity, strings.Join(properties, ","), githubData(githubWords(f)))
	}
	return []byte(b.String())
}

func githubWords(f *lint.Finding) string {
	words := sentence(f.Finding)
	if page := docsOf(f); page != "" {
		words += "; see " + page
	}
	return words
}

func githubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func githubProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(oneLine(s))
}

// LintListing is what lint found on its way to SARIF and JUnit.
func LintListing(r *lint.Result, rules []policy.Rule, version string) Listing {
	l := Listing{Tool: "lint", Version: version, Rules: rules, FailOn: r.FailOn, Extents: map[string]Extent{}}
	for i := range r.Findings {
		f := r.Findings[i]
		finding := f.Finding
		finding.Expected = ""
		l.Findings = append(l.Findings, finding)
		extent := Extent{EndLine: f.EndLine, EndColumn: f.EndColumn, Lines: f.Lines, Fingerprint: f.Fingerprint}
		switch {
		case f.Suppressed != "":
			extent.Suppressed = &f.Suppressed
		case f.Known:
			known := "in the baseline"
			extent.Baseline, extent.Suppressed = true, &known
		}
		l.Extents[extentKey(finding)] = extent
	}
	return l
}
