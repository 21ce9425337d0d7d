// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
)

// maxAttestation bounds an attestation file, in bytes.
const maxAttestation = 16 << 20

// RefusedError means that the answer is no: something was read and found false.
type RefusedError struct{ Reason string }

// Error implements error.
func (e *RefusedError) Error() string { return e.Reason }

func refuse(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }

// VerifyOptions say what to hold an attestation against.
type VerifyOptions struct {
	// Keys are the public keys of which one must have signed everything.
	Keys []*Verifier
	// Image is the path of the image file; Digest is its sha256 where the file is not
	// at hand; ImageID is its UUID or CRN in Power VS. With none of them, the subject is
	// not checked, and that is said.
	Image, Digest, ImageID string
	// VerifierID, when not empty, is the only verifier accepted.
	VerifierID string
	// Policies, when not empty, are the only digests of policies accepted, "sha256:…".
	Policies []string
	// MaxAge, when not 0, is the greatest age of the verdict at Now.
	MaxAge time.Duration
	Now    time.Time
	// Roots, when not nil, are the timestamp authorities of which one must have stamped
	// every signature.
	Roots *TimestampRoots
	// AnyVerdict accepts a verdict that is not PASSED; the result says which it is.
	AnyVerdict bool
}

// Verified is what a verification found. Everything in it was signed by the key.
type Verified struct {
	// Result is "PASSED", or "FAILED" where any verdict was accepted.
	Result string `json:"result"`
	// Image and SHA256 are the first subject's name and digest.
	Image  string `json:"image"`
	SHA256 string `json:"sha256"`
	// Verdict is that of the report: PASSED, WARNED or FAILED; empty when only the
	// verdict's own file was given. Because says why.
	Verdict string `json:"verdict"`
	Because string `json:"because"`
	// JudgedAt is the signer's clock; StampedAt is that of a timestamp authority, empty
	// when no trusted one was asked for.
	JudgedAt  string `json:"judged_at"`
	StampedAt string `json:"stamped_at"`
	// Policy is the digest of the policy, and Verifier who judged.
	Policy   string      `json:"policy"`
	Verifier string      `json:"verifier"`
	Run      RunIdentity `json:"run"`
	// Checked and NotChecked say in words what was and what was not.
	Checked    []string `json:"checked"`
	NotChecked []string `json:"not_checked"`
	// Key is the fingerprint of the key.
	Key string `json:"key"`

	report   *Report
	evidence bool
}

