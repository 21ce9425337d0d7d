// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	registryimage "github.com/hashicorp/packer-plugin-sdk/packer/registry/image"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

const (
	runUUID    = "4ab83ae6-0000-4000-8000-000000000001"
	otherRun   = "4ab83ae6-0000-4000-8000-000000000002"
	passphrase = "correct horse"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// smallOVA is an OVA of an AIX disk.
func smallOVA(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	ovf := `<Envelope><References><File id="f" href="disk1.img" size="8"/></References><DiskSection><Disk diskId="d" fileRef="f" capacity="8"/></DiskSection>` +
		`<VirtualSystem><OperatingSystemSection id="9"><Description>AIX</Description><architecture>ppc64</architecture></OperatingSystemSection>` +
		`<VirtualHardwareSection><Item><HostResource>ovf:/disk/d</HostResource><boot>True</boot></Item></VirtualHardwareSection></VirtualSystem></Envelope>`
	var err error
	for _, m := range [][2]string{{"aix.ovf", ovf}, {"disk1.img", "the disk"}} {
		err = errors.Join(err, w.WriteHeader(&tar.Header{Name: m[0], Mode: 0o600, Size: int64(len(m[1]))}))
		_, wrote := io.WriteString(w, m[1])
		err = errors.Join(err, wrote)
	}
	if err = errors.Join(err, w.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// site is a build's end: an image, evidence of its guest, and a key.
type site struct {
	t               *testing.T
	dir, image, key string
	record          *evidence.Record
	artifact        *artifact
	config          map[string]any
	public          *attest.Verifier
	imageContent    []byte
}

// artifact is the artifact of the step before.
type artifact struct {
	files []string
	state map[string]any
}

func (a *artifact) BuilderId() string     { return "packer.post-processor.artifice" }
func (a *artifact) Files() []string       { return a.files }
func (a *artifact) Id() string            { return "id-1" }
func (a *artifact) String() string        { return "" }
func (a *artifact) State(name string) any { return a.state[name] }
func (a *artifact) Destroy() error        { return nil }

// collected is a complete final collection of a simulated host after some commands.
func collected(t *testing.T, before string) evidence.Collection {
	t.Helper()
	host, err := aixsim.New(aixsim.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	if before != "" {
		if code := host.Run(t.Context(), "root", before, nil, nil, nil); code != 0 {
			t.Fatalf("%s: exit code %d", before, code)
		}
	}
	var out bytes.Buffer
	host.Run(t.Context(), "root", "ksh", strings.NewReader(probe.Script()), &out, nil)
	probes, nonce, err := probe.Parse(out.Bytes(), "")
	if err != nil {
		t.Fatal(err)
	}
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return evidence.Collection{
		Mode: evidence.ModeFinal, Sequence: 1, Started: now.Add(-time.Minute), Ended: now.Add(-30 * time.Second),
		Collector: probe.Digest(), Nonce: nonce, Probes: probes,
		Judgement: &evidence.Judgement{Policy: p.Digest(), FailOn: verdict.FailOnError, Verdict: verdict.Passed},
	}
}

func newSite(t *testing.T, before string) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir()}
	t.Setenv("PACKER_RUN_UUID", runUUID)
	s.image, s.key = filepath.Join(s.dir, "aix73.ova.gz"), filepath.Join(s.dir, "key.pem")
	s.imageContent = smallOVA(t)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(s.image, s.imageContent, 0o644),
		os.WriteFile(s.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := attest.LoadSigner(s.key, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.public, err = attest.ParseVerifier(signer.PublicKeyPEM()); err != nil {
		t.Fatal(err)
	}
	s.record = &evidence.Record{
		Schema: evidence.Schema, Run: evidence.Run{UUID: runUUID, Source: "null.aix", Plugin: "0.1.0", Packer: "1.16.0"},
		Collections: []evidence.Collection{collected(t, before)}, Restorations: []evidence.Restoration{},
	}
	s.artifact = &artifact{files: []string{s.image}, state: map[string]any{"of the builder": "kept"}}
	s.config = map[string]any{
		"packer_build_name": "aix", "packer_builder_type": "null", "signing_key": s.key, "evidence_dir": s.dir,
	}
	return s
}

func (s *site) save() {
	s.t.Helper()
	encoded, err := s.record.Encode()
	path := filepath.Join(s.dir, "rsct", runUUID, "null.aix", evidence.FileName)
	if err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, encoded, 0o600)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) folder(name string) string { return filepath.Join(s.image+".rsct", name) }

func (s *site) configure() (*PostProcessor, error) {
	p := &PostProcessor{now: func() time.Time { return now }}
	return p, p.Configure(s.config)
}

// process configures and runs the post-processor.
func (s *site) process() (packersdk.Artifact, string, error) {
	s.t.Helper()
	p, err := s.configure()
	if err != nil {
		s.t.Fatal(err)
	}
	var said bytes.Buffer
	ui := &packersdk.BasicUi{Reader: strings.NewReader(""), Writer: &said, ErrorWriter: &said}
	out, keep, force, err := p.PostProcess(context.Background(), ui, s.artifact)
	if (err == nil) != keep || keep != force {
		s.t.Errorf("keep %t, force %t, %v", keep, force, err)
	}
	return out, said.String(), err
}

func (s *site) verify(o attest.VerifyOptions) (*attest.Verified, error) {
	o.Keys = []*attest.Verifier{s.public}
	return attest.Verify(context.Background(), s.image+".rsct", o)
}

func TestGateOpensAndPassesTheArtifactOnWithItsStates(t *testing.T) {
	s := newSite(t, "")
	s.save()
	out, said, err := s.process()
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Files(); len(got) != 1 || got[0] != s.image {
		t.Errorf("files %v", got)
	}
	for state, want := range map[string]string{StateVerdict: "PASSED", StateReport: "sha256:", StateLevel: "3.", "of the builder": "kept"} {
		if got, _ := out.State(state).(string); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q", state, got)
		}
	}
	for _, want := range []string{"Report: ", "Signed by key sha256:", "aix73.ova.gz.sha256"} {
		if !strings.Contains(strings.Join(strings.Fields(said), " "), want) { // lines are folded
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	v, err := s.verify(attest.VerifyOptions{Image: s.image})
	if err != nil || v.Verdict != "PASSED" || v.Result != "PASSED" {
		t.Errorf("got %+v, %v", v, err)
	}
	checksum, err := os.ReadFile(s.image + ".sha256")
	if err != nil || string(checksum) != v.SHA256+"  aix73.ova.gz\n" {
		t.Errorf("got %q, %v", checksum, err)
	}
}

func TestArtifactTellsHCPPackerTheVerdict(t *testing.T) {
	s := newSite(t, "")
	s.save()
	labels := func(state any) map[string]string {
		t.Helper()
		s.artifact.state = map[string]any{registryimage.ArtifactStateURI: state}
		out, _, err := s.process()
		if err != nil {
			t.Fatal(err)
		}
		images := out.State(registryimage.ArtifactStateURI).([]*registryimage.Image)
		if len(images) != 1 || images[0].Validate() != nil {
			t.Fatalf("got %v", images)
		}
		return images[0].Labels
	}
	for name, state := range map[string]any{
		"nothing from the step before":  nil,
		"an image":                      &registryimage.Image{ImageID: "i", ProviderName: "p", Labels: map[string]string{"own": "1"}},
		"a list":                        []*registryimage.Image{{ImageID: "i", ProviderName: "p"}},
		"a map, as the RPC delivers it": map[string]any{"ImageID": "i", "ProviderName": "p", "Labels": map[string]string{LabelVerdict: "of another"}},
		"an image that is not valid":    &registryimage.Image{},
	} {
		got := labels(state)
		if got[LabelVerdict] != "PASSED" || !strings.HasPrefix(got[LabelReport], "sha256:") || got[LabelLevel] == "" {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// Every reason to stay shut is one sentence, nothing is passed on, and no verdict of
// an earlier run stands.
func TestGateStaysShutAndSaysWhy(t *testing.T) {
	last := func(s *site) *evidence.Collection { return &s.record.Collections[len(s.record.Collections)-1] }
	for _, c := range []struct {
		name, want string
		change     func(s *site)
		written    bool // a report is written, which says FAILED
	}{
		{"no evidence", "left evidence in this run", func(s *site) { s.record = nil }, false},
		{"another run", "copied from another run", func(s *site) { s.record.Run.UUID = otherRun }, false},
		{"another source", "evidence of source null.other", func(s *site) { s.record.Run.Source = "null.other" }, false},
		{"another schema", "schema", func(s *site) { s.record.Schema = "v0" }, false},
		{"no collection", "no final collection", func(s *site) { s.record.Collections = []evidence.Collection{} }, false},
		{"no final collection", "no final collection", func(s *site) { last(s).Mode = evidence.ModeCheckpoint }, false},
		{"an incomplete collection", "incomplete: the line went dead", func(s *site) { last(s).Problem = "the line went dead" }, false},
		{"no judgement", "did not come to a judgement", func(s *site) { last(s).Judgement = nil }, false},
		{"another policy", "give both the same policy", func(s *site) { last(s).Judgement.Policy = "sha256:00" }, false},
		{"too old", "max_evidence_age", func(s *site) { last(s).Ended = now.Add(-25 * time.Hour) }, false},
		{"of the future", "in the future", func(s *site) { last(s).Ended = now.Add(time.Hour) }, false},
		{"a probe that failed", "could not be determined", func(s *site) {
			for i := range last(s).Probes {
				if last(s).Probes[i].Name == aix.ProbeFilesets {
					last(s).Probes[i].Problem = "it timed out"
				}
			}
		}, true},
		{"no file", "no files", func(s *site) { s.artifact.files = nil }, false},
		{"a file that is gone", "no such file", func(s *site) { s.artifact.files = []string{s.image, s.image + ".none"} }, false},
		{"an image cut off", "cut off", func(s *site) { s.imageContent = s.imageContent[:len(s.imageContent)-10] }, false},
		{"an image with another digest than is known", "changed since", func(s *site) {
			s.config["image"] = map[string]any{"name": "x", "sha256": strings.Repeat("0", 64)}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, "")
			s.save()
			if _, _, err := s.process(); err != nil {
				t.Fatal(err)
			}
			c.change(s)
			if s.record != nil {
				s.save()
			} else if err := os.RemoveAll(filepath.Join(s.dir, "rsct")); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(s.image, s.imageContent, 0o644); err != nil {
				t.Fatal(err)
			}
			out, _, err := s.process()
			if out != nil || err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "the gate stays shut") || !strings.Contains(err.Error(), "stays there") {
				t.Errorf("got %v, %v, want …%s…", out, err, c.want)
			}
			if c.name == "no file" { // then it is not known which image it is about
				return
			}
			_, verifyErr := s.verify(attest.VerifyOptions{})
			var refused *attest.RefusedError
			if !errors.As(verifyErr, &refused) {
				t.Errorf("after the refusal: %v", verifyErr)
			}
			_, err = os.Stat(s.folder(attest.FileVerdictDSSE))
			if c.written != (err == nil) {
				t.Errorf("verdict: %v", err)
			}
		})
	}
}

func TestGateStaysShutForAnImageThatDoesNotMeetThePolicy(t *testing.T) {
	s := newSite(t, "ifconfig en1 down detach")
	s.save()
	_, said, err := s.process()
	if err == nil || !strings.Contains(err.Error(), "FAILED") || !strings.Contains(said, "management-interface") {
		t.Errorf("got %v\n%s", err, said)
	}
	if v, err := s.verify(attest.VerifyOptions{AnyVerdict: true}); err != nil || v.Result != "FAILED" {
		t.Errorf("the signed report says %+v, %v", v, err)
	}
	if _, err := os.Stat(s.image + ".sha256"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a checksum file for an import: %v", err)
	}
}

func TestGateStaysShutForAnImageThatChangesWhileItIsJudged(t *testing.T) {
	s := newSite(t, "")
	s.save()
	p, err := s.configure()
	if err != nil {
		t.Fatal(err)
	}
	p.now = func() time.Time { // asked for after the image was digested
		later := time.Now().Add(time.Hour)
		if err := os.Chtimes(s.image, later, later); err != nil {
			t.Error(err)
		}
		return now
	}
	_, _, _, err = p.PostProcess(t.Context(), packersdk.TestUi(t), s.artifact)
	if err == nil || !strings.Contains(err.Error(), "changed since it was digested") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(s.folder(attest.FileVerdictDSSE)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a verdict stands: %v", err)
	}
}

func TestImageWithoutAFileIsKnownByItsID(t *testing.T) {
	s := newSite(t, "")
	s.save()
	s.artifact.files = nil
	t.Chdir(s.dir)
	crn := "crn:v1:bluemix:public:power-iaas:us-south:a/1:11111111-2222-3333-4444-555555555555:image:0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
	s.config["image"] = map[string]any{"name": "aix73", "id": crn, "sha256": strings.Repeat("ab", 32)}
	if _, _, err := s.process(); err != nil {
		t.Fatal(err)
	}
	o := attest.VerifyOptions{Keys: []*attest.Verifier{s.public}, ImageID: "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9"}
	if _, err := attest.Verify(t.Context(), "aix73.rsct", o); err != nil {
		t.Error(err)
	}
	o.ImageID = "ffffffff-4e5f-6071-8293-a4b5c6d7e8f9"
	if _, err := attest.Verify(t.Context(), "aix73.rsct", o); err == nil {
		t.Error("accepted another id")
	}
}

func TestConfigureNamesWhatIsWrong(t *testing.T) {
	s := newSite(t, "")
	secret := filepath.Join(s.dir, "passphrase")
	if err := os.WriteFile(secret, []byte(passphrase), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]map[string]any{
		"signing_key is missing":               {"signing_key": ""},
		"exclude each other":                   {"unsigned": true},
		"signing_key_passphrase_file exclude":  {"signing_key_passphrase": "one of two", "signing_key_passphrase_file": secret},
		"can be read by others":                {"signing_key_passphrase_file": secret},
		"no such file":                         {"signing_key_passphrase_file": secret + ".none"},
		"fail_on is":                           {"fail_on": "x"},
		"timestamp_url is":                     {"timestamp_url": "ftp://x"},
		"timestamp_command exclude each other": {"timestamp_url": "http://x", "timestamp_command": []string{"x"}},
		"over a signature":                     {"signing_key": "", "unsigned": true, "timestamp_url": "http://x"},
		"without slashes":                      {"image": map[string]any{"name": "a/b"}},
		"expected a UUID":                      {"image": map[string]any{"name": "a", "id": "x"}},
		"64 lower-case":                        {"image": map[string]any{"name": "a", "sha256": "AB"}},
	} {
		other := *s
		other.config = map[string]any{}
		for k, v := range s.config {
			other.config[k] = v
		}
		for k, v := range change {
			other.config[k] = v
		}
		if _, err := other.configure(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want …%s…", change, err, want)
		}
	}
}

func TestPassphraseComesFromVariableFileOrEnvironmentAndGoesNowhere(t *testing.T) {
	s := newSite(t, "")
	s.save()
	encryptKey(t, s.key)
	secret := filepath.Join(s.dir, "passphrase")
	if err := os.WriteFile(secret, []byte(passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.configure(); err == nil || !strings.Contains(err.Error(), attest.PassphraseVariable) {
		t.Errorf("without one: %v", err)
	}
	s.config["signing_key_passphrase_file"] = secret
	if _, err := s.configure(); err != nil {
		t.Fatal(err)
	}
	delete(s.config, "signing_key_passphrase_file")
	t.Setenv(attest.PassphraseVariable, passphrase)
	if _, err := s.configure(); err != nil {
		t.Error(err)
	}
	s.config["signing_key_passphrase"] = "a wrong one"
	if _, err := s.configure(); err == nil || strings.Contains(err.Error(), "a wrong one") {
		t.Errorf("got %v", err)
	}
	s.config["signing_key_passphrase"] = passphrase
	p, err := s.configure()
	if err != nil || p.config.SigningKeyPassphrase != "" {
		t.Fatalf("kept the passphrase, or %v", err)
	}
	_, said, err := s.process()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(said, passphrase) {
		t.Error("the passphrase is on the screen")
	}
	err = filepath.WalkDir(s.image+".rsct", func(path string, _ fs.DirEntry, _ error) error {
		content, _ := os.ReadFile(path)
		if bytes.Contains(content, []byte(passphrase)) {
			t.Errorf("the passphrase is in %s", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestUnsignedWritesStatementsThatVerifyDoesNotTakeForProof(t *testing.T) {
	s := newSite(t, "")
	s.save()
	s.config["signing_key"], s.config["unsigned"], s.config["test_result"] = "", true, true
	_, said, err := s.process()
	if err != nil || !strings.Contains(said, "Not signed") {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, name := range []string{attest.FileReportStatement, attest.FileVerdictStatement, attest.FileTestsStatement} {
		if _, err := os.Stat(s.folder(name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.verify(attest.VerifyOptions{Image: s.image}); err == nil || !strings.Contains(err.Error(), "cosign attest-blob --statement") {
		t.Errorf("got %v", err)
	}
}

// Evidence, policy and image determine every file but the signatures.
func TestTheSameEvidencePolicyAndImageGiveTheSameBytes(t *testing.T) {
	s := newSite(t, "")
	s.save()
	s.config["signing_key"], s.config["unsigned"], s.config["test_result"] = "", true, true
	read := func() map[string]string {
		t.Helper()
		if _, _, err := s.process(); err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		err := filepath.WalkDir(s.image+".rsct", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			files[e.Name()] = string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	first := read()
	if err := os.RemoveAll(s.image + ".rsct"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond)
	second := read()
	if len(first) < 6 {
		t.Fatalf("only %d files", len(first))
	}
	for name, content := range first {
		if second[name] != content {
			t.Errorf("%s differs", name)
		}
	}
}
