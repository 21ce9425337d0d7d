// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// defaultPath is root's search path on AIX 7.
const defaultPath = "/usr/bin:/etc:/usr/sbin:/usr/ucb:/sbin:/usr/java8_64/jre/bin:/opt/freeware/bin"

// A Host is a simulated host that is running. All its methods are safe for
// concurrent use. Close it when it is no longer needed.
type Host struct {
	def    *Definition
	ctx    context.Context
	cancel context.CancelFunc
	fs     *fileSystem

	procMu    sync.Mutex
	processes map[int]*process
	nextPID   int

	pipes    int32
	channels atomic.Int64
	sessions atomic.Int64
	sourceID atomic.Uint64
	sources  sync.Map // rewritten text for the `.` builtin, by id

	mu       sync.Mutex // guards what follows
	hostname string
	booted   time.Time
	boots    int
	odm      *odm
	net      *network
	src      *src
	rmc      *rmcState
	packages *packages
	disks    []*disk
	bootList []string
	faults   []*fault
	// What belongs to the virtual machine and not to its disks.
	newMachine bool         // it has not been booted yet, so NVRAM is empty
	drive      *configDrive // nil without one
	taken      []string     // node ids that other VMs have

	serverMu    sync.Mutex
	server      io.Closer
	fingerprint string
	conns       map[net.Conn]bool
	cutters     sync.Map // of sessions, by the pid of their shell
}

// New makes a host from a definition and boots it. A nil definition is the
// default host's. It works on Unix machines only: on others the interpreter reads
// a script's paths as the machine's.
func New(def *Definition) (*Host, error) {
	if !unixPaths {
		return nil, errors.New("the simulated host needs a Unix machine, such as Linux, macOS or AIX")
	}
	if def == nil {
		def = Default()
	}
	if err := def.check(); err != nil {
		return nil, fmt.Errorf("host definition: %w", err)
	}
	h := makeHost(def)
	if yesno(def.CloudInit) && !h.linux() {
		h.drive = newConfigDrive(def, firstInstance, 0)
	}
	for _, d := range def.Disks {
		h.disks = append(h.disks, &disk{name: d.Name, pvid: str(d.PVID), group: str(d.VolumeGroup), state: str(d.State), paths: num(d.Paths, 1), sizeMB: num(d.SizeMB, 20480)})
	}
	h.bootList = append([]string(nil), def.BootList...)
	for _, f := range def.Faults {
		compiled, err := compileFault(f)
		if err != nil {
			return nil, fmt.Errorf("host definition: fault %q: %w", f.Name, err)
		}
		h.faults = append(h.faults, compiled)
	}
	if err := h.install(); err != nil {
		return nil, fmt.Errorf("host definition: %w", err)
	}
	// Faults are for whoever uses the host, not for its own boot.
	faults := h.faults
	h.faults = nil
	h.boot()
	if script := str(def.Prepare); script != "" {
		if code := h.Run(h.ctx, "root", script, nil, io.Discard, io.Discard); code != 0 {
			h.Close()
			return nil, fmt.Errorf("host definition: prepare: exit status %d", code)
		}
	}
	h.mu.Lock()
	h.faults = faults
	h.mu.Unlock()
	return h, nil
}

// makeHost makes the parts of a host, with nothing on its disks.
func makeHost(def *Definition) *Host {
	h := &Host{def: def, processes: map[int]*process{}, nextPID: 4194500, hostname: str(def.Hostname)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.fs = newFileSystem(h.now)
	h.odm = newODM(def)
	h.net = newNetwork()
	h.src = newSRC(def)
	h.rmc = newRMC(def)
	h.packages = newPackages(def)
	return h
}

// now is the host's clock.
func (h *Host) now() time.Time { return time.Now().UTC().Truncate(time.Second) }

func (h *Host) bootTime() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.booted
}

func (h *Host) name() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hostname
}

func (h *Host) linux() bool { return str(h.def.OS) == "Linux" }

