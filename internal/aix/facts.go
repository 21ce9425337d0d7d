// SPDX-License-Identifier: MPL-2.0

// Package aix is AIX in types: what a guest says of its filesets, subsystems,
// interfaces and boot configuration, one type and one parser a file. A fact that
// could not be determined is unknown, with the reason; it is never empty or zero.
package aix

//go:generate go run ./gen

// Facts is all that the parsers read out of one collection of evidence. The
// policy language shows it under the roots `guest` and `baseline`, with the names
// of the json tags.
type Facts struct {
	// System is the identity of the guest and of its operating system.
	System System `json:"system"`
	// Filesets are the installed filesets (`lslpp -Lqc`), sorted by name. RPMs and interim
	// fixes, which lslpp lists as well, the latter to root alone, are in lists of their own.
	Filesets Fact[[]Fileset] `json:"filesets"`
	// RPMs are the installed RPM packages that lslpp lists, sorted by name.
	RPMs Fact[[]RPM] `json:"rpms"`
	// InterimFixes are the interim fixes (`emgr -l`), in the order emgr numbers them.
	InterimFixes Fact[[]InterimFix] `json:"interim_fixes"`
	// Maintenance is the consistency of the installed software.
	Maintenance Maintenance `json:"maintenance"`
	// Subsystems are the SRC subsystems (`lssrc -a`), sorted by name.
	Subsystems Fact[[]Subsystem] `json:"subsystems"`
	// RMC is the state of Resource Monitoring and Control towards its management system.
	RMC RMC `json:"rmc"`
	// NodeID is the RSCT node id in the three places it is kept.
	NodeID NodeID `json:"node_id"`
	// Interfaces are the network interfaces, running or configured, sorted by name.
	Interfaces Fact[[]Interface] `json:"interfaces"`
	// Adapters are the Ethernet adapters entN of the ODM, sorted by name.
	Adapters Fact[[]AdapterDevice] `json:"adapters"`
	// Management is the interface that RMC reaches its management system through.
	Management Management `json:"management"`
	// Routes6 are the IPv6 routes (`netstat -rn -f inet6`), in the order shown.
	Routes6 Fact[[]Route] `json:"routes6"`
	// RcTCPIP is /etc/rc.tcpip.
	RcTCPIP Fact[RcTCPIP] `json:"rc_tcpip"`
	// Inittab are the entries of /etc/inittab (`lsitab -a`), in their order.
	Inittab Fact[[]InittabEntry] `json:"inittab"`
	// CloudInit is what injects the address and resets RMC at first boot.
	CloudInit CloudInit `json:"cloud_init"`
	// Boot is the boot list, the boot device, and sys0's attributes that bear on them.
	Boot Boot `json:"boot"`
	// Cluster is membership in a peer domain or a CAA cluster.
	Cluster Cluster `json:"cluster"`
	// Disagreements are facts that several sources tell differently, sorted.
	Disagreements []Disagreement `json:"disagreements"`
}

// System is the identity of the guest and of its operating system.
type System struct {
	// OS is the kernel's name, "AIX" on AIX (`uname -s`).
	OS Fact[string] `json:"os"`
	// Hostname is `uname -n`.
	Hostname Fact[string] `json:"hostname"`
	// Root says whether the collection ran as root. Without root several commands
	// say less than they know, or nothing.
	Root Fact[bool] `json:"root"`
	// Time is the guest's clock at the collection, RFC 3339 in UTC.
	Time Fact[string] `json:"time"`
	// ClockSkew is by how many seconds the guest's clock is ahead of the Packer host's,
	// negative where it is behind; 0 when its time lies within the collection's. It is
	// unknown for a collection by hand, which no clock of a Packer host saw.
	ClockSkew Fact[int] `json:"clock_skew"`
	// Level is what `oslevel -s` says.
	Level Fact[OSLevel] `json:"level"`
	// Model is the machine type and model of the managed system, for instance "IBM,9105-22A" (sys0 modelname).
	Model Fact[string] `json:"model"`
	// PartitionUUID is sys0's partition_uuid; empty where this AIX level has no such attribute.
	PartitionUUID Fact[string] `json:"partition_uuid"`
	// OSUUID is sys0's os_uuid; empty where this AIX level has no such attribute.
	OSUUID Fact[string] `json:"os_uuid"`
	// SystemID is the type and serial number of the managed system, for instance "IBM,0212345A7" (sys0 systemid).
	SystemID Fact[string] `json:"system_id"`
	// Firmware is the firmware level as sys0's fwversion tells it.
	Firmware Fact[string] `json:"firmware"`
}

