// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
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

// The order of files, of what stands in them, and of what has no order in the guest
// never shows: a thousand shuffles of a policy and of the guest's answers give the
// same bytes. The policy of a few rules stands for the built-in one, which is
// shuffled less often because it takes longer to load.
func TestAThousandShufflesGiveTheSameBytes(t *testing.T) {
	var pieces []string
	for i := range 6 {
		pieces = append(pieces,
			fmt.Sprintf("locals {\n  l%d = [for f in guest.filesets : f.name if length(f.name) > %d]\n}\n", i, i),
			fmt.Sprintf("variable \"v%d\" {\n  default = { b = %d, a = \"x\" }\n}\n", i, i),
			fmt.Sprintf("rule \"site-rule-%d\" {\n  severity = \"warning\"\n  summary = \"s\"\n  for_each = toset(concat(local.l%d, [guest.system.os]))\n  condition = startswith(each.key, \"r\") && guest.rmc.connected\n  found = jsonencode(var.v%d)\n}\n", i, (i*5)%6, (i*7)%6))
	}
	pieces = append(pieces,
		"rule \"site-filesets\" {\n  severity = \"error\"\n  summary = \"s\"\n  for_each = guest.filesets\n  condition = level_at_least(each.value.level, \"3.3.1.1\")\n  found = [for p in each.value.parts : p.part]\n}\n",
		"rule \"site-subsystems\" {\n  severity = \"notice\"\n  summary = \"s\"\n  for_each = { for s in guest.subsystems : s.name => s }\n  condition = each.value.active\n  found = [for s in guest.subsystems : s.name if s.group == each.value.group]\n}\n",
		"waiver \"site-filesets\" {\n  subject = \"rsct.core.sr\"\n  reason = \"r\"\n  expires = \"2027-01-31\"\n}\n",
		"override \"site-subsystems\" {\n  reason = \"r\"\n  severity = \"warning\"\n}\n")
	shuffles := 1000
	if testing.Short() {
		shuffles = 50
	}
	shuffle(t, Sources{WithoutBuiltin: true}, pieces, shuffles)
	shuffle(t, Sources{}, []string{"locals {\n  x = guest.system.os\n}\n", judging("local.x == \"AIX\""), "override \"rmc-active\" {\n  reason = \"r\"\n  severity = \"warning\"\n}\n"}, 20)
}

// shuffled puts the lines of some of a guest's answers into another order, where
// the order means nothing.
func shuffled(outputs aix.Outputs, random *rand.Rand) aix.Outputs {
	shuffledOutputs := aix.Outputs{}
	for name, output := range outputs {
		switch name {
		case aix.ProbeFilesets, aix.ProbeFilesetParts:
			lines := strings.SplitAfter(string(output.Stdout), "\n")
			random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			output.Stdout = []byte(strings.Join(lines, ""))
		case aix.ProbeSubsystems, aix.ProbeDisks:
			lines := strings.SplitAfter(string(output.Stdout), "\n")
			first := 0
			if name == aix.ProbeSubsystems {
				first = 1 // the heading
			}
			rest := lines[first:]
			random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
			output.Stdout = []byte(strings.Join(lines, ""))
		}
		shuffledOutputs[name] = output
	}
	return shuffledOutputs
}

