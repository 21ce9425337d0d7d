// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseAttributes reads `lsattr -El DEVICE -F attribute:value`, one attribute a
// line, of which only the first colon separates, since IPv6 addresses have colons;
// or the two columns of `lsattr -El DEVICE -F 'attribute value'`. An empty value is
// an empty string. An attribute that comes twice is an error.
func ParseAttributes(output []byte) (map[string]string, error) {
	attributes := map[string]string{}
	form := byte(0)
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		end := 0
		for end < len(line) && isWord(line[end:end+1]) {
			end++
		}
		separator := byte(' ')
		if end < len(line) && line[end] == ':' {
			separator = ':'
		}
		if form == 0 {
			form = separator
		}
		name := line[:end]
		_, twice := attributes[name]
		if name == "" || twice || separator != form || end < len(line) && line[end] != ':' && line[end] != ' ' && line[end] != '\t' {
			return nil, badLine(number, line, `"attribute:value" with an attribute that did not come before`)
		}
		attributes[name] = strings.TrimSpace(strings.TrimPrefix(line[end:], ":"))
	}
	if len(attributes) == 0 {
		return nil, fmt.Errorf("no attribute listed")
	}
	return attributes, nil
}

// attributeDescriptions are the texts that `lsattr -El enN` shows for attributes of
// an interface, by which the description column is found.
var attributeDescriptions = map[string]string{
	"netaddr": "Internet Address",
	"netmask": "Subnet Mask",
	"state":   "Current Interface Status",
	"mtu":     "Maximum IP Packet Size for This Device",
	"arp":     "Address Resolution Protocol (ARP)",
	"remmtu":  "Maximum IP Packet Size for REMOTE Networks",
}

// ParseAttributesColumns reads the columns of `lsattr -El enN`: attribute, value,
// description, and whether a user may set it. An empty value leaves nothing but
// blanks, so that splitting at blanks takes the description for it. The description
// column is found by known descriptions instead, and must be the same on all lines.
func ParseAttributesColumns(output []byte) (map[string]string, error) {
	column := 0
	for number, line := range lines(output) {
		name, _, _ := strings.Cut(line, " ")
		description, known := attributeDescriptions[name]
		if !known {
			continue
		}
		at := strings.Index(line, " "+description+" ") + 1
		if at == 0 || column != 0 && at != column {
			return nil, badLine(number, line, fmt.Sprintf("the description %q below those of the other lines", description))
		}
		column = at
	}
	if column == 0 {
		return nil, fmt.Errorf("no line with a known description, as in `netaddr … Internet Address True`")
	}
	attributes := map[string]string{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(line) <= column || line[column-1] != ' ' || line[column] == ' ' {
			return nil, badLine(number, line, "a description below those of the other lines")
		}
		fields := strings.Fields(line[:column])
		if len(fields) == 0 || len(fields) > 2 || !isWord(fields[0]) {
			return nil, badLine(number, line, "an attribute, a value or none, and a description")
		}
		value := ""
		if len(fields) == 2 {
			value = fields[1]
		}
		attributes[fields[0]] = value
	}
	return attributes, nil
}

// configuredOf makes the configuration of an interface of its attributes. The four
// that decide whether an address is configured must be there: AIX lists them for
// every enN, with or without a value.
func configuredOf(a map[string]string) (Configured, error) {
	for _, name := range []string{"netaddr", "netaddr6", "prefixlen", "state"} {
		if _, there := a[name]; !there {
			return Configured{}, fmt.Errorf("no attribute %s listed", name)
		}
	}
	if a["netaddr6"] != "" {
		if _, err := parseAddress6(a["netaddr6"]); err != nil {
			return Configured{}, fmt.Errorf("netaddr6: %w", err)
		}
	}
	return Configured{
		Defined: true, State: a["state"], NetAddr: a["netaddr"], Netmask: a["netmask"],
		NetAddr6: a["netaddr6"], PrefixLen: a["prefixlen"], Alias4: a["alias4"], Alias6: a["alias6"], MTU: a["mtu"],
	}, nil
}

// parseConfigured reads the "attributes" probe: a section for each enN.
func parseConfigured(output []byte) (map[string]Fact[Configured], error) {
	found, err := sections(output)
	if err != nil {
		return nil, err
	}
	configured := map[string]Fact[Configured]{}
	for _, s := range found {
		var value Configured
		a, err := ParseAttributes(s.output)
		if s.exitCode != "0" {
			err = fmt.Errorf("lsattr ended with exit code %s", s.exitCode)
		}
		if err == nil {
			value, err = configuredOf(a)
		}
		if err != nil {
			configured[s.name] = Unknown[Configured](Why{Probe: ProbeAttributes, Reason: fmt.Sprintf("%s: %s", s.name, err)})
			continue
		}
		configured[s.name] = Known(value)
	}
	return configured, nil
}
