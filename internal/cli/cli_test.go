// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// call runs a command line.
func call(in []byte, args ...string) (code int, stdout, stderr string) {
	var out, words bytes.Buffer
	code = Run(args, bytes.NewReader(in), &out, &words)
	return code, out.String(), words.String()
}

// collect is the collector's raw output on the simulated host.
func collect(t *testing.T, before string) []byte {
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
	return out.Bytes()
}

func TestCheckAnswersYesNoAndCannotTell(t *testing.T) {
	healthy := collect(t, "")
	if code, out, words := call(healthy, "check", "-"); code != ExitOK || !strings.Contains(out, "PASSED") {
		t.Errorf("healthy: %d\n%s%s", code, out, words)
	}
	if code, out, _ := call(collect(t, "ifconfig en1 down detach"), "check", "-"); code != ExitNo || !strings.Contains(out, "management-interface-link-local") {
		t.Errorf("broken: %d\n%s", code, out)
	}
	if code, _, words := call([]byte("hello"), "check", "-"); code != ExitFailed || !strings.Contains(words, "neither an evidence.json nor") {
		t.Errorf("no evidence: %d %s", code, words)
	}
	if code, out, _ := call(healthy[:len(healthy)-100], "check", "-"); code != ExitNo || !strings.Contains(out, "incomplete") {
		t.Errorf("cut off: %d\n%s", code, out)
	}
	if code, out, _ := call(healthy, "check", "-format", "json", "-"); code != ExitOK || !strings.HasPrefix(out, "{") {
		t.Errorf("json: %d %.100s", code, out)
	}
}

func TestCheckComparesWithABaseline(t *testing.T) {
	baseline := filepath.Join(t.TempDir(), "baseline")
	if err := os.WriteFile(baseline, collect(t, ""), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, words := call(collect(t, "rmitab ctrmc"), "check", "-baseline", baseline, "-")
	if code != ExitNo || !strings.Contains(out, "ctrmc will not start at boot") {
		t.Errorf("%d\n%s%s", code, out, words)
	}
}

func TestFactsPrintsUnknownsWithTheirReasons(t *testing.T) {
	code, out, _ := call(collect(t, ""), "facts", "-")
	if code != ExitOK || !strings.Contains(out, `"interface": "en1"`) || !strings.Contains(out, `"unknown"`) {
		t.Errorf("%d %.300s", code, out)
	}
}

// The collector's raw output, and an evidence.json with the same in it, are one input.
func TestRawOutputAndDocumentAreInterchangeable(t *testing.T) {
	raw := collect(t, "")
	probes, nonce, err := probe.Parse(raw, "")
	if err != nil {
		t.Fatal(err)
	}
	record := &evidence.Record{Schema: evidence.Schema, Run: evidence.Run{Source: "standard input"},
		Collections: []evidence.Collection{{Mode: evidence.ModeFinal, Sequence: 1, Nonce: nonce, Probes: probes}}}
	document, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"facts", "check"} {
		rawCode, fromRaw, _ := call(raw, command, "-")
		code, fromDocument, words := call(document, command, "-")
		if rawCode != ExitOK || code != rawCode || fromDocument != fromRaw {
			t.Errorf("%s: %d and %d\n%s%.500s\n%.500s", command, rawCode, code, words, fromRaw, fromDocument)
		}
	}
}

func TestWrongCallsSayWhatIsExpected(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, ExitFailed, "COMMAND -h"},
		{[]string{"help"}, ExitOK, "collector"},
		{[]string{"nonsense"}, ExitFailed, "no command"},
		{[]string{"check"}, ExitFailed, "usage:"},
		{[]string{"check", "-as-of", "soon", "-"}, ExitFailed, "YYYY-MM-DD"},
		{[]string{"check", "-format", "odt", "-"}, ExitFailed, "expected text, html, md, json, sarif, junit or cyclonedx"},
		{[]string{"check", "-fail-on", "x", "/dev/null"}, ExitFailed, "expected error, warning or never"},
		{[]string{"check", "-var", "x", "-"}, ExitFailed, "NAME=VALUE"},
		{[]string{"verify", "dir"}, ExitFailed, "-key is missing"},
		{[]string{"verify", "-key", "none.pem", "dir"}, ExitFailed, "none.pem"},
		{[]string{"simulate", "none.hcl"}, ExitFailed, "none.hcl"},
		{[]string{"rules", "no-such-rule"}, ExitFailed, "no-such-rule"},
		{[]string{"rules", "rsct-minimum-level"}, ExitOK, "3.2.1"},
		{[]string{"version"}, ExitOK, "."},
	} {
		code, out, words := call(nil, c.args...)
		if code != c.code || !strings.Contains(out+words, c.want) {
			t.Errorf("%v: got %d, %s%s, want %d and …%s…", c.args, code, out, words, c.code, c.want)
		}
	}
}
