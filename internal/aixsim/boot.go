// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"io"
	"strings"
)

// Reboot restarts the host: every session and process ends, and the running state
// is built again from what persists.
func (h *Host) Reboot() {
	for _, p := range h.running() {
		p.deliver(signals["KILL"])
	}
	h.dropSessions()
	h.boot()
}

// boot builds the running state: the kernel's interfaces from the ODM, then what
// init starts from /etc/inittab, among it /etc/rc.tcpip, which the simulator's own
// shell runs.
func (h *Host) boot() {
	h.mu.Lock()
	h.booted = h.now()
	h.boots++
	h.net = newNetwork()
	h.clearDevices()
	// cfgmgr runs at boot: adapters and interfaces that the ODM lacks come back, the
	// latter without an address.
	h.odm.configure()
	for _, sub := range h.src.subsystems {
		sub.pid, sub.running = 0, ""
	}
	for _, d := range h.odm.devices {
		// rc.net's ifconfig calls: interfaces whose state is up get their address.
		if d.class == "if" && d.subclass == "EN" {
			d.available = true
			if d.value("state") == "up" {
				h.bring(d)
			}
		}
	}
	h.mu.Unlock()
	if h.linux() {
		return
	}
	runs := func(id string) (string, bool) {
		line, ok := h.inittabEntry(id)
		if !ok {
			return "", false
		}
		fields := strings.SplitN(line, ":", 4)
		return fields[len(fields)-1], len(fields) == 4 && fields[2] != "off" && strings.Contains(fields[1], "2")
	}
	ctx := h.ctx
	if command, ok := runs("rctcpip"); ok && strings.Contains(command, "/etc/rc.tcpip") {
		h.Run(ctx, "root", "/etc/rc.tcpip", nil, io.Discard, io.Discard)
	}
	// rc.tcpip may start daemons by name; what init starts itself follows.
	h.mu.Lock()
	for _, sub := range h.src.subsystems {
		if sub.start == "init" && sub.pid == 0 && sub.name != "ctrmc" {
			h.startSubsystem(sub)
		}
	}
	h.mu.Unlock()
	if command, ok := runs("l2"); ok && strings.Contains(command, "/etc/rc.d/rc") {
		h.Run(ctx, "root", command, nil, io.Discard, io.Discard)
	}
	if command, ok := runs("ctrmc"); ok {
		h.Run(ctx, "root", command, nil, io.Discard, io.Discard)
	}
	h.mu.Lock()
	h.managedOnce()
	h.mu.Unlock()
}

// managedOnce lets RMC notice its console, as it does soon after a boot.
func (h *Host) managedOnce() {
	if h.managed() {
		h.rmc.connected = true
	}
}
