// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// lines yields the lines of an output with their numbers from 1, without carriage
// returns, and without the last one when it is empty. Bytes that are not UTF-8 become
// U+FFFD, so that no fact holds any.
func lines(output []byte) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		rest, number := string(output), 0
		for len(rest) > 0 {
			line, more, _ := strings.Cut(rest, "\n")
			rest = more
			number++
			if !yield(number, strings.ToValidUTF8(strings.TrimSuffix(line, "\r"), "\uFFFD")) {
				return
			}
		}
	}
}

// badLine says which line did not read, and what was expected.
func badLine(number int, line, expected string) error {
	return fmt.Errorf("line %d is %q, expected %s", number, firstLine([]byte(line)), expected)
}

// isBlank reports whether an output is nothing but white space.
func isBlank(output []byte) bool { return strings.TrimSpace(string(output)) == "" }

// sortedUnique sorts a list in place and drops what is there twice.
func sortedUnique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// isWord reports whether text is made of letters, digits and the characters that
// AIX allows in names of devices, filesets and subsystems beside them.
func isWord(text string) bool {
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '_', c == '-', c == '.', c == '+':
		default:
			return false
		}
	}
	return text != ""
}

// isPrintable reports whether text is one or more printable ASCII characters without blanks.
func isPrintable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return text != ""
}
