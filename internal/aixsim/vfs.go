// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The file system's limits: enough for a build, little enough that a script in a
// loop cannot take the simulating machine's memory.
const (
	maxFileSystemBytes = 128 << 20
	maxFileBytes       = 64 << 20
	maxNodes           = 20000
	maxPathLength      = 1023 // PATH_MAX of AIX
	maxSymlinks        = 20
)

// A node is a file, a directory, a symbolic link or a character device.
type node struct {
	ino      uint64
	mode     fs.FileMode
	uid, gid int
	mtime    time.Time
	data     []byte
	target   string
	children map[string]*node
	device   string // null, zero, urandom; for ModeCharDevice
	program  string // the command this file is, when it is one of the simulator's
}

func (n *node) isDir() bool { return n.mode.IsDir() }

// A credential is who asks.
type credential struct {
	uid, gid int
	name     string
	home     string
}

func (c credential) root() bool { return c.uid == 0 }

// A fileSystem is the virtual file system. All its methods are safe for
// concurrent use; paths are absolute or relative to the given directory.
type fileSystem struct {
	mu    sync.Mutex
	root  *node
	bytes int64
	nodes int
	next  uint64
	now   func() time.Time
}

func newFileSystem(now func() time.Time) *fileSystem {
	f := &fileSystem{now: now, next: 2}
	f.root = &node{ino: f.next, mode: fs.ModeDir | 0o755, mtime: now(), children: map[string]*node{}}
	f.nodes = 1
	return f
}

func pathError(op, name string, errno syscall.Errno) error {
	return &fs.PathError{Op: op, Path: name, Err: errno}
}

// permits says whether the credential may use the node as the mask of rwx bits says.
func (n *node) permits(c credential, mask fs.FileMode) bool {
	if c.root() {
		// The superuser may read and write anything, but execute only what
		// somebody may execute.
		return mask&1 == 0 || n.isDir() || n.mode&0o111 != 0
	}
	bits := n.mode.Perm()
	switch {
	case c.uid == n.uid:
		bits >>= 6
	case c.gid == n.gid:
		bits >>= 3
	}
	return bits&mask == mask
}

// A place is where a path leads: the directory, the last name, and the node there, if any.
type place struct {
	parent *node
	name   string
	node   *node
	path   string // absolute, clean, links resolved in all but the last part
}

// walk resolves a path. The caller holds the lock.
func (f *fileSystem) walk(op, dir, name string, c credential, follow bool) (place, error) {
	if name == "" {
		return place{}, pathError(op, name, syscall.ENOENT)
	}
	if len(name) > maxPathLength || strings.ContainsRune(name, 0) {
		return place{}, pathError(op, name, syscall.ENAMETOOLONG)
	}
	full := name
	if !strings.HasPrefix(full, "/") {
		full = dir + "/" + full
	}
	var stack []*node
	var names []string
	cur := f.root
	pending := strings.Split(full, "/")
	slash := strings.HasSuffix(name, "/") && strings.Trim(name, "/") != ""
	links := 0
	for i := 0; i < len(pending); i++ {
		part := pending[i]
		switch part {
		case "", ".":
			continue
		case "..":
			if len(stack) > 0 {
				cur, stack, names = stack[len(stack)-1], stack[:len(stack)-1], names[:len(names)-1]
			}
			continue
		}
		if !cur.isDir() {
			return place{}, pathError(op, name, syscall.ENOTDIR)
		}
		if !cur.permits(c, 1) {
			return place{}, pathError(op, name, syscall.EACCES)
		}
		last := true
		for _, rest := range pending[i+1:] {
			if rest != "" && rest != "." {
				last = false
			}
		}
		child := cur.children[part]
		if child == nil {
			if !last {
				return place{}, pathError(op, name, syscall.ENOENT)
			}
			return place{parent: cur, name: part, path: "/" + strings.Join(append(names[:len(names):len(names)], part), "/")}, nil
		}
		if child.mode&fs.ModeSymlink != 0 && (!last || follow || slash) {
			if links++; links > maxSymlinks {
				return place{}, pathError(op, name, syscall.ELOOP)
			}
			rest := pending[i+1:]
			if strings.HasPrefix(child.target, "/") {
				cur, stack, names = f.root, nil, nil
			}
			pending = append(strings.Split(child.target, "/"), rest...)
			i = -1
			continue
		}
		if last {
			if slash && !child.isDir() {
				return place{}, pathError(op, name, syscall.ENOTDIR)
			}
			return place{parent: cur, name: part, node: child, path: "/" + strings.Join(append(names[:len(names):len(names)], part), "/")}, nil
		}
		stack, names = append(stack, cur), append(names, part)
		cur = child
	}
	// The path ended in "/", "." or "..": the directory itself.
	if len(stack) == 0 {
		return place{node: cur, name: "/", path: "/"}, nil
	}
	return place{parent: stack[len(stack)-1], name: names[len(names)-1], node: cur, path: "/" + strings.Join(names, "/")}, nil
}