// OSLevel is an AIX level of the form VVRR-TL-SP-YYWW.
type OSLevel struct {
	// Text is the level as printed, for instance "7300-02-02-2420".
	Text string `json:"text"`
	// Version is the version and release, for instance "7.3".
	Version string `json:"version"`
	// TechnologyLevel is the TL number.
	TechnologyLevel int `json:"technology_level"`
	// ServicePack is the SP number.
	ServicePack int `json:"service_pack"`
	// Build is the year and week of the build, for instance "2420"; empty when not printed.
	Build string `json:"build"`
}

// Fileset is one installed fileset.
type Fileset struct {
	// Name is the fileset's name, for instance "rsct.core.rmc".
	Name string `json:"name"`
	// Level is the effective VRMF, for instance "3.2.6.2".
	Level string `json:"level"`
	// State is one of "applied", "broken", "committed", "efix locked", "obsolete",
	// "inconsistent", "applying", "committing", "rejecting", "deinstalling".
	State string `json:"state"`
	// Kind is "base", "update", or the type that lslpp prints otherwise ("product", "component", "feature").
	Kind string `json:"kind"`
	// EFIXLocked says that an interim fix locks the fileset. Without root lslpp knows
	// nothing of interim fixes (https://www.ibm.com/docs/en/aix/7.3?topic=l-lslpp-command).
	EFIXLocked Fact[bool] `json:"efix_locked"`
	// Parts are the usr, root and share parts (`lslpp -qlc`), sorted; empty for filesets
	// that RMC does not need, whose parts are not collected.
	Parts Fact[[]FilesetPart] `json:"parts"`
}

// FilesetPart is the usr, root or share part of a fileset.
type FilesetPart struct {
	// Part is "usr", "root" or "share".
	Part string `json:"part"`
	// Level is the part's own VRMF. The root part may legally be lower than the usr part.
	Level string `json:"level"`
	// State is as in Fileset.
	State string `json:"state"`
}

// RPM is an installed RPM package.
type RPM struct {
	// Name is the package's name without its version, for instance "cloud-init".
	Name string `json:"name"`
	// Version is version and release, for instance "0.7.5-4.3".
	Version string `json:"version"`
}

// InterimFix is one interim fix.
type InterimFix struct {
	// Label is the fix's name, for instance "IJ20785s2a".
	Label string `json:"label"`
	// State is emgr's letter, for instance "S", "Q" or "QP".
	State string `json:"state"`
	// RebootRequired is true for the states that await a reboot.
	RebootRequired bool `json:"reboot_required"`
	// Abstract is the fix's own short description.
	Abstract string `json:"abstract"`
}

// Maintenance is the consistency of the installed software.
type Maintenance struct {
	// Consistent is true when `lppchk -v` found nothing.
	Consistent Fact[bool] `json:"consistent"`
	// Inconsistencies are the lines `lppchk -v` printed.
	Inconsistencies Fact[[]string] `json:"inconsistencies"`
	// IncompleteLevels are the technology levels of which not all filesets are installed (`instfix -i`), sorted.
	IncompleteLevels Fact[[]string] `json:"incomplete_levels"`
}

// Subsystem is one subsystem of the System Resource Controller.
type Subsystem struct {
	// Name is the subsystem's name, for instance "ctrmc".
	Name string `json:"name"`
	// Group is empty for a subsystem without one.
	Group string `json:"group"`
	// PID is 0 when the subsystem does not run.
	PID int `json:"pid"`
	// Status is "active", "inoperative" or another word of lssrc.
	Status string `json:"status"`
	// Active is true when Status is "active".
	Active bool `json:"active"`
	// OnDemand is true for RSCT's subsystems that are normally inoperative and are
	// started when something asks for them: ctcas, IBM.ERRM, IBM.AuditRM, IBM.LPRM. To
	// find one of them inoperative says nothing.
	OnDemand bool `json:"on_demand"`
}

