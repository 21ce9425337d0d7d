// SPDX-License-Identifier: MPL-2.0

package preserve

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
)

func interfaceOf(facts *aix.Facts, name string) aix.Interface {
	interfaces, _ := facts.Interfaces.Get()
	for _, i := range interfaces {
		if i.Name == name {
			return i
		}
	}
	return aix.Interface{}
}

// devices puts the adapter and the interface back into the ODM with their attributes,
// and says whether the running interface may be worked on.
func (p *planner) devices() bool {
	was, known := interfaceOf(p.baseline, p.name).Configured.Get()
	is, told := interfaceOf(p.now, p.name).Configured.Get()
	running, _ := interfaceOf(p.now, p.name).Running.Get()
	p.expected = running
	p.expected.IPv6, p.expected.IPv4 = slices.Clone(running.IPv6), slices.Clone(running.IPv4)
	if !known || !was.Defined {
		return true // nothing of it is the ODM's
	}
	undefined := len(p.of(p.name, drift.AspectDefined)) > 0
	if !told && !undefined {
		return false // an undetermined drift, which is refused
	}
	fresh, ok := p.adapter(undefined)
	if !ok {
		return false
	}
	changes, aliases, ok := p.changes(was, is, undefined || fresh)
	switch {
	case !ok:
		return false
	case undefined && !fresh:
		// defif defines an interface for the adapter that -w names, cfgif configures it.
		p.step(p.name+" defined in the ODM again, with its attributes", "/usr/sbin/mkdev -c if -s EN -t en -w "+p.name+changes)
		p.applied(was, is)
	case undefined || fresh:
		p.step(p.name+"'s attributes in the ODM", "/usr/sbin/chdev -l "+p.name+changes)
		p.applied(was, is)
	case len(p.of(p.name, drift.AspectAvailable)) > 0:
		if changes != "" {
			p.step(p.attributeWords(), "/usr/sbin/chdev -l "+p.name+changes)
		}
		p.step(p.name+" Available", "/usr/sbin/mkdev -l "+p.name)
		p.applied(was, is)
	case changes != "" && p.kernelDrifted():
		p.step(p.attributeWords(), "/usr/sbin/chdev -l "+p.name+changes)
		p.applied(was, is)
	case changes != "":
		// The kernel is as it was: -P leaves it alone.
		p.step(p.attributeWords(), "/usr/sbin/chdev -l "+p.name+changes+" -P")
	}
	for _, alias := range aliases {
		p.step("the aliases of "+p.name+" in the ODM", "/usr/sbin/chdev -l "+p.name+" -a "+alias)
		p.touched = true
	}
	return true
}

// adapter brings the adapter back. fresh is true when the interface came back with it,
// without attributes; ok is false when it cannot be brought back.
func (p *planner) adapter(undefined bool) (fresh, ok bool) {
	hardware, known := interfaceOf(p.baseline, p.name).Adapter.Get()
	if !known || !adapterName.MatchString(hardware.Name) {
		return false, true
	}
	adapters, known := p.now.Adapters.Get()
	if !known {
		return false, !undefined
	}
	at := slices.IndexFunc(adapters, func(a aix.AdapterDevice) bool { return a.Name == hardware.Name })
	switch {
	case at >= 0 && adapters[at].Available:
		return false, true
	case at >= 0:
		p.step(hardware.Name+", the adapter of "+p.name+", Available", "/usr/sbin/mkdev -l "+hardware.Name)
		return false, true
	}
	// cfgmgr configures whatever it finds, so it may run only when it finds nothing else.
	if others := p.othersGone(hardware.Name); len(others) > 0 {
		p.refuseWith(fmt.Sprintf("%s, the adapter of %s, is no longer defined in the ODM", hardware.Name, p.name),
			"cfgmgr, which defines it again, would configure "+strings.Join(others, ", ")+" as well",
			"Run cfgmgr by hand, or take out the step that removed the adapter")
		return false, false
	}
	p.step(hardware.Name+" and "+p.name+" defined in the ODM again", "/usr/sbin/cfgmgr")
	return true, true
}

