// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// Compare returns how now differs from the baseline in what RMC needs: the
// management interface, what persists it, RMC itself, the node id, the boot volume
// and cloud-init. What was known at the baseline and cannot be told any more is a
// drift too. What the baseline did not know is not compared. The order is fixed.
func Compare(baseline, now *aix.Facts) []Item {
	c := &comparison{}
	name, _ := baseline.Management.Interface.Get()
	if name != "" {
		c.managementInterface(name, baseline, now)
		c.startupFile(name, baseline, now)
	}
	c.rmc(baseline, now)
	c.nodeID(baseline, now)
	c.filesets(baseline, now)
	c.boot(baseline, now)
	c.firstBoot(baseline, now)
	return c.items
}

type comparison struct{ items []Item }

func (c *comparison) add(subject, aspect, was, is, words string, args ...any) {
	c.items = append(c.items, Item{Subject: subject, Aspect: aspect, Was: was, Is: is, Words: fmt.Sprintf(words, args...)})
}

// both returns the two values when both are known. What the baseline knew and the
// guest no longer tells is added as undetermined.
func both[T any](c *comparison, subject string, was, is aix.Fact[T]) (before, after T, ok bool) {
	before, known := was.Get()
	if !known {
		return before, after, false
	}
	after, known = is.Get()
	if !known {
		c.add(subject, AspectUndetermined, "", "", "%s can no longer be told (%s)", subject, is.Why())
	}
	return before, after, known
}

