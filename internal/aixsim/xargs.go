// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"regexp"
	"strconv"
	"strings"
)

func xargs(c *call) int {
	o := getopt(c.args[1:], "n:I:0rtL:ip", false)
	command := o.rest
	if len(command) == 0 {
		command = []string{"echo"}
	}
	data, err := readAll(contextReader{c.ctx, c.stdin})
	if err != nil {
		return 1
	}
	var items []string
	switch {
	case o.has('0'):
		items = strings.FieldsFunc(string(data), func(r rune) bool { return r == 0 })
	case o.has('I'):
		for _, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimLeft(line, " \t"); line != "" {
				items = append(items, line)
			}
		}
	default:
		items = words(string(data))
	}
	per := len(items)
	if v := o.value('n') + o.value('L'); v != "" {
		if per, err = strconv.Atoi(v); err != nil || per < 1 {
			return c.fail(1, "xargs: 0402-053 The number is not valid.\n")
		}
	}
	code := 0
	once := func(args []string) bool {
		switch status := c.run(args, nil); {
		case status == 255:
			code = 124
			return false
		case status == 126 || status == 127:
			code = status
			return false
		case status != 0:
			code = 123
		}
		return c.ctx.Err() == nil
	}
	if mark := o.value('I'); mark != "" {
		for _, item := range items {
			args := make([]string, len(command))
			for i, a := range command {
				args[i] = strings.ReplaceAll(a, mark, item)
			}
			if !once(args) {
				break
			}
		}
		return code
	}
	if len(items) == 0 && !o.has('r') {
		once(command)
		return code
	}
	for len(items) > 0 {
		n := min(max(per, 1), len(items))
		if !once(append(append([]string(nil), command...), items[:n]...)) {
			break
		}
		items = items[n:]
	}
	return code
}

// words splits as xargs does: blanks, quotes, backslash.
func words(s string) []string {
	var out []string
	var b strings.Builder
	in, quoteBy := false, byte(0)
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case quoteBy != 0 && ch == quoteBy:
			quoteBy = 0
		case quoteBy != 0:
			b.WriteByte(ch)
		case ch == '\'' || ch == '"':
			quoteBy, in = ch, true
		case ch == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			in = true
		case ch == ' ' || ch == '\t' || ch == '\n':
			if in {
				out = append(out, b.String())
				b.Reset()
			}
			in = false
		default:
			b.WriteByte(ch)
			in = true
		}
	}
	if in {
		out = append(out, b.String())
	}
	return out
}

// globRegexp turns a shell pattern into a regular expression that also matches slashes.
func globRegexp(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch ch := pattern[i]; ch {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case '[':
			end, class, err := bracket(pattern, i)
			if err != nil {
				b.WriteString(`\[`)
				continue
			}
			b.WriteString(strings.Replace(class, "[!", "[^", 1))
			i = end
		default:
			b.WriteString(regexp.QuoteMeta(string(ch)))
		}
	}
	return regexp.Compile(b.String() + "$")
}
