// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"sort"
	"strings"
)

// The virtual switch and VLAN of the management network in the open source driver
// that PowerVC grew from (openstack/nova-powervm, vif.py: SECURE_RMC_VSWITCH,
// SECURE_RMC_VLAN). Power VS may use others, so they are a hint and no rule.
const (
	managementSwitch = "MGMTSWITCH"
	managementVLAN   = 4094
)

// readManagement finds the interface that RMC reaches its management system
// through: the Ethernet interface with a link-local address and no IPv4 address. Where
// none runs, it is the one that the ODM or /etc/rc.tcpip has a link-local address for.
func (f *Facts) readManagement(override string) {
	m := &f.Management
	m.Candidates = []string{}
	interfaces, known := f.Interfaces.Get()
	if !known {
		why := f.Interfaces.Why()
		m.Interface = Unknown[string](why)
		m.unknown(why)
		return
	}
	ranks := map[string]int{}
	var unread *Why
	for _, i := range interfaces {
		if !IsInterfaceName(i.Name) {
			continue
		}
		if why := i.blind(); why != nil && unread == nil {
			unread = why
		}
		if rank := f.rank(i); rank > 0 {
			ranks[i.Name] = rank
		}
	}
	best := 0
	for name, rank := range ranks {
		if rank > best {
			best, m.Candidates = rank, nil
		}
		if rank == best {
			m.Candidates = append(m.Candidates, name)
		}
	}
	sort.Strings(m.Candidates)
	if m.Candidates == nil {
		m.Candidates = []string{}
	}
	switch {
	case override != "":
		m.Interface = Known(override)
		m.Reason = "named by management_interface"
	case len(m.Candidates) == 1:
		m.Interface = Known(m.Candidates[0])
		m.Reason = f.reason(m.Candidates[0], best)
	case len(m.Candidates) == 0 && unread != nil:
		m.Interface = Unknown[string](*unread)
	case len(m.Candidates) == 0:
		m.Interface = Known("")
		m.Reason = "no Ethernet interface has, or is configured for, a link-local address of its own"
	default:
		m.Interface = Known("")
		m.Reason = "several interfaces could be it: " + strings.Join(m.Candidates, ", ")
	}
	name, known := m.Interface.Get()
	if !known {
		m.unknown(m.Interface.Why())
		return
	}
	f.describeManagement(name)
}

// The ranks of a candidate, the best highest.
const (
	rankConfigured = iota + 1 // only the ODM or rc.tcpip speaks of it
	rankRunning               // link-local and no IPv4
	rankHinted                // the same, on the management switch or VLAN
)

func (f *Facts) rank(i Interface) int {
	running, _ := i.Running.Get()
	if linkLocal(running.IPv6) != nil && len(running.IPv4) == 0 {
		if a, known := i.Adapter.Get(); known && (a.Switch == managementSwitch || a.PortVLAN == managementVLAN) {
			return rankHinted
		}
		return rankRunning
	}
	configured, _ := i.Configured.Get()
	if strings.HasPrefix(strings.ToLower(configured.NetAddr6), "fe80:") && configured.NetAddr == "" {
		return rankConfigured
	}
	rc, _ := f.RcTCPIP.Get()
	for _, line := range rc.Chdev {
		if line.Interface == i.Name && strings.HasPrefix(strings.ToLower(line.NetAddr6), "fe80:") {
			return rankConfigured
		}
	}
	return 0
}

func (f *Facts) reason(name string, rank int) string {
	switch rank {
	case rankHinted:
		return fmt.Sprintf("%s has a link-local address and no IPv4 address, and its adapter is on the management network", name)
	case rankRunning:
		return name + " is the only Ethernet interface with a link-local address and no IPv4 address"
	}
	return name + " is configured with a link-local address in the ODM or /etc/rc.tcpip, but does not run with it"
}

// blind says why it cannot be told whether an interface is the management interface.
func (i Interface) blind() *Why {
	if !i.Running.IsKnown() {
		why := i.Running.Why()
		return &why
	}
	return nil
}

func linkLocal(addresses []IPv6Address) *IPv6Address {
	for i := range addresses {
		if addresses[i].Scope == "link-local" {
			return &addresses[i]
		}
	}
	return nil
}

// describeManagement fills what is known of the chosen interface; without one all
// is known to be absent.
func (f *Facts) describeManagement(name string) {
	m := &f.Management
	m.Address, m.PrefixLength, m.Up = Known(""), Known(0), Known(false)
	m.PersistedInODM, m.PersistedInRcTCPIP, m.PersistedByAutoconf6 = Known(false), Known(false), Known(false)
	m.Persistent = Known(false)
	if name == "" {
		return
	}
	interfaces, _ := f.Interfaces.Get()
	for _, i := range interfaces {
		if i.Name != name {
			continue
		}
		if running, known := i.Running.Get(); known {
			m.Up = Known(running.Up)
			if a := linkLocal(running.IPv6); a != nil {
				m.Address, m.PrefixLength = Known(a.Address), Known(a.PrefixLength)
			}
		} else {
			why := i.Running.Why()
			m.Address, m.PrefixLength, m.Up = Unknown[string](why), Unknown[int](why), Unknown[bool](why)
		}
		if c, known := i.Configured.Get(); known {
			m.PersistedInODM = Known(c.NetAddr6 != "" && c.State == "up")
		} else {
			m.PersistedInODM = Unknown[bool](i.Configured.Why())
		}
	}
	if rc, known := f.RcTCPIP.Get(); known {
		m.PersistedInRcTCPIP = Known(rc.sets(name))
		m.PersistedByAutoconf6 = Known(rc.autoconf6(name))
	} else {
		m.PersistedInRcTCPIP = Unknown[bool](f.RcTCPIP.Why())
		m.PersistedByAutoconf6 = Unknown[bool](f.RcTCPIP.Why())
	}
	m.Persistent = anyTrue(m.PersistedInODM, m.PersistedInRcTCPIP, m.PersistedByAutoconf6)
}

func (m *Management) unknown(why Why) {
	m.Address, m.PrefixLength, m.Up = Unknown[string](why), Unknown[int](why), Unknown[bool](why)
	m.PersistedInODM, m.PersistedInRcTCPIP = Unknown[bool](why), Unknown[bool](why)
	m.PersistedByAutoconf6, m.Persistent = Unknown[bool](why), Unknown[bool](why)
}

func (rc RcTCPIP) sets(name string) bool {
	for _, line := range rc.Chdev {
		if !line.Commented && line.Interface == name && line.NetAddr6 != "" {
			return true
		}
	}
	return false
}

// autoconf6 reports whether the file starts autoconf6 for the interface: for all
// interfaces that are up, or by name with -i.
func (rc RcTCPIP) autoconf6(name string) bool {
	for _, start := range rc.Starts {
		if !start.Enabled || start.Daemon != "autoconf6" {
			continue
		}
		arguments := strings.Fields(strings.Trim(start.Arguments, `"`))
		for i, word := range arguments {
			if word == "-i" && i+1 < len(arguments) {
				return strings.Trim(arguments[i+1], `"`) == name
			}
		}
		return true
	}
	return false
}

// anyTrue is the three-valued or.
func anyTrue(facts ...Fact[bool]) Fact[bool] {
	var why *Why
	for _, f := range facts {
		value, known := f.Get()
		if value {
			return Known(true)
		}
		if !known && why == nil {
			w := f.Why()
			why = &w
		}
	}
	if why != nil {
		return Unknown[bool](*why)
	}
	return Known(false)
}
