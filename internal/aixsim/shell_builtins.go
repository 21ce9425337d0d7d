// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"fmt"
	"io"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// A builtin runs inside the shell. Its error is an exit status, or what the
// interpreter's own builtins return to change the flow of the shell.
type builtin func(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error

// The builtins of ours. Those the interpreter has too are here because its own
// would look at the machine, or do less than ksh.
var builtins map[string]builtin

func init() {
	builtins = map[string]builtin{
		"spawn": spawnBuiltin, "done": doneBuiltin, "limit": limitBuiltin, "trapped": trappedBuiltin, "variables": variablesBuiltin,
		"kill": killBuiltin, "wait": waitBuiltin, "jobs": jobsBuiltin, "fg": jobsBuiltin, "bg": jobsBuiltin, "disown": jobsBuiltin,
		"trap": trapBuiltin, "eval": evalBuiltin, ".": sourceBuiltin, "source": sourceBuiltin, "command": commandBuiltin,
		"type": typeBuiltin, "whence": typeBuiltin, "umask": umaskBuiltin, "ulimit": ulimitBuiltin, "pwd": pwdBuiltin,
		"echo": echoBuiltin, "print": printBuiltin, "printf": printfBuiltin, "hash": jobsBuiltin, "times": timesBuiltin,
	}
}

func (sh *shell) errorf(e *standardError, format string, args ...any) {
	fmt.Fprintf(e, format, args...)
}

// spawn makes the process of a background job and sets $!.
func spawnBuiltin(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	p, ok := sh.host.fork(e.proc, e.proc.user, strings.Join(args, " "))
	pid := ""
	if ok {
		pid = strconv.Itoa(p.pid)
		p.inherited = e.held(hc.Stdout)
		for _, s := range p.inherited {
			s.hold()
		}
		sh.mu.Lock()
		sh.jobs = append(sh.jobs, p.pid)
		sh.mu.Unlock()
	}
	return hc.Builtin(ctx, []string{"eval", lastJobVariable + "=" + pid})
}

// done records a background job's status.
func doneBuiltin(_ *shell, _ context.Context, _ interp.HandlerContext, e *standardError, args []string) error {
	code, _ := strconv.Atoi(args[0])
	e.proc.finish(code)
	return nil
}

// limit ends a shell that asks for too much.
func limitBuiltin(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	sh.errorf(e, "%s: %s\n", sh.name, strings.Join(args, " "))
	return hc.Builtin(ctx, []string{"exit", "126"})
}

// trapped runs the actions of signals that arrived, then the command itself.
func trappedBuiltin(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	quoted := make([]string, 0, len(args))
	for _, a := range args[1:] {
		quoted = append(quoted, quote(a))
	}
	return sh.eval(ctx, hc, e, args[0]+"\n"+strings.Join(quoted, " "))
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func variablesBuiltin(_ *shell, _ context.Context, hc interp.HandlerContext, _ *standardError, _ []string) error {
	var lines []string
	seen := map[string]string{}
	for name, v := range hc.Env.Each {
		if v.IsSet() && v.Kind == expand.String && !strings.HasPrefix(name, "__aixsim") {
			seen[name] = v.Str
		}
	}
	for name, value := range seen {
		if strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-,@%+") != "" {
			value = quote(value)
		}
		lines = append(lines, name+"="+value)
	}
	sort.Strings(lines)
	_, _ = io.WriteString(hc.Stdout, strings.Join(lines, "\n")+"\n")
	return nil
}

func killBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	signal := signals["TERM"]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" {
		arg := args[0]
		switch {
		case arg == "--":
		case arg == "-l":
			if len(args) > 1 {
				n, _ := strconv.Atoi(args[1])
				if n > 128 {
					n -= 128
				}
				for name, number := range signals {
					if number == n {
						fmt.Fprintln(hc.Stdout, name)
					}
				}
				return nil
			}
			var names []string
			for name, number := range signals {
				if number > 0 {
					names = append(names, fmt.Sprintf("%2d) %s", number, name))
				}
			}
			sort.Strings(names)
			fmt.Fprintln(hc.Stdout, strings.Join(names, "\n"))
			return nil
		default:
			name := arg[1:]
			if arg == "-s" || arg == "-n" {
				if len(args) < 2 {
					sh.errorf(e, "Usage: kill [-l] [-Signal] [process]\n")
					return status(2)
				}
				name, args = args[1], args[1:]
			}
			n, ok := signalNumber(name)
			if !ok {
				sh.errorf(e, "%s: kill: bad signal number: %s\n", sh.name, name)
				return status(1)
			}
			signal = n
		}
		args = args[1:]
		if arg == "--" {
			break
		}
	}
	if len(args) == 0 {
		sh.errorf(e, "Usage: kill [-l] [-Signal] [process]\n")
		return status(2)
	}
	return status(sh.host.kill(e.proc, args, signal, func(format string, a ...any) {
		sh.errorf(e, sh.name+": kill: "+format, a...)
	}, sh.jobPID))
}

