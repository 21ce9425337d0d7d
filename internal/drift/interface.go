// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

func find(list []aix.Interface, name string) aix.Interface {
	for _, i := range list {
		if i.Name == name {
			return i
		}
	}
	// Nothing of it is left but perhaps the adapter, of which nothing is known then.
	return aix.Interface{
		Name:       name,
		Running:    aix.Known(aix.Running{}),
		Configured: aix.Known(aix.Configured{}),
		Adapter:    aix.Known(aix.Adapter{PortVLAN: -1}),
	}
}

func (c *comparison) managementInterface(name string, baseline, now *aix.Facts) {
	before, after, ok := both(c, "network interfaces", baseline.Interfaces, now.Interfaces)
	if !ok {
		return
	}
	was, is := find(before, name), find(after, name)
	defined := true
	if wasConf, isConf, ok := both(c, name+" in the ODM", was.Configured, is.Configured); ok {
		c.configured(name, wasConf, isConf)
		defined = isConf.Defined || !wasConf.Defined
	}
	if wasRun, isRun, ok := both(c, name+" as it runs", was.Running, is.Running); ok {
		c.running(name, wasRun, isRun)
	}
	if defined {
		if wasAdapter, isAdapter, ok := both(c, name+"'s adapter", was.Adapter, is.Adapter); ok {
			c.adapter(name, wasAdapter, isAdapter)
		}
	}
}

// An Attribute is an ODM attribute of an interface.
type Attribute struct{ Name, Value string }

// Attributes are the ODM attributes of an interface that are compared, in the order
// in which chdev is given them: the addresses before the state that applies them.
func Attributes(c aix.Configured) []Attribute {
	return []Attribute{
		{"netaddr", c.NetAddr}, {"netmask", c.Netmask}, {"alias4", c.Alias4},
		{"netaddr6", c.NetAddr6}, {"prefixlen", c.PrefixLen}, {"alias6", c.Alias6},
		{"mtu", c.MTU}, {"state", c.State},
	}
}

func (c *comparison) configured(name string, was, is aix.Configured) {
	switch {
	case was.Defined && !is.Defined:
		c.add(name, AspectDefined, "defined", "", "%s is no longer defined in the ODM", name)
		return
	case was.Available && !is.Available:
		c.add(name, AspectAvailable, "Available", "Defined", "%s is Defined in the ODM, it was Available", name)
	}
	after := Attributes(is)
	for i, a := range Attributes(was) {
		if b := after[i]; a.Value != b.Value {
			c.add(name+" "+a.Name, AspectAttribute, a.Value, b.Value,
				"%s's ODM attribute %s is %s, it was %s", name, a.Name, orEmpty(b.Value), orEmpty(a.Value))
		}
	}
}

func orEmpty(s string) string {
	if s == "" {
		return "empty"
	}
	return s
}

func (c *comparison) running(name string, was, is aix.Running) {
	switch {
	case was.Present && !is.Present:
		c.add(name, AspectAttached, "attached", "", "%s is detached: the kernel no longer has it", name)
	case was.Up && !is.Up:
		c.add(name, AspectUp, "up", "down", "%s is down", name)
	case !was.Up && is.Up:
		c.add(name, AspectUp, "down", "up", "%s is up, it was down", name)
	}
	c.addresses6(name, was, is)
	c.addresses4(name, was, is)
	if !is.Present {
		return
	}
	if wasMTU, isMTU, ok := both(c, name+"'s MTU", was.MTU, is.MTU); ok && was.Present && wasMTU != isMTU {
		c.add(name, AspectMTU, fmt.Sprint(wasMTU), fmt.Sprint(isMTU), "%s's MTU is %d, it was %d", name, isMTU, wasMTU)
	}
	if was.Present {
		before, after := otherFlags(was), otherFlags(is)
		if before != after {
			c.add(name, AspectFlags, before, after, "%s has the flags %s, it had %s", name, orEmpty(after), orEmpty(before))
		}
	}
}

// otherFlags are the flags but for UP and RUNNING, which have words of their own.
func otherFlags(r aix.Running) string {
	var list []string
	for _, f := range r.Flags {
		if f != "UP" && f != "RUNNING" {
			list = append(list, f)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

func (c *comparison) addresses6(name string, was, is aix.Running) {
	for _, a := range was.IPv6 {
		if slices.Contains(is.IPv6, a) {
			continue
		}
		text := prefixed(a)
		if other := slices.IndexFunc(is.IPv6, func(b aix.IPv6Address) bool { return b.Address == a.Address }); other >= 0 {
			c.add(name, AspectAddress, text, prefixed(is.IPv6[other]), "%s has %s with prefix length %d, it was %d",
				name, a.Address, is.IPv6[other].PrefixLength, a.PrefixLength)
			continue
		}
		c.add(name, AspectAddress, text, "", "%s lost %s", name, text)
	}
	for _, a := range is.IPv6 {
		if !slices.ContainsFunc(was.IPv6, func(b aix.IPv6Address) bool { return b.Address == a.Address }) {
			c.add(name, AspectAddress, "", prefixed(a), "%s got %s (%s), which the baseline did not have", name, prefixed(a), a.Scope)
		}
	}
}

func (c *comparison) addresses4(name string, was, is aix.Running) {
	for _, a := range is.IPv4 {
		if !slices.Contains(was.IPv4, a) {
			c.add(name, AspectIPv4, "", a.Address, "%s got the IPv4 address %s; the management interface had none like it", name, a.Address)
		}
	}
	for _, a := range was.IPv4 {
		if !slices.Contains(is.IPv4, a) {
			c.add(name, AspectIPv4, a.Address, "", "%s lost the IPv4 address %s", name, a.Address)
		}
	}
}

func prefixed(a aix.IPv6Address) string { return fmt.Sprintf("%s/%d", a.Address, a.PrefixLength) }

func (c *comparison) adapter(name string, was, is aix.Adapter) {
	switch {
	case was == is:
	case was.Name != "" && is.Name == "":
		c.add(was.Name, AspectDefined, "defined", "", "%s, the adapter of %s, is no longer defined in the ODM", was.Name, name)
	case was.Available && !is.Available:
		c.add(was.Name, AspectAvailable, "Available", "Defined", "%s, the adapter of %s, is Defined in the ODM, it was Available", was.Name, name)
	default:
		describe := func(a aix.Adapter) string {
			return fmt.Sprintf("%s MAC %s, port VLAN %d, switch %s", a.Name, a.MAC, a.PortVLAN, orEmpty(a.Switch))
		}
		c.add(name, AspectAdapter, describe(was), describe(is), "the adapter of %s is %s, it was %s", name, describe(is), describe(was))
	}
}
