// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

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
