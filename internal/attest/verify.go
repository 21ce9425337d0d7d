// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	Key *Verifier
	// Image is the path of the image file; Digest is its sha256 where the file is not
	// at hand. With neither, the subject is not checked, and that is said.
	Image, Digest string
	// VerifierID, when not empty, is the only verifier accepted.
	VerifierID string
}

// Verified is what a verification found.
type Verified struct {
	// Result is "PASSED".
	Result string `json:"result"`
	// Checked and NotChecked say in words what was and what was not.
	Checked    []string `json:"checked"`
	NotChecked []string `json:"not_checked"`
	// Key is the fingerprint of the key.
	Key string `json:"key"`
}

// Verify verifies a report folder, or a single attestation file. A [RefusedError]
// means no; any other error means that it could not be told.
func Verify(ctx context.Context, path string, o VerifyOptions) (*Verified, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	v := &verification{options: o, result: &Verified{Checked: []string{}, NotChecked: []string{}, Key: o.Key.Fingerprint()}}
	if err := v.digest(ctx); err != nil {
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
	v.result.Result = "PASSED"
	return v.result, nil
}

type verification struct {
	options VerifyOptions
	sha256  string
	result  *Verified
}

func (v *verification) checked(format string, args ...any) {
	v.result.Checked = append(v.result.Checked, fmt.Sprintf(format, args...))
}

func (v *verification) notChecked(format string, args ...any) {
	v.result.NotChecked = append(v.result.NotChecked, fmt.Sprintf(format, args...))
}

func (v *verification) digest(ctx context.Context) error {
	switch {
	case v.options.Image != "":
		files, err := image.Digest(ctx, []string{v.options.Image}, nil)
		if err != nil {
			return err
		}
		v.sha256 = files[0].SHA256
	case v.options.Digest != "":
		v.sha256 = strings.TrimPrefix(v.options.Digest, "sha256:")
		if !IsSHA256(v.sha256) {
			return fmt.Errorf("digest %q: expected 64 lower-case hexadecimal digits", v.options.Digest)
		}
	default:
		v.notChecked("the image: give its file or digest")
	}
	return nil
}

// load opens one attestation and checks its signature, type and subject.
func (v *verification) load(path, predicateType string) (statement, []byte, error) {
	content, err := readBounded(path)
	if err != nil {
		return statement{}, nil, err
	}
	name := filepath.Base(path)
	o, err := open(content)
	if err != nil {
		return statement{}, nil, refuse("%s: %s", name, err)
	}
	if !o.signedBy(v.options.Key) {
		return statement{}, nil, refuse("%s: the signature is not one of this key over this payload (key %s)", name, v.options.Key.Fingerprint())
	}
	s, err := parseStatement(o.payload)
	if err != nil {
		return statement{}, nil, refuse("%s: %s", name, err)
	}
	if predicateType != "" && s.PredicateType != predicateType {
		return statement{}, nil, refuse("%s: its predicate is %q, expected %s", name, s.PredicateType, predicateType)
	}
	if v.sha256 != "" && s.Subject[0].Digest["sha256"] != v.sha256 {
		return statement{}, nil, refuse("%s is about %s with sha256 %s, not about sha256 %s", name, s.Subject[0].Name, s.Subject[0].Digest["sha256"], v.sha256)
	}
	return s, o.payload, nil
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxAttestation {
		return nil, refuse("%s is no regular file of at most %d MiB", filepath.Base(path), maxAttestation>>20)
	}
	return os.ReadFile(path)
}

func (v *verification) folder(dir string) error {
	bare, err := v.both(dir, FileReportDSSE, FileReportBundle, ReportPredicate)
	if err != nil {
		return err
	}
	v.checked("the report's signature and subject")
	if err := v.documents(dir, bare.Predicate); err != nil {
		return err
	}
	summary, err := v.both(dir, FileVerdictDSSE, FileVerdictBundle, VerdictPredicate)
	if err != nil {
		return err
	}
	return v.verdict(dir, summary)
}

// both loads both wrappings of a statement, which must carry the same payload.
func (v *verification) both(dir, bareName, bundleName, predicateType string) (statement, error) {
	s, payload, err := v.load(filepath.Join(dir, bareName), predicateType)
	if errors.Is(err, fs.ErrNotExist) {
		return s, refuse("%s is missing from the report folder: there is no proof", bareName)
	}
	if err != nil {
		return s, err
	}
	_, other, err := v.load(filepath.Join(dir, bundleName), predicateType)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.notChecked("%s, which is not there", bundleName)
	case err != nil:
		return s, err
	case !bytes.Equal(payload, other):
		return s, refuse("%s and %s do not hold the same statement", bareName, bundleName)
	}
	return s, nil
}

