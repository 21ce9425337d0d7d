// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseNodeID reads a node id: hexadecimal digits, at most 16 as recfgct -i takes
// them, with or without 0x in front; lower case comes out, without leading zeros,
// since the three places may pad differently.
func ParseNodeID(text string) (string, error) {
	id := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "0x")
	if id == "" || len(id) > 16 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", fmt.Errorf("node id %q: expected 1 to 16 hexadecimal digits", firstLine([]byte(text)))
	}
	return strings.TrimLeft(id, "0"), nil
}

// ParseNodeIDFile reads the "file" probe of a node id file; the id is its first line.
func ParseNodeIDFile(output []byte) (IDFile, error) {
	f, err := parseFile(output)
	if err != nil || !f.present {
		return IDFile{}, err
	}
	first, _, _ := strings.Cut(string(f.content), "\n")
	if strings.TrimSpace(first) == "" {
		return IDFile{Present: true}, nil
	}
	id, err := ParseNodeID(first)
	return IDFile{Present: true, ID: id}, err
}
