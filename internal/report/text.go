// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Text renders a result for a terminal or a log file.
func Text(r *verdict.Result) []byte {
	var b strings.Builder
	level := "unknown"
	if l, known := r.Facts.System.Level.Get(); known {
		level = l.Text
	}
	fmt.Fprintf(&b, "source %s, %s of %s, AIX %s\n", oneLine(r.Run.Source), r.Collection, r.Collected.Format("2006-01-02T15:04:05Z"), oneLine(level))
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
	for _, because := range r.Health.Because {
		fmt.Fprintf(&b, "  %s\n", oneLine(because))
	}
	return []byte(b.String())
}
