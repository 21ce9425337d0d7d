// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"io"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
)

// writesNothing are the builtins that a broken pipe at standard output does not
// end, as they never write there.
var writesNothing = map[string]bool{
	":": true, "true": true, "false": true, "wait": true, "return": true, "exit": true, "break": true, "continue": true,
	"kill": true, "shift": true, "unset": true, "exec": true, "[": true, "test": true,
}

// call is the interpreter's call handler. It sees every simple command before it
// runs: here a killed process stops, recursion and runaway variables end, traps
// run, and the builtins that are ours get a name only we can give.
func (sh *shell) call(ctx context.Context, args []string) ([]string, error) {
	hc := interp.HandlerCtx(ctx)
	e, err := errorOf(hc.Stderr)
	if err != nil {
		return nil, err
	}
	p := e.proc
	if p.wasKilled() {
		return []string{"exit", strconv.Itoa(128 + p.signal)}, nil
	}
	if s, ok := underlying(hc.Stdout).(*stream); ok && s.isBroken() && !writesNothing[args[0]] {
		return []string{"exit", strconv.Itoa(128 + signals["PIPE"])}, nil
	}
	var frame [1]uintptr
	if runtime.Callers(maxStackFrames, frame[:]) > 0 {
		return []string{builtinPrefix + "limit", "0403-050 The recursion is too deep."}, nil
	}
	sh.mu.Lock()
	sh.calls++
	calls := sh.calls
	sh.mu.Unlock()
	if calls > maxCalls {
		return []string{builtinPrefix + "limit", "0403-029 There are too many commands."}, nil
	}
	if calls%64 == 0 && variableBytes(hc.Env) > maxVariableBytes {
		return []string{builtinPrefix + "limit", "0403-029 There is not enough memory available now."}, nil
	}
	if actions := p.takePending(); len(actions) > 0 {
		return append([]string{builtinPrefix + "trapped", strings.Join(actions, "\n")}, args...), nil
	}
	name := args[0]
	if sh.isFunction(name) {
		p.mu.Lock()
		p.simple = false
		p.mu.Unlock()
		return args, nil
	}
	return sh.translate(hc, p, args), nil
}

// translate gives builtins of ours their name, and takes from the interpreter's
// own what it would refuse or answer from the machine.
func (sh *shell) translate(hc interp.HandlerContext, p *process, args []string) []string {
	name := args[0]
	if _, ok := builtins[name]; ok {
		return append([]string{builtinPrefix + name}, args[1:]...)
	}
	switch name {
	case "test", "[":
		return sh.translateTest(args)
	case "cd":
		rest := args[1:]
		for len(rest) > 0 && (rest[0] == "-P" || rest[0] == "-L" || rest[0] == "--") {
			rest = rest[1:]
		}
		return append([]string{"cd"}, rest...)
	case "set":
		return translateSet(args)
	case "unset":
		out := []string{"unset"}
		for _, a := range args[1:] {
			if a != "--" {
				out = append(out, a)
			}
		}
		return out
	case "read":
		// A process that is killed while it reads must not wait for input.
		if f, ok := hc.Stdin.(*os.File); ok && f != nil {
			context.AfterFunc(p.ctx, func() { _ = f.SetReadDeadline(time.Now()) })
		}
		out := []string{"read"}
		for i := 1; i < len(args); i++ {
			if args[i] == "-t" && i+1 < len(args) {
				i++
				continue
			}
			if args[i] == "-A" {
				args[i] = "-a"
			}
			out = append(out, args[i])
		}
		return out
	}
	return args
}

// translateTest answers -t, and tests the interpreter has no answer for here.
func (sh *shell) translateTest(args []string) []string {
	out := append([]string(nil), args...)
	for i := 1; i+1 < len(out); i++ {
		switch out[i] {
		case "-t":
			if _, err := strconv.Atoi(out[i+1]); err == nil {
				out[i], out[i+1] = "-n", sh.terminal()
			}
		case "-O", "-G", "-N":
			out[i] = "-e"
		}
	}
	return out
}