// othersGone are the other adapters and interfaces that were Available at the baseline
// and are not.
func (p *planner) othersGone(adapter string) []string {
	var gone []string
	before, _ := p.baseline.Adapters.Get()
	after, _ := p.now.Adapters.Get()
	for _, a := range before {
		if a.Name != adapter && a.Available && !slices.Contains(after, a) {
			gone = append(gone, a.Name)
		}
	}
	interfaces, _ := p.baseline.Interfaces.Get()
	for _, i := range interfaces {
		was, _ := i.Configured.Get()
		is, _ := interfaceOf(p.now, i.Name).Configured.Get()
		if i.Name != p.name && was.Available && !is.Available {
			gone = append(gone, i.Name)
		}
	}
	return gone
}

// changes are the chdev settings that lead back, as " -a name=value …", and those of
// aliases, which chdev takes one at a time. all asks for everything that was set.
func (p *planner) changes(was, is aix.Configured, all bool) (settings string, aliases []string, ok bool) {
	var list []string
	after := drift.Attributes(is)
	force := all || p.kernelDrifted() && len(p.with(drift.AspectAttribute)) > 0
	for i, a := range drift.Attributes(was) {
		differs := a.Value != after[i].Value
		if all {
			differs = a.Value != ""
		}
		if a.Name == "alias4" || a.Name == "alias6" {
			current := after[i].Value
			if all {
				current = ""
			}
			found, clean := aliasChanges(a.Name, a.Value, current)
			if !clean {
				p.refuseWith(fmt.Sprintf("%s's ODM attribute %s changed", p.name, a.Name), "its value has characters that no address has", "Set it with chdev by hand")
				return "", nil, false
			}
			aliases = append(aliases, found...)
			continue
		}
		// What is applied to the kernel goes along, so that chdev applies all of it.
		applies := force && a.Value != "" && (a.Name == "netaddr6" || a.Name == "prefixlen" || a.Name == "state")
		if !differs && !applies {
			continue
		}
		if !attributeText.MatchString(a.Value) {
			p.refuseWith(fmt.Sprintf("%s's ODM attribute %s changed", p.name, a.Name),
				fmt.Sprintf("its recorded value %q has characters that no address has", a.Value), "Set it with chdev by hand")
			return "", nil, false
		}
		list = append(list, " -a "+a.Name+"="+quoted(a.Value))
	}
	return strings.Join(list, ""), aliases, true
}

// aliasChanges are the settings that make the aliases want out of have.
func aliasChanges(name, want, have string) (settings []string, clean bool) {
	wanted, there := strings.Fields(want), strings.Fields(have)
	for _, alias := range slices.Concat(wanted, there) {
		if !attributeText.MatchString(alias) {
			return nil, false
		}
	}
	for _, alias := range wanted {
		if !slices.Contains(there, alias) {
			settings = append(settings, name+"="+quoted(alias))
		}
	}
	for _, alias := range there {
		if !slices.Contains(wanted, alias) {
			settings = append(settings, "del"+name+"="+quoted(alias))
		}
	}
	return settings, true
}

// attributeWords say which attributes a chdev puts back.
func (p *planner) attributeWords() string {
	var names []string
	for _, item := range p.with(drift.AspectAttribute) {
		if name, ok := strings.CutPrefix(item.Subject, p.name+" "); ok {
			names = append(names, name)
		}
	}
	return p.name + "'s ODM attributes " + strings.Join(names, ", ")
}

func (p *planner) kernelDrifted() bool {
	return len(p.of(p.name, drift.AspectAttached, drift.AspectUp, drift.AspectAddress, drift.AspectIPv4, drift.AspectMTU)) > 0
}

