// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// subsystemStates are the words and phrases that lssrc ends a row with. The first
// two are what it prints nearly always; the others are passing states of the System
// Resource Controller.
var subsystemStates = []string{"active", "inoperative", "stopping", "warned to stop", "warned", "starting", "stopped"}

// onDemand reports whether one of RSCT's subsystems is normally inoperative: the
// authentication daemon and the resource managers for event responses, auditing and
// least privilege commands are started when they are asked for. They are inoperative
// on all healthy hosts of which public output is known (for instance
// ansible/ansible, test/units/modules/test_service_facts.py).
func onDemand(name string) bool {
	switch name {
	case "ctcas", "IBM.ERRM", "IBM.AuditRM", "IBM.LPRM":
		return true
	}
	return false
}

// ParseSubsystems reads `lssrc -a` or `lssrc -g GROUP`. The group and the pid
// columns may be empty and rows need not be aligned with the heading, so fields are
// told by their kind: the status ends the row, a number before it is the pid. An
// active subsystem without a pid, and a pid of one that is not, are refused.
func ParseSubsystems(output []byte) ([]Subsystem, error) {
	found := []Subsystem{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 || (fields[0] == "Subsystem" && fields[len(fields)-1] == "Status") {
			continue
		}
		s, ok := subsystemRow(fields)
		if !ok {
			return nil, badLine(number, line, "a subsystem, a group, a pid and a status such as active or inoperative")
		}
		found = append(found, s)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no subsystem listed")
	}
	slices.SortStableFunc(found, func(a, b Subsystem) int { return cmp.Compare(a.Name, b.Name) })
	return found, nil
}

func subsystemRow(fields []string) (Subsystem, bool) {
	s := Subsystem{Name: fields[0], OnDemand: onDemand(fields[0])}
	rest := fields[1:]
	for _, state := range subsystemStates {
		words := strings.Fields(state)
		if len(rest) >= len(words) && slices.Equal(rest[len(rest)-len(words):], words) {
			s.Status = state
			rest = rest[:len(rest)-len(words)]
			break
		}
	}
	if s.Status == "" || !isWord(s.Name) {
		return Subsystem{}, false
	}
	if n := len(rest); n > 0 && isDigits(rest[n-1]) {
		pid, err := strconv.ParseInt(rest[n-1], 10, 32)
		if err != nil {
			return Subsystem{}, false
		}
		s.PID = int(pid)
		rest = rest[:n-1]
	}
	if len(rest) > 1 || len(rest) == 1 && !isWord(rest[0]) {
		return Subsystem{}, false
	}
	if len(rest) == 1 {
		s.Group = rest[0]
	}
	s.Active = s.Status == "active"
	if s.Active && s.PID == 0 || s.Status == "inoperative" && s.PID != 0 {
		return Subsystem{}, false
	}
	return s, true
}
