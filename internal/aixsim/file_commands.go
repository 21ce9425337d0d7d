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
	"syscall"
	"time"
)

func init() {
	register(map[string]runFunc{
		"ls": ls, "cp": cp, "mv": mv, "rm": rm, "rmdir": rmdir, "mkdir": mkdirCommand, "chmod": chmod, "chown": chown, "chgrp": chown,
		"touch": touch, "ln": ln, "find": find, "mktemp": mktemp, "du": du, "df": df, "file": fileCommand, "readlink": readlink, "sync": trueCommand,
	})
}

func trueCommand(*call) int { return 0 }

// modeString is the first column of ls -l.
func modeString(m fs.FileMode) string {
	kind := "-"
	switch {
	case m.IsDir():
		kind = "d"
	case m&fs.ModeSymlink != 0:
		kind = "l"
	case m&fs.ModeDevice != 0:
		kind = "c"
	}
	b := []byte(kind + "rwxrwxrwx")
	for i := 0; i < 9; i++ {
		if m&(1<<(8-i)) == 0 {
			b[i+1] = '-'
		}
	}
	special := func(bit fs.FileMode, at int, on, off byte) {
		if m&bit != 0 {
			if b[at] == 'x' {
				b[at] = on
			} else {
				b[at] = off
			}
		}
	}
	special(fs.ModeSetuid, 3, 's', 'S')
	special(fs.ModeSetgid, 6, 's', 'S')
	special(fs.ModeSticky, 9, 't', 'T')
	return string(b)
}

func (h *Host) longLine(i *fileInfo, name string, numeric bool) string {
	owner, group := strconv.Itoa(i.uid), strconv.Itoa(i.gid)
	if !numeric {
		owner, group = h.userName(i.uid), h.groupName(i.gid)
	}
	when := i.mtime.UTC().Format("Jan 02 15:04")
	if age := h.now().Sub(i.mtime); age > 180*24*time.Hour || age < -time.Hour {
		when = i.mtime.UTC().Format("Jan 02  2006")
	}
	if i.target != "" {
		name += " -> " + i.target
	}
	return fmt.Sprintf("%s %4d %-8s %-8s %10d %s %s\n", modeString(i.mode), i.nlink, owner, group, i.size, when, name)
}

func ls(c *call) int {
	o := getopt(c.args[1:], "ladnitrRAF1spqLchugTe", false)
	if o.bad != 0 {
		return c.fail(2, "Usage: ls [-1ACFHLNRSabcdefgiklmnopqrstuxEUXZ] [File...]\n")
	}
	names := o.rest
	if len(names) == 0 {
		names = []string{"."}
	}
	sort.Strings(names)
	long := o.has('l') || o.has('n') || o.has('g')
	show := func(i *fileInfo, name string) bool {
		if o.has('i') {
			c.printf("%8d ", i.ino)
		}
		if long {
			return c.write(c.host.longLine(i, name, o.has('n')))
		}
		if o.has('F') || o.has('p') {
			switch {
			case i.IsDir():
				name += "/"
			case i.mode&fs.ModeSymlink != 0:
				name += "@"
			case i.mode&0o111 != 0:
				name += "*"
			}
		}
		return c.write(name + "\n")
	}
	order := func(list []*fileInfo) {
		if o.has('t') {
			sort.SliceStable(list, func(a, b int) bool { return list[a].mtime.After(list[b].mtime) })
		}
		if o.has('r') {
			for a, b := 0, len(list)-1; a < b; a, b = a+1, b-1 {
				list[a], list[b] = list[b], list[a]
			}
		}
	}
	code := 0
	var files []*fileInfo
	var dirs []string
	for _, name := range names {
		info, err := c.host.fs.stat(c.dir, name, c.proc.user, !long || o.has('L'))
		if err != nil && !errors.Is(err, syscall.EACCES) {
			if i, lerr := c.host.fs.stat(c.dir, name, c.proc.user, false); lerr == nil {
				info, err = i, nil
			}
		}
		if err != nil {
			c.errorf("ls: 0653-341 The file %s does not exist.\n", name)
			code = 2
			continue
		}
		if info.IsDir() && !o.has('d') {
			dirs = append(dirs, name)
			continue
		}
		info.name = name
		files = append(files, info)
	}
	order(files)
	for _, f := range files {
		show(f, f.name)
	}
	blank := len(files) > 0
	for depth := 0; len(dirs) > 0 && depth < maxNodes; depth++ {
		dir := dirs[0]
		dirs = dirs[1:]
		list, err := c.host.fs.readDir(c.dir, dir, c.proc.user)
		if err != nil {
			c.errorf("ls: %s: %s\n", dir, systemMessage(err))
			code = 2
			continue
		}
		if blank {
			c.printf("\n")
		}
		if len(names) > 1 || o.has('R') {
			c.printf("%s:\n", dir)
		}
		blank = true
		if o.has('a') {
			for _, dot := range []string{"..", "."} {
				if i, err := c.host.fs.stat(c.dir, dir+"/"+dot, c.proc.user, true); err == nil {
					i.name = dot
					list = append([]*fileInfo{i}, list...)
				}
			}
		}
		order(list)
		if long {
			c.printf("total %d\n", len(list)*8)
		}
		var below []string
		for _, i := range list {
			if strings.HasPrefix(i.name, ".") && !o.has('a') && !o.has('A') {
				continue
			}
			if !show(i, i.name) {
				return 1
			}
			if o.has('R') && i.IsDir() && i.name != "." && i.name != ".." {
				below = append(below, path.Join(dir, i.name))
			}
		}
		dirs = append(below, dirs...)
	}
	return code
}

