// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// sed is our own. rwtodd/Go.Sed was the candidate, but its `r` and `w` read and
// write files of the machine it runs on (`r` already while parsing), it has no
// way to stop a script that branches for ever, loses an empty last line, and
// takes Go's regular expressions where scripts have POSIX basic ones.
func init() { register(map[string]runFunc{"sed": sedMain}) }

// maxSedSteps bounds a script that branches for ever.
const maxSedSteps = 20_000_000

// A sedRun is a script that runs over its input.
type sedRun struct {
	c        *call
	commands []*sedCommand
	quiet    bool
	out      *bufio.Writer
	next     func() (string, bool, bool) // line, had a newline, ok
	ahead    *sedLine
	pattern  string
	newline  bool
	hold     string
	number   int
	queue    []string
	last     *regexp.Regexp
	changed  bool
	files    map[string]*handle
	steps    int
}

type sedLine struct {
	text    string
	newline bool
}

var errSedLimit = errors.New("sed: 0602-410 The script does not end.")

func sedMain(c *call) int {
	o := getopt(c.args[1:], "nEre:f:i", false)
	if o.bad != 0 {
		return c.fail(2, "Usage: sed [-n] [-u] Script [File ...]\n\tsed [-n] [-u] [-e Script] ... [-f Script_file] ... [File ...]\n")
	}
	scripts := o.values['e']
	for _, f := range o.values['f'] {
		data, err := c.host.fs.readFile(c.dir, f, c.proc.user)
		if err != nil {
			return c.fail(2, "sed: 0602-419 Cannot find or open file %s.\n", f)
		}
		scripts = append(scripts, string(data))
	}
	rest := o.rest
	if len(o.values['e']) == 0 && len(o.values['f']) == 0 {
		if len(rest) == 0 {
			return c.fail(2, "Usage: sed [-n] [-u] Script [File ...]\n")
		}
		scripts, rest = rest[:1], rest[1:]
	}
	p := &sedParser{src: strings.Join(scripts, "\n"), extended: o.has('E') || o.has('r'), labels: map[string]int{}}
	if strings.HasPrefix(p.src, "#n\n") {
		o.set['n'] = 1
	}
	if err := p.parse(); err != nil {
		return c.fail(2, "%v\n", err)
	}
	if !o.has('i') {
		return c.sed(p.commands, o.has('n'), rest, c.out)
	}
	code := 0
	for _, name := range rest {
		var b strings.Builder
		for _, cmd := range p.commands {
			cmd.active = false
		}
		if status := c.sed(p.commands, o.has('n'), []string{name}, &b); status != 0 {
			code = status
			continue
		}
		if err := c.host.fs.writeFile(c.dir, name, c.proc.user, []byte(b.String()), 0o644); err != nil {
			code = c.fail(1, "sed: %s: %s\n", name, systemMessage(err))
		}
	}
	return code
}

// sed runs the script over the files, one stream.
func (c *call) sed(commands []*sedCommand, quiet bool, names []string, out io.Writer) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	var br *bufio.Reader
	next := func() (string, bool, bool) {
		for {
			if br == nil {
				if len(names) == 0 {
					return "", false, false
				}
				r, err := c.input(names[0])
				if err != nil {
					c.errorf("sed: 0602-419 Cannot find or open file %s.\n", names[0])
					code = 2
				} else {
					br = bufio.NewReaderSize(contextReader{c.ctx, r}, 64<<10)
				}
				names = names[1:]
				continue
			}
			line, err := br.ReadString('\n')
			if line == "" && err != nil {
				br = nil
				continue
			}
			trimmed := strings.TrimSuffix(line, "\n")
			return trimmed, trimmed != line, true
		}
	}
	w := bufio.NewWriter(out)
	run := &sedRun{c: c, commands: commands, quiet: quiet, out: w, next: next, newline: true, files: map[string]*handle{}}
	status, err := run.run()
	if flushErr := w.Flush(); err == nil {
		err = flushErr
	}
	if err != nil {
		if errors.Is(err, errSedLimit) {
			c.errorf("%v\n", err)
		}
		return 1
	}
	if status != 0 {
		return status
	}
	return code
}

