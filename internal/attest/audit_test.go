// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// simulated is what the collector brings back from a simulated host, once.
var simulated = sync.OnceValues(func() (evidence.Collection, error) {
	host, err := aixsim.New(aixsim.Default())
	if err != nil {
		return evidence.Collection{}, err
	}
	defer host.Close()
	var out bytes.Buffer
	host.Run(context.Background(), "root", "ksh", strings.NewReader(probe.Script()), &out, nil)
	probes, nonce, err := probe.Parse(out.Bytes(), "")
	return evidence.Collection{
		Mode: evidence.ModeFinal, Sequence: 1, Started: signedAt.Add(-time.Minute), Ended: signedAt,
		Collector: probe.Digest(), Nonce: nonce, Probes: probes,
	}, err
})

func builtin(t testing.TB, site string) *policy.Policy {
	t.Helper()
	sources := policy.Sources{}
	if site != "" {
		path := filepath.Join(t.TempDir(), "site.rsct.hcl")
		if err := os.WriteFile(path, []byte(site), 0o600); err != nil {
			t.Fatal(err)
		}
		sources.Files = []string{path}
	}
	p, diags := policy.Load(sources)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// fleet is a folder with report folders of simulated hosts, all by one key.
type fleet struct {
	dir     string
	signer  *Signer
	options AuditOptions
}

func newFleet(t testing.TB) *fleet {
	t.Helper()
	signer, err := ParseSigner(keyPEM(t, "ed25519"), nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseVerifier(signer.PublicKeyPEM())
	if err != nil {
		t.Fatal(err)
	}
	return &fleet{dir: t.TempDir(), signer: signer, options: AuditOptions{
		Verify: VerifyOptions{Keys: []*Verifier{key}}, Policy: builtin(t, ""), FailOn: verdict.FailOnError, AsOf: signedAt, Workers: 2,
	}}
}

// add attests an image of the simulated host, its evidence changed first.
func (f *fleet) add(t testing.TB, name string, change func(*evidence.Record, *image.Facts)) string {
	t.Helper()
	collection, err := simulated()
	if err != nil {
		t.Fatal(err)
	}
	collection.Probes = append([]evidence.Probe{}, collection.Probes...)
	record := &evidence.Record{
		Schema: evidence.Schema, Run: evidence.Run{UUID: "run-of-" + name, Source: "null.aix"},
		Collections: []evidence.Collection{collection}, Restorations: []evidence.Restoration{},
	}
	facts := &image.Facts{Name: name, SHA256: sum([]byte(name)), Format: "other"}
	facts.NotLookedInto()
	if change != nil {
		change(record, facts)
	}
	result, err := verdict.Judge(t.Context(), verdict.Input{Record: record, Image: facts, Policy: f.options.Policy, FailOn: verdict.FailOnError, AsOf: signedAt})
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	inside, err := EncodeImage(facts)
	if err != nil {
		t.Fatal(err)
	}
	subjects, err := Subjects(facts, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := FolderPath(f.dir, name)
	if _, err = (Folder{
		Path: path, Subjects: subjects, Result: result, Signer: f.signer, VerifierID: DefaultVerifierID, At: signedAt,
		Documents: []Document{
			{Name: FileEvidence, MediaType: "application/json", Content: encoded, Private: true},
			{Name: FileImage, MediaType: "application/json", Content: inside},
		},
	}).Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	return path
}

func (f *fleet) audit(t testing.TB, o AuditOptions, paths ...string) []Audited {
	t.Helper()
	var all []Audited
	next := func() (string, bool) {
		if len(paths) == 0 {
			return "", false
		}
		path := paths[0]
		paths = paths[1:]
		return path, true
	}
	if err := Audit(t.Context(), o, next, func(a Audited) error { all = append(all, a); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAuditJudgesAgainAndSaysWhatChangedAndWhy(t *testing.T) {
	f := newFleet(t)
	path := f.add(t, "aix73", nil)
	a := f.audit(t, f.options, path)[0]
	if a.Outcome != OutcomePasses || len(a.Changes) != 0 || a.Signed.Verdict != a.Now.Verdict || a.Image != "aix73" {
		t.Errorf("the same policy: got %+v", a)
	}
	stricter := f.options
	stricter.Policy = builtin(t, `
rule "site-needs-more" {
  severity  = "error"
  summary   = "The site asks for what no guest has"
  condition = length(guest.filesets) > 100000
  expected  = "more"
  found     = "less"
}
`)
	a = f.audit(t, stricter, path)[0]
	if a.Outcome != OutcomeFallsShort || a.Now.Verdict != verdict.Failed || a.Now.Policy == a.Signed.Policy {
		t.Errorf("a stricter policy: got %+v", a)
	}
	want := Change{Rule: "site-needs-more", Severity: "error", Was: NotJudged, Is: policy.Fail, Why: "expected more, found less"}
	if len(a.Changes) != 1 || a.Changes[0] != want {
		t.Errorf("changes: got %+v", a.Changes)
	}
	// And the other way: a rule that is gone.
	f.options.Policy = stricter.Policy
	path = f.add(t, "failed", nil)
	f.options.Policy = builtin(t, "")
	a = f.audit(t, f.options, path)[0]
	if a.Outcome != OutcomePasses || a.Signed.Verdict != verdict.Failed || len(a.Changes) != 1 || a.Changes[0].Is != NotJudged {
		t.Errorf("a rule that is gone: got %+v", a)
	}
}

func TestAuditIsAsOfADay(t *testing.T) {
	f := newFleet(t)
	waived := `
rule "site-needs-more" {
  severity  = "error"
  summary   = "The site asks for what no guest has"
  condition = length(guest.filesets) > 100000
}
waiver "site-needs-more" {
  reason      = "the next level brings it"
  approved_by = "platform team"
  expires     = "2027-01-31"
}
`
	f.options.Policy = builtin(t, waived)
	path := f.add(t, "aix73", nil)
	if a := f.audit(t, f.options, path)[0]; a.Outcome != OutcomePasses || len(a.Changes) != 0 {
		t.Errorf("while the waiver holds: got %+v", a)
	}
	f.options.AsOf = time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)
	a := f.audit(t, f.options, path)[0]
	if a.Outcome != OutcomeFallsShort || a.Now.AsOf != "2027-06-30" {
		t.Errorf("after it expired: got %+v", a)
	}
	found := false
	for _, c := range a.Changes {
		found = found || c.Rule == "site-needs-more" && c.Was == policy.Waived && c.Is == policy.Fail
	}
	if !found {
		t.Errorf("changes: got %+v", a.Changes)
	}
}

func TestAuditRefusesWhatIsNotProved(t *testing.T) {
	f := newFleet(t)
	put := func(name string, content []byte) func(dir string) {
		return func(dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(names ...string) func(dir string) {
		return func(dir string) {
			for _, name := range names {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for i, c := range []struct {
		name, outcome, want string
		change              func(dir string)
	}{
		{"evidence changed", OutcomeRefused, "evidence.json was changed", put(FileEvidence, []byte("{}"))},
		{"no evidence", OutcomeRefused, "evidence.json is missing", remove(FileEvidence)},
		{"image facts changed", OutcomeRefused, "image.json was changed", put(FileImage, []byte("{}"))},
		{"no image facts", OutcomeRefused, "image.json is missing", remove(FileImage)},
		{"no report", OutcomeRefused, "missing from the report folder", remove(FileReportDSSE, FileReportBundle)},
		{"no verdict", OutcomeRefused, "missing from the report folder", remove(FileVerdictDSSE, FileVerdictBundle)},
		{"garbage", OutcomeRefused, "no JSON", put(FileReportDSSE, []byte("garbage"))},
		{"not there at all", OutcomeUnreadable, "no such file", func(dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		path := f.add(t, fmt.Sprint("image", i), nil)
		c.change(path)
		if a := f.audit(t, f.options, path)[0]; a.Outcome != c.outcome || !strings.Contains(a.Reason, c.want) || a.Now != nil {
			t.Errorf("%s: got %+v", c.name, a)
		}
	}
	other := newFleet(t)
	if a := f.audit(t, f.options, other.add(t, "other", nil))[0]; a.Outcome != OutcomeRefused || !strings.Contains(a.Reason, "not one of this key") {
		t.Errorf("another key: got %+v", a)
	}
	f.options.Verify.Keys = append(f.options.Verify.Keys, other.options.Verify.Keys...)
	if a := f.audit(t, f.options, FolderPath(other.dir, "other"))[0]; a.Outcome != OutcomePasses {
		t.Errorf("with both keys: got %+v", a)
	}
}

func TestAuditKeepsTheOrderAndStopsWhenNobodyListens(t *testing.T) {
	f := newFleet(t)
	f.options.Workers = 3
	var paths []string
	for i := range 9 {
		paths = append(paths, f.add(t, fmt.Sprint("image", i), nil))
	}
	for i, a := range f.audit(t, f.options, paths...) {
		if a.Folder != paths[i] {
			t.Errorf("%d: got %s", i, a.Folder)
		}
	}
	before := runtime.NumGoroutine()
	gone := errors.New("gone")
	err := Audit(t.Context(), f.options, func() (string, bool) { return paths[0], true }, func(Audited) error { return gone })
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = Audit(ctx, f.options, func() (string, bool) { return paths[0], true }, func(Audited) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// A goroutine that said its last word may still be about to end.
	for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}

// An endless fleet must not fill the memory.
func TestAuditTakesConstantMemory(t *testing.T) {
	f := newFleet(t)
	path := f.add(t, "aix73", nil)
	used := func(folders int) uint64 {
		t.Helper()
		n := 0
		err := Audit(t.Context(), f.options, func() (string, bool) { n++; return path, n <= folders }, func(Audited) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	few, many := used(5), used(60)
	if many > few+4<<20 {
		t.Errorf("%d KiB live after 5 folders, %d KiB after 60", few>>10, many>>10)
	}
}

func TestAuditLinesSurviveTheirWayThroughJSON(t *testing.T) {
	f := newFleet(t)
	a := f.audit(t, f.options, f.add(t, "aix73", nil))[0]
	line, err := json.Marshal(a)
	if err != nil || bytes.Contains(line, []byte("\n")) || !bytes.Contains(line, []byte(`"changes":[]`)) {
		t.Errorf("got %s, %v", line, err)
	}
}

func BenchmarkAudit(b *testing.B) {
	f := newFleet(b)
	f.options.Workers = runtime.NumCPU()
	path := f.add(b, "aix73", nil)
	n := 0
	b.ResetTimer()
	err := Audit(context.Background(), f.options, func() (string, bool) { n++; return path, n <= b.N }, func(a Audited) error {
		if a.Outcome != OutcomePasses {
			return errors.New(a.Reason)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
