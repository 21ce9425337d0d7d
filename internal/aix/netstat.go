// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strconv"
	"strings"
)

// LinkRow is what `netstat -in` says of one interface.
type LinkRow struct {
	Name string
	// MTU is in bytes.
	MTU int
	// MAC is normalised; empty for interfaces without one.
	MAC string
	// IPv6 are the addresses of the address rows, in canonical text.
	IPv6 []string
	// Cut says that an address did not read, as netstat cuts long ones at its columns.
	Cut bool
}

// ParseNetstatInterfaces reads `netstat -in`: a link row for each interface with its
// name, MTU, "link#N", and the MAC with dots and without padding; then address rows.
// An IPv6 address stands in the Network column and runs over into the Address
// column; IPv4 rows are passed over. A star after a name marks an interface that is down.
func ParseNetstatInterfaces(output []byte) ([]LinkRow, error) {
	rows := []LinkRow{}
	at := map[string]int{}
	heading := false
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if fields[0] == "Name" {
			heading = true
			continue
		}
		if !heading || len(fields) < 3 {
			return nil, badLine(number, line, "the heading Name Mtu Network …, or a name, an MTU and a network")
		}
		name := strings.TrimSuffix(fields[0], "*")
		mtu, err := strconv.ParseUint(fields[1], 10, 31)
		if err != nil || !isWord(name) {
			return nil, badLine(number, line, "a name, an MTU and a network")
		}
		i, known := at[name]
		if !known {
			i = len(rows)
			at[name] = i
			rows = append(rows, LinkRow{Name: name, MTU: int(mtu), IPv6: []string{}})
		}
		switch network := fields[2]; {
		case strings.HasPrefix(network, "link#"):
			// sit0 shows an IPv4 address where others show a MAC.
			if len(fields) > 3 && strings.Count(fields[3], ".") == 5 {
				if rows[i].MAC, err = NormalMAC(fields[3]); err != nil {
					return nil, badLine(number, line, "a MAC of six octets")
				}
			}
		case strings.Contains(network, ":"):
			if address, err := parseAddress6(network); err == nil {
				rows[i].IPv6 = append(rows[i].IPv6, address.String())
			} else {
				rows[i].Cut = true
			}
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no interface listed, not even lo0")
	}
	return rows, nil
}
