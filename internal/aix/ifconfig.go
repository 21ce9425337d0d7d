// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

var (
	interfaceHead = regexp.MustCompile(`^([a-z]{2,4}[0-9]{1,4}): flags=([0-9a-f]+)(,[0-9a-f]+)?(<([A-Z0-9_()<>,]*)>)?( metric [0-9]+)?\s*$`)
	interfaceWord = regexp.MustCompile(`^en[0-9]{1,4}$`)
)

// IsInterfaceName reports whether name has the form of an Ethernet interface, enN.
func IsInterfaceName(name string) bool { return interfaceWord.MatchString(name) }

// RunningInterface is one block of `ifconfig -a`.
type RunningInterface struct {
	Name string
	Running
}

// ParseIfconfig reads `ifconfig -a`. A block's head is strict, since a damaged head
// would put addresses on the wrong interface; options that are not addresses are
// passed over. Blocks come in the order shown.
func ParseIfconfig(output []byte) ([]RunningInterface, error) {
	found := []RunningInterface{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if m := interfaceHead.FindStringSubmatch(line); m != nil {
			r := RunningInterface{Name: m[1], Running: Running{Present: true, Flags: []string{}, IPv4: []IPv4Address{}, IPv6: []IPv6Address{}}}
			if m[5] != "" {
				r.Flags = strings.Split(m[5], ",")
			}
			r.Up = has(r.Flags, "UP") && has(r.Flags, "RUNNING")
			if m[5] == "" {
				// The names can be missing; the bits are those of <net/if.h>: 0x1 IFF_UP, 0x40 IFF_RUNNING.
				bits, err := strconv.ParseUint(m[2], 16, 64)
				if err != nil {
					return nil, badLine(number, line, "hexadecimal flags")
				}
				r.Up = bits&0x41 == 0x41
			}
			found = append(found, r)
			continue
		}
		fields := strings.Fields(line)
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
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no interface listed, not even lo0")
	}
	return found, nil
}

func has(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

// parseIPv4 reads "inet A.B.C.D netmask 0xffffff00 broadcast …"; an alias may have no netmask.
func parseIPv4(fields []string) (IPv4Address, error) {
	if len(fields) < 2 {
		return IPv4Address{}, fmt.Errorf("inet without an address")
	}
	address, err := netip.ParseAddr(fields[1])
	if err != nil || !address.Is4() {
		return IPv4Address{}, fmt.Errorf("inet %q: expected an IPv4 address", firstLine([]byte(fields[1])))
	}
	result := IPv4Address{Address: address.String()}
	for i := 2; i+1 < len(fields); i++ {
		if fields[i] != "netmask" {
			continue
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
		n, err := strconv.Atoi(length)
		if err != nil || n < 0 || n > 128 {
			return IPv6Address{}, fmt.Errorf("inet6 %q: expected a prefix length from 0 to 128", firstLine([]byte(fields[1])))
		}
		bits = n
	}
	address, err := netip.ParseAddr(text)
	if err != nil || !address.Is6() {
		return IPv6Address{}, fmt.Errorf("inet6 %q: expected an IPv6 address", firstLine([]byte(text)))
	}
	address = address.WithZone("")
	return IPv6Address{Address: address.String(), PrefixLength: bits, Scope: scope(address)}, nil
}

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

// EUI64 returns the link-local address fe80::/64 with the modified EUI-64
// identifier of a MAC of six octets (RFC 4291, appendix A).
func EUI64(mac string) (string, error) {
	normal, err := NormalMAC(mac)
	if err != nil {
		return "", err
	}
	var m [6]byte
	for i, part := range strings.Split(normal, ":") {
		n, _ := strconv.ParseUint(part, 16, 8)
		m[i] = byte(n)
	}
	address := [16]byte{0: 0xfe, 1: 0x80, 8: m[0] ^ 2, 9: m[1], 10: m[2], 11: 0xff, 12: 0xfe, 13: m[3], 14: m[4], 15: m[5]}
	return netip.AddrFrom16(address).String(), nil
}

// NormalMAC returns six lower-case octets of two digits with colons between them.
// AIX writes them with colons (entstat), with dots and without padding (netstat),
// or without anything (lscfg).
func NormalMAC(text string) (string, error) {
	octets := strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == '.' })
	if len(octets) == 1 && len(text) == 12 {
		octets = nil
		for i := 0; i < 12; i += 2 {
			octets = append(octets, text[i:i+2])
		}
	}
	bad := fmt.Errorf("MAC %q: expected six octets", firstLine([]byte(text)))
	if len(octets) != 6 {
		return "", bad
	}
	for i, octet := range octets {
		n, err := strconv.ParseUint(octet, 16, 8)
		if err != nil {
			return "", bad
		}
		octets[i] = fmt.Sprintf("%02x", n)
	}
	return strings.Join(octets, ":"), nil
}
