// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func init() {
	register(map[string]runFunc{
		"cat": cat, "head": head, "tail": tail, "wc": wc, "sort": sortLines, "uniq": uniq, "cut": cut, "tr": tr, "tee": tee,
		"grep": grep, "egrep": grep, "fgrep": grep, "od": od, "cksum": cksum, "cmp": cmp, "diff": diff, "nl": nl, "rev": rev,
		"paste": paste, "strings": stringsCommand, "yes": yes, "fold": cat, "expand": cat, "more": cat, "pg": cat, "seq": seq,
	})
}

func cat(c *call) int {
	o := getopt(c.args[1:], "unsvetbA", false)
	n := 0
	return c.inputs(o.rest, "cat: 0652-050 Cannot open %s.\n", func(_ string, r io.Reader) error {
		if o.has('n') {
			return lines(r, func(line string, newline bool) bool {
				n++
				return c.write(fmt.Sprintf("%6d\t%s\n", n, line))
			})
		}
		_, err := io.Copy(c.out, r)
		return err
	})
}

func head(c *call) int {
	args := c.args[1:]
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0][1] >= '0' && args[0][1] <= '9' {
		args = append([]string{"-n", args[0][1:]}, args[1:]...)
	}
	o := getopt(args, "n:c:q", false)
	if o.bad != 0 {
		return c.fail(1, "Usage: head [-n Number | -Number | -c Number] [File ...]\n")
	}
	count, bytesMode := 10, o.has('c')
	for _, f := range []byte{'n', 'c'} {
		if v := o.value(f); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 {
				return c.fail(1, "head: 0652-101 %s is not a valid number.\n", v)
			}
			count = n
		}
	}
	first := true
	return c.inputs(o.rest, "head: 0653-341 The file %s does not exist.\n", func(name string, r io.Reader) error {
		if len(o.rest) > 1 {
			if !first {
				c.printf("\n")
			}
			c.printf("==> %s <==\n", name)
			first = false
		}
		if bytesMode {
			_, err := io.CopyN(c.out, r, int64(count))
			if err == io.EOF {
				err = nil
			}
			return err
		}
		// Byte by byte: what comes after the last line stays for the next reader.
		left := count
		if _, ok := r.(contextReader).r.(*handle); ok {
			return lines(r, func(line string, newline bool) bool {
				if left == 0 {
					return false
				}
				left--
				return c.write(line+strings.Repeat("\n", b2i(newline))) && left > 0
			})
		}
		var buf bytes.Buffer
		one := make([]byte, 1)
		for left > 0 {
			n, err := r.Read(one)
			if n > 0 {
				buf.WriteByte(one[0])
				if one[0] == '\n' {
					left--
				}
				if buf.Len() >= 4096 || left == 0 || one[0] == '\n' {
					if !c.write(buf.String()) {
						return nil
					}
					buf.Reset()
				}
			}
			if err != nil {
				c.write(buf.String())
				if err == io.EOF {
					return nil
				}
				return err
			}
		}
		return nil
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func tail(c *call) int {
	args := c.args[1:]
	count, from, bytesMode := 10, false, false
	if len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') && args[0][1] >= '0' && args[0][1] <= '9' {
		args = append([]string{"-n", strings.TrimPrefix(args[0], "-")}, args[1:]...)
	}
	o := getopt(args, "n:c:frb:", false)
	for _, f := range []byte{'n', 'c'} {
		if v := o.value(f); v != "" {
			bytesMode = f == 'c'
			from = strings.HasPrefix(v, "+")
			n, err := strconv.Atoi(strings.TrimLeft(v, "+-"))
			if err != nil {
				return c.fail(1, "Usage: tail [-f] [-c Number | -n Number] [File]\n")
			}
			count = n
		}
	}
	return c.inputs(o.rest, "tail: 0653-341 The file %s does not exist.\n", func(_ string, r io.Reader) error {
		data, err := readAll(r)
		if err != nil {
			return err
		}
		var unit [][]byte
		if bytesMode {
			if from {
				count = min(max(count-1, 0), len(data))
				c.write(string(data[count:]))
				return nil
			}
			c.write(string(data[max(0, len(data)-count):]))
			return nil
		}
		unit = bytes.SplitAfter(data, []byte("\n"))
		if len(unit) > 0 && len(unit[len(unit)-1]) == 0 {
			unit = unit[:len(unit)-1]
		}
		start := max(0, len(unit)-count)
		if from {
			start = min(max(count-1, 0), len(unit))
		}
		c.write(string(bytes.Join(unit[start:], nil)))
		return nil
	})
}

// readAll reads to the end, within a file's limit.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = errors.New("too much input")
	}
	return data, err
}

