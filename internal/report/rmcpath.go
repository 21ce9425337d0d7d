// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// station is one thing that RMC's path to the management system leads through.
type station struct {
	Title string
	// Status is pass, fail or undetermined.
	Status string
	Words  string
}

// rmcPath is RMC's path from its daemon to the management system, station by station.
type rmcPath struct {
	Daemon, Interface, Address, Reboot, Filter, Console station
	// Name is the management interface; empty when there is none or it is unknown.
	Name string
}

// Stations are in the order of the path.
func (p rmcPath) Stations() []station {
	return []station{p.Daemon, p.Interface, p.Address, p.Filter, p.Console, p.Reboot}
}

// worst is the gravest of statuses.
func worst(statuses ...string) string {
	result := policy.Pass
	for _, s := range statuses {
		switch {
		case s == policy.Fail:
			return s
		case s != policy.Pass:
			result = policy.Undetermined
		}
	}
	return result
}

// whole reports how the path is as a whole. What comes after a reboot is not part of it.
func (p rmcPath) whole() string {
	return worst(p.Daemon.Status, p.Interface.Status, p.Address.Status, p.Filter.Status, p.Console.Status)
}

// newPath reads the path out of the facts.
func newPath(facts *aix.Facts) rmcPath {
	var p rmcPath
	p.Daemon = daemon(facts)
	m := facts.Management
	name, known := m.Interface.Get()
	p.Name = name
	p.Interface, p.Address = managementInterface(facts), managementAddress(facts)
	p.Filter = judge("Packet filter", facts.RMC.PacketFilter.BlocksRMC, func(blocks bool) (bool, string) {
		if blocks {
			return false, "a rule of AIX's own filter denies port 657 over IPv6"
		}
		return true, "port 657 is not denied"
	})
	p.Console = console(facts)
	p.Reboot = judge("After a reboot", m.Persistent, func(persistent bool) (bool, string) {
		if !persistent {
			return false, "nothing would bring the address back: it is in the running kernel only"
		}
		var by []string
		for _, way := range []struct {
			fact aix.Fact[bool]
			name string
		}{{m.PersistedInODM, "the ODM"}, {m.PersistedInRcTCPIP, "a chdev line in /etc/rc.tcpip"}, {m.PersistedByAutoconf6, "autoconf6 in /etc/rc.tcpip"}} {
			if is, known := way.fact.Get(); known && is {
				by = append(by, way.name)
			}
		}
		return true, "the address comes back, from " + strings.Join(by, " and ")
	})
	if known && name == "" {
		p.Reboot = station{"After a reboot", policy.Fail, "there is no address that could come back"}
	}
	return p
}

// judge makes a station of a fact.
func judge[T any](title string, fact aix.Fact[T], of func(T) (good bool, words string)) station {
	value, known := fact.Get()
	if !known {
		return station{title, policy.Undetermined, "not known: " + fact.Why().String()}
	}
	good, words := of(value)
	if good {
		return station{title, policy.Pass, words}
	}
	return station{title, policy.Fail, words}
}

func daemon(facts *aix.Facts) station {
	return judge("RMC daemon", facts.Subsystems, func(list []aix.Subsystem) (bool, string) {
		for _, s := range list {
			if s.Name == "ctrmc" {
				return s.Active, "ctrmc is " + s.Status
			}
		}
		return false, "ctrmc is not defined"
	})
}

func managementInterface(facts *aix.Facts) station {
	const title = "Management interface"
	m := facts.Management
	name, known := m.Interface.Get()
	switch {
	case !known:
		return station{title, policy.Undetermined, "not known: " + m.Interface.Why().String()}
	case name == "" && len(m.Candidates) > 1:
		return station{title, policy.Undetermined, "could be any of " + strings.Join(m.Candidates, ", ")}
	case name == "":
		return station{title, policy.Fail, "no interface has a link-local IPv6 address and no IPv4 address"}
	}
	return judge(title, m.Up, func(up bool) (bool, string) {
		if up {
			return true, name + " is up"
		}
		return false, name + " is not up"
	})
}

