// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseInterimFixes reads the table of `emgr -l`: a row begins with a number, the
// state may stand between stars. Without fixes emgr says so on stderr.
func ParseInterimFixes(output, stderr []byte) ([]InterimFix, error) {
	fixes := []InterimFix{}
	table := false
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			continue
		case strings.HasPrefix(fields[0], "==="):
			table = true
			continue
		case strings.HasPrefix(line, "STATE codes"):
			return fixes, nil
		case !table:
			continue
		}
		if _, err := strconv.Atoi(fields[0]); err != nil || len(fields) < 3 {
			return nil, badLine(number, line, "a number, a state and a label")
		}
		state := strings.Trim(fields[1], "*")
		fix := InterimFix{State: state, Label: fields[2]}
		switch state {
		case "Q", "QP", "QN", "RQ":
			fix.RebootRequired = true
		}
		// Label, date and time come before "UPDATED BY", which may be empty.
		if len(fields) > 5 {
			fix.Abstract = strings.Join(fields[5:], " ")
		}
		fixes = append(fixes, fix)
	}
	if !table && !strings.Contains(string(stderr)+string(output), "There is no efix data") {
		return nil, fmt.Errorf("neither a table nor the words that there is no efix data")
	}
	return fixes, nil
}
