// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseInittab reads `lsitab -a`: id:run levels:action:command, where the command
// may hold colons. A colon in front makes a comment.
func ParseInittab(output []byte) ([]InittabEntry, error) {
	entries := []InittabEntry{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, ":") {
			continue
		}
		fields := strings.SplitN(line, ":", 4)
		if len(fields) < 4 && !(len(fields) == 3 && fields[2] == "initdefault") || fields[0] == "" {
			return nil, badLine(number, line, "id:runlevels:action:command")
		}
		e := InittabEntry{ID: fields[0], RunLevels: fields[1], Action: fields[2], InUse: fields[2] != "off"}
		if len(fields) == 4 {
			e.Command = strings.TrimRight(fields[3], " ")
		}
		entries = append(entries, e)
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("no entry listed")
	}
	return entries, nil
}