// target is where cp, mv and ln put a file: into a directory or under the name.
func (c *call) target(name, last string, many bool) (string, error) {
	info, err := c.host.fs.stat(c.dir, last, c.proc.user, true)
	if err == nil && info.IsDir() {
		return last + "/" + path.Base(name), nil
	}
	if many {
		return "", fmt.Errorf("%s: A parameter must be a directory.", last)
	}
	return last, nil
}

func (c *call) copyFile(from, to string, preserve bool) error {
	info, err := c.host.fs.stat(c.dir, from, c.proc.user, true)
	if err != nil {
		return err
	}
	data, err := c.host.fs.readFile(c.dir, from, c.proc.user)
	if err != nil {
		return err
	}
	mode := info.mode.Perm() &^ fs.FileMode(c.proc.umask)
	if err := c.host.fs.writeFile(c.dir, to, c.proc.user, data, mode); err != nil {
		return err
	}
	if info.program != "" {
		_ = c.host.fs.change("cp", c.dir, to, c.proc.user, true, func(n *node) error { n.program = info.program; return nil })
	}
	if preserve {
		_ = c.host.fs.chmod(c.dir, to, c.proc.user, info.mode)
		_ = c.host.fs.chown(c.dir, to, c.proc.user, info.uid, info.gid, true)
		_ = c.host.fs.chtimes(c.dir, to, c.proc.user, info.mtime)
	}
	return nil
}

