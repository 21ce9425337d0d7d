// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"syscall"
)

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
