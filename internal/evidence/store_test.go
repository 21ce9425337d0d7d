// SPDX-License-Identifier: MPL-2.0

package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

var run = Run{UUID: "0b8a2b1e-0000-4000-8000-000000000001", Source: "null.aix", Plugin: "0.1.0", Packer: "1.16.0"}

// whole is a record with one complete final collection.
func whole() *Record {
	c := Collection{Mode: ModeFinal, Sequence: 1, Started: time.Unix(0, 0).UTC(), Ended: time.Unix(1, 0).UTC()}
	for _, name := range aix.Probes {
		c.Probes = append(c.Probes, Probe{Name: name, Stdout: Bytes("d\xe6mon"), Stderr: Bytes{}})
	}
	return &Record{Schema: Schema, Run: run, Collections: []Collection{c}, Restorations: []Restoration{}}
}

func TestStoreKeepsBytesOfEveryEncodingAndTheSameDigest(t *testing.T) {
	store, err := OpenStore(t.TempDir(), run)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Load(); !errors.Is(err, ErrNone) {
		t.Fatalf("got %v, want ErrNone", err)
	}
	record := whole()
	if err := store.Save(record); err != nil {
		t.Fatal(err)
	}
	again, err := store.Load()
	if err != nil {
		t.Fatal(err)
	}
	if string(again.Collections[0].Probes[0].Stdout) != "d\xe6mon" {
		t.Errorf("got %q", again.Collections[0].Probes[0].Stdout)
	}
	a, _ := record.Encode()
	b, _ := again.Encode()
	if DigestOf(a) != DigestOf(b) {
		t.Error("reading and writing changes the digest")
	}
	info, err := os.Stat(store.Path())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

func TestStoreRefusesEvidenceOfAnotherRunOrSource(t *testing.T) {
	base := t.TempDir()
	store, _ := OpenStore(base, run)
	if err := store.Save(whole()); err != nil {
		t.Fatal(err)
	}
	content, _ := os.ReadFile(store.Path())
	for _, c := range []struct {
		other Run
		want  string
	}{
		{Run{UUID: "0b8a2b1e-0000-4000-8000-000000000002", Source: run.Source}, "copied from another run"},
		{Run{UUID: run.UUID, Source: "null.other"}, "evidence of source null.aix"},
	} {
		other, _ := OpenStore(base, c.other)
		if err := os.MkdirAll(strings.TrimSuffix(other.Path(), "/"+FileName), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(other.Path(), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Load(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want …%s…", err, c.want)
		}
	}
}

func TestOpenStoreRefusesNamesThatLeaveTheFolder(t *testing.T) {
	for _, bad := range []Run{{UUID: "", Source: "a.b"}, {UUID: "../../etc/x", Source: "a.b"}, {UUID: run.UUID, Source: ""}, {UUID: run.UUID, Source: "../x"}, {UUID: run.UUID, Source: ".."}} {
		if _, err := OpenStore(t.TempDir(), bad); err == nil {
			t.Errorf("%+v: accepted", bad)
		}
	}
}

func TestDecodeRefusesWhatContradictsItself(t *testing.T) {
	for _, c := range []struct {
		name, want string
		edit       func(*Record)
	}{
		{"schema", "schema", func(r *Record) { r.Schema = "x" }},
		{"mode", "mode", func(r *Record) { r.Collections[0].Mode = "x" }},
		{"sequence", "number", func(r *Record) { r.Collections[0].Sequence = 2 }},
		{"complete without a probe", "no probe", func(r *Record) { r.Collections[0].Probes = []Probe{} }},
		{"a probe twice", "twice", func(r *Record) {
			r.Collections[0].Probes = append(r.Collections[0].Probes, r.Collections[0].Probes[0])
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			record := whole()
			c.edit(record)
			encoded, err := record.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Decode(bytes.NewReader(encoded)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
	for _, text := range []string{"", "{", "[]", `{"schema":"` + Schema + `","surprise":1}`} {
		if _, err := Decode(strings.NewReader(text)); err == nil {
			t.Errorf("%q: accepted", text)
		}
	}
}

// A later plugin asks for probes that an earlier one did not run. What it recorded
// must stay readable, or no audit would outlive a release; what it did not ask is unknown.
func TestEvidenceOfAnEarlierPluginReadsWithItsGapsUnknown(t *testing.T) {
	record := whole()
	left := record.Collections[0].Probes[0].Name
	record.Collections[0].Probes = record.Collections[0].Probes[1:]
	encoded, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	unknown := 0
	for _, u := range aix.Unknowns(*again.Last().Facts()) {
		if u.Probe == left && u.Reason == "not in the evidence" {
			unknown++
		}
	}
	if unknown == 0 {
		t.Errorf("nothing says that probe %s is not in the evidence", left)
	}
}

// However a document is indented, ordered and zoned: the same evidence has one digest.
func TestTheSameEvidenceHasOneDigest(t *testing.T) {
	record := whole()
	record.Collections[0].Started = time.Date(2026, 11, 25, 7, 30, 0, 123e6, time.UTC)
	encoded, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(encoded, &tree); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(tree) // keys by their alphabet, no blanks
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := strings.Replace(string(sorted), "2026-11-25T07:30:00.123Z", "2026-11-25T16:30:00.123+09:00", 1)
	elsewhere = strings.Replace(elsewhere, `"restorations":[]`, `"restorations":null`, 1)
	if elsewhere == string(sorted) {
		t.Fatal("nothing was changed")
	}
	again, err := Decode(strings.NewReader(elsewhere))
	if err != nil {
		t.Fatal(err)
	}
	if other, err := again.Encode(); err != nil || DigestOf(other) != DigestOf(encoded) {
		t.Errorf("two digests (%v):\n%s\n%s", err, encoded, other)
	}
}

func TestPluginDigestIsThatOfTheBinaryThatRuns(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := PluginDigest(); got != DigestOf(content) {
		t.Errorf("got %s, want %s", got, DigestOf(content))
	}
}

func FuzzDecodeAndEncodeAgree(f *testing.F) {
	encoded, _ := whole().Encode()
	f.Add(encoded)
	f.Fuzz(func(t *testing.T, content []byte) {
		record, err := Decode(bytes.NewReader(content))
		if err != nil {
			return
		}
		once, err := record.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(bytes.NewReader(once))
		if err != nil {
			t.Fatalf("what was written does not read: %v", err)
		}
		if twice, _ := again.Encode(); !bytes.Equal(once, twice) {
			t.Error("not canonical")
		}
	})
}
