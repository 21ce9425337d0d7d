// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// Text renders a result for a terminal or a log file.
func Text(in Input) []byte {
	r := in.Result
	var b strings.Builder
	level := "unknown"
	if l, known := r.Facts.System.Level.Get(); known {
		level = l.Text
	}
	collected := "collected by hand"
	if !r.Collected.IsZero() {
		collected = r.Collection + " of " + r.Collected.Format("2006-01-02T15:04:05Z")
	}
	for _, line := range wrap("", fmt.Sprintf("source %s, %s, AIX %s", oneLine(r.Run.Source), collected, oneLine(level)), Columns) {
		b.WriteString(line + "\n")
	}
	write := func(lead, text string) {
		for _, line := range wrap(lead, oneLine(text), Columns) {
			b.WriteString(line + "\n")
		}
	}
	for _, item := range r.Drift {
		state := "drift     "
		if item.Restored {
			state = "restored  "
		}
		words := item.Words
		if item.Stretch != "" {
			words += " (" + item.Stretch + ")"
		}
		write(state, words)
	}
	for _, line := range Screen(r, Columns) {
		b.WriteString(line.Text + "\n")
	}
	if r.Health.Expected != policy.HealthOK {
		for _, because := range r.Health.Because {
			write("  ", because)
		}
	}
	return []byte(b.String())
}
