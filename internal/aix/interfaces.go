// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"cmp"
	"slices"
	"strings"
)

// interfaceSources are the facts that interfaces are joined of.
type interfaceSources struct {
	running    Fact[[]RunningInterface]
	devices    Fact[[]Device]
	configured Fact[map[string]Fact[Configured]]
	adapters   Fact[map[string]Fact[Adapter]]
	rows       Fact[[]LinkRow]
	hardware   Fact[[]Device] // adapters of all kinds, as the ODM has them
}

// readInterfaces joins what the kernel has, what the ODM has, and the adapters.
// Without the kernel's list or the ODM's, some interface may be missing from it, and
// a list that may lack some is no list.
func (f *Facts) readInterfaces(outputs Outputs) {
	from := interfaceSources{
		running:    parsed(outputs, ProbeIfconfig, ParseIfconfig),
		devices:    parsed(outputs, ProbeInterfaces, ParseDevices),
		configured: parsed(outputs, ProbeAttributes, parseConfigured),
		adapters:   parsed(outputs, ProbeEntstat, parseAdapters),
		rows:       parsed(outputs, ProbeNetstat, ParseNetstatInterfaces),
		hardware:   parsed(outputs, ProbeAdapters, ParseDevices),
	}
	f.Adapters = derive(from.hardware, func(devices []Device) []AdapterDevice {
		adapters := []AdapterDevice{}
		for _, d := range devices {
			if number, ok := strings.CutPrefix(d.Name, "ent"); ok && isDigits(number) {
				adapters = append(adapters, AdapterDevice{Name: d.Name, Available: d.Status == "Available"})
			}
		}
		slices.SortFunc(adapters, func(a, b AdapterDevice) int { return cmp.Compare(a.Name, b.Name) })
		return adapters
	})
	blocks, known := from.running.Get()
	if !known {
		f.Interfaces = Unknown[[]Interface](from.running.Why())
		return
	}
	devices, known := from.devices.Get()
	if !known {
		f.Interfaces = Unknown[[]Interface](from.devices.Why())
		return
	}
	byName := map[string]*Interface{}
	of := func(name string) *Interface {
		if byName[name] == nil {
			byName[name] = &Interface{
				Name:       name,
				Running:    Known(Running{Flags: []string{}, IPv4: []IPv4Address{}, IPv6: []IPv6Address{}, MTU: Known(0)}),
				Configured: Known(Configured{}),
			}
		}
		return byName[name]
	}
	links := map[string]LinkRow{}
	rows, _ := from.rows.Get()
	for _, row := range rows {
		links[row.Name] = row
	}
	for _, block := range blocks {
		block.MTU = from.mtu(links, block.Name)
		of(block.Name).Running = Known(block.Running)
	}
	for _, device := range devices {
		of(device.Name).Configured = derive(from.configuration(device.Name), func(c Configured) Configured {
			c.Available = device.Status == "Available"
			return c
		})
	}
	interfaces := make([]Interface, 0, len(byName))
	for name, i := range byName {
		i.Adapter = from.adapter(name)
		f.judgeLinkLocal(i, links[name])
		interfaces = append(interfaces, *i)
	}
	slices.SortFunc(interfaces, func(a, b Interface) int { return cmp.Compare(a.Name, b.Name) })
	for _, i := range interfaces {
		f.compareSources(i, links, from.rows.IsKnown())
	}
	f.Interfaces = Known(interfaces)
}

// mtu finds the MTU of an interface that runs, which ifconfig does not show.
func (s interfaceSources) mtu(links map[string]LinkRow, name string) Fact[int] {
	if row, listed := links[name]; listed {
		return Known(row.MTU)
	}
	if why := s.rows.Why(); !s.rows.IsKnown() {
		return Unknown[int](why)
	}
	return Unknown[int](Why{Probe: ProbeNetstat, Reason: "no row for " + name})
}

// configuration finds the attributes of an interface that the ODM defines. Those of
// lo0, etN and tunnels are not collected.
func (s interfaceSources) configuration(name string) Fact[Configured] {
	if !IsInterfaceName(name) {
		return Known(Configured{Defined: true})
	}
	byName, known := s.configured.Get()
	if !known {
		return Unknown[Configured](s.configured.Why())
	}
	if c, there := byName[name]; there {
		return c
	}
	return Unknown[Configured](Why{Probe: ProbeAttributes, Reason: "no section for " + name})
}

