// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// NormalMAC returns six lower-case octets of two digits with colons between them.
// AIX writes them with colons (entstat), with dots and without padding (netstat),
// or without anything (lscfg).
func NormalMAC(text string) (string, error) {
	mac, err := parseMAC(text)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]), nil
}

// EUI64 returns the link-local address in fe80::/64 with the modified EUI-64
// identifier of a MAC of six octets (RFC 4291, appendix A), in canonical text.
func EUI64(mac string) (string, error) {
	m, err := parseMAC(mac)
	if err != nil {
		return "", err
	}
	address := [16]byte{0: 0xfe, 1: 0x80, 8: m[0] ^ 2, 9: m[1], 10: m[2], 11: 0xff, 12: 0xfe, 13: m[3], 14: m[4], 15: m[5]}
	return netip.AddrFrom16(address).String(), nil
}

func parseMAC(text string) ([6]byte, error) {
	bad := fmt.Errorf("MAC %q: expected six octets", firstLine([]byte(text)))
	if len(text) > 17 {
		return [6]byte{}, bad
	}
	var octets []string
	switch {
	case strings.Contains(text, ":"):
		octets = strings.Split(text, ":")
	case strings.Contains(text, "."):
		octets = strings.Split(text, ".")
	case len(text) == 12:
		for i := 0; i < 12; i += 2 {
			octets = append(octets, text[i:i+2])
		}
	}
	var mac [6]byte
	if len(octets) != len(mac) {
		return [6]byte{}, bad
	}
	for i, octet := range octets {
		n, err := strconv.ParseUint(octet, 16, 8)
		if err != nil || len(octet) > 2 {
			return [6]byte{}, bad
		}
		mac[i] = byte(n)
	}
	return mac, nil
}
