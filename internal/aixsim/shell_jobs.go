// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

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
