// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"strings"
)

// maxDeviceName bounds the names of devices, in bytes: AIX allows 15 (rendev), with
// room for whatever comes.
const maxDeviceName = 32

// Device is one device of the ODM.
type Device struct {
	Name string
	// Status is "Available", "Defined" or "Stopped".
	Status string
	// Description is a text of the C locale.
	Description string
}

// ParseDevices reads `lsdev -Cc CLASS -F name:status:description`, in the order
// shown. No device is no error.
func ParseDevices(output []byte) ([]Device, error) {
	devices := []Device{}
	seen := map[string]bool{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		fields := strings.SplitN(line, ":", 3)
		if len(fields) < 3 || !isWord(fields[0]) || len(fields[0]) > maxDeviceName || seen[fields[0]] || !isDeviceStatus(fields[1]) {
			return nil, badLine(number, line, `"name:status:description" with the status Available, Defined or Stopped`)
		}
		seen[fields[0]] = true
		devices = append(devices, Device{Name: fields[0], Status: fields[1], Description: strings.TrimSpace(fields[2])})
	}
	return devices, nil
}

func isDeviceStatus(word string) bool {
	switch word {
	case "Available", "Defined", "Stopped", "Unknown", "Diagnose":
		return true
	}
	return false
}
