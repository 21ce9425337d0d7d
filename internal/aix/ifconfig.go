// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var interfaceHead = regexp.MustCompile(`^([a-z]{2,8}[0-9]{1,4}): flags=([0-9a-f]{1,16})(,[0-9a-f]{1,16})?(<([A-Z0-9_()<>,]*)>)?( metric [0-9]+)?[ \t]*$`)

// IsInterfaceName reports whether name has the form of an Ethernet interface, enN.
func IsInterfaceName(name string) bool {
	number, ok := strings.CutPrefix(name, "en")
	return ok && len(number) <= 4 && isDigits(number)
}

// RunningInterface is one block of `ifconfig -a`.
type RunningInterface struct {
	Name string
	Running
}

// ParseIfconfig reads `ifconfig -a`. Blocks come in the order shown.
//
// Reading is strict where a damaged line could hide an address: the head of a block
// must be whole, since its addresses would land on another interface, and a line
// that is neither an address nor a list of plain options must not hold a colon.
func ParseIfconfig(output []byte) ([]RunningInterface, error) {
	found := []RunningInterface{}
	seen := map[string]bool{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if m := interfaceHead.FindStringSubmatch(line); m != nil {
			if seen[m[1]] {
				return nil, badLine(number, line, "each interface once")
			}
			seen[m[1]] = true
			found = append(found, runningHead(m))
			continue
		}
		if len(found) == 0 || strings.Contains(line, "flags=") {
			return nil, badLine(number, line, `the head of an interface, as in "en0: flags=…<UP,…>"`)
		}
		last := &found[len(found)-1].Running
		switch fields[0] {
		case "inet":
			address, err := parseIPv4(fields)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			last.IPv4 = append(last.IPv4, address)
		case "inet6":
			address, err := parseIPv6(fields)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			last.IPv6 = append(last.IPv6, address)
		default:
			if strings.Contains(line, ":") || strings.Contains(line, "inet") {
				return nil, badLine(number, line, "an address after inet or inet6, or options without colons")
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no interface listed, not even lo0")
	}
	return found, nil
}

// runningHead reads the head of a block. The names of the flags can be missing; the
// bits are those of <net/if.h>: 0x1 IFF_UP, 0x40 IFF_RUNNING.
func runningHead(m []string) RunningInterface {
	r := RunningInterface{Name: m[1], Running: Running{Present: true, Flags: []string{}, IPv4: []IPv4Address{}, IPv6: []IPv6Address{}}}
	if m[5] != "" {
		r.Flags = strings.Split(m[5], ",")
		r.Up = slices.Contains(r.Flags, "UP") && slices.Contains(r.Flags, "RUNNING")
		return r
	}
	bits, err := strconv.ParseUint(m[2], 16, 64)
	r.Up = err == nil && bits&0x41 == 0x41
	return r
}

// parseIPv4 reads "inet A.B.C.D netmask 0xffffff00 broadcast …"; an alias may have
// no netmask, a point-to-point interface has "--> A.B.C.D" in between.
func parseIPv4(fields []string) (IPv4Address, error) {
	if len(fields) < 2 {
		return IPv4Address{}, fmt.Errorf("inet without an address")
	}
	address, err := netip.ParseAddr(fields[1])
	if err != nil || !address.Is4() {
		return IPv4Address{}, fmt.Errorf("inet %q: expected an IPv4 address", firstLine([]byte(fields[1])))
	}
	result := IPv4Address{Address: address.String()}
	for i := 2; i < len(fields); i++ {
		if fields[i] != "netmask" {
			continue
		}
		if i+1 == len(fields) {
			return IPv4Address{}, fmt.Errorf("inet %s: netmask without a value", result.Address)
		}
		mask, err := strconv.ParseUint(strings.TrimPrefix(fields[i+1], "0x"), 16, 32)
		if err != nil {
			return IPv4Address{}, fmt.Errorf("netmask %q: expected 0x and eight hexadecimal digits", firstLine([]byte(fields[i+1])))
		}
		result.Netmask = netip.AddrFrom4([4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}).String()
	}
	return result, nil
}

// parseIPv6 reads "inet6 ADDRESS/LENGTH", where the address may carry a zone as in
// ::1%1/128. More words mean a damaged line, which is refused: it must never read
// as "no link-local address".
func parseIPv6(fields []string) (IPv6Address, error) {
	if len(fields) != 2 {
		return IPv6Address{}, fmt.Errorf("inet6 %q: expected one address with its prefix length", firstLine([]byte(strings.Join(fields[1:], " "))))
	}
	text, length, _ := strings.Cut(fields[1], "/")
	bits := 128
	if length != "" {
		n, err := strconv.ParseUint(length, 10, 8)
		if err != nil || n > 128 {
			return IPv6Address{}, fmt.Errorf("inet6 %q: expected a prefix length from 0 to 128", firstLine([]byte(fields[1])))
		}
		bits = int(n)
	}
	address, err := parseAddress6(text)
	if err != nil {
		return IPv6Address{}, err
	}
	return IPv6Address{Address: address.String(), PrefixLength: bits, Scope: scope(address)}, nil
}

// parseAddress6 reads an IPv6 address and drops its zone.
func parseAddress6(text string) (netip.Addr, error) {
	address, err := netip.ParseAddr(text)
	if err != nil || !address.Is6() {
		return netip.Addr{}, fmt.Errorf("%q: expected an IPv6 address", firstLine([]byte(text)))
	}
	return address.WithZone(""), nil
}

// isLinkLocal reports whether text is an address in fe80::/10 (RFC 4291, 2.5.6).
func isLinkLocal(text string) bool {
	address, err := parseAddress6(text)
	return err == nil && address.IsLinkLocalUnicast()
}

// scope names the kind of an address. AIX gives sit0 an IPv4-compatible one,
// ::a.b.c.d (RFC 4291, 2.5.5.1), once autoconf6 ran.
func scope(a netip.Addr) string {
	b := a.As16()
	switch {
	case a.IsLoopback():
		return "loopback"
	case a.IsUnspecified():
		return "unspecified"
	case a.IsLinkLocalUnicast():
		return "link-local"
	case [12]byte(b[:12]) == [12]byte{}:
		return "ipv4-compatible"
	}
	return "global"
}