// Close ends everything: sessions, processes, the server.
func (h *Host) Close() error {
	// The signals go first: who sees its context end may ask which one it was.
	for _, p := range h.running() {
		p.deliver(signals["KILL"])
	}
	h.cancel()
	h.serverMu.Lock()
	server := h.server
	h.serverMu.Unlock()
	if server != nil {
		return server.Close()
	}
	return nil
}

// Channels is the number of SSH session channels that ran a command so far:
// exec requests and shells, not SFTP.
func (h *Host) Channels() int { return int(h.channels.Load()) }

// Run runs a command in the login shell of the user, as an SSH exec request
// does, and returns its exit status. A nil stdin is empty; nil outputs discard.
// When ctx ends, the command is killed. An unknown user gives status 255.
func (h *Host) Run(ctx context.Context, user, command string, stdin io.Reader, stdout, stderr io.Writer) int {
	who, ok := h.credentialOf(user)
	if !ok {
		return 255
	}
	if stdin == nil {
		stdin = strings.NewReader("")
	}
	if stdout == nil {
		stdout = io.Discard
	}
	if stderr == nil {
		stderr = io.Discard
	}
	return h.session(ctx, who, command, session{stdin: stdin, stdout: stdout, stderr: stderr})
}

// A session is one login.
type session struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            map[string]string
	tty            string
	cut            *cutter
}

// maxSessionOutput bounds what one session prints.
const maxSessionOutput = 256 << 20

// session runs a command, or with none an interactive program on stdin, as a login does.
func (h *Host) session(ctx context.Context, who credential, command string, s session) int {
	p, ok := h.fork(nil, who, "-ksh")
	if !ok {
		fmt.Fprintln(s.stderr, "sshd: 0403-030 The fork function failed. There are too many processes.")
		return 255
	}
	if s.tty != "" {
		p.tty = s.tty
	}
	if s.cut != nil {
		h.cutters.Store(p.pid, s.cut)
		defer h.cutters.Delete(p.pid)
	}
	stdin, closeInput, err := pipeInput(s.stdin)
	if err != nil {
		fmt.Fprintf(s.stderr, "sshd: %v\n", err)
		p.finish(255)
		return 255
	}
	defer closeInput()
	// As when a terminal or a connection goes.
	stop := context.AfterFunc(ctx, func() { h.hangUp(p) })
	defer stop()
	stdout, stderr := newStream(s.stdout, maxSessionOutput), newStream(s.stderr, maxSessionOutput)
	if s.tty != "" {
		stderr = stdout
	}
	env := h.loginEnvironment(who)
	for k, v := range s.env {
		env[k] = v
	}
	c := &call{host: h, proc: p, ctx: p.ctx, args: []string{"ksh"}, env: env, dir: who.home, stdin: stdin, stdout: stdout, stderr: stderr}
	if _, err := h.fs.stat("/", c.dir, who, true); err != nil {
		c.dir = "/"
	}
	c.out = &sink{w: stdout, proc: p}
	p.mu.Lock()
	p.command = "ksh -c " + command
	p.mu.Unlock()
	name := "ksh"
	if h.linux() {
		name = "bash"
	}
	code := runShell(c, program{source: command, name: name, bash: h.linux()})
	p.finish(code)
	if p.wasKilled() {
		code = 128 + p.signal
	}
	// As sshd does, wait for whoever still holds the outputs.
	wait, cancel := context.WithCancel(ctx)
	stopWait := context.AfterFunc(h.ctx, cancel)
	stdout.wait(wait)
	stderr.wait(wait)
	stopWait()
	cancel()
	if ctx.Err() != nil {
		h.hangUp(p) // and not only soon, in the function above
	}
	return code
}

// hangUp ends a session: everything that was started in it, whoever its parent
// is by now.
func (h *Host) hangUp(leader *process) {
	leader.hungUp.Store(true)
	h.procMu.Lock()
	var list []*process
	for _, p := range h.processes {
		if p.leader == leader {
			list = append(list, p)
		}
	}
	h.procMu.Unlock()
	for _, p := range list {
		p.deliver(signals["HUP"])
		p.deliver(signals["KILL"])
	}
}

