// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

var signedAt = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// keyPEM makes a PKCS#8 key of a kind.
func keyPEM(t testing.TB, kind string) []byte {
	t.Helper()
	var key any
	var err error
	switch kind {
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "p256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "rsa2048":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// smallImage is an OVA that holds one small disk.
func smallImage(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	content := []byte("the disk")
	err := w.WriteHeader(&tar.Header{Name: "disk1.img", Mode: 0o600, Size: int64(len(content))})
	if err == nil {
		_, err = w.Write(content)
	}
	if err = errors.Join(err, w.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// made is an attested image in a folder of its own.
type made struct {
	dir, image, folder string
	signer             *Signer
	key                *Verifier
	made               Folder
}

// write writes the folder again with something changed.
func (m made) write(t *testing.T, change func(*Folder)) {
	t.Helper()
	f := m.made
	change(&f)
	if _, err := f.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func make1(t *testing.T, kind, result string) made {
	t.Helper()
	dir := t.TempDir()
	m := made{dir: dir, image: filepath.Join(dir, "aix73.ova.gz"), folder: FolderPath(dir, "aix73.ova.gz")}
	if err := os.WriteFile(m.image, smallImage(t), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := image.Digest(t.Context(), []string{m.image}, nil)
	if err != nil {
		t.Fatal(err)
	}
	facts := image.FactsOf(files[0])
	subjects, err := Subjects(facts, files)
	if err != nil {
		t.Fatal(err)
	}
	if m.signer, err = ParseSigner(keyPEM(t, kind), nil); err != nil {
		t.Fatal(err)
	}
	if m.key, err = ParseVerifier(m.signer.PublicKeyPEM()); err != nil {
		t.Fatal(err)
	}
	m.made = Folder{
		Path: m.folder, Subjects: subjects, Signer: m.signer, VerifierID: DefaultVerifierID, At: signedAt,
		Result:    &verdict.Result{Verdict: result, Policy: "sha256:" + strings.Repeat("ab", 32), Run: evidence.Run{UUID: "u", Source: "null.aix"}},
		Documents: []Document{{Name: FileJSON, MediaType: "application/json", Content: []byte("{}\n")}},
	}
	m.write(t, func(*Folder) {})
	return m
}

func (m made) verify(t *testing.T) error {
	t.Helper()
	_, err := Verify(context.Background(), m.folder, VerifyOptions{Keys: []*Verifier{m.key}, Image: m.image, VerifierID: DefaultVerifierID})
	return err
}

// verifyFolder verifies without reading the image again.
func (m made) verifyFolder(t *testing.T) error {
	t.Helper()
	_, err := Verify(context.Background(), m.folder, VerifyOptions{Keys: []*Verifier{m.key}, Digest: m.made.Subjects[0].Digest["sha256"], VerifierID: DefaultVerifierID})
	return err
}

func TestVerifyAcceptsWhatWasSignedWithEveryKindOfKey(t *testing.T) {
	for _, kind := range []string{"ed25519", "p256", "rsa2048"} {
		t.Run(kind, func(t *testing.T) {
			if err := make1(t, kind, verdict.Passed).verify(t); err != nil {
				t.Error(err)
			}
		})
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	var no *RefusedError
	if !errors.As(err, &no) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want a refusal with …%s…", err, want)
	}
}

func TestVerifyRefusesOneByteChangedAnywhere(t *testing.T) {
	m := make1(t, "ed25519", verdict.Passed)
	names := []string{m.image}
	for _, name := range []string{FileReportDSSE, FileReportBundle, FileVerdictDSSE, FileVerdictBundle, FileJSON} {
		names = append(names, filepath.Join(m.folder, name))
	}
	for _, path := range names {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range good {
			bad := append([]byte{}, good...)
			bad[i] ^= 1
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			err := m.verifyFolder(t)
			if path == m.image {
				err = m.verify(t)
			}
			var no *RefusedError
			switch {
			case errors.As(err, &no):
			case err != nil:
				t.Errorf("%s byte %d: could not tell: %v", filepath.Base(path), i, err)
			case strings.HasSuffix(path, FileReportBundle) || strings.HasSuffix(path, FileVerdictBundle):
				// The hint is no claim: it only helps to find the key.
				if !strings.Contains(string(good[:i]), `"hint":"`) || strings.Contains(string(good[:i]), `"dsseEnvelope"`) {
					t.Errorf("%s byte %d (%q): accepted", filepath.Base(path), i, good[i])
				}
			case good[i] == '\n' && i == len(good)-1, good[i] == ' ':
			default:
				t.Errorf("%s byte %d (%q): accepted", filepath.Base(path), i, good[i])
			}
		}
		if err := os.WriteFile(path, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.verify(t); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyRefusesAnotherKeyVerifierImageAndVerdict(t *testing.T) {
	m, other := make1(t, "p256", verdict.Passed), make1(t, "p256", verdict.Passed)
	_, err := Verify(t.Context(), m.folder, VerifyOptions{Keys: []*Verifier{other.key}, Image: m.image})
	refused(t, err, "not one of this key")
	_, err = Verify(t.Context(), m.folder, VerifyOptions{Keys: []*Verifier{m.key}, Image: m.image, VerifierID: "https://example.com/other"})
	refused(t, err, "verifier")
	_, err = Verify(t.Context(), m.folder, VerifyOptions{Keys: []*Verifier{m.key}, Digest: strings.Repeat("0", 64)})
	refused(t, err, "not about sha256")
	refused(t, make1(t, "p256", verdict.Failed).verify(t), "verdict is FAILED")
}

func TestVerifyNeedsOneWrappingOfBothStatements(t *testing.T) {
	for _, c := range []struct {
		without []string
		want    string
	}{
		{[]string{FileReportBundle, FileVerdictBundle}, ""},
		{[]string{FileReportDSSE, FileVerdictDSSE}, ""},
		{[]string{FileReportDSSE, FileReportBundle}, "missing"},
		{[]string{FileVerdictDSSE, FileVerdictBundle}, "missing"},
	} {
		m := make1(t, "ed25519", verdict.Passed)
		for _, name := range c.without {
			if err := os.Remove(filepath.Join(m.folder, name)); err != nil {
				t.Fatal(err)
			}
		}
		switch err := m.verify(t); {
		case c.want != "":
			refused(t, err, c.want)
		case err != nil:
			t.Errorf("without %v: %v", c.without, err)
		}
	}
}

func TestVerifyRefusesAVerdictOfAnotherReport(t *testing.T) {
	m := make1(t, "ed25519", verdict.Passed)
	kept := map[string][]byte{}
	for _, name := range []string{FileReportDSSE, FileReportBundle} {
		content, err := os.ReadFile(filepath.Join(m.folder, name))
		if err != nil {
			t.Fatal(err)
		}
		kept[name] = content
	}
	m.write(t, func(f *Folder) { f.Builder.ID = "another" })
	for name, content := range kept {
		if err := os.WriteFile(filepath.Join(m.folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, m.verify(t), "another report")
}

func TestWriteRemovesTheVerdictOfAnEarlierRunFirst(t *testing.T) {
	m := make1(t, "ed25519", verdict.Passed)
	if err := RemoveVerdict(m.folder); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(m.folder, FileVerdictDSSE)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	refused(t, m.verify(t), "missing")
}

func TestLoadSignerSaysWhatIsWrongWithAKey(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	public, err := ParseSigner(keyPEM(t, "ed25519"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"missing", filepath.Join(dir, "none.pem"), "does not exist"},
		{"readable by others", write("open.pem", keyPEM(t, "ed25519"), 0o644), "chmod 600"},
		{"P-384", write("p384.pem", keyPEM(t, "p384"), 0o600), "P-384"},
		{"encrypted", write("enc.pem", pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}), 0o600), "signing_key_passphrase"},
		{"public half", write("pub.pem", public.PublicKeyPEM(), 0o600), "expected a private key"},
		{"no PEM", write("text.pem", []byte("hello"), 0o600), "no PEM block"},
		{"a folder", dir, "regular file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := LoadSigner(c.path, nil); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

func FuzzOpenNeverAcceptsWhatThisKeyDidNotSign(f *testing.F) {
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"sig":"AA=="}]}`))
	f.Add([]byte(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"dsseEnvelope":{}}`))
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	v := &Verifier{key: public}
	f.Fuzz(func(t *testing.T, content []byte) {
		if o, err := open(content); err == nil && o.signedBy(v) {
			t.Error("accepted")
		}
	})
}
