// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseEntstat reads `entstat -d entN`. The adapters that another one is made of
// have statistics of their own further down, under a second heading; only the first
// ones are those of the adapter itself. Plain entstat has no VLAN and switch lines:
// PortVLAN is then -1 and Switch empty.
func ParseEntstat(name string, output []byte) (Adapter, error) {
	adapter := Adapter{Name: name, Available: true, PortVLAN: -1}
	heading := false
	for number, line := range lines(output) {
		if of, ok := strings.CutPrefix(strings.TrimSpace(line), "ETHERNET STATISTICS ("); ok {
			if heading {
				break
			}
			heading = true
			// entstat may be given the interface or the adapter.
			if device, _, _ := strings.Cut(of, ")"); adapterNumber(device) != adapterNumber(name) {
				return Adapter{}, badLine(number, line, "the statistics of "+name)
			}
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok || !heading {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "Device Type":
			adapter.Type = value
		case "Hardware Address":
			mac, err := NormalMAC(value)
			if err != nil {
				return Adapter{}, fmt.Errorf("line %d: %w", number, err)
			}
			adapter.MAC = mac
		case "Port VLAN ID":
			// 0 to 4095 as in IEEE 802.1Q.
			id, err := strconv.ParseUint(value, 10, 12)
			if err != nil {
				return Adapter{}, badLine(number, line, "a VLAN id from 0 to 4095")
			}
			adapter.PortVLAN = int(id)
		case "Switch ID":
			adapter.Switch = value
		}
	}
	if !heading || adapter.MAC == "" {
		return Adapter{}, fmt.Errorf("no heading ETHERNET STATISTICS with a hardware address below it")
	}
	return adapter, nil
}

// adapterNumber returns N of enN, etN and entN, or the name itself.
func adapterNumber(name string) string {
	for _, prefix := range []string{"ent", "en", "et"} {
		if number, ok := strings.CutPrefix(name, prefix); ok && isDigits(number) {
			return number
		}
	}
	return name
}

// parseAdapters reads the "entstat" probe: a section for each entN.
func parseAdapters(output []byte) (map[string]Fact[Adapter], error) {
	found, err := sections(output)
	if err != nil {
		return nil, err
	}
	adapters := map[string]Fact[Adapter]{}
	for _, s := range found {
		adapter, err := ParseEntstat(s.name, s.output)
		if s.exitCode != "0" {
			err = fmt.Errorf("entstat ended with exit code %s", s.exitCode)
		}
		if err != nil {
			adapters[s.name] = Unknown[Adapter](Why{Probe: ProbeEntstat, Reason: fmt.Sprintf("%s: %s", s.name, err)})
			continue
		}
		adapters[s.name] = Known(adapter)
	}
	return adapters, nil
}
