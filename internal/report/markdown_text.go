// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"
)

// maxMarkdownText bounds one text in Markdown, in runes.
const maxMarkdownText = 700

// markdownText renders text of anybody on one line of Markdown, so that it reads as
// typed: whatever Markdown or HTML gives a meaning to is escaped. That includes what
// GitHub and GitLab make links of by themselves: addresses, @names, #numbers and
// commit ids stand apart from what would trigger it.
func markdownText(s string) string {
	var b strings.Builder
	text := inert(oneLine(s), maxMarkdownText)
	for i, r := range text {
		switch {
		case strings.ContainsRune("\\`*_{}[]()#+!|~^$=", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '-' && i == 0, r == '.' && i > 0 && text[i-1] >= '0' && text[i-1] <= '9' && i < 10 && isDigits(text[:i]):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '<' || r == '>' || r == '&' || r == '@' || r == ':' || r == '"' || r == '\'':
			// An entity is text to every renderer, and never the start of an address or a mention.
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
