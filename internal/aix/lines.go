// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"iter"
	"strings"
)

// lines yields the lines of an output with their numbers from 1, without carriage
// returns, and without the last one when it is empty.
func lines(output []byte) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		rest, number := string(output), 0
		for len(rest) > 0 {
			line, more, _ := strings.Cut(rest, "\n")
			rest = more
			number++
			if !yield(number, strings.TrimSuffix(line, "\r")) {
				return
			}
		}
	}
}

// badLine says which line did not read, and what was expected.
func badLine(number int, line, expected string) error {
	return fmt.Errorf("line %d is %q, expected %s", number, firstLine([]byte(line)), expected)
}

// section is the output of one command of a probe that runs a command a device.
type section struct {
	name     string
	output   []byte
	exitCode string
}

// sections splits a probe's output at "@@ NAME" and "@@ = EXITCODE".
func sections(output []byte) ([]section, error) {
	var found []section
	open := false
	for number, line := range lines(output) {
		mark, isMark := strings.CutPrefix(line, "@@ ")
		switch {
		case isMark && !open:
			found = append(found, section{name: mark})
			open = true
		case isMark:
			code, closes := strings.CutPrefix(mark, "= ")
			if !closes {
				return nil, badLine(number, line, "the end of the section before it")
			}
			found[len(found)-1].exitCode = code
			open = false
		case open:
			last := &found[len(found)-1]
			last.output = append(append(last.output, line...), '\n')
		case strings.TrimSpace(line) != "":
			return nil, badLine(number, line, `"@@ NAME"`)
		}
	}
	if open {
		return nil, fmt.Errorf("section %q has no end", found[len(found)-1].name)
	}
	return found, nil
}

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
		return file{}, nil
	}
	listing, ok := strings.CutPrefix(head, "present ")
	fields := strings.Fields(listing)
	if !ok || len(fields) < 5 || len(fields[0]) < 10 {
		return file{}, badLine(1, head, `"absent", or "present" and the line of ls -ln`)
	}
	f := file{present: true, mode: fields[0], content: []byte(content)}
	if _, err := fmt.Sscan(fields[2], &f.owner); err != nil {
		return file{}, badLine(1, head, "a numeric owner")
	}
	if _, err := fmt.Sscan(fields[3], &f.group); err != nil {
		return file{}, badLine(1, head, "a numeric group")
	}
	return f, nil
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
