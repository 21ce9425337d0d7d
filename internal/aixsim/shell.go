// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Limits of one shell.
const (
	maxScriptBytes   = 4 << 20
	maxVariableBytes = 16 << 20
	maxStackFrames   = 4000
	maxPipes         = 400
	maxCalls         = 5_000_000
)

// A shell is one running shell process: what the interpreter does not keep for us.
type shell struct {
	host *Host
	proc *process
	name string // $0, and what messages start with
	bash bool   // bash's echo and messages; ksh's otherwise

	mu        sync.Mutex
	functions map[string]bool
	calls     int
	jobs      []int // pids of background jobs, in order
}

// declare remembers that the program defines a function of this name.
func (sh *shell) declare(name string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.functions[name] = true
}

func (sh *shell) isFunction(name string) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.functions[name]
}

// terminal is not empty when the shell's standard streams are a terminal.
func (sh *shell) terminal() string {
	if sh.proc.tty == "-" {
		return ""
	}
	return sh.proc.tty
}

// source prints a statement, for the process table.
func (sh *shell) source(st *syntax.Stmt) string {
	var b strings.Builder
	c := *st
	c.Redirs = nil
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, &c); err != nil || b.Len() > 200 {
		return sh.name
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), builtinPrefix, "")
}

// environment is what the interpreter sees as the process's environment.
type environment struct {
	values map[string]string
	decoy  *bool
	proc   *process
}

func (e environment) Get(name string) expand.Variable {
	if name == "TMPDIR" && *e.decoy {
		// The interpreter reads TMPDIR once, to find its fifos, and opens files of
		// that directory on the real machine if their name looks like one of its
		// fifos. A directory that cannot exist keeps it out.
		*e.decoy = false
		return expand.Variable{Set: true, Kind: expand.String, Str: "/\x00"}
	}
	switch name {
	case "UID", "EUID":
		return expand.Variable{Set: true, Kind: expand.String, ReadOnly: true, Str: strconv.Itoa(e.proc.user.uid)}
	case "GID":
		return expand.Variable{Set: true, Kind: expand.String, ReadOnly: true, Str: strconv.Itoa(e.proc.user.gid)}
	case pidVariable:
		return expand.Variable{Set: true, Kind: expand.String, Str: strconv.Itoa(e.proc.pid)}
	case parentVariable:
		return expand.Variable{Set: true, Kind: expand.String, Str: strconv.Itoa(e.proc.parent)}
	}
	if v, ok := e.values[name]; ok {
		return expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: v}
	}
	return expand.Variable{}
}

func (e environment) Each(fn func(string, expand.Variable) bool) {
	names := []string{"UID", "EUID", "GID", pidVariable, parentVariable}
	for name := range e.values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if name == "TMPDIR" {
			if v, ok := e.values[name]; ok && !fn(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: v}) {
				return
			}
			continue
		}
		if !fn(name, e.Get(name)) {
			return
		}
	}
}

