// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds one text of a guest in a report, in runes.
const maxText = 2000

// Inert makes text of a guest, of a file name or of a waiver harmless for a screen
// or a document: control characters, terminal escapes, bytes that are no UTF-8 and
// characters that reorder or hide text are shown as such, as \x1b or \u202e, and
// overlong text is cut with a note that says how much is left out.
func Inert(s string) string { return inert(s, maxText) }

func inert(s string, limit int) string {
	var b strings.Builder
	n := 0
	for i := 0; i < len(s); {
		if n == limit {
			fmt.Fprintf(&b, "… (cut: %d more bytes)", len(s)-i)
			break
		}
		n++
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case !hidden(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

// hidden reports whether a character acts on its surroundings or cannot be seen:
// controls, format characters (bidirectional ones among them), line and paragraph
// separators, private and unassigned ones, variation selectors and blank letters.
func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef: // variation selectors
		return true
	case r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0 || r == 0x2800 || r == 0x034f: // blank, or joining invisibly
		return true
	case r == ' ':
		return false
	}
	return !unicode.IsPrint(r) // leaves letters, marks, numbers, punctuation and symbols
}

// oneLine is Inert on one line, without blanks at the ends.
func oneLine(s string) string { return strings.Join(strings.Fields(Inert(s)), " ") }
