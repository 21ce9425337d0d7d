// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The parts of docs/policy.md that are generated stand between these lines.
const (
	referenceBegin = "<!-- generated: functions -->"
	referenceEnd   = "<!-- end of the generated part -->"
)

// WithReference puts the tables of variables and functions into the page of the
// language, between the lines that mark the place.
func WithReference(page string) (string, error) {
	before, rest, found := strings.Cut(page, referenceBegin+"\n")
	_, after, ended := strings.Cut(rest, referenceEnd)
	if !found || !ended {
		return "", fmt.Errorf("the lines %q and %q are missing", referenceBegin, referenceEnd)
	}
	cell := strings.NewReplacer("|", `\|`, "\n", " ").Replace
	var b strings.Builder
	for _, domain := range []bool{true, false} {
		if domain {
			b.WriteString("\nAbout AIX and its network:\n\n")
		} else {
			b.WriteString("\nAs Packer has them:\n\n")
		}
		b.WriteString("| function | what it gives | example | result |\n| --- | --- | --- | --- |\n")
		for _, f := range Functions() {
			if f.Domain == domain {
				fmt.Fprintf(&b, "| `%s` | %s | `%s` | `%s` |\n", f.Name, cell(f.Description), cell(f.Example), cell(f.Result))
			}
		}
	}
	b.WriteString("\nOf Packer's functions these are left out:\n\n| functions | because |\n| --- | --- |\n")
	byReason := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(LeftOut)) {
		byReason[LeftOut[name]] = append(byReason[LeftOut[name]], "`"+name+"`")
	}
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(byReason[reason], ", "), cell(reason))
	}
	b.WriteString("\n")
	return before + referenceBegin + "\n" + b.String() + referenceEnd + after, nil
}
