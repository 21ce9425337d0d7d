// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// SARIF renders a listing as SARIF 2.1.0 in the subset that GitHub's code scanning
// takes (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
// Only findings that need attention become results, since GitHub makes an alert of
// each; a waived one carries its waiver as a suppression. A finding about a guest
// has no file, so it gets the first line of a stable path that does not exist, such
// as guest/filesets/rsct.core.rmc, and a logical location.
func SARIF(l Listing) ([]byte, error) {
	log := sarif.NewReport()
	run := sarif.NewRunWithInformationURI("packer-plugin-rsct", home)
	run.Tool.Driver.WithOrganization("powervs-aix").WithVersion(oneLine(l.Version))
	if semantic.MatchString(l.Version) {
		run.Tool.Driver.WithSemanticVersion(l.Version)
	}
	run.WithAutomationDetails(sarif.NewRunAutomationDetails().WithID(automationID(l)))
	run.WithColumnKind("unicodeCodePoints")

	var shown []policy.Finding
	for _, f := range Ordered(l.Findings) {
		if f.Status != policy.Pass && f.Status != policy.NotApplicable {
			shown = append(shown, f)
		}
	}
	index := map[string]int{}
	for i, r := range l.rules(shown) {
		index[r.Name] = i
		run.Tool.Driver.AddRule(descriptor(r))
	}
	for _, f := range shown {
		run.AddResult(sarifResult(l, f, index[f.Rule]))
	}

	invocation := sarif.NewInvocation().WithExecutionSuccessful(l.Problem == "")
	if !l.At.IsZero() {
		invocation.WithEndTimeUtc(l.At.UTC().Format(time.RFC3339))
	}
	if l.Problem != "" {
		invocation.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithMessage(message(l.Problem)))
	}
	run.AddInvocation(invocation)
	log.AddRun(run)

	var out bytes.Buffer
	if err := log.PrettyWrite(&out); err != nil {
		return nil, fmt.Errorf("render sarif: %w", err)
	}
	out.WriteByte('\n')
	return visible(out.Bytes()), nil
}

var semantic = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

// automationID is the category by which GitHub tells analyses apart, and the run.
func automationID(l Listing) string {
	category := "rsct-" + l.Tool
	if l.Source != "" {
		category += "/" + url.PathEscape(oneLine(l.Source))
	}
	return category + "/" + url.PathEscape(oneLine(l.Run))
}

// descriptor describes a rule, with the reasons of its page.
func descriptor(r policy.Rule) *sarif.ReportingDescriptor {
	var text, markdown strings.Builder
	say := func(heading, body string) {
		if body == "" {
			return
		}
		fmt.Fprintf(&text, "%s: %s\n\n", heading, oneLine(body))
		fmt.Fprintf(&markdown, "**%s.** %s\n\n", heading, markdownText(body))
	}
	fmt.Fprintf(&text, "%s.\n\n", oneLine(r.Summary))
	fmt.Fprintf(&markdown, "%s.\n\n", markdownText(r.Summary))
	say("Expected", r.ExpectedText)
	for _, p := range whyItMatters(r.Name) {
		fmt.Fprintf(&text, "%s\n\n", oneLine(p))
		fmt.Fprintf(&markdown, "%s\n\n", p)
	}
	say("Remedy", r.RemedyText)
	if r.Reference != "" {
		fmt.Fprintf(&text, "Reference: %s\n", oneLine(r.Reference))
		fmt.Fprintf(&markdown, "Reference: %s\n", markdownText(r.Reference))
	}
	d := sarif.NewReportingDescriptor().WithID(r.Name).
		WithShortDescription(multiformat(oneLine(r.Summary), "")).
		WithFullDescription(multiformat(oneLine(r.Summary)+".", "")).
		WithHelp(multiformat(strings.TrimSpace(text.String()), strings.TrimSpace(markdown.String()))).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithEnabled(true).WithLevel(level(r.Severity)))
	if uri := rulePage(r.Name); uri != "" {
		d.WithHelpURI(uri)
	} else if address := https(r.Reference); address != "" {
		d.WithHelpURI(address)
	}
	if len(r.Controls) > 0 {
		tags := make([]string, len(r.Controls))
		for i, c := range r.Controls {
			tags[i] = oneLine(c)
		}
		d.WithProperties(sarif.NewPropertyBag().WithTags(tags))
	}
	return d
}

func multiformat(text, markdown string) *sarif.MultiformatMessageString {
	m := sarif.NewMultiformatMessageString().WithText(placeholder.ReplaceAllString(text, "{{$1}}"))
	if markdown != "" {
		m.WithMarkdown(markdown)
	}
	return m
}

// placeholder is what SARIF would put an argument in for (section 3.11.5).
var placeholder = regexp.MustCompile(`\{([0-9]+)\}`)

// message makes a plain text message: brackets would be embedded links (section 3.11.6).
func message(text string) *sarif.Message {
	text = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(oneLine(text))
	return sarif.NewMessage().WithText(placeholder.ReplaceAllString(text, "{{$1}}"))
}

