// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"slices"
	"strings"
)

// The virtual switch and VLAN of the management network in the open source driver
// that PowerVC grew from (openstack/nova-powervm, vif.py: SECURE_RMC_VSWITCH,
// SECURE_RMC_VLAN). Power VS may use others, so they are a hint and no rule.
const (
	managementSwitch = "MGMTSWITCH"
	managementVLAN   = 4094
)

// The ranks of a candidate for the management interface, the best highest.
const (
	rankNone       = iota
	rankCommented  // only a commented line of rc.tcpip speaks of it
	rankConfigured // only the ODM or rc.tcpip speaks of it
	rankShared     // link-local, and an IPv4 address that is link-local too
	rankRunning    // link-local and no IPv4
	rankHinted     // the same, on the management switch or VLAN
)

// readManagement finds the interface that RMC reaches its management system
// through: the Ethernet interface with a link-local address and no IPv4 address. Where
// none runs, it is the one that the ODM or /etc/rc.tcpip has a link-local address for.
func (f *Facts) readManagement(override string) {
	m := &f.Management
	m.Candidates = []string{}
	interfaces, known := f.Interfaces.Get()
	if !known {
		m.unknown(f.Interfaces.Why())
		return
	}
	best, unread := f.rankAll(interfaces)
	switch {
	case override != "":
		m.Interface = Known(override)
		m.Reason = "named by management_interface"
		if !slices.ContainsFunc(interfaces, func(i Interface) bool { return i.Name == override }) {
			m.Reason += ", but the guest has no interface of that name"
		}
	case best < rankShared && unread != nil:
		// What could not be read may configure another one, or the only one.
		m.unknown(*unread)
		return
	case len(m.Candidates) == 1:
		m.Interface = Known(m.Candidates[0])
		m.Reason = fmt.Sprintf(reasons[best], m.Candidates[0])
	case len(m.Candidates) == 0:
		m.Interface = Known("")
		m.Reason = "no Ethernet interface has, or is configured for, a link-local address of its own"
	default:
		m.Interface = Known("")
		m.Reason = "several interfaces could be it: " + strings.Join(m.Candidates[:min(8, len(m.Candidates))], ", ")
		if len(m.Candidates) > 8 {
			m.Reason += fmt.Sprintf(" and %d more", len(m.Candidates)-8)
		}
	}
	name, _ := m.Interface.Get()
	f.describeManagement(name)
}

var reasons = map[int]string{
	rankHinted:     "%s has a link-local address and no IPv4 address, and its adapter is on the management network",
	rankRunning:    "%s is the only Ethernet interface with a link-local address and no IPv4 address",
	rankShared:     "%s has a link-local address, and no other IPv4 address than link-local ones",
	rankConfigured: "%s is configured with a link-local address in the ODM or /etc/rc.tcpip, but does not run with it",
	rankCommented:  "%s is named with a link-local address in a commented line of /etc/rc.tcpip, and by nothing else",
}

// rankAll sets the candidates, those of the best rank, and says why a source of
// ranks could not be read.
func (f *Facts) rankAll(interfaces []Interface) (best int, unread *Why) {
	ranks := map[string]int{}
	raise := func(name string, rank int) { ranks[name] = max(ranks[name], rank) }
	note := func(known bool, why Why) {
		if !known && unread == nil {
			unread = &why
		}
	}
	for _, i := range interfaces {
		if IsInterfaceName(i.Name) {
			raise(i.Name, i.rank())
			note(i.Running.IsKnown(), i.Running.Why())
			note(i.Configured.IsKnown(), i.Configured.Why())
		}
	}
	rc, known := f.RcTCPIP.Get()
	note(known, f.RcTCPIP.Why())
	for _, line := range rc.Chdev {
		switch {
		case !isLinkLocal(line.NetAddr6):
		case line.Commented:
			raise(line.Interface, rankCommented)
		default:
			raise(line.Interface, rankConfigured)
		}
	}
	for name, rank := range ranks {
		if rank > best {
			best, f.Management.Candidates = rank, []string{}
		}
		if rank == best && rank > rankNone {
			f.Management.Candidates = append(f.Management.Candidates, name)
		}
	}
	slices.Sort(f.Management.Candidates)
	return best, unread
}