// translateSet drops the options the interpreter does not have.
func translateSet(args []string) []string {
	if len(args) == 1 {
		return []string{builtinPrefix + "variables"}
	}
	out := []string{"set"}
	for i := 1; i < len(args); i++ {
		a := args[i]
		if a == "--" || a == "-" || len(a) < 2 || a[0] != '-' && a[0] != '+' {
			return append(out, args[i:]...)
		}
		if strings.TrimLeft(a[1:], "A") == "" {
			return append(out, args[i:]...)
		}
		kept := ""
		for _, c := range a[1:] {
			switch {
			case strings.ContainsRune("aenfux", c):
				kept += string(c)
			case c == 'o' && i+1 < len(args):
				i++
				switch args[i] {
				case "allexport", "errexit", "noexec", "noglob", "nounset", "xtrace", "pipefail":
					out = append(out, a[:1]+"o", args[i])
				}
			}
		}
		if kept != "" {
			out = append(out, a[:1]+kept)
		}
	}
	if len(out) == 1 {
		return []string{":"}
	}
	return out
}

func variableBytes(env expand.Environ) int {
	total := 0
	for _, v := range env.Each {
		total += len(v.Str)
		for _, s := range v.List {
			total += len(s)
		}
	}
	return total
}

// exec is the interpreter's exec handler: all that is not a function or one of
// its own builtins.
func (sh *shell) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	e, err := errorOf(hc.Stderr)
	if err != nil {
		return err
	}
	if name, ok := strings.CutPrefix(args[0], builtinPrefix); ok {
		if run := builtins[name]; run != nil {
			return run(sh, ctx, hc, e, args[1:])
		}
		return status(127)
	}
	return sh.external(hc, e, args, e.proc)
}

func status(code int) error {
	if code == 0 {
		return nil
	}
	return interp.ExitStatus(uint8(code))
}

// exported returns the exported variables.
func exported(env expand.Environ) map[string]string {
	m := map[string]string{}
	for name, v := range env.Each {
		switch {
		case strings.HasPrefix(name, "__aixsim"), name == "UID", name == "EUID", name == "GID":
		case v.Exported && v.IsSet() && v.Kind == expand.String:
			m[name] = v.Str
		default:
			delete(m, name)
		}
	}
	return m
}

// external runs a command as a process of its own.
func (sh *shell) external(hc interp.HandlerContext, e *standardError, args []string, parent *process) error {
	env := exported(hc.Env)
	c := &call{host: sh.host, args: args, env: env, dir: hc.Dir, stdin: hc.Stdin, stdout: hc.Stdout, stderr: e.w, fds: e.table, shell: sh}
	file, found := sh.host.find(args[0], env["PATH"], hc.Dir, parent.user)
	if !found {
		if strings.Contains(args[0], "/") {
			if info, err := sh.host.fs.stat(hc.Dir, args[0], parent.user, true); err == nil {
				_ = info
				c.errorf("%s: %s: 0403-006 Execute permission denied.\n", sh.name, args[0])
				return status(126)
			}
		}
		c.errorf("%s: %s:  not found.\n", sh.name, args[0])
		return status(127)
	}
	c.path = file
	parent.mu.Lock()
	inPlace := parent.simple
	parent.simple = false
	if inPlace {
		parent.command = strings.Join(args, " ")
	}
	parent.mu.Unlock()
	c.proc = parent
	if !inPlace {
		child, ok := sh.host.fork(parent, parent.user, strings.Join(args, " "))
		if !ok {
			c.errorf("%s: 0403-030 The fork function failed. There are too many processes.\n", sh.name)
			return status(126)
		}
		c.proc = child
	}
	held := e.held(hc.Stdout)
	for _, s := range held {
		s.hold()
	}
	done := make(chan int, 1)
	go func() {
		code := sh.host.execute(c)
		for _, s := range held {
			s.release()
		}
		if !inPlace {
			c.proc.finish(code)
		}
		done <- code
	}()
	select {
	case code := <-done:
		return status(code)
	case <-parent.killed:
		// The command lives on, as an orphan does, unless the job is the command.
		return status(128 + parent.signal)
	}
}

