// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"strconv"
	"strings"
)

// file is what the collector says of a file.
type file struct {
	present      bool
	mode         string
	owner, group int
	content      []byte
}

// parseFile reads the output of a "file" probe: "absent", or "present " with the
// line of ls -ln, and the content.
func parseFile(output []byte) (file, error) {
	head, content, _ := strings.Cut(string(output), "\n")
	head = strings.TrimSuffix(head, "\r")
	if head == "absent" {
		if strings.TrimSpace(content) != "" {
			return file{}, badLine(2, content, "nothing after the word absent")
		}
		return file{}, nil
	}
	listing, ok := strings.CutPrefix(head, "present ")
	fields := strings.Fields(listing)
	if !ok || len(fields) < 5 || len(fields[0]) < 10 || len(fields[0]) > 11 || !isPrintable(fields[0]) {
		return file{}, badLine(1, head, `"absent", or "present" and the line of ls -ln`)
	}
	f := file{present: true, mode: fields[0], content: []byte(content)}
	var err error
	if f.owner, err = id(fields[2]); err != nil {
		return file{}, badLine(1, head, "a numeric owner")
	}
	if f.group, err = id(fields[3]); err != nil {
		return file{}, badLine(1, head, "a numeric group")
	}
	return f, nil
}

// id reads a user or group id, which AIX keeps in 32 bits without a sign.
func id(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	return int(n), err
}

// FileContent returns the content that a "file" probe's stdout holds, or nil when
// the file was absent or the output does not read.
func FileContent(output []byte) []byte {
	f, err := parseFile(output)
	if err != nil || !f.present {
		return nil
	}
	return f.content
}
