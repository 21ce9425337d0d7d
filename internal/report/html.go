// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

//go:embed page.html.tmpl
var pageText string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// The page is complete without its script, which adds a filter and copy buttons. The
// content security policy allows this style sheet and this script by their digests and
// nothing else: no request, no inline handler, no other script.
var contentSecurityPolicy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
	sourceHash(pageStyle), sourceHash(pageScript))

func sourceHash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// pageTemplate escapes by context; every text that a guest, a file's name or a
// waiver can reach goes through one of the functions below first.
var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"inert":  Inert,
	"line":   oneLine,
	"code":   codeSpans,
	"glyph":  glyph,
	"word":   statusWord,
	"class":  statusClass,
	"time":   moment,
	"https":  https,
	"csp":    func() string { return contentSecurityPolicy },
	"style":  func() template.CSS { return template.CSS(pageStyle) },
	"script": func() template.JS { return template.JS(pageScript) },
	"path":   func(v view) template.HTML { return drawPath(v.Input, v.Path, v.Rows) },
	"levels": drawLevels,
	"count":  count,
	"value":  func(values []string, i int) string { return values[i] },
	"whole":  func(p rmcPath) string { return p.whole() },
}).Parse(pageText))

// HTML renders a report as one self-contained page.
func HTML(in Input) ([]byte, error) {
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, newView(in)); err != nil {
		return nil, fmt.Errorf("render html: %w", err)
	}
	return out.Bytes(), nil
}

// glyph stands before a status's word, so that it can be told without colour.
func glyph(status string) string {
	switch status {
	case policy.Pass, verdict.Passed:
		return "✔"
	case policy.Fail, verdict.Failed:
		return "✘"
	case policy.Waived, verdict.Warned:
		return "▲"
	case policy.NotApplicable:
		return "–"
	case "note":
		return "●"
	}
	return "?"
}

// statusClass is the class that colours a status.
func statusClass(status string) string {
	switch status {
	case policy.Pass, verdict.Passed:
		return "pass"
	case policy.Fail, verdict.Failed:
		return "fail"
	case policy.Waived, verdict.Warned:
		return "waived"
	case policy.NotApplicable, "note":
		return "none"
	}
	return "undetermined"
}

// statusWord is a finding's status in a word or two, with its severity.
func statusWord(f policy.Finding) string {
	switch f.Status {
	case policy.Pass:
		return "passed"
	case policy.Fail:
		return f.Severity
	case policy.NotApplicable:
		return "not applicable"
	case policy.Waived:
		return "waived " + f.Severity
	}
	return "undetermined (" + f.Severity + ")"
}

// Kind is the status that colours and marks a finding: a failed warning is no error.
func (g findingGroup) Kind() string {
	if g.Status == policy.Fail {
		switch g.Severity {
		case policy.Warning:
			return policy.Waived
		case policy.Notice:
			return "note"
		}
	}
	return g.Status
}

// codeSpans renders text with `commands` in backticks as code.
func codeSpans(s string) template.HTML {
	parts := strings.Split(html.EscapeString(Inert(s)), "`")
	if len(parts)%2 == 0 { // a backtick without its partner is text
		return template.HTML(strings.Join(parts, "`"))
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			b.WriteString("<code>" + part + "</code>")
		} else {
			b.WriteString(part)
		}
	}
	return template.HTML(b.String())
}

// https returns an address that may be linked, or nothing.
func https(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || Inert(address) != address {
		return ""
	}
	return u.String()
}