// find looks a command up as a shell does.
func (h *Host) find(name, searchPath, dir string, who credential) (string, bool) {
	executable := func(p string) bool {
		info, err := h.fs.stat(dir, p, who, true)
		return err == nil && info.mode.IsRegular() && h.fs.access(dir, p, who, 1) == nil
	}
	if strings.Contains(name, "/") {
		return name, executable(name)
	}
	for _, d := range strings.Split(searchPath, ":") {
		if d == "" {
			d = "."
		}
		if p := path.Join(d, name); executable(p) {
			return p, true
		}
	}
	return "", false
}

// execute runs the file of a call in the call's process: one of the simulator's
// programs, or a script.
func (h *Host) execute(c *call) (code int) {
	defer func() {
		if r := recover(); r != nil {
			c.errorf("%s: Memory fault(coredump)\n", path.Base(c.args[0]))
			code = 139
		}
		if c.proc.wasKilled() {
			code = 128 + c.proc.signal
		}
	}()
	// Reading must end when the process does.
	if f, ok := c.stdin.(*os.File); ok && f != nil {
		stop := context.AfterFunc(c.proc.ctx, func() { _ = f.SetReadDeadline(time.Now()) })
		defer stop()
	}
	if c.stdin == nil {
		c.stdin = strings.NewReader("")
	}
	c.ctx = c.proc.ctx
	c.out = &sink{w: underlying(c.stdout), proc: c.proc}
	if fault, ok := h.faultFor(c); ok {
		if code, handled := fault.run(c); handled {
			return code
		}
	}
	info, err := h.fs.stat(c.dir, c.path, c.proc.user, true)
	if err != nil {
		c.errorf("%s: %s\n", c.args[0], systemMessage(err))
		return 126
	}
	if info.program != "" {
		return h.runProgram(c, info.program)
	}
	data, err := h.fs.readFile(c.dir, c.path, c.proc.user)
	if err != nil {
		c.errorf("%s: 0403-016 Cannot find or open the file.\n", c.args[0])
		return 126
	}
	return c.script(data)
}

func (h *Host) runProgram(c *call, name string) int {
	run := programs[name]
	if run == nil {
		c.errorf("%s: Exec format error\n", name)
		return 126
	}
	if h.linux() && aixOnly[name] {
		c.errorf("%s: %s: command not found\n", "sh", c.args[0])
		return 127
	}
	return run(c)
}

// script runs a file's content: as its first line says, or in the shell.
func (c *call) script(data []byte) int {
	text := string(data)
	p := program{source: text, name: c.args[0], args: c.args[1:]}
	if line, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(line, "#!") {
		fields := strings.Fields(line[2:])
		if len(fields) > 0 {
			interpreter := path.Base(fields[0])
			rest := fields[1:]
			if interpreter == "env" && len(rest) > 0 {
				interpreter, rest = path.Base(rest[0]), rest[1:]
			}
			switch interpreter {
			case "sh", "ksh", "ksh93", "bash", "bsh", "psh", "dash":
				p.bash = interpreter == "bash"
				for _, flag := range rest {
					if strings.Trim(flag, "-aeufx") == "" {
						p.flags = append(p.flags, flag)
					}
				}
			default:
				if _, err := c.host.fs.stat("/", fields[0], c.proc.user, true); err != nil {
					c.errorf("%s: %s:  not found.\n", "ksh", c.args[0])
					return 127
				}
				sub := *c
				sub.path = fields[0]
				sub.args = append(append([]string{fields[0]}, rest...), append([]string{c.path}, c.args[1:]...)...)
				return c.host.execute(&sub)
			}
		}
	} else if strings.IndexByte(text[:min(len(text), 512)], 0) >= 0 {
		c.errorf("%s: 0403-006 Execute permission denied.\n", c.args[0])
		return 126
	}
	return runShell(c, p)
}

// sink is a command's standard output: a broken pipe ends the process, and no
// command writes more than its share.
type sink struct {
	w    io.Writer
	proc *process
	n    int64
}

func (s *sink) Write(p []byte) (int, error) {
	if s.proc.ctx.Err() != nil {
		return 0, context.Cause(s.proc.ctx)
	}
	n, err := s.w.Write(p)
	if atomic.AddInt64(&s.n, int64(n)) > maxFileBytes || err != nil {
		if _, ok := s.w.(closedWriter); !ok {
			s.proc.deliver(signals["PIPE"])
		}
	}
	return n, err
}
