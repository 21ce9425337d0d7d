// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseAttributes reads `lsattr -El DEVICE -F attribute:value`: one attribute a
// line, of which only the first colon separates, since IPv6 addresses have colons.
func ParseAttributes(output []byte) (map[string]string, error) {
	attributes := map[string]string{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, badLine(number, line, `"attribute:value"`)
		}
		attributes[name] = strings.TrimSpace(value)
	}
	if len(attributes) == 0 {
		return nil, fmt.Errorf("no attribute listed")
	}
	return attributes, nil
}

// parseConfigured reads the "attributes" probe: a section for each enN.
func parseConfigured(output []byte) (map[string]Fact[Configured], error) {
	found, err := sections(output)
	if err != nil {
		return nil, err
	}
	configured := map[string]Fact[Configured]{}
	for _, s := range found {
		if s.exitCode != "0" {
			configured[s.name] = Unknown[Configured](Why{Probe: ProbeAttributes, Reason: fmt.Sprintf("lsattr of %s ended with exit code %s", s.name, firstLine([]byte(s.exitCode)))})
			continue
		}
		a, err := ParseAttributes(s.output)
		if err != nil {
			configured[s.name] = Unknown[Configured](Why{Probe: ProbeAttributes, Reason: fmt.Sprintf("%s: %s", s.name, err)})
			continue
		}
		configured[s.name] = Known(Configured{
			Defined: true, State: a["state"], NetAddr: a["netaddr"], Netmask: a["netmask"],
			NetAddr6: a["netaddr6"], PrefixLen: a["prefixlen"], Alias4: a["alias4"], Alias6: a["alias6"], MTU: a["mtu"],
		})
	}
	return configured, nil
}

// ParseDeviceNames reads `lsdev -Cc CLASS -F name:status:description` and returns
// the names with their statuses.
func ParseDeviceNames(output []byte) (map[string]string, error) {
	devices := map[string]string{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		fields := strings.SplitN(line, ":", 3)
		if len(fields) < 3 || fields[0] == "" || strings.ContainsAny(fields[0], " \t") {
			return nil, badLine(number, line, `"name:status:description"`)
		}
		devices[fields[0]] = strings.TrimSpace(fields[1])
	}
	return devices, nil
}
