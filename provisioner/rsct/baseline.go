// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

// baseline records what the guest is like before the build changes it.
func (s *stage) baseline(ctx context.Context) error {
	if old := s.record.Baseline(); old != nil {
		return fmt.Errorf("a baseline of %s was already recorded in this run at %s: one `mode = \"baseline\"` block a source; give sources of the same type and name an evidence_dir each",
			s.record.Run.Source, old.Ended.Format(time.RFC3339))
	}
	_, facts, err := s.collect(ctx, false)
	if err != nil {
		return err
	}
	management := facts.Management
	name, known := management.Interface.Get()
	switch {
	case !known:
		return fmt.Errorf("the management interface cannot be determined: %s", management.Interface.Why())
	case name == "" && len(management.Candidates) > 1:
		return fmt.Errorf("%d interfaces could be the management interface: %s; name one with management_interface",
			len(management.Candidates), described(facts, management.Candidates))
	case name == "":
		return s.withoutInterface(facts)
	case !defines(facts, name):
		return fmt.Errorf("management_interface is %q, but the guest has no such interface: it has %s", name, strings.Join(ethernet(facts), ", "))
	}
	address, _ := management.Address.Get()
	length, _ := management.PrefixLength.Get()
	with := fmt.Sprintf("%s/%d", address, length)
	if address == "" {
		with = "no link-local address"
	}
	s.ui.Say(fmt.Sprintf("RSCT baseline recorded: management interface %s with %s (%s).", name, with, report.Inert(management.Reason)))
	for _, line := range recorded(facts, name) {
		s.ui.Say("  - " + report.Inert(line))
	}
	return nil
}

// withoutInterface decides about a guest that has no management interface: on Power VS
// its image could not be saved by any rule, elsewhere there is nothing to preserve.
func (s *stage) withoutInterface(facts *aix.Facts) error {
	const none = "no interface has, or is configured for, a link-local IPv6 address of its own"
	on, why := facts.PowerVS()
	yes, known := on.Get()
	switch {
	case !known:
		return fmt.Errorf("no management interface: %s, and it cannot be told whether this guest is on Power VS (%s)", none, on.Why())
	case yes:
		return fmt.Errorf("no management interface: %s. This guest is on Power VS (%s), where RMC reaches its management system over that interface: deploy the VM anew, or put the address back before the build "+
			"(chdev -l enN -a netaddr6=ADDRESS -a prefixlen=64 -a state=up). If it is not on Power VS, leave the baseline block out", none, why)
	}
	s.ui.Say("RSCT baseline recorded. No management interface: " + none + ", and this guest does not look like one on Power VS (" + report.Inert(why) + "). There is no interface to preserve; RMC, the node id and the rest are compared all the same.")
	return nil
}

// described lists interfaces with their addresses.
func described(facts *aix.Facts, names []string) string {
	interfaces, _ := facts.Interfaces.Get()
	var list []string
	for _, name := range names {
		text := name
		for _, i := range interfaces {
			running, _ := i.Running.Get()
			if i.Name == name && len(running.IPv6) > 0 {
				text = fmt.Sprintf("%s (%s/%d)", name, running.IPv6[0].Address, running.IPv6[0].PrefixLength)
			}
		}
		list = append(list, text)
	}
	return report.Inert(strings.Join(list, ", "))
}

func defines(facts *aix.Facts, name string) bool {
	for _, n := range ethernet(facts) {
		if n == name {
			return true
		}
	}
	return false
}

// ethernet are the names of the Ethernet interfaces.
func ethernet(facts *aix.Facts) []string {
	names := []string{}
	interfaces, _ := facts.Interfaces.Get()
	for _, i := range interfaces {
		if aix.IsInterfaceName(i.Name) {
			names = append(names, i.Name)
		}
	}
	return names
}

// recorded says in a few lines what the baseline holds.
func recorded(facts *aix.Facts, name string) []string {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	interfaces, _ := facts.Interfaces.Get()
	for _, i := range interfaces {
		if i.Name != name {
			continue
		}
		if a, known := i.Adapter.Get(); known && a.Available {
			say("adapter %s, MAC %s, port VLAN %d, switch %s", a.Name, a.MAC, a.PortVLAN, orNone(a.Switch))
		}
	}
	var persists []string
	for _, p := range []struct {
		fact aix.Fact[bool]
		what string
	}{
		{facts.Management.PersistedInODM, "the ODM"},
		{facts.Management.PersistedInRcTCPIP, "a chdev line in /etc/rc.tcpip"},
		{facts.Management.PersistedByAutoconf6, "autoconf6 in /etc/rc.tcpip"},
	} {
		if yes, _ := p.fact.Get(); yes {
			persists = append(persists, p.what)
		}
	}
	say("persisted by %s", orNone(strings.Join(persists, " and ")))
	connected, known := facts.RMC.Connected.Get()
	state := map[bool]string{true: "connected to its management system", false: "not connected to a management system"}[connected]
	if !known {
		state = "in a state that cannot be told (" + facts.RMC.Connected.Why().String() + ")"
	}
	id, _ := facts.NodeID.Etc.Get()
	say("RMC %s, node id %s", state, orNone(id.ID))
	return lines
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
