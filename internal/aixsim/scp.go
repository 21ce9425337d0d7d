// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

func init() { register(map[string]runFunc{"scp": scp}) }

// scp is the remote side of the scp protocol: -t receives, -f sends. Packer runs
// it as `scp -vt DIR` and `scp -vf FILE`.
func scp(c *call) int {
	o := getopt(c.args[1:], "vtfrpdqC3", false)
	if len(o.rest) == 0 || o.has('t') == o.has('f') {
		return c.fail(1, "usage: scp [-346BCpqrv] [[user@]host1:]file1 ... [[user@]host2:]file2\n")
	}
	p := &scpSide{c: c, in: bufio.NewReader(contextReader{c.ctx, c.stdin}), recursive: o.has('r'), keep: o.has('p')}
	if o.has('f') {
		if err := p.confirm(); err != nil {
			return 1
		}
		for _, name := range o.rest {
			if err := p.send(name); err != nil {
				p.failed = true
			}
		}
	} else if err := p.receive(o.rest[0], o.has('d')); err != nil {
		p.warn(err)
	}
	return b2i(p.failed)
}

type scpSide struct {
	c               *call
	in              *bufio.Reader
	recursive, keep bool
	failed          bool
}

// warn tells the other side of a failure; it reads the message.
func (p *scpSide) warn(err error) {
	p.failed = true
	text := err.Error()
	var pe *fs.PathError
	if errors.As(err, &pe) {
		text = pe.Path + ": " + map[bool]string{true: "No such file or directory", false: pe.Err.Error()}[errors.Is(err, fs.ErrNotExist)]
	}
	fmt.Fprintf(p.c.out, "\x01scp: %s\n", text)
}

func (p *scpSide) ok() { _, _ = p.c.out.Write([]byte{0}) }

// confirm reads the other side's answer.
func (p *scpSide) confirm() error {
	b, err := p.in.ReadByte()
	if err != nil {
		return err
	}
	if b == 0 {
		return nil
	}
	text, _ := p.line()
	return errors.New(text)
}

func (p *scpSide) line() (string, error) {
	var b strings.Builder
	for b.Len() < 4096 {
		ch, err := p.in.ReadByte()
		if err != nil {
			return b.String(), err
		}
		if ch == '\n' {
			return b.String(), nil
		}
		b.WriteByte(ch)
	}
	return "", errors.New("protocol error: line too long")
}

func (p *scpSide) send(name string) error {
	c := p.c
	info, err := c.host.fs.stat(c.dir, name, c.proc.user, true)
	if err != nil {
		p.warn(err)
		return err
	}
	if info.IsDir() {
		if !p.recursive {
			err := fmt.Errorf("%s: not a regular file", name)
			p.warn(err)
			return err
		}
		fmt.Fprintf(c.out, "D%04o 0 %s\n", info.mode.Perm(), path.Base(name))
		if err := p.confirm(); err != nil {
			return err
		}
		list, err := c.host.fs.readDir(c.dir, name, c.proc.user)
		if err != nil {
			p.warn(err)
			return err
		}
		for _, i := range list {
			if err := p.send(name + "/" + i.name); err != nil {
				p.failed = true
			}
		}
		_, _ = io.WriteString(c.out, "E\n")
		return p.confirm()
	}
	data, err := c.host.fs.readFile(c.dir, name, c.proc.user)
	if err != nil {
		p.warn(err)
		return err
	}
	fmt.Fprintf(c.out, "C%04o %d %s\n", info.mode.Perm(), len(data), path.Base(name))
	if err := p.confirm(); err != nil {
		return err
	}
	if _, err := c.out.Write(data); err != nil {
		return err
	}
	p.ok()
	return p.confirm()
}

// receive takes files and directories into a target.
func (p *scpSide) receive(target string, mustBeDir bool) error {
	c := p.c
	isDir := func(name string) bool {
		info, err := c.host.fs.stat(c.dir, name, c.proc.user, true)
		return err == nil && info.IsDir()
	}
	if mustBeDir && !isDir(target) {
		return fmt.Errorf("%s: Not a directory", target)
	}
	p.ok()
	var stack []string
	at := target
	for {
		line, err := p.line()
		if err == io.EOF && line == "" {
			return nil
		}
		if err != nil {
			return err
		}
		if line == "" {
			return errors.New("protocol error: empty line")
		}
		switch line[0] {
		case 'T':
			p.ok()
		case 1, 2:
			p.failed = true
			if line[0] == 2 {
				return errors.New(line[1:])
			}
		case 'E':
			if len(stack) == 0 {
				return errors.New("protocol error: unexpected end of directory")
			}
			at, stack = stack[len(stack)-1], stack[:len(stack)-1]
			p.ok()
		case 'C', 'D':
			mode, size, name, err := parseHeader(line[1:])
			if err != nil {
				return err
			}
			to := at
			if isDir(at) {
				to = at + "/" + name
			}
			if line[0] == 'D' {
				if !p.recursive || len(stack) > 64 {
					return errors.New("protocol error: received directory without -r")
				}
				if !isDir(to) {
					if err := c.host.fs.mkdir(c.dir, to, c.proc.user, mode); err != nil {
						return err
					}
				}
				stack, at = append(stack, at), to
				p.ok()
				continue
			}
			if err := p.take(to, mode, size); err != nil {
				return err
			}
		default:
			return fmt.Errorf("protocol error: unexpected %q", line[0])
		}
	}
}

// parseHeader reads "0644 12 name".
func parseHeader(s string) (fs.FileMode, int64, string, error) {
	fields := strings.SplitN(s, " ", 3)
	if len(fields) != 3 {
		return 0, 0, "", errors.New("protocol error: bad header")
	}
	mode, err := strconv.ParseUint(fields[0], 8, 12)
	if err != nil {
		return 0, 0, "", errors.New("protocol error: bad mode")
	}
	size, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil || size < 0 || size > maxFileBytes {
		return 0, 0, "", errors.New("protocol error: size not delimited or too large")
	}
	name := fields[2]
	if name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
		return 0, 0, "", fmt.Errorf("unexpected filename: %s", name)
	}
	return fs.FileMode(mode) & 0o777, size, name, nil
}

func (p *scpSide) take(name string, mode fs.FileMode, size int64) error {
	c := p.c
	h, err := c.host.fs.open(c.dir, name, c.proc.user, 1|0o100|0o1000, mode)
	if err != nil {
		// The other side waits for an answer and sends no data after a refusal.
		p.warn(err)
		return nil
	}
	p.ok()
	_, err = io.CopyN(h, p.in, size)
	if err != nil {
		return err
	}
	if err := p.confirm(); err != nil {
		return err
	}
	if p.keep {
		_ = c.host.fs.chmod(c.dir, name, c.proc.user, mode)
	}
	p.ok()
	return nil
}