func managementAddress(facts *aix.Facts) station {
	const title = "Link-local address"
	m := facts.Management
	if name, known := m.Interface.Get(); known && name == "" {
		return station{title, policy.Fail, "none, without a management interface"}
	}
	s := judge(title, m.Address, func(address string) (bool, string) {
		if address == "" {
			return false, noAddress
		}
		length, _ := m.PrefixLength.Get()
		return true, fmt.Sprintf("%s/%d", address, length)
	})
	if s.Status != policy.Pass {
		return s
	}
	i, ok := interfaceOf(facts)
	if !ok {
		return s
	}
	matches, known := i.MatchesMAC.Get()
	switch {
	case !known:
		s.Status, s.Words = policy.Undetermined, s.Words+"; whether it belongs to the adapter's MAC is not known: "+i.MatchesMAC.Why().String()
	case !matches:
		s.Status, s.Words = policy.Fail, s.Words+" does not belong to the adapter's MAC address, so the management system does not answer it"
	default:
		s.Words += ", which belongs to the adapter's MAC address"
	}
	return s
}

// interfaceOf is the management interface among the interfaces.
func interfaceOf(facts *aix.Facts) (aix.Interface, bool) {
	name, _ := facts.Management.Interface.Get()
	list, _ := facts.Interfaces.Get()
	for _, i := range list {
		if i.Name == name && name != "" {
			return i, true
		}
	}
	return aix.Interface{}, false
}

func console(facts *aix.Facts) station {
	const title = "Management system"
	rmc := facts.RMC
	var names []string
	if points, known := rmc.ControlPoints.Get(); known {
		for _, p := range points {
			state := "connected"
			if !p.Connected {
				state = "in state " + p.Token1
			}
			names = append(names, p.Address+" "+state)
		}
	}
	if inBand, known := rmc.InBand.Get(); known && inBand.Present {
		if inBand.Active && len(inBand.Consoles) > 0 {
			names = append(names, "in band to "+strings.Join(inBand.Consoles, ", "))
		} else {
			names = append(names, "mcproxy names no console")
		}
	}
	seen := strings.Join(names, ", ")
	return judge(title, rmc.Connected, func(connected bool) (bool, string) {
		switch {
		case connected && seen != "":
			return true, seen
		case connected:
			return true, "connected"
		case seen != "":
			return false, "not connected: " + seen
		}
		return false, "not connected: RMC names no control point"
	})
}

// Words that more than one panel uses.
const (
	notInKernel = "not in the kernel"
	noAddress   = "no link-local address"
)

// interfaceRow is one interface in words.
type interfaceRow struct {
	Name, Status, State, MAC, Configured string
	IPv4, IPv6                           []string
	Management                           bool
}

// interfaceRows describes every interface, the management interface first.
func interfaceRows(facts *aix.Facts) []interfaceRow {
	management, _ := facts.Management.Interface.Get()
	list, _ := facts.Interfaces.Get()
	var first, rest []interfaceRow
	for _, i := range list {
		row := interfaceRow{Name: i.Name, Management: i.Name == management && management != "", Status: policy.Undetermined, State: "not known"}
		if running, known := i.Running.Get(); known {
			row.Status, row.State = policy.Fail, "down"
			switch {
			case !running.Present:
				row.State = notInKernel
			case running.Up:
				row.Status, row.State = policy.Pass, "up"
			}
			for _, a := range running.IPv4 {
				row.IPv4 = append(row.IPv4, a.Address)
			}
			for _, a := range running.IPv6 {
				row.IPv6 = append(row.IPv6, fmt.Sprintf("%s/%d", a.Address, a.PrefixLength))
			}
		}
		if adapter, known := i.Adapter.Get(); known {
			row.MAC = adapter.MAC
		}
		row.Configured = "not known"
		if odm, known := i.Configured.Get(); known {
			row.Configured = configured(odm)
			// What nobody brought up, or means to bring up, is not amiss.
			if row.Status == policy.Fail && !row.Management && odm.State != "up" {
				row.Status = policy.NotApplicable
			}
		}
		if row.Management {
			first = append(first, row)
		} else {
			rest = append(rest, row)
		}
	}
	return append(first, rest...)
}

// configured says what the ODM would bring up at the next boot.
func configured(odm aix.Configured) string {
	if !odm.Defined {
		return "not defined"
	}
	parts := []string{"state " + odm.State}
	if odm.State == "" {
		parts[0] = "defined, no state"
	}
	for _, address := range []string{odm.NetAddr, odm.NetAddr6} {
		if address != "" {
			parts = append(parts, address)
		}
	}
	return strings.Join(parts, ", ")
}
