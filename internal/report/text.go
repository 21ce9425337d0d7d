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
	fmt.Fprintf(&b, "source %s, %s, AIX %s\n", oneLine(r.Run.Source), collected, oneLine(level))
	for _, item := range r.Drift {
		state := "drift"
		if item.Restored {
			state = "restored drift"
		}
		fmt.Fprintf(&b, "%s: %s (%s)\n", state, oneLine(item.Words), oneLine(item.Stretch))
	}
	for _, line := range Screen(r) {
		b.WriteString(line.Text + "\n")
	}
	if r.Health.Expected != policy.HealthOK {
		for _, because := range r.Health.Because {
			fmt.Fprintf(&b, "  %s\n", oneLine(because))
		}
	}
	return []byte(b.String())
}
