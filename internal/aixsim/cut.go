// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"io"
	"strconv"
	"strings"
)

// A span is a range of positions from 1, as cut's lists have them.
type span struct{ from, to int }

func spans(list string) ([]span, bool) {
	var out []span
	for _, part := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		a, b, ranged := strings.Cut(part, "-")
		s := span{1, 1 << 30}
		var err error
		if a != "" {
			if s.from, err = strconv.Atoi(a); err != nil {
				return nil, false
			}
		}
		if !ranged {
			s.to = s.from
		} else if b != "" {
			if s.to, err = strconv.Atoi(b); err != nil {
				return nil, false
			}
		}
		if s.from < 1 || s.to < s.from {
			return nil, false
		}
		out = append(out, s)
	}
	return out, len(out) > 0
}

func within(list []span, n int) bool {
	for _, s := range list {
		if n >= s.from && n <= s.to {
			return true
		}
	}
	return false
}

func cut(c *call) int {
	o := getopt(c.args[1:], "d:f:c:b:sn", false)
	list, ok := spans(o.value('f') + o.value('c') + o.value('b'))
	if !ok || o.bad != 0 {
		return c.fail(2, "cut: 0652-027 Specify a valid list.\n")
	}
	delimiter := o.value('d')
	if delimiter == "" {
		delimiter = "\t"
	}
	return c.inputs(o.rest, "cut: 0652-024 Cannot open %s.\n", func(_ string, r io.Reader) error {
		return lines(r, func(line string, _ bool) bool {
			if !o.has('f') {
				var b strings.Builder
				for i := 0; i < len(line); i++ {
					if within(list, i+1) {
						b.WriteByte(line[i])
					}
				}
				return c.write(b.String() + "\n")
			}
			if !strings.Contains(line, delimiter) {
				return o.has('s') || c.write(line+"\n")
			}
			var kept []string
			for i, f := range strings.Split(line, delimiter) {
				if within(list, i+1) {
					kept = append(kept, f)
				}
			}
			return c.write(strings.Join(kept, delimiter) + "\n")
		})
	})
}

// trSet expands a set of tr: ranges, classes, escapes.
func trSet(s string) []byte {
	var out []byte
	classes := map[string]func(byte) bool{
		"upper": func(b byte) bool { return b >= 'A' && b <= 'Z' }, "lower": func(b byte) bool { return b >= 'a' && b <= 'z' },
		"digit": func(b byte) bool { return b >= '0' && b <= '9' }, "space": func(b byte) bool { return b == ' ' || b >= 9 && b <= 13 },
		"blank": func(b byte) bool { return b == ' ' || b == '\t' }, "cntrl": func(b byte) bool { return b < 32 || b == 127 },
		"print": func(b byte) bool { return b >= 32 && b < 127 }, "punct": func(b byte) bool {
			return b > 32 && b < 127 && !strings.ContainsRune("0123456789", rune(b)) && (b|32 < 'a' || b|32 > 'z')
		},
		"alpha": func(b byte) bool { return b|32 >= 'a' && b|32 <= 'z' }, "alnum": func(b byte) bool { return b|32 >= 'a' && b|32 <= 'z' || b >= '0' && b <= '9' },
		"xdigit": func(b byte) bool { return b >= '0' && b <= '9' || b|32 >= 'a' && b|32 <= 'f' },
	}
	one := func(i int) (byte, int) {
		if s[i] == '\\' && i+1 < len(s) {
			end := i + 2
			for end < len(s) && end < i+4 && s[i+1] >= '0' && s[i+1] <= '7' && s[end] >= '0' && s[end] <= '7' {
				end++
			}
			if s[i+1] >= '0' && s[i+1] <= '7' {
				n, _ := strconv.ParseUint(s[i+1:end], 8, 16)
				return byte(n), end
			}
			text, _ := unescape(s[i:i+2], false)
			return text[len(text)-1], i + 2
		}
		return s[i], i + 1
	}
	for i := 0; i < len(s); {
		if strings.HasPrefix(s[i:], "[:") {
			if end := strings.Index(s[i:], ":]"); end > 0 {
				if in := classes[s[i+2:i+end]]; in != nil {
					for b := 0; b < 256; b++ {
						if in(byte(b)) {
							out = append(out, byte(b))
						}
					}
					i += end + 2
					continue
				}
			}
		}
		from, next := one(i)
		if next+1 < len(s) && s[next] == '-' {
			to, after := one(next + 1)
			for b := int(from); b <= int(to); b++ {
				out = append(out, byte(b))
			}
			i = after
			continue
		}
		out = append(out, from)
		i = next
	}
	return out
}

func tr(c *call) int {
	o := getopt(c.args[1:], "cCdsA", false)
	if len(o.rest) == 0 || o.bad != 0 {
		return c.fail(1, "Usage: tr [-c | -cds | -ds] String1 String2\n")
	}
	set := trSet(o.rest[0])
	if o.has('c') || o.has('C') {
		var in [256]bool
		for _, b := range set {
			in[b] = true
		}
		set = nil
		for b := 0; b < 256; b++ {
			if !in[b] {
				set = append(set, byte(b))
			}
		}
	}
	var second []byte
	if len(o.rest) > 1 {
		second = trSet(o.rest[1])
	}
	var to [256]int
	for i := range to {
		to[i] = i
	}
	var squeeze [256]bool
	if o.has('d') {
		for _, b := range set {
			to[b] = -1
		}
		for _, b := range second {
			squeeze[b] = o.has('s')
		}
	} else if len(second) > 0 {
		for i, b := range set {
			to[b] = int(second[min(i, len(second)-1)])
		}
		for _, b := range second {
			squeeze[b] = o.has('s')
		}
	} else {
		for _, b := range set {
			squeeze[b] = o.has('s')
		}
	}
	buf, last := make([]byte, 32<<10), -1
	in := contextReader{c.ctx, c.stdin}
	for {
		n, err := in.Read(buf)
		out := make([]byte, 0, n)
		for _, b := range buf[:n] {
			t := to[b]
			if t < 0 || squeeze[t] && t == last {
				continue
			}
			last = t
			out = append(out, byte(t))
		}
		if !c.write(string(out)) {
			return 1
		}
		if err != nil {
			return 0
		}
	}
}

func paste(c *call) int {
	o := getopt(c.args[1:], "d:s", false)
	delimiter := "\t"
	if v := o.value('d'); v != "" {
		delimiter, _ = unescape(v, false)
	}
	var columns [][]string
	longest := 0
	for _, name := range o.rest {
		list, code := c.gather([]string{name}, "paste: 0653-260 Cannot open %s\n")
		if code != 0 {
			return code
		}
		columns = append(columns, list)
		longest = max(longest, len(list))
	}
	if o.has('s') {
		for _, col := range columns {
			c.write(strings.Join(col, delimiter[:1]) + "\n")
		}
		return 0
	}
	for i := 0; i < longest; i++ {
		row := make([]string, len(columns))
		for j, col := range columns {
			if i < len(col) {
				row[j] = col[i]
			}
		}
		if !c.write(strings.Join(row, delimiter) + "\n") {
			return 1
		}
	}
	return 0
}
