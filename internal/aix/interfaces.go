// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"net/netip"
	"sort"
	"strings"
)

// readInterfaces joins what the kernel has, what the ODM has, and the adapters.
func (f *Facts) readInterfaces(outputs Outputs) {
	running := parsed(outputs, ProbeIfconfig, ParseIfconfig)
	devices := parsed(outputs, ProbeInterfaces, ParseDeviceNames)
	configured := parsed(outputs, ProbeAttributes, parseConfigured)
	adapters := parsed(outputs, ProbeEntstat, parseAdapters)
	rows := parsed(outputs, ProbeNetstat, ParseNetstatInterfaces)

	names := map[string]bool{}
	blocks, _ := running.Get()
	for _, block := range blocks {
		names[block.Name] = true
	}
	defined, _ := devices.Get()
	for name := range defined {
		names[name] = true
	}
	if !running.IsKnown() {
		f.Interfaces = Unknown[[]Interface](running.Why())
		return
	}
	if !devices.IsKnown() {
		f.Interfaces = Unknown[[]Interface](devices.Why())
		return
	}
	links := map[string]LinkRow{}
	list, _ := rows.Get()
	for _, row := range list {
		links[row.Name] = row
	}
	interfaces := []Interface{}
	for name := range names {
		i := Interface{Name: name, Running: Known(Running{Flags: []string{}, IPv4: []IPv4Address{}, IPv6: []IPv6Address{}})}
		for _, block := range blocks {
			if block.Name == name {
				block.MTU = links[name].MTU
				i.Running = Known(block.Running)
			}
		}
		i.Configured = f.configuredOf(name, defined, configured)
		i.Adapter = adapterOf(name, adapters)
		f.judgeLinkLocal(&i, links[name])
		interfaces = append(interfaces, i)
	}
	sort.Slice(interfaces, func(a, b int) bool { return interfaces[a].Name < interfaces[b].Name })
	f.Interfaces = Known(interfaces)
}

func (f *Facts) configuredOf(name string, defined map[string]string, all Fact[map[string]Fact[Configured]]) Fact[Configured] {
	if _, is := defined[name]; !is {
		return Known(Configured{})
	}
	if !IsInterfaceName(name) {
		return Known(Configured{Defined: true}) // lo0, et0 and tunnels: their attributes are not collected
	}
	byName, known := all.Get()
	if !known {
		return Unknown[Configured](all.Why())
	}
	if c, there := byName[name]; there {
		return c
	}
	return Unknown[Configured](Why{Probe: ProbeAttributes, Reason: "no section for " + name})
}

// adapterOf finds entN for enN, as AIX numbers them alike.
func adapterOf(name string, all Fact[map[string]Fact[Adapter]]) Fact[Adapter] {
	if !IsInterfaceName(name) {
		return Known(Adapter{PortVLAN: -1})
	}
	byName, known := all.Get()
	if !known {
		return Unknown[Adapter](all.Why())
	}
	adapter := "ent" + strings.TrimPrefix(name, "en")
	if a, there := byName[adapter]; there {
		return a
	}
	return Unknown[Adapter](Why{Probe: ProbeEntstat, Reason: "no adapter " + adapter})
}

// judgeLinkLocal compares the link-local address with the MAC, and the MAC that
// entstat tells with the one that netstat tells.
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
	if !known {
		i.MatchesMAC = Unknown[bool](i.Adapter.Why())
		return
	}
	if link.MAC != "" && adapter.MAC != "" && link.MAC != adapter.MAC {
		f.disagree(i.Name+" MAC", map[string]Fact[string]{"entstat": Known(adapter.MAC), "netstat": Known(link.MAC)})
	}
	want, err := EUI64(adapter.MAC)
	if err != nil {
		i.MatchesMAC = Unknown[bool](Why{Probe: ProbeEntstat, Reason: err.Error()})
		return
	}
	i.MatchesMAC = Known(false)
	for _, a := range running.IPv6 {
		if a.Address == netip.MustParseAddr(want).String() {
			i.MatchesMAC = Known(true)
		}
	}
}