// Verify verifies a report folder, or a single attestation file. A [RefusedError]
// means no; any other error means that it could not be told.
func Verify(ctx context.Context, path string, o VerifyOptions) (*Verified, error) {
	if len(o.Keys) == 0 {
		return nil, errors.New("verify: no public key")
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	v := &verification{options: o, result: &Verified{Checked: []string{}, NotChecked: []string{}}}
	if err := v.identify(ctx); err != nil {
		return nil, err
	}
	if info.IsDir() {
		err = v.folder(path)
	} else {
		err = v.single(path)
	}
	if err != nil {
		return nil, err
	}
	if o.Roots == nil {
		v.notChecked("the time: it is the signer's clock, without a trusted timestamp")
	}
	v.notChecked("whether the guest told the truth: its facts are self-reported")
	return v.result, nil
}

type verification struct {
	options VerifyOptions
	// algorithm and digest are what the image must have; empty when not asked.
	algorithm, digest string
	key               *Verifier
	result            *Verified
}

func (v *verification) checked(format string, args ...any) {
	v.result.Checked = append(v.result.Checked, fmt.Sprintf(format, args...))
}

func (v *verification) notChecked(format string, args ...any) {
	v.result.NotChecked = append(v.result.NotChecked, fmt.Sprintf(format, args...))
}

// identify finds the digest that the image must have.
func (v *verification) identify(ctx context.Context) error {
	given := 0
	for _, s := range []string{v.options.Image, v.options.Digest, v.options.ImageID} {
		if s != "" {
			given++
		}
	}
	switch {
	case given > 1:
		return errors.New("the image, its digest and its id exclude each other")
	case v.options.Image != "":
		file, err := image.Sum(ctx, v.options.Image)
		if err != nil {
			return err
		}
		v.algorithm, v.digest = "sha256", file.SHA256
	case v.options.Digest != "":
		v.algorithm, v.digest = "sha256", strings.TrimPrefix(v.options.Digest, "sha256:")
		if !IsSHA256(v.digest) {
			return fmt.Errorf("digest %q: expected 64 lower-case hexadecimal digits", v.options.Digest)
		}
	case v.options.ImageID != "":
		id, err := image.ParseCloudID(v.options.ImageID)
		if err != nil {
			return err
		}
		v.algorithm, v.digest = CloudDigest, id.Digits()
	default:
		v.notChecked("the image: give its file, its digest or its id")
	}
	return nil
}

// loaded is an attestation whose signature and statement were checked.
type loaded struct {
	statement statement
	opened    opened
}

// load opens one attestation and checks its signature, type, subject and timestamp.
func (v *verification) load(path, predicateType string) (loaded, error) {
	content, err := readBounded(path)
	if err != nil {
		return loaded{}, err
	}
	name := filepath.Base(path)
	o, err := open(content)
	if errors.Is(err, errKeyless) {
		return loaded{}, fmt.Errorf("%s: %w", name, err)
	}
	if err != nil {
		return loaded{}, refuse("%s: %s", name, err)
	}
	if err := v.signature(name, o); err != nil {
		return loaded{}, err
	}
	s, err := parseStatement(o.payload)
	if err != nil {
		return loaded{}, refuse("%s: %s", name, err)
	}
	if predicateType != "" && s.PredicateType != predicateType {
		return loaded{}, refuse("%s: its predicate is %q, expected %s", name, s.PredicateType, predicateType)
	}
	if err := v.subject(name, s.Subject); err != nil {
		return loaded{}, err
	}
	return loaded{s, o}, nil
}

// signature finds the key that signed: the same one for every file.
func (v *verification) signature(name string, o opened) error {
	keys := v.options.Keys
	if v.key != nil {
		keys = []*Verifier{v.key}
	}
	for _, key := range keys {
		if o.signedBy(key) {
			v.key, v.result.Key = key, key.Fingerprint()
			return nil
		}
	}
	if len(keys) > 1 {
		return refuse("%s: the signature is not one of these %d keys over this payload", name, len(keys))
	}
	return refuse("%s: the signature is not one of this key over this payload (key %s)%s", name, keys[0].Fingerprint(), o.why(keys[0]))
}

// subject checks that the statement is about the image: its first subject, or the tar
// inside it. A digest of a part proves nothing about the whole.
func (v *verification) subject(name string, subjects []Resource) error {
	first := subjects[0]
	v.result.Image, v.result.SHA256 = first.Name, first.Digest["sha256"]
	if v.digest == "" {
		return nil
	}
	for i, s := range subjects {
		if s.Digest[v.algorithm] != v.digest {
			continue
		}
		if i == 0 || s.role() == RoleTar {
			return nil
		}
		return refuse("%s is about %s; the given digest is that of its part %s, which proves nothing about an image", name, first.Name, s.Name)
	}
	return refuse("%s is about %s with %s %s, not about %s %s", name, first.Name, v.algorithm, first.Digest[v.algorithm], v.algorithm, v.digest)
}

// stamped checks the timestamps of a bundle, where a trusted authority is asked for.
func (v *verification) stamped(name string, o opened) error {
	if v.options.Roots == nil {
		return nil
	}
	if len(o.responses) == 0 {
		return refuse("%s: it has no timestamp", name)
	}
	for _, response := range o.responses {
		t, err := parseToken(response)
		if err == nil {
			err = t.about(o.signature)
		}
		if err == nil {
			err = t.trusted(v.options.Roots)
		}
		if err != nil {
			return refuse("%s: %s", name, err)
		}
		v.result.StampedAt = stamp(t.Time)
	}
	v.checked("the timestamp of %s", name)
	return nil
}

// openPlain opens a regular file: what lies in a report folder may come from anybody.
func openPlain(path string) (*os.File, int64, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, refuse("%s is no regular file", filepath.Base(path))
	}
	file, err := os.Open(path)
	return file, info.Size(), err
}

func readBounded(path string) ([]byte, error) {
	file, size, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > maxAttestation {
		return nil, refuse("%s is larger than %d MiB", filepath.Base(path), maxAttestation>>20)
	}
	return io.ReadAll(io.LimitReader(file, maxAttestation+1))
}

func (v *verification) folder(dir string) error {
	report, err := v.both(dir, FileReportDSSE, FileReportBundle, FileReportStatement, ReportPredicate)
	if err != nil {
		return err
	}
	v.checked("the report's signature and type")
	if err := v.predicate(FileReportDSSE, report.statement.Predicate); err != nil {
		return err
	}
	if err := v.documents(dir); err != nil {
		return err
	}
	summary, err := v.both(dir, FileVerdictDSSE, FileVerdictBundle, FileVerdictStatement, VerdictPredicate)
	if err != nil {
		return err
	}
	if v.digest != "" {
		v.checked("that both are about this image")
	}
	return v.verdict(&report, summary)
}

