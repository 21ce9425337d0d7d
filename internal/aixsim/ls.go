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
