// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseMCPRecords reads `lsrsrc IBM.MCP`: a heading, "resource N:" lines, and
// indented "Name = value" lines, with strings in quotes and lists in braces. No
// resource is no error: the heading may then be missing too.
func ParseMCPRecords(output []byte) ([]MCPRecord, error) {
	records := []MCPRecord{}
	heading := false
	for number, line := range lines(output) {
		text := strings.TrimSpace(line)
		switch {
		case text == "":
			continue
		case text == "Resource Persistent Attributes for IBM.MCP":
			heading = true
			continue
		case heading && text == "resource "+strconv.Itoa(len(records)+1)+":":
			records = append(records, MCPRecord{Addresses: []string{}})
			continue
		}
		name, value, ok := strings.Cut(text, "=")
		name = strings.TrimSpace(name)
		values, whole := rsrcValues(value)
		if !ok || !whole || !isWord(name) || len(records) == 0 {
			return nil, badLine(number, line, `the heading of IBM.MCP, "resource N:" with the next number, or "Name = value"`)
		}
		records[len(records)-1].set(name, values)
	}
	for i := range records {
		if records[i].Console == "" && records[i].Name == "" {
			return nil, fmt.Errorf("resource %d has neither MNName nor HMCName", i+1)
		}
		records[i].Addresses = sortedUnique(records[i].Addresses)
	}
	return records, nil
}

func (r *MCPRecord) set(name string, values []string) {
	one := strings.Join(values, " ")
	switch name {
	case "MNName":
		r.Name = one
	case "NodeID":
		r.NodeID = one
	case "KeyToken":
		r.KeyToken = one
	case "HMCName":
		r.Console = one
	case "ActivePeerDomain":
		r.PeerDomain = one
	case "HMCIPAddr", "HMCAddIPs", "HMCAddIPv6s":
		for _, v := range values {
			r.Addresses = append(r.Addresses, strings.FieldsFunc(v, func(c rune) bool { return c == ' ' || c == ',' })...)
		}
	}
}

// rsrcValues takes a value of lsrsrc apart: "a", {"a","b"}, {1,2} or a bare number.
// Empty strings are left out. It says false for quotes or braces that do not close.
func rsrcValues(text string) ([]string, bool) {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "{"); ok {
		if text, ok = strings.CutSuffix(inner, "}"); !ok {
			return nil, false
		}
	}
	values := []string{}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		value, rest := "", ""
		if quoted, ok := strings.CutPrefix(text, `"`); ok {
			if value, rest, ok = strings.Cut(quoted, `"`); !ok {
				return nil, false
			}
		} else {
			end := strings.IndexByte(text, ',')
			if end < 0 {
				end = len(text)
			}
			value, rest = strings.TrimSpace(text[:end]), text[end:]
			if strings.ContainsAny(value, "\"{}") {
				return nil, false
			}
		}
		rest = strings.TrimSpace(rest)
		if after, ok := strings.CutPrefix(rest, ","); ok {
			rest = after
		} else if rest != "" {
			return nil, false
		}
		if value != "" {
			values = append(values, value)
		}
		text = rest
	}
	return values, true
}
