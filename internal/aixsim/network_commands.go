// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"net/netip"
	"path"
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
	if _, err := c.host.fs.stat("/", file, c.proc.user, true); err != nil {
		return c.fail(1, "chrctcp: %s: %s\n", file, systemMessage(err)) // inferred: there is nothing to edit
	}
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
