// SPDX-License-Identifier: MPL-2.0

// Package drift says what differs between two sets of facts of the same guest, in
// the domain's words.
package drift

// The aspects of a drift: stable kebab-case names of what about the subject changed.
const (
	AspectUndetermined = "undetermined" // it can no longer be told
	AspectDefined      = "defined"      // the interface is gone from the ODM
	AspectAttached     = "attached"     // the kernel no longer has the interface
	AspectUp           = "up"           // the interface went down
	AspectAddress      = "address"      // an IPv6 address, or its prefix length
	AspectIPv4         = "ipv4"         // IPv4 on an interface that had none
	AspectMTU          = "mtu"          // the interface's MTU
	AspectAttribute    = "attribute"    // an ODM attribute; Subject is "en1 netaddr6"
	AspectAdapter      = "adapter"      // MAC, VLAN or switch of the adapter
	AspectStartupFile  = "startup-file" // /etc/rc.tcpip is gone or empty
	AspectStartupMode  = "startup-mode" // its permissions or owner
	AspectStartupLine  = "startup-line" // a line of it; Was is the line
	AspectRMCActive    = "rmc-active"   // ctrmc or mcproxy stopped
	AspectRMCDefined   = "rmc-defined"  // ctrmc is no subsystem any more
	AspectRMCAtBoot    = "rmc-at-boot"  // ctrmc's inittab entry; Was is the entry
	AspectNodeID       = "node-id"      // the RSCT node id
	AspectFileset      = "fileset"      // an RSCT fileset removed, lowered or broken
	AspectBootVolume   = "boot-volume"  // boot list or boot device
	AspectFirstBoot    = "first-boot"   // cloud-init's ability to inject again
)

// Item is one difference from the baseline.
type Item struct {
	// Subject is the thing that changed: "en1", "/etc/rc.tcpip", "ctrmc", "node id", "boot list".
	Subject string `json:"subject"`
	// Aspect is one of the Aspect constants.
	Aspect string `json:"aspect"`
	// Was and Is are the values before and after, as text; empty for none.
	Was string `json:"was"`
	Is  string `json:"is"`
	// Words say it in a sentence without a full stop, as in "en1 lost fe80::1/64".
	Words string `json:"words"`
	// Stretch is the part of the build in which it appeared, in words, as in
	// "between baseline (10:00:00Z) and checkpoint 2 (10:04:12Z)"; empty when not known.
	Stretch string `json:"stretch"`
	// Restored is true when the thing was put back and a new collection proved it.
	Restored bool `json:"restored"`
}

// key tells whether two items are the same change.
func (i Item) key() [4]string { return [4]string{i.Subject, i.Aspect, i.Was, i.Is} }
