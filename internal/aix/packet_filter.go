// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"slices"
	"strconv"
	"strings"
)

// rmcPort is the port that RMC uses, TCP and UDP
// (https://www.ibm.com/docs/en/rsct/3.3?topic=security-port-usage).
const rmcPort = 657

// The fields of a row of `lsfilt -O`, counted from 0.
const (
	filterNumber = iota
	filterAction
	filterSource
	filterSourceMask
	filterDestination
	filterDestinationMask
	filterSourceRouting
	filterProtocol
	filterSourceOperator
	filterSourcePort
	filterDestinationOperator
	filterDestinationPort
	filterScope
	filterDirection
	filterLogging
	filterFragments
	filterTunnel
	filterInterface
	filterFields
)

// ParseFilterRules reads `lsfilt -v 4 -O` or `lsfilt -v 6 -O`: one rule a line, in
// the order in which they are matched, its fields with bars between them. The row
// that only marks where rules for tunnels go, of three fields, is passed over. The
// names of the fields are those that lsfilt prints without -O.
func ParseFilterRules(output []byte) ([]FilterRule, error) {
	rules := []FilterRule{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		fields := strings.Split(line, "|")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		n, err := strconv.ParseUint(fields[filterNumber], 10, 31)
		if err == nil && len(fields) == 3 && strings.HasPrefix(fields[1], "***") {
			continue
		}
		if err != nil || len(fields) < filterFields || !isWord(fields[filterAction]) {
			return nil, badLine(number, line, "a filter rule with bars between its fields, as lsfilt -O prints")
		}
		rule := FilterRule{
			Number: int(n), Action: strings.ToLower(fields[filterAction]),
			Source:      fields[filterSource] + " " + fields[filterSourceMask],
			Destination: fields[filterDestination] + " " + fields[filterDestinationMask],
			Protocol:    fields[filterProtocol], Scope: fields[filterScope],
			Direction: fields[filterDirection], Interface: fields[filterInterface],
		}
		from, ok := portTest(fields[filterSourceOperator], fields[filterSourcePort])
		to, okTo := portTest(fields[filterDestinationOperator], fields[filterDestinationPort])
		if !ok || !okTo {
			return nil, badLine(number, line, "ports with an operator such as any, eq, neq, lt, le, gt or ge")
		}
		rule.SourcePort, rule.DestinationPort = from.text, to.text
		rule.MatchesRMC = isRMCProtocol(rule.Protocol) && (from.matches && to.matches)
		rules = append(rules, rule)
	}
	return rules, nil
}

type portRange struct {
	text    string
	matches bool
}

// portTest reads an operator and a port and tells whether they let port 657 through.
// RMC uses 657 on both ends for UDP and on the daemon's end for TCP, so that a rule
// bears on RMC when 657 passes both tests.
func portTest(operator, port string) (portRange, bool) {
	if operator == "any" {
		return portRange{"any", true}, true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return portRange{}, false
	}
	r := portRange{text: operator + " " + port}
	switch operator {
	case "eq":
		r.matches = rmcPort == n
	case "neq":
		r.matches = rmcPort != n
	case "lt":
		r.matches = rmcPort < n
	case "le":
		r.matches = rmcPort <= n
	case "gt":
		r.matches = rmcPort > n
	case "ge":
		r.matches = rmcPort >= n
	default:
		return portRange{}, false
	}
	return r, true
}

func isRMCProtocol(protocol string) bool {
	switch protocol {
	case "all", "tcp", "udp", "6", "17":
		return true
	}
	return false
}

// blocksRMC says whether TCP or UDP port 657 is denied whatever the addresses are.
func (t FilterTable) blocksRMC(probe string) Fact[bool] {
	if !t.Active {
		return Known(false)
	}
	return anyTrue(t.denies(probe, "tcp", "6"), t.denies(probe, "udp", "17"))
}

// denies walks the rules in order, of which the first that matches decides. What
// depends on addresses, on an interface, on a direction or on a condition cannot be
// told, and neither can a table without an answer.
func (t FilterTable) denies(probe string, protocols ...string) Fact[bool] {
	unclear := func(rule FilterRule, because string) Fact[bool] {
		return Unknown[bool](Why{Probe: probe, Reason: "filter rule " + strconv.Itoa(rule.Number) + " " + because})
	}
	var partly *FilterRule // lets some packets through
	for _, rule := range t.Rules {
		switch {
		case rule.Action != "permit" && rule.Action != "deny":
			return unclear(rule, "is conditional")
		case !rule.MatchesRMC, rule.Scope == "route", rule.Protocol != "all" && !slices.Contains(protocols, rule.Protocol):
			continue
		case rule.isGeneral() && rule.Action == "deny" && partly != nil:
			return unclear(*partly, "permits port 657 for some addresses, interfaces or directions only")
		case rule.isGeneral():
			return Known(rule.Action == "deny")
		case rule.Action == "deny":
			return unclear(rule, "denies port 657 for some addresses, interfaces or directions")
		}
		partly = &rule
	}
	return Unknown[bool](Why{Probe: probe, Reason: "no filter rule decides on port 657, not even the default rule"})
}

// isGeneral reports whether a rule is for all addresses, interfaces and incoming packets.
func (r FilterRule) isGeneral() bool {
	return isAnyAddress(r.Source) && isAnyAddress(r.Destination) && r.Interface == "all" && r.Direction != "outbound"
}

// isAnyAddress reports whether an address and a mask, as FilterRule holds them, are
// those of the default rule: all zero, the mask of IPv6 being a prefix length.
func isAnyAddress(text string) bool {
	address, mask, _ := strings.Cut(text, " ")
	return strings.Trim(address, "0.:") == "" && address != "" && strings.Trim(mask, "0.:") == "" && mask != ""
}

// readPacketFilter reads the rules of the filters whose device is available. Other
// packet filters are not read, and where one is installed its rules are unknown.
func (f *Facts) readPacketFilter(outputs Outputs) {
	devices := parsed(outputs, ProbeIPSec, ParseDevices)
	table := func(device, probe string) Fact[FilterTable] {
		list, known := devices.Get()
		if !known {
			return Unknown[FilterTable](devices.Why())
		}
		active := slices.ContainsFunc(list, func(d Device) bool { return d.Name == device && d.Status == "Available" })
		if !active {
			return Known(FilterTable{Rules: []FilterRule{}})
		}
		return derive(parsed(outputs, probe, ParseFilterRules), func(rules []FilterRule) FilterTable {
			return FilterTable{Active: true, Rules: rules}
		})
	}
	f.RMC.PacketFilter.IPv4 = table("ipsec_v4", ProbeFilter4)
	f.RMC.PacketFilter.IPv6 = table("ipsec_v6", ProbeFilter6)
	blocks := Unknown[bool](f.RMC.PacketFilter.IPv6.Why())
	if t, known := f.RMC.PacketFilter.IPv6.Get(); known {
		blocks = t.blocksRMC(ProbeFilter6)
	}
	other := derive(f.Filesets, func(filesets []Fileset) bool {
		return slices.ContainsFunc(filesets, func(x Fileset) bool { return x.Name == ipFilterFileset })
	})
	installed, known := other.Get()
	switch denied, _ := blocks.Get(); {
	case denied:
	case !known:
		blocks = Unknown[bool](other.Why())
	case installed:
		blocks = Unknown[bool](Why{Reason: ipFilterFileset + " is installed, whose rules no probe reads"})
	}
	f.RMC.PacketFilter.BlocksRMC = blocks
}

// ipFilterFileset is IP Filter, a packet filter of AIX's expansion pack.
const ipFilterFileset = "ipfl.rte"