// read takes the next line into the pattern space.
func (r *sedRun) read() (*sedLine, bool) {
	l := r.ahead
	r.ahead = nil
	if l == nil {
		text, newline, ok := r.next()
		if !ok {
			return nil, false
		}
		l = &sedLine{text, newline}
	}
	r.number++
	return l, true
}

// isLast says whether the current line is the last: it reads one ahead.
func (r *sedRun) isLast() bool {
	if r.ahead != nil {
		return false
	}
	text, newline, ok := r.next()
	if ok {
		r.ahead = &sedLine{text, newline}
	}
	return !ok
}

func (r *sedRun) print(s string) error {
	if _, err := r.out.WriteString(s); err != nil {
		return err
	}
	if r.newline {
		return r.out.WriteByte('\n')
	}
	return nil
}

func (r *sedRun) flushQueue() {
	for _, text := range r.queue {
		_, _ = r.out.WriteString(text)
	}
	r.queue = nil
}

func (r *sedRun) matches(a *sedAddress) bool {
	switch {
	case a.re != nil:
		r.last = a.re
		return a.re.MatchString(r.pattern)
	case a.empty:
		return r.last != nil && r.last.MatchString(r.pattern)
	case a.last:
		return r.isLast()
	}
	return a.line == r.number
}

func (r *sedRun) selected(cmd *sedCommand) bool {
	switch {
	case cmd.from == nil:
		return true
	case cmd.to == nil:
		return r.matches(cmd.from)
	case !cmd.active:
		if !r.matches(cmd.from) {
			return false
		}
		// A second address that is a line already passed selects one line.
		cmd.active = !(cmd.to.re == nil && !cmd.to.last && !cmd.to.empty && cmd.to.line <= r.number)
		return true
	}
	if cmd.to.re == nil && !cmd.to.last && !cmd.to.empty {
		if r.number >= cmd.to.line {
			cmd.active = false
		}
		return r.number <= cmd.to.line
	}
	if r.matches(cmd.to) {
		cmd.active = false
	}
	return true
}

func (r *sedRun) run() (int, error) {
	for {
		line, ok := r.read()
		if !ok {
			return 0, nil
		}
		r.pattern, r.newline, r.changed = line.text, line.newline, false
		restart := true
		for restart {
			restart = false
			done, status, again, err := r.cycle()
			if err != nil || done {
				return status, err
			}
			restart = again
		}
		if r.c.ctx.Err() != nil {
			return 1, r.c.ctx.Err()
		}
	}
}