// level is SARIF's word for a severity; what is not known is an error.
func level(severity string) string {
	switch severity {
	case policy.Warning:
		return "warning"
	case policy.Notice:
		return "note"
	}
	return "error"
}

func sarifResult(l Listing, f policy.Finding, ruleIndex int) *sarif.Result {
	says := sentence(f)
	if f.Subject != "" {
		says = oneLine(f.Subject) + ": " + says
	}
	r := sarif.NewResult().WithRuleID(f.Rule).WithRuleIndex(ruleIndex).WithKind("fail").WithLevel(level(f.Severity)).WithMessage(message(says))
	physical := sarif.NewPhysicalLocation()
	region := sarif.NewRegion().WithStartLine(1)
	extent, inFile := l.extent(f)
	identity := []string{f.Rule, f.Subject}
	if f.Place != nil && f.Place.File != "" {
		physical.WithArtifactLocation(sarif.NewArtifactLocation().WithURI(fileURI(f.Place.File)))
		region.WithStartLine(max(f.Place.Line, 1))
		if f.Place.Column > 0 {
			region.WithStartColumn(f.Place.Column)
		}
		if extent.EndLine >= f.Place.Line && extent.EndColumn > 0 {
			region.WithEndLine(extent.EndLine).WithEndColumn(extent.EndColumn)
		}
		if len(extent.Lines) > 0 {
			physical.WithContextRegion(sarif.NewRegion().WithStartLine(max(f.Place.Line, 1)).WithEndLine(f.Place.Line + len(extent.Lines) - 1).
				WithSnippet(sarif.NewArtifactContent().WithText(strings.Join(extent.Lines, "\n"))))
		}
		identity = append(identity, filepath.ToSlash(f.Place.File))
	} else {
		physical.WithArtifactLocation(sarif.NewArtifactLocation().WithURI(guestURI(f)))
	}
	location := sarif.NewLocation().WithPhysicalLocation(physical.WithRegion(region))
	if name := oneLine(f.Subject); name != "" {
		location.AddLogicalLocation(sarif.NewLogicalLocation().WithName(name).WithFullyQualifiedName(f.Rule + "/" + name).WithKind("resource"))
	}
	r.AddLocation(location)
	sum := sha256.Sum256([]byte(strings.Join(identity, "\x00")))
	fingerprint := hex.EncodeToString(sum[:16])
	fingerprints := map[string]string{"rsctFinding/v1": fingerprint}
	if f.Place == nil {
		// GitHub tells alerts apart by this one alone, and cannot compute it without a file.
		fingerprints["primaryLocationLineHash"] = fingerprint + ":1"
	}
	if inFile && extent.Fingerprint != "" {
		fingerprints = map[string]string{"rsctFinding/v1": extent.Fingerprint}
	}
	r.WithPartialFingerprints(fingerprints)
	if extent.Suppressed != nil {
		kind := "inSource"
		if extent.Baseline {
			kind = "external"
			r.WithBaselineState("unchanged")
		}
		r.AddSuppression(sarif.NewSuppression().WithKind(kind).WithStatus("accepted").WithJustification(oneLine(*extent.Suppressed)))
	}
	if f.Status == policy.Waived {
		suppression := sarif.NewSuppression().WithKind("external").WithStatus("accepted")
		if w := f.Waiver; w != nil {
			suppression.WithJustification(waiverWords(*w))
		}
		r.AddSuppression(suppression)
	}
	return r
}

// waiverWords says a waiver in a line.
func waiverWords(w policy.Waiver) string {
	words := oneLine(w.Reason)
	if by := oneLine(w.ApprovedBy); by != "" {
		words += "; approved by " + by
	}
	return words + "; until " + oneLine(w.Expires)
}

// guestURI is a relative path for a finding without a file.
func guestURI(f policy.Finding) string {
	parts := []string{"guest"}
	switch {
	case len(f.Evidence) > 0:
		parts = append(parts, f.Evidence[0])
	case strings.HasPrefix(f.Rule, "image-"):
		parts = []string{"image"}
	default:
		parts = []string{"build"}
	}
	parts = append(parts, f.Rule)
	if f.Subject != "" {
		parts = append(parts, inert(oneLine(f.Subject), 120))
	}
	return escapePath(parts)
}

// fileURI is a file's path as a URI reference: relative paths stay relative.
func fileURI(name string) string {
	name = path.Clean(filepath.ToSlash(name))
	uri := escapePath(strings.Split(name, "/"))
	if strings.HasPrefix(uri, "/") {
		return "file://" + uri
	}
	return uri
}

func escapePath(parts []string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		p = url.PathEscape(p)
		if p == "." || p == ".." {
			p = strings.ReplaceAll(p, ".", "%2E")
		}
		// A colon in the first part would read as a scheme (RFC 3986 section 4.2).
		escaped[i] = strings.ReplaceAll(p, ":", "%3A")
	}
	return strings.Join(escaped, "/")
}
