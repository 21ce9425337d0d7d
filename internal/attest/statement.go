// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
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
	// TestsPredicate is in-toto's test result v0.1.
	TestsPredicate = "https://in-toto.io/attestation/test-result/v0.1"
	// CloudDigest is the key under which a subject gives an image's id in Power VS: the
	// UUID's 32 hexadecimal digits.
	CloudDigest = "ibm_powervs_image_id"
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
	Name        string            `json:"name,omitempty"`
	URI         string            `json:"uri,omitempty"`
	Digest      map[string]string `json:"digest,omitempty"`
	MediaType   string            `json:"mediaType,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// The roles of subjects, in their annotation `role`. The first subject is the image;
// who verifies a member's digest learns that it is a part of the image, no more.
const (
	annotationRole = "role"
	RoleImage      = "image"
	// RoleTar is the tar inside a gzip: the image after gunzip.
	RoleTar    = "image-uncompressed"
	RoleMember = "member"
	RoleFile   = "file"
)

func (r Resource) role() string { return r.Annotations[annotationRole] }

func withRole(role string) map[string]string { return map[string]string{annotationRole: role} }

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
	// Builder is the artifact that was handed to the post-processor.
	Builder Builder `json:"builder"`
	// Policy is the policy's digest.
	Policy Resource `json:"policy"`
	// Files are the report's files by digest: the one signature covers them.
	Files []Resource `json:"files"`
	// Findings are all findings, so that a later judgement can be held against this one.
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

// Builder identifies a builder's artifact, as the builder does.
type Builder struct {
	ID         string `json:"id"`
	ArtifactID string `json:"artifactId"`
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

// Subjects are what the statements are about, the image first: the files of an
// artifact, named and digested as Packer's own provenance names them (base name,
// sha256), so that both statements meet on the same digests; after an archive the tar
// inside its gzip and its members; or the identity of an image that is no file: its
// digest where known, and its Power VS id as 32 hexadecimal digits, since digests of
// other forms break verifiers.
func Subjects(facts *image.Facts, files []image.File) ([]Resource, error) {
	var cloud *image.CloudID
	if facts.ID != "" {
		id, err := image.ParseCloudID(facts.ID)
		if err != nil {
			return nil, err
		}
		cloud = &id
	}
	main := Resource{Name: facts.Name, Digest: map[string]string{}, Annotations: withRole(RoleImage)}
	if facts.SHA256 != "" {
		main.Digest["sha256"] = facts.SHA256
	}
	if cloud != nil {
		main.Digest[CloudDigest], main.URI = cloud.Digits(), cloud.URI()
	}
	if len(main.Digest) == 0 {
		return nil, fmt.Errorf("image %s has neither a file, nor a sha256, nor an id: there is nothing to attest", facts.Name)
	}
	subjects := []Resource{main}
	if facts.TarSHA256 != "" {
		subjects = append(subjects, Resource{Name: uncompressed(facts.Name), Digest: map[string]string{"sha256": facts.TarSHA256}, Annotations: withRole(RoleTar)})
	}
	for _, m := range facts.Members {
		subjects = append(subjects, Resource{Name: facts.Name + "!/" + m.Name, Digest: map[string]string{"sha256": m.SHA256}, Annotations: withRole(RoleMember)})
	}
	for _, f := range files {
		if f.Name != facts.Name {
			subjects = append(subjects, Resource{Name: f.Name, Digest: map[string]string{"sha256": f.SHA256}, Annotations: withRole(RoleFile)})
		}
	}
	if len(subjects) > maxSubjects {
		return nil, fmt.Errorf("the artifact has %d files and members of files; verifiers take at most %d subjects", len(subjects), maxSubjects)
	}
	return subjects, nil
}

// maxSubjects is the bound of sigstore-go.
const maxSubjects = 1024

// uncompressed is the name that gunzip gives a file.
func uncompressed(name string) string {
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".gz"):
		return name[:len(name)-len(".gz")]
	case strings.HasSuffix(lower, ".tgz"):
		return name[:len(name)-len(".tgz")] + ".tar"
	}
	return name + ".uncompressed"
}

// NewReport makes the report statement.
func NewReport(subjects []Resource, result *verdict.Result, files []Resource, builder Builder, judgedAt time.Time) Statement {
	findings := []Finding{}
	for _, f := range result.Findings {
		findings = append(findings, Finding{f.Rule, f.Severity, f.Status, f.Subject})
	}
	return Statement{Type: StatementType, Subject: subjects, PredicateType: ReportPredicate, Predicate: Report{
		Verdict: result.Verdict, Because: result.Because, FailOn: result.FailOn, Counts: result.Counts,
		Health: result.Health.Expected, JudgedAt: stamp(judgedAt), CollectedAt: stamp(result.Collected),
		Run:     RunIdentity{PackerRunUUID: result.Run.UUID, Source: result.Run.Source, Plugin: result.Run.Plugin, Packer: result.Run.Packer},
		Builder: builder,
		Policy:  Resource{Name: "policy", Digest: digestMap(result.Policy)},
		Files:   files, Findings: findings, GuestFacts: selfReported,
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
// and its name, which the verdict refers to by digest. A verifier of the verdict must
// know the resource's URI; see [ResourceURI].
func NewVerdict(subjects []Resource, result *verdict.Result, verifierID, resourceURI, reportName string, reportFile []byte, at time.Time) Statement {
	summary := Summary{
		Verifier: SummaryVerifier{ID: verifierID}, TimeVerified: stamp(at),
		ResourceURI:       resourceURI,
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

// ResourceURI is the URI of the image where the configuration does not give one: that
// of its id in Power VS, or "file:" and the file's name.
func ResourceURI(subjects []Resource) string {
	if uri := subjects[0].URI; uri != "" {
		return uri
	}
	return "file:" + subjects[0].Name
}

// TestResult is the predicate of in-toto's test result v0.1: the rules as tests.
type TestResult struct {
	Result        string     `json:"result"`
	Configuration []Resource `json:"configuration"`
	PassedTests   []string   `json:"passedTests"`
	WarnedTests   []string   `json:"warnedTests"`
	FailedTests   []string   `json:"failedTests"`
}

// NewTestResult makes the test result statement. Each rule is one test: failed when
// any of its findings shuts the gate, warned when any other is not met, is waived or
// is undetermined, and passed otherwise. Rules that apply to nothing are left out.
func NewTestResult(subjects []Resource, result *verdict.Result) Statement {
	worst := map[string]int{}
	for _, f := range result.Findings {
		rank := 2
		switch {
		case f.Status == policy.NotApplicable:
			continue
		case f.Status == policy.Pass:
			rank = 0
		case f.Status == policy.Waived:
			rank = 1
		case f.Severity != policy.Error && (f.Severity != policy.Warning || result.FailOn != verdict.FailOnWarning):
			rank = 1
		}
		worst[f.Rule] = max(worst[f.Rule], rank)
	}
	lists := [3][]string{{}, {}, {}}
	for rule, rank := range worst {
		lists[rank] = append(lists[rank], rule)
	}
	for _, list := range lists {
		sort.Strings(list)
	}
	return Statement{Type: StatementType, Subject: subjects, PredicateType: TestsPredicate, Predicate: TestResult{
		Result: result.Verdict, Configuration: []Resource{{Name: "policy", Digest: digestMap(result.Policy)}},
		PassedTests: lists[0], WarnedTests: lists[1], FailedTests: lists[2],
	}}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// EncodeImage encodes the facts about an image as the file image.json of a report
// folder, from which an audit judges again.
func EncodeImage(facts *image.Facts) ([]byte, error) {
	b, err := json.MarshalIndent(facts, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode image: %w", err)
	}
	return append(b, '\n'), nil
}

// encode marshals once; these are the bytes that are signed and written.
func (s Statement) encode() ([]byte, error) {
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode statement: %w", err)
	}
	return payload, nil
}