// jobPID resolves %n.
func (sh *shell) jobPID(spec string) int {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if len(sh.jobs) == 0 {
		return 0
	}
	n, err := strconv.Atoi(spec)
	if err != nil || n < 1 || n > len(sh.jobs) {
		n = len(sh.jobs)
	}
	return sh.jobs[n-1]
}

// kill signals processes; it is behind the builtin and /usr/bin/kill.
func (h *Host) kill(from *process, targets []string, signal int, complain func(string, ...any), job func(string) int) int {
	code := 0
	for _, target := range targets {
		pid, err := strconv.Atoi(strings.TrimPrefix(target, "-"))
		if spec, ok := strings.CutPrefix(target, "%"); ok && job != nil {
			pid, err = job(spec), nil
		}
		if err != nil {
			complain("%s: 0403-017 The process ID is not valid.\n", target)
			code = 1
			continue
		}
		if h.killSubsystem(pid, signal, from.user) {
			continue
		}
		p := h.process(pid)
		switch {
		case p == nil || p.ended():
			complain("%d: 0403-003 The specified process does not exist.\n", pid)
			code = 1
		case !from.user.root() && from.user.uid != p.user.uid:
			complain("%d: 0403-005 You do not have permission to signal the process.\n", pid)
			code = 1
		default:
			p.deliver(signal)
		}
	}
	return code
}

func waitBuiltin(sh *shell, _ context.Context, _ interp.HandlerContext, e *standardError, args []string) error {
	await := func(p *process) int {
		select {
		case <-p.done:
			return p.status
		case <-e.proc.killed:
			return 128 + e.proc.signal
		case <-sh.host.ctx.Done():
			return 143
		}
	}
	if len(args) == 0 {
		sh.host.procMu.Lock()
		var children []*process
		for _, p := range sh.host.processes {
			if p.parent == e.proc.pid {
				children = append(children, p)
			}
		}
		sh.host.procMu.Unlock()
		for _, p := range children {
			await(p)
		}
		return nil
	}
	code := 0
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if spec, ok := strings.CutPrefix(arg, "%"); ok {
			pid, err = sh.jobPID(spec), nil
		}
		p := sh.host.process(pid)
		if err != nil || p == nil || p.parent != e.proc.pid {
			sh.errorf(e, "%s: wait: pid %s is not a child of this shell\n", sh.name, arg)
			code = 127
			continue
		}
		code = await(p)
	}
	return status(code)
}

// jobs, fg, bg, disown, hash: nothing to say without job control.
func jobsBuiltin(*shell, context.Context, interp.HandlerContext, *standardError, []string) error {
	return nil
}

func timesBuiltin(_ *shell, _ context.Context, hc interp.HandlerContext, _ *standardError, _ []string) error {
	fmt.Fprint(hc.Stdout, "0m0.01s 0m0.00s\n0m0.00s 0m0.00s\n")
	return nil
}

func trapBuiltin(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		e.proc.mu.Lock()
		var lines []string
		for n, action := range e.proc.traps {
			for name, number := range signals {
				if number == n {
					lines = append(lines, fmt.Sprintf("trap -- %s %s", quote(action), name))
				}
			}
		}
		e.proc.mu.Unlock()
		sort.Strings(lines)
		for _, line := range lines {
			fmt.Fprintln(hc.Stdout, line)
		}
		return hc.Builtin(ctx, []string{"trap"})
	}
	action, set := args[0], true
	names := args[1:]
	if _, isSignal := signalNumber(action); isSignal && (len(names) == 0 || allSignals(args)) || action == "-" {
		set = false
		if action != "-" {
			names = args
		}
	}
	if set && action != "" {
		text, err := sh.prepare(action)
		if err != nil {
			sh.errorf(e, "%s: trap: %v\n", sh.name, err)
			return status(2)
		}
		action = text
	}
	code := 0
	for _, name := range names {
		switch {
		case strings.EqualFold(name, "ERR"):
			if err := hc.Builtin(ctx, trapArgs(action, set, "ERR")); err != nil {
				return err
			}
			continue
		case strings.EqualFold(name, "DEBUG"):
			continue
		}
		n, ok := signalNumber(name)
		switch {
		case !ok:
			sh.errorf(e, "%s: trap: %s: 0403-012 A specified flag is not valid for this command.\n", sh.name, name)
			code = 1
		case n == 0:
			if err := hc.Builtin(ctx, trapArgs(action, set, "EXIT")); err != nil {
				return err
			}
		default:
			e.proc.setTrap(n, action, set)
		}
	}
	return status(code)
}

