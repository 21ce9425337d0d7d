// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"mvdan.cc/sh/v3/interp"
)

// shellError makes an error of opening that the interpreter prints as it is:
// only a *os.PathError fails the command and not the shell.
func (sh *shell) openError(op, name string, err error) error {
	text := "0403-016 Cannot find or open the file."
	if op == "create" {
		text = "0403-005 Cannot create the specified file."
	}
	if errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) {
		text += "\n" + systemMessage(err)
	}
	return &os.PathError{Op: sh.name, Path: name, Err: errors.New(text)}
}

// open opens a file for a redirection, and gives the paths of rewritten programs
// their meaning.
func (sh *shell) open(ctx context.Context, name string, flags int, mode fs.FileMode) (io.ReadWriteCloser, error) {
	hc := interp.HandlerCtx(ctx)
	e, err := errorOf(hc.Stderr)
	if err != nil {
		return nil, err
	}
	if rest, ok := strings.CutPrefix(name, magic); ok {
		return sh.openMagic(ctx, hc, e, rest)
	}
	return sh.openFile(hc.Dir, name, flags, mode, e.proc)
}

func (sh *shell) openFile(dir, name string, flags int, mode fs.FileMode, p *process) (io.ReadWriteCloser, error) {
	op := "open"
	if flags&os.O_CREATE != 0 {
		op, mode = "create", 0o666&^fs.FileMode(p.umask)
	}
	h, err := sh.host.fs.open(dir, name, p.user, flags, mode)
	if err != nil {
		return nil, sh.openError(op, name, err)
	}
	return &opened{r: h, w: h}, nil
}

func (sh *shell) openMagic(ctx context.Context, hc interp.HandlerContext, e *standardError, rest string) (io.ReadWriteCloser, error) {
	kind, arg, _ := strings.Cut(rest, "/")
	switch kind {
	case "dup":
		to, from, _ := strings.Cut(arg, "/")
		return sh.duplicate(hc, e, to, from)
	case "open":
		return sh.openDescriptor(hc, e, arg)
	case "capture", "pipe":
		return sh.openStream(ctx, hc)
	case "reader":
		if err := sh.takePipe(); err != nil {
			return nil, err
		}
		return &scoped{standardError: e, opened: opened{close: func() { atomic.AddInt32(&sh.host.pipes, -1) }}}, nil
	case "hold":
		held := e.held(hc.Stdout)
		for _, s := range held {
			s.hold()
		}
		e.proc.disinherit()
		return &scoped{standardError: e, opened: opened{close: func() {
			for _, s := range held {
				s.release()
			}
		}}}, nil
	case "job":
		return sh.openJob(e, arg)
	case "psubst":
		return sh.openFile("/", "/tmp/.psubst."+strings.ReplaceAll(arg, "/", "."), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600, e.proc)
	case "source":
		text, ok := sh.host.sources.LoadAndDelete(arg)
		if !ok {
			return nil, sh.openError("open", magic+rest, syscall.ENOENT)
		}
		return &opened{r: strings.NewReader(text.(string))}, nil
	}
	return nil, sh.openError("open", magic+rest, syscall.ENOENT)
}

