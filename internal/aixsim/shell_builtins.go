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

func timesBuiltin(_ *shell, _ context.Context, hc interp.HandlerContext, _ *standardError, _ []string) error {
	fmt.Fprint(hc.Stdout, "0m0.01s 0m0.00s\n0m0.00s 0m0.00s\n")
	return nil
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