func allSignals(args []string) bool {
	for _, a := range args {
		if _, ok := signalNumber(a); !ok {
			return false
		}
	}
	return true
}

func trapArgs(action string, set bool, name string) []string {
	if !set {
		return []string{"trap", "-", name}
	}
	return []string{"trap", "--", action, name}
}

// prepare rewrites source text that the interpreter will parse itself.
func (sh *shell) prepare(src string) (string, error) {
	file, err := parse(src, sh.name)
	if err != nil {
		return "", err
	}
	if !sh.rewrite(file) {
		return src, nil
	}
	var b strings.Builder
	if err := syntax.NewPrinter().Print(&b, file); err != nil {
		return "", err
	}
	return b.String(), nil
}

func (sh *shell) eval(ctx context.Context, hc interp.HandlerContext, e *standardError, src string) error {
	text, err := sh.prepare(src)
	if err != nil {
		sh.errorf(e, "%s: eval: 0403-057 Syntax error: %v\n", sh.name, err)
		return status(1)
	}
	return hc.Builtin(ctx, []string{"eval", text})
}

func evalBuiltin(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if strings.TrimSpace(strings.Join(args, " ")) == "" {
		return nil
	}
	return sh.eval(ctx, hc, e, strings.Join(args, " "))
}

func sourceBuiltin(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	if len(args) == 0 {
		sh.errorf(e, "%s: .: 0403-010 A specified flag is not valid for this command.\n", sh.name)
		return status(2)
	}
	file := args[0]
	if !strings.Contains(file, "/") {
		for _, dir := range append(strings.Split(hc.Env.Get("PATH").Str, ":"), ".") {
			if _, err := sh.host.fs.stat(hc.Dir, path.Join(dir, file), e.proc.user, true); err == nil && dir != "" {
				file = path.Join(dir, file)
				break
			}
		}
	}
	data, err := sh.host.fs.readFile(hc.Dir, file, e.proc.user)
	if err == nil {
		var text string
		if text, err = sh.prepare(string(data)); err == nil {
			id := strconv.FormatUint(sh.host.sourceID.Add(1), 10)
			sh.host.sources.Store(id, text)
			return hc.Builtin(ctx, append([]string{"source", magic + "source/" + id}, args[1:]...))
		}
		sh.errorf(e, "%s: %s: 0403-057 Syntax error: %v\n", sh.name, args[0], err)
		return status(2)
	}
	sh.errorf(e, "%s: %s:  not found.\n", sh.name, args[0])
	return status(1)
}

func commandBuiltin(sh *shell, ctx context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	mode := ""
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag := args[0]
		args = args[1:]
		if flag == "--" {
			break
		}
		if flag == "-v" || flag == "-V" {
			mode = flag
		}
	}
	if len(args) == 0 {
		return nil
	}
	if mode != "" {
		code := 0
		for _, name := range args {
			text, ok := sh.describe(hc, e, name, mode == "-V")
			if !ok {
				code = 1
				if mode == "-V" {
					sh.errorf(e, "%s: whence: %s:  not found.\n", sh.name, name)
				}
				continue
			}
			fmt.Fprintln(hc.Stdout, text)
		}
		return status(code)
	}
	if run := builtins[args[0]]; run != nil {
		return run(sh, ctx, hc, e, args[1:])
	}
	if interp.IsBuiltin(args[0]) {
		return hc.Builtin(ctx, sh.translate(hc, e.proc, args))
	}
	return sh.external(hc, e, args, e.proc)
}

