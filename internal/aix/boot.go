// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"regexp"
	"strings"
)

var diskName = regexp.MustCompile(`^hdisk[0-9]{1,5}$`)

// ParseBootList reads `bootlist -m normal -o`: one line a path, as in
// "hdisk0 blv=hd5 pathid=0". Each disk is returned once, in its order. Network
// adapters may stand in a boot list too; anything else is refused.
func ParseBootList(output []byte) ([]string, error) {
	disks := []string{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if !diskName.MatchString(fields[0]) && !regexpDevice.MatchString(fields[0]) {
			return nil, badLine(number, line, "a device such as hdisk0, with blv= and pathid=")
		}
		if !has(disks, fields[0]) {
			disks = append(disks, fields[0])
		}
	}
	return disks, nil
}

// Devices other than disks that a boot list may hold: network, optical and tape.
var regexpDevice = regexp.MustCompile(`^(ent|cd|rmt)[0-9]{1,4}$`)

// ParseDisks reads `lspv`: name, PVID or none, volume group or None, and a state
// where the volume group is varied on.
func ParseDisks(output []byte) ([]Disk, error) {
	disks := []Disk{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) < 3 || len(fields) > 4 || !diskName.MatchString(fields[0]) {
			return nil, badLine(number, line, "a disk such as hdisk0, a PVID, a volume group and a state")
		}
		d := Disk{Name: fields[0], PVID: fields[1], VolumeGroup: fields[2]}
		if strings.EqualFold(d.PVID, "none") {
			d.PVID = ""
		}
		if strings.EqualFold(d.VolumeGroup, "none") {
			d.VolumeGroup = ""
		}
		if len(fields) == 4 {
			d.State = fields[3]
		}
		disks = append(disks, d)
	}
	return disks, nil
}

// ParseBootDevice reads `bootinfo -b`: one disk.
func ParseBootDevice(output []byte) (string, error) {
	name := strings.TrimSpace(string(output))
	if !diskName.MatchString(name) && !regexpDevice.MatchString(name) {
		return "", badLine(1, name, "one device such as hdisk0")
	}
	return name, nil
}
