// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

func init() {
	registerAIX(map[string]runFunc{
		"rmcctrl": rmcctrl, "rmcdomainstatus": rmcdomainstatus, "rmcrefreshMD": rmcrefreshMD, "lsrsrc": lsrsrc, "lsrpdomain": lsrpdomain,
		"lsnodeid": lsnodeid, "recfgct": recfgct, "ctversion": ctversion, "ctsidmck": trueCommand, "lspartition": trueCommand,
	})
}

// The files that hold the node id, and the arguments of rmcd that let remote
// clients in. On AIX systems, ps shows rmcd with -r while they may.
const (
	etcNodeID   = "/etc/ct_node_id"
	varNodeID   = "/var/ct/cfg/ct_node_id"
	rmcArgs     = "-a IBM.LPCommands"
	rmcRemote   = "-r"
	ctrmcEntry  = "ctrmc:2:once:/usr/bin/startsrc -s ctrmc > /var/ct/ctrmc-inittab.err 2>&1"
	inittabFile = "/etc/inittab"
)

// rmcState is what the RMC daemon knows that no file holds.
type rmcState struct {
	runningID  string // the node id it started with
	connected  bool   // it has been connected since it started
	peerDomain string
}

func newRMC(def *Definition) *rmcState { return &rmcState{peerDomain: str(def.RMC.PeerDomain)} }

// started is called when the daemon starts. The caller holds mu.
func (r *rmcState) started(h *Host) {
	r.runningID, r.connected = h.firstLine(varNodeID), false
}

// managed derives whether a management control point manages the host: RMC's
// connection is what follows from everything it needs, and is stored nowhere.
// The caller holds mu.
func (h *Host) managed() bool {
	def := h.def.RMC
	rmcd := h.src.find("ctrmc")
	if str(def.ConsoleID) == "" || rmcd == nil || rmcd.pid == 0 || !strings.Contains(" "+rmcd.running+" ", " "+rmcRemote+" ") {
		return false
	}
	if !h.identified() {
		return false
	}
	if h.src.active("mcproxy") {
		return true // in band, through the hypervisor: no IPv6 needed
	}
	return h.linked()
}

// linked says whether the management interface has the address of its adapter,
// and RSCT can use it: IPv6 came with 3.2.1.0 (IBM, "RSCT and RMC for AIX").
func (h *Host) linked() bool {
	name := str(h.def.RMC.Management)
	hw, ok := h.odm.adapter(name)
	l := h.net.link(name)
	return ok && l != nil && l.up && l.has(linkLocal(hw.mac)) && compareLevels(h.packages.level("rsct.core.rmc"), "3.2.1.0") >= 0
}

// identified says whether the node id is one everywhere, and nobody else's: the clone
// of a node never becomes active at its console.
func (h *Host) identified() bool {
	id := h.firstLine(etcNodeID)
	return id != "" && id == h.firstLine(varNodeID) && id == h.rmc.runningID && !slices.Contains(h.taken, id)
}

// rmcDown is what RMC's commands print when the daemon does not run.
func rmcDown(c *call) int {
	return c.fail(2, "%s: 2612-022 A session could not be established with the RMC daemon on \"local_node\".\n", c.args[0])
}

