// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/sdk-internals/communicator/ssh"
	gossh "golang.org/x/crypto/ssh"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
)

// login is a way into a host, and how to come in.
type login struct {
	address string
	auth    gossh.AuthMethod
	// shellCommands says that the host is a Unix machine whose AIX commands are
	// scripts in a folder; the simulator has its own.
	shellCommands bool
	// channels counts the channels that were opened, where the host can tell.
	channels func() int

	user, wrap string
	pty        bool
}

// guest connects Packer's communicator.
func (l login) guest(t *testing.T) *Guest {
	t.Helper()
	guest, err := l.connect()
	if err != nil {
		t.Fatal(err)
	}
	return guest
}

func (l login) connect() (*Guest, error) {
	communicator, err := ssh.New(l.address, &ssh.Config{
		SSHConfig: &gossh.ClientConfig{
			User: l.user, Auth: []gossh.AuthMethod{l.auth}, Timeout: time.Minute,
			HostKeyCallback: gossh.InsecureIgnoreHostKey(), //nolint:gosec // a host of this test on loopback
		},
		Connection: ssh.ConnectFunc("tcp", l.address),
		Pty:        l.pty,
	})
	if err != nil {
		return nil, err
	}
	guest := &Guest{Communicator: communicator, Timeout: time.Minute}
	if l.wrap != "" {
		guest.Wrap = func(command string) (string, error) { return l.wrap + command, nil }
	}
	return guest, nil
}

// simulate serves a simulated host until the test ends.
func simulate(t *testing.T, def *aixsim.Definition) login {
	t.Helper()
	password, uid, sudo := "aix", 4242, true
	def.Users = append(def.Users, &aixsim.UserBlock{Name: "operator", Password: &password, UID: &uid, Sudo: &sudo})
	host, err := aixsim.New(def)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- host.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		_ = host.Close()
		<-served
	})
	return login{address: listener.Addr().String(), auth: gossh.Password(password), channels: host.Channels, user: "root"}
}

// noOpenSSH says why OpenSSH's server cannot be run here.
func noOpenSSH() string {
	if os.Geteuid() != 0 {
		return "it starts shells of several users, so that the test must run as root"
	}
	for _, file := range []string{"/usr/sbin/sshd", "/usr/bin/ksh93"} {
		if _, err := os.Stat(file); err != nil {
			return err.Error()
		}
	}
	if found, _ := filepath.Glob("/usr/lib/*/libnss_wrapper.so"); len(found) == 0 {
		return "libnss-wrapper, by which users have a real ksh as their login shell, is not installed"
	}
	return ""
}

// noSudo says why sudo cannot be tried here.
func noSudo() string {
	out, err := exec.Command("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "sudo", "-n", "/bin/sh", "-c", "exit 0").CombinedOutput()
	if err != nil {
		return fmt.Sprintf("the user nobody may not run /bin/sh with it (%v: %.200s)", err, out)
	}
	return ""
}

// openSSH starts OpenSSH's server on loopback, with its own configuration, host key
// and port, in which root and nobody have ksh93 as login shell. libnss_wrapper shows
// sshd those users, so that the machine's own are left alone.
func openSSH(t *testing.T) login {
	t.Helper()
	dir, err := os.MkdirTemp("", "rsct-sshd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, content string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	newKey := func() (ed25519.PrivateKey, gossh.Signer) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := gossh.NewSignerFromKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return key, signer
	}
	hostKey, _ := newKey()
	_, user := newKey()
	block, err := gossh.MarshalPrivateKey(hostKey, "")
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	write("host_key", string(pem.EncodeToMemory(block)), 0o600)
	write("authorized_keys", string(gossh.MarshalAuthorizedKey(user.PublicKey())), 0o644)
	write("passwd", "root:x:0:0::/:/usr/bin/ksh93\nnobody:x:65534:65534::/:/usr/bin/ksh93\nsshd:x:102:65534::/run/sshd:/usr/sbin/nologin\n", 0o644)
	write("group", "root:x:0:\nnogroup:x:65534:\n", 0o644)
	write("config", fmt.Sprintf(`Port %d
ListenAddress 127.0.0.1
HostKey %[2]s/host_key
AuthorizedKeysFile %[2]s/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
`, port, dir), 0o644)
	// Debian's server wants its empty folder, which systemd makes where it runs.
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command("/usr/sbin/sshd", "-D", "-e", "-f", filepath.Join(dir, "config"))
	cmd.Env = append(os.Environ(), "LD_PRELOAD=libnss_wrapper.so",
		"NSS_WRAPPER_PASSWD="+filepath.Join(dir, "passwd"), "NSS_WRAPPER_GROUP="+filepath.Join(dir, "group"))
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for deadline := time.Now().Add(time.Minute); ; {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("sshd does not listen: %v\n%s", err, said)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return login{address: address, auth: gossh.PublicKeys(user), shellCommands: true, user: "root"}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// link is a TCP proxy in front of a host, that ends or stalls each connection after
// so many bytes from the host.
type link struct {
	listener net.Listener
	host     string
	// after is how many bytes pass; -1 for all.
	after int64
	// stalls says that a connection that is used up stays open in silence.
	stalls bool

	mu     sync.Mutex
	passed int64
	conns  []net.Conn
}

// newLink puts a link in front of a host.
func newLink(t *testing.T, host string, after int64, stalls bool) *link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{listener: listener, host: host, after: after, stalls: stalls}
	go l.serve()
	t.Cleanup(l.close)
	return l
}

func (l *link) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
}

func (l *link) serve() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", l.host)
		if err != nil {
			_ = client.Close()
			continue
		}
		l.mu.Lock()
		l.conns = append(l.conns, client, server)
		l.mu.Unlock()
		go func() { _ = l.pump(server, client, -1) }()
		go func() {
			if err := l.pump(client, server, l.after); errors.Is(err, errCut) && l.stalls {
				return
			}
			_ = client.Close()
			_ = server.Close()
		}()
	}
}

var errCut = errors.New("cut")

// pump copies until an end, or until so many bytes have passed.
func (l *link) pump(to, from net.Conn, limit int64) error {
	buf := make([]byte, 4096)
	for passed := int64(0); ; {
		n, err := from.Read(buf)
		if limit >= 0 && passed+int64(n) >= limit {
			_, _ = to.Write(buf[:limit-passed])
			return errCut
		}
		passed += int64(n)
		if to.RemoteAddr() != nil && from.RemoteAddr().String() == l.host {
			l.mu.Lock()
			l.passed = passed
			l.mu.Unlock()
		}
		if _, werr := to.Write(buf[:n]); werr != nil {
			return werr
		}
		if err != nil {
			return err
		}
	}
}
