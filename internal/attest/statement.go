// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// The types of statements and predicates.
const (
	// StatementType is in-toto's Statement v1.
	StatementType = "https://in-toto.io/Statement/v1"
	// ReportPredicate is the report's own predicate, described in docs/predicates/report-v1.md.
	ReportPredicate = "https://github.com/powervs-aix/packer-plugin-rsct/predicates/report/v1"
	// VerdictPredicate is SLSA's Verification Summary v1.
	VerdictPredicate = "https://slsa.dev/verification_summary/v1"
	// DefaultVerifierID names this project as the verifier.
	DefaultVerifierID = "https://github.com/powervs-aix/packer-plugin-rsct/verifier/v1"
	// LevelPassed is the level that a passed verdict names. It is no SLSA level.
	LevelPassed = "AIX_RSCT_GOLDEN_IMAGE_PASSED"
)

// Statement is an in-toto Statement v1.
type Statement struct {
	Type          string     `json:"_type"`
	Subject       []Resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     any        `json:"predicate"`
}

// Resource is an in-toto ResourceDescriptor.
type Resource struct {
	Name      string            `json:"name,omitempty"`
	URI       string            `json:"uri,omitempty"`
	Digest    map[string]string `json:"digest,omitempty"`
	MediaType string            `json:"mediaType,omitempty"`
}

// Report is the predicate of the report statement.
type Report struct {
	// Verdict, Because, FailOn, Counts and Health are those of the report.
	Verdict  string         `json:"verdict"`
	Because  string         `json:"because"`
	FailOn   string         `json:"failOn"`
	Counts   verdict.Counts `json:"counts"`
	Health   string         `json:"expectedHealth"`
	JudgedAt string         `json:"judgedAt"`
	// CollectedAt is when the guest was asked, by the Packer host's clock.
	CollectedAt string `json:"collectedAt"`
	// Run identifies the Packer run and source.
	Run RunIdentity `json:"run"`
	// Policy is the policy's digest.
	Policy Resource `json:"policy"`
	// Files are the report's files by digest: the one signature covers them.
	Files []Resource `json:"files"`
	// Findings are those that are not passed or not applicable.
	Findings []Finding `json:"findings"`
	// GuestFacts says where the facts about the guest come from.
	GuestFacts string `json:"guestFacts"`
}

// RunIdentity is the Packer run.
type RunIdentity struct {
	PackerRunUUID string `json:"packerRunUUID"`
	Source        string `json:"source"`
	Plugin        string `json:"plugin"`
	Packer        string `json:"packer"`
}

// Finding is a finding in short; report.json has it whole.
type Finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Status   string `json:"status"`
	Subject  string `json:"subject"`
}

// selfReported is said of every fact about the guest.
const selfReported = "self-reported by the guest over Packer's connection; not vouched for by anything else"

// Subjects are the files of an artifact, the image first, or the identity of an
// image that is no file: its digest where known, and its Power VS id as 32
// hexadecimal digits, since digests of other forms break verifiers.
func Subjects(facts *image.Facts, files []image.File) ([]Resource, error) {
	var subjects []Resource
	for _, f := range files {
		r := Resource{Name: f.Name, Digest: map[string]string{"sha256": f.SHA256}}
		if f.Name == facts.Name {
			subjects = append([]Resource{r}, subjects...)
		} else {
			subjects = append(subjects, r)
		}
	}
	if len(files) > 0 {
		return subjects, nil
	}
	digest := map[string]string{}
	if facts.SHA256 != "" {
		digest["sha256"] = facts.SHA256
	}
	if facts.ID != "" {
		id, err := CloudID(facts.ID)
		if err != nil {
			return nil, err
		}
		digest["ibm_powervs_image_id"] = id
	}
	if len(digest) == 0 {
		return nil, fmt.Errorf("image %s has neither a file, nor a sha256, nor an id: there is nothing to attest", facts.Name)
	}
	return []Resource{{Name: facts.Name, Digest: digest}}, nil
}

// NewReport makes the report statement.
func NewReport(subjects []Resource, result *verdict.Result, files []Resource, judgedAt time.Time) Statement {
	findings := []Finding{}
	for _, f := range result.Findings {
		if f.Status != "pass" && f.Status != "not_applicable" {
			findings = append(findings, Finding{f.Rule, f.Severity, f.Status, f.Subject})
		}
	}
	return Statement{Type: StatementType, Subject: subjects, PredicateType: ReportPredicate, Predicate: Report{
		Verdict: result.Verdict, Because: result.Because, FailOn: result.FailOn, Counts: result.Counts,
		Health: result.Health.Expected, JudgedAt: stamp(judgedAt), CollectedAt: stamp(result.Collected),
		Run:    RunIdentity{PackerRunUUID: result.Run.UUID, Source: result.Run.Source, Plugin: result.Run.Plugin, Packer: result.Run.Packer},
		Policy: Resource{Name: "policy", Digest: digestMap(result.Policy)},
		Files:  files, Findings: findings, GuestFacts: selfReported,
	}}
}

// Summary is the predicate of the verdict statement, in the shape that every
// verifier tried takes: no optional field more.
type Summary struct {
	Verifier           SummaryVerifier `json:"verifier"`
	TimeVerified       string          `json:"timeVerified"`
	ResourceURI        string          `json:"resourceUri"`
	Policy             Resource        `json:"policy"`
	InputAttestations  []Resource      `json:"inputAttestations"`
	VerificationResult string          `json:"verificationResult"`
	VerifiedLevels     []string        `json:"verifiedLevels"`
	SLSAVersion        string          `json:"slsaVersion"`
}

// SummaryVerifier is who verified.
type SummaryVerifier struct {
	ID string `json:"id"`
}

// NewVerdict makes the verdict statement. reportFile is the report's bare envelope
// and its name, which the verdict refers to by digest.
func NewVerdict(subjects []Resource, result *verdict.Result, verifierID, reportName string, reportFile []byte, at time.Time) Statement {
	summary := Summary{
		Verifier: SummaryVerifier{ID: verifierID}, TimeVerified: stamp(at),
		ResourceURI:       "file:" + subjects[0].Name,
		Policy:            Resource{URI: "urn:packer-plugin-rsct:policy", Digest: digestMap(result.Policy)},
		InputAttestations: []Resource{{URI: "file:" + reportName, Digest: map[string]string{"sha256": sum(reportFile)}}},
		// A SLSA summary knows two results: a warned image passed its gate.
		VerificationResult: "FAILED", VerifiedLevels: []string{"FAILED"}, SLSAVersion: "1.0",
	}
	if result.Verdict == verdict.Passed || result.Verdict == verdict.Warned {
		summary.VerificationResult, summary.VerifiedLevels = "PASSED", []string{LevelPassed}
	}
	return Statement{Type: StatementType, Subject: subjects, PredicateType: VerdictPredicate, Predicate: summary}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// encode marshals once; these are the bytes that are signed and written.
func (s Statement) encode() ([]byte, error) {
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode statement: %w", err)
	}
	return payload, nil
}
