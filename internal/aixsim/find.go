// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// A findTest is one primary of find's expression.
type findTest func(at string, i *fileInfo) bool

type findParser struct {
	c      *call
	args   []string
	at     int
	acted  bool
	prune  *bool
	runs   []func()
	status *int
}

// find walks a tree. The expression is parsed into nested functions.
func find(c *call) int {
	args := c.args[1:]
	var roots []string
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "(" && args[0] != "!" {
		roots, args = append(roots, args[0]), args[1:]
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	prune, status := false, 0
	p := &findParser{c: c, args: args, prune: &prune, status: &status}
	depthLimit, depthFirst := 1<<20, false
	for i := 0; i < len(p.args); i++ {
		switch p.args[i] {
		case "-maxdepth":
			if i+1 < len(p.args) {
				depthLimit, _ = strconv.Atoi(p.args[i+1])
				p.args = append(p.args[:i:i], p.args[i+2:]...)
				i--
			}
		case "-xdev", "-follow", "-depth":
			depthFirst = depthFirst || p.args[i] == "-depth"
			p.args = append(p.args[:i:i], p.args[i+1:]...)
			i--
		}
	}
	test := func(string, *fileInfo) bool { return true }
	if len(p.args) > 0 {
		t, err := p.or()
		if err == nil && p.at < len(p.args) {
			err = errors.New("0652-083 Cannot use the operands")
		}
		if err != nil {
			return c.fail(1, "find: %v.\n", err)
		}
		test = t
	}
	visit := func(at string, i *fileInfo) {
		if test(at, i) && !p.acted {
			c.write(at + "\n")
		}
	}
	var walk func(at string, depth int)
	walk = func(at string, depth int) {
		if c.ctx.Err() != nil {
			return
		}
		i, err := c.host.fs.stat(c.dir, at, c.proc.user, false)
		if err != nil {
			c.errorf("find: 0652-081 Cannot access file %s: %s\n", at, systemMessage(err))
			status = 1
			return
		}
		prune = false
		if !depthFirst {
			visit(at, i)
		}
		if i.IsDir() && !prune && depth < depthLimit {
			list, err := c.host.fs.readDir(c.dir, at, c.proc.user)
			if err != nil {
				c.errorf("find: 0652-023 Cannot open file %s: %s\n", at, systemMessage(err))
				status = 1
			}
			for _, child := range list {
				walk(strings.TrimSuffix(at, "/")+"/"+child.name, depth+1)
			}
		}
		if depthFirst {
			visit(at, i)
		}
	}
	for _, root := range roots {
		walk(root, 0)
	}
	for _, run := range p.runs {
		run()
	}
	return status
}

func (p *findParser) or() (findTest, error) {
	a, err := p.and()
	for err == nil && p.at < len(p.args) && p.args[p.at] == "-o" {
		p.at++
		var b findTest
		left := a
		b, err = p.and()
		a = func(at string, i *fileInfo) bool { return left(at, i) || b(at, i) }
	}
	return a, err
}

func (p *findParser) and() (findTest, error) {
	a, err := p.primary()
	for err == nil && p.at < len(p.args) && p.args[p.at] != "-o" && p.args[p.at] != ")" {
		if p.args[p.at] == "-a" {
			p.at++
		}
		var b findTest
		left := a
		b, err = p.primary()
		a = func(at string, i *fileInfo) bool { return left(at, i) && b(at, i) }
	}
	return a, err
}

// sign reads +n, -n or n.
func sign(s string) (func(int64) bool, error) {
	n, err := strconv.ParseInt(strings.TrimLeft(s, "+-"), 10, 64)
	return func(v int64) bool {
		switch {
		case strings.HasPrefix(s, "+"):
			return v > n
		case strings.HasPrefix(s, "-"):
			return v < n
		}
		return v == n
	}, err
}

func (p *findParser) primary() (findTest, error) {
	if p.at >= len(p.args) {
		return nil, errors.New("0652-009 There is a missing conjunction")
	}
	word := p.args[p.at]
	p.at++
	value := func() (string, error) {
		if p.at >= len(p.args) {
			return "", errors.New("0652-018 An expression term lacks a required parameter")
		}
		p.at++
		return p.args[p.at-1], nil
	}
	c := p.c
	switch word {
	case "!":
		t, err := p.primary()
		return func(at string, i *fileInfo) bool { return !t(at, i) }, err
	case "(":
		t, err := p.or()
		if err == nil && (p.at >= len(p.args) || p.args[p.at] != ")") {
			err = errors.New("0652-019 The parenthesis is not balanced")
		}
		p.at++
		return t, err
	case "-print":
		p.acted = true
		return func(at string, _ *fileInfo) bool { return c.write(at + "\n") }, nil
	case "-print0":
		p.acted = true
		return func(at string, _ *fileInfo) bool { return c.write(at + "\x00") }, nil
	case "-ls":
		p.acted = true
		return func(at string, i *fileInfo) bool { return c.write(c.host.longLine(i, at, false)) }, nil
	case "-prune":
		return func(string, *fileInfo) bool { *p.prune = true; return true }, nil
	case "-empty":
		return func(at string, i *fileInfo) bool {
			if i.IsDir() {
				list, err := c.host.fs.readDir(c.dir, at, c.proc.user)
				return err == nil && len(list) == 0
			}
			return i.size == 0
		}, nil
	case "-delete":
		p.acted = true
		return func(at string, _ *fileInfo) bool { return c.host.fs.remove(c.dir, at, c.proc.user) == nil }, nil
	case "-nouser", "-nogroup":
		return func(_ string, i *fileInfo) bool {
			_, err := strconv.Atoi(c.host.userName(i.uid))
			return err == nil
		}, nil
	case "-exec", "-ok":
		return p.exec()
	}
	v, err := value()
	if err != nil {
		return nil, err
	}
	switch word {
	case "-name", "-iname":
		if word == "-iname" {
			v = strings.ToLower(v)
		}
		return func(at string, _ *fileInfo) bool {
			base := path.Base(at)
			if word == "-iname" {
				base = strings.ToLower(base)
			}
			ok, _ := path.Match(v, base)
			return ok
		}, nil
	case "-path":
		return func(at string, _ *fileInfo) bool {
			re, err := globRegexp(v)
			return err == nil && re.MatchString(at)
		}, nil
	case "-type":
		return func(_ string, i *fileInfo) bool {
			return map[string]bool{"f": i.mode.IsRegular(), "d": i.IsDir(), "l": i.mode&fs.ModeSymlink != 0, "c": i.mode&fs.ModeDevice != 0}[v]
		}, nil
	case "-perm":
		all := strings.HasPrefix(v, "-")
		m, ok := changeMode(strings.TrimPrefix(v, "-"), 0, 0, false)
		if !ok {
			return nil, errors.New("0652-017 The mode is not valid")
		}
		const bits = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
		return func(_ string, i *fileInfo) bool {
			return all && i.mode&m == m || !all && i.mode&bits == m
		}, nil
	case "-user":
		uid, _ := c.host.userID(v)
		return func(_ string, i *fileInfo) bool { return i.uid == uid }, nil
	case "-group":
		gid, _ := c.host.groupID(v)
		return func(_ string, i *fileInfo) bool { return i.gid == gid }, nil
	case "-newer":
		ref, err := c.host.fs.stat(c.dir, v, c.proc.user, true)
		if err != nil {
			return nil, errors.New("0652-015 Cannot access file " + v)
		}
		return func(_ string, i *fileInfo) bool { return i.mtime.After(ref.mtime) }, nil
	case "-size":
		unit := int64(512)
		if strings.HasSuffix(v, "c") {
			v, unit = strings.TrimSuffix(v, "c"), 1
		}
		holds, err := sign(v)
		return func(_ string, i *fileInfo) bool { return holds((i.size + unit - 1) / unit) }, err
	case "-mtime", "-ctime", "-atime", "-mmin":
		unit := 24 * time.Hour
		if word == "-mmin" {
			unit = time.Minute
		}
		holds, err := sign(v)
		return func(_ string, i *fileInfo) bool { return holds(int64(c.host.now().Sub(i.mtime) / unit)) }, err
	case "-links", "-inum":
		holds, err := sign(v)
		return func(_ string, i *fileInfo) bool {
			if word == "-links" {
				return holds(int64(i.nlink))
			}
			return holds(int64(i.ino))
		}, err
	}
	return nil, errors.New("0652-017 " + word + " is not a valid option")
}

func (p *findParser) exec() (findTest, error) {
	p.acted = true
	start := p.at
	for p.at < len(p.args) && p.args[p.at] != ";" && !(p.args[p.at] == "+" && p.at > start && p.args[p.at-1] == "{}") {
		p.at++
	}
	if p.at >= len(p.args) || p.at == start {
		return nil, errors.New("0652-018 An expression term lacks a required parameter")
	}
	command, batch := p.args[start:p.at], p.args[p.at] == "+"
	p.at++
	if batch {
		var all []string
		p.runs = append(p.runs, func() {
			if len(all) > 0 {
				*p.status |= p.c.run(append(append([]string(nil), command[:len(command)-1]...), all...), nil)
			}
		})
		return func(at string, _ *fileInfo) bool { all = append(all, at); return true }, nil
	}
	return func(at string, _ *fileInfo) bool {
		args := make([]string, len(command))
		for i, a := range command {
			args[i] = strings.ReplaceAll(a, "{}", at)
		}
		return p.c.run(args, nil) == 0
	}, nil
}
