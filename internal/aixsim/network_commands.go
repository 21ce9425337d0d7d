// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"fmt"
	"net/netip"
	"path"
	"strconv"
	"strings"
)

func init() {
	registerAIX(map[string]runFunc{
		"ifconfig": ifconfig, "netstat": netstat, "entstat": entstat, "autoconf6": autoconf6, "mktcpip": mktcpip, "rmtcpip": rmtcpip, "chrctcp": chrctcp,
		"no": noCommand, "route": trueCommand, "ping": pingCommand, "lsfilt": lsfilt, "host": hostCommand,
	})
}

// registerAIX adds programs that only AIX has.
//
// Their output is held until they are done: they work behind the host's lock, and
// a pipe whose reader waits for the same lock would hold both for ever.
func registerAIX(list map[string]runFunc) {
	for name, run := range list {
		aixOnly[name] = true
		programs[name] = func(c *call) int {
			var out, errs bytes.Buffer
			held := *c
			held.out, held.stderr = &out, &errs
			code := run(&held)
			_, _ = c.out.Write(out.Bytes())
			_, _ = c.stderr.Write(errs.Bytes())
			return code
		}
	}
}

// show prints a link as ifconfig does (captures of AIX 7.2 on Power VS).
func (l *link) show() string {
	var b strings.Builder
	buffers := "\t tcp_sendspace 262144 tcp_recvspace 262144 rfc1323 1\n"
	switch l.name[:2] {
	case "lo":
		fmt.Fprintf(&b, "%s: flags=%s<%sBROADCAST,LOOPBACK,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT,LARGESEND,CHAIN>\n", l.name,
			map[bool]string{true: "e08084b,c0", false: "e08084a,c0"}[l.up], map[bool]string{true: "UP,"}[l.up])
		buffers = "\t tcp_sendspace 131072 tcp_recvspace 131072 rfc1323 1\n"
	case "si":
		fmt.Fprintf(&b, "%s: flags=%s<%sRUNNING,LINK0>\n", l.name, map[bool]string{true: "8100041", false: "8100040"}[l.up], map[bool]string{true: "UP,"}[l.up])
		buffers = ""
	default:
		fmt.Fprintf(&b, "%s: flags=%s,814c0<%sBROADCAST,NOTRAILERS,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT,CHECKSUM_OFFLOAD(ACTIVE),LARGESEND,CHAIN>\n",
			l.name, map[bool]string{true: "1e084863", false: "1e084862"}[l.up], map[bool]string{true: "UP,"}[l.up])
	}
	for _, a := range l.addrs {
		if p := a.prefix; p.Addr().Is4() {
			bits, _ := maskBits(netmask(p.Bits()))
			mask := uint32(0xffffffff) << (32 - bits)
			if bits == 0 {
				mask = 0
			}
			fmt.Fprintf(&b, "\tinet %s netmask 0x%x broadcast %s\n", p.Addr(), mask, broadcast(p))
		}
	}
	for _, a := range l.addrs {
		if p := a.prefix; p.Addr().Is6() {
			fmt.Fprintf(&b, "\tinet6 %s/%d\n", text6(p.Addr()), p.Bits())
		}
	}
	b.WriteString(buffers)
	return b.String()
}

func ifconfig(c *call) int {
	h := c.host
	args := c.args[1:]
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(args) == 0 {
		return c.fail(1, "usage: ifconfig interface\n\t[ af [ address [ dest_addr ] ] [ up ] [ down ] [ netmask mask ] ]\n")
	}
	if strings.HasPrefix(args[0], "-") {
		for _, l := range h.net.ordered() {
			if strings.Contains(args[0], "d") && l.up || strings.Contains(args[0], "u") && !l.up {
				continue
			}
			if strings.Contains(args[0], "l") {
				c.printf("%s ", l.name)
				continue
			}
			c.write(l.show())
		}
		if strings.Contains(args[0], "l") {
			c.printf("\n")
		}
		return 0
	}
	name := args[0]
	if len(args) == 1 {
		l := h.net.link(name)
		if l == nil {
			return c.fail(1, "ifconfig: 0821-555 %s: The interface is not configured or is not valid.\n", name)
		}
		c.write(l.show())
		return 0
	}
	if !c.needRoot() {
		return 1
	}
	return c.ifconfigChange(name, args[1:])
}

