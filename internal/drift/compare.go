// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"fmt"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// Compare returns how now differs from the baseline in what RMC needs. Two sets of
// facts are equal when it returns nothing; that is what a restoration has to prove.
// It compares
//
//   - the management interface as it runs: attached, up, other flags, addresses of
//     both families with their prefix lengths, MTU; its adapter with MAC, VLAN, switch;
//   - the interface in the ODM: defined, Available, its address attributes, state, MTU;
//   - what persists it: mode and owner of /etc/rc.tcpip, the chdev lines of the
//     interface, autoconf6 and ndpd-host there and as they run, every other line that
//     may change an interface, and init's entries that run all this;
//   - RMC: ctrmc, mcproxy and the resource managers that the management system works
//     with, ctrmc's arguments, start at boot, remote clients, the connection itself;
//   - the node id, RSCT's filesets, the boot list and boot device, and cloud-init's
//     ability to inject an address and reset RMC on a new VM.
//
// Other interfaces, routes and daemons are nobody's business. What was known at the
// baseline and cannot be told any more is a drift too; what the baseline did not know
// is not compared. The order is fixed.
func Compare(baseline, now *aix.Facts) []Item {
	c := &comparison{}
	name, _ := baseline.Management.Interface.Get()
	if name != "" {
		c.managementInterface(name, baseline, now)
		c.startupFile(name, baseline, now)
		c.daemons(baseline, now)
	}
	c.init(baseline, now)
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