// rank says how likely an interface is the management interface by itself.
func (i Interface) rank() int {
	running, _ := i.Running.Get()
	if linkLocal(running.IPv6) != nil {
		// IBM's page on the metadata service has 169.254.169.253 put on an interface
		// "without an IP address", which the management interface looks like.
		foreign := slices.ContainsFunc(running.IPv4, func(a IPv4Address) bool { return !strings.HasPrefix(a.Address, "169.254.") })
		adapter, known := i.Adapter.Get()
		switch {
		case foreign:
		case len(running.IPv4) > 0:
			return rankShared
		case known && (adapter.Switch == managementSwitch || adapter.PortVLAN == managementVLAN):
			return rankHinted
		default:
			return rankRunning
		}
	}
	configured, _ := i.Configured.Get()
	if isLinkLocal(configured.NetAddr6) && configured.NetAddr == "" {
		return rankConfigured
	}
	return rankNone
}

// describeManagement fills in what is known of the chosen interface; of none, all is
// known to be absent.
func (f *Facts) describeManagement(name string) {
	m := &f.Management
	m.Address, m.PrefixLength, m.Up = Known(""), Known(0), Known(false)
	m.PersistedInODM, m.PersistedInRcTCPIP, m.PersistedByAutoconf6 = Known(false), Known(false), Known(false)
	m.Persistent = Known(false)
	if name == "" {
		return
	}
	configuredUp := Known(false)
	interfaces, _ := f.Interfaces.Get()
	for _, i := range interfaces {
		if i.Name != name {
			continue
		}
		address := derive(i.Running, func(r Running) IPv6Address {
			if a := linkLocal(r.IPv6); a != nil {
				return *a
			}
			return IPv6Address{}
		})
		m.Address = derive(address, func(a IPv6Address) string { return a.Address })
		m.PrefixLength = derive(address, func(a IPv6Address) int { return a.PrefixLength })
		m.Up = derive(i.Running, func(r Running) bool { return r.Up })
		m.PersistedInODM = derive(i.Configured, func(c Configured) bool { return isLinkLocal(c.NetAddr6) && c.State == "up" })
		configuredUp = derive(i.Configured, func(c Configured) bool { return c.State == "up" })
	}
	m.PersistedInRcTCPIP = derive(f.RcTCPIP, func(rc RcTCPIP) bool { return rc.sets(name) })
	m.PersistedByAutoconf6 = Unknown[bool](f.RcTCPIP.Why())
	if rc, known := f.RcTCPIP.Get(); known {
		m.PersistedByAutoconf6 = rc.autoconf6(name, configuredUp)
	}
	m.Persistent = anyTrue(m.PersistedInODM, m.PersistedInRcTCPIP, m.PersistedByAutoconf6)
	f.compareStored(name)
}

// compareStored says so when the link-local address that runs is not the one that
// comes back at boot.
func (f *Facts) compareStored(name string) {
	address := func(text string) Fact[string] {
		if !isLinkLocal(text) {
			return Unknown[string](Why{Reason: "no link-local address"})
		}
		a, _ := parseAddress6(text)
		return Known(a.String())
	}
	running, _ := f.Management.Address.Get()
	sources := map[string]Fact[string]{"ifconfig": address(running)}
	interfaces, _ := f.Interfaces.Get()
	for _, i := range interfaces {
		if configured, _ := i.Configured.Get(); i.Name == name {
			sources["the ODM"] = address(configured.NetAddr6)
		}
	}
	rc, _ := f.RcTCPIP.Get()
	for _, line := range rc.Chdev {
		if line.Interface == name && !line.Commented && (line.NetAddr6 != "" || line.Clears) {
			sources["/etc/rc.tcpip"] = address(line.NetAddr6)
		}
	}
	f.disagree(name+" link-local address", sources)
}

func (m *Management) unknown(why Why) {
	m.Interface = Unknown[string](why)
	m.Address, m.PrefixLength, m.Up = Unknown[string](why), Unknown[int](why), Unknown[bool](why)
	m.PersistedInODM, m.PersistedInRcTCPIP = Unknown[bool](why), Unknown[bool](why)
	m.PersistedByAutoconf6, m.Persistent = Unknown[bool](why), Unknown[bool](why)
}
