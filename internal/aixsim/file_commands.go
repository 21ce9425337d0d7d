// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"
)

func init() {
	register(map[string]runFunc{
		"ls": ls, "cp": cp, "mv": mv, "rm": rm, "rmdir": rmdir, "mkdir": mkdirCommand, "chmod": chmod, "chown": chown, "chgrp": chown,
		"touch": touch, "ln": ln, "find": find, "mktemp": mktemp, "du": du, "df": df, "file": fileCommand, "readlink": readlink, "sync": trueCommand,
	})
}

func trueCommand(*call) int { return 0 }

// changeMode applies an octal or symbolic mode.
func changeMode(spec string, old fs.FileMode, umask uint32, dir bool) (fs.FileMode, bool) {
	if n, err := strconv.ParseUint(spec, 8, 16); err == nil {
		m := fs.FileMode(n & 0o777)
		for bit, mode := range map[uint64]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
			if n&bit != 0 {
				m |= mode
			}
		}
		return m, true
	}
	m := old
	for _, clause := range strings.Split(spec, ",") {
		i := 0
		who := uint32(0)
		for ; i < len(clause) && strings.IndexByte("ugoa", clause[i]) >= 0; i++ {
			who |= map[byte]uint32{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[clause[i]]
		}
		mask := uint32(0o777)
		if who == 0 {
			who, mask = 0o777, 0o777&^umask
		}
		if i >= len(clause) {
			return 0, false
		}
		for i < len(clause) {
			op := clause[i]
			if op != '+' && op != '-' && op != '=' {
				return 0, false
			}
			i++
			var bits uint32
			var extra fs.FileMode
			for ; i < len(clause) && strings.IndexByte("rwxXstugo", clause[i]) >= 0; i++ {
				switch clause[i] {
				case 'r':
					bits |= 0o444
				case 'w':
					bits |= 0o222
				case 'x':
					bits |= 0o111
				case 'X':
					if dir || m&0o111 != 0 {
						bits |= 0o111
					}
				case 's':
					if who&0o700 != 0 {
						extra |= fs.ModeSetuid
					}
					if who&0o070 != 0 {
						extra |= fs.ModeSetgid
					}
				case 't':
					extra |= fs.ModeSticky
				case 'u':
					bits |= uint32(m>>6&7) * 0o111
				case 'g':
					bits |= uint32(m>>3&7) * 0o111
				case 'o':
					bits |= uint32(m&7) * 0o111
				}
			}
			set := fs.FileMode(bits & who & mask)
			switch op {
			case '+':
				m |= set | extra
			case '-':
				m &^= set | extra
			default:
				m = m&^fs.FileMode(who) | set | extra
			}
		}
	}
	return m, true
}

// eachTree calls fn for a path and, with recursive, all below it.
func (c *call) eachTree(name string, recursive bool, fn func(name string, i *fileInfo) error) error {
	info, err := c.host.fs.stat(c.dir, name, c.proc.user, false)
	if err != nil {
		return err
	}
	if recursive && info.IsDir() {
		list, err := c.host.fs.readDir(c.dir, name, c.proc.user)
		if err != nil {
			return err
		}
		for _, i := range list {
			if err := c.eachTree(strings.TrimSuffix(name, "/")+"/"+i.name, true, fn); err != nil {
				return err
			}
		}
	}
	return fn(name, info)
}

func chmod(c *call) int {
	args := c.args[1:]
	recursive := false
	for len(args) > 0 && (args[0] == "-R" || args[0] == "-f" || args[0] == "-h" || args[0] == "--") {
		recursive = recursive || args[0] == "-R"
		args = args[1:]
	}
	if len(args) < 2 {
		return c.fail(1, "Usage: chmod [-R] [-f] [-h] {u|g|o|a ...} {+|-|=} {r|w|x|X|s|t ...} File ...\n")
	}
	code := 0
	for _, name := range args[1:] {
		err := c.eachTree(name, recursive, func(at string, i *fileInfo) error {
			if i.mode&fs.ModeSymlink != 0 {
				target, err := c.host.fs.stat(c.dir, at, c.proc.user, true)
				if err != nil {
					return err
				}
				i = target
			}
			m, ok := changeMode(args[0], i.mode, c.proc.umask, i.IsDir())
			if !ok {
				return errors.New("The mode is not valid.")
			}
			return c.host.fs.chmod(c.dir, at, c.proc.user, m)
		})
		if err != nil {
			c.errorf("chmod: %s: %s\n", name, systemMessage(err))
			code = 1
		}
	}
	return code
}

