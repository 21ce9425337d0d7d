// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What AIX would print for given facts: the inverse of the parsers, for fuzzing.

func renderFilesets(filesets []Fileset, rpms []RPM) string {
	letters := map[string]string{"applied": "A", "broken": "B", "committed": "C", "efix locked": "E", "obsolete": "O", "inconsistent": "?"}
	types := map[string]string{"base": " ", "update": "F", "product": "P", "component": "C", "feature": "T", "interim fix": "E"}
	var b strings.Builder
	for _, f := range filesets {
		locked := 0
		if is, _ := f.EFIXLocked.Get(); is {
			locked = 1
		}
		fmt.Fprintf(&b, "x:%s:%s: : :%s:%s:d: : : : : : :0:%d:/:\n", f.Name, f.Level, letters[f.State], types[f.Kind], locked)
	}
	for _, r := range rpms {
		fmt.Fprintf(&b, "x:%s-%s:%s: : :C:R:d: :e: : : : :0: :(none):Thu Dec  2 18:09:40 EST 2021\n", r.Name, r.Version, r.Version)
	}
	return b.String()
}

func renderParts(parts map[string][]FilesetPart) string {
	paths := map[string]string{"usr": "/usr/lib/objrepos", "root": "/etc/objrepos", "share": "/usr/share/lib/objrepos"}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		for _, p := range parts[name] {
			fmt.Fprintf(&b, "%s:%s:%s::%s:I:d: and more:\n", paths[p.Part], name, p.Level, strings.ToUpper(p.State))
		}
	}
	return b.String()
}

func renderSubsystems(list []Subsystem) string {
	var b strings.Builder
	for _, s := range list {
		pid := ""
		if s.PID != 0 {
			pid = fmt.Sprint(s.PID)
		}
		fmt.Fprintf(&b, " %-16s %-16s %-12s %s\n", s.Name, s.Group, pid, s.Status)
	}
	return b.String()
}

func renderDomainStatus(s DomainStatus) string {
	var b strings.Builder
	nodes := func(heading string, list []DomainNode) {
		if len(list) > 0 {
			b.WriteString(heading + "\n")
		}
		for i, n := range list {
			fmt.Fprintf(&b, "  %s %s  0x%s  %04d  %s\n", n.Token1, n.Token2, n.NodeID, i+1, n.Name)
		}
	}
	nodes(sectionPeers, s.Peers)
	nodes(sectionManaged, s.ManagedNodes)
	points := []DomainNode{}
	for _, p := range s.ControlPoints {
		points = append(points, DomainNode{Token1: p.Token1, Token2: p.Token2, NodeID: p.NodeID, Name: p.Address})
	}
	nodes(sectionPoints, points)
	return b.String()
}

func renderRecords(records []MCPRecord) string {
	var b strings.Builder
	b.WriteString("Resource Persistent Attributes for IBM.MCP\n")
	for i, r := range records {
		fmt.Fprintf(&b, "resource %d:\n", i+1)
		for _, a := range [][2]string{{"MNName", r.Name}, {"NodeID", r.NodeID}, {"KeyToken", r.KeyToken}, {"HMCName", r.Console},
			{"HMCAddIPs", strings.Join(r.Addresses, " ")}, {"ActivePeerDomain", r.PeerDomain}} {
			fmt.Fprintf(&b, "\t%s = \"%s\"\n", a[0], a[1])
		}
	}
	return b.String()
}

func renderPeerDomains(domains []PeerDomain) string {
	if len(domains) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("Name OpState RSCTActiveVersion\n")
	for _, d := range domains {
		fmt.Fprintf(&b, "%s %s %s\n", d.Name, d.State, d.Version)
	}
	return b.String()
}

func renderODM(objects []ODMObject) string {
	var b strings.Builder
	for _, o := range objects {
		fmt.Fprintf(&b, "\n%s:\n", o.Class)
		for _, name := range slices.Sorted(maps.Keys(o.Values)) {
			fmt.Fprintf(&b, "\t%s = \"%s\"\n", name, o.Values[name])
		}
	}
	return b.String()
}

func renderIfconfig(blocks []RunningInterface) string {
	var b strings.Builder
	for _, r := range blocks {
		bits := 0
		if r.Up {
			bits = 0x41
		}
		fmt.Fprintf(&b, "%s: flags=%x,0", r.Name, bits)
		if len(r.Flags) > 0 {
			b.WriteString("<" + strings.Join(r.Flags, ",") + ">")
		}
		b.WriteString("\n")
		for _, a := range r.IPv4 {
			fmt.Fprintf(&b, "\tinet %s", a.Address)
			if a.Netmask != "" {
				var m [4]int
				_, _ = fmt.Sscanf(a.Netmask, "%d.%d.%d.%d", &m[0], &m[1], &m[2], &m[3])
				fmt.Fprintf(&b, " netmask 0x%02x%02x%02x%02x", m[0], m[1], m[2], m[3])
			}
			b.WriteString("\n")
		}
		for _, a := range r.IPv6 {
			fmt.Fprintf(&b, "\tinet6 %s%%1/%d\n", a.Address, a.PrefixLength)
		}
	}
	return b.String()
}

