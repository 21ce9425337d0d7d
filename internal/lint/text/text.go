// SPDX-License-Identifier: MPL-2.0

// Package text holds text that was put together from parts of files, such as the
// lines of an inline script, and says where each position of it was written.
package text

import (
	"strings"
	"unicode/utf8"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// Part is a piece of text with its origin.
type Part struct {
	Value string
	// At says where a position in Value was written; line and column count from 1, the
	// column in characters.
	At func(line, column int) policy.Place
}

// Text is text in parts.
type Text []Part

// Fixed is text that stands at one place as a whole, because it was computed.
func Fixed(value string, place policy.Place) Text {
	return Text{{Value: value, At: func(int, int) policy.Place { return place }}}
}

// String is the whole text.
func (t Text) String() string {
	var b strings.Builder
	for _, part := range t {
		b.WriteString(part.Value)
	}
	return b.String()
}

// Join joins texts with a separator that has no place of its own.
func Join(texts []Text, separator string) Text {
	var joined Text
	for i, t := range texts {
		if i > 0 && len(joined) > 0 {
			last := joined[len(joined)-1]
			joined = append(joined, Part{Value: separator, At: func(int, int) policy.Place { return last.end() }})
		}
		joined = append(joined, t...)
		if len(t) == 0 {
			continue
		}
	}
	return joined
}

func (p Part) end() policy.Place {
	line := 1 + strings.Count(p.Value, "\n")
	column := 1 + utf8.RuneCountInString(p.Value[strings.LastIndexByte(p.Value, '\n')+1:])
	return p.At(line, column)
}

// Index prepares the text for many questions about places.
func (t Text) Index() *Index {
	x := &Index{text: t, starts: make([]position, len(t))}
	at := position{1, 1}
	for i, part := range t {
		x.starts[i] = at
		if n := strings.Count(part.Value, "\n"); n > 0 {
			at = position{at.line + n, 1 + utf8.RuneCountInString(part.Value[strings.LastIndexByte(part.Value, '\n')+1:])}
		} else {
			at.column += utf8.RuneCountInString(part.Value)
		}
	}
	return x
}

type position struct{ line, column int }

// Index answers where positions of a text were written.
type Index struct {
	text   Text
	starts []position // where each part begins in the whole
}

// At says where a position of the whole text was written; line and column count
// from 1, the column in characters. What lies beyond the text is at its end.
func (x *Index) At(line, column int) policy.Place {
	if len(x.text) == 0 {
		return policy.Place{}
	}
	// The last part that begins at or before the position; parts are in order.
	low, high := 0, len(x.text)
	for high-low > 1 {
		middle := (low + high) / 2
		if s := x.starts[middle]; s.line < line || s.line == line && s.column <= column {
			low = middle
		} else {
			high = middle
		}
	}
	start := x.starts[low]
	if line == start.line {
		return x.text[low].At(1, column-start.column+1)
	}
	return x.text[low].At(line-start.line+1, column)
}