// describe says what a name is to the shell.
func (sh *shell) describe(hc interp.HandlerContext, e *standardError, name string, long bool) (string, bool) {
	switch {
	case syntax.IsKeyword(name):
		if long {
			return name + " is a keyword", true
		}
		return name, true
	case sh.isFunction(name):
		if long {
			return name + " is a function", true
		}
		return name, true
	case interp.IsBuiltin(name) || builtins[name] != nil:
		if long {
			return name + " is a shell builtin", true
		}
		return name, true
	}
	file, ok := sh.host.find(name, hc.Env.Get("PATH").Str, hc.Dir, e.proc.user)
	if !ok || sh.host.hidden(file) {
		return "", false
	}
	if long {
		return name + " is " + file, true
	}
	return file, true
}

func typeBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	long := true
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		long = args[0] == "-v"
		args = args[1:]
	}
	code := 0
	for _, name := range args {
		text, ok := sh.describe(hc, e, name, long)
		if !ok {
			if long {
				sh.errorf(e, "%s: whence: %s:  not found.\n", sh.name, name)
			}
			code = 1
			continue
		}
		fmt.Fprintln(hc.Stdout, text)
	}
	return status(code)
}

func umaskBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	if len(args) == 0 || args[0] == "-S" {
		fmt.Fprintf(hc.Stdout, "%03o\n", e.proc.umask)
		return nil
	}
	mask, err := strconv.ParseUint(args[0], 8, 9)
	if err != nil {
		sh.errorf(e, "%s: umask: %s: 0403-009 The specified number is not valid for this command.\n", sh.name, args[0])
		return status(1)
	}
	e.proc.umask = uint32(mask)
	return nil
}

func ulimitBuiltin(_ *shell, _ context.Context, hc interp.HandlerContext, _ *standardError, args []string) error {
	switch {
	case len(args) == 0:
		fmt.Fprintln(hc.Stdout, "unlimited")
	case len(args) == 1 && strings.Contains(args[0], "a"):
		fmt.Fprint(hc.Stdout, "time(seconds)        unlimited\nfile(blocks)         unlimited\ndata(kbytes)         unlimited\nstack(kbytes)        unlimited\n"+
			"memory(kbytes)       unlimited\ncoredump(blocks)     2097151\nnofiles(descriptors) unlimited\nthreads(per process) unlimited\nprocesses(per user)  unlimited\n")
	case len(args) == 1 && strings.HasPrefix(args[0], "-"):
		fmt.Fprintln(hc.Stdout, "unlimited")
	}
	return nil
}

func pwdBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	dir := hc.Dir
	if len(args) > 0 && args[0] == "-P" {
		if at, err := sh.host.fs.realPath("/", dir, e.proc.user); err == nil {
			dir = at
		}
	}
	fmt.Fprintln(hc.Stdout, dir)
	return nil
}

// echo interprets escapes as AIX's does; bash's needs -e for that.
func echoBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, _ *standardError, args []string) error {
	text := echoText(args, !sh.bash)
	_, err := io.WriteString(hc.Stdout, text)
	if err != nil {
		return status(1)
	}
	return nil
}

func echoText(args []string, escapes bool) string {
	newline := true
	for len(args) > 0 {
		if args[0] == "-n" {
			newline = false
		} else if args[0] == "-e" && !escapes {
			escapes = true
		} else {
			break
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	return text
}

func printBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	newline, raw := true, false
	var out io.Writer = hc.Stdout
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "" {
		flag := args[0]
		if flag == "-" || flag == "--" {
			args = args[1:]
			break
		}
		args = args[1:]
		for i := 1; i < len(flag); i++ {
			switch flag[i] {
			case 'n':
				newline = false
			case 'r', 'R':
				raw = true
			case 'u':
				fd := flag[i+1:]
				if fd == "" && len(args) > 0 {
					fd, args = args[0], args[1:]
				}
				i = len(flag)
				n, err := strconv.Atoi(fd)
				switch {
				case err == nil && n == 1:
				case err == nil && n == 2:
					out = e
				case err == nil && e.table[n].w != nil:
					out = e.table[n].w
				default:
					sh.errorf(e, "%s: print: bad file unit number\n", sh.name)
					return status(1)
				}
			}
		}
	}
	text := strings.Join(args, " ")
	if !raw {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	_, _ = io.WriteString(out, text)
	return nil
}

func printfBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		sh.errorf(e, "Usage: printf Format [Argument ...]\n")
		return status(1)
	}
	text, err := formatPrintf(args[0], args[1:])
	_, _ = io.WriteString(hc.Stdout, text)
	if err != nil {
		sh.errorf(e, "printf: %v\n", err)
		return status(1)
	}
	return nil
}

// pause waits, but not longer than the process lives.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
