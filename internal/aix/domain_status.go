// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"strings"
)

const (
	sectionPeers   = "Peer Domain Status"
	sectionManaged = "Management Domain Status: Managed Nodes"
	sectionPoints  = "Management Domain Status: Management Control Points"
)

// ParseDomainStatus reads `rmcdomainstatus -s ctrmc`. Only the section "Management
// Control Points" names the consoles that manage this node; peers, this node
// itself, and the nodes that it manages do not count. No output means that the node
// is a member of no domain.
func ParseDomainStatus(output []byte) ([]ControlPoint, error) {
	points := []ControlPoint{}
	section := ""
	for number, line := range lines(output) {
		text := strings.TrimSpace(line)
		switch {
		case text == "":
			continue
		case text == sectionPeers, text == sectionManaged, text == sectionPoints:
			section = text
			continue
		case section == "":
			return nil, badLine(number, line, "the heading of a domain's section")
		}
		fields := strings.Fields(text)
		if len(fields) < 5 || len(fields[0]) != 1 || len(fields[1]) != 1 || !strings.HasPrefix(fields[2], "0x") {
			return nil, badLine(number, line, "two tokens, a node id, a number and a name")
		}
		if section != sectionPoints {
			continue
		}
		points = append(points, ControlPoint{
			Token1: fields[0], Token2: fields[1], NodeID: strings.TrimPrefix(fields[2], "0x"),
			Address: fields[4], Connected: fields[0] == "I",
		})
	}
	return points, nil
}

// ParseInBand reads `lssrc -ls mcproxy`: the consoles stand on lines "Hostname: NAME".
func ParseInBand(output []byte) []string {
	consoles := []string{}
	for _, line := range lines(output) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "Hostname:"); ok {
			if fields := strings.Fields(name); len(fields) == 1 {
				consoles = append(consoles, fields[0])
			}
		}
	}
	return sortedUnique(consoles)
}