// ifconfigChange carries out a change: of the running state only, as ifconfig's do.
func (c *call) ifconfigChange(name string, args []string) int {
	h := c.host
	l := h.net.link(name)
	if l == nil {
		hw, ok := h.odm.adapter(name)
		d := h.odm.device(name)
		detachOnly := len(args) == 1 && (args[0] == "detach" || args[0] == "down" || args[0] == "delete")
		if !ok || d == nil || !strings.HasPrefix(name, "en") || detachOnly {
			return c.fail(1, "ifconfig: 0821-555 %s: The interface is not configured or is not valid.\n", name)
		}
		mtu, _ := strconv.Atoi(d.value("mtu"))
		l = h.net.attach(name, hw.mac, mtu)
	}
	family, alias, remove, up, down := "inet", false, false, false, false
	var addr netip.Addr
	bits := -1
	value := func(i *int) (string, bool) {
		*i++
		if *i >= len(args) {
			c.errorf("ifconfig: 0821-556 A parameter lacks its value.\n")
			return "", false
		}
		return args[*i], true
	}
	for i := 0; i < len(args); i++ {
		switch a := args[i]; a {
		case "inet", "inet6":
			family = a
		case "up":
			up = true
		case "down":
			down = true
		case "detach":
			h.net.detach(name)
			return 0
		case "delete", "-alias":
			remove = true
		case "alias", "firstalias", "add":
			alias = true
		case "netmask":
			v, ok := value(&i)
			if !ok {
				return 1
			}
			n, ok := maskBits(v)
			if !ok {
				return c.fail(1, "ifconfig: 0821-558 %s: bad value\n", v)
			}
			bits = n
		case "prefixlen":
			v, ok := value(&i)
			n, err := strconv.Atoi(v)
			if !ok || err != nil || n < 0 || n > 128 {
				return c.fail(1, "ifconfig: 0821-558 %s: bad value\n", v)
			}
			bits = n
		case "broadcast", "metric", "tcp_sendspace", "tcp_recvspace", "rfc1323", "tcp_nodelay", "tcp_mssdflt":
			if _, ok := value(&i); !ok {
				return 1
			}
		case "mtu":
			v, ok := value(&i)
			n, err := strconv.Atoi(v)
			if !ok || err != nil {
				return 1
			}
			l.mtu = n
		case "arp", "-arp", "largesend", "-largesend", "monitor", "-monitor", "mtu_bypass", "-mtu_bypass", "anycast":
		default:
			text, length, hasLength := strings.Cut(a, "/")
			parsed, err := netip.ParseAddr(strings.TrimSuffix(text, "%1"))
			if err != nil {
				return c.fail(1, "ifconfig: 0821-557 %s: bad value\n", a)
			}
			addr = parsed
			if hasLength {
				n, err := strconv.Atoi(length)
				if err != nil || n < 0 || n > addr.BitLen() {
					return c.fail(1, "ifconfig: 0821-557 %s: bad value\n", a)
				}
				bits = n
			}
		}
	}
	if family == "inet6" != addr.Is6() && addr.IsValid() {
		return c.fail(1, "ifconfig: 0821-557 %s: bad value\n", addr)
	}
	switch {
	case addr.IsValid() && remove:
		if !l.delete(addr) {
			return c.fail(1, "ifconfig: 0821-567 ioctl (SIOCDIFADDR).: Can't assign requested address\n")
		}
	case remove:
		// Without an address, the first of the family goes.
		for _, a := range l.addrs {
			if a.prefix.Addr().Is6() == (family == "inet6") {
				l.delete(a.prefix.Addr())
				break
			}
		}
	case addr.IsValid():
		if bits < 0 {
			bits = 64
			if addr.Is4() {
				bits = classBits(addr)
			}
		}
		l.add(netip.PrefixFrom(addr, bits), alias)
		l.up = true
		if addr.Is6() {
			h.net.startIPv6()
		}
	case bits >= 0 && family == "inet":
		if p, ok := l.ipv4(); ok {
			l.add(netip.PrefixFrom(p.Addr(), bits), true)
		}
	}
	if down {
		l.up = false
	}
	if up {
		l.up = true
	}
	return 0
}

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
			for _, port := range []string{"22", "657"} {
				c.printf("tcp        0      0  *.%-21s *.*                    LISTEN\n", port)
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

func autoconf6(c *call) int {
	o := getopt(c.args[1:], "ai:svAm:M:6R", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if names := o.values['i']; len(names) > 0 {
		for _, name := range names {
			hw, ok := h.odm.adapter(name)
			if !ok || h.odm.device(name) == nil {
				return c.fail(1, "autoconf6: no such interface %s\n", name)
			}
			h.net.autoconfigure(h.net.attach(name, hw.mac, 1500))
		}
		return 0
	}
	for _, d := range h.odm.devices {
		if d.class != "if" || d.subclass != "EN" || !d.available {
			continue
		}
		hw, ok := h.odm.adapter(d.name)
		l := h.net.link(d.name)
		// Without -a only interfaces that are up get an address.
		if !ok || !o.has('a') && (l == nil || !l.up) {
			continue
		}
		h.net.autoconfigure(h.net.attach(d.name, hw.mac, 1500))
	}
	return 0
}

func mktcpip(c *call) int {
	o := getopt(c.args[1:], "h:a:m:i:g:n:d:t:A:sr:S:D:C:c:6", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	name := o.value('i')
	d := h.odm.device(name)
	if d == nil || d.class != "if" || o.value('a') == "" {
		return c.fail(1, "mktcpip: 0831-003 The interface %s is not valid.\n", name)
	}
	a, err := netip.ParseAddr(o.value('a'))
	if err != nil {
		return c.fail(1, "mktcpip: 0831-005 %s is not a valid address.\n", o.value('a'))
	}
	if a.Is6() {
		d.set("netaddr6", a.String())
		d.set("prefixlen", o.value('m'))
	} else {
		d.set("netaddr", a.String())
		d.set("netmask", o.value('m'))
	}
	d.set("state", "up")
	d.available = true
	if v := o.value('h'); v != "" {
		h.hostname = v
		h.odm.device("inet0").attrs["hostname"] = v
	}
	h.bring(d)
	c.printf("%s\n%s changed\ninet0 changed\n", name, name)
	return 0
}

// rmtcpip takes the configuration of TCP/IP away: interfaces lose their
// addresses and are detached, daemons stop. AIX's own script does it in its own
// order; what is left is the same.
func rmtcpip(c *call) int {
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.odm.devices {
		if d.class == "if" && d.name != "lo0" {
			for _, a := range []string{"netaddr", "netmask", "netaddr6", "prefixlen", "alias4", "alias6"} {
				d.set(a, "")
			}
			d.set("state", "detach")
			h.net.detach(d.name)
		}
	}
	h.net.detach("sit0")
	for _, s := range h.src.subsystems {
		if s.group == "tcpip" && s.pid != 0 {
			h.src.stop(s)
		}
	}
	if inet := h.odm.device("inet0"); inet != nil {
		inet.attrs["route"] = ""
	}
	return 0
}

// chrctcp edits the start lines of /etc/rc.tcpip: -a takes the comment away, -d
// puts it there, and -S starts or stops the daemon as well.
func chrctcp(c *call) int {
	o := getopt(c.args[1:], "Sa:d:c:f:s:k:", false)
	if !c.needRoot() {
		return 1
	}
	const file = "/etc/rc.tcpip"
	text := c.host.file(file)
	edit := func(name string, enable bool) {
		var out []string
		for _, line := range strings.Split(text, "\n") {
			bare := strings.TrimSpace(strings.TrimLeft(line, "# \t"))
			fields := strings.Fields(bare)
			if len(fields) > 1 && fields[0] == "start" && path.Base(fields[1]) == name {
				if enable {
					line = bare
				} else {
					line = "#" + bare
				}
			}
			out = append(out, line)
		}
		text = strings.Join(out, "\n")
	}
	for _, name := range append(append([]string(nil), o.values['a']...), o.values['c']...) {
		edit(name, true)
	}
	for _, name := range o.values['d'] {
		edit(name, false)
	}
	if err := c.host.fs.writeFile("/", file, c.proc.user, []byte(text), 0o774); err != nil {
		return c.fail(1, "chrctcp: %s\n", systemMessage(err))
	}
	if !o.has('S') {
		return 0
	}
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	for _, name := range o.values['a'] {
		if s := c.host.src.find(name); s != nil && s.pid == 0 {
			c.host.startSubsystem(s)
			c.printf("0513-059 The %s Subsystem has been started. Subsystem PID is %d.\n", name, s.pid)
		}
	}
	for _, name := range o.values['d'] {
		if s := c.host.src.find(name); s != nil && s.pid != 0 {
			c.host.src.stop(s)
			c.printf("0513-044 The %s Subsystem was requested to stop.\n", name)
		}
	}
	return 0
}

// noCommand is no: network options, of which we keep none but say what is asked.
func noCommand(c *call) int {
	known := map[string]string{"ip6forwarding": "0", "ipforwarding": "0", "ndpqsize": "50", "ip6srcrouteforward": "0", "tcp_sendspace": "16384"}
	o := getopt(c.args[1:], "aLpro:d:h:F", false)
	if o.has('a') {
		for _, name := range []string{"ip6forwarding", "ip6srcrouteforward", "ipforwarding", "ndpqsize", "tcp_sendspace"} {
			c.printf("%27s = %s\n", name, known[name])
		}
		return 0
	}
	for _, opt := range o.values['o'] {
		name, value, set := strings.Cut(opt, "=")
		if set {
			if !c.needRoot() {
				return 1
			}
			c.printf("Setting %s to %s\n", name, value)
			continue
		}
		v, ok := known[name]
		if !ok {
			return c.fail(1, "no: 1831-201 Unknown tunable %s\n", name)
		}
		c.printf("%s = %s\n", name, v)
	}
	return 0
}

func pingCommand(c *call) int {
	o := getopt(c.args[1:], "c:i:s:S:w:qnI:o:", true)
	if len(o.rest) == 0 {
		return c.fail(1, "usage: ping [-dfnqrvR] [-c count] host\n")
	}
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	target, err := netip.ParseAddr(o.rest[0])
	reachable := false
	if err == nil {
		for _, l := range c.host.net.links {
			for _, a := range l.addrs {
				reachable = reachable || l.up && a.prefix.Masked().Contains(target)
			}
		}
	}
	if !reachable {
		return c.fail(1, "0821-062 ping: host name %s NOT FOUND\n", o.rest[0])
	}
	c.printf("PING %s: (%s): 56 data bytes\n64 bytes from %s: icmp_seq=0 ttl=255 time=0 ms\n\n--- %s ping statistics ---\n1 packets transmitted, 1 packets received, 0%% packet loss\n", target, target, target, target)
	return 0
}

// lsfilt lists IP filter rules. Without the IP Security device there are none.
func lsfilt(c *call) int {
	o := getopt(c.args[1:], "v:n:Oda", false)
	if !c.needRoot() {
		return 1
	}
	version := o.value('v')
	if version == "" {
		version = "4"
	}
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	if c.host.odm.device("ipsec_v"+version) == nil {
		return c.fail(1, "Can not open device ipsec_v%s. Make sure IP Security is started.\n", version)
	}
	c.printf("Beginning of IPv%s filter rules.\nRule 1:\n*** Dynamic filter placement rule for IKE tunnels ***\nLogging control     : no\n\nEnd of IPv%s filter rules.\n", version, version)
	return 0
}

func hostCommand(c *call) int {
	if len(c.args) < 2 {
		return 1
	}
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	for _, l := range c.host.net.ordered() {
		if p, ok := l.ipv4(); ok && l.name != "lo0" && (c.args[1] == c.host.hostname || c.args[1] == p.Addr().String()) {
			c.printf("%s is %s\n", c.host.hostname, p.Addr())
			return 0
		}
	}
	return c.fail(1, "host: 0827-803 Cannot find address %s.\n", c.args[1])
}
