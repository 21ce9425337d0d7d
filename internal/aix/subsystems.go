// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// ParseSubsystems reads `lssrc -a` or `lssrc -g`. The group and the pid columns may
// be empty, so fields are told by their kind and not by their number: the last is
// the status, a number before it is the pid.
func ParseSubsystems(output []byte) ([]Subsystem, error) {
	found := []Subsystem{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 || (fields[0] == "Subsystem" && fields[len(fields)-1] == "Status") {
			continue
		}
		if len(fields) < 2 || len(fields) > 5 {
			return nil, badLine(number, line, "a subsystem, a group, a pid and a status")
		}
		s := Subsystem{Name: fields[0]}
		rest := fields[1:]
		switch status := rest[len(rest)-1]; status {
		case "active", "inoperative", "warned", "stopping":
			s.Status = status
			rest = rest[:len(rest)-1]
		default:
			return nil, badLine(number, line, "the status active, inoperative, warned or stopping")
		}
		if len(rest) > 0 {
			if pid, err := strconv.Atoi(rest[len(rest)-1]); err == nil {
				s.PID = pid
				rest = rest[:len(rest)-1]
			}
		}
		switch len(rest) {
		case 0:
		case 1:
			s.Group = rest[0]
		default:
			return nil, badLine(number, line, "a subsystem, a group, a pid and a status")
		}
		s.Active = s.Status == "active"
		found = append(found, s)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no subsystem listed")
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found, nil
}
