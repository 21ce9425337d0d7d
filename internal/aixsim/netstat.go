// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"net/netip"
	"strings"
)

func netstat(c *call) int {
	o := getopt(c.args[1:], "inrf:I:avsmoZC", true)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	family := o.value('f')
	switch {
	case o.has('r'):
		c.write(h.routes(family))
	case o.has('i') || o.has('I'):
		c.write(h.interfaceTable(o.value('I'), family))
	case o.has('v'):
		for _, hw := range h.odm.adapters {
			c.write(hw.statistics(fmt.Sprintf("ent%d", hw.number), true))
		}
	default:
		c.printf("Active Internet connections\nProto Recv-Q Send-Q  Local Address          Foreign Address        (state)\n")
		if o.has('a') {
			c.printf("tcp        0      0  *.%-21s *.*                    LISTEN\n", "22")
			// The RMC daemon is bound to its TCP port while it accepts remote clients
			// (IBM, "Port usage", RSCT 3.3).
			if rmcd := h.src.find("ctrmc"); rmcd != nil && strings.Contains(" "+rmcd.running+" ", " "+rmcRemote+" ") {
				c.printf("tcp6       0      0  *.%-21s *.*                    LISTEN\n", "657")
			}
		}
	}
	return 0
}

// interfaceTable is netstat -in. An IPv6 address stands in the Network column
// with nothing in the Address column, as the captures have it.
func (h *Host) interfaceTable(only, family string) string {
	var b strings.Builder
	b.WriteString("Name   Mtu   Network     Address                 Ipkts     Ierrs        Opkts     Oerrs  Coll\n")
	counters := func(l *link) string {
		n := 1200 * l.index
		return fmt.Sprintf("%9d %5d %9d %5d %5d", n, 0, n/2, 0, 0)
	}
	for _, l := range h.net.ordered() {
		if only != "" && l.name != only {
			continue
		}
		name := l.name
		if !l.up {
			name += "*"
		}
		mac := ""
		if l.name[0] == 'e' {
			mac = dots(l.mac)
		}
		fmt.Fprintf(&b, "%-6s %-5d %-11s %-23s %s\n", name, l.mtu, fmt.Sprintf("link#%d", l.index), mac, counters(l))
		for _, a := range l.addrs {
			p := a.prefix
			if p.Addr().Is4() && family != "inet6" {
				fmt.Fprintf(&b, "%-6s %-5d %-11s %-23s %s\n", name, l.mtu, shortNetwork(p), p.Addr(), counters(l))
			}
		}
		for _, a := range l.addrs {
			if p := a.prefix; p.Addr().Is6() && family != "inet" {
				fmt.Fprintf(&b, "%-6s %-5d %-35s %s\n", name, l.mtu, text6(p.Addr()), counters(l))
			}
		}
	}
	return b.String()
}

// shortNetwork writes a network as netstat does: trailing zero octets dropped.
func shortNetwork(p netip.Prefix) string {
	parts := strings.Split(p.Masked().Addr().String(), ".")
	keep := (p.Bits() + 7) / 8
	return strings.Join(parts[:max(1, keep)], ".")
}

func (h *Host) routes(family string) string {
	var b strings.Builder
	b.WriteString("Routing tables\nDestination        Gateway           Flags   Refs     Use  If   Exp  Groups\n\n")
	row := func(destination, gateway, flags string, refs, use int, name string) {
		fmt.Fprintf(&b, "%-18s %-17s %-6s %5d %9d %-8s -      -   \n", destination, gateway, flags, refs, use, name)
	}
	if family == "" || family == "inet" {
		b.WriteString("Route tree for Protocol Family 2 (Internet):\n")
		for _, l := range h.net.ordered() {
			p, ok := l.ipv4()
			if !ok || !l.up {
				continue
			}
			if l.name == "lo0" {
				row("127/8", "127.0.0.1", "U", 10, 0, "lo0")
				continue
			}
			if gw, err := netip.ParseAddr(str(h.def.Gateway)); err == nil && p.Masked().Contains(gw) {
				row("default", gw.String(), "UG", 10, 0, l.name)
			}
			a := p.Addr().String()
			row(p.Masked().Addr().String(), a, "UHSb", 0, 0, l.name)
			row(fmt.Sprintf("%s/%d", shortNetwork(p), p.Bits()), a, "U", 7, 0, l.name)
			row(a, "127.0.0.1", "UGHS", 0, 0, "lo0")
			row(broadcast(p), a, "UHSb", 0, 0, l.name)
		}
		b.WriteString("\n")
	}
	if family == "" || family == "inet6" {
		b.WriteString("Route tree for Protocol Family 24 (Internet v6):\n")
		row("::1%1", "::1%1", "UH", 22, 0, "lo0")
		for _, l := range h.net.ordered() {
			for _, a := range l.addrs {
				addr := a.prefix.Addr()
				if !l.up || !addr.IsLinkLocalUnicast() || addr.Is4() {
					continue
				}
				row("fe80::/64", fmt.Sprintf("link#%d", l.index), "UCX", 0, 0, l.name)
				if console := str(h.def.RMC.ConsoleAddress); console != "" && l.name == str(h.def.RMC.Management) {
					row(console, "6a:c7:ae:12:3a:9", "UHXLW", 4, 0, l.name)
				}
				row(addr.String(), "", "UHXLWl", 4, 0, "lo0")
				row("ff02::/16", addr.String(), "U", 0, 0, l.name)
			}
		}
		row("ff01::%1/16", "::1", "U", 0, 0, "lo0")
		b.WriteString("\n")
	}
	return b.String()
}