// parse parses a program as bash does, which reads nearly all of POSIX and ksh,
// then as mksh, then as plain POSIX.
func parse(src, name string) (*syntax.File, error) {
	if len(src) > maxScriptBytes {
		return nil, fmt.Errorf("%s: too long", name)
	}
	var first error
	for _, lang := range []syntax.LangVariant{syntax.LangBash, syntax.LangMirBSDKorn, syntax.LangPOSIX} {
		file, err := syntax.NewParser(syntax.Variant(lang)).Parse(strings.NewReader(src), name)
		if err == nil {
			return file, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// A program is what a shell is to run, and as what.
type program struct {
	source string
	name   string // $0
	args   []string
	flags  []string // -e, -u, -x and the like
	bash   bool
}

// runShell runs a program in the process of c and returns its exit status.
func runShell(c *call, p program) (status int) {
	sh := &shell{host: c.host, proc: c.proc, name: path.Base(strings.TrimPrefix(p.name, "-")), bash: p.bash, functions: map[string]bool{}}
	file, err := parse(p.source, p.name)
	if err != nil {
		c.errorf("%s: 0403-057 Syntax error: %v\n", p.name, err)
		return 2
	}
	sh.rewrite(file)
	file.Name = p.name
	stdin, closeInput, err := pipeInput(c.stdin)
	if err != nil {
		c.errorf("%s: %v\n", p.name, err)
		return 2
	}
	defer closeInput()
	decoy := true
	env := environment{values: c.env, decoy: &decoy, proc: c.proc}
	stderr := &standardError{w: underlying(c.stderr), table: c.fds, proc: c.proc, shell: sh}
	opts := []interp.RunnerOption{
		interp.Env(env),
		interp.Dir("/"),
		interp.StdIO(stdin, underlying(c.stdout), stderr),
		interp.OpenHandler(sh.open),
		interp.ReadDirHandler2(sh.readDir),
		interp.StatHandler(sh.stat),
		interp.AccessHandler(sh.access),
		interp.CallHandler(sh.call),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return sh.exec }),
	}
	runner, err := interp.New(opts...)
	if err != nil {
		c.errorf("%s: %v\n", p.name, err)
		return 2
	}
	runner.Dir = c.dir
	if err := interp.Params(append(append(p.flags[:len(p.flags):len(p.flags)], "--"), p.args...)...)(runner); err != nil {
		c.errorf("%s: %v\n", p.name, err)
		return 2
	}
	defer func() {
		// The interpreter panics on a few programs nobody should write. A shell
		// that crashes dumps core; the server goes on.
		if r := recover(); r != nil {
			c.errorf("%s: Memory fault(coredump)\n", p.name)
			status = 139
		}
	}()
	// Not the process's own context: its background jobs outlive the shell.
	err = runner.Run(c.host.ctx, file)
	return exitStatus(err, c.proc)
}

// exitStatus turns the interpreter's error into an exit status.
func exitStatus(err error, p *process) int {
	if p.wasKilled() {
		return 128 + p.signal
	}
	if err == nil {
		return 0
	}
	var status interp.ExitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	return 1
}

func (sh *shell) readDir(ctx context.Context, name string) ([]fs.DirEntry, error) {
	hc := interp.HandlerCtx(ctx)
	infos, err := sh.host.fs.readDir(hc.Dir, name, sh.proc.user)
	if err != nil {
		return nil, err
	}
	entries := make([]fs.DirEntry, len(infos))
	for i, info := range infos {
		entries[i] = fs.FileInfoToDirEntry(info)
	}
	return entries, nil
}

func (sh *shell) stat(ctx context.Context, name string, follow bool) (fs.FileInfo, error) {
	info, err := sh.host.fs.stat(interp.HandlerCtx(ctx).Dir, name, sh.proc.user, follow)
	if err != nil {
		return nil, err
	}
	return info, nil
}

func (sh *shell) access(ctx context.Context, name string, mode interp.AccessMode) error {
	return sh.host.fs.access(interp.HandlerCtx(ctx).Dir, name, sh.proc.user, fs.FileMode(mode)&7)
}

// systemMessage is AIX's text for an error of a system call.
func systemMessage(err error) string {
	var errno syscall.Errno
	if pe, ok := err.(*fs.PathError); ok {
		errno, _ = pe.Err.(syscall.Errno)
	}
	switch errno {
	case syscall.ENOENT:
		return "A file or directory in the path name does not exist."
	case syscall.EACCES:
		return "The file access permissions do not allow the specified action."
	case syscall.EPERM:
		return "Operation not permitted."
	case syscall.EEXIST:
		return "File exists"
	case syscall.ENOTDIR:
		return "A parameter must be a directory."
	case syscall.EISDIR:
		return "Specified path is a directory."
	case syscall.ENOSPC:
		return "There is not enough space in the file system."
	case syscall.EFBIG:
		return "A file cannot be larger than the value set by ulimit."
	case syscall.ELOOP:
		return "Too many symbolic links were encountered in translating path name."
	case syscall.EBUSY:
		return "The requested resource is busy."
	case syscall.ENAMETOOLONG:
		return "A file, file system or message queue is no longer available."
	}
	return err.Error()
}
