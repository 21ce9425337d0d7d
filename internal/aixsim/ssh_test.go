// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// serve serves a host and returns its address.
func serve(t *testing.T, h *Host) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Serve did not return")
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, addr, user string, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	t.Helper()
	c, err := ssh.Dial("tcp", addr, &ssh.ClientConfig{User: user, Auth: auth, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second})
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

func connect(t *testing.T, h *Host) *ssh.Client {
	t.Helper()
	c, err := dial(t, serve(t, h), "root", ssh.Password("aix"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLogin(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	def, err := Parse("h.hcl", []byte("user \"builder\" {\n  authorized_keys = ["+quoted(strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))))+"]\n}"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	addr := serve(t, h)
	tests := []struct {
		name, user string
		auth       ssh.AuthMethod
		ok         bool
	}{
		{"password", "root", ssh.Password("aix"), true},
		{"wrong password", "root", ssh.Password("hpux"), false},
		{"no password", "root", ssh.Password(""), false},
		{"key", "builder", ssh.PublicKeys(signer), true},
		{"another's key", "root", ssh.PublicKeys(signer), false},
		{"nobody", "nobody", ssh.Password("aix"), false},
	}
	for _, test := range tests {
		if _, err := dial(t, addr, test.user, test.auth); (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if h.Channels() != 0 {
		t.Errorf("%d channels before any command", h.Channels())
	}
}

func TestExecOverSSH(t *testing.T) {
	h := newHost(t)
	c := connect(t, h)
	session := func() *ssh.Session {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := session()
	var out, errs bytes.Buffer
	s.Stdout, s.Stderr = &out, &errs
	s.Stdin = strings.NewReader("from stdin\n")
	err := s.Run("cat; echo to stderr >&2; exit 7")
	var exit *ssh.ExitError
	if !errors.As(err, &exit) || exit.ExitStatus() != 7 || out.String() != "from stdin\n" || errs.String() != "to stderr\n" {
		t.Errorf("got %v, %q, %q", err, out.String(), errs.String())
	}
	s = session()
	if err := s.RequestPty("xterm", 24, 80, ssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	terminal, err := s.CombinedOutput("tty; [ -t 1 ] && echo terminal; echo err >&2")
	if err != nil || !strings.HasPrefix(string(terminal), "/dev/pts/") || !strings.HasSuffix(string(terminal), "terminal\r\nerr\r\n") {
		t.Errorf("with a terminal: got %q, %v", terminal, err)
	}
	if h.Channels() != 2 {
		t.Errorf("%d channels, want 2", h.Channels())
	}
	// A client that goes away takes its session along.
	s = session()
	if err := s.Start("sleep 1000"); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 100 && len(h.running()) == 0; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	_ = c.Close()
	for i := 0; i < 500 && len(h.running()) > 0; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	if n := len(h.running()); n > 0 {
		t.Errorf("%d processes are left", n)
	}
}

func TestTheCollectorNeedsOneChannel(t *testing.T) {
	h := newHost(t)
	c := connect(t, h)
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Output("/bin/sh -c " + quote(collectorCore+`{ run a 5 /usr/bin/uname -s; run b 5 /usr/sbin/ifconfig en1; run c 1 sleep 100; } 3>&1`))
	if err != nil || !strings.HasPrefix(string(out), "B a /usr/bin/uname -s\n|AIX\n|\n!\nE a 0\n") || !strings.Contains(string(out), "E c t\n137\n") {
		t.Errorf("got %q, %v", out, err)
	}
	if h.Channels() != 1 {
		t.Errorf("%d channels", h.Channels())
	}
}

func TestAFaultCutsTheConnection(t *testing.T) {
	def, err := Parse("h.hcl", []byte("fault \"cut\" {\n  command = \"lslpp\"\n  cut_connection_after = 100\n}"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	c := connect(t, h)
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s.Stdout = &out
	var exit *ssh.ExitError
	if err := s.Run("lslpp -Lqc"); err == nil || errors.As(err, &exit) || out.Len() > 100 {
		t.Errorf("got %v and %d bytes", err, out.Len())
	}
}

func TestARebootDropsConnections(t *testing.T) {
	h := newHost(t)
	addr := serve(t, h)
	c, err := dial(t, addr, "root", ssh.Password("aix"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var exit *ssh.ExitError
	if err := s.Run("shutdown -Fr"); err == nil || errors.As(err, &exit) && exit.ExitStatus() == 0 {
		t.Errorf("got %v", err)
	}
	_ = c.Wait()
	again, err := dial(t, addr, "root", ssh.Password("aix"))
	if err != nil {
		t.Fatal(err)
	}
	s, err = again.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.Output("ifconfig en1 | grep -c fe80"); err != nil || string(out) != "1\n" {
		t.Errorf("after the reboot: got %q, %v", out, err)
	}
}

func TestSFTP(t *testing.T) {
	h := newHost(t)
	c, err := sftp.NewClient(connect(t, h))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	data := bytes.Repeat([]byte("0123456789"), 20000)
	f, err := c.Create("/tmp/upload")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), c.Chmod("/tmp/upload", 0o640), c.Mkdir("/tmp/d"), c.Rename("/tmp/upload", "/tmp/d/file"), c.Symlink("/tmp/d/file", "/tmp/link")); err != nil {
		t.Fatal(err)
	}
	if out, _, _ := run(t, h, "cksum </tmp/d/file | awk '{print $2}'; ls -l /tmp/d/file | cut -c1-10; readlink /tmp/link 2>/dev/null || ls -l /tmp/link | sed 's/.*-> //'"); out != "200000\n-rw-r-----\n/tmp/d/file\n" {
		t.Errorf("got %q", out)
	}
	r, err := c.Open("/tmp/link")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back: %v", len(got), err)
	}
	list, err := c.ReadDir("/tmp/d")
	if err != nil || len(list) != 1 || list[0].Name() != "file" || list[0].Size() != 200000 {
		t.Errorf("got %v, %v", list, err)
	}
	if _, err := c.Open("/etc/passwd-of-the-machine"); err == nil {
		t.Error("a missing file was opened")
	}
	if err := errors.Join(c.Remove("/tmp/link"), c.Remove("/tmp/d/file"), c.RemoveDirectory("/tmp/d")); err != nil {
		t.Error(err)
	}
	if h.Channels() != 0 {
		t.Errorf("SFTP counts as %d commands", h.Channels())
	}
}

// TestSCP speaks the protocol as Packer's communicator does.
func TestSCP(t *testing.T) {
	tests := map[string]struct{ command, send, want string }{
		"upload":                 {"scp -vt /tmp", "C0755 5 hello.sh\nhello\x00", "\x00\x00\x00"},
		"upload to a name":       {"scp -t /tmp/name", "C0644 2 x\nab\x00", "\x00\x00\x00"},
		"a directory":            {"scp -rt /tmp", "D0755 0 dir\nC0644 1 f\nx\x00E\n", "\x00\x00\x00\x00\x00"},
		"no such directory":      {"scp -t /nowhere/x", "C0644 1 f\n", "\x00\x01scp: /nowhere/x: No such file or directory\n"},
		"a name with a slash":    {"scp -t /tmp", "C0644 1 ../f\n", "\x00\x01scp: unexpected filename: ../f\n"},
		"a size without sense":   {"scp -t /tmp", "C0644 -1 f\n", "\x00\x01scp: protocol error: size not delimited or too large\n"},
		"nonsense":               {"scp -t /tmp", "hello\n", "\x00\x01scp: protocol error: unexpected 'h'\n"},
		"download":               {"scp -vf /etc/ct_node_id", "\x00\x00\x00", "C0644 17 ct_node_id\n3b1f9c24d0a75e68\n\x00"},
		"a missing file":         {"scp -f /nowhere", "\x00", "\x01scp: /nowhere: No such file or directory\n"},
		"a directory without -r": {"scp -f /etc", "\x00", "\x01scp: /etc: not a regular file\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			var out bytes.Buffer
			code := h.Run(t.Context(), "root", test.command, strings.NewReader(test.send), &out, nil)
			if out.String() != test.want || (code == 0) == strings.Contains(test.want, "\x01") {
				t.Errorf("got %q and %d, want %q", out.String(), code, test.want)
			}
			if name == "upload" {
				if out, _, _ := run(t, h, "cat /tmp/hello.sh; ls -l /tmp/hello.sh | cut -c1-10"); out != "hello-rwxr-xr-x\n" {
					t.Errorf("uploaded %q", out)
				}
			}
		})
	}
}

// TestPackersShellProvisionerWorks does what it does: upload, chmod and run, remove.
func TestPackersShellProvisionerWorks(t *testing.T) {
	for _, shebang := range []string{"#!/bin/sh -e", "#!/usr/bin/ksh", "#!/bin/bash", "#!/usr/bin/env ksh", ""} {
		h := newHost(t)
		script := shebang + "\necho \"$0 $X\"\nfalse || exit 4\n"
		if code := h.Run(t.Context(), "root", "cat >/tmp/script_1234.sh", strings.NewReader(script), nil, nil); code != 0 {
			t.Fatalf("upload: %d", code)
		}
		out, errs, code := run(t, h, "chmod 0755 /tmp/script_1234.sh; X='a b'  /tmp/script_1234.sh")
		if out != "/tmp/script_1234.sh a b\n" || code != 4 {
			t.Errorf("%s: got %q, %q and %d", shebang, out, errs, code)
		}
		if _, _, code := run(t, h, "rm -f /tmp/script_1234.sh"); code != 0 {
			t.Errorf("%s: rm: %d", shebang, code)
		}
	}
}

func FuzzSCP(f *testing.F) {
	f.Add("C0644 3 f\nabc\x00")
	f.Add("D0755 0 d\nE\n")
	h := newHost(f)
	f.Fuzz(func(t *testing.T, stream string) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		h.Run(ctx, "root", "scp -rt /tmp", strings.NewReader(stream), nil, nil)
		if ctx.Err() != nil {
			t.Errorf("%q does not end", stream)
		}
	})
}
