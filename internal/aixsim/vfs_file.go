// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"syscall"
	"time"
)

// A fileInfo describes a file; it is a copy, valid after the file is gone.
type fileInfo struct {
	name     string
	mode     fs.FileMode
	size     int64
	mtime    time.Time
	uid, gid int
	ino      uint64
	nlink    int
	target   string
	program  string
}

func (f *fileSystem) info(name string, n *node) *fileInfo {
	size, nlink := int64(len(n.data)), 1
	switch {
	case n.isDir():
		size, nlink = 256, 2
		for _, child := range n.children {
			if child.isDir() {
				nlink++
			}
		}
	case n.mode&fs.ModeSymlink != 0:
		size = int64(len(n.target))
	case n.program != "":
		// A stand-in for a binary: `test -s` and `ls -l` should not find it empty.
		size = 32768
	}
	return &fileInfo{name: name, mode: n.mode, size: size, mtime: n.mtime, uid: n.uid, gid: n.gid, ino: n.ino, nlink: nlink, target: n.target, program: n.program}
}

func (i *fileInfo) Name() string       { return i.name }
func (i *fileInfo) Size() int64        { return i.size }
func (i *fileInfo) Mode() fs.FileMode  { return i.mode }
func (i *fileInfo) ModTime() time.Time { return i.mtime }
func (i *fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i *fileInfo) Sys() any           { return nil }

// A handle is an open file: reader, writer, and for SFTP both by offset.
type handle struct {
	fs     *fileSystem
	node   *node
	name   string
	offset int64
	write  bool
	read   bool
	append bool
}

// open opens a file with the flags of open(2).
func (f *fileSystem) open(dir, name string, c credential, flags int, mode fs.FileMode) (*handle, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, err := f.walk("open", dir, name, c, true)
	if err != nil {
		return nil, err
	}
	writing := flags&(syscall.O_WRONLY|syscall.O_RDWR) != 0
	reading := flags&syscall.O_WRONLY == 0
	switch {
	case p.node == nil && flags&syscall.O_CREAT == 0:
		return nil, pathError("open", name, syscall.ENOENT)
	case p.node == nil:
		if strings.HasSuffix(name, "/") {
			return nil, pathError("open", name, syscall.EISDIR)
		}
		if !p.parent.permits(c, 3) {
			return nil, pathError("open", name, syscall.EACCES)
		}
		p.node = &node{mode: mode.Perm(), uid: c.uid, gid: c.gid}
		if err := f.add("open", p, p.node); err != nil {
			return nil, err
		}
	case flags&syscall.O_CREAT != 0 && flags&syscall.O_EXCL != 0:
		return nil, pathError("open", name, syscall.EEXIST)
	case p.node.isDir():
		return nil, pathError("open", name, syscall.EISDIR)
	case writing && !p.node.permits(c, 2), reading && !p.node.permits(c, 4):
		return nil, pathError("open", name, syscall.EACCES)
	}
	h := &handle{fs: f, node: p.node, name: name, write: writing, read: reading, append: flags&syscall.O_APPEND != 0}
	if flags&syscall.O_TRUNC != 0 && writing && p.node.device == "" {
		f.bytes -= int64(len(p.node.data))
		p.node.data, p.node.program, p.node.mtime = nil, "", f.now()
	}
	return h, nil
}

// Read reads on from the handle's offset.
func (h *handle) Read(p []byte) (int, error) {
	n, err := h.ReadAt(p, h.offset)
	h.offset += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

// ReadAt reads at an offset.
func (h *handle) ReadAt(p []byte, at int64) (int, error) {
	if !h.read {
		return 0, pathError("read", h.name, syscall.EBADF)
	}
	switch h.node.device {
	case "null":
		return 0, io.EOF
	case "zero":
		clear(p)
		return len(p), nil
	case "urandom":
		for i := range p {
			p[i] = byte(rand.Uint32())
		}
		return len(p), nil
	}
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if at < 0 || at >= int64(len(h.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, h.node.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Write writes at the handle's offset, or at the end for an appending handle.
func (h *handle) Write(p []byte) (int, error) {
	if h.append {
		h.fs.mu.Lock()
		h.offset = int64(len(h.node.data))
		h.fs.mu.Unlock()
	}
	n, err := h.WriteAt(p, h.offset)
	h.offset += int64(n)
	return n, err
}

// WriteAt writes at an offset.
func (h *handle) WriteAt(p []byte, at int64) (int, error) {
	if !h.write {
		return 0, pathError("write", h.name, syscall.EBADF)
	}
	if h.node.device != "" {
		return len(p), nil
	}
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	end := at + int64(len(p))
	if at < 0 || end > maxFileBytes {
		return 0, pathError("write", h.name, syscall.EFBIG)
	}
	if grow := end - int64(len(h.node.data)); grow > 0 {
		if h.fs.bytes+grow > maxFileSystemBytes {
			return 0, pathError("write", h.name, syscall.ENOSPC)
		}
		h.fs.bytes += grow
		h.node.data = append(h.node.data, make([]byte, grow)...)
	}
	copy(h.node.data[at:], p)
	h.node.program = ""
	h.node.mtime = h.fs.now()
	return len(p), nil
}

// Close closes the handle. The file stays.
func (h *handle) Close() error { return nil }

// truncate sets a file's length.
func (h *handle) truncate(size int64) error {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if size < 0 || size > maxFileBytes {
		return pathError("truncate", h.name, syscall.EFBIG)
	}
	have := int64(len(h.node.data))
	if size <= have {
		h.node.data = h.node.data[:size:size]
	} else {
		if h.fs.bytes+size-have > maxFileSystemBytes {
			return pathError("truncate", h.name, syscall.ENOSPC)
		}
		h.node.data = append(h.node.data, make([]byte, size-have)...)
	}
	h.fs.bytes += size - have
	return nil
}
