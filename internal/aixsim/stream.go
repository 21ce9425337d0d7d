// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
)

// A stream is something several processes may hold open for writing: a pipe, the
// output of a command substitution, or a session's standard output. As with a
// pipe of the kernel, its reader sees the end only when nobody holds it.
type stream struct {
	mu      sync.Mutex
	w       io.Writer
	limit   int64 // bytes that may still be written; negative for no limit
	broken  bool
	holders int
	empty   chan struct{} // closed when the last holder lets go; nil while nobody waits
}

func newStream(w io.Writer, limit int64) *stream { return &stream{w: w, limit: limit} }

// Write writes; after the reader is gone it returns EPIPE, ever after.
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return 0, syscall.EPIPE
	}
	if s.limit >= 0 && int64(len(p)) > s.limit {
		s.broken = true
		return 0, syscall.EPIPE
	}
	n, err := s.w.Write(p)
	if s.limit >= 0 {
		s.limit -= int64(n)
	}
	if err != nil {
		s.broken = true
		return n, syscall.EPIPE
	}
	return n, nil
}

func (s *stream) isBroken() bool {
	// Not behind the lock: a writer that is blocked holds it.
	if !s.mu.TryLock() {
		return false
	}
	defer s.mu.Unlock()
	return s.broken
}

func (s *stream) hold() {
	holdersMu.Lock()
	s.holders++
	holdersMu.Unlock()
}

// Holders are counted behind one lock for all streams: counting is rare and
// short, and a stream's own lock may be held by a blocked writer.
var holdersMu sync.Mutex

func (s *stream) release() {
	holdersMu.Lock()
	defer holdersMu.Unlock()
	if s.holders--; s.holders == 0 && s.empty != nil {
		close(s.empty)
		s.empty = nil
	}
}

// wait returns when nobody holds the stream, or when ctx ends.
func (s *stream) wait(ctx context.Context) {
	holdersMu.Lock()
	if s.holders == 0 {
		holdersMu.Unlock()
		return
	}
	if s.empty == nil {
		s.empty = make(chan struct{})
	}
	empty := s.empty
	holdersMu.Unlock()
	select {
	case <-empty:
	case <-ctx.Done():
	}
}

// A descriptor is what a file descriptor from 3 to 9 refers to.
type descriptor struct {
	w io.Writer
	r *os.File
}

// standardError is what the interpreter has as its standard error. It carries,
// besides the real one, everything else a process has: the descriptors that the
// interpreter knows nothing of, and the process itself.
//
// Standard error is the right place because the interpreter scopes it exactly as
// POSIX scopes descriptors: a redirection lasts for its command, a function sees
// its caller's, a subshell and both sides of a pipeline inherit, `exec` makes it
// last. Standard output would not do: pipelines and command substitutions replace
// it. All that is needed is that no redirection of descriptor 2 loses the rest,
// which rewrite.go sees to.
type standardError struct {
	w     io.Writer
	table map[int]descriptor // never modified, only copied
	proc  *process
	shell *shell
}

func (e *standardError) Write(p []byte) (int, error) { return e.w.Write(p) }

// with returns a copy with one descriptor replaced or, for a zero one, closed.
func (e *standardError) with(fd int, d descriptor) *standardError {
	table := make(map[int]descriptor, len(e.table)+1)
	for k, v := range e.table {
		table[k] = v
	}
	if d.w == nil && d.r == nil {
		delete(table, fd)
	} else {
		table[fd] = d
	}
	c := *e
	c.table = table
	return &c
}

// held are the streams that a process with these outputs would keep open.
func (e *standardError) held(stdout io.Writer) []*stream {
	var list []*stream
	add := func(w io.Writer) {
		if s, ok := underlying(w).(*stream); ok {
			list = append(list, s)
		}
	}
	add(stdout)
	add(e.w)
	for _, d := range e.table {
		add(d.w)
	}
	return list
}

// underlying unwraps what redirections wrap.
func underlying(w io.Writer) io.Writer {
	for {
		switch u := w.(type) {
		case *standardError:
			w = u.w
		case *scoped:
			w = u.standardError.w
		case *opened:
			if u.w == nil {
				return io.Discard
			}
			w = u.w
		default:
			return w
		}
	}
}

// opened is what the open handler returns to the interpreter for a redirection.
type opened struct {
	w     io.Writer
	r     io.Reader
	close func()
}

func (o *opened) Read(p []byte) (int, error) {
	if o.r == nil {
		return 0, syscall.EBADF
	}
	return o.r.Read(p)
}

func (o *opened) Write(p []byte) (int, error) {
	if o.w == nil {
		return 0, syscall.EBADF
	}
	return o.w.Write(p)
}

func (o *opened) Close() error {
	if o.close != nil {
		o.close()
	}
	return nil
}

// scoped is an opened that is also the new standard error.
type scoped struct {
	*standardError
	opened
}

func (s *scoped) Write(p []byte) (int, error) { return s.standardError.Write(p) }

// errorOf finds the process's state in what the interpreter holds as its
// standard error.
func errorOf(w io.Writer) (*standardError, error) {
	switch e := w.(type) {
	case *standardError:
		return e, nil
	case *scoped:
		return e.standardError, nil
	}
	return nil, errors.New("aixsim: the standard error of a shell was replaced")
}

// closedWriter is a closed descriptor.
type closedWriter struct{}

func (closedWriter) Write([]byte) (int, error) { return 0, syscall.EBADF }
