// SPDX-License-Identifier: MPL-2.0

// Package drift says what differs between two sets of facts of the same guest, in
// the domain's words.
package drift

// The aspects of a drift: stable kebab-case names of what about the subject changed.
const (
	AspectUndetermined  = "undetermined"   // it can no longer be told
	AspectDefined       = "defined"        // the interface, or its adapter, is gone from the ODM
	AspectAvailable     = "available"      // the interface, or its adapter, is only Defined
	AspectAttached      = "attached"       // the kernel no longer has the interface
	AspectUp            = "up"             // the interface went down or up
	AspectFlags         = "flags"          // its flags but for UP and RUNNING
	AspectAddress       = "address"        // an IPv6 address, or its prefix length
	AspectIPv4          = "ipv4"           // an IPv4 address
	AspectMTU           = "mtu"            // the interface's MTU as it runs
	AspectAttribute     = "attribute"      // an ODM attribute; Subject is "en1 netaddr6"
	AspectAdapter       = "adapter"        // MAC, VLAN or switch of the adapter
	AspectStartupFile   = "startup-file"   // /etc/rc.tcpip is gone or empty
	AspectStartupMode   = "startup-mode"   // its permissions or owner
	AspectStartupLine   = "startup-line"   // a line of it; Was is the line, or the daemon that it starts
	AspectStartupAdded  = "startup-added"  // a line of it that was not there; Is is the line
	AspectDaemon        = "daemon"         // ndpd-host started or stopped
	AspectInit          = "init"           // an entry of /etc/inittab but ctrmc's; Was is the entry
	AspectRMCActive     = "rmc-active"     // ctrmc, mcproxy or a resource manager stopped
	AspectRMCDefined    = "rmc-defined"    // one of them is no subsystem any more
	AspectRMCAtBoot     = "rmc-at-boot"    // ctrmc's inittab entry; Was is the entry
	AspectRMCArguments  = "rmc-arguments"  // what the SRC starts ctrmc with
	AspectRemoteClients = "remote-clients" // whether ctrmc accepts remote clients
	AspectConsole       = "console"        // the connection to the management system
	AspectNodeID        = "node-id"        // the RSCT node id
	AspectFileset       = "fileset"        // an RSCT fileset removed, lowered or broken
	AspectBootVolume    = "boot-volume"    // boot list or boot device
	AspectFirstBoot     = "first-boot"     // cloud-init's ability to inject again
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
	// Commands are those of the restorations that ran while it was different, in their
	// order; none when a step of the build itself undid it.
	Commands []string `json:"commands"`
}

// key tells whether two items are the same change.
func (i Item) key() [4]string { return [4]string{i.Subject, i.Aspect, i.Was, i.Is} }
