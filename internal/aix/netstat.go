// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"strconv"
	"strings"
)

// LinkRow is the link-level row of an interface in `netstat -in`.
type LinkRow struct {
	Name string
	MTU  int
	// MAC is normalised; empty for interfaces without one.
	MAC string
}

// ParseNetstatInterfaces reads the link rows of `netstat -in`: name, MTU, "link#N",
// and the MAC with dots and without padding. A star after the name marks an
// interface that is down. Address rows are passed over, since their columns shift
// with IPv6; ifconfig tells addresses better.
func ParseNetstatInterfaces(output []byte) ([]LinkRow, error) {
	rows := []LinkRow{}
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) < 3 || !strings.HasPrefix(fields[2], "link#") {
			continue
		}
		mtu, err := strconv.Atoi(fields[1])
		if err != nil || mtu < 0 {
			return nil, badLine(number, line, "a name, an MTU and link#N")
		}
		row := LinkRow{Name: strings.TrimSuffix(fields[0], "*"), MTU: mtu}
		if len(fields) > 3 && strings.Contains(fields[3], ".") {
			if row.MAC, err = NormalMAC(fields[3]); err != nil {
				return nil, badLine(number, line, "a MAC of six octets")
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// ParseRoutes6 reads the IPv6 part of `netstat -rn`. Local routes have an empty
// gateway column, so the flags are found by their form: upper-case letters that
// begin with U.
func ParseRoutes6(output []byte) ([]Route, error) {
	routes := []Route{}
	inside := false
	for number, line := range lines(output) {
		// AIX 7.1 prints "Route Tree", 7.2 and later "Route tree".
		if strings.HasPrefix(strings.ToLower(line), "route tree") {
			inside = strings.Contains(line, "v6")
			continue
		}
		fields := strings.Fields(line)
		if !inside || len(fields) == 0 {
			continue
		}
		at := 0
		for i := 1; i < len(fields) && i <= 2; i++ {
			if isFlags(fields[i]) {
				at = i
				break
			}
		}
		if at == 0 || len(fields) < at+4 {
			return nil, badLine(number, line, "a destination, a gateway or none, flags, references, use and an interface")
		}
		r := Route{Destination: fields[0], Flags: fields[at], Interface: fields[at+3]}
		if at == 2 {
			r.Gateway = fields[1]
		}
		routes = append(routes, r)
	}
	return routes, nil
}

func isFlags(s string) bool {
	return s != "" && s[0] == 'U' && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}