func find(list []aix.Interface, name string) aix.Interface {
	for _, i := range list {
		if i.Name == name {
			return i
		}
	}
	return aix.Interface{
		Name:       name,
		Running:    aix.Known(aix.Running{}),
		Configured: aix.Known(aix.Configured{}),
		Adapter:    aix.Unknown[aix.Adapter](aix.Why{Reason: "the interface is gone"}),
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

func (c *comparison) configured(name string, was, is aix.Configured) {
	if was.Defined && !is.Defined {
		c.add(name, AspectDefined, "defined", "", "%s is no longer defined in the ODM", name)
	}
	for _, a := range []struct{ attribute, was, is string }{
		{"state", was.State, is.State},
		{"netaddr6", was.NetAddr6, is.NetAddr6},
		{"prefixlen", was.PrefixLen, is.PrefixLen},
		{"alias6", was.Alias6, is.Alias6},
		{"netaddr", was.NetAddr, is.NetAddr},
		{"netmask", was.Netmask, is.Netmask},
		{"alias4", was.Alias4, is.Alias4},
	} {
		if a.was == a.is || !is.Defined {
			continue
		}
		c.add(name+" "+a.attribute, AspectAttribute, a.was, a.is,
			"%s's ODM attribute %s is %s, it was %s", name, a.attribute, orEmpty(a.is), orEmpty(a.was))
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
	}
	for _, a := range was.IPv6 {
		if !slices.Contains(is.IPv6, a) {
			text := prefixed(a)
			if other := slices.IndexFunc(is.IPv6, func(b aix.IPv6Address) bool { return b.Address == a.Address }); other >= 0 {
				c.add(name, AspectAddress, text, prefixed(is.IPv6[other]), "%s has %s with prefix length %d, it was %d",
					name, a.Address, is.IPv6[other].PrefixLength, a.PrefixLength)
				continue
			}
			c.add(name, AspectAddress, text, "", "%s lost %s", name, text)
		}
	}
	for _, a := range is.IPv6 {
		known := slices.ContainsFunc(was.IPv6, func(b aix.IPv6Address) bool { return b.Address == a.Address })
		if !known {
			c.add(name, AspectAddress, "", prefixed(a), "%s got %s (%s), which the baseline did not have", name, prefixed(a), a.Scope)
		}
	}
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
	if !is.Present {
		return
	}
	if wasMTU, isMTU, ok := both(c, name, was.MTU, is.MTU); ok && wasMTU != 0 && wasMTU != isMTU {
		c.add(name, AspectMTU, fmt.Sprint(wasMTU), fmt.Sprint(isMTU), "%s's MTU is %d, it was %d", name, isMTU, wasMTU)
	}
}

func prefixed(a aix.IPv6Address) string { return fmt.Sprintf("%s/%d", a.Address, a.PrefixLength) }

func (c *comparison) adapter(name string, was, is aix.Adapter) {
	if was != is {
		describe := func(a aix.Adapter) string {
			return fmt.Sprintf("%s MAC %s, port VLAN %d, switch %s", a.Name, a.MAC, a.PortVLAN, orEmpty(a.Switch))
		}
		c.add(name, AspectAdapter, describe(was), describe(is), "the adapter below %s is %s, it was %s", name, describe(is), describe(was))
	}
}

// startupFile compares what /etc/rc.tcpip does for the interface and for IPv6.
func (c *comparison) startupFile(name string, baseline, now *aix.Facts) {
	const path = "/etc/rc.tcpip"
	was, is, ok := both(c, path, baseline.RcTCPIP, now.RcTCPIP)
	if !ok || !was.Present {
		return
	}
	if !is.Present {
		c.add(path, AspectStartupFile, "present", "", "%s is gone", path)
		return
	}
	if len(was.Starts) > 0 && len(is.Starts) == 0 && len(is.Chdev) == 0 {
		c.add(path, AspectStartupFile, "present", "empty", "%s starts nothing any more: it was emptied or replaced", path)
		return
	}
	if was.Mode != is.Mode || was.Owner != is.Owner || was.Group != is.Group {
		describe := func(f aix.RcTCPIP) string { return fmt.Sprintf("%s %d:%d", f.Mode, f.Owner, f.Group) }
		c.add(path, AspectStartupMode, describe(was), describe(is), "%s has mode and owner %s, it was %s", path, describe(is), describe(was))
	}
	for _, line := range was.Chdev {
		if line.Commented || line.Interface != name {
			continue
		}
		active, commented := 0, false
		for _, l := range is.Chdev {
			switch {
			case l.Commented && Uncommented(l.Text) == strings.TrimSpace(line.Text):
				commented = true
			case !l.Commented && strings.TrimSpace(l.Text) == strings.TrimSpace(line.Text):
				active++
			}
		}
		c.startupLine(line.Text, "the chdev line of "+name, active, commented)
	}
	for _, line := range was.Starts {
		if !line.Enabled || (line.Daemon != "autoconf6" && line.Daemon != "ndpd-host") {
			continue
		}
		active, commented := 0, false
		for _, l := range is.Starts {
			if l.Daemon == line.Daemon {
				if l.Enabled {
					active++
				} else {
					commented = true
				}
			}
		}
		if active == 0 {
			state := "gone"
			if commented {
				state = "commented out"
			}
			c.add(path, AspectStartupLine, line.Daemon, state, "%s no longer starts %s at boot: its line is %s", path, line.Daemon, state)
		}
	}
}

func (c *comparison) startupLine(line, what string, active int, commented bool) {
	const path = "/etc/rc.tcpip"
	switch {
	case active == 1:
	case active > 1:
		c.add(path, AspectStartupLine, line, "duplicated", "%s holds %s %d times", path, what, active)
	case commented:
		c.add(path, AspectStartupLine, line, "commented out", "persisted no longer: %s in %s is commented out", what, path)
	default:
		c.add(path, AspectStartupLine, line, "gone", "persisted no longer: %s is gone from %s", what, path)
	}
}

// Uncommented is a line without leading blanks and comment signs.
func Uncommented(line string) string { return strings.TrimSpace(strings.TrimLeft(line, "# \t")) }

func (c *comparison) rmc(baseline, now *aix.Facts) {
	if was, is, ok := both(c, "SRC subsystems", baseline.Subsystems, now.Subsystems); ok {
		for _, name := range []string{"ctrmc", "mcproxy"} {
			before, had := subsystem(was, name)
			if !had || !before.Active {
				continue
			}
			after, has := subsystem(is, name)
			switch {
			case !has:
				c.add(name, AspectRMCDefined, "active", "", "%s is no longer a subsystem", name)
			case !after.Active:
				c.add(name, AspectRMCActive, "active", after.Status, "%s is %s, it was active", name, after.Status)
			}
		}
	}
	if was, is, ok := both(c, "inittab", baseline.Inittab, now.Inittab); ok {
		before, had := inittabEntry(was, "ctrmc")
		after, has := inittabEntry(is, "ctrmc")
		switch {
		case !had || !before.InUse:
		case !has:
			c.add("ctrmc", AspectRMCAtBoot, entryText(before), "", "ctrmc will not start at boot: its inittab entry is gone")
		case entryText(before) != entryText(after):
			c.add("ctrmc", AspectRMCAtBoot, entryText(before), entryText(after), "ctrmc's inittab entry is %q, it was %q", entryText(after), entryText(before))
		}
	}
}

func subsystem(list []aix.Subsystem, name string) (aix.Subsystem, bool) {
	for _, s := range list {
		if s.Name == name {
			return s, true
		}
	}
	return aix.Subsystem{}, false
}

func inittabEntry(list []aix.InittabEntry, id string) (aix.InittabEntry, bool) {
	for _, e := range list {
		if e.ID == id {
			return e, true
		}
	}
	return aix.InittabEntry{}, false
}

func entryText(e aix.InittabEntry) string {
	return strings.Join([]string{e.ID, e.RunLevels, e.Action, e.Command}, ":")
}

func (c *comparison) nodeID(baseline, now *aix.Facts) {
	for _, place := range []struct {
		path    string
		was, is aix.Fact[aix.IDFile]
	}{
		{"/etc/ct_node_id", baseline.NodeID.Etc, now.NodeID.Etc},
		{"/var/ct/cfg/ct_node_id", baseline.NodeID.Var, now.NodeID.Var},
	} {
		was, is, ok := both(c, place.path, place.was, place.is)
		switch {
		case !ok || !was.Present:
		case !is.Present:
			c.add(place.path, AspectNodeID, was.ID, "", "%s was deleted; cloud-init's reset of RMC at deploy needs it", place.path)
		case was.ID != is.ID:
			c.add(place.path, AspectNodeID, was.ID, is.ID, "the node id in %s is %s, it was %s", place.path, orEmpty(is.ID), was.ID)
		}
	}
}

func (c *comparison) filesets(baseline, now *aix.Facts) {
	was, is, ok := both(c, "installed filesets", baseline.Filesets, now.Filesets)
	if !ok {
		return
	}
	after := map[string]aix.Fileset{}
	for _, f := range is {
		after[f.Name] = f
	}
	for _, f := range was {
		if !strings.HasPrefix(f.Name, "rsct.") && f.Name != "devices.chrp.base.ServiceRM" && f.Name != "bos.rte.SRC" {
			continue
		}
		g, there := after[f.Name]
		switch {
		case !there:
			c.add(f.Name, AspectFileset, f.Level, "", "fileset %s %s was removed", f.Name, f.Level)
		case f.Level != g.Level && lower(g.Level, f.Level):
			c.add(f.Name, AspectFileset, f.Level, g.Level, "fileset %s went back to %s, it was %s", f.Name, g.Level, f.Level)
		case f.State != g.State && (g.State == "broken" || g.State == "inconsistent"):
			c.add(f.Name, AspectFileset, f.State, g.State, "fileset %s is %s, it was %s", f.Name, g.State, f.State)
		}
	}
}

func lower(a, b string) bool {
	x, errA := aix.ParseLevel(a)
	y, errB := aix.ParseLevel(b)
	return errA != nil || errB != nil || x.Compare(y) < 0
}

func (c *comparison) boot(baseline, now *aix.Facts) {
	if was, is, ok := both(c, "boot list", baseline.Boot.List, now.Boot.List); ok && !slices.Equal(was, is) {
		c.add("boot list", AspectBootVolume, strings.Join(was, " "), strings.Join(is, " "), "the normal boot list is %s, it was %s", orEmpty(strings.Join(is, " ")), orEmpty(strings.Join(was, " ")))
	}
	if was, is, ok := both(c, "boot device", baseline.Boot.Device, now.Boot.Device); ok && was != is {
		c.add("boot device", AspectBootVolume, was, is, "the machine booted from %s, at the baseline it was %s", is, was)
	}
}

func (c *comparison) firstBoot(baseline, now *aix.Facts) {
	if was, is, ok := both(c, "cloud-init", baseline.CloudInit.Installed, now.CloudInit.Installed); ok && was && !is {
		c.add("cloud-init", AspectFirstBoot, "installed", "", "cloud-init was removed: nothing injects the management address at deploy")
	}
	if was, is, ok := both(c, "cloud-init's links", baseline.CloudInit.Links, now.CloudInit.Links); ok {
		var gone []string
		for _, link := range was {
			if !slices.Contains(is, link) {
				gone = append(gone, link)
			}
		}
		sort.Strings(gone)
		if len(gone) > 0 {
			c.add("cloud-init", AspectFirstBoot, strings.Join(gone, " "), "", "cloud-init no longer starts at boot: %s gone from /etc/rc.d/rc2.d", strings.Join(gone, ", "))
		}
	}
}