func renderNetstat(rows []LinkRow) string {
	var b strings.Builder
	b.WriteString("Name Mtu Network Address Ipkts\n")
	for i, r := range rows {
		mac := strings.ReplaceAll(r.MAC, ":", ".")
		fmt.Fprintf(&b, "%s %d link#%d %s\n", r.Name, r.MTU, i, mac)
		for _, a := range r.IPv6 {
			fmt.Fprintf(&b, "%s %d %s 0 0\n", r.Name, r.MTU, a)
		}
		if r.Cut {
			fmt.Fprintf(&b, "%s %d 2001:: 0\n", r.Name, r.MTU)
		}
	}
	return strings.ReplaceAll(b.String(), " 2001:: 0", " 2001:db8:1:2:3:4:5 0")
}

func renderRoutes(routes []Route) string {
	var b strings.Builder
	b.WriteString("Route tree for Protocol Family 24 (Internet v6):\n")
	for _, r := range routes {
		fmt.Fprintf(&b, "%s %s %s 0 0 %s - -\n", r.Destination, r.Gateway, r.Flags, r.Interface)
	}
	return b.String()
}

func renderDevices(devices []Device) string {
	var b strings.Builder
	for _, d := range devices {
		fmt.Fprintf(&b, "%s:%s:%s\n", d.Name, d.Status, d.Description)
	}
	return b.String()
}

func renderAttributes(attributes map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		fmt.Fprintf(&b, "%s:%s\n", name, attributes[name])
	}
	return b.String()
}

func renderAttributeColumns(attributes map[string]string) string {
	width := 0
	for name, value := range attributes {
		width = max(width, len(name)+1+len(value))
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		description := attributeDescriptions[name]
		if description == "" {
			description = "Something"
		}
		first := name + " " + attributes[name]
		b.WriteString(first + strings.Repeat(" ", width-len(first)) + " " + description + " True\n") // columns count bytes
	}
	return b.String()
}

func renderSections(list []section) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "@@ %s\n%s@@ = %s\n", s.name, s.output, s.exitCode)
	}
	return b.String()
}

func renderEntstat(a Adapter) string {
	text := fmt.Sprintf("ETHERNET STATISTICS (%s) :\nDevice Type: %s\nHardware Address: %s\nSwitch ID: %s\n", a.Name, a.Type, a.MAC, a.Switch)
	if a.PortVLAN >= 0 {
		text += fmt.Sprintf("Port VLAN ID: %d\n", a.PortVLAN)
	}
	return text
}

func renderInittab(entries []InittabEntry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s:%s:%s:%s\n", e.ID, e.RunLevels, e.Action, e.Command)
	}
	return b.String()
}

func renderCloudConfig(c CloudConfig) string {
	if !c.Present {
		return "absent\n"
	}
	list := func(names []string) string {
		text := ""
		for _, name := range names {
			text += "\n  - '" + name + "'"
		}
		return text + "\n"
	}
	network := ""
	if c.NetworkDisabled {
		network = "network: {config: disabled}\n"
	}
	return "present -rw-r--r-- 1 0 0 1 f\n" + network + "datasource_list:" + list(c.DataSources) + "cloud_final_modules:" + list(c.Modules)
}

func renderLinks(names []string) string {
	var b strings.Builder
	b.WriteString("total 1\n")
	for _, name := range names {
		fmt.Fprintf(&b, "lrwxrwxrwx    1 root     system           24 Jun 12 2026  %s -> /x\n", name)
	}
	return b.String()
}

func renderListeners(ports []int) string {
	var b strings.Builder
	b.WriteString("Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)\n")
	for _, port := range ports {
		fmt.Fprintf(&b, "tcp        0      0  *.%-21d *.*                    LISTEN\n", port)
	}
	return b.String()
}

func renderDisks(disks []Disk) string {
	word := func(text, none string) string {
		if text == "" {
			return none
		}
		return text
	}
	var b strings.Builder
	for _, d := range disks {
		fmt.Fprintf(&b, "%s %s %s %s\n", d.Name, word(d.PVID, "none"), word(d.VolumeGroup, "None"), d.State)
	}
	return b.String()
}

func renderInterimFixes(fixes []InterimFix) string {
	text := "ID  STATE LABEL INSTALL TIME UPDATED BY ABSTRACT\n=== ===== ===== ============ ========== ========\n"
	at := strings.LastIndexByte(strings.TrimRight(strings.Split(text, "\n")[1], " "), ' ') + 1
	var b strings.Builder
	for i, f := range fixes {
		row := fmt.Sprintf("%d *%s* %s", i+1, f.State, f.Label)
		if len(row) >= at {
			return "" // a label too long for these columns
		}
		fmt.Fprintf(&b, "%-*s%s\n", at, row, f.Abstract)
	}
	return text + b.String()
}

func renderTechnologyLevels(incomplete []string) string {
	text := "All filesets for 7.3.0.0_AIX_ML were found.\n"
	for _, level := range incomplete {
		text += "Not all filesets for " + level + " were found.\n"
	}
	return text
}

func renderFilterRules(rules []FilterRule) string {
	var b strings.Builder
	port := func(text string) string {
		if text == "any" {
			return "any|0"
		}
		return strings.ReplaceAll(text, " ", "|")
	}
	pair := func(text string) string { return strings.Replace(text, " ", "|", 1) }
	for _, r := range rules {
		fmt.Fprintf(&b, "%d|%s|%s|%s|no|%s|%s|%s|%s|%s|no|all packets|0|%s|0|||d\n", r.Number, r.Action, pair(r.Source), pair(r.Destination),
			r.Protocol, port(r.SourcePort), port(r.DestinationPort), r.Scope, r.Direction, r.Interface)
	}
	return b.String()
}
