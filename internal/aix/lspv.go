// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseDisks reads `lspv`: name, physical volume id or none, volume group or None,
// and a state where the volume group is varied on.
func ParseDisks(output []byte) ([]Disk, error) {
	disks := []Disk{}
	seen := map[string]bool{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) < 3 || len(fields) > 4 || !isDiskName(fields[0]) || seen[fields[0]] || !isPVID(fields[1]) || !isWord(fields[2]) {
			return nil, badLine(number, line, "a disk such as hdisk0, a physical volume id or none, a volume group or None, and a state")
		}
		seen[fields[0]] = true
		d := Disk{Name: fields[0], PVID: fields[1], VolumeGroup: fields[2]}
		if d.PVID == "none" {
			d.PVID = ""
		}
		if d.VolumeGroup == "None" {
			d.VolumeGroup = ""
		}
		if len(fields) == 4 {
			if !isDiskState(fields[3]) {
				return nil, badLine(number, line, "the state active, concurrent or locked")
			}
			d.State = fields[3]
		}
		disks = append(disks, d)
	}
	if len(disks) == 0 {
		return nil, fmt.Errorf("no disk listed")
	}
	return disks, nil
}

// isPVID reports whether text is a physical volume id: 16 hexadecimal digits, or 32
// where the id is a whole one.
func isPVID(text string) bool {
	return text == "none" || (len(text) == 16 || len(text) == 32) && strings.Trim(strings.ToLower(text), "0123456789abcdef") == ""
}

func isDiskState(word string) bool {
	switch word {
	case "active", "concurrent", "locked":
		return true
	}
	return false
}
