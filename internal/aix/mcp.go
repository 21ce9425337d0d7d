// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseMCPRecords reads `lsrsrc IBM.MCP`: a heading, "resource N:" lines, and
// indented "Name = value" lines, strings in quotes and lists in braces.
func ParseMCPRecords(output []byte) ([]MCPRecord, error) {
	records := []MCPRecord{}
	heading := false
	for number, line := range lines(output) {
		text := strings.TrimSpace(line)
		switch {
		case text == "":
		case strings.HasPrefix(text, "Resource Persistent Attributes for IBM.MCP"):
			heading = true
		case strings.HasPrefix(text, "resource ") && strings.HasSuffix(text, ":") && heading:
			records = append(records, MCPRecord{Addresses: []string{}})
		default:
			name, value, ok := strings.Cut(text, "=")
			if !ok || len(records) == 0 {
				return nil, badLine(number, line, `"resource N:" or "Name = value"`)
			}
			record := &records[len(records)-1]
			values := quotedValues(value)
			one := strings.Join(values, " ")
			switch strings.TrimSpace(name) {
			case "MNName":
				record.Name = one
			case "NodeID":
				record.NodeID = one
			case "HMCName":
				record.Console = one
			case "ActivePeerDomain":
				record.PeerDomain = one
			case "HMCIPAddr", "HMCAddIPs", "HMCAddIPv6s":
				for _, v := range values {
					record.Addresses = append(record.Addresses, strings.Fields(v)...)
				}
			}
		}
	}
	if !heading && len(strings.TrimSpace(string(output))) > 0 {
		return nil, fmt.Errorf("no heading of class IBM.MCP")
	}
	for i := range records {
		records[i].Addresses = sortedUnique(records[i].Addresses)
	}
	return records, nil
}

// quotedValues takes "a", {"a","b"} or a bare number apart, empty strings left out.
func quotedValues(text string) []string {
	text = strings.Trim(strings.TrimSpace(text), "{}")
	values := []string{}
	for _, part := range strings.Split(text, ",") {
		if part = strings.Trim(strings.TrimSpace(part), `"`); part != "" {
			values = append(values, part)
		}
	}
	return values
}
