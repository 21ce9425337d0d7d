// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

func encode(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The order of files, of the rules in them and of what has no order in the guest
// never shows.
func TestAThousandShufflesGiveTheSameBytes(t *testing.T) {
	var pieces []string
	for i := range 12 {
		pieces = append(pieces,
			fmt.Sprintf("locals {\n  l%d = [for f in guest.filesets : f.name if length(f.name) > %d]\n}\n", i, i),
			fmt.Sprintf("variable \"v%d\" {\n  default = { b = %d, a = \"x\" }\n}\n", i, i),
			fmt.Sprintf("rule \"site-rule-%d\" {\n  severity = \"warning\"\n  summary = \"s\"\n  for_each = toset(concat(local.l%d, [guest.system.os]))\n  condition = startswith(each.key, \"r\") && guest.rmc.connected\n  found = jsonencode(var.v%d)\n}\n", i, (i*5)%12, (i*7)%12))
	}
	pieces = append(pieces, "waiver \"rsct-required-filesets\" {\n  subject = \"rsct.core.sr\"\n  reason = \"r\"\n  expires = \"2027-01-31\"\n}\n",
		"override \"rmc-active\" {\n  reason = \"r\"\n  severity = \"warning\"\n}\n")
	facts := broken()
	facts.RMC.Connected = aix.Unknown[bool](aix.Why{Probe: "domain-status", Reason: "cut off"})
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	shuffles := 1000
	if testing.Short() {
		shuffles = 50
	}
	var wantResult, wantDigest string
	for n := range shuffles {
		random.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		var a, b string
		for i, piece := range pieces {
			// Where a rule stands is no part of a finding, but where a waiver stands is.
			if i%2 == 0 && piece[0] != 'w' {
				a += piece
			} else {
				b += piece
			}
		}
		// The waiver stands first in its file, so that its line does not move.
		files := []string{filepath.Join(dir, "a.rsct.hcl"), filepath.Join(dir, "b.rsct.hcl")}
		for i, text := range []string{a, b} {
			if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		random.Shuffle(2, func(i, j int) { files[i], files[j] = files[j], files[i] })
		p, diags := Load(Sources{Files: files})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		result := evaluate(t, p, Roots{Guest: facts})
		for i := range result.Findings {
			if w := result.Findings[i].Waiver; w != nil {
				w.Line = 0
			}
		}
		for i := range result.Waivers {
			result.Waivers[i].Line = 0
		}
		got := encode(t, result)
		if n == 0 {
			wantResult = got
		}
		if got != wantResult {
			t.Fatalf("shuffle %d gave\n%s\nnot\n%s", n, got, wantResult)
		}
	}
	// The digest is over the files' contents, whatever their names and order.
	for n := range 2 {
		if err := os.WriteFile(filepath.Join(dir, "a.rsct.hcl"), []byte(pieces[n]), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "b.rsct.hcl"), []byte("\xef\xbb\xbf"+pieces[1-n]+"\r\n\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p, _ := Load(Sources{Files: []string{dir}})
		if n == 1 && p.Digest() != wantDigest {
			t.Errorf("digest %s, not %s", p.Digest(), wantDigest)
		}
		wantDigest = p.Digest()
	}
}

func TestTheDigestNamesContentAndValues(t *testing.T) {
	digests := map[string]string{}
	add := func(name string, p *Policy) {
		for other, digest := range digests {
			if digest == p.Digest() {
				t.Errorf("%s has the digest of %s", name, other)
			}
		}
		digests[name] = p.Digest()
	}
	add("built-in", mustLoad(t, Sources{}))
	add("none", mustLoad(t, Sources{WithoutBuiltin: true}))
	add("another value", mustLoad(t, Sources{Variables: map[string]string{"minimum_rsct_level": "3.1.0.0"}}))
	p, _ := loadText(t, "# a comment\n", nil)
	add("another file", p)
	if p := mustLoad(t, Sources{Variables: map[string]string{"minimum_rsct_level": "3.2.1.0"}}); p.Digest() != digests["built-in"] {
		t.Error("giving the default explicitly changed the digest")
	}
}

func TestAPolicyIsEvaluatedByManyAtOnce(t *testing.T) {
	p := mustLoad(t, Sources{})
	want := encode(t, evaluate(t, p, healthy().roots()))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				if got := encode(t, evaluate(t, p, healthy().roots())); got != want {
					t.Error("another result")
				}
			}
		})
	}
	group.Wait()
}
