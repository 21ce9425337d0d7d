// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"strconv"
	"strings"
)

// unescape interprets the escapes of echo and of printf's %b: with \0nnn for
// octal when zero is set, \nnn otherwise. It says whether \c ended the text.
func unescape(s string, zero bool) (string, bool) {
	if !strings.Contains(s, `\`) {
		return s, false
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'a':
			b.WriteByte('\a')
		case 'b':
			b.WriteByte('\b')
		case 'c':
			return b.String(), true
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'v':
			b.WriteByte('\v')
		case '\\':
			b.WriteByte('\\')
		case '0', '1', '2', '3', '4', '5', '6', '7':
			if zero && s[i] != '0' {
				b.WriteString(s[i-1 : i+1])
				continue
			}
			start, width := i, 3
			if zero {
				start, width = i+1, 3
			}
			end := start
			for end < len(s) && end < start+width && s[end] >= '0' && s[end] <= '7' {
				end++
			}
			n, _ := strconv.ParseUint("0"+s[start:end], 8, 16)
			b.WriteByte(byte(n))
			i = end - 1
		default:
			b.WriteString(s[i-1 : i+1])
		}
	}
	return b.String(), false
}

// maxWidth bounds a printf width: %1000000000s is an attack, not a table.
const maxWidth = 4096

// formatPrintf is POSIX printf: the format is used again while arguments are left.
func formatPrintf(format string, args []string) (string, error) {
	var b strings.Builder
	var failure error
	next := func() (string, bool) {
		if len(args) == 0 {
			return "", false
		}
		a := args[0]
		args = args[1:]
		return a, true
	}
	for round := 0; ; round++ {
		before := len(args)
		for i := 0; i < len(format); i++ {
			switch format[i] {
			case '\\':
				end := i + 2
				if i+1 < len(format) && format[i+1] >= '0' && format[i+1] <= '7' {
					for end < len(format) && end < i+4 && format[end] >= '0' && format[end] <= '7' {
						end++
					}
				}
				end = min(end, len(format))
				text, stop := unescape(format[i:end], false)
				if stop {
					return b.String(), failure
				}
				b.WriteString(text)
				i = end - 1
			case '%':
				start := i
				for i++; i < len(format) && strings.IndexByte("-+ #0", format[i]) >= 0; i++ {
				}
				spec := format[start:i]
				number := func() {
					if i < len(format) && format[i] == '*' {
						a, _ := next()
						n, _ := strconv.Atoi(a)
						spec += strconv.Itoa(max(min(n, maxWidth), -maxWidth))
						i++
						return
					}
					from := i
					for i < len(format) && format[i] >= '0' && format[i] <= '9' {
						i++
					}
					if n, err := strconv.Atoi(format[from:i]); err == nil {
						spec += strconv.Itoa(min(n, maxWidth))
					}
				}
				number()
				if i < len(format) && format[i] == '.' {
					spec += "."
					i++
					number()
				}
				for i < len(format) && strings.IndexByte("lhqjzt", format[i]) >= 0 {
					i++
				}
				if i >= len(format) {
					b.WriteString(format[start:])
					continue
				}
				switch verb := format[i]; verb {
				case '%':
					b.WriteByte('%')
				case 's':
					a, _ := next()
					fmt.Fprintf(&b, spec+"s", a)
				case 'b':
					a, _ := next()
					text, stop := unescape(a, true)
					fmt.Fprintf(&b, spec+"s", text)
					if stop {
						return b.String(), failure
					}
				case 'c':
					a, _ := next()
					if a != "" {
						a = a[:1]
					}
					fmt.Fprintf(&b, spec+"s", a)
				case 'd', 'i', 'u', 'o', 'x', 'X':
					a, given := next()
					n, err := printfInteger(a)
					if err != nil && given && a != "" {
						failure = fmt.Errorf("%s: Invalid number", a)
					}
					v := string(verb)
					if verb == 'i' || verb == 'u' {
						v = "d"
					}
					fmt.Fprintf(&b, spec+v, n)
				case 'e', 'E', 'f', 'g', 'G':
					a, _ := next()
					n, err := strconv.ParseFloat(a, 64)
					if err != nil && a != "" {
						failure = fmt.Errorf("%s: Invalid number", a)
					}
					fmt.Fprintf(&b, spec+string(verb), n)
				default:
					return b.String(), fmt.Errorf("%%%c: bad conversion", verb)
				}
			default:
				b.WriteByte(format[i])
			}
			if b.Len() > maxVariableBytes {
				return b.String(), fmt.Errorf("output too long")
			}
		}
		if len(args) == 0 || len(args) == before {
			return b.String(), failure
		}
	}
}

func printfInteger(a string) (int64, error) {
	if len(a) > 1 && (a[0] == '\'' || a[0] == '"') {
		return int64(a[1]), nil
	}
	return strconv.ParseInt(strings.TrimSpace(a), 0, 64)
}
