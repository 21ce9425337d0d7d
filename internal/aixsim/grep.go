// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

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