// duplicate is `to>&from` and `to<&from`.
func (sh *shell) duplicate(hc interp.HandlerContext, e *standardError, to, from string) (io.ReadWriteCloser, error) {
	bad := func() error {
		return &os.PathError{Op: sh.name, Path: from, Err: errors.New("0403-036 The specified file descriptor is not open.")}
	}
	if to == "0" {
		var file *os.File
		switch from {
		case "-":
			return &opened{r: strings.NewReader("")}, nil
		case "0":
			file, _ = hc.Stdin.(*os.File)
		default:
			fd, err := strconv.Atoi(from)
			if err != nil {
				return nil, bad()
			}
			file = e.table[fd].r
		}
		if file == nil {
			return nil, bad()
		}
		// Not wrapped: the interpreter reads from an *os.File itself, byte by byte,
		// so that what is not read stays for the next reader.
		return duplicateFile(file)
	}
	var d descriptor
	switch from {
	case "-":
	case "0":
		d.r, _ = hc.Stdin.(*os.File)
	case "1":
		d.w = underlying(hc.Stdout)
	case "2":
		d.w = underlying(e.w)
	default:
		fd, err := strconv.Atoi(from)
		if err != nil {
			return nil, bad()
		}
		d = e.table[fd]
	}
	if from != "-" && d.w == nil && d.r == nil {
		return nil, bad()
	}
	switch to {
	case "1":
		if d.w == nil {
			d.w = closedWriter{}
		}
		return &opened{w: d.w}, nil
	case "2":
		if d.w == nil {
			d.w = closedWriter{}
		}
		c := *e
		c.w = d.w
		return &scoped{standardError: &c}, nil
	}
	fd, err := strconv.Atoi(to)
	if err != nil || fd < 3 || fd > 9 {
		return nil, bad()
	}
	return &scoped{standardError: e.with(fd, d)}, nil
}

// openDescriptor is `2>file`, `3>file`, `3<file`: FD/MODE/NAME.
func (sh *shell) openDescriptor(hc interp.HandlerContext, e *standardError, arg string) (io.ReadWriteCloser, error) {
	fdText, rest, _ := strings.Cut(arg, "/")
	mode, name, _ := strings.Cut(rest, "/")
	fd, err := strconv.Atoi(fdText)
	if err != nil || fd < 2 || fd > 9 {
		return nil, &os.PathError{Op: sh.name, Path: fdText, Err: errors.New("0403-036 The specified file descriptor is not open.")}
	}
	flags := map[string]int{"w": os.O_WRONLY | os.O_CREATE | os.O_TRUNC, "a": os.O_WRONLY | os.O_CREATE | os.O_APPEND, "r": os.O_RDONLY}[mode]
	f, err := sh.openFile(hc.Dir, name, flags, 0, e.proc)
	if err != nil {
		return nil, err
	}
	if mode == "r" {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		go func() {
			_, _ = io.Copy(w, io.LimitReader(f, maxFileBytes))
			_ = w.Close()
		}()
		return &scoped{standardError: e.with(fd, descriptor{r: r}), opened: opened{close: func() { _ = r.Close() }}}, nil
	}
	if fd == 2 {
		c := *e
		c.w = f
		return &scoped{standardError: &c}, nil
	}
	return &scoped{standardError: e.with(fd, descriptor{w: f})}, nil
}

// takePipe counts an end of a pipe, and refuses one too many.
func (sh *shell) takePipe() error {
	if atomic.AddInt32(&sh.host.pipes, 1) > maxPipes {
		atomic.AddInt32(&sh.host.pipes, -1)
		return &os.PathError{Op: sh.name, Path: "pipe", Err: errors.New("0403-013 There are not enough resources to create a pipe.")}
	}
	return nil
}

// openStream wraps the writing side of a pipe or a command substitution, and at
// its end waits for all who still hold it.
func (sh *shell) openStream(ctx context.Context, hc interp.HandlerContext) (io.ReadWriteCloser, error) {
	if err := sh.takePipe(); err != nil {
		return nil, err
	}
	s := newStream(underlying(hc.Stdout), maxFileBytes)
	return &opened{w: s, close: func() {
		s.wait(ctx)
		atomic.AddInt32(&sh.host.pipes, -1)
	}}, nil
}

// openJob enters a background job: from here on its process is the job's.
func (sh *shell) openJob(e *standardError, arg string) (io.ReadWriteCloser, error) {
	pidText, kind, _ := strings.Cut(arg, "/")
	pid, _ := strconv.Atoi(pidText)
	p := sh.host.process(pid)
	if p == nil {
		return nil, &os.PathError{Op: sh.name, Path: "fork", Err: fmt.Errorf("0403-030 The fork function failed. There are too many processes.")}
	}
	p.mu.Lock()
	p.simple = kind == "simple"
	p.mu.Unlock()
	c := *e
	c.proc = p
	return &scoped{standardError: &c, opened: opened{close: func() { p.disinherit(); p.finish(0) }}}, nil
}
