// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// outside signs statements with openssl alone, in the form that cosign attest-blob
// --statement writes: DSSE over the very bytes of the file, in a bundle v0.3 with the
// key's hint and without a key id.
type outside struct {
	t   *testing.T
	dir string
	// raw is set for keys that sign the message itself: Ed25519.
	raw bool
}

func newOutside(t *testing.T, args ...string) outside {
	o := outside{t, t.TempDir(), args[1] == "ed25519"}
	openssl(t, o.dir, nil, append([]string{"genpkey", "-out", "key.pem"}, args...)...)
	openssl(t, o.dir, nil, "pkey", "-in", "key.pem", "-pubout", "-out", "key.pub")
	return o
}

func (o outside) key() *Verifier {
	o.t.Helper()
	key, err := LoadVerifier(filepath.Join(o.dir, "key.pub"))
	if err != nil {
		o.t.Fatal(err)
	}
	return key
}

// sign writes the bundle of a statement.
func (o outside) sign(statement []byte, to string) {
	o.t.Helper()
	message := fmt.Sprintf("DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(statement), statement)
	if err := os.WriteFile(filepath.Join(o.dir, "pae"), []byte(message), 0o600); err != nil {
		o.t.Fatal(err)
	}
	how := []string{"dgst", "-sha256", "-sign", "key.pem", "pae"}
	if o.raw {
		how = []string{"pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "pae"}
	}
	signature := openssl(o.t, o.dir, nil, how...)
	spki := sha256.Sum256(openssl(o.t, o.dir, nil, "pkey", "-pubin", "-in", "key.pub", "-outform", "DER"))
	encode := base64.StdEncoding.EncodeToString
	content, err := json.Marshal(map[string]any{
		"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
		"verificationMaterial": map[string]any{
			"publicKey": map[string]string{"hint": encode(spki[:])},
			// cosign writes the empty object when nothing was stamped.
			"timestampVerificationData": map[string]any{},
		},
		"dsseEnvelope": map[string]any{
			"payload": encode(statement), "payloadType": "application/vnd.in-toto+json",
			"signatures": []map[string]string{{"sig": encode(signature)}},
		},
	})
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// unsigned is a report folder with bare statements.
func unsigned(t *testing.T, result string) made {
	t.Helper()
	m := make1(t, "ed25519", result)
	m.made.Signer = nil
	m.write(t, func(*Folder) {})
	return m
}

// outsideFiles are the statements and the bundles that sign them.
var outsideFiles = map[string]string{FileReportStatement: FileReportBundle, FileVerdictStatement: FileVerdictBundle}

func (m made) signOutside(o outside) {
	o.t.Helper()
	for statement, bundle := range outsideFiles {
		o.sign(read(o.t, filepath.Join(m.folder, statement)), filepath.Join(m.folder, bundle))
	}
}

func TestVerifyAcceptsStatementsThatWereSignedOutside(t *testing.T) {
	for name, args := range map[string][]string{
		"P-256":   {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"},
		"RSA":     {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"},
		"Ed25519": {"-algorithm", "ed25519"},
	} {
		t.Run(name, func(t *testing.T) {
			o, m := newOutside(t, args...), unsigned(t, verdict.Passed)
			if m.key = o.key(); m.key == nil {
				t.Fatal("no key")
			}
			refused(t, m.verify(t), "is not signed")
			m.signOutside(o)
			if err := m.verify(t); err != nil {
				t.Error(err)
			}
			// The bare statements are not needed any more, nor do they count.
			for statement := range outsideFiles {
				if err := os.Remove(filepath.Join(m.folder, statement)); err != nil {
					t.Fatal(err)
				}
			}
			if err := m.verify(t); err != nil {
				t.Errorf("bundles alone: %v", err)
			}
		})
	}
}

func TestVerifyRefusesStatementsThatWereSignedOutsideWrongly(t *testing.T) {
	o := newOutside(t, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	other := newOutside(t, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	change := func(t *testing.T, m made, name, from, to string) {
		t.Helper()
		path := filepath.Join(m.folder, name)
		content := strings.Replace(string(read(t, path)), from, to, 1)
		if content == string(read(t, path)) {
			t.Fatalf("%s has no %s", name, from)
		}
		o.sign([]byte(content), filepath.Join(m.folder, outsideFiles[name]))
	}
	for _, c := range []struct {
		name, want string
		change     func(t *testing.T, m made)
	}{
		{"the verdict by another key", "not one of this key", func(t *testing.T, m made) {
			other.sign(read(t, filepath.Join(m.folder, FileVerdictStatement)), filepath.Join(m.folder, FileVerdictBundle))
		}},
		{"the report alone", "is not signed", func(t *testing.T, m made) {
			if err := os.Remove(filepath.Join(m.folder, FileVerdictBundle)); err != nil {
				t.Fatal(err)
			}
		}},
		// Whoever holds the key may say anything about an image; but not that this verdict
		// refers to that report.
		{"another report", "refers to another report", func(t *testing.T, m made) { change(t, m, FileReportStatement, "null.aix", "null.bix") }},
		{"bundles exchanged", "its predicate is", func(t *testing.T, m made) {
			o.sign(read(t, filepath.Join(m.folder, FileReportStatement)), filepath.Join(m.folder, FileVerdictBundle))
		}},
		{"a verdict that is not PASSED", "FAILED", func(t *testing.T, m made) { change(t, m, FileVerdictStatement, `"PASSED"`, `"FAILED"`) }},
		{"a field that nobody knows", "unknown field", func(t *testing.T, m made) {
			change(t, m, FileVerdictStatement, `"_type"`, `"extra":1,"_type"`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := unsigned(t, verdict.Passed)
			m.key = o.key()
			m.signOutside(o)
			if err := m.verify(t); err != nil {
				t.Fatal(err)
			}
			c.change(t, m)
			refused(t, m.verify(t), c.want)
		})
	}
}
