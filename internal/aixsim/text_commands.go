// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"io"
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