// cycle runs the script once over the pattern space. again asks for another run
// without reading, as D does.
func (r *sedRun) cycle() (done bool, status int, again bool, err error) {
	end := func(quiet bool) error {
		if !quiet {
			if err := r.print(r.pattern); err != nil {
				return err
			}
		}
		r.flushQueue()
		return nil
	}
	for ip := 0; ip < len(r.commands); ip++ {
		if r.steps++; r.steps > maxSedSteps || len(r.pattern) > maxLine || len(r.hold) > maxLine {
			return true, 1, false, errSedLimit
		}
		if r.steps%4096 == 0 && r.c.ctx.Err() != nil {
			return true, 1, false, r.c.ctx.Err()
		}
		cmd := r.commands[ip]
		if r.selected(cmd) == cmd.negate {
			if cmd.name == '{' {
				ip = cmd.jump - 1
			}
			continue
		}
		switch cmd.name {
		case 'a':
			r.queue = append(r.queue, cmd.text)
		case 'i':
			_, err = r.out.WriteString(cmd.text)
		case 'c':
			if cmd.to == nil || cmd.negate || !cmd.active {
				_, err = r.out.WriteString(cmd.text)
			}
			r.flushQueue()
			return false, 0, false, err
		case 'b':
			ip = cmd.jump - 1
		case 't':
			if r.changed {
				r.changed = false
				ip = cmd.jump - 1
			}
		case 'd':
			r.flushQueue()
			return false, 0, false, nil
		case 'D':
			_, rest, found := strings.Cut(r.pattern, "\n")
			r.flushQueue()
			if !found {
				return false, 0, false, nil
			}
			r.pattern = rest
			return false, 0, true, nil
		case 'p':
			err = r.print(r.pattern)
		case 'P':
			first, _, _ := strings.Cut(r.pattern, "\n")
			_, err = r.out.WriteString(first + "\n")
		case 'n':
			if r.isLast() {
				return true, 0, false, end(r.quiet)
			}
			if !r.quiet {
				err = r.print(r.pattern)
			}
			r.flushQueue()
			l, _ := r.read()
			r.pattern, r.newline = l.text, l.newline
		case 'N':
			if r.isLast() {
				return true, 0, false, end(r.quiet)
			}
			r.flushQueue()
			l, _ := r.read()
			r.pattern, r.newline = r.pattern+"\n"+l.text, l.newline
		case 'g':
			r.pattern = r.hold
		case 'G':
			r.pattern += "\n" + r.hold
		case 'h':
			r.hold = r.pattern
		case 'H':
			r.hold += "\n" + r.pattern
		case 'x':
			r.pattern, r.hold = r.hold, r.pattern
		case '=':
			_, err = fmt.Fprintf(r.out, "%d\n", r.number)
		case 'l':
			_, err = r.out.WriteString(strings.Trim(strconv.Quote(r.pattern), `"`) + "$\n")
		case 'q':
			return true, cmd.nth, false, end(r.quiet)
		case 'Q':
			return true, cmd.nth, false, nil
		case 'r':
			if data, readErr := r.c.host.fs.readFile(r.c.dir, cmd.file, r.c.proc.user); readErr == nil {
				r.queue = append(r.queue, string(data))
			}
		case 'w':
			err = r.writeTo(cmd.file, r.pattern)
		case 'y':
			r.pattern = strings.Map(func(ch rune) rune {
				if to, ok := cmd.table[ch]; ok {
					return to
				}
				return ch
			}, r.pattern)
		case 's':
			err = r.replace(cmd)
		}
		if err != nil {
			return true, 1, false, err
		}
	}
	return false, 0, false, end(r.quiet)
}

func (r *sedRun) writeTo(name, text string) error {
	h := r.files[name]
	if h == nil {
		if name == "/dev/stdout" {
			_, err := r.out.WriteString(text + "\n")
			return err
		}
		var err error
		if h, err = r.c.host.fs.open(r.c.dir, name, r.c.proc.user, 1|0o100|0o1000, 0o666); err != nil {
			r.c.errorf("sed: 0602-415 Cannot create %s.\n", name)
			return err
		}
		r.files[name] = h
	}
	_, err := h.Write([]byte(text + "\n"))
	return err
}

func (r *sedRun) replace(cmd *sedCommand) error {
	re := cmd.re
	if re == nil {
		re = r.last
	}
	if re == nil {
		return errors.New("sed: 0602-406 There is no previous regular expression.")
	}
	r.last = re
	limit := -1
	if !cmd.global {
		limit = cmd.nth
	}
	all := re.FindAllStringSubmatchIndex(r.pattern, limit)
	if len(all) < cmd.nth {
		return nil
	}
	var b strings.Builder
	at := 0
	for _, m := range all[cmd.nth-1:] {
		b.WriteString(r.pattern[at:m[0]])
		for _, part := range cmd.parts {
			switch {
			case part.group < 0:
				b.WriteString(part.text)
			case 2*part.group+1 < len(m) && m[2*part.group] >= 0:
				b.WriteString(r.pattern[m[2*part.group]:m[2*part.group+1]])
			}
		}
		at = m[1]
	}
	b.WriteString(r.pattern[at:])
	r.pattern, r.changed = b.String(), true
	if cmd.print {
		if err := r.print(r.pattern); err != nil {
			return err
		}
	}
	if cmd.file != "" {
		return r.writeTo(cmd.file, r.pattern)
	}
	return nil
}
