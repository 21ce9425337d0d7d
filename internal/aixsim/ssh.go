// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// Limits of the SSH server.
const (
	maxConnections   = 64
	maxSessionLength = time.Hour
)

// Serve serves SSH on the listener until ctx ends or the host is closed, and
// returns nil then. It closes the listener.
func (h *Host) Serve(ctx context.Context, l net.Listener) error {
	signer, err := h.signer()
	if err != nil {
		_ = l.Close()
		return fmt.Errorf("aixsim: host key: %w", err)
	}
	slots := make(chan struct{}, maxConnections)
	server := &ssh.Server{
		Version:         "OpenSSH_9.2",
		HostSigners:     []ssh.Signer{signer},
		MaxTimeout:      maxSessionLength,
		Handler:         h.handleSession,
		PasswordHandler: func(c ssh.Context, password string) bool { return h.checkPassword(c.User(), password) },
		PublicKeyHandler: func(c ssh.Context, key ssh.PublicKey) bool {
			return h.checkKey(c.User(), key)
		},
		PtyCallback:       func(ssh.Context, ssh.Pty) bool { return true },
		SubsystemHandlers: map[string]ssh.SubsystemHandler{"sftp": h.handleSFTP},
		ConnCallback: func(_ ssh.Context, conn net.Conn) net.Conn {
			select {
			case slots <- struct{}{}:
				return h.track(&slottedConn{Conn: conn, release: func() { <-slots }})
			default:
				_ = conn.Close()
				return nil
			}
		},
	}
	h.serverMu.Lock()
	h.server = server
	h.serverMu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = server.Close(); h.dropSessions() })
	defer stop()
	stopHost := context.AfterFunc(h.ctx, func() { _ = server.Close(); h.dropSessions() })
	defer stopHost()
	err = server.Serve(l)
	if errors.Is(err, ssh.ErrServerClosed) || ctx.Err() != nil || h.ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("aixsim: serving SSH: %w", err)
}

// HostKey is the SSH host key's fingerprint, as ssh prints it, once [Host.Serve]
// has started.
func (h *Host) HostKey() string {
	h.serverMu.Lock()
	defer h.serverMu.Unlock()
	return h.fingerprint
}

// signer parses the definition's host key or makes one.
func (h *Host) signer() (gossh.Signer, error) {
	var signer gossh.Signer
	var err error
	if pem := str(h.def.HostKey); pem != "" {
		signer, err = gossh.ParsePrivateKey([]byte(pem))
	} else {
		var key ed25519.PrivateKey
		if _, key, err = ed25519.GenerateKey(rand.Reader); err == nil {
			signer, err = gossh.NewSignerFromKey(key)
		}
	}
	if err != nil {
		return nil, err
	}
	h.serverMu.Lock()
	h.fingerprint = gossh.FingerprintSHA256(signer.PublicKey())
	h.serverMu.Unlock()
	return signer, nil
}

func (h *Host) checkPassword(user, password string) bool {
	for _, u := range h.def.Users {
		if u.Name == user && u.Password != nil && *u.Password != "" {
			return subtle.ConstantTimeCompare([]byte(*u.Password), []byte(password)) == 1
		}
	}
	return false
}

func (h *Host) checkKey(user string, key ssh.PublicKey) bool {
	for _, u := range h.def.Users {
		if u.Name != user {
			continue
		}
		for _, line := range u.AuthorizedKeys {
			allowed, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
			if err == nil && ssh.KeysEqual(key, allowed) {
				return true
			}
		}
		// Keys a script put there count as well.
		who, _ := h.credentialOf(user)
		for _, line := range strings.Split(h.file(strings.TrimSuffix(who.home, "/")+"/.ssh/authorized_keys"), "\n") {
			allowed, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
			if err == nil && ssh.KeysEqual(key, allowed) {
				return true
			}
		}
	}
	return false
}

// slottedConn gives its place back when it closes.
type slottedConn struct {
	net.Conn
	once    sync.Once
	release func()
}

func (c *slottedConn) Close() error {
	c.once.Do(c.release)
	return c.Conn.Close()
}

// track remembers a connection, so that a reboot can drop it.
func (h *Host) track(c *slottedConn) net.Conn {
	h.serverMu.Lock()
	defer h.serverMu.Unlock()
	if h.conns == nil {
		h.conns = map[net.Conn]bool{}
	}
	h.conns[c] = true
	release := c.release
	c.release = func() {
		release()
		h.serverMu.Lock()
		delete(h.conns, c)
		h.serverMu.Unlock()
	}
	return c
}