func (f *fileSystem) add(op string, p place, n *node) error {
	if f.nodes >= maxNodes {
		return pathError(op, p.path, syscall.ENOSPC)
	}
	f.nodes++
	f.next++
	n.ino, n.mtime = f.next, f.now()
	p.parent.children[p.name] = n
	p.parent.mtime = n.mtime
	return nil
}

// lookup returns the node of a path, following links if asked.
func (f *fileSystem) lookup(op, dir, name string, c credential, follow bool) (*node, string, error) {
	p, err := f.walk(op, dir, name, c, follow)
	if err != nil {
		return nil, "", err
	}
	if p.node == nil {
		return nil, "", pathError(op, name, syscall.ENOENT)
	}
	return p.node, p.path, nil
}

// stat describes a file.
func (f *fileSystem) stat(dir, name string, c credential, follow bool) (*fileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, at, err := f.lookup("stat", dir, name, c, follow)
	if err != nil {
		return nil, err
	}
	return f.info(path.Base(at), n), nil
}

// access says whether a file may be used as the mask of rwx bits says.
func (f *fileSystem) access(dir, name string, c credential, mask fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, _, err := f.lookup("access", dir, name, c, true)
	if err != nil {
		return err
	}
	if !n.permits(c, mask) {
		return pathError("access", name, syscall.EACCES)
	}
	return nil
}

// readDir lists a directory, sorted by name.
func (f *fileSystem) readDir(dir, name string, c credential) ([]*fileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, _, err := f.lookup("open", dir, name, c, true)
	if err != nil {
		return nil, err
	}
	if !n.isDir() {
		return nil, pathError("readdir", name, syscall.ENOTDIR)
	}
	if !n.permits(c, 4) {
		return nil, pathError("open", name, syscall.EACCES)
	}
	infos := make([]*fileInfo, 0, len(n.children))
	for child, cn := range n.children {
		infos = append(infos, f.info(child, cn))
	}
	sort.Slice(infos, func(i, j int) bool { return infos[i].name < infos[j].name })
	return infos, nil
}

// realPath resolves all links of a path that exists.
func (f *fileSystem) realPath(dir, name string, c credential) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, at, err := f.lookup("realpath", dir, name, c, true)
	return at, err
}

// readFile returns a copy of a regular file's content.
func (f *fileSystem) readFile(dir, name string, c credential) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, _, err := f.lookup("open", dir, name, c, true)
	if err != nil {
		return nil, err
	}
	if n.isDir() {
		return nil, pathError("read", name, syscall.EISDIR)
	}
	if !n.permits(c, 4) {
		return nil, pathError("open", name, syscall.EACCES)
	}
	return append([]byte(nil), n.data...), nil
}

// writeFile replaces a file's content, creating it with the mode.
func (f *fileSystem) writeFile(dir, name string, c credential, data []byte, mode fs.FileMode) error {
	h, err := f.open(dir, name, c, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_TRUNC, mode)
	if err != nil {
		return err
	}
	defer h.Close()
	_, err = h.Write(data)
	return err
}

// mkdir makes a directory.
func (f *fileSystem) mkdir(dir, name string, c credential, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, err := f.walk("mkdir", dir, name, c, true)
	if err != nil {
		return err
	}
	if p.node != nil {
		return pathError("mkdir", name, syscall.EEXIST)
	}
	if !p.parent.permits(c, 3) {
		return pathError("mkdir", name, syscall.EACCES)
	}
	return f.add("mkdir", p, &node{mode: fs.ModeDir | mode.Perm(), uid: c.uid, gid: c.gid, children: map[string]*node{}})
}

// mkdirAll makes a directory and those above it.
func (f *fileSystem) mkdirAll(dir, name string, c credential, mode fs.FileMode) error {
	if !strings.HasPrefix(name, "/") {
		name = dir + "/" + name
	}
	name = path.Clean(name)
	if name == "/" {
		return nil
	}
	at := ""
	for _, part := range strings.Split(strings.Trim(name, "/"), "/") {
		at += "/" + part
		info, err := f.stat("/", at, c, true)
		if err == nil {
			if !info.IsDir() {
				return pathError("mkdir", at, syscall.ENOTDIR)
			}
			continue
		}
		if err := f.mkdir("/", at, c, mode); err != nil {
			return err
		}
	}
	return nil
}

// symlink makes a symbolic link.
func (f *fileSystem) symlink(target, dir, name string, c credential) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, err := f.walk("symlink", dir, name, c, false)
	if err != nil {
		return err
	}
	if p.node != nil {
		return pathError("symlink", name, syscall.EEXIST)
	}
	if !p.parent.permits(c, 3) {
		return pathError("symlink", name, syscall.EACCES)
	}
	if len(target) > maxPathLength {
		return pathError("symlink", name, syscall.ENAMETOOLONG)
	}
	return f.add("symlink", p, &node{mode: fs.ModeSymlink | 0o777, uid: c.uid, gid: c.gid, target: target})
}

