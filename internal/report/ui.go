// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Columns is the longest line on Packer's screen, Packer's own prefix included.
const Columns = 120

// UI is Packer's screen with lines that end before [Columns]: what is longer is broken
// between words and goes on indented. Only a path or a digest that is longer by itself
// stays whole, so that it can be copied. It colours nothing by itself; that is Packer's
// business, by what is said and what is an error.
type UI struct {
	packersdk.Ui
	width int
	note  string
}

// Note is added to the end of the next text that is said, so that a stage that took
// its time stays one line.
func (u *UI) Note(text string) { u.note = " [" + oneLine(text) + "]" }

// noted adds the note, once.
func (u *UI) noted(text string) string {
	note := u.note
	u.note = ""
	return text + note
}

// NewUI wraps Packer's screen for a component of a source such as "powervs.aix".
// Packer puts "==> BUILD.SOURCE (COMPONENT): " before each line, of which a component
// does not know all.
func NewUI(ui packersdk.Ui, source, component string) *UI {
	prefix := len("==> : ") + len([]rune(source)) + len(component) + 8
	return &UI{Ui: ui, width: max(Columns-prefix, 50)}
}

// Width is how many columns a line may have.
func (u *UI) Width() int { return u.width }

// Say implements packersdk.Ui.
func (u *UI) Say(text string) { u.Ui.Say(u.fold(u.noted(text))) }

// Message implements packersdk.Ui. The SDK deprecates it in favour of Say.
func (u *UI) Message(text string) { u.Ui.Say(u.fold(text)) }

// Error implements packersdk.Ui.
func (u *UI) Error(text string) { u.Ui.Error(u.fold(u.noted(text))) }

// Sayf implements packersdk.Ui.
func (u *UI) Sayf(format string, args ...any) { u.Say(fmt.Sprintf(format, args...)) }

// Errorf implements packersdk.Ui.
func (u *UI) Errorf(format string, args ...any) { u.Error(fmt.Sprintf(format, args...)) }

// fold breaks what is longer than a line; blanks at a line's beginning are kept.
func (u *UI) fold(text string) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if len([]rune(line)) <= u.width {
			lines = append(lines, line)
			continue
		}
		body := strings.TrimLeft(line, " ")
		lead := line[:len(line)-len(body)]
		for i, part := range wrapWords(lead, body, u.width-2, false) {
			if i > 0 {
				part = "  " + part
			}
			lines = append(lines, part)
		}
	}
	return strings.Join(lines, "\n")
}

// Tell shows a result on the screen, and as machine-readable lines to
// `packer -machine-readable`: rsct-finding with status, severity, rule, subject and what
// was found, for every finding that needs attention; rsct-drift with subject, aspect,
// words, and restored or open; and rsct-verdict with verdict, gate, expected health and
// the counts.
func (u *UI) Tell(r *verdict.Result) {
	for _, line := range Screen(r, u.width) {
		if line.Grave {
			u.Ui.Error(line.Text)
		} else {
			u.Ui.Say(line.Text)
		}
	}
	for _, f := range Ordered(r.Findings) {
		if f.Status != policy.Pass && f.Status != policy.NotApplicable {
			u.Machine("rsct-finding", oneLine(f.Status), oneLine(f.Severity), oneLine(f.Rule), oneLine(f.Subject), oneLine(f.Found))
		}
	}
	for _, d := range r.Drift {
		u.Machine("rsct-drift", oneLine(d.Subject), oneLine(d.Aspect), oneLine(d.Words), yesNo(d.Restored, "restored", "open"))
	}
	u.Machine("rsct-verdict", r.Verdict, yesNo(r.GateOpen, "open", "shut"), oneLine(r.Health.Expected), fmt.Sprint(r.Counts.Errors),
		fmt.Sprint(r.Counts.Warnings), fmt.Sprint(r.Counts.Notices), fmt.Sprint(r.Counts.Undetermined), fmt.Sprint(r.Counts.Waived), fmt.Sprint(r.Counts.Passed))
}
