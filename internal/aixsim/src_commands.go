// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"strings"
)

func init() {
	registerAIX(map[string]runFunc{"lssrc": lssrc, "startsrc": startsrc, "stopsrc": stopsrc, "refresh": refresh, "chssys": chssys, "mkssys": mkssys, "rmssys": rmssys})
}

// A subsystem is an object of SRCsubsys and, while it runs, a process.
type subsystem struct {
	name, group, path, args string
	start                   string
	pid                     int
	running                 string // the arguments it was started with
}

func (sub *subsystem) object() *object {
	return &object{"SRCsubsys", [][2]string{{"subsysname", sub.name}, {"synonym", ""}, {"cmdargs", sub.args}, {"path", sub.path}, {"uid", "0"}, {"auditid", "0"},
		{"standin", "/dev/console"}, {"standout", "/dev/console"}, {"standerr", "/dev/console"}, {"action", "1"}, {"multi", "0"}, {"contact", "3"}, {"svrkey", "0"}, {"svrmtype", "0"},
		{"priority", "20"}, {"signorm", "0"}, {"sigforce", "0"}, {"display", "1"}, {"waittime", "30"}, {"grpname", sub.group}}}
}

// The src is the System Resource Controller: subsystems in their order.
type src struct {
	subsystems []*subsystem
	nextPID    int
}

func newSRC(def *Definition) *src {
	s := &src{nextPID: 5177738}
	for _, d := range def.Subsystems {
		s.subsystems = append(s.subsystems, &subsystem{name: d.Name, group: str(d.Group), path: str(d.Path), args: str(d.Args), start: str(d.Start)})
	}
	if yesno(def.RMC.InBand) {
		s.subsystems = append(s.subsystems, &subsystem{name: "mcproxy", group: "rsct", path: "/usr/sbin/rsct/bin/mcproxy", start: "ctrmc"})
	}
	return s
}

func (s *src) find(name string) *subsystem {
	for _, sub := range s.subsystems {
		if sub.name == name {
			return sub
		}
	}
	return nil
}

func (s *src) remove(name string) {
	for i, sub := range s.subsystems {
		if sub.name == name {
			s.subsystems = append(s.subsystems[:i:i], s.subsystems[i+1:]...)
			return
		}
	}
}

func (s *src) active(name string) bool {
	sub := s.find(name)
	return sub != nil && sub.pid != 0
}

func (s *src) stop(sub *subsystem) { sub.pid, sub.running = 0, "" }

// startSubsystem starts a subsystem and what comes with it. The caller holds mu.
func (h *Host) startSubsystem(sub *subsystem) {
	h.src.nextPID += 65538
	if h.src.nextPID > 33000000 {
		h.src.nextPID = 5177742
	}
	sub.pid, sub.running = h.src.nextPID, sub.args
	if sub.name != "ctrmc" {
		return
	}
	h.rmc.started(h)
	// The RMC daemon starts its resource managers.
	for _, rm := range h.src.subsystems {
		if rm.start == "ctrmc" && rm.pid == 0 {
			h.startSubsystem(rm)
		}
	}
}

func (sub *subsystem) row() string {
	pid, state := "", "inoperative"
	if sub.pid != 0 {
		pid, state = fmt.Sprint(sub.pid), "active"
	}
	return fmt.Sprintf(" %-16s %-16s %-12s %s\n", sub.name, sub.group, pid, state)
}

const srcHeader = "Subsystem         Group            PID          Status \n"

func notOnFile(c *call, name string) int {
	return c.fail(1, "0513-085 The %s Subsystem is not on file.\n", name)
}

func lssrc(c *call) int {
	o := getopt(c.args[1:], "als:g:t:p:h:Sd", false)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case o.has('s'):
		sub := h.src.find(o.value('s'))
		if sub == nil {
			return notOnFile(c, o.value('s'))
		}
		c.printf("%s%s", srcHeader, sub.row())
		if o.has('l') {
			return c.longStatus(sub)
		}
	case o.has('g'):
		var rows string
		for _, sub := range h.src.subsystems {
			if sub.group == o.value('g') {
				rows += sub.row()
			}
		}
		if rows == "" {
			return c.fail(1, "0513-086 The %s Group is not on file.\n", o.value('g'))
		}
		c.printf("%s%s", srcHeader, rows)
	case o.has('a'):
		c.write(srcHeader)
		for _, active := range []bool{true, false} {
			for _, sub := range h.src.subsystems {
				if (sub.pid != 0) == active {
					c.write(sub.row())
				}
			}
		}
	default:
		return c.fail(1, "Usage: lssrc [-h Host] {-a | -g GroupName | [-l] [-c] -s Subsystem}\n")
	}
	return 0
}

