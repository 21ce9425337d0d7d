// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"slices"
	"strings"
)

// ParseBootList reads `bootlist -m normal -o`: one line a path, as in
// "hdisk0 blv=hd5 pathid=0", with options "name=value" after the device. Each
// device is returned once, in its order. An empty list is no error.
func ParseBootList(output []byte) ([]string, error) {
	devices := []string{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if !isBootDevice(fields[0]) {
			return nil, badLine(number, line, "a device such as hdisk0, with blv= and pathid=")
		}
		for _, option := range fields[1:] {
			if name, _, ok := strings.Cut(option, "="); !ok || !isWord(name) {
				return nil, badLine(number, line, "options such as blv=hd5 after the device")
			}
		}
		if !slices.Contains(devices, fields[0]) {
			if len(devices) == maxBootDevices {
				return nil, badLine(number, line, "at most five devices")
			}
			devices = append(devices, fields[0])
		}
	}
	return devices, nil
}

// maxBootDevices is how many devices a boot list holds (AIX Commands Reference, bootlist).
const maxBootDevices = 5

// ParseBootDevice reads `bootinfo -b`: one device.
func ParseBootDevice(output []byte) (string, error) {
	name := strings.TrimSpace(string(output))
	if !isBootDevice(name) {
		return "", badLine(1, name, "one device such as hdisk0")
	}
	return name, nil
}

// isBootDevice reports whether a machine can boot from a device of that name: a
// disk, a network adapter, an optical drive or a tape.
func isBootDevice(name string) bool {
	for _, prefix := range []string{"ent", "cd", "rmt"} {
		if number, ok := strings.CutPrefix(name, prefix); ok && len(number) <= 4 && isDigits(number) {
			return true
		}
	}
	return isDiskName(name)
}

// isDiskName reports whether name can be a disk's. Disks may be renamed (rendev) and
// other products have names of their own, so anything that AIX takes for a device's
// name passes, except what looks like hdiskN but is not: it is a damaged hdiskN.
func isDiskName(name string) bool {
	if len(name) > 15 || !isWord(name) || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	if number, ok := strings.CutPrefix(name, "hdisk"); ok {
		return isDigits(strings.TrimPrefix(number, "power"))
	}
	return !strings.HasPrefix(strings.ToLower(name), "hdisk") && strings.ContainsAny(name, "0123456789")
}
