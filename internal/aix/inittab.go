// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseInittab reads `lsitab -a`: id:run levels:action:command, where the command
// may hold colons. A colon in front makes a comment. The action must be one that
// AIX documents for /etc/inittab.
func ParseInittab(output []byte) ([]InittabEntry, error) {
	entries := []InittabEntry{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, ":") {
			continue
		}
		fields := strings.SplitN(line, ":", 4)
		if len(fields) < 3 || fields[0] == "" || !isInittabAction(fields[2]) {
			return nil, badLine(number, line, "id:runlevels:action:command with an action such as once, wait or off")
		}
		e := InittabEntry{ID: fields[0], RunLevels: fields[1], Action: fields[2], InUse: fields[2] != "off"}
		if len(fields) == 4 {
			e.Command = strings.TrimSpace(fields[3])
		}
		entries = append(entries, e)
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("no entry listed")
	}
	return entries, nil
}

func isInittabAction(word string) bool {
	switch word {
	case "respawn", "wait", "once", "boot", "bootwait", "powerfail", "powerwait", "off", "hold", "ondemand", "initdefault", "sysinit":
		return true
	}
	return false
}
