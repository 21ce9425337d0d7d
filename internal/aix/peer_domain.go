// SPDX-License-Identifier: MPL-2.0

package aix

import "strings"

// ParsePeerDomains reads `lsrpdomain`: a heading and one line a domain that is
// defined on this node, with its name, its state and its RSCT version. No output
// means that none is.
func ParsePeerDomains(output []byte) ([]PeerDomain, error) {
	domains := []PeerDomain{}
	heading := false
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			continue
		case !heading:
			if len(fields) < 2 || fields[0] != "Name" || fields[1] != "OpState" {
				return nil, badLine(number, line, "the heading Name OpState …")
			}
			heading = true
			continue
		case len(fields) < 2:
			return nil, badLine(number, line, "a domain's name and its state")
		}
		d := PeerDomain{Name: fields[0], State: fields[1]}
		if !isPeerDomainState(d.State) {
			return nil, badLine(number, line, "a state such as Online or Offline")
		}
		if len(fields) > 2 {
			d.Version = fields[2]
		}
		domains = append(domains, d)
	}
	return domains, nil
}

// isPeerDomainState reports whether lsrpdomain documents the word as a state.
func isPeerDomainState(word string) bool {
	switch word {
	case "Online", "Offline", "Pending", "Pending_Online", "Pending_Offline":
		return true
	}
	return false
}
