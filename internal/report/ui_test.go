// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"strings"
	"testing"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// machineUI keeps the machine-readable lines.
type machineUI struct {
	*packersdk.BasicUi
	lines strings.Builder
}

func (u *machineUI) Machine(category string, args ...string) {
	u.lines.WriteString("," + category + "," + strings.Join(args, ",") + "\n")
}

// screenOf returns what a result looks like on Packer's screen, with Packer's prefix,
// and the machine-readable lines.
func screenOf(t *testing.T) (string, string) {
	t.Helper()
	var said strings.Builder
	machine := &machineUI{BasicUi: &packersdk.BasicUi{Reader: &bytes.Buffer{}, Writer: &bytes.Buffer{}, ErrorWriter: &bytes.Buffer{}}}
	ui := NewUI(machine, "powervs.aix", " (rsct-attest)")
	ui.Tell(result())
	for _, line := range Screen(result(), ui.Width()) {
		said.WriteString("==> build.powervs.aix (rsct-attest): " + line.Text + "\n")
	}
	return said.String(), machine.lines.String()
}

func TestScreenStaysWithinItsColumnsWithPackersPrefix(t *testing.T) {
	said, _ := screenOf(t)
	for _, line := range strings.Split(said, "\n") {
		if n := len([]rune(line)); n > Columns {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestMachineReadableLinesTellFindingsDriftAndVerdict(t *testing.T) {
	_, machine := screenOf(t)
	for _, want := range []string{",rsct-finding,fail,error,failed,", ",rsct-finding,undetermined,warning,undetermined,", ",rsct-drift,en1,", ",rsct-verdict,FAILED,shut,"} {
		if !strings.Contains(machine, want) {
			t.Errorf("%s is missing in\n%s", want, machine)
		}
	}
	if strings.ContainsAny(machine, "\x1b\x00\u202e") {
		t.Errorf("machine lines hold controls: %q", machine)
	}
}

func TestLongLinesAreFoldedAndANoteIsSaidOnce(t *testing.T) {
	var out bytes.Buffer
	ui := NewUI(&packersdk.BasicUi{Reader: &bytes.Buffer{}, Writer: &out, ErrorWriter: &out}, "powervs.aix", "")
	ui.Note("36 probes in 2s")
	ui.Say("  1. " + strings.Repeat("word ", 60) + strings.Repeat("x", 60))
	ui.Say("short")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, line := range lines {
		if n := len([]rune(line)); n > ui.Width() {
			t.Errorf("%d columns: %s", n, line)
		}
		if i > 0 && i < len(lines)-1 && !strings.HasPrefix(line, "    ") {
			t.Errorf("not indented: %q", line)
		}
	}
	if strings.Count(out.String(), "36 probes in 2s") != 1 || lines[len(lines)-1] != "short" {
		t.Errorf("got %q", out.String())
	}
}
