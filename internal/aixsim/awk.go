// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"errors"
	"io"
	"sort"
	"strings"

	"github.com/benhoyt/goawk/interp"
	"github.com/benhoyt/goawk/parser"
)

func init() { register(map[string]runFunc{"awk": awk, "nawk": awk}) }

// awk is goawk. It knows only the machine's files and commands, so both are
// switched off; the operands are given to it as parts of its standard input.
// What is missing is therefore getline from and print to named files, system()
// and pipes, which end the program with a message.
func awk(c *call) int {
	o := getopt(c.args[1:], "F:v:f:", false)
	if o.bad != 0 {
		return c.fail(2, "Usage: awk [-F Character][-v Variable=Value][-f File|Commands][Variable=Value|File ...]\n")
	}
	rest, src := o.rest, ""
	for _, f := range o.values['f'] {
		data, err := c.host.fs.readFile(c.dir, f, c.proc.user)
		if err != nil {
			return c.fail(2, "awk: 0602-546 Cannot find or open file %s.\n", f)
		}
		src += string(data) + "\n"
	}
	if len(o.values['f']) == 0 {
		if len(rest) == 0 {
			return c.fail(2, "Usage: awk [-F Character][-v Variable=Value][-f File|Commands][Variable=Value|File ...]\n")
		}
		src, rest = rest[0], rest[1:]
	}
	program, err := parser.ParseProgram([]byte(src), nil)
	if err != nil {
		return c.fail(2, "awk: 0602-500 Syntax error: %v\n", err)
	}
	in := &awkInput{c: c}
	args := make([]string, 0, len(rest))
	for _, operand := range rest {
		if name, _, ok := strings.Cut(operand, "="); ok && isName(name) {
			args = append(args, operand)
			continue
		}
		in.names = append(in.names, operand)
		args = append(args, "-")
	}
	if len(in.names) == 0 {
		in.names = []string{"-"}
	}
	var vars []string
	if o.has('F') {
		sep := o.value('F')
		if sep == "t" {
			sep = "\t"
		}
		vars = append(vars, "FS", sep)
	}
	for _, v := range o.values['v'] {
		name, value, ok := strings.Cut(v, "=")
		if !ok || !isName(name) {
			return c.fail(2, "awk: 0602-553 %s is not an assignment.\n", v)
		}
		vars = append(vars, name, value)
	}
	names := make([]string, 0, len(c.env))
	for name := range c.env {
		names = append(names, name)
	}
	sort.Strings(names)
	environ := []string{}
	for _, name := range names {
		environ = append(environ, name, c.env[name])
	}
	machine, err := interp.New(program)
	if err != nil {
		return c.fail(2, "awk: %v\n", err)
	}
	// The output is not bufio'd by us: goawk flushes what it wraps itself.
	code, err := machine.ExecuteContext(c.ctx, &interp.Config{
		Stdin: in, Output: c.out, Error: c.stderr, Argv0: "awk", Args: args, Vars: vars,
		NoExec: true, NoFileReads: true, NoFileWrites: true, Environ: environ,
	})
	if err != nil {
		if c.ctx.Err() != nil {
			return 1
		}
		return c.fail(2, "awk: 0602-561 %v\n", err)
	}
	if in.failed && code == 0 {
		return 2
	}
	return code
}

func isName(s string) bool {
	for i, ch := range s {
		if !(ch == '_' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || i > 0 && ch >= '0' && ch <= '9') {
			return false
		}
	}
	return s != ""
}

// awkInput ends once for every operand, so that FNR starts again with each.
type awkInput struct {
	c      *call
	names  []string
	cur    io.Reader
	failed bool
}

func (in *awkInput) Read(p []byte) (int, error) {
	if err := in.c.ctx.Err(); err != nil {
		return 0, err
	}
	if in.cur == nil {
		if len(in.names) == 0 {
			return 0, io.EOF
		}
		name := in.names[0]
		in.names = in.names[1:]
		r, err := in.c.input(name)
		if err != nil {
			in.c.errorf("awk: 0602-546 Cannot find or open file %s.\n", name)
			in.failed = true
			return 0, io.EOF
		}
		in.cur = r
	}
	n, err := in.cur.Read(p)
	if errors.Is(err, io.EOF) {
		in.cur = nil
	}
	return n, err
}