func chown(c *call) int {
	o := getopt(c.args[1:], "RhfHLP", false)
	if len(o.rest) < 2 {
		return c.fail(1, "Usage: chown [-f] [-h] [-R] Owner[:Group] {File ... | Directory ...}\n")
	}
	owner, group, hasGroup := strings.Cut(o.rest[0], ":")
	if !hasGroup {
		owner, group, _ = strings.Cut(o.rest[0], ".")
	}
	if path.Base(c.args[0]) == "chgrp" {
		owner, group = "", o.rest[0]
	}
	uid, gid := -1, -1
	if owner != "" {
		u, ok := c.host.userID(owner)
		if !ok {
			return c.fail(1, "chown: 0653-312 %s is an unknown user.\n", owner)
		}
		uid = u
	}
	if group != "" {
		g, ok := c.host.groupID(group)
		if !ok {
			return c.fail(1, "chown: 0653-313 %s is an unknown group.\n", group)
		}
		gid = g
	}
	code := 0
	for _, name := range o.rest[1:] {
		err := c.eachTree(name, o.has('R'), func(at string, _ *fileInfo) error {
			return c.host.fs.chown(c.dir, at, c.proc.user, uid, gid, !o.has('h'))
		})
		if err != nil {
			c.errorf("chown: %s: %s\n", name, systemMessage(err))
			code = 1
		}
	}
	return code
}

func touch(c *call) int {
	o := getopt(c.args[1:], "acmft:r:", false)
	when := c.host.now()
	if v := o.value('t'); v != "" {
		layout := "200601021504"
		if strings.Contains(v, ".") {
			layout += ".05"
		}
		if len(strings.SplitN(v, ".", 2)[0]) == 10 {
			layout = layout[2:]
			layout = strings.Replace(layout, "0601", "0601", 1)
		}
		t, err := time.Parse(layout, v)
		if err != nil {
			return c.fail(2, "touch: 0652-048 The date is not valid.\n")
		}
		when = t
	}
	if v := o.value('r'); v != "" {
		info, err := c.host.fs.stat(c.dir, v, c.proc.user, true)
		if err != nil {
			return c.fail(2, "touch: %s: %s\n", v, systemMessage(err))
		}
		when = info.mtime
	}
	code := 0
	for _, name := range o.rest {
		_, err := c.host.fs.stat(c.dir, name, c.proc.user, true)
		if err != nil {
			if o.has('c') {
				continue
			}
			err = c.host.fs.writeFile(c.dir, name, c.proc.user, nil, fs.FileMode(0o666&^c.proc.umask))
		}
		if err == nil {
			err = c.host.fs.chtimes(c.dir, name, c.proc.user, when)
		}
		if err != nil {
			c.errorf("touch: 0652-046 Cannot create %s.\n", name)
			code = 1
		}
	}
	return code
}

func ln(c *call) int {
	o := getopt(c.args[1:], "sfn", false)
	if len(o.rest) == 1 {
		o.rest = append(o.rest, ".")
	}
	if len(o.rest) < 2 {
		return c.fail(2, "Usage: ln [-f | -n] [-s] src [target]\n")
	}
	last := o.rest[len(o.rest)-1]
	code := 0
	for _, name := range o.rest[:len(o.rest)-1] {
		to := last
		if info, err := c.host.fs.stat(c.dir, last, c.proc.user, !o.has('n')); err == nil && info.IsDir() {
			to = last + "/" + path.Base(name)
		}
		if o.has('f') {
			if i, err := c.host.fs.stat(c.dir, to, c.proc.user, false); err == nil && !i.IsDir() {
				_ = c.host.fs.remove(c.dir, to, c.proc.user)
			}
		}
		var err error
		if o.has('s') {
			err = c.host.fs.symlink(name, c.dir, to, c.proc.user)
		} else {
			err = c.host.fs.link(c.dir, name, to, c.proc.user)
		}
		if err != nil {
			c.errorf("ln: 0653-421 %s exists.\n              Specify -f to remove.\n", to)
			code = 1
		}
	}
	return code
}

// expandTree lists the regular files below the operands, for grep -r.
func (c *call) expandTree(names []string) []string {
	if len(names) == 0 {
		names = []string{"."}
	}
	var out []string
	for _, name := range names {
		_ = c.eachTree(name, true, func(at string, i *fileInfo) error {
			if i.mode.IsRegular() && i.program == "" {
				out = append(out, at)
			}
			return c.ctx.Err()
		})
	}
	sort.Strings(out)
	return out
}

func mktemp(c *call) int {
	o := getopt(c.args[1:], "dp:t", false)
	dir := o.value('p')
	if dir == "" {
		dir = "/tmp"
	}
	template := "tmp.XXXXXX"
	if len(o.rest) > 0 {
		template = o.rest[0]
	}
	name := strings.TrimRight(template, "X") + fmt.Sprintf("%06d", c.proc.pid%1000000)
	if !strings.Contains(name, "/") {
		name = dir + "/" + name
	}
	var err error
	if o.has('d') {
		err = c.host.fs.mkdir(c.dir, name, c.proc.user, 0o700)
	} else {
		err = c.host.fs.writeFile(c.dir, name, c.proc.user, nil, 0o600)
	}
	if err != nil {
		return c.fail(1, "mktemp: %s: %s\n", name, systemMessage(err))
	}
	c.printf("%s\n", name)
	return 0
}