func rmcctrl(c *call) int {
	if !c.needRoot() {
		return 1
	}
	if len(c.args) < 2 {
		return c.fail(1, "Usage: rmcctrl { -a | -A | -d | -D | -k | -K | -p | -P | -q | -Q | -s | -z | -M | -m | -h }\n")
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	rmcd := h.src.find("ctrmc")
	add := func() {
		if rmcd == nil {
			rmcd = &subsystem{name: "ctrmc", group: "rsct", path: "/usr/sbin/rsct/bin/rmcd", args: rmcArgs + " " + rmcRemote, start: "init"}
			h.src.subsystems = append(h.src.subsystems, rmcd)
			c.printf("0513-071 The ctrmc Subsystem has been added.\n")
		}
		h.setInittab("ctrmc", ctrmcEntry)
	}
	start := func() int {
		if rmcd == nil {
			return notOnFile(c, "ctrmc")
		}
		if rmcd.pid != 0 {
			return c.fail(1, "0513-029 The ctrmc Subsystem is already active.\nMultiple instances are not supported.\n")
		}
		h.startSubsystem(rmcd)
		c.printf("0513-059 The ctrmc Subsystem has been started. Subsystem PID is %d.\n", rmcd.pid)
		return 0
	}
	stop := func(all bool) {
		for _, sub := range h.src.subsystems {
			if sub.pid != 0 && (sub.name == "ctrmc" || all && (sub.group == "rsct_rm" || sub.name == "mcproxy")) {
				h.src.stop(sub)
				if sub.name == "ctrmc" {
					c.printf("0513-044 The ctrmc Subsystem was requested to stop.\n")
				}
			}
		}
	}
	remote := func(enable, now bool) int {
		if rmcd == nil {
			return notOnFile(c, "ctrmc")
		}
		set := func(args string) string {
			args = strings.TrimSpace(strings.ReplaceAll(" "+args+" ", " "+rmcRemote+" ", " "))
			if enable {
				args += " " + rmcRemote
			}
			return args
		}
		rmcd.args = set(rmcd.args)
		c.printf("0513-077 Subsystem has been changed.\n")
		if now && rmcd.pid != 0 {
			rmcd.running = set(rmcd.running)
			c.printf("0513-095 The request for subsystem refresh was completed successfully.\n")
		}
		return 0
	}
	switch c.args[1] {
	case "-a":
		add()
	case "-A":
		add()
		return start()
	case "-d", "-D":
		if c.args[1] == "-D" {
			stop(false)
		} else if rmcd != nil && rmcd.pid != 0 {
			return c.fail(1, "0513-056 The ctrmc Subsystem is currently active.\n")
		}
		h.src.remove("ctrmc")
		h.setInittab("ctrmc", "")
		c.printf("0513-083 Subsystem has been Deleted.\n")
	case "-s":
		return start()
	case "-k", "-K":
		stop(false)
	case "-z":
		stop(true)
	case "-p":
		return remote(true, true)
	case "-P":
		return remote(false, true)
	case "-q":
		return remote(true, false)
	case "-Q":
		return remote(false, false)
	case "-m", "-M":
	default:
		return c.fail(1, "rmcctrl: 2610-602 The option %s is not valid.\n", c.args[1])
	}
	return 0
}

// rmcdomainstatus prints nothing for a node that is in no domain. A console that
// was connected once since the daemon started and no longer is shows as O; one
// that cannot agree on who this node is stays in the handshake, i. Both letters
// are documented (IBM, rmcdomainstatus command); when they appear is inferred.
func rmcdomainstatus(c *call) int {
	o := getopt(c.args[1:], "s:a:h", false)
	if o.value('s') != "ctrmc" {
		return c.fail(1, "Usage: rmcdomainstatus [-h] -s ctrmc [-a { ip | IP }]\n")
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.src.active("ctrmc") {
		return c.fail(1, "0513-036 The request could not be passed to the ctrmc subsystem.\nStart the subsystem and try your command again.\n")
	}
	if h.rmc.peerDomain != "" {
		c.printf("\nPeer Domain Status\n   S S  0x%s  0001  %s\n", h.rmc.runningID, h.hostname)
	}
	if h.src.active("mcproxy") {
		return 0 // in-band consoles are listed by lssrc -ls mcproxy only
	}
	token := ""
	switch {
	case h.managed():
		token, h.rmc.connected = "I A", true
	case str(h.def.RMC.ConsoleID) == "":
	case h.linked() && !h.identified():
		token = "i A"
	case h.rmc.connected:
		token = "O A"
	}
	if token != "" {
		c.printf("\nManagement Domain Status: Management Control Points\n   %s  0x%s  0001  %s\n", token, str(h.def.RMC.ConsoleID), str(h.def.RMC.ConsoleAddress))
	}
	return 0
}

func rmcrefreshMD(c *call) int {
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.src.active("ctrmc") {
		return c.fail(1, "0513-036 The request could not be passed to the ctrmc subsystem.\nStart the subsystem and try your command again.\n")
	}
	c.printf("0513-095 The request for subsystem refresh was completed successfully.\n")
	return 0
}

func lsrsrc(c *call) int {
	o := getopt(c.args[1:], "s:A:p:ldtxDabcneh", true)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.src.active("ctrmc") {
		return rmcDown(c)
	}
	if len(o.rest) == 0 {
		c.printf("class_name\n\"IBM.Association\"\n\"IBM.AuditLog\"\n\"IBM.Host\"\n\"IBM.MCP\"\n\"IBM.MngNode\"\n\"IBM.PeerDomain\"\n")
		return 0
	}
	class := o.rest[0]
	switch class {
	case "IBM.MCP", "IBM.MngNode", "IBM.PeerDomain", "IBM.Host", "IBM.ManagementServer":
	default:
		return c.fail(1, "%s: 2612-006 Resource class %q was not found.\n", c.args[0], class)
	}
	c.printf("Resource Persistent Attributes for %s\n", class)
	if class == "IBM.Host" {
		c.printf("resource 1:\n\tName         = %q\n\tNodeNameList = {%q}\n", h.hostname, h.hostname)
		return 0
	}
	// The record appears with the first connection and stays: it proves nothing
	// about the present.
	if h.managed() {
		h.rmc.connected = true
	}
	if class != "IBM.MCP" || !h.rmc.connected {
		return 0
	}
	id := new(big.Int)
	id.SetString(str(h.def.RMC.ConsoleID), 16)
	c.printf("resource 1:\n")
	for _, f := range [][2]string{{"MNName", quoted(str(h.def.RMC.ConsoleAddress))}, {"NodeID", id.String()}, {"KeyToken", quoted(str(h.def.RMC.ConsoleName))},
		{"IPAddresses", "{" + quoted(str(h.def.RMC.ConsoleAddress)) + "}"}, {"ConnectivityNames", "{" + quoted(linkLocalOf(h)) + "}"}, {"HMCName", quoted(str(h.def.RMC.ConsoleName))},
		{"HMCIPAddr", quoted("")}, {"HMCAddIPs", quoted("")}, {"HMCAddIPv6s", quoted(str(h.def.RMC.ConsoleAddress))}, {"ActivePeerDomain", quoted(h.rmc.peerDomain)}, {"NodeNameList", "{" + quoted(h.hostname) + "}"}} {
		c.printf("\t%-17s = %s\n", f[0], f[1])
	}
	return 0
}

func quoted(s string) string { return `"` + s + `"` }

func linkLocalOf(h *Host) string {
	hw, ok := h.odm.adapter(str(h.def.RMC.Management))
	if !ok {
		return ""
	}
	return linkLocal(hw.mac)
}

func lsrpdomain(c *call) int {
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.src.active("ctrmc") {
		return rmcDown(c)
	}
	if h.rmc.peerDomain != "" {
		c.printf("Name%s OpState RSCTActiveVersion MixedVersions TSPort GSPort \n%s Online  %-17s No            12347  12348  \n",
			strings.Repeat(" ", max(0, len(h.rmc.peerDomain)-4)), h.rmc.peerDomain, h.packages.level("rsct.core.rmc"))
	}
	return 0
}

func lsnodeid(c *call) int {
	h := c.host
	id := h.firstLine(varNodeID)
	if id == "" {
		return c.fail(1, "lsnodeid: 2612-068 The node identifier could not be obtained.\n")
	}
	c.printf("%s\n", id)
	return 0
}

// newNodeID makes a random id, as recfgct does.
func newNodeID() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// writeNodeID writes both files.
func (h *Host) writeNodeID(id string) {
	_ = h.put(etcNodeID, id+"\n", 0o644)
	_ = h.put(varNodeID, id+"\n", 0o644)
}

// recfgct starts RSCT's configuration over: /var/ct goes, a new node id comes, or
// the one that -i gives or -s keeps (IBM, recfgct command). What it prints is
// from a capture in bond-huang/ebook.
func recfgct(c *call) int {
	o := getopt(c.args[1:], "i:nsh", false)
	if o.has('h') || o.bad != 0 || len(o.rest) > 0 {
		return c.fail(1, "Usage: recfgct [-i node_id | -n | -s | -h]\n")
	}
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rmc.peerDomain != "" {
		return c.fail(1, "Cannot run if an online Peer Domain exists (see output of lsrpdomain).\nFor assistance with removing domains, refer to the rmrpnode and rmrpdomain commands.\n")
	}
	id := newNodeID()
	if v := o.value('i'); v != "" {
		v = strings.TrimPrefix(v, "0x")
		if len(v) < 9 || len(v) > 16 || strings.Trim(strings.ToLower(v), "0123456789abcdef") != "" {
			return c.fail(1, "recfgct: The node id must be 9 to 16 hexadecimal digits.\n")
		}
		id = fmt.Sprintf("%016s", strings.ToLower(v))
	} else if o.has('s') {
		if kept := h.firstLine(etcNodeID); kept != "" {
			id = kept
		}
	}
	for _, sub := range h.src.subsystems {
		if sub.group == "rsct" || sub.group == "rsct_rm" {
			h.src.stop(sub)
		}
	}
	root := *c
	root.proc = c.proc
	_ = root.removeTree("/var/ct", 0)
	h.writeNodeID(id)
	c.printf("/usr/lib/dr/scripts/all/ctrmc_MDdr               DR script to refresh Management Domain configuration\n0513-071 The ctcas Subsystem has been added.\n0513-071 The ctrmc Subsystem has been added.\n")
	rmcd := h.src.find("ctrmc")
	if rmcd == nil {
		rmcd = &subsystem{name: "ctrmc", group: "rsct", path: "/usr/sbin/rsct/bin/rmcd", start: "init"}
		h.src.subsystems = append(h.src.subsystems, rmcd)
	}
	rmcd.args = rmcArgs + " " + rmcRemote
	h.setInittab("ctrmc", ctrmcEntry)
	h.startSubsystem(rmcd)
	c.printf("0513-059 The ctrmc Subsystem has been started. Subsystem PID is %d.\n", rmcd.pid)
	return 0
}

// ctversion's format is not documented in public; it prints the build level.
func ctversion(c *call) int {
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	level := c.host.packages.level("rsct.core.utils")
	if level == "" {
		return c.fail(1, "ctversion: rsct.core.utils is not installed.\n")
	}
	c.printf("rsct %s\n", level)
	return 0
}
