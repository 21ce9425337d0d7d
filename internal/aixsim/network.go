// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"net"
	"net/netip"
	"sort"
	"strconv"
	"strings"
)

func parseMAC(s string) ([6]byte, error) {
	hw, err := net.ParseMAC(s)
	if err != nil || len(hw) != 6 {
		return [6]byte{}, fmt.Errorf("%q is not an Ethernet address of six octets", s)
	}
	return [6]byte(hw), nil
}

// linkLocal is the link-local address that RFC 4291, appendix A, makes from an
// Ethernet address: the EUI-64 with the universal bit turned over.
func linkLocal(mac [6]byte) string {
	b := [16]byte{0: 0xfe, 1: 0x80, 8: mac[0] ^ 2, 9: mac[1], 10: mac[2], 11: 0xff, 12: 0xfe, 13: mac[3], 14: mac[4], 15: mac[5]}
	return netip.AddrFrom16(b).String()
}

func colons(mac [6]byte) string { return net.HardwareAddr(mac[:]).String() }

// dots is netstat's way: no leading zeros.
func dots(mac [6]byte) string {
	parts := make([]string, 6)
	for i, b := range mac {
		parts[i] = strconv.FormatUint(uint64(b), 16)
	}
	return strings.Join(parts, ".")
}

// An address is an IP address on an interface.
type address struct {
	prefix netip.Prefix
}

// A link is an interface of the kernel: what is attached and up, as ifconfig sees it.
type link struct {
	name  string
	index int
	up    bool
	mac   [6]byte
	mtu   int
	addrs []address // in the order they were added
}

// The network is the kernel's running state. A boot starts it empty.
type network struct {
	links []*link
	next  int
	// routerDiscovery and the like are daemons of the SRC, not state here.
}

func newNetwork() *network {
	n := &network{next: 1}
	lo := n.attach("lo0", [6]byte{}, 16896)
	lo.up = true
	lo.addrs = []address{{netip.MustParsePrefix("127.0.0.1/8")}, {netip.MustParsePrefix("::1/0")}}
	return n
}

func (n *network) link(name string) *link {
	for _, l := range n.links {
		if l.name == name {
			return l
		}
	}
	return nil
}

func (n *network) attach(name string, mac [6]byte, mtu int) *link {
	if l := n.link(name); l != nil {
		return l
	}
	l := &link{name: name, index: n.next, mac: mac, mtu: mtu}
	n.next++
	n.links = append(n.links, l)
	return l
}

func (n *network) detach(name string) bool {
	for i, l := range n.links {
		if l.name == name {
			n.links = append(n.links[:i:i], n.links[i+1:]...)
			return true
		}
	}
	return false
}

// ordered lists the links as ifconfig -a does: Ethernet, then sit0, then lo0.
func (n *network) ordered() []*link {
	list := append([]*link(nil), n.links...)
	rank := func(l *link) int { return map[string]int{"s": 1, "l": 2}[l.name[:1]] }
	sort.SliceStable(list, func(i, j int) bool {
		if rank(list[i]) != rank(list[j]) {
			return rank(list[i]) < rank(list[j])
		}
		return list[i].name < list[j].name
	})
	return list
}

// add puts an address on a link. Without alias, an address of the same family
// replaces the first one, as ifconfig does for IPv4; IPv6 addresses add up.
func (l *link) add(p netip.Prefix, alias bool) {
	for i, a := range l.addrs {
		if a.prefix.Addr() == p.Addr() {
			l.addrs[i].prefix = p
			return
		}
	}
	if !alias && p.Addr().Is4() {
		for i, a := range l.addrs {
			if a.prefix.Addr().Is4() {
				l.addrs[i].prefix = p
				return
			}
		}
	}
	l.addrs = append(l.addrs, address{p})
}

func (l *link) delete(addr netip.Addr) bool {
	for i, a := range l.addrs {
		if a.prefix.Addr() == addr {
			l.addrs = append(l.addrs[:i:i], l.addrs[i+1:]...)
			return true
		}
	}
	return false
}

// has says whether an IPv6 address is on the link.
func (l *link) has(addr string) bool {
	for _, a := range l.addrs {
		if a.prefix.Addr().String() == addr {
			return true
		}
	}
	return false
}

func (l *link) ipv4() (netip.Prefix, bool) {
	for _, a := range l.addrs {
		if a.prefix.Addr().Is4() {
			return a.prefix, true
		}
	}
	return netip.Prefix{}, false
}