// link makes a second name for a file.
func (f *fileSystem) link(dir, old, name string, c credential) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, _, err := f.lookup("link", dir, old, c, true)
	if err != nil {
		return err
	}
	if n.isDir() {
		return pathError("link", old, syscall.EPERM)
	}
	p, err := f.walk("link", dir, name, c, false)
	if err != nil {
		return err
	}
	if p.node != nil {
		return pathError("link", name, syscall.EEXIST)
	}
	if !p.parent.permits(c, 3) {
		return pathError("link", name, syscall.EACCES)
	}
	if f.nodes >= maxNodes {
		return pathError("link", name, syscall.ENOSPC)
	}
	f.nodes++
	p.parent.children[p.name] = n
	return nil
}

// sticky says whether the directory's sticky bit keeps c from removing n.
func sticky(parent, n *node, c credential) bool {
	return parent.mode&fs.ModeSticky != 0 && !c.root() && c.uid != n.uid && c.uid != parent.uid
}

// remove removes a file or an empty directory.
func (f *fileSystem) remove(dir, name string, c credential) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, err := f.walk("remove", dir, name, c, false)
	if err != nil {
		return err
	}
	switch {
	case p.node == nil:
		return pathError("remove", name, syscall.ENOENT)
	case p.parent == nil:
		return pathError("remove", name, syscall.EBUSY)
	case !p.parent.permits(c, 3) || sticky(p.parent, p.node, c):
		return pathError("remove", name, syscall.EACCES)
	case p.node.isDir() && len(p.node.children) > 0:
		return pathError("remove", name, syscall.EEXIST)
	}
	delete(p.parent.children, p.name)
	p.parent.mtime = f.now()
	f.nodes--
	if !f.linked(p.node) {
		f.bytes -= int64(len(p.node.data))
	}
	return nil
}

// linked says whether a file still has a name. Hard links are rare: a walk is fine.
func (f *fileSystem) linked(n *node) bool {
	if n.isDir() || len(n.data) == 0 {
		return false
	}
	var search func(*node) bool
	search = func(d *node) bool {
		for _, child := range d.children {
			if child == n || child.isDir() && search(child) {
				return true
			}
		}
		return false
	}
	return search(f.root)
}

// rename moves a file or directory.
func (f *fileSystem) rename(dir, old, name string, c credential) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	from, err := f.walk("rename", dir, old, c, false)
	if err != nil {
		return err
	}
	if from.node == nil {
		return pathError("rename", old, syscall.ENOENT)
	}
	to, err := f.walk("rename", dir, name, c, false)
	if err != nil {
		return err
	}
	switch {
	case from.parent == nil || to.parent == nil:
		return pathError("rename", name, syscall.EBUSY)
	case from.node == to.node:
		return nil
	case !from.parent.permits(c, 3) || !to.parent.permits(c, 3) || sticky(from.parent, from.node, c):
		return pathError("rename", name, syscall.EACCES)
	case from.node.isDir() && strings.HasPrefix(to.path+"/", from.path+"/"):
		return pathError("rename", name, syscall.EINVAL)
	}
	if to.node != nil {
		switch {
		case to.node.isDir() && (!from.node.isDir() || len(to.node.children) > 0):
			return pathError("rename", name, syscall.EEXIST)
		case !to.node.isDir() && from.node.isDir():
			return pathError("rename", name, syscall.ENOTDIR)
		}
		f.nodes--
		f.bytes -= int64(len(to.node.data))
	}
	delete(from.parent.children, from.name)
	to.parent.children[to.name] = from.node
	return nil
}

// change applies a change of mode, owner or time to a file.
func (f *fileSystem) change(op, dir, name string, c credential, follow bool, apply func(n *node) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, _, err := f.lookup(op, dir, name, c, follow)
	if err != nil {
		return err
	}
	if !c.root() && c.uid != n.uid {
		return pathError(op, name, syscall.EPERM)
	}
	return apply(n)
}

func (f *fileSystem) chmod(dir, name string, c credential, mode fs.FileMode) error {
	return f.change("chmod", dir, name, c, true, func(n *node) error {
		const settable = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
		n.mode = n.mode&^settable | mode&settable
		return nil
	})
}

func (f *fileSystem) chown(dir, name string, c credential, uid, gid int, follow bool) error {
	return f.change("chown", dir, name, c, follow, func(n *node) error {
		if !c.root() && uid >= 0 && uid != n.uid {
			return pathError("chown", name, syscall.EPERM)
		}
		if uid >= 0 {
			n.uid = uid
		}
		if gid >= 0 {
			n.gid = gid
		}
		return nil
	})
}

func (f *fileSystem) chtimes(dir, name string, c credential, at time.Time) error {
	return f.change("utime", dir, name, c, true, func(n *node) error {
		n.mtime = at
		return nil
	})
}