// both loads the wrappings of a statement that are there, which must carry the same
// payload. One of them is enough: another tool that signs writes a bundle alone.
func (v *verification) both(dir, bareName, bundleName, statementName, predicateType string) (loaded, error) {
	bare, bareErr := v.load(filepath.Join(dir, bareName), predicateType)
	if bareErr != nil && !errors.Is(bareErr, fs.ErrNotExist) {
		return loaded{}, bareErr
	}
	wrapped, err := v.load(filepath.Join(dir, bundleName), predicateType)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return loaded{}, err
	}
	switch {
	case err != nil && bareErr != nil:
		if _, err := os.Lstat(filepath.Join(dir, statementName)); err == nil {
			return loaded{}, refuse("%s is not signed: sign it with cosign attest-blob --statement %s --bundle %s; without a signature there is no proof", statementName, statementName, bundleName)
		}
		return loaded{}, refuse("%s is missing from the report folder: there is no proof", bareName)
	case err != nil:
		if v.options.Roots != nil {
			return loaded{}, refuse("%s is missing, which would hold the timestamp", bundleName)
		}
		v.notChecked("%s, which is not there", bundleName)
		return bare, nil
	case bareErr != nil:
		v.notChecked("%s, which is not there", bareName)
	case !bytes.Equal(bare.opened.payload, wrapped.opened.payload):
		return loaded{}, refuse("%s and %s do not hold the same statement", bareName, bundleName)
	}
	return wrapped, v.stamped(bundleName, wrapped.opened)
}

// predicate reads the report's predicate.
func (v *verification) predicate(name string, predicate json.RawMessage) error {
	var report Report
	if err := strict(predicate, &report); err != nil {
		return refuse("%s: its predicate: %s", name, err)
	}
	r := v.result
	r.report, r.Verdict, r.Because, r.JudgedAt, r.Run = &report, report.Verdict, report.Because, report.JudgedAt, report.Run
	r.Policy = policyDigest(report.Policy)
	return nil
}

func policyDigest(r Resource) string {
	if d := r.Digest["sha256"]; d != "" {
		return "sha256:" + d
	}
	return ""
}