// answers are those of a guest, in the forms of its commands.
func answers() aix.Outputs {
	outputs := aix.Outputs{}
	for name, text := range map[string]string{
		aix.ProbeUname: "AIX builder 3 7 00F6DB0A4C00\n", aix.ProbeUID: "0\n", aix.ProbeOSLevel: "7300-02-02-2420\n",
		aix.ProbeFilesets: "bos.rte:bos.rte.SRC:7.3.2.0: : :C: :System Resource Controller: : : : : : :0:0:/:2420\n" +
			"rsct.core.rmc:rsct.core.rmc:3.3.1.1: : :C:F:RSCT RMC: : : : : : :0:0:/:2420\n" +
			"rsct.core.sr:rsct.core.sr:3.3.1.0: : :C: :RSCT Registry: : : : : : :0:0:/:2420\n" +
			"rsct.core.sec:rsct.core.sec:3.3.1.0: : :A: :RSCT Security: : : : : : :0:0:/:2420\n",
		aix.ProbeFilesetParts: "/usr/lib/objrepos:rsct.core.rmc:3.3.1.1::COMMITTED:F:RSCT RMC:\n/etc/objrepos:rsct.core.rmc:3.3.1.1::COMMITTED:F:RSCT RMC:\n" +
			"/usr/lib/objrepos:rsct.core.sr:3.3.1.0::COMMITTED:I:RSCT Registry:\n/etc/objrepos:rsct.core.sr:3.3.1.0::COMMITTED:I:RSCT Registry:\n",
		aix.ProbeSubsystems: "Subsystem         Group            PID          Status\n ctrmc            rsct             12779780     active\n" +
			" IBM.DRM          rsct_rm          13369774     active\n ctcas            rsct                          inoperative\n syslogd          ras              5505340      active\n",
		aix.ProbeDisks: "hdisk0          00f6db0a6c7aece5                    rootvg          active\nhdisk1          none                                None\n",
	} {
		outputs[name] = aix.Output{Probe: name, Stdout: []byte(text)}
	}
	return outputs
}

func shuffle(t *testing.T, sources Sources, pieces []string, shuffles int) {
	t.Helper()
	dir := t.TempDir()
	files := []string{filepath.Join(dir, "a.rsct.hcl"), filepath.Join(dir, "b.rsct.hcl")}
	random := rand.New(rand.NewPCG(1, 2))
	var wantResult, wantFindings string
	for n := range shuffles {
		random.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		var a, b string
		for i, piece := range pieces {
			// Where a rule stands is no part of a finding, but in which file a waiver stands is.
			if i%2 == 0 && piece[0] != 'w' {
				a += piece
			} else {
				b += piece
			}
		}
		for i, text := range []string{a, b} {
			if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".rsct.hcl"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		random.Shuffle(2, func(i, j int) { files[i], files[j] = files[j], files[i] })
		sources.Files = files
		p, diags := Load(sources)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		facts := aix.Read(shuffled(answers(), random), aix.ReadOptions{})
		result := evaluate(t, p, Roots{Guest: facts})
		for i := range result.Findings {
			if w := result.Findings[i].Waiver; w != nil {
				w.Line = 0
			}
		}
		for i := range result.Waivers {
			result.Waivers[i].Line = 0
		}
		got, findings := encode(t, result), fmt.Sprint(len(result.Findings))
		if n == 0 {
			wantResult, wantFindings = got, findings
		}
		if got != wantResult || findings != wantFindings {
			t.Fatalf("shuffle %d gave\n%s\nnot\n%s", n, got, wantResult)
		}
	}
	if known := strings.Count(wantResult, `"status":"pass"`) + strings.Count(wantResult, `"status":"fail"`); known < 10 {
		t.Errorf("only %d findings are certain, so the shuffles show little", known)
	}
}

// The digest is over the files' contents, whatever their names and order, and
// whatever an editor does to line ends and to the end of a file.
func TestTheDigestIsOverContents(t *testing.T) {
	dir := t.TempDir()
	pieces := []string{judging("guest.rmc.connected"), "waiver \"site-rule\" {\n  reason = \"r\"\n  expires = \"2027-01-31\"\n}\n"}
	var want string
	for n := range 2 {
		for name, text := range map[string]string{"a": pieces[n], "b": "\xef\xbb\xbf" + strings.ReplaceAll(pieces[1-n], "\n", "\r\n") + "\r\n\r\n"} {
			if err := os.WriteFile(filepath.Join(dir, name+".rsct.hcl"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p := mustLoad(t, Sources{Files: []string{dir}})
		if n == 1 && p.Digest() != want {
			t.Errorf("digest %s, not %s", p.Digest(), want)
		}
		want = p.Digest()
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
