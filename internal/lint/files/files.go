// SPDX-License-Identifier: MPL-2.0

// Package files reads what lint looks at: each file once, within bounds, and as the
// text that an AIX shell would see.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"
)

// MaxBytes bounds one file. Scripts, playbooks and templates that people write are
// far smaller.
const MaxBytes = 4 << 20

// Reasons why a file is not read as text; Error.What holds them.
const (
	Unreadable = "file-unreadable"
	TooLarge   = "file-too-large"
	Binary     = "file-is-binary"
	UTF16      = "file-is-utf16"
	NotUTF8    = "file-is-not-utf8"
)

// Error says why a file cannot be read as text.
type Error struct {
	// What is a kebab-case name of the reason.
	What string
	// Path is the file's path as it was given.
	Path string
	// Line is where the trouble begins, or 1.
	Line   int
	Detail string
}

// Error implements error.
func (e *Error) Error() string { return e.Path + ": " + e.Detail }

// File is a file as text.
type File struct {
	// Path is the path for people: relative to the working folder where it lies below it.
	Path string
	// Text is the content without a byte order mark and with line feeds only.
	Text []byte
	// CRLF is the first line that ends in carriage return and line feed, or 0.
	CRLF int
}

// Reader reads files, each once. It may be used by several goroutines at once.
type Reader struct {
	mu    sync.Mutex
	known map[string]*entry
	// work is the working folder that paths are shown relative to.
	work string
}

type entry struct {
	once sync.Once
	file *File
	err  error
}

// NewReader returns a reader that shows paths relative to the current folder.
func NewReader() *Reader {
	work, err := os.Getwd()
	if err != nil {
		work = ""
	}
	return &Reader{known: map[string]*entry{}, work: work}
}

// Add makes content readable under a path, instead of what lies there.
func (r *Reader) Add(path string, content []byte) {
	e := &entry{}
	e.once.Do(func() { e.file, e.err = decode(r.Show(path), content) })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[r.key(path)] = e
}

// Show is a path as people would write it: with slashes, and relative to the working
// folder where it lies below it.
func (r *Reader) Show(path string) string {
	if filepath.IsAbs(path) && r.work != "" {
		if relative, err := filepath.Rel(r.work, path); err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			path = relative
		}
	}
	return filepath.ToSlash(filepath.Clean(path))
}

func (r *Reader) key(path string) string {
	if !filepath.IsAbs(path) && r.work != "" {
		path = filepath.Join(r.work, path)
	}
	return filepath.Clean(path)
}

// Read returns the file at a path. The error is an *Error.
func (r *Reader) Read(path string) (*File, error) {
	key := r.key(path)
	r.mu.Lock()
	e := r.known[key]
	if e == nil {
		e = &entry{}
		r.known[key] = e
	}
	r.mu.Unlock()
	e.once.Do(func() {
		shown := r.Show(path)
		content, err := readBounded(path)
		if err != nil {
			e.err = failure(shown, err)
			return
		}
		e.file, e.err = decode(shown, content)
	})
	return e.file, e.err
}

// Exists reports whether there is a regular file at the path, or one was added.
func (r *Reader) Exists(path string) bool {
	r.mu.Lock()
	e := r.known[r.key(path)]
	r.mu.Unlock()
	if e != nil {
		e.once.Do(func() {})
		if e.file != nil {
			return true
		}
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

var errTooLarge = errors.New("too large")

func failure(shown string, err error) *Error {
	switch {
	case errors.Is(err, errTooLarge):
		return &Error{What: TooLarge, Path: shown, Line: 1, Detail: fmt.Sprintf("larger than %d MiB, so it was not looked at; split it, or leave it out", MaxBytes>>20)}
	case errors.Is(err, fs.ErrNotExist):
		return &Error{What: Unreadable, Path: shown, Line: 1, Detail: "the file does not exist"}
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return &Error{What: Unreadable, Path: shown, Line: 1, Detail: fmt.Sprintf("cannot be read: %v", err)}
}

func readBounded(path string) ([]byte, error) {
	// Looked at before it is opened: opening a FIFO would wait for a writer.
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > MaxBytes:
		return nil, errTooLarge
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(content) > MaxBytes {
		return nil, errTooLarge
	}
	return content, nil
}

// decode makes text of a file's content.
func decode(shown string, content []byte) (*File, error) {
	switch {
	case len(content) > MaxBytes:
		return nil, failure(shown, errTooLarge)
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		return nil, &Error{What: UTF16, Path: shown, Line: 1, Detail: "it is UTF-16, which no shell on AIX reads; save it as UTF-8"}
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if i := bytes.IndexByte(content, 0); i >= 0 {
		return nil, &Error{What: Binary, Path: shown, Line: lineOf(content, i), Detail: "it is binary (it holds a zero byte), so it was not looked at"}
	}
	file := &File{Path: shown}
	if i := bytes.Index(content, []byte("\r\n")); i >= 0 {
		file.CRLF = lineOf(content, i)
		content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	}
	if !utf8.Valid(content) {
		// Scripts in ISO 8859-1 are common and run on AIX; what is not ASCII in them is
		// almost always a comment.
		content = bytes.ToValidUTF8(content, []byte("\uFFFD"))
	}
	file.Text = content
	return file, nil
}

func lineOf(content []byte, offset int) int { return 1 + bytes.Count(content[:offset], []byte("\n")) }
