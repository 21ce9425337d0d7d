// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseNodeID reads a node id: 1 to 16 hexadecimal digits, with or without 0x in
// front. Lower case comes out, without leading zeros, since the places that hold
// the id may pad it differently. Zero is no node's id and an error.
func ParseNodeID(text string) (string, error) {
	id := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "0x")
	if id == "" || len(id) > 16 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", fmt.Errorf("node id %q: expected 1 to 16 hexadecimal digits", firstLine([]byte(text)))
	}
	if id = strings.TrimLeft(id, "0"); id == "" {
		return "", fmt.Errorf("node id is zero")
	}
	return id, nil
}

// ParseNodeIDFile reads the "file" probe of a node id file. The id is its first
// line, as canonical/cloud-init reads it (cc_reset_rmc.py); an empty first line is
// an id of "".
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
	if err != nil {
		return IDFile{}, fmt.Errorf("line 1 of the file: %w", err)
	}
	return IDFile{Present: true, ID: id}, nil
}
