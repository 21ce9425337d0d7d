// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxProcesses bounds the process table: a fork bomb ends here.
const maxProcesses = 400

// The signals that scripts use, by number.
var signals = map[string]int{
	"EXIT": 0, "HUP": 1, "INT": 2, "QUIT": 3, "ABRT": 6, "KILL": 9, "PIPE": 13, "ALRM": 14, "TERM": 15,
	"STOP": 17, "TSTP": 18, "CONT": 19, "CHLD": 20, "USR1": 30, "USR2": 31,
}

// signalNumber reads a signal's name, with or without SIG, or number.
func signalNumber(name string) (int, bool) {
	if n, err := strconv.Atoi(name); err == nil {
		return n, n >= 0 && n < 64
	}
	n, ok := signals[strings.TrimPrefix(strings.ToUpper(name), "SIG")]
	return n, ok
}

// A process is an entry of the process table: a shell, a background job, or a command.
type process struct {
	host   *Host
	pid    int
	parent int
	leader *process // the login it comes from
	user   credential
	start  time.Time
	umask  uint32
	tty    string
	ctx    context.Context
	cancel context.CancelFunc

	hungUp atomic.Bool // of a leader: its session is over, nothing may start in it

	mu      sync.Mutex
	command string
	simple  bool // a background job that is one plain command: the command runs in its place
	traps   map[int]string
	pending []int // signals that wait for their trap
	status  int
	exited  bool
	signal  int
	// inherited are the streams a background job holds from the moment it is
	// started until it has carried out its own redirections.
	inherited []*stream

	killed chan struct{} // closed when a signal ends the process
	done   chan struct{} // closed when its status is known
}

// fork makes a process. A nil parent makes one without: a daemon, or a login.
func (h *Host) fork(parent *process, who credential, command string) (*process, bool) {
	h.procMu.Lock()
	defer h.procMu.Unlock()
	if len(h.processes) >= maxProcesses {
		h.reap()
		if len(h.processes) >= maxProcesses {
			return nil, false
		}
	}
	if parent != nil && parent.leader.hungUp.Load() {
		return nil, false
	}
	h.nextPID += 4 + 62*(h.nextPID/7%3) // AIX's process ids are far apart
	p := &process{host: h, pid: h.nextPID, parent: 1, user: who, start: h.now(), umask: 0o022, tty: "-",
		command: command, killed: make(chan struct{}), done: make(chan struct{})}
	p.leader = p
	if parent != nil {
		p.parent, p.umask, p.tty, p.leader = parent.pid, parent.umask, parent.tty, parent.leader
	}
	p.ctx, p.cancel = context.WithCancel(h.ctx)
	h.processes[p.pid] = p
	return p, true
}

// reap forgets processes that have ended and whose parent has too, and the
// oldest statuses nobody asked for. The caller holds procMu.
func (h *Host) reap() {
	var ended []int
	for pid, p := range h.processes {
		if p.ended() {
			if parent := h.processes[p.parent]; parent == nil || parent.ended() {
				delete(h.processes, pid)
				continue
			}
			ended = append(ended, pid)
		}
	}
	sort.Ints(ended)
	for len(ended) > maxProcesses/2 {
		delete(h.processes, ended[0])
		ended = ended[1:]
	}
}

func (h *Host) process(pid int) *process {
	h.procMu.Lock()
	defer h.procMu.Unlock()
	return h.processes[pid]
}

// running returns the processes that have not ended, by pid.
func (h *Host) running() []*process {
	h.procMu.Lock()
	defer h.procMu.Unlock()
	var list []*process
	for _, p := range h.processes {
		if !p.ended() {
			list = append(list, p)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].pid < list[j].pid })
	return list
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) wasKilled() bool {
	select {
	case <-p.killed:
		return true
	default:
		return false
	}
}

// finish records how the process ended. The first status stays.
func (p *process) finish(status int) {
	p.mu.Lock()
	if !p.exited {
		p.exited, p.status = true, status
		close(p.done)
	}
	p.mu.Unlock()
	p.cancel()
}

// disinherit lets go of what the job held from its start.
func (p *process) disinherit() {
	p.mu.Lock()
	list := p.inherited
	p.inherited = nil
	p.mu.Unlock()
	for _, s := range list {
		s.release()
	}
}

// deliver sends a signal. A trapped signal waits for the shell; others that end
// a process end it at once.
func (p *process) deliver(signal int) {
	p.mu.Lock()
	if p.exited {
		p.mu.Unlock()
		return
	}
	action, trapped := p.traps[signal]
	switch {
	case signal == 0, signal == 19, signal == 20: // nothing, CONT, CHLD
	case trapped && signal != 9:
		if action != "" {
			p.pending = append(p.pending, signal)
		}
	default:
		p.signal = signal
		p.exited, p.status = true, 128+signal
		close(p.killed)
		close(p.done)
		p.mu.Unlock()
		p.cancel()
		return
	}
	p.mu.Unlock()
}

// takePending returns the trap actions of the signals that have arrived.
func (p *process) takePending() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var actions []string
	for _, signal := range p.pending {
		actions = append(actions, p.traps[signal])
	}
	p.pending = nil
	return actions
}

func (p *process) setTrap(signal int, action string, set bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !set {
		delete(p.traps, signal)
		return
	}
	if p.traps == nil {
		p.traps = map[int]string{}
	}
	p.traps[signal] = action
}
