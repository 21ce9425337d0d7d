// SPDX-License-Identifier: MPL-2.0

package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// fingerprint gives each finding a fingerprint of what it is about and not of where it
// stands: the rule, the file, and the text of its lines without indentation. Findings
// that are alike in all of these are counted in their order.
func fingerprint(findings []Finding) {
	count := map[string]int{}
	for i := range findings {
		f := &findings[i]
		parts := []string{f.Rule}
		if f.Place != nil {
			parts = append(parts, f.Place.File)
			for _, line := range f.Lines {
				parts = append(parts, strings.Join(strings.Fields(line), " "))
			}
		}
		if len(f.Lines) == 0 {
			parts = append(parts, f.Subject)
		}
		id := strings.Join(parts, "\x00")
		count[id]++
		sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%d", id, count[id])))
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}

// baselineFile is the file that -write-baseline writes.
type baselineFile struct {
	Schema   string          `json:"schema"`
	Findings []baselineEntry `json:"findings"`
}

type baselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	// Rule and File are for people who read the file.
	Rule string `json:"rule"`
	File string `json:"file,omitempty"`
}

const baselineSchema = "https://github.com/powervs-aix/packer-plugin-rsct/docs/schemas/lint-baseline-v1.json"

// Baseline is a baseline file of the findings to act upon and of those known already.
func (r *Result) Baseline() ([]byte, error) {
	file := baselineFile{Schema: baselineSchema, Findings: []baselineEntry{}}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Known && !f.counts() {
			continue
		}
		entry := baselineEntry{Fingerprint: f.Fingerprint, Rule: f.Rule}
		if f.Place != nil {
			entry.File = f.Place.File
		}
		file.Findings = append(file.Findings, entry)
	}
	document, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the baseline: %w", err)
	}
	return append(document, '\n'), nil
}

// ReadBaseline reads what Baseline wrote.
func ReadBaseline(document []byte) (map[string]bool, error) {
	var file baselineFile
	if err := json.Unmarshal(document, &file); err != nil {
		return nil, fmt.Errorf("it is no baseline of lint: %w", err)
	}
	if file.Schema != baselineSchema {
		return nil, fmt.Errorf("it is no baseline of lint: its schema is %q, expected %q", file.Schema, baselineSchema)
	}
	known := map[string]bool{}
	for _, entry := range file.Findings {
		known[entry.Fingerprint] = true
	}
	return known, nil
}
