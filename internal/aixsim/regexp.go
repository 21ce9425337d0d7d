// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"errors"
	"strings"
)

// translateRegexp turns a POSIX basic or extended regular expression into Go's
// syntax. Go's matching is linear in the input, so no pattern can hang it.
// Back-references have no translation and are refused.
func translateRegexp(src string, extended bool) (string, error) {
	var b strings.Builder
	depth := 0
	start := true // at a place where * is a literal and ^ an anchor, in a basic expression
	for i := 0; i < len(src); i++ {
		ch := src[i]
		switch {
		case ch == '[':
			end, class, err := bracket(src, i)
			if err != nil {
				return "", err
			}
			b.WriteString(class)
			i, start = end, false
			continue
		case ch == '\\':
			if i+1 >= len(src) {
				return "", errors.New("trailing backslash")
			}
			i++
			ch = src[i]
			switch {
			case ch >= '1' && ch <= '9':
				return "", errors.New("back-references are not supported")
			case ch == 'n':
				b.WriteString(`\n`)
			case ch == 't':
				b.WriteString(`\t`)
			case ch == '<' || ch == '>':
				b.WriteString(`\b`)
			case strings.IndexByte("wWsSbB", ch) >= 0:
				b.WriteString(`\` + string(ch))
			case !extended && ch == '(':
				b.WriteByte('(')
				depth++
				start = true
				continue
			case !extended && ch == ')':
				if depth--; depth < 0 {
					return "", errors.New("unbalanced parenthesis")
				}
				b.WriteByte(')')
			case !extended && ch == '{':
				end := strings.Index(src[i:], `\}`)
				if end < 0 {
					return "", errors.New("unbalanced brace")
				}
				b.WriteString("{" + src[i+1:i+end] + "}")
				i += end + 1
			case !extended && strings.IndexByte("+?|", ch) >= 0:
				b.WriteByte(ch)
				if ch == '|' {
					start = true
					continue
				}
			default:
				writeLiteral(&b, ch)
			}
		case extended:
			switch ch {
			case '{':
				// A brace that starts no repetition is a literal.
				end := strings.IndexByte(src[i:], '}')
				if end < 0 || strings.Trim(src[i+1:i+end], "0123456789,") != "" || end == 1 {
					b.WriteString(`\{`)
				} else {
					b.WriteString(src[i : i+end+1])
					i += end
				}
			case '}':
				b.WriteString(`\}`)
			case '(', ')', '|', '*', '+', '?', '.', '^', '$':
				b.WriteByte(ch)
			default:
				writeLiteral(&b, ch)
			}
		default:
			switch ch {
			case '*':
				if start {
					b.WriteString(`\*`)
				} else {
					b.WriteByte('*')
				}
			case '.':
				b.WriteByte('.')
			case '^':
				if start {
					b.WriteByte('^')
					continue
				}
				b.WriteString(`\^`)
			case '$':
				if i+1 == len(src) || strings.HasPrefix(src[i+1:], `\)`) || strings.HasPrefix(src[i+1:], `\|`) {
					b.WriteByte('$')
				} else {
					b.WriteString(`\$`)
				}
			default:
				writeLiteral(&b, ch)
			}
		}
		start = false
	}
	if depth != 0 {
		return "", errors.New("unbalanced parenthesis")
	}
	return b.String(), nil
}

func writeLiteral(b *strings.Builder, ch byte) {
	if strings.IndexByte(`\.+*?()|[]{}^$`, ch) >= 0 {
		b.WriteByte('\\')
	}
	b.WriteByte(ch)
}

// bracket translates a bracket expression that starts at i and returns where it ends.
func bracket(src string, i int) (int, string, error) {
	j := i + 1
	var b strings.Builder
	b.WriteByte('[')
	if j < len(src) && src[j] == '^' {
		b.WriteByte('^')
		j++
	}
	first := true
	for ; j < len(src); j++ {
		ch := src[j]
		switch {
		case ch == ']' && !first:
			b.WriteByte(']')
			return j, b.String(), nil
		case ch == '[' && j+1 < len(src) && (src[j+1] == ':' || src[j+1] == '.' || src[j+1] == '='):
			end := strings.Index(src[j+2:], string(src[j+1])+"]")
			if end < 0 {
				return 0, "", errors.New("unbalanced bracket")
			}
			if src[j+1] == ':' {
				b.WriteString(src[j : j+2+end+2])
			} else {
				for _, r := range src[j+2 : j+2+end] {
					b.WriteString(`\` + string(r))
				}
			}
			j += 2 + end + 1
		case ch == '\\' && j+1 < len(src) && (src[j+1] == 'n' || src[j+1] == 't'):
			b.WriteString(src[j : j+2])
			j++
		case ch == '[' || ch == ']' || ch == '\\' || ch == '&' || ch == '~':
			b.WriteString(`\` + string(ch))
		default:
			b.WriteByte(ch)
		}
		first = false
	}
	return 0, "", errors.New("unbalanced bracket")
}
