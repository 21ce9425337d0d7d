// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

// A call is one command that runs in a process.
type call struct {
	host   *Host
	proc   *process
	ctx    context.Context
	path   string   // the file that runs
	args   []string // args[0] is the name it was called by
	env    map[string]string
	dir    string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	out    io.Writer // standard output, bounded
	fds    map[int]descriptor
	shell  *shell
}

func (c *call) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }
func (c *call) errorf(format string, args ...any) { fmt.Fprintf(c.stderr, format, args...) }

// fail prints a message and returns the status.
func (c *call) fail(code int, format string, args ...any) int {
	c.errorf(format, args...)
	return code
}

// A program is a command of the simulator: it returns the exit status.
type runFunc func(c *call) int

// programs are all commands by name; commandPaths says where they lie.
var programs = map[string]runFunc{}

// aixOnly are the programs that a host with another operating system lacks.
var aixOnly = map[string]bool{}

// register adds programs. Files of this package call it from init.
func register(list map[string]runFunc) {
	for name, run := range list {
		programs[name] = run
	}
}

// options parses flags as getopt does: spec is getopt's, a colon after a letter
// that takes a value. Values of repeated flags are kept in order.
type options struct {
	set    map[byte]int
	values map[byte][]string
	rest   []string
	bad    byte // the flag that is not in the spec, or lacks its value
}

func (o *options) has(flag byte) bool { return o.set[flag] > 0 }

func (o *options) value(flag byte) string {
	if v := o.values[flag]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// getopt reads the flags before the operands, or with permute also those after.
func getopt(args []string, spec string, permute bool) *options {
	o := &options{set: map[byte]int{}, values: map[byte][]string{}}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			o.rest = append(o.rest, args[i+1:]...)
			return o
		}
		if len(a) < 2 || a[0] != '-' {
			o.rest = append(o.rest, a)
			if !permute {
				o.rest = append(o.rest, args[i+1:]...)
				return o
			}
			continue
		}
		for j := 1; j < len(a); j++ {
			at := strings.IndexByte(spec, a[j])
			if at < 0 || a[j] == ':' {
				if o.bad == 0 {
					o.bad = a[j]
				}
				continue
			}
			o.set[a[j]]++
			if at+1 < len(spec) && spec[at+1] == ':' {
				value := a[j+1:]
				if value == "" {
					if i+1 >= len(args) {
						if o.bad == 0 {
							o.bad = a[j]
						}
						break
					}
					i++
					value = args[i]
				}
				o.values[a[j]] = append(o.values[a[j]], value)
				break
			}
		}
	}
	return o
}

// input opens an operand: a file of the virtual file system, or "-".
func (c *call) input(name string) (io.Reader, error) {
	if name == "-" {
		return c.stdin, nil
	}
	return c.host.fs.open(c.dir, name, c.proc.user, 0, 0)
}

// inputs calls fn with each operand, or with standard input if there is none.
func (c *call) inputs(names []string, complain string, fn func(name string, r io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		r, err := c.input(name)
		if err != nil {
			c.errorf(complain, name)
			code = 1
			continue
		}
		if err := fn(name, contextReader{c.ctx, r}); err != nil {
			if c.ctx.Err() != nil {
				return 1
			}
			if isRead(err) {
				c.errorf("%s: %s\n", name, systemMessage(err))
			}
			code = 1
		}
	}
	return code
}

func isRead(err error) bool { return !strings.Contains(err.Error(), "broken pipe") }

// contextReader ends when the process does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// maxLine bounds a line of text that a line-oriented command holds.
const maxLine = 4 << 20

// lines calls fn with each line and whether it ended in a newline, until fn
// returns false.
func lines(r io.Reader, fn func(line string, newline bool) bool) error {
	br := bufio.NewReaderSize(r, 64<<10)
	for {
		var line []byte
		for {
			part, err := br.ReadSlice('\n')
			line = append(line, part...)
			if err == nil {
				break
			}
			if err == bufio.ErrBufferFull {
				if len(line) > maxLine {
					return fmt.Errorf("line too long")
				}
				continue
			}
			if len(line) > 0 {
				fn(string(line), false)
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
		if !fn(string(line[:len(line)-1]), true) {
			return nil
		}
	}
}

// write writes to standard output and says whether that worked.
func (c *call) write(s string) bool {
	_, err := io.WriteString(c.out, s)
	return err == nil
}

// needRoot refuses other users, as AIX's administrative commands do.
func (c *call) needRoot() bool {
	if c.proc.user.root() {
		return true
	}
	c.errorf("%s: 0653-345 Permission denied.\n", c.args[0])
	return false
}
