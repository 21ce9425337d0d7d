// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// fixStates are emgr's state letters, each with whether the fix awaits a reboot.
// The meanings are those of the legend that emgr prints below its table.
var fixStates = map[string]bool{
	"S": false, "M": false, "U": false, "B": false, "I": false, "R": false, "T": false,
	"P": false, "N": false, "SP": false, "SN": false,
	"Q": true, "QP": true, "QN": true, "RQ": true,
}

// ParseInterimFixes reads the table of `emgr -l`. The state may stand between stars,
// which ask for attention. Without fixes emgr says so in words, on stderr. A state
// that the legend does not have is an error.
func ParseInterimFixes(output, stderr []byte) ([]InterimFix, error) {
	fixes := []InterimFix{}
	table, abstract := false, -1
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			continue
		case strings.HasPrefix(line, "=="):
			// The rulers show where columns begin; the last one is the abstract.
			table, abstract = true, strings.LastIndexByte(strings.TrimRight(line, " "), ' ')+1
			continue
		case strings.HasPrefix(line, "STATE codes"):
			return fixes, needTable(table, output, stderr)
		case !table:
			continue
		}
		if len(fields) < 3 || !isDigits(fields[0]) {
			return nil, badLine(number, line, "a number, a state and a label")
		}
		fix := InterimFix{State: strings.Trim(fields[1], "*"), Label: fields[2]}
		reboot, known := fixStates[fix.State]
		if !known {
			return nil, badLine(number, line, "one of emgr's states such as S, Q or QP")
		}
		fix.RebootRequired = reboot
		if len(line) > abstract {
			fix.Abstract = strings.TrimSpace(strings.ToValidUTF8(line[abstract:], "\uFFFD"))
		}
		fixes = append(fixes, fix)
	}
	return fixes, needTable(table, output, stderr)
}

// needTable refuses an output that has no table and does not say that there is none to show.
func needTable(table bool, output, stderr []byte) error {
	if table || strings.Contains(string(stderr), noFixes) || strings.Contains(string(output), noFixes) {
		return nil
	}
	return fmt.Errorf("neither a table nor the words %q", noFixes)
}

const noFixes = "There is no efix data on this system."
