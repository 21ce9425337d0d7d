// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// section is the output of one command of a probe that runs one command a device.
type section struct {
	name     string
	output   []byte
	exitCode string
}

// sections splits a probe's output at "@@ NAME" and "@@ = EXITCODE". The names are
// those of devices; anything else is refused, as is a name that comes twice.
func sections(output []byte) ([]section, error) {
	var found []section
	seen := map[string]bool{}
	open := false
	for number, line := range lines(output) {
		mark, isMark := strings.CutPrefix(line, "@@ ")
		switch {
		case isMark && !open:
			if !isWord(mark) || len(mark) > maxDeviceName || seen[mark] {
				return nil, badLine(number, line, `"@@ NAME" with a device that did not come before`)
			}
			seen[mark] = true
			found = append(found, section{name: mark})
			open = true
		case isMark:
			code, closes := strings.CutPrefix(mark, "= ")
			if !closes || !isDigits(code) || len(code) > 3 {
				return nil, badLine(number, line, "the end of the section before it, with an exit code")
			}
			found[len(found)-1].exitCode = code
			open = false
		case open:
			last := &found[len(found)-1]
			last.output = append(append(last.output, line...), '\n')
		case strings.TrimSpace(line) != "":
			return nil, badLine(number, line, `"@@ NAME"`)
		}
	}
	if open {
		return nil, fmt.Errorf("section %q has no end", found[len(found)-1].name)
	}
	return found, nil
}
