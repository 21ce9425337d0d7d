// SPDX-License-Identifier: MPL-2.0

// Package interop holds what the plugin signs against verifiers that others wrote:
// each accepts the good reports of every kind of key, and each refuses the tampered
// ones. Nobody should have to trust a verifier of ours.
package interop

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

const (
	resource = "file:aix73.ova.gz"
	policy   = "sha256:abababababababababababababababababababababababababababababababab"
)

// report is an attested image.
type report struct {
	dir, image, folder, public, sha256 string
}

func (r report) file(name string) string { return filepath.Join(r.folder, name) }

func run(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	// No home and no cache: what needs either fetches something.
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "CHECKPOINT_DISABLE=1", "PACKER_NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func must(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := run(t, name, args...); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// keyKinds are commands that make keys of every kind and form that the plugin takes;
// KEY is the file to write. The passphrase of those that have one is "secret".
var keyKinds = map[string][]string{
	"ed25519":           {"openssl genpkey -algorithm ed25519 -out KEY"},
	"p256":              {"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY"},
	"rsa3072":           {"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out KEY"},
	"sec1":              {"openssl ecparam -name prime256v1 -genkey -out KEY"},
	"pkcs1":             {"openssl genrsa -traditional -out KEY 2048"},
	"ed25519-encrypted": {"openssl genpkey -algorithm ed25519 -out KEY.plain", "openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret -in KEY.plain -out KEY"},
	"p256-scrypt":       {"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY.plain", "openssl pkcs8 -topk8 -scrypt -passout pass:secret -in KEY.plain -out KEY"},
	"rsa-encrypted":     {"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes-256-cbc -pass pass:secret -out KEY"},
	"openssh-ed25519":   {"ssh-keygen -q -t ed25519 -N  -f KEY"},
	"openssh-encrypted": {"ssh-keygen -q -t ed25519 -N secret -f KEY"},
	"openssh-ecdsa":     {"ssh-keygen -q -t ecdsa -b 256 -N  -f KEY"},
	"openssh-rsa":       {"ssh-keygen -q -t rsa -b 3072 -N  -f KEY"},
}

func makeKey(t *testing.T, kind string) *attest.Signer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	for _, command := range keyKinds[kind] {
		words := strings.Split(strings.ReplaceAll(command, "KEY", path), " ")
		must(t, words[0], words[1:]...)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	signer, err := attest.LoadSigner(path, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func smallImage(t *testing.T, content string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	err := w.WriteHeader(&tar.Header{Name: "disk1.img", Mode: 0o600, Size: int64(len(content))})
	_, wrote := w.Write([]byte(content))
	if err = errors.Join(err, wrote, w.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// attested signs a report of an image. A subject's members come with it, as always.
func attested(t *testing.T, signer *attest.Signer, result string) report {
	t.Helper()
	dir := t.TempDir()
	r := report{dir: dir, image: filepath.Join(dir, "aix73.ova.gz"), folder: attest.FolderPath(dir, "aix73.ova.gz"), public: filepath.Join(dir, "signer.pub")}
	err := os.WriteFile(r.image, smallImage(t, "the disk"), 0o600)
	if err = errors.Join(err, os.WriteFile(r.public, signer.PublicKeyPEM(), 0o600)); err != nil {
		t.Fatal(err)
	}
	files, err := image.Digest(t.Context(), []string{r.image}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.sha256 = files[0].SHA256
	subjects, err := attest.Subjects(image.FactsOf(files[0]), files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (attest.Folder{
		Path: r.folder, Subjects: subjects, Signer: signer, VerifierID: attest.DefaultVerifierID, Tests: true,
		At:        time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
		Result:    &verdict.Result{Verdict: result, FailOn: verdict.FailOnError, Policy: policy, Run: evidence.Run{UUID: "u", Source: "null.aix"}},
		Documents: []attest.Document{{Name: attest.FileJSON, MediaType: "application/json", Content: []byte("{}\n")}},
	}).Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// A verifier verifies one attestation of a report: the one called name, "report" or
// "verdict", of a predicate type.
type verifier struct {
	name string
	// reads is which wrapping it reads: "sigstore" or "dsse".
	reads string
	// verdicts is true for one that reads the verdict itself, and reads nothing else.
	verdicts bool
	verify   func(t *testing.T, r report, path, predicateType string) error
}

// verifiers are those that are here. Packer, cosign and slsa-verifier take minutes to
// build, so the Makefile names them in the environment where they are built.
func verifiers(t *testing.T) []verifier {
	t.Helper()
	list := []verifier{
		{name: "ours", reads: "sigstore", verify: ours}, {name: "ours", reads: "dsse", verify: ours},
		{name: "sigstore-go", reads: "sigstore", verify: sigstoreGo},
		{name: "@sigstore/verify", reads: "sigstore", verify: sigstoreJS},
		{name: "openssl", reads: "sigstore", verify: opensslJQ},
	}
	named := func(variable string, v verifier) {
		if os.Getenv(variable) != "" {
			list = append(list, v)
		} else if os.Getenv("RSCT_INTEROP_ALL") != "" {
			t.Fatalf("%s is not set; make interop-slow sets it", variable)
		}
	}
	named("RSCT_PACKER", verifier{name: "packer", reads: "dsse", verify: packer})
	named("RSCT_COSIGN", verifier{name: "cosign", reads: "sigstore", verify: cosign})
	named("RSCT_SLSA_VERIFIER", verifier{name: "slsa-verifier", reads: "dsse", verdicts: true, verify: slsaVerifier})
	return list
}

func ours(t *testing.T, r report, path, predicateType string) error {
	key, err := attest.LoadVerifier(r.public)
	if err != nil {
		return err
	}
	v, err := attest.Verify(t.Context(), path, attest.VerifyOptions{Keys: []*attest.Verifier{key}, Digest: r.sha256, AnyVerdict: true})
	if err != nil {
		return err
	}
	// Our verifier takes any of our three statements; who calls it says which one.
	if isVerdict := v.Verifier != ""; isVerdict != (predicateType == attest.VerdictPredicate) {
		return errors.New("another predicate type")
	}
	return nil
}

func sigstoreJS(t *testing.T, r report, path, predicateType string) error {
	return said(run(t, "node", filepath.Join("npm", "verify.mjs"), path, r.public, r.sha256, predicateType))
}

func opensslJQ(t *testing.T, r report, path, predicateType string) error {
	return said(run(t, filepath.Join("..", "..", "example", "verify", "verify-openssl.sh"), path, r.public, r.sha256, predicateType))
}

func packer(t *testing.T, r report, path, predicateType string) error {
	return said(run(t, os.Getenv("RSCT_PACKER"), "verify-attestation", "-signing-mode=key", "-verifier", r.public,
		"-predicate-type", predicateType, "-artifact", r.image, path))
}

func cosign(t *testing.T, r report, path, predicateType string) error {
	return said(run(t, os.Getenv("RSCT_COSIGN"), "verify-blob-attestation", "--bundle", path, "--key", r.public,
		"--insecure-ignore-tlog", "--type", predicateType, "--digest", r.sha256, "--digestAlg", "sha256"))
}

func slsaVerifier(t *testing.T, r report, path, _ string) error {
	return said(run(t, os.Getenv("RSCT_SLSA_VERIFIER"), "verify-vsa", "--attestation-path", path, "--public-key-path", r.public,
		"--verifier-id", attest.DefaultVerifierID, "--resource-uri", resource, "--subject-digest", "sha256:"+r.sha256, "--verified-level", attest.LevelPassed))
}

func said(out string, err error) error {
	if err != nil {
		return fmt.Errorf("%w: %.400s", err, out)
	}
	return nil
}

// attestations are the files of a report that a verifier reads.
func (v verifier) attestations() map[string]string {
	all := map[string]string{"verdict." + v.reads + ".json": attest.VerdictPredicate}
	if !v.verdicts {
		all["report."+v.reads+".json"] = attest.ReportPredicate
	}
	return all
}

func TestEveryVerifierAcceptsWhatEveryKindOfKeySigned(t *testing.T) {
	all := verifiers(t)
	for kind := range keyKinds {
		t.Run(kind, func(t *testing.T) {
			r := attested(t, makeKey(t, kind), verdict.Passed)
			for _, v := range all {
				for name, predicateType := range v.attestations() {
					if err := v.verify(t, r, r.file(name), predicateType); err != nil {
						t.Errorf("%s refuses %s: %v", v.name, name, err)
					}
				}
			}
		})
	}
}

// envelope is a DSSE envelope to tamper with.
type envelope struct {
	PayloadType string              `json:"payloadType"`
	Payload     string              `json:"payload"`
	Signatures  []map[string]string `json:"signatures"`
}

// tamper changes the envelope inside either wrapping.
func tamper(t *testing.T, path string, change func(*envelope)) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]json.RawMessage
	var e envelope
	err = json.Unmarshal(content, &whole)
	inner := content
	if bundled := whole["dsseEnvelope"]; bundled != nil {
		inner = bundled
	}
	if err = errors.Join(err, json.Unmarshal(inner, &e)); err != nil {
		t.Fatal(err)
	}
	change(&e)
	changed, err := json.Marshal(e)
	if err == nil && whole["dsseEnvelope"] != nil {
		whole["dsseEnvelope"] = changed
		changed, err = json.Marshal(whole)
	}
	if err = errors.Join(err, os.WriteFile(path, changed, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// payload changes the payload's text.
func payload(old, replacement string) func(*envelope) {
	return func(e *envelope) {
		raw, _ := base64.StdEncoding.DecodeString(e.Payload)
		e.Payload = base64.StdEncoding.EncodeToString(bytes.Replace(raw, []byte(old), []byte(replacement), 1))
	}
}

// What every verifier must refuse, whatever it is.
func TestEveryVerifierRefusesWhatWasTamperedWith(t *testing.T) {
	all := verifiers(t)
	for _, kind := range []string{"ed25519", "p256", "rsa3072"} {
		signer, other := makeKey(t, kind), makeKey(t, kind)
		for name, change := range map[string]func(t *testing.T, r *report, path string, predicateType *string){
			"the payload changed": func(t *testing.T, _ *report, path string, _ *string) {
				tamper(t, path, payload("null.aix", "null.bix"))
				tamper(t, path, payload("abab", "abac"))
			},
			"the subject changed": func(t *testing.T, r *report, path string, _ *string) {
				elsewhere := hex.EncodeToString(bytes.Repeat([]byte{7}, sha256.Size))
				tamper(t, path, payload(r.sha256, elsewhere))
				r.sha256 = elsewhere
			},
			"the payload type changed": func(t *testing.T, _ *report, path string, _ *string) {
				tamper(t, path, func(e *envelope) { e.PayloadType = "application/vnd.in-toto.report+json" })
			},
			"one bit of the signature changed": func(t *testing.T, _ *report, path string, _ *string) {
				tamper(t, path, func(e *envelope) {
					raw, _ := base64.StdEncoding.DecodeString(e.Signatures[0]["sig"])
					raw[len(raw)/2] ^= 1
					e.Signatures[0]["sig"] = base64.StdEncoding.EncodeToString(raw)
				})
			},
			"no signature": func(t *testing.T, _ *report, path string, _ *string) {
				tamper(t, path, func(e *envelope) { e.Signatures = []map[string]string{} })
			},
			"another key": func(t *testing.T, r *report, _ string, _ *string) {
				if err := os.WriteFile(r.public, other.PublicKeyPEM(), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			"another image": func(t *testing.T, r *report, _ string, _ *string) {
				content := smallImage(t, "another disk")
				if err := os.WriteFile(r.image, content, 0o600); err != nil {
					t.Fatal(err)
				}
				sum := sha256.Sum256(content)
				r.sha256 = hex.EncodeToString(sum[:])
			},
			"another predicate type": func(_ *testing.T, _ *report, _ string, predicateType *string) {
				if *predicateType == attest.VerdictPredicate {
					*predicateType = attest.ReportPredicate
				} else {
					*predicateType = attest.VerdictPredicate
				}
			},
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				for _, v := range all {
					if v.verdicts && name == "another predicate type" {
						continue // it is told no type: it reads verdicts alone
					}
					for file, predicateType := range v.attestations() {
						r := attested(t, signer, verdict.Passed)
						change(t, &r, r.file(file), &predicateType)
						if err := v.verify(t, r, r.file(file), predicateType); err == nil {
							t.Errorf("%s accepts %s", v.name, file)
						}
					}
				}
			})
		}
	}
}

// A bundle holds exactly one signature; bare envelopes may hold more for some tools.
func TestVerifiersOfBundlesRefuseTwoSignatures(t *testing.T) {
	signer := makeKey(t, "ed25519")
	for _, v := range verifiers(t) {
		if v.reads != "sigstore" || v.name == "openssl" {
			continue
		}
		r := attested(t, signer, verdict.Passed)
		path := r.file(attest.FileReportBundle)
		tamper(t, path, func(e *envelope) { e.Signatures = append(e.Signatures, e.Signatures[0]) })
		if err := v.verify(t, r, path, attest.ReportPredicate); err == nil {
			t.Errorf("%s accepts two signatures", v.name)
		}
	}
}

// The trap of key ids: one of a foreign form makes sigstore-go, cosign and
// slsa-verifier refuse a good signature. So there is none.
func TestNoKeyIDIsWrittenSinceAForeignOneBreaksGoodSignatures(t *testing.T) {
	signer := makeKey(t, "ed25519")
	r := attested(t, signer, verdict.Passed)
	for _, name := range []string{attest.FileReportBundle, attest.FileReportDSSE, attest.FileVerdictBundle, attest.FileVerdictDSSE} {
		content, err := os.ReadFile(r.file(name))
		if err != nil || bytes.Contains(content, []byte("keyid")) {
			t.Errorf("%s names a key id, or %v", name, err)
		}
	}
	path := r.file(attest.FileReportBundle)
	tamper(t, path, func(e *envelope) { e.Signatures[0]["keyid"] = strings.Repeat("ab", 32) })
	if err := sigstoreGo(t, r, path, attest.ReportPredicate); err == nil {
		t.Error("the trap is gone: sigstore-go takes a foreign key id")
	}
	if err := ours(t, r, path, attest.ReportPredicate); err != nil {
		t.Errorf("ours trips over a key id, which is only a hint: %v", err)
	}
}

// A signature says nothing about a verdict: only who reads the verdict refuses FAILED.
func TestOnlyReadersOfVerdictsRefuseAFailedOne(t *testing.T) {
	r := attested(t, makeKey(t, "p256"), verdict.Failed)
	for _, v := range verifiers(t) {
		path := r.file("verdict." + v.reads + ".json")
		err := v.verify(t, r, path, attest.VerdictPredicate)
		if v.verdicts != (err != nil) {
			t.Errorf("%s: got %v", v.name, err)
		}
	}
	key, err := attest.LoadVerifier(r.public)
	if err != nil {
		t.Fatal(err)
	}
	var refused *attest.RefusedError
	if _, err := attest.Verify(t.Context(), r.folder, attest.VerifyOptions{Keys: []*attest.Verifier{key}, Digest: r.sha256}); !errors.As(err, &refused) {
		t.Errorf("our verify: got %v", err)
	}
}
