// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		program: func() { os.Exit(Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// The scripts are calls as people make them, in testdata/script; a healthy and a broken
// host's evidence lie beside them.
func TestScripts(t *testing.T) {
	// A script leaves out the shells that are not here; CI installs them all.
	if os.Getenv("RSCT_ALL_INSTALLED") != "" {
		for _, name := range []string{"bash", "zsh", "fish", "mandoc"} {
			if _, err := exec.LookPath(name); err != nil {
				t.Errorf("%s is not installed: %v", name, err)
			}
		}
	}
	manual, err := filepath.Abs("../../docs/man/packer-plugin-rsct.1")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, before := range map[string]string{"healthy.evidence": "", "broken.evidence": "ifconfig en1 down detach"} {
		if err := os.WriteFile(filepath.Join(dir, name), collect(t, before), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reports := t.TempDir()
	key := newReports(t, reports, dir)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EVIDENCE", dir)
			e.Setenv("REPORTS", reports)
			e.Setenv("KEY", key)
			e.Setenv("MANUAL", manual)
			return nil
		},
	})
}

// newReports attests images of the two hosts, a.rsct and b.rsct of the healthy one and
// c.rsct of the broken one, and returns the public key's path.
func newReports(t *testing.T, reports, hosts string) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := attest.ParseSigner(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	at := time.Now().UTC()
	for name, host := range map[string]string{"a": "healthy.evidence", "b": "healthy.evidence", "c": "broken.evidence"} {
		raw, err := os.ReadFile(filepath.Join(hosts, host))
		if err != nil {
			t.Fatal(err)
		}
		probes, nonce, err := probe.Parse(raw, "")
		if err != nil {
			t.Fatal(err)
		}
		record := &evidence.Record{
			Schema: evidence.Schema, Run: evidence.Run{UUID: "run-of-" + name, Source: "null.aix"}, Restorations: []evidence.Restoration{},
			Collections: []evidence.Collection{{
				Mode: evidence.ModeFinal, Sequence: 1, Started: at.Add(-time.Minute), Ended: at, Collector: probe.Digest(), Nonce: nonce, Probes: probes,
			}},
		}
		digest := sha256.Sum256([]byte(name))
		facts := &image.Facts{Name: name, SHA256: hex.EncodeToString(digest[:]), Format: "other"}
		facts.NotLookedInto()
		result, err := verdict.Judge(t.Context(), verdict.Input{Record: record, Image: facts, Policy: rules, FailOn: verdict.FailOnError, AsOf: at})
		if err != nil {
			t.Fatal(err)
		}
		folder := attest.Folder{Path: attest.FolderPath(reports, name), Result: result, Signer: signer, VerifierID: attest.DefaultVerifierID, At: at}
		if folder.Subjects, err = attest.Subjects(facts, nil); err != nil {
			t.Fatal(err)
		}
		encoded, err := record.Encode()
		if err != nil {
			t.Fatal(err)
		}
		inside, err := attest.EncodeImage(facts)
		if err != nil {
			t.Fatal(err)
		}
		folder.Documents = []attest.Document{
			{Name: attest.FileEvidence, MediaType: "application/json", Content: encoded, Private: true},
			{Name: attest.FileImage, MediaType: "application/json", Content: inside},
		}
		if _, err := folder.Write(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(reports, "a.rsct", attest.FileSigner)
}
