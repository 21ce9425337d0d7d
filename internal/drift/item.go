// SPDX-License-Identifier: MPL-2.0

// Package drift says what differs between two sets of facts of the same guest, in
// the domain's words.
package drift

// Item is one difference from the baseline.
type Item struct {
	// Subject is the thing that changed: "en1", "/etc/rc.tcpip", "ctrmc", "node id", "boot list".
	Subject string `json:"subject"`
	// Aspect is a stable kebab-case name of what about it changed, one of the Aspect constants.
	Aspect string `json:"aspect"`
	// Was and Is are the values before and after, as text; empty for none.
	Was string `json:"was"`
	Is  string `json:"is"`
	// Words say it in a sentence without a full stop, as in "en1 lost fe80::1/64".
	Words string `json:"words"`
	// Stretch is the part of the build in which it appeared, in words, as in
	// "between baseline (10:00:00Z) and checkpoint 1 (10:04:12Z)"; empty when not known.
	Stretch string `json:"stretch"`
	// Restored is true when the thing was put back and a new collection proved it.
	Restored bool `json:"restored"`
}