// documents checks the files that the report names by digest.
func (v *verification) documents(dir string) error {
	for _, d := range v.result.report.Files {
		if d.Name != filepath.Base(d.Name) || d.Name == "." || d.Name == ".." || strings.ContainsAny(d.Name, `/\`) {
			return refuse("the report names the file %q, which is no plain name", d.Name)
		}
		digest, err := digestOf(filepath.Join(dir, d.Name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			v.notChecked("%s, which is not there", d.Name)
			continue
		case errors.Is(err, fs.ErrPermission):
			v.notChecked("%s, which cannot be read: %s", d.Name, err)
			continue
		case err != nil:
			return err
		case digest != d.Digest["sha256"]:
			return refuse("%s was changed: its sha256 is %s, the report says %s", d.Name, digest, d.Digest["sha256"])
		}
		v.result.evidence = v.result.evidence || d.Name == FileEvidence
		v.checked("%s by digest", d.Name)
	}
	return nil
}

func digestOf(path string) (string, error) {
	file, _, err := openPlain(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// verdict checks a verdict; report is nil when the verdict alone was given.
func (v *verification) verdict(report *loaded, l loaded) error {
	var summary Summary
	if err := strict(l.statement.Predicate, &summary); err != nil {
		return refuse("the verdict's predicate: %s", err)
	}
	passed := summary.VerificationResult == "PASSED" && slices.Equal(summary.VerifiedLevels, []string{LevelPassed})
	if !passed && !v.options.AnyVerdict {
		return refuse("the verdict is %s: this image did not pass its gate", summary.VerificationResult)
	}
	v.result.Result, v.result.Verifier, v.result.Policy = "FAILED", summary.Verifier.ID, policyDigest(summary.Policy)
	if passed {
		v.result.Result = "PASSED"
	}
	v.checked("the verdict's signature and type, and that it is %s", v.result.Result)
	if want := v.options.VerifierID; want == "" {
		v.notChecked("who verified (it says %s)", summary.Verifier.ID)
	} else if summary.Verifier.ID != want {
		return refuse("the verdict is of verifier %q, expected %s", summary.Verifier.ID, want)
	} else {
		v.checked("the verifier's id")
	}
	if report == nil {
		v.notChecked("the report that the verdict refers to")
	} else if err := v.refers(summary, *report); err != nil {
		return err
	}
	v.result.JudgedAt = summary.TimeVerified
	if err := v.pinned(); err != nil {
		return err
	}
	return v.young()
}

// refers checks that the verdict refers to this report: by the digest of its bare
// envelope, or of its statement where another tool signed that.
func (v *verification) refers(summary Summary, report loaded) error {
	inputs := summary.InputAttestations
	if len(inputs) == 1 {
		content, err := encodeLine(report.opened.envelope)
		if err != nil {
			return err
		}
		want := sum(content)
		if inputs[0].URI == "file:"+FileReportStatement {
			want = sum(report.opened.payload)
		}
		if inputs[0].Digest["sha256"] == want {
			v.checked("that the verdict refers to this report")
			return nil
		}
	}
	return refuse("the verdict refers to another report than the one in this folder")
}

// pinned checks the policy, where one is pinned.
func (v *verification) pinned() error {
	if len(v.options.Policies) == 0 {
		v.notChecked("the policy's digest (it says %s)", v.result.Policy)
		return nil
	}
	for _, p := range v.options.Policies {
		if "sha256:"+strings.TrimPrefix(p, "sha256:") == v.result.Policy {
			v.checked("the policy's digest")
			return nil
		}
	}
	return refuse("it was judged by policy %s, expected %s", v.result.Policy, strings.Join(v.options.Policies, " or "))
}

// young checks the age, where one is asked for.
func (v *verification) young() error {
	if v.options.MaxAge == 0 {
		v.notChecked("the age (judged at %s)", v.result.JudgedAt)
		return nil
	}
	judged, err := time.Parse(time.RFC3339, v.result.JudgedAt)
	if err != nil {
		return refuse("the time of judging is %q, expected a time as 2026-01-31T12:00:00Z", v.result.JudgedAt)
	}
	age := v.options.Now.Sub(judged)
	switch {
	case age > v.options.MaxAge:
		return refuse("it was judged %s ago, at most %s are allowed", age.Round(time.Second), v.options.MaxAge)
	case age < -5*time.Minute:
		return refuse("it was judged at %s, which is in the future", v.result.JudgedAt)
	}
	v.checked("the age (judged at %s)", v.result.JudgedAt)
	return nil
}

// single verifies one file by itself.
func (v *verification) single(path string) error {
	l, err := v.load(path, "")
	if err != nil {
		return err
	}
	if err := v.stamped(filepath.Base(path), l.opened); err != nil {
		return err
	}
	if v.digest != "" {
		v.checked("that it is about this image")
	}
	switch l.statement.PredicateType {
	case VerdictPredicate:
		return v.verdict(nil, l)
	case ReportPredicate:
		return v.reportAlone(l)
	case TestsPredicate:
		var tests TestResult
		if err := strict(l.statement.Predicate, &tests); err != nil {
			return refuse("its predicate: %s", err)
		}
		v.result.Verdict = tests.Result
		if err := v.outcome("the tests say", tests.Result, fmt.Sprintf("%d failed", len(tests.FailedTests))); err != nil {
			return err
		}
		v.checked("the test result's signature and type")
		v.notChecked("the verdict, its age and the policy: this file is the test result alone")
		return nil
	}
	return refuse("its predicate is %q, expected a report, a verdict or a test result of this plugin", l.statement.PredicateType)
}

func (v *verification) reportAlone(l loaded) error {
	if err := v.predicate("the report", l.statement.Predicate); err != nil {
		return err
	}
	if err := v.outcome("the report says", v.result.Verdict, v.result.Because); err != nil {
		return err
	}
	v.checked("the report's signature and type")
	if v.options.VerifierID != "" {
		return refuse("the verifier's id is asked for, but stands in the verdict alone")
	}
	v.notChecked("the verdict, and the files that the report names: this file is the report alone")
	if err := v.pinned(); err != nil {
		return err
	}
	return v.young()
}

// outcome accepts PASSED and WARNED, which open the gate, and nothing else.
func (v *verification) outcome(who, result, because string) error {
	if result == "PASSED" || result == "WARNED" {
		v.result.Result = "PASSED"
		return nil
	}
	if v.options.AnyVerdict {
		v.result.Result = "FAILED"
		return nil
	}
	return refuse("%s %s: %s", who, result, because)
}
