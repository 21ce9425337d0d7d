// SPDX-License-Identifier: MPL-2.0

// Package report renders what verdict found, one renderer a file.
package report

import (
	"fmt"
	"strings"
	"unicode"
)

// maxText bounds one text of a guest in a report, in runes.
const maxText = 2000

// Inert makes text of a guest harmless for a screen or a document: control
// characters, terminal escapes and characters that reorder text are shown as such,
// and overlong text is cut with a note.
func Inert(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == maxText {
			b.WriteString("… (cut)")
			break
		}
		n++
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == unicode.ReplacementChar:
			b.WriteRune('�')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == '\u2028', r == '\u2029':
			fmt.Fprintf(&b, "\\u{%x}", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
