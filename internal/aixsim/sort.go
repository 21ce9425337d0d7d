// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

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
