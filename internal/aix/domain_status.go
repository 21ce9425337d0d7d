// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// The headings of rmcdomainstatus.
const (
	sectionPeers   = "Peer Domain Status"
	sectionManaged = "Management Domain Status: Managed Nodes"
	sectionPoints  = "Management Domain Status: Management Control Points"
)

// DomainStatus is what `rmcdomainstatus -s ctrmc` says.
type DomainStatus struct {
	// Peers are the nodes of the online peer domain, this node (tokens "S S") included.
	Peers []DomainNode
	// ManagedNodes are the nodes that this node manages.
	ManagedNodes []DomainNode
	// ControlPoints are the consoles that manage this node.
	ControlPoints []ControlPoint
}

// ParseDomainStatus reads `rmcdomainstatus -s ctrmc`: under a heading, lines of two
// tokens, a node id, a number and a name, after which a managed node may have the
// names of its domains. Only the section "Management Control Points" names the
// consoles that manage this node. No output means that the node is a member of no
// domain (https://www.ibm.com/docs/en/SGVKBA_3.2/commands/rmcdomainstatus.html).
func ParseDomainStatus(output []byte) (DomainStatus, error) {
	status := DomainStatus{Peers: []DomainNode{}, ManagedNodes: []DomainNode{}, ControlPoints: []ControlPoint{}}
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
			return DomainStatus{}, badLine(number, line, "the heading of a domain's section")
		}
		node, ok := domainNode(strings.Fields(text))
		if !ok {
			return DomainStatus{}, badLine(number, line, "two tokens, a node id with 0x, a number and a name")
		}
		switch section {
		case sectionPeers:
			status.Peers = append(status.Peers, node)
		case sectionManaged:
			status.ManagedNodes = append(status.ManagedNodes, node)
		default:
			status.ControlPoints = append(status.ControlPoints, ControlPoint{
				Token1: node.Token1, Token2: node.Token2, NodeID: node.NodeID,
				Address: node.Name, Connected: node.Token1 == "I",
			})
		}
	}
	return status, nil
}

func domainNode(fields []string) (DomainNode, bool) {
	if len(fields) < 5 || !isToken(fields[0]) || !isToken(fields[1]) || !isDigits(fields[3]) {
		return DomainNode{}, false
	}
	if !strings.HasPrefix(fields[2], "0x") {
		return DomainNode{}, false
	}
	id, err := ParseNodeID(fields[2])
	if err != nil {
		return DomainNode{}, false
	}
	return DomainNode{Token1: fields[0], Token2: fields[1], NodeID: id, Name: fields[4]}, true
}

func isToken(text string) bool {
	return len(text) == 1 && (text[0] >= 'A' && text[0] <= 'Z' || text[0] >= 'a' && text[0] <= 'z')
}

// self returns the id that RMC gives this node, "" where it is in no peer domain.
func (s DomainStatus) self() string {
	for _, node := range s.Peers {
		if node.Token1 == "S" {
			return node.NodeID
		}
	}
	return ""
}

// ParseInBand reads `lssrc -ls mcproxy`, in which the consoles stand on lines
// "Hostname: NAME" (avocado-framework-tests/avocado-misc-tests, pull request 3226).
// The other lines are not documented and are passed over. An empty output is an
// error: a subsystem that runs says something.
func ParseInBand(output []byte) ([]string, error) {
	if isBlank(output) {
		return nil, fmt.Errorf("no output, expected the long status of mcproxy")
	}
	consoles := []string{}
	for number, line := range lines(output) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "Hostname:")
		if !ok {
			continue
		}
		fields := strings.Fields(name)
		if len(fields) != 1 {
			return nil, badLine(number, line, "one name after Hostname:")
		}
		consoles = append(consoles, fields[0])
	}
	return sortedUnique(consoles), nil
}
