// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// maxInconsistencies bounds how many lines of lppchk are kept.
const maxInconsistencies = 200

// ParseConsistency reads what `lppchk -v` printed on both channels; it prints
// nothing and ends with 0 when all is consistent. The lines are kept as they are, at
// most 200, each up to 160 characters.
func ParseConsistency(stdout, stderr []byte) []string {
	found := []string{}
	for _, output := range [][]byte{stdout, stderr} {
		for _, line := range lines(output) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			if len(found) == maxInconsistencies {
				return append(found, "…")
			}
			found = append(found, firstLine([]byte(line)))
		}
	}
	return found
}

// ParseTechnologyLevels reads `instfix -i | grep ML` and returns the levels of which
// not all filesets were found, sorted. An output without any level is an error.
func ParseTechnologyLevels(output []byte) ([]string, error) {
	incomplete := []string{}
	levels := 0
	for number, line := range lines(output) {
		text := strings.TrimSpace(line)
		if text == "" {
			continue
		}
		rest, complete := strings.CutPrefix(text, "All filesets for ")
		if !complete {
			var ok bool
			if rest, ok = strings.CutPrefix(text, "Not all filesets for "); !ok {
				return nil, badLine(number, line, `"All filesets for" or "Not all filesets for"`)
			}
		}
		level, found := strings.CutSuffix(rest, " were found.")
		if !found || !isWord(level) {
			return nil, badLine(number, line, `"… filesets for LEVEL were found."`)
		}
		levels++
		if !complete {
			incomplete = append(incomplete, level)
		}
	}
	if levels == 0 {
		return nil, fmt.Errorf("no technology level listed")
	}
	return sortedUnique(incomplete), nil
}
