// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

//go:embed report.html.tmpl
var page string

// pageTemplate escapes by context; every text of the guest goes through Inert first.
var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"inert": Inert,
	"time":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"glyph": glyph,
	"words": func(status string) string { return strings.ReplaceAll(status, "_", " ") },
	"short": func(digest string) string { return strings.TrimPrefix(digest, "sha256:") },
}).Parse(page))

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
	}
	return "?"
}

// HTML renders a result as one self-contained page without script.
func HTML(r *verdict.Result) ([]byte, error) {
	level := "unknown"
	if l, known := r.Facts.System.Level.Get(); known {
		level = l.Text
	}
	var open, closed []policy.Finding
	for _, f := range Ordered(r.Findings) {
		if f.Status == policy.Pass || f.Status == policy.NotApplicable {
			closed = append(closed, f)
		} else {
			open = append(open, f)
		}
	}
	var filesets []any
	if list, known := r.Facts.Filesets.Get(); known {
		for _, f := range list {
			if strings.HasPrefix(f.Name, "rsct.") || f.Name == "devices.chrp.base.ServiceRM" {
				filesets = append(filesets, f)
			}
		}
	}
	var out bytes.Buffer
	err := pageTemplate.Execute(&out, map[string]any{
		"Result": r, "Level": level, "Open": open, "Closed": closed, "Filesets": filesets,
	})
	if err != nil {
		return nil, fmt.Errorf("render html: %w", err)
	}
	return out.Bytes(), nil
}