func (c *call) copyTree(from, to string, preserve bool, depth int) error {
	info, err := c.host.fs.stat(c.dir, from, c.proc.user, false)
	if err != nil {
		return err
	}
	switch {
	case info.mode&fs.ModeSymlink != 0:
		return c.host.fs.symlink(info.target, c.dir, to, c.proc.user)
	case !info.IsDir():
		return c.copyFile(from, to, preserve)
	case depth > 100:
		return pathError("copy", from, syscall.ELOOP)
	}
	list, err := c.host.fs.readDir(c.dir, from, c.proc.user)
	if err != nil {
		return err
	}
	if err := c.host.fs.mkdir(c.dir, to, c.proc.user, info.mode); err != nil && !errors.Is(err, syscall.EEXIST) {
		return err
	}
	for _, i := range list {
		if c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if err := c.copyTree(from+"/"+i.name, to+"/"+i.name, preserve, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func cp(c *call) int {
	o := getopt(c.args[1:], "rRpfihHLP", false)
	if len(o.rest) < 2 || o.bad != 0 {
		return c.fail(1, "Usage: cp [-fhipHILPU] [-d] [-e] [-E{force|ignore|warn}] [--] src target\n")
	}
	last := o.rest[len(o.rest)-1]
	code := 0
	for _, name := range o.rest[:len(o.rest)-1] {
		to, err := c.target(name, last, len(o.rest) > 2)
		if err == nil {
			info, statErr := c.host.fs.stat(c.dir, name, c.proc.user, true)
			switch {
			case statErr != nil:
				err = statErr
			case info.IsDir() && !o.has('r') && !o.has('R'):
				err = errors.New("Specified path is a directory.")
			case info.IsDir():
				err = c.copyTree(name, to, o.has('p'), 0)
			default:
				err = c.copyFile(name, to, o.has('p'))
				if err != nil && o.has('f') && c.host.fs.remove(c.dir, to, c.proc.user) == nil {
					err = c.copyFile(name, to, o.has('p'))
				}
			}
		}
		if err != nil {
			c.errorf("cp: %s: %s\n", name, systemMessage(err))
			code = 1
		}
	}
	return code
}

func mv(c *call) int {
	o := getopt(c.args[1:], "fi", false)
	if len(o.rest) < 2 {
		return c.fail(1, "Usage: mv [-f | -i] [-E{force|ignore|warn}] [--] src target\n")
	}
	last := o.rest[len(o.rest)-1]
	code := 0
	for _, name := range o.rest[:len(o.rest)-1] {
		to, err := c.target(name, last, len(o.rest) > 2)
		if err == nil {
			err = c.host.fs.rename(c.dir, name, to, c.proc.user)
		}
		if err != nil {
			c.errorf("mv: 0653-401 Cannot rename %s to %s:\n             %s\n", name, last, systemMessage(err))
			code = 1
		}
	}
	return code
}

func (c *call) removeTree(name string, depth int) error {
	info, err := c.host.fs.stat(c.dir, name, c.proc.user, false)
	if err != nil {
		return err
	}
	if info.IsDir() && depth < 200 {
		list, err := c.host.fs.readDir(c.dir, name, c.proc.user)
		if err != nil {
			return err
		}
		for _, i := range list {
			if err := c.removeTree(name+"/"+i.name, depth+1); err != nil {
				return err
			}
		}
	}
	return c.host.fs.remove(c.dir, name, c.proc.user)
}

func rm(c *call) int {
	o := getopt(c.args[1:], "rRfiey", false)
	if len(o.rest) == 0 {
		if o.has('f') {
			return 0
		}
		return c.fail(2, "Usage: rm [-firRe] [--] File...\n")
	}
	code := 0
	for _, name := range o.rest {
		info, err := c.host.fs.stat(c.dir, name, c.proc.user, false)
		switch {
		case err != nil && o.has('f') && errors.Is(err, syscall.ENOENT):
			continue
		case err != nil:
		case path.Base(name) == "." || path.Base(name) == ".." || path.Clean(name) == "/":
			err = errors.New("The system cannot remove this directory.")
		case info.IsDir() && !o.has('r') && !o.has('R'):
			c.errorf("rm: 0653-603 Cannot remove directory %s.\n", name)
			code = 2
			continue
		case info.IsDir():
			err = c.removeTree(name, 0)
		default:
			err = c.host.fs.remove(c.dir, name, c.proc.user)
		}
		if err != nil {
			c.errorf("rm: %s: %s\n", name, systemMessage(err))
			code = 2
		}
	}
	return code
}

func rmdir(c *call) int {
	code := 0
	for _, name := range getopt(c.args[1:], "p", false).rest {
		info, err := c.host.fs.stat(c.dir, name, c.proc.user, false)
		if err == nil && !info.IsDir() {
			err = pathError("rmdir", name, syscall.ENOTDIR)
		}
		if err == nil {
			err = c.host.fs.remove(c.dir, name, c.proc.user)
		}
		if err != nil {
			c.errorf("rmdir: 0653-611 Directory %s is not empty or cannot be removed: %s\n", name, systemMessage(err))
			code = 1
		}
	}
	return code
}

func mkdirCommand(c *call) int {
	o := getopt(c.args[1:], "pm:e:", false)
	if len(o.rest) == 0 {
		return c.fail(1, "Usage: mkdir [-p] [-m mode] [-e mode] Directory ...\n")
	}
	code := 0
	for _, name := range o.rest {
		mode := fs.FileMode(0o777 &^ c.proc.umask)
		var err error
		if o.has('p') {
			err = c.host.fs.mkdirAll(c.dir, name, c.proc.user, mode)
		} else {
			err = c.host.fs.mkdir(c.dir, name, c.proc.user, mode)
		}
		if err == nil && o.value('m') != "" {
			if m, ok := changeMode(o.value('m'), 0o777, 0, true); ok {
				err = c.host.fs.chmod(c.dir, name, c.proc.user, m)
			}
		}
		if err != nil {
			if errors.Is(err, syscall.EEXIST) {
				c.errorf("mkdir: 0653-358 Cannot create %s.\n%s: File exists\n", name, name)
			} else {
				c.errorf("mkdir: 0653-357 Cannot access directory %s.\n%s: %s\n", path.Dir(name), path.Dir(name), systemMessage(err))
			}
			code = 1
		}
	}
	return code
}

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

func du(c *call) int {
	o := getopt(c.args[1:], "skmagxl", false)
	names := o.rest
	if len(names) == 0 {
		names = []string{"."}
	}
	code := 0
	for _, name := range names {
		var total int64
		if err := c.eachTree(name, true, func(_ string, i *fileInfo) error { total += (i.size + 4095) / 4096 * 4; return c.ctx.Err() }); err != nil {
			c.errorf("du: %s: %s\n", name, systemMessage(err))
			code = 1
			continue
		}
		if !o.has('k') && !o.has('m') {
			total *= 2
		}
		c.printf("%d\t%s\n", total, name)
	}
	return code
}

func df(c *call) int {
	o := getopt(c.args[1:], "kmgIivMPt", true)
	unit, blocks := "512-blocks", int64(2)
	switch {
	case o.has('m'):
		unit, blocks = "MB blocks", 0
	case o.has('g'):
		unit, blocks = "GB blocks", 0
	case o.has('k'):
		unit, blocks = "1024-blocks", 1
	}
	c.printf("Filesystem    %s      Free %%Used    Iused %%Iused Mounted on\n", unit)
	for _, f := range [][3]string{{"/dev/hd4", "2097152", "/"}, {"/dev/hd2", "6291456", "/usr"}, {"/dev/hd9var", "4194304", "/var"}, {"/dev/hd3", "4194304", "/tmp"}, {"/dev/hd1", "1048576", "/home"}, {"/dev/hd10opt", "2097152", "/opt"}} {
		size, _ := strconv.ParseInt(f[1], 10, 64)
		free := size / 2
		if blocks == 0 {
			divisor := int64(1024)
			if o.has('g') {
				divisor = 1024 * 1024
			}
			c.printf("%-12s %10.2f %10.2f   50%%     1000     2%% %s\n", f[0], float64(size)/float64(divisor), float64(free)/float64(divisor), f[2])
			continue
		}
		c.printf("%-12s %10d %10d   50%%     1000     2%% %s\n", f[0], size*blocks, free*blocks, f[2])
	}
	return 0
}

func fileCommand(c *call) int {
	for _, name := range getopt(c.args[1:], "ch", false).rest {
		info, err := c.host.fs.stat(c.dir, name, c.proc.user, true)
		kind := "ascii text"
		switch {
		case err != nil:
			kind = "cannot open"
		case info.IsDir():
			kind = "directory"
		case info.program != "":
			kind = "executable (RISC System/6000) or object module"
		case info.size == 0:
			kind = "empty"
		}
		c.printf("%s: %s\n", name, kind)
	}
	return 0
}

func readlink(c *call) int {
	o := getopt(c.args[1:], "fn", false)
	code := 0
	for _, name := range o.rest {
		if o.has('f') {
			at, err := c.host.fs.realPath(c.dir, name, c.proc.user)
			if err != nil {
				return 1
			}
			c.printf("%s\n", at)
			continue
		}
		info, err := c.host.fs.stat(c.dir, name, c.proc.user, false)
		if err != nil || info.target == "" {
			code = 1
			continue
		}
		c.printf("%s\n", info.target)
	}
	return code
}