// adapter finds entN for enN, as AIX numbers them alike.
func (s interfaceSources) adapter(name string) Fact[Adapter] {
	if !IsInterfaceName(name) {
		return Known(Adapter{PortVLAN: -1})
	}
	byName, known := s.adapters.Get()
	if !known {
		return Unknown[Adapter](s.adapters.Why())
	}
	adapter := "ent" + strings.TrimPrefix(name, "en")
	read, there := byName[adapter]
	if hardware, known := s.hardware.Get(); known {
		at := slices.IndexFunc(hardware, func(d Device) bool { return d.Name == adapter })
		switch {
		case at < 0 && !there:
			return Known(Adapter{PortVLAN: -1}) // removed, and not merely unread
		case at >= 0 && hardware[at].Status == "Defined":
			return Known(Adapter{Name: adapter, PortVLAN: -1})
		}
	}
	if there {
		return read
	}
	return Unknown[Adapter](Why{Probe: ProbeEntstat, Reason: "no section for " + adapter})
}

// judgeLinkLocal says whether an interface has a link-local address, and whether one
// is that of its MAC. Where entstat did not tell the MAC, netstat's will do.
func (f *Facts) judgeLinkLocal(i *Interface, link LinkRow) {
	running, known := i.Running.Get()
	if !known {
		i.LinkLocal, i.MatchesMAC = Unknown[bool](i.Running.Why()), Unknown[bool](i.Running.Why())
		return
	}
	i.LinkLocal = Known(linkLocal(running.IPv6) != nil)
	if linkLocal(running.IPv6) == nil {
		i.MatchesMAC = Known(false)
		return
	}
	adapter, known := i.Adapter.Get()
	mac := cmp.Or(adapter.MAC, link.MAC)
	if mac == "" {
		why := i.Adapter.Why()
		if known {
			why = Why{Probe: ProbeNetstat, Reason: i.Name + " has no MAC"}
		}
		i.MatchesMAC = Unknown[bool](why)
		return
	}
	want, err := EUI64(mac)
	if err != nil {
		i.MatchesMAC = Unknown[bool](Why{Probe: ProbeEntstat, Reason: err.Error()})
		return
	}
	i.MatchesMAC = Known(slices.ContainsFunc(running.IPv6, func(a IPv6Address) bool { return a.Address == want }))
}

// compareSources says so when netstat speaks differently of an interface than
// entstat (its MAC) or ifconfig (its IPv6 addresses).
func (f *Facts) compareSources(i Interface, links map[string]LinkRow, read bool) {
	link, listed := links[i.Name]
	running, known := i.Running.Get()
	if !read || !known || !IsInterfaceName(i.Name) {
		return
	}
	if adapter, known := i.Adapter.Get(); known && link.MAC != "" {
		f.disagree(i.Name+" MAC", map[string]Fact[string]{"entstat": Known(adapter.MAC), "netstat": Known(link.MAC)})
	}
	if link.Cut || !listed && !running.Present {
		return
	}
	addresses := []string{}
	for _, a := range running.IPv6 {
		if len(a.Address) > netstatColumns {
			return
		}
		addresses = append(addresses, a.Address)
	}
	f.disagree(i.Name+" IPv6 addresses", map[string]Fact[string]{
		"ifconfig": Known(listed6(addresses)), "netstat": Known(listed6(slices.Clone(link.IPv6))),
	})
}

// netstatColumns is how many characters netstat -in has for an IPv6 address; what is
// longer may have been cut, and is not compared.
const netstatColumns = 28

func listed6(addresses []string) string {
	if len(addresses) == 0 {
		return "none"
	}
	return strings.Join(sortedUnique(addresses), " ")
}

func linkLocal(addresses []IPv6Address) *IPv6Address {
	for i := range addresses {
		if addresses[i].Scope == "link-local" {
			return &addresses[i]
		}
	}
	return nil
}