// documents checks the files that the report names by digest.
func (v *verification) documents(dir string, predicate json.RawMessage) error {
	var report Report
	if err := strict(predicate, &report); err != nil {
		return refuse("%s: its predicate: %s", FileReportDSSE, err)
	}
	for _, d := range report.Files {
		if d.Name != filepath.Base(d.Name) || d.Name == "." || d.Name == ".." {
			return refuse("%s names the file %q, which is no plain name", FileReportDSSE, d.Name)
		}
		content, err := os.ReadFile(filepath.Join(dir, d.Name))
		if errors.Is(err, fs.ErrNotExist) {
			v.notChecked("%s, which is not there", d.Name)
			continue
		}
		if err != nil {
			return err
		}
		if sum(content) != d.Digest["sha256"] {
			return refuse("%s was changed: its sha256 is %s, the report says %s", d.Name, sum(content), d.Digest["sha256"])
		}
		v.checked("%s by digest", d.Name)
	}
	return nil
}

func (v *verification) verdict(dir string, s statement) error {
	var summary Summary
	if err := strict(s.Predicate, &summary); err != nil {
		return refuse("the verdict's predicate: %s", err)
	}
	if summary.VerificationResult != "PASSED" || !slices.Equal(summary.VerifiedLevels, []string{LevelPassed}) {
		return refuse("the verdict is %s: this image did not pass its gate", summary.VerificationResult)
	}
	v.checked("the verdict's signature and subject, and that it is PASSED")
	if want := v.options.VerifierID; want != "" {
		if summary.Verifier.ID != want {
			return refuse("the verdict is of verifier %q, expected %s", summary.Verifier.ID, want)
		}
		v.checked("the verifier's id")
	} else {
		v.notChecked("who verified (it says %s)", summary.Verifier.ID)
	}
	v.notChecked("the policy's digest (it says %s)", summary.Policy.Digest["sha256"])
	if dir == "" {
		v.notChecked("the report that the verdict refers to")
		return nil
	}
	content, err := readBounded(filepath.Join(dir, FileReportDSSE))
	if err != nil {
		return err
	}
	if len(summary.InputAttestations) != 1 || summary.InputAttestations[0].Digest["sha256"] != sum(content) {
		return refuse("the verdict refers to another report than the one in this folder")
	}
	v.checked("that the verdict refers to this report")
	return nil
}

// single verifies one file by itself.
func (v *verification) single(path string) error {
	s, _, err := v.load(path, "")
	if err != nil {
		return err
	}
	switch s.PredicateType {
	case VerdictPredicate:
		return v.verdict("", s)
	case ReportPredicate:
		v.checked("the report's signature and subject")
		var report Report
		if err := strict(s.Predicate, &report); err != nil {
			return refuse("its predicate: %s", err)
		}
		if report.Verdict == "FAILED" {
			return refuse("the report says %s: %s", report.Verdict, report.Because)
		}
		v.notChecked("the verdict: this file is the report alone")
		return nil
	}
	return refuse("its predicate is %q, expected a report or a verdict of this plugin", s.PredicateType)
}
