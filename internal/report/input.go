// SPDX-License-Identifier: MPL-2.0

package report

import (
	"encoding/json"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Input is all that the documents of a report are made of: the same input gives the
// same bytes on any machine.
type Input struct {
	// Result is what the judgement concluded.
	Result *verdict.Result
	// Record is the evidence that was judged; nil leaves out the timeline and the raw outputs.
	Record *evidence.Record
	// Policy is the policy it was judged by; nil leaves out what only the policy tells.
	Policy *policy.Policy
	// Subjects are what the report is about, the image first; empty without an image.
	Subjects []Subject
	// Seal is how the report will be signed; nil for a report that nobody signs, as
	// one that was made on the command line.
	Seal *Seal
	// Version is the version of this plugin.
	Version string
}

// Subject is a file of the image, or the identity of an image that is no file.
type Subject struct {
	Name string `json:"name"`
	// SHA256 is 64 lower-case hexadecimal digits; empty when no digest is known.
	SHA256 string `json:"sha256,omitempty"`
	// Size is in bytes; 0 when it is not known.
	Size int64 `json:"size,omitempty"`
	// CloudID is the Power VS id as 32 hexadecimal digits; empty when there is none.
	CloudID string `json:"cloud_id,omitempty"`
}

// Seal is what a reader needs to verify the signature over the report. The names and
// types are those that package attest writes.
type Seal struct {
	// Fingerprint is that of the public key; empty for statements that another tool signs.
	Fingerprint string
	// Folder is the report folder's base name.
	Folder string
	// VerifierID is the verdict's verifier.id.
	VerifierID string
	// ReportType and VerdictType are the statements' predicate types, and Level is the
	// level that a passed verdict names.
	ReportType, VerdictType, Level string
	// The files' names.
	ReportBundle, ReportDSSE, VerdictBundle, VerdictDSSE, ReportStatement string
}

// last is the collection that was judged, or nil.
func (in Input) last() *evidence.Collection {
	if in.Record == nil {
		return nil
	}
	return in.Record.Last()
}

// problem says why the evidence is incomplete; empty when it is whole.
func (in Input) problem() string {
	if last := in.last(); last != nil {
		return last.Problem
	}
	return ""
}

// variable is the value of a policy variable of type string, or nothing.
func (in Input) variable(name string) string {
	var text string
	in.decodeVariable(name, &text)
	return text
}

// decodeVariable puts a policy variable's value into target where it has that shape.
func (in Input) decodeVariable(name string, target any) {
	if in.Policy == nil {
		return
	}
	for _, v := range in.Policy.Variables() {
		if v.Name == name {
			_ = json.Unmarshal([]byte(v.Value), target) // another shape leaves it empty
		}
	}
}

// rules are the policy's rules.
func (in Input) rules() []policy.Rule {
	if in.Policy == nil {
		return nil
	}
	return in.Policy.Rules()
}

// Listing is the input of the formats that other tools read.
func (in Input) Listing() Listing {
	r := in.Result
	return Listing{
		Tool: "check", Version: in.Version, Source: r.Run.Source, Run: r.Run.UUID, At: r.Collected,
		Findings: r.Findings, Rules: in.rules(), FailOn: r.FailOn, Problem: in.problem(),
	}
}

// clock is the time of day of a moment of the build; empty when it is not known.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("15:04:05")
}

// moment is a time in full, in UTC.
func moment(t time.Time) string {
	if t.IsZero() {
		return "at a time that was not recorded"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