// RMC is the state of Resource Monitoring and Control.
type RMC struct {
	// ControlPoints are the management control points of `rmcdomainstatus -s ctrmc`:
	// the consoles that manage this node. Only these count as out-of-band connections.
	ControlPoints Fact[[]ControlPoint] `json:"control_points"`
	// Peers are the nodes of rmcdomainstatus' section "Peer Domain Status", this node included.
	Peers Fact[[]DomainNode] `json:"peers"`
	// ManagedNodes are the nodes that this node manages, as a console would.
	ManagedNodes Fact[[]DomainNode] `json:"managed_nodes"`
	// InBand says whether the in-band proxy (subsystem mcproxy) exists and runs.
	InBand Fact[InBand] `json:"in_band"`
	// Records are the IBM.MCP resources. A record does not prove a live connection.
	Records Fact[[]MCPRecord] `json:"records"`
	// Connected is true when one control point is up, or the in-band proxy names a
	// console; false without either, and when ctrmc does not run.
	Connected Fact[bool] `json:"connected"`
	// RemoteClients says whether ctrmc accepts remote clients (`rmcctrl -p`): the RMC
	// daemon listens on TCP port 657 only while it does. False while it does not run.
	RemoteClients Fact[bool] `json:"remote_clients"`
	// Arguments are what the SRC starts ctrmc with (`odmget SRCsubsys`), where rmcctrl
	// keeps settings for the next start; empty when there is no such subsystem.
	Arguments Fact[string] `json:"arguments"`
	// PacketFilter are the rules of AIX's own packet filter, as far as they bear on RMC.
	PacketFilter PacketFilter `json:"packet_filter"`
}

// DomainNode is one line of rmcdomainstatus about a peer or about a managed node.
type DomainNode struct {
	// Token1 is the connection's state, "S" for this node itself.
	Token1 string `json:"token1"`
	// Token2 is the state of the message queue, "S" for this node itself.
	Token2 string `json:"token2"`
	// NodeID is hexadecimal, without leading zeros.
	NodeID string `json:"node_id"`
	// Name is the node's name or address as printed.
	Name string `json:"name"`
}

// ControlPoint is one line of rmcdomainstatus' section "Management Control Points".
type ControlPoint struct {
	// Token1 is the connection's state: "I" up, "i" pending, "O" down, "X" and "Z" suspended.
	Token1 string `json:"token1"`
	// Token2 is the state of the message queue, for instance "A" or "a".
	Token2 string `json:"token2"`
	// NodeID is hexadecimal, without leading zeros.
	NodeID string `json:"node_id"`
	// Address is the console's name or address as printed.
	Address string `json:"address"`
	// Connected is true when Token1 is "I".
	Connected bool `json:"connected"`
}

// InBand is RMC through the hypervisor (AIX 7.3 TL4 and later).
type InBand struct {
	// Present says that the subsystem mcproxy is defined.
	Present bool `json:"present"`
	// Active says that it runs.
	Active bool `json:"active"`
	// Consoles are the host names that `lssrc -ls mcproxy` lists, sorted.
	Consoles []string `json:"consoles"`
}

// MCPRecord is one resource of class IBM.MCP.
type MCPRecord struct {
	// Name is the name or address under which the console knows this node (MNName).
	Name string `json:"name"`
	// NodeID is decimal text as printed; it may exceed 64 bits in published samples.
	NodeID string `json:"node_id"`
	// Console is the console's machine type, model and serial number (HMCName).
	Console string `json:"console"`
	// KeyToken is the name under which the console's public key is known here.
	KeyToken string `json:"key_token"`
	// Addresses are the console's addresses as printed, sorted; they are not checked.
	Addresses []string `json:"addresses"`
	// PeerDomain is the active peer domain; empty when there is none.
	PeerDomain string `json:"peer_domain"`
}

// NodeID is the RSCT node id in the three places IBM's page compares
// (https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix).
type NodeID struct {
	// Reported is what lsnodeid prints.
	Reported Fact[string] `json:"reported"`
	// Etc is the first line of /etc/ct_node_id.
	Etc Fact[IDFile] `json:"etc"`
	// Var is the first line of /var/ct/cfg/ct_node_id.
	Var Fact[IDFile] `json:"var"`
	// Consistent is true when all three agree.
	Consistent Fact[bool] `json:"consistent"`
}

// IDFile is a file that holds a node id in its first line.
type IDFile struct {
	// Present says that the file exists.
	Present bool `json:"present"`
	// ID is hexadecimal, without leading zeros; empty when the file is absent or its first line is empty.
	ID string `json:"id"`
}

// Disagreement is a fact that several sources tell differently.
type Disagreement struct {
	// Subject is what they speak of, for instance "en1 MAC".
	Subject string `json:"subject"`
	// Sources are "probe says value" in words, sorted.
	Sources []string `json:"sources"`
}
