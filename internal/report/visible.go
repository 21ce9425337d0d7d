// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// visible escapes in a JSON document every character that could act on a terminal or
// reorder text when the file is looked at, and the three that mean something in
// HTML. The document says the same to a parser. Valid JSON has such characters
// inside strings alone.
func visible(document []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(document))
	for len(document) > 0 {
		r, size := utf8.DecodeRune(document)
		switch {
		case r == '<' || r == '>' || r == '&' || r > 0x7e && hidden(r):
			if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
				fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
			} else {
				fmt.Fprintf(&out, `\u%04x`, r)
			}
		default:
			out.Write(document[:size])
		}
		document = document[size:]
	}
	return out.Bytes()
}