// autoconfigure is what autoconf6 does for a link: the EUI-64 link-local address.
// It also makes sit0 and gives the loopback its ::1/128 (a before and after
// capture at sites.google.com/site/rhdisk0/unix/aix/ipv6).
func (n *network) autoconfigure(l *link) {
	l.up = true
	addr := netip.MustParseAddr(linkLocal(l.mac))
	l.add(netip.PrefixFrom(addr, 64), true)
	n.startIPv6()
}

// startIPv6 is what the first IPv6 interface brings with it.
func (n *network) startIPv6() {
	if n.link("sit0") == nil {
		sit := n.attach("sit0", [6]byte{}, 1480)
		sit.up = true
		v4 := netip.IPv6Unspecified()
		for _, l := range n.ordered() {
			if p, ok := l.ipv4(); ok && l.name != "lo0" {
				b := p.Addr().As4()
				v4 = netip.AddrFrom16([16]byte{12: b[0], 13: b[1], 14: b[2], 15: b[3]})
				break
			}
		}
		sit.addrs = []address{{netip.PrefixFrom(v4, 96)}}
	}
	if lo := n.link("lo0"); lo != nil {
		lo.delete(netip.IPv6Loopback())
		lo.add(netip.PrefixFrom(netip.IPv6Loopback(), 128), true)
	}
}

// netmask turns a prefix length into dotted form, and mask back.
func netmask(bits int) string { return net.IP(net.CIDRMask(bits, 32)).String() }

func maskBits(mask string) (int, bool) {
	if v, ok := strings.CutPrefix(mask, "0x"); ok {
		n, err := strconv.ParseUint(v, 16, 32)
		if err != nil {
			return 0, false
		}
		mask = fmt.Sprintf("%d.%d.%d.%d", n>>24, n>>16&255, n>>8&255, n&255)
	}
	ip := net.ParseIP(mask).To4()
	if ip == nil {
		return 0, false
	}
	ones, bits := net.IPMask(ip).Size()
	return ones, bits == 32
}

// classBits is the prefix length of an address's class, for an address without a mask.
func classBits(a netip.Addr) int {
	switch b := a.As4()[0]; {
	case b < 128:
		return 8
	case b < 192:
		return 16
	}
	return 24
}

func broadcast(p netip.Prefix) string {
	b := p.Addr().As4()
	m := net.CIDRMask(p.Bits(), 32)
	return net.IPv4(b[0]|^m[0], b[1]|^m[1], b[2]|^m[2], b[3]|^m[3]).String()
}

// text6 writes an IPv6 address as AIX does: a zone of 1 on the loopback.
func text6(a netip.Addr) string {
	if a == netip.IPv6Loopback() {
		return "::1%1"
	}
	if a.Is6() {
		b := a.As16()
		if [12]byte(b[:12]) == [12]byte{} && a != netip.IPv6Unspecified() {
			return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
		}
	}
	return a.String()
}

// bring applies what the ODM holds for an interface to the kernel: what chdev
// does, and what a boot does for every interface whose state is up.
func (h *Host) bring(d *device) {
	state := d.value("state")
	if state == "detach" {
		h.net.detach(d.name)
		return
	}
	l := h.net.link(d.name)
	if state != "up" {
		if l != nil {
			l.up = false
		}
		return
	}
	hw, ok := h.odm.adapter(d.name)
	if !ok {
		return
	}
	mtu, _ := strconv.Atoi(d.value("mtu"))
	l = h.net.attach(d.name, hw.mac, mtu)
	l.up, l.mtu = true, mtu
	if a, err := netip.ParseAddr(d.value("netaddr")); err == nil && a.Is4() {
		bits, ok := maskBits(d.value("netmask"))
		if !ok {
			bits = classBits(a)
		}
		l.add(netip.PrefixFrom(a, bits), false)
	}
	h.bring6(l, d.value("netaddr6"), d.value("prefixlen"))
	for _, alias := range strings.Fields(d.value("alias4")) {
		text, mask, _ := strings.Cut(alias, ",")
		if a, err := netip.ParseAddr(text); err == nil && a.Is4() {
			bits, ok := maskBits(mask)
			if !ok {
				bits = classBits(a)
			}
			l.add(netip.PrefixFrom(a, bits), true)
		}
	}
	for _, alias := range strings.Fields(d.value("alias6")) {
		text, bits, _ := strings.Cut(strings.Replace(alias, "/", ",", 1), ",")
		h.bring6(l, text, bits)
	}
}

func (h *Host) bring6(l *link, text, prefix string) {
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is6() {
		return
	}
	bits, err := strconv.Atoi(prefix)
	if err != nil || bits < 0 || bits > 128 {
		bits = 64
	}
	l.add(netip.PrefixFrom(a, bits), true)
	h.net.startIPv6()
}