// loginEnvironment is what a login shell starts with.
func (h *Host) loginEnvironment(who credential) map[string]string {
	shell, lookup := "/usr/bin/ksh", defaultPath
	if h.linux() {
		shell, lookup = "/bin/bash", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
	}
	return map[string]string{
		"HOME": who.home, "LOGNAME": who.name, "USER": who.name, "LOGIN": who.name, "SHELL": shell, "PATH": lookup,
		"MAIL": "/var/spool/mail/" + who.name, "TZ": "UTC", "LANG": "C", "LOCPATH": "/usr/lib/nls/loc", "ODMDIR": "/etc/objrepos",
		"PWD": who.home,
	}
}

// credentialOf finds a user by name.
func (h *Host) credentialOf(name string) (credential, bool) {
	for _, u := range h.def.Users {
		if u.Name == name {
			home := str(u.Home)
			if home == "" {
				home = "/home/" + name
			}
			return credential{uid: num(u.UID, 200), gid: num(u.GID, 1), name: name, home: home}, true
		}
	}
	return credential{}, false
}

func (h *Host) maySudo(who credential) bool {
	if who.root() {
		return true
	}
	for _, u := range h.def.Users {
		if u.Name == who.name {
			return yesno(u.Sudo)
		}
	}
	return false
}

// The groups and system users every AIX has.
var systemUsers = map[string]int{"root": 0, "daemon": 1, "bin": 2, "sys": 3, "adm": 4, "uucp": 5, "guest": 100, "nobody": 4294967294, "lpd": 9}
var systemGroups = map[string]int{"system": 0, "staff": 1, "bin": 2, "sys": 3, "adm": 4, "uucp": 5, "mail": 6, "security": 7, "cron": 8, "printq": 9, "audit": 10, "nobody": 4294967294, "usr": 100}

func nameOf(table map[string]int, id int) string {
	best := ""
	for name, n := range table {
		if n == id && (best == "" || name < best) {
			best = name
		}
	}
	if best == "" {
		return strconv.Itoa(id)
	}
	return best
}

func (h *Host) userName(uid int) string {
	for _, u := range h.def.Users {
		if num(u.UID, 200) == uid {
			return u.Name
		}
	}
	return nameOf(systemUsers, uid)
}

func (h *Host) groupName(gid int) string { return nameOf(systemGroups, gid) }

func (h *Host) userID(name string) (int, bool) {
	if u, ok := h.credentialOf(name); ok {
		return u.uid, true
	}
	if n, ok := systemUsers[name]; ok {
		return n, true
	}
	n, err := strconv.Atoi(name)
	return n, err == nil && n >= 0
}

func (h *Host) groupID(name string) (int, bool) {
	if n, ok := systemGroups[name]; ok {
		return n, true
	}
	n, err := strconv.Atoi(name)
	return n, err == nil && n >= 0
}

// homeOf is the home of a user the shell asks for with ~name.
func (h *Host) homeOf(name string) (string, bool) {
	u, ok := h.credentialOf(name)
	return u.home, ok
}

// hidden says whether a file is a program the host should not own up to having.
func (h *Host) hidden(file string) bool {
	if !h.linux() {
		return false
	}
	info, err := h.fs.stat("/", file, credential{}, true)
	return err == nil && aixOnly[info.program]
}

// put writes a file as root while the host is made.
func (h *Host) put(name, content string, mode fs.FileMode) error {
	root := credential{}
	if err := h.fs.mkdirAll("/", path.Dir(name), root, 0o755); err != nil {
		return err
	}
	if err := h.fs.writeFile("/", name, root, []byte(content), mode); err != nil {
		return err
	}
	return h.fs.chmod("/", name, root, mode)
}

// file reads a file as root; a missing one is empty.
func (h *Host) file(name string) string {
	data, err := h.fs.readFile("/", name, credential{})
	if err != nil {
		return ""
	}
	return string(data)
}

// firstLine is the first line of a file, trimmed.
func (h *Host) firstLine(name string) string {
	line, _, _ := strings.Cut(h.file(name), "\n")
	return strings.TrimSpace(line)
}
