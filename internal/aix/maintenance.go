// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"slices"
	"strings"
)

// ParseConsistency reads what `lppchk -v` printed; it prints nothing and ends with
// 0 when all is consistent.
func ParseConsistency(stdout, stderr []byte) []string {
	found := []string{}
	for _, output := range [][]byte{stdout, stderr} {
		for _, line := range lines(output) {
			if line = strings.TrimSpace(line); line != "" {
				found = append(found, line)
			}
		}
	}
	return found
}

// ParseTechnologyLevels reads `instfix -i | grep ML` and returns the levels of which
// not all filesets were found.
func ParseTechnologyLevels(output []byte) ([]string, error) {
	incomplete := []string{}
	for number, line := range lines(output) {
		text := strings.TrimSpace(line)
		if text == "" {
			continue
		}
		for _, form := range []struct {
			prefix     string
			incomplete bool
		}{{"All filesets for ", false}, {"Not all filesets for ", true}} {
			if rest, ok := strings.CutPrefix(text, form.prefix); ok {
				level, found, _ := strings.Cut(rest, " ")
				if !strings.HasPrefix(found, "were found") || level == "" {
					return nil, badLine(number, line, `"… filesets for LEVEL were found."`)
				}
				if form.incomplete {
					incomplete = append(incomplete, level)
				}
				text = ""
			}
		}
		if text != "" {
			return nil, badLine(number, line, `"All filesets for" or "Not all filesets for"`)
		}
	}
	return sortedUnique(incomplete), nil
}

func sortedUnique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