// longStatus is lssrc -ls.
func (c *call) longStatus(sub *subsystem) int {
	h := c.host
	if sub.pid == 0 {
		return c.fail(1, "0513-036 The request could not be passed to the %s subsystem.\nStart the subsystem and try your command again.\n", sub.name)
	}
	switch sub.name {
	case "mcproxy":
		if h.managed() {
			c.printf("\nHostname: %s\nConnection: active\n", str(h.def.RMC.ConsoleName))
		}
	case "ctrmc":
		c.printf("\n Trace flags set:\n\n Configuration Data Base version from local copy of CDB\n\n Daemon started on %s\n Node ID: %s\n", h.booted.UTC().Format("Monday 01/02/06 at 15:04:05"), h.rmc.runningID)
	default:
		c.printf("Debug         Not active\n")
	}
	return 0
}

// eachSubsystem runs fn for -s or -g.
func (c *call) eachSubsystem(o *options, fn func(*subsystem) int) int {
	h := c.host
	if o.has('s') {
		sub := h.src.find(o.value('s'))
		if sub == nil {
			return notOnFile(c, o.value('s'))
		}
		return fn(sub)
	}
	found, code := false, 0
	for _, sub := range append([]*subsystem(nil), h.src.subsystems...) {
		if o.has('a') || sub.group == o.value('g') {
			found = true
			code |= fn(sub)
		}
	}
	if !found {
		return c.fail(1, "0513-086 The %s Group is not on file.\n", o.value('g'))
	}
	return code
}

func startsrc(c *call) int {
	o := getopt(c.args[1:], "s:g:a:e:h:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	o.set['a'] = 0
	return c.eachSubsystem(o, func(sub *subsystem) int {
		if sub.pid != 0 {
			return c.fail(1, "0513-029 The %s Subsystem is already active.\nMultiple instances are not supported.\n", sub.name)
		}
		h.startSubsystem(sub)
		c.printf("0513-059 The %s Subsystem has been started. Subsystem PID is %d.\n", sub.name, sub.pid)
		return 0
	})
}

func stopsrc(c *call) int {
	o := getopt(c.args[1:], "as:g:fcp:h:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	return c.eachSubsystem(o, func(sub *subsystem) int {
		if sub.pid == 0 {
			if o.has('s') {
				return c.fail(1, "0513-004 The Subsystem or Group, %s, is currently inoperative.\n", sub.name)
			}
			return 0
		}
		h.src.stop(sub)
		c.printf("0513-044 The %s Subsystem was requested to stop.\n", sub.name)
		return 0
	})
}

func refresh(c *call) int {
	o := getopt(c.args[1:], "s:g:p:h:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	return c.eachSubsystem(o, func(sub *subsystem) int {
		if sub.pid == 0 {
			return c.fail(1, "0513-036 The request could not be passed to the %s subsystem.\nStart the subsystem and try your command again.\n", sub.name)
		}
		c.printf("0513-095 The request for subsystem refresh was completed successfully.\n")
		return 0
	})
}

func chssys(c *call) int {
	o := getopt(c.args[1:], "s:a:p:OQRG:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	sub := h.src.find(o.value('s'))
	if sub == nil {
		return notOnFile(c, o.value('s'))
	}
	if o.has('a') {
		sub.args = strings.TrimSpace(o.value('a'))
	}
	if o.has('p') {
		sub.path = o.value('p')
	}
	c.printf("0513-077 Subsystem has been changed.\n")
	return 0
}

func mkssys(c *call) int {
	o := getopt(c.args[1:], "s:p:u:a:G:i:o:e:ORQSdDnKf:w:E:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.src.find(o.value('s')) != nil {
		return c.fail(1, "0513-075 The new subsystem name is already on file.\n")
	}
	h.src.subsystems = append(h.src.subsystems, &subsystem{name: o.value('s'), group: o.value('G'), path: o.value('p'), args: o.value('a')})
	c.printf("0513-071 The %s Subsystem has been added.\n", o.value('s'))
	return 0
}

func rmssys(c *call) int {
	o := getopt(c.args[1:], "s:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	sub := h.src.find(o.value('s'))
	if sub == nil {
		return notOnFile(c, o.value('s'))
	}
	if sub.pid != 0 {
		return c.fail(1, "0513-056 The %s Subsystem is currently active.\n", sub.name)
	}
	h.src.remove(sub.name)
	c.printf("0513-083 Subsystem has been Deleted.\n")
	return 0
}

// killSubsystem lets kill reach a daemon of the SRC.
func (h *Host) killSubsystem(pid, signal int, who credential) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, sub := range h.src.subsystems {
		if sub.pid == pid && pid != 0 {
			if signal != 0 && signal != signals["HUP"] && who.root() {
				h.src.stop(sub)
			}
			return who.root() || signal == 0
		}
	}
	return false
}

// daemonRows are the daemons as ps shows them.
func (h *Host) daemonRows() []psRow {
	h.mu.Lock()
	defer h.mu.Unlock()
	root := credential{name: "root", home: "/"}
	rows := []psRow{{pid: 3145956, ppid: 1, user: root, tty: "-", start: h.booted, command: "/usr/sbin/srcmstr"}}
	for _, sub := range h.src.subsystems {
		if sub.pid != 0 {
			rows = append(rows, psRow{pid: sub.pid, ppid: 3145956, user: root, tty: "-", start: h.booted, command: strings.TrimSpace(sub.path + " " + sub.running)})
		}
	}
	return rows
}