// dropSessions closes all connections, as a machine that goes down does.
func (h *Host) dropSessions() {
	h.serverMu.Lock()
	list := make([]net.Conn, 0, len(h.conns))
	for c := range h.conns {
		list = append(list, c)
	}
	h.serverMu.Unlock()
	for _, c := range list {
		_ = c.Close()
	}
}

// handleSession is exec, and shell with the program on standard input.
func (h *Host) handleSession(s ssh.Session) {
	h.channels.Add(1)
	who, ok := h.credentialOf(s.User())
	if !ok {
		_ = s.Exit(255)
		return
	}
	cut := &cutter{close: func() { h.dropConnection(s) }, limit: -1}
	local := session{stdin: s, stdout: cut.wrap(s), stderr: cut.wrap(s.Stderr()), env: map[string]string{}, cut: cut}
	for _, kv := range s.Environ() {
		if name, value, ok := strings.Cut(kv, "="); ok && (name == "TERM" || strings.HasPrefix(name, "LC_") || name == "LANG") && len(value) < 256 {
			local.env[name] = value
		}
	}
	if pty, windows, isPty := s.Pty(); isPty {
		go func() {
			for range windows {
			}
		}()
		local.tty = fmt.Sprintf("pts/%d", h.sessions.Add(1)%256)
		local.env["TERM"] = pty.Term
		terminal := &terminalWriter{w: local.stdout}
		local.stdout, local.stderr = terminal, terminal
		local.stdin = &terminalReader{r: s, echo: terminal}
	}
	command := s.RawCommand()
	var code int
	if strings.TrimSpace(command) == "" {
		code = h.session(s.Context(), who, "/usr/bin/ksh -s", local)
	} else {
		code = h.session(s.Context(), who, command, local)
	}
	_ = s.Exit(code & 255)
}

func (h *Host) dropConnection(s ssh.Session) {
	if conn, ok := s.Context().Value(ssh.ContextKeyConn).(gossh.Conn); ok {
		_ = conn.Close()
	}
}

// A cutter closes the connection once enough has been written.
type cutter struct {
	mu    sync.Mutex
	limit int64 // negative: none
	close func()
}

func (c *cutter) arm(n int64) {
	c.mu.Lock()
	c.limit = n
	c.mu.Unlock()
	if n == 0 {
		c.close()
	}
}

func (c *cutter) wrap(w io.Writer) io.Writer { return &cutWriter{c, w} }

type cutWriter struct {
	c *cutter
	w io.Writer
}

func (w *cutWriter) Write(p []byte) (int, error) {
	w.c.mu.Lock()
	defer w.c.mu.Unlock()
	if w.c.limit < 0 {
		return w.w.Write(p)
	}
	if int64(len(p)) < w.c.limit {
		w.c.limit -= int64(len(p))
		return w.w.Write(p)
	}
	n, _ := w.w.Write(p[:w.c.limit])
	w.c.limit = 0
	w.c.close()
	return n, io.ErrClosedPipe
}

// cutConnection arms the cutter of the session a process belongs to.
func (h *Host) cutConnection(p *process, after int64) {
	for at := p; at != nil; at = h.process(at.parent) {
		if c, ok := h.cutters.Load(at.pid); ok {
			c.(*cutter).arm(after)
			return
		}
	}
}

// terminalWriter is a terminal's output: newlines become carriage return and newline.
type terminalWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (t *terminalWriter) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := t.w.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// terminalReader is a terminal's input: it echoes, carriage return becomes
// newline, and control-D ends it.
type terminalReader struct {
	r    io.Reader
	echo io.Writer
	done bool
}

func (t *terminalReader) Read(p []byte) (int, error) {
	if t.done {
		return 0, io.EOF
	}
	n, err := t.r.Read(p)
	for i := 0; i < n; i++ {
		switch p[i] {
		case '\r':
			p[i] = '\n'
		case 4:
			t.done = true
			n = i
		}
	}
	if n > 0 {
		_, _ = t.echo.Write(p[:n])
	}
	return n, err
}

// pipeInput gives a reader the form the interpreter shares between processes: the
// reading end of a pipe. The returned function closes it.
func pipeInput(r io.Reader) (*os.File, func(), error) {
	if f, ok := r.(*os.File); ok && f != nil {
		return f, func() {}, nil
	}
	pr, pw, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		_ = pw.Close()
		return pr, func() { _ = pr.Close() }, nil
	}
	go func() {
		_, _ = io.Copy(pw, r)
		_ = pw.Close()
	}()
	return pr, func() { _ = pr.Close() }, nil
}