func wc(c *call) int {
	o := getopt(c.args[1:], "lwcmk", false)
	all := !o.has('l') && !o.has('w') && !o.has('c') && !o.has('m')
	show := func(l, w, b int, name string) {
		var cols []string
		if all || o.has('l') {
			cols = append(cols, fmt.Sprintf("%8d", l))
		}
		if all || o.has('w') {
			cols = append(cols, fmt.Sprintf("%8d", w))
		}
		if all || o.has('c') || o.has('m') {
			cols = append(cols, fmt.Sprintf("%8d", b))
		}
		line := strings.Join(cols, "")
		if name != "-" || len(o.rest) > 0 {
			line += " " + name
		}
		c.printf("%s\n", line)
	}
	var tl, tw, tb int
	code := c.inputs(o.rest, "wc: 0652-755 Cannot open %s.\n", func(name string, r io.Reader) error {
		var l, w, b int
		buf := make([]byte, 32<<10)
		in := false
		for {
			n, err := r.Read(buf)
			b += n
			for _, ch := range buf[:n] {
				if ch == '\n' {
					l++
				}
				space := ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r' || ch == '\v' || ch == '\f'
				if !space && !in {
					w++
				}
				in = !space
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
		show(l, w, b, name)
		tl, tw, tb = tl+l, tw+w, tb+b
		return nil
	})
	if len(o.rest) > 1 {
		show(tl, tw, tb, "total")
	}
	return code
}

// gather reads all lines of the operands.
func (c *call) gather(names []string, complain string) ([]string, int) {
	var all []string
	total := 0
	code := c.inputs(names, complain, func(_ string, r io.Reader) error {
		return lines(r, func(line string, _ bool) bool {
			all = append(all, line)
			total += len(line) + 16
			return total < maxFileBytes
		})
	})
	return all, code
}

func sortLines(c *call) int {
	o := getopt(c.args[1:], "rnuft:k:o:bdcimVA", true)
	if o.bad != 0 {
		return c.fail(2, "sort: 0653-655 Specify the flags correctly.\n")
	}
	list, code := c.gather(o.rest, "sort: 0653-656 Cannot open %s\n")
	sep := o.value('t')
	key := func(s, k string) (string, string) {
		// POS1[,POS2]: fields count from 1; flags may follow.
		start, end, _ := strings.Cut(k, ",")
		flags := strings.TrimLeft(start, "0123456789.") + strings.TrimLeft(end, "0123456789.")
		number := func(p string) int {
			p, _, _ = strings.Cut(strings.TrimRight(p, "bdfinrV"), ".")
			n, _ := strconv.Atoi(p)
			return n
		}
		var fields []string
		if sep != "" {
			fields = strings.Split(s, sep)
		} else {
			fields = strings.Fields(s)
		}
		from, to := number(start)-1, len(fields)
		if end != "" {
			to = min(number(end), len(fields))
		}
		if from < 0 || from >= len(fields) || to <= from {
			return "", flags
		}
		return strings.Join(fields[from:to], sep+strings.Repeat(" ", b2i(sep == ""))), flags
	}
	leading := regexp.MustCompile(`^\s*-?[0-9]*\.?[0-9]*`)
	compare := func(a, b, flags string) int {
		if strings.Contains(flags, "f") {
			a, b = strings.ToUpper(a), strings.ToUpper(b)
		}
		if strings.Contains(flags, "b") {
			a, b = strings.TrimLeft(a, " \t"), strings.TrimLeft(b, " \t")
		}
		result := strings.Compare(a, b)
		if strings.Contains(flags, "n") {
			x, _ := strconv.ParseFloat(strings.TrimSpace(leading.FindString(a)), 64)
			y, _ := strconv.ParseFloat(strings.TrimSpace(leading.FindString(b)), 64)
			switch {
			case x < y:
				result = -1
			case x > y:
				result = 1
			default:
				result = 0
			}
		}
		if strings.Contains(flags, "r") {
			result = -result
		}
		return result
	}
	global := ""
	for _, f := range "nrfb" {
		if o.has(byte(f)) {
			global += string(f)
		}
	}
	full := func(a, b string) int {
		for _, k := range o.values['k'] {
			ka, flags := key(a, k)
			kb, _ := key(b, k)
			if flags == "" {
				flags = global
			}
			if r := compare(ka, kb, flags); r != 0 {
				return r
			}
		}
		if len(o.values['k']) == 0 {
			if r := compare(a, b, global); r != 0 {
				return r
			}
		}
		if o.has('u') {
			return 0
		}
		r := strings.Compare(a, b)
		if o.has('r') {
			r = -r
		}
		return r
	}
	if o.has('c') {
		if sort.SliceIsSorted(list, func(i, j int) bool { return full(list[i], list[j]) < 0 }) {
			return code
		}
		return 1
	}
	sort.SliceStable(list, func(i, j int) bool { return full(list[i], list[j]) < 0 })
	var b strings.Builder
	for i, line := range list {
		if o.has('u') && i > 0 && full(list[i-1], line) == 0 {
			continue
		}
		b.WriteString(line + "\n")
	}
	if file := o.value('o'); file != "" {
		if err := c.host.fs.writeFile(c.dir, file, c.proc.user, []byte(b.String()), 0o644); err != nil {
			return c.fail(2, "sort: 0653-657 Cannot create %s\n", file)
		}
		return code
	}
	c.write(b.String())
	return code
}

func uniq(c *call) int {
	o := getopt(c.args[1:], "cduf:s:i", false)
	list, code := c.gather(o.rest[:min(1, len(o.rest))], "uniq: 0653-750 Cannot open %s\n")
	for i := 0; i < len(list); {
		j := i
		for j < len(list) && (list[j] == list[i] || o.has('i') && strings.EqualFold(list[j], list[i])) {
			j++
		}
		n := j - i
		if !(o.has('d') && n == 1) && !(o.has('u') && n > 1) {
			if o.has('c') {
				c.printf("%4d ", n)
			}
			if !c.write(list[i] + "\n") {
				return 1
			}
		}
		i = j
	}
	return code
}

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

func tee(c *call) int {
	o := getopt(c.args[1:], "ai", false)
	writers := []io.Writer{c.out}
	code := 0
	for _, name := range o.rest {
		flags := 1 | 0o100 | 0o1000 // O_WRONLY, O_CREAT, O_TRUNC
		if o.has('a') {
			flags = 1 | 0o100 | 0o2000
		}
		h, err := c.host.fs.open(c.dir, name, c.proc.user, flags, 0o666)
		if err != nil {
			c.errorf("tee: %s: %s\n", name, systemMessage(err))
			code = 1
			continue
		}
		writers = append(writers, h)
	}
	if _, err := io.Copy(io.MultiWriter(writers...), contextReader{c.ctx, c.stdin}); err != nil {
		return 1
	}
	return code
}

func grep(c *call) int {
	name := c.args[0][strings.LastIndex(c.args[0], "/")+1:]
	o := getopt(c.args[1:], "EFivclnqshwxoe:f:rRHpybA:B:C:", true)
	if o.bad != 0 {
		return c.fail(2, "Usage: grep [-E|-F] [-c|-l|-q] [-hinsvwx] -e PatternList...\n")
	}
	patterns := o.values['e']
	for _, file := range o.values['f'] {
		data, err := c.host.fs.readFile(c.dir, file, c.proc.user)
		if err != nil {
			return c.fail(2, "grep: 0652-033 Cannot open %s.\n", file)
		}
		patterns = append(patterns, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
	}
	rest := o.rest
	if len(o.values['e']) == 0 && len(o.values['f']) == 0 {
		if len(rest) == 0 {
			return c.fail(2, "Usage: grep [-E|-F] [-c|-l|-q] [-hinsvwx] -e PatternList...\n")
		}
		patterns, rest = strings.Split(rest[0], "\n"), rest[1:]
	}
	var sources []string
	for _, p := range patterns {
		for _, p := range strings.Split(p, "\n") {
			var src string
			var err error
			switch {
			case o.has('F') || name == "fgrep":
				src = regexp.QuoteMeta(p)
			case o.has('E') || name == "egrep":
				src, err = translateRegexp(p, true)
			default:
				src, err = translateRegexp(p, false)
			}
			if err != nil {
				return c.fail(2, "grep: 0652-036 %v\n", err)
			}
			if o.has('x') {
				src = "^(?:" + src + ")$"
			}
			if o.has('w') {
				src = `\b(?:` + src + `)\b`
			}
			sources = append(sources, src)
		}
	}
	src := strings.Join(sources, "|")
	if o.has('i') || o.has('y') {
		src = "(?i)" + src
	}
	re, err := regexp.Compile(src)
	if err != nil {
		return c.fail(2, "grep: 0652-036 The pattern is not valid.\n")
	}
	if o.has('r') || o.has('R') {
		rest = c.expandTree(rest)
	}
	matched := false
	prefix := len(rest) > 1 && !o.has('h') || o.has('H')
	complain := "grep: 0652-033 Cannot open %s.\n"
	if o.has('s') {
		complain = "%.0s"
	}
	code := c.inputs(rest, complain, func(file string, r io.Reader) error {
		n, count := 0, 0
		label := ""
		if prefix {
			label = file + ":"
		}
		err := lines(r, func(line string, _ bool) bool {
			n++
			if re.MatchString(line) == o.has('v') {
				return true
			}
			matched = true
			count++
			switch {
			case o.has('q'), o.has('l'):
				return false
			case o.has('c'):
				return true
			case o.has('o'):
				for _, m := range re.FindAllString(line, -1) {
					c.write(label + m + "\n")
				}
				return true
			case o.has('n'):
				return c.write(fmt.Sprintf("%s%d:%s\n", label, n, line))
			}
			return c.write(label + line + "\n")
		})
		if o.has('c') {
			c.write(fmt.Sprintf("%s%d\n", label, count))
		} else if o.has('l') && count > 0 {
			if file == "-" {
				file = "(standard input)"
			}
			c.write(file + "\n")
		}
		return err
	})
	switch {
	case o.has('q') && matched:
		return 0
	case code != 0:
		return 2
	case matched:
		return 0
	}
	return 1
}

func nl(c *call) int {
	o := getopt(c.args[1:], "b:n:w:s:v:", false)
	n := 0
	return c.inputs(o.rest, "nl: 0653-252 Cannot open %s\n", func(_ string, r io.Reader) error {
		return lines(r, func(line string, _ bool) bool {
			if line == "" && o.value('b') != "a" {
				return c.write("\n")
			}
			n++
			return c.write(fmt.Sprintf("%6d\t%s\n", n, line))
		})
	})
}

func rev(c *call) int {
	return c.inputs(c.args[1:], "rev: cannot open %s\n", func(_ string, r io.Reader) error {
		return lines(r, func(line string, _ bool) bool {
			var out []rune
			for len(line) > 0 {
				ch, size := utf8.DecodeLastRuneInString(line)
				out, line = append(out, ch), line[:len(line)-size]
			}
			return c.write(string(out) + "\n")
		})
	})
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

func stringsCommand(c *call) int {
	printable := regexp.MustCompile(`[\x20-\x7e\t]{4,}`)
	return c.inputs(getopt(c.args[1:], "an:o", false).rest, "strings: 0653-350 Cannot open %s\n", func(_ string, r io.Reader) error {
		data, err := readAll(r)
		for _, m := range printable.FindAll(data, -1) {
			c.write(string(m) + "\n")
		}
		return err
	})
}

func yes(c *call) int {
	word := "y"
	if len(c.args) > 1 {
		word = strings.Join(c.args[1:], " ")
	}
	for c.write(word + "\n") {
	}
	return 1
}

func seq(c *call) int {
	nums := []int{1, 1, 1}
	args := c.args[1:]
	for i, a := range args {
		n, err := strconv.Atoi(a)
		if err != nil || len(args) > 3 {
			return c.fail(1, "seq: invalid argument\n")
		}
		switch {
		case len(args) == 1:
			nums[2] = n
		case len(args) == 2:
			nums[i*2] = n
		default:
			nums[i] = n
		}
	}
	if nums[1] == 0 {
		return c.fail(1, "seq: zero increment\n")
	}
	for n := nums[0]; nums[1] > 0 && n <= nums[2] || nums[1] < 0 && n >= nums[2]; n += nums[1] {
		if !c.write(strconv.Itoa(n) + "\n") {
			return 1
		}
	}
	return 0
}

// od dumps bytes; the address and the types the collector and scripts use.
func od(c *call) int {
	o := getopt(c.args[1:], "A:t:N:j:vbcdoxX", false)
	if o.bad != 0 {
		return c.fail(1, "Usage: od [-v] [-A AddressBase] [-N Count] [-j Skip] [-t TypeString ...] [File ...]\n")
	}
	format := o.value('t')
	for flag, t := range map[byte]string{'b': "o1", 'c': "c", 'd': "u2", 'o': "o2", 'x': "x2", 'X': "x4"} {
		if o.has(flag) {
			format = t
		}
	}
	if format == "" {
		format = "o2"
	}
	var limit, skip int64 = -1, 0
	if v := o.value('N'); v != "" {
		limit, _ = strconv.ParseInt(v, 0, 64)
	}
	if v := o.value('j'); v != "" {
		skip, _ = strconv.ParseInt(v, 0, 64)
	}
	unit := 1
	if len(format) > 1 {
		unit, _ = strconv.Atoi(format[1:])
	} else if format != "c" && format != "a" {
		unit = 4
	}
	if unit != 1 && unit != 2 && unit != 4 && unit != 8 {
		return c.fail(1, "od: 0652-070 %s is not a valid type.\n", format)
	}
	address := func(at int64) string {
		switch o.value('A') {
		case "n":
			return ""
		case "d":
			return fmt.Sprintf("%07d", at)
		case "x":
			return fmt.Sprintf("%07x", at)
		}
		return fmt.Sprintf("%07o", at)
	}
	var at int64
	var row []byte
	flush := func() bool {
		if len(row) == 0 {
			return true
		}
		var b strings.Builder
		b.WriteString(address(at))
		for i := 0; i < len(row); i += unit {
			var v uint64
			for j := 0; j < unit; j++ { // big endian, as POWER is
				v <<= 8
				if i+j < len(row) {
					v |= uint64(row[i+j])
				}
			}
			switch format[0] {
			case 'x':
				fmt.Fprintf(&b, " %0*x", unit*2, v)
			case 'u':
				fmt.Fprintf(&b, " %*d", map[int]int{1: 3, 2: 5, 4: 10, 8: 20}[unit], v)
			case 'd':
				shift := 64 - 8*unit
				fmt.Fprintf(&b, " %*d", map[int]int{1: 4, 2: 6, 4: 11, 8: 20}[unit], int64(v<<shift)>>shift)
			case 'c', 'a':
				ch := byte(v)
				text := string(rune(ch))
				if esc := strings.IndexByte("\x00\a\b\f\n\r\t\v", ch); esc >= 0 {
					text = []string{`\0`, `\a`, `\b`, `\f`, `\n`, `\r`, `\t`, `\v`}[esc]
				} else if ch < 32 || ch > 126 {
					text = fmt.Sprintf("%03o", ch)
				}
				fmt.Fprintf(&b, " %3s", text)
			default:
				fmt.Fprintf(&b, " %0*o", map[int]int{1: 3, 2: 6, 4: 11, 8: 22}[unit], v)
			}
		}
		b.WriteString("\n")
		at += int64(len(row))
		row = row[:0]
		return c.write(b.String())
	}
	code := c.inputs(o.rest, "od: 0652-072 Cannot open %s.\n", func(_ string, r io.Reader) error {
		br := bufio.NewReader(r)
		for limit != 0 {
			b, err := br.ReadByte()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if skip > 0 {
				skip--
				at++
				continue
			}
			row = append(row, b)
			if limit > 0 {
				limit--
			}
			if len(row) == 16 && !flush() {
				return nil
			}
		}
		return nil
	})
	flush()
	if a := address(at); a != "" {
		c.printf("%s\n", a)
	}
	return code
}

// cksum is POSIX's CRC.
func cksum(c *call) int {
	return c.inputs(c.args[1:], "cksum: 0653-100 Cannot open %s\n", func(name string, r io.Reader) error {
		data, err := readAll(r)
		if err != nil {
			return err
		}
		var crc uint32
		step := func(b byte) {
			crc ^= uint32(b) << 24
			for i := 0; i < 8; i++ {
				if crc&(1<<31) != 0 {
					crc = crc<<1 ^ 0x04C11DB7
				} else {
					crc <<= 1
				}
			}
		}
		for _, b := range data {
			step(b)
		}
		for n := len(data); n > 0; n >>= 8 {
			step(byte(n))
		}
		if name == "-" {
			c.printf("%d %d\n", ^crc, len(data))
		} else {
			c.printf("%d %d %s\n", ^crc, len(data), name)
		}
		return nil
	})
}

func (c *call) pair(names []string, complain string) (a, b []byte, ok bool) {
	var both [2][]byte
	for i := range both {
		r, err := c.input(names[i])
		if err == nil {
			both[i], err = readAll(r)
		}
		if err != nil {
			c.errorf(complain, names[i])
			return nil, nil, false
		}
	}
	return both[0], both[1], true
}

func cmp(c *call) int {
	o := getopt(c.args[1:], "ls", false)
	if len(o.rest) != 2 {
		return c.fail(2, "Usage: cmp [-l | -s] File1 File2\n")
	}
	a, b, ok := c.pair(o.rest, "cmp: 0653-760 Cannot open %s.\n")
	if !ok {
		return 2
	}
	line := 1
	for i := 0; i < min(len(a), len(b)); i++ {
		if a[i] != b[i] {
			if !o.has('s') {
				c.printf("%s %s differ: char %d, line %d\n", o.rest[0], o.rest[1], i+1, line)
			}
			return 1
		}
		if a[i] == '\n' {
			line++
		}
	}
	if len(a) != len(b) {
		if !o.has('s') {
			c.errorf("cmp: EOF on %s\n", o.rest[b2i(len(b) < len(a))])
		}
		return 1
	}
	return 0
}

// maxDiffLines bounds diff's table.
const maxDiffLines = 3000

// diff is the classic format, and -u without hunks' context merging.
func diff(c *call) int {
	o := getopt(c.args[1:], "ubwqcrN", false)
	if len(o.rest) != 2 {
		return c.fail(2, "Usage: diff [-b] [-w] [-u] File1 File2\n")
	}
	ra, rb, ok := c.pair(o.rest, "diff: 0653-827 Cannot open %s\n")
	if !ok {
		return 2
	}
	if bytes.Equal(ra, rb) {
		return 0
	}
	if o.has('q') {
		c.printf("Files %s and %s differ\n", o.rest[0], o.rest[1])
		return 1
	}
	split := func(d []byte) []string {
		if len(d) == 0 {
			return nil
		}
		return strings.Split(strings.TrimSuffix(string(d), "\n"), "\n")
	}
	a, b := split(ra), split(rb)
	if len(a) > maxDiffLines || len(b) > maxDiffLines {
		return c.fail(2, "diff: 0653-830 The files are too large.\n")
	}
	same := func(i, j int) bool {
		if o.has('w') || o.has('b') {
			return strings.Join(strings.Fields(a[i]), " ") == strings.Join(strings.Fields(b[j]), " ")
		}
		return a[i] == b[j]
	}
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		if c.ctx.Err() != nil {
			return 2
		}
		for j := len(b) - 1; j >= 0; j-- {
			if same(i, j) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	if o.has('u') {
		c.printf("--- %s\n+++ %s\n@@ -1,%d +1,%d @@\n", o.rest[0], o.rest[1], len(a), len(b))
	}
	found := 0
	ranged := func(from, to int) string {
		if to-from <= 1 {
			return strconv.Itoa(to)
		}
		return fmt.Sprintf("%d,%d", from+1, to)
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if i < len(a) && j < len(b) && same(i, j) {
			if o.has('u') {
				c.printf(" %s\n", a[i])
			}
			i, j = i+1, j+1
			continue
		}
		si, sj := i, j
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && same(i, j)) {
			if j >= len(b) || i < len(a) && common[i+1][j] >= common[i][j+1] {
				i++
			} else {
				j++
			}
		}
		found = 1
		if o.has('u') {
			for _, l := range a[si:i] {
				c.printf("-%s\n", l)
			}
			for _, l := range b[sj:j] {
				c.printf("+%s\n", l)
			}
			continue
		}
		switch {
		case si == i:
			c.printf("%da%s\n", i, ranged(sj, j))
		case sj == j:
			c.printf("%sd%d\n", ranged(si, i), j)
		default:
			c.printf("%sc%s\n", ranged(si, i), ranged(sj, j))
		}
		for _, l := range a[si:i] {
			c.printf("< %s\n", l)
		}
		if si != i && sj != j {
			c.printf("---\n")
		}
		for _, l := range b[sj:j] {
			c.printf("> %s\n", l)
		}
	}
	return found
}

// expr evaluates POSIX expr.
func expr(c *call) int {
	p := &exprParser{args: c.args[1:]}
	value, err := p.or()
	if err == nil && p.at < len(p.args) {
		err = errors.New("syntax error")
	}
	if err != nil {
		return c.fail(2, "expr: 0402-050 %v.\n", err)
	}
	c.printf("%s\n", value)
	if value == "" || value == "0" {
		return 1
	}
	return 0
}

type exprParser struct {
	args  []string
	at    int
	depth int
}

func (p *exprParser) next(ops ...string) string {
	if p.at < len(p.args) {
		for _, op := range ops {
			if p.args[p.at] == op {
				p.at++
				return op
			}
		}
	}
	return ""
}

func truth(s string) bool { return s != "" && s != "0" }

func (p *exprParser) or() (string, error) {
	a, err := p.and()
	for err == nil && p.next("|") != "" {
		var b string
		if b, err = p.and(); !truth(a) {
			a = b
			if a == "" {
				a = "0"
			}
		}
	}
	return a, err
}

func (p *exprParser) and() (string, error) {
	a, err := p.compare()
	for err == nil && p.next("&") != "" {
		var b string
		if b, err = p.compare(); !truth(a) || !truth(b) {
			a = "0"
		}
	}
	return a, err
}

func (p *exprParser) compare() (string, error) {
	a, err := p.sum()
	for err == nil {
		op := p.next("=", "==", "!=", "<", "<=", ">", ">=")
		if op == "" {
			break
		}
		var b string
		if b, err = p.sum(); err != nil {
			break
		}
		r := strings.Compare(a, b)
		x, okX := new(big.Int).SetString(a, 10)
		y, okY := new(big.Int).SetString(b, 10)
		if okX && okY {
			r = x.Cmp(y)
		}
		holds := map[string]bool{"=": r == 0, "==": r == 0, "!=": r != 0, "<": r < 0, "<=": r <= 0, ">": r > 0, ">=": r >= 0}[op]
		a = strconv.Itoa(b2i(holds))
	}
	return a, err
}

func (p *exprParser) number(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		err = errors.New("An integer value was expected")
	}
	return n, err
}

func (p *exprParser) sum() (string, error) {
	return p.arithmetic(p.product, "+", "-")
}

func (p *exprParser) product() (string, error) {
	return p.arithmetic(p.match, "*", "/", "%")
}

func (p *exprParser) arithmetic(operand func() (string, error), ops ...string) (string, error) {
	a, err := operand()
	for err == nil {
		op := p.next(ops...)
		if op == "" {
			break
		}
		var b string
		if b, err = operand(); err != nil {
			break
		}
		x, errX := p.number(a)
		y, errY := p.number(b)
		if err = errors.Join(errX, errY); err != nil {
			return "", errors.New("An integer value was expected")
		}
		if (op == "/" || op == "%") && y == 0 {
			return "", errors.New("Division by zero")
		}
		switch op {
		case "+":
			x += y
		case "-":
			x -= y
		case "*":
			x *= y
		case "/":
			x /= y
		case "%":
			x %= y
		}
		a = strconv.FormatInt(x, 10)
	}
	return a, err
}

func (p *exprParser) match() (string, error) {
	a, err := p.primary()
	for err == nil && p.next(":") != "" {
		var pattern string
		if pattern, err = p.primary(); err != nil {
			break
		}
		src, rerr := translateRegexp(pattern, false)
		if rerr != nil {
			return "", rerr
		}
		re, rerr := regexp.Compile("^(?:" + strings.TrimPrefix(src, "^") + ")")
		if rerr != nil {
			return "", errors.New("The pattern is not valid")
		}
		m := re.FindStringSubmatch(a)
		switch {
		case re.NumSubexp() > 0 && m != nil:
			a = m[1]
		case re.NumSubexp() > 0:
			a = ""
		case m != nil:
			a = strconv.Itoa(utf8.RuneCountInString(m[0]))
		default:
			a = "0"
		}
	}
	return a, err
}

func (p *exprParser) primary() (string, error) {
	if p.at >= len(p.args) {
		return "", errors.New("syntax error")
	}
	if p.depth++; p.depth > 100 {
		return "", errors.New("syntax error")
	}
	defer func() { p.depth-- }()
	if p.next("(") != "" {
		v, err := p.or()
		if err == nil && p.next(")") == "" {
			err = errors.New("syntax error")
		}
		return v, err
	}
	a := p.args[p.at]
	p.at++
	switch {
	case a == "length" && p.at < len(p.args):
		p.at++
		return strconv.Itoa(len(p.args[p.at-1])), nil
	}
	return a, nil
}

func sleep(c *call) int {
	if len(c.args) != 2 {
		return c.fail(2, "Usage: sleep Seconds\n")
	}
	n, err := strconv.ParseFloat(c.args[1], 64)
	if err != nil || n < 0 {
		return c.fail(2, "sleep: bad character in argument\n")
	}
	if pause(c.ctx, time.Duration(min(n, 1e8)*float64(time.Second))) != nil {
		return 128 + c.proc.signal
	}
	return 0
}