// applied is what a change method does to the kernel: what the ODM held before goes,
// what it holds now comes.
func (p *planner) applied(was, is aix.Configured) {
	p.touched = true
	e := &p.expected
	drop := func(address string) {
		e.IPv6 = slices.DeleteFunc(e.IPv6, func(a aix.IPv6Address) bool { return a.Address == address })
		e.IPv4 = slices.DeleteFunc(e.IPv4, func(a aix.IPv4Address) bool { return a.Address == address })
	}
	for _, pair := range [][2]string{{was.NetAddr6, is.NetAddr6}, {was.NetAddr, is.NetAddr}} {
		if pair[0] != pair[1] {
			drop(pair[1])
		}
	}
	for _, alias := range strings.Fields(is.Alias6 + " " + is.Alias4) {
		if !slices.Contains(strings.Fields(was.Alias6+" "+was.Alias4), alias) {
			address, _, _ := strings.Cut(strings.ReplaceAll(alias, "/", ","), ",")
			drop(address)
		}
	}
	if was.State != "up" {
		e.Up, e.Present = false, was.State == "down" && e.Present
		return
	}
	running, _ := interfaceOf(p.baseline, p.name).Running.Get()
	e.Present, e.Up = true, true
	e.MTU = running.MTU
	if mtu, err := strconv.Atoi(was.MTU); err == nil {
		e.MTU = aix.Known(mtu)
	}
	for _, a := range running.IPv6 {
		if a.Address == was.NetAddr6 && strconv.Itoa(a.PrefixLength) == cmp.Or(was.PrefixLen, "64") {
			drop(a.Address)
			e.IPv6 = append(e.IPv6, a)
		}
	}
	for _, a := range running.IPv4 {
		if a.Address == was.NetAddr {
			drop(a.Address)
			e.IPv4 = append(e.IPv4, a)
		}
	}
}

// kernel puts the running interface right, with ifconfig, which changes no ODM.
func (p *planner) kernel() {
	was, known := interfaceOf(p.baseline, p.name).Running.Get()
	if _, told := interfaceOf(p.now, p.name).Running.Get(); !known || !was.Present || !told && !p.touched {
		return
	}
	e := p.expected
	if !p.kernelDrifted() && !p.touched {
		return
	}
	ifconfig := func(repairs, arguments string) {
		p.touched = true
		p.step(repairs, "/usr/sbin/ifconfig "+p.name+" "+arguments)
	}
	up := ""
	if was.Up && !e.Up {
		up = " up"
	}
	for _, a := range was.IPv6 {
		if slices.Contains(e.IPv6, a) {
			continue
		}
		text := fmt.Sprintf("%s/%d", a.Address, a.PrefixLength)
		if slices.ContainsFunc(e.IPv6, func(b aix.IPv6Address) bool { return b.Address == a.Address }) {
			ifconfig("no "+a.Address+" with another prefix length on "+p.name, "inet6 "+a.Address+" delete")
		}
		ifconfig(text+" on "+p.name, "inet6 "+text+up)
		up = ""
	}
	for _, a := range was.IPv4 {
		if !slices.Contains(e.IPv4, a) && attributeText.MatchString(a.Netmask) {
			netmask := ""
			if a.Netmask != "" {
				netmask = " netmask " + a.Netmask
			}
			ifconfig(a.Address+" on "+p.name, "inet "+a.Address+netmask+" alias"+up)
			up = ""
		}
	}
	for _, a := range e.IPv6 {
		if !slices.ContainsFunc(was.IPv6, func(b aix.IPv6Address) bool { return b.Address == a.Address }) {
			ifconfig("no "+a.Address+" on "+p.name, "inet6 "+a.Address+" delete")
		}
	}
	for _, a := range e.IPv4 {
		if !slices.ContainsFunc(was.IPv4, func(b aix.IPv4Address) bool { return b.Address == a.Address }) {
			ifconfig("no "+a.Address+" on "+p.name, "inet "+a.Address+" delete")
		}
	}
	if up != "" {
		ifconfig(p.name+" up", "up")
	}
	if !was.Up && e.Up {
		ifconfig(p.name+" down, as it was", "down")
	}
	wasMTU, known := was.MTU.Get()
	if isMTU, told := e.MTU.Get(); e.Present && known && told && isMTU != wasMTU {
		ifconfig(fmt.Sprintf("an MTU of %d on %s", wasMTU, p.name), fmt.Sprintf("mtu %d", wasMTU))
	}
}
