// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseEntstat reads `entstat -d entN`. Plain entstat has no VLAN and switch lines;
// PortVLAN is then -1 and Switch empty.
func ParseEntstat(name string, output []byte) (Adapter, error) {
	adapter := Adapter{Name: name, PortVLAN: -1}
	for number, line := range lines(output) {
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "Device Type":
			adapter.Type = value
		case "Hardware Address":
			if adapter.MAC != "" {
				continue // an adapter that is part of another one: the first is this one's
			}
			mac, err := NormalMAC(value)
			if err != nil {
				return Adapter{}, fmt.Errorf("line %d: %w", number, err)
			}
			adapter.MAC = mac
		case "Port VLAN ID":
			if id, err := strconv.Atoi(value); err == nil {
				adapter.PortVLAN = id
			}
		case "Switch ID":
			adapter.Switch = value
		}
	}
	if adapter.MAC == "" {
		return Adapter{}, fmt.Errorf("no hardware address")
	}
	return adapter, nil
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
			err = fmt.Errorf("entstat ended with exit code %s", firstLine([]byte(s.exitCode)))
		}
		if err != nil {
			adapters[s.name] = Unknown[Adapter](Why{Probe: ProbeEntstat, Reason: fmt.Sprintf("%s: %s", s.name, err)})
			continue
		}
		adapters[s.name] = Known(adapter)
	}
	return adapters, nil
}