// statistics is entstat; the VLAN and switch lines come with -d only (captures
// of chef/ohai and shirou/gopsutil).
func (hw hardware) statistics(name string, detailed bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-------------------------------------------------------------\nETHERNET STATISTICS (%s) :\nDevice Type: Virtual I/O Ethernet Adapter (l-lan)\nHardware Address: %s\nElapsed Time: 0 days 2 hours 11 minutes 4 seconds\n\n", name, colons(hw.mac))
	b.WriteString(`Transmit Statistics:                          Receive Statistics:
--------------------                          -------------------
Packets: 4210                                 Packets: 9120
Bytes: 514220                                 Bytes: 1028110
Interrupts: 0                                 Interrupts: 8121
Transmit Errors: 0                            Receive Errors: 0
Packets Dropped: 0                            Packets Dropped: 0
                                              Bad Packets: 0
Max Packets on S/W Transmit Queue: 0
S/W Transmit Queue Overflow: 0
Current S/W+H/W Transmit Queue Length: 0

Broadcast Packets: 12                         Broadcast Packets: 208
Multicast Packets: 6                          Multicast Packets: 0
No Carrier Sense: 0                           CRC Errors: 0
DMA Underrun: 0                               DMA Overrun: 0
Lost CTS Errors: 0                            Alignment Errors: 0
Max Collision Errors: 0                       No Resource Errors: 0
Late Collision Errors: 0                      Receive Collision Errors: 0
Deferred: 0                                   Packet Too Short Errors: 0
SQE Test: 0                                   Packet Too Long Errors: 0
Timeout Errors: 0                             Packets Discarded by Adapter: 0
Single Collision Count: 0                     Receiver Start Count: 0
Multiple Collision Count: 0
Current HW Transmit Queue Length: 0

General Statistics:
-------------------
No mbuf Errors: 0
Adapter Reset Count: 0
Adapter Data Rate: 20000
Driver Flags: Up Broadcast Running
	Simplex 64BitSupport ChecksumOffload
	LargeSend DataRateSet VIOENT
`)
	if detailed {
		fmt.Fprintf(&b, `
Virtual I/O Ethernet Adapter (l-lan) Specific Statistics:
---------------------------------------------------------
RQ Length: 4481
Trunk Adapter: False
Filter MCast Mode: False
Filters: 255
  Enabled: 2  Queued: 0  Overflow: 0
LAN State: Operational

Hypervisor Send Failures: 0
  Receiver Failures: 0
  Send Errors: 0
Hypervisor Receive Failures: 0

Invalid VLAN ID Packets: 0

ILLAN Attributes: 0000000000003002 [0000000000003002]

Port VLAN ID: %5d
VLAN Tag IDs:  None


Switch ID: %s

`, hw.vlan, hw.vswitch)
	}
	return b.String()
}

func entstat(c *call) int {
	o := getopt(c.args[1:], "drt", false)
	if len(o.rest) != 1 {
		return c.fail(1, "usage: entstat [-drt] device_name\n")
	}
	name := o.rest[0]
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	hw, ok := h.odm.adapter(name)
	d := h.odm.device(name)
	if !ok || d == nil || !d.available {
		return c.fail(1, "entstat: 0909-003 Unable to connect to device %s, errno = 19\n", name)
	}
	if name[:2] == "en" && !strings.HasPrefix(name, "ent") && h.net.link(name) == nil {
		return c.fail(1, "entstat: 0909-003 Unable to connect to device %s, errno = 68\n", name)
	}
	c.write(hw.statistics(name, o.has('d')))
	return 0
}
