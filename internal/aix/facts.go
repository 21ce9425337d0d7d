// SPDX-License-Identifier: MPL-2.0

// Package aix is AIX in types: what a guest says of its filesets, subsystems,
// interfaces and boot configuration, one type and one parser a file. A fact that
// could not be determined is unknown, with the reason; it is never empty or zero.
package aix

// Facts is all that the parsers read out of one collection of evidence. The
// policy language shows it under the roots `guest` and `baseline`, with the names
// of the json tags.
type Facts struct {
	// System is the identity of the guest and of its operating system.
	System System `json:"system"`
	// Filesets are the installed filesets (`lslpp -Lqc`), RPMs left out, sorted by name.
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
	// Level is what `oslevel -s` says.
	Level Fact[OSLevel] `json:"level"`
	// Model is the machine type and model of the managed system, for instance "IBM,9105-22A" (sys0 modelname).
	Model Fact[string] `json:"model"`
	// PartitionUUID is sys0's partition_uuid; empty where this AIX level has no such attribute.
	PartitionUUID Fact[string] `json:"partition_uuid"`
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
	// Kind is "base", "update", or the type that lslpp prints otherwise ("product", "component", "feature", "interim fix").
	Kind string `json:"kind"`
	// EFIXLocked says that an interim fix locks the fileset.
	EFIXLocked bool `json:"efix_locked"`
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
	Name string `json:"name"`
	// Group is empty for a subsystem without one.
	Group string `json:"group"`
	// PID is 0 when the subsystem does not run.
	PID int `json:"pid"`
	// Status is "active", "inoperative" or another word of lssrc.
	Status string `json:"status"`
	// Active is true when Status is "active".
	Active bool `json:"active"`
}

// RMC is the state of Resource Monitoring and Control.
type RMC struct {
	// ControlPoints are the management control points of `rmcdomainstatus -s ctrmc`:
	// the consoles that manage this node. Only these count as out-of-band connections.
	ControlPoints Fact[[]ControlPoint] `json:"control_points"`
	// InBand says whether the in-band proxy (subsystem mcproxy) exists and runs.
	InBand Fact[InBand] `json:"in_band"`
	// Records are the IBM.MCP resources. A record does not prove a live connection.
	Records Fact[[]MCPRecord] `json:"records"`
	// Connected is true when one control point is up, or the in-band proxy names a console.
	Connected Fact[bool] `json:"connected"`
}

// ControlPoint is one line of rmcdomainstatus' section "Management Control Points".
type ControlPoint struct {
	// Token1 is the connection's state: "I" up, "i" pending, "O" down, "X" and "Z" suspended.
	Token1 string `json:"token1"`
	// Token2 is the state of the message queue, for instance "A" or "a".
	Token2 string `json:"token2"`
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
	Name string `json:"name"`
	// NodeID is decimal text as printed; it may exceed 64 bits in published samples.
	NodeID    string   `json:"node_id"`
	Console   string   `json:"console"`
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
	Present bool   `json:"present"`
	ID      string `json:"id"`
}

// Interface is a network interface enN, or another one that runs.
type Interface struct {
	Name string `json:"name"`
	// Running is what the kernel has (`ifconfig -a`).
	Running Fact[Running] `json:"running"`
	// Configured is what the ODM has (`lsattr -El enN`).
	Configured Fact[Configured] `json:"configured"`
	// Adapter is the adapter below the interface (`entstat -d entN`).
	Adapter Fact[Adapter] `json:"adapter"`
	// LinkLocal says whether a link-local address (fe80::/10, RFC 4291) is on the running interface.
	LinkLocal Fact[bool] `json:"link_local"`
	// MatchesMAC says whether a link-local address is the modified EUI-64 form
	// (RFC 4291 appendix A) of the adapter's MAC; false when there is no link-local address.
	MatchesMAC Fact[bool] `json:"matches_mac"`
}

// Running is what the kernel has of an interface.
type Running struct {
	// Present is false when ifconfig does not list the interface: it is detached or undefined.
	Present bool `json:"present"`
	// Up is true when the flags hold UP and RUNNING.
	Up bool `json:"up"`
	// Flags are the flag names in the order printed.
	Flags []string      `json:"flags"`
	IPv4  []IPv4Address `json:"ipv4"`
	IPv6  []IPv6Address `json:"ipv6"`
	// MTU is bytes, 0 when netstat did not tell.
	MTU int `json:"mtu"`
}

// IPv4Address is an address with its netmask in dotted form.
type IPv4Address struct {
	Address string `json:"address"`
	Netmask string `json:"netmask"`
}

// IPv6Address is an address in canonical text (RFC 5952) with its prefix length in bits.
type IPv6Address struct {
	Address      string `json:"address"`
	PrefixLength int    `json:"prefix_length"`
	// Scope is "link-local", "global", "loopback", "unspecified" or "ipv4-compatible".
	Scope string `json:"scope"`
}

// Configured are the ODM attributes of an interface. An empty string is an empty attribute.
type Configured struct {
	// Defined is false when no device of that name is in the ODM.
	Defined bool `json:"defined"`
	// State is "up", "down" or "detach".
	State     string `json:"state"`
	NetAddr   string `json:"netaddr"`
	Netmask   string `json:"netmask"`
	NetAddr6  string `json:"netaddr6"`
	PrefixLen string `json:"prefixlen"`
	Alias4    string `json:"alias4"`
	Alias6    string `json:"alias6"`
	MTU       string `json:"mtu"`
}

// Adapter is a network adapter.
type Adapter struct {
	Name string `json:"name"`
	// Type is the device type as entstat prints it, for instance "Virtual I/O Ethernet Adapter (l-lan)".
	Type string `json:"type"`
	// MAC is six lower-case octets with colons, zero padded.
	MAC string `json:"mac"`
	// PortVLAN is the port VLAN id, -1 when not shown.
	PortVLAN int `json:"port_vlan"`
	// Switch is the virtual switch, for instance "ETHERNET0"; empty when not shown.
	Switch string `json:"switch"`
}

// Management is the interface that RMC reaches its management system through,
// and what would bring it back after a reboot.
type Management struct {
	// Interface is its name; empty when no interface is a candidate.
	Interface Fact[string] `json:"interface"`
	// Reason says why this interface, in words.
	Reason string `json:"reason"`
	// Candidates are the interfaces that could be it, sorted; more than one means that
	// the caller has to name one.
	Candidates []string `json:"candidates"`
	// Address is its link-local address; empty when it has none.
	Address Fact[string] `json:"address"`
	// PrefixLength is in bits; 0 when there is no address.
	PrefixLength Fact[int] `json:"prefix_length"`
	// Up says whether the interface is up and running.
	Up Fact[bool] `json:"up"`
	// PersistedInODM is true when the ODM holds an address (netaddr6) and state=up.
	PersistedInODM Fact[bool] `json:"persisted_in_odm"`
	// PersistedInRcTCPIP is true when a chdev line that is not a comment in /etc/rc.tcpip sets an address.
	PersistedInRcTCPIP Fact[bool] `json:"persisted_in_rc_tcpip"`
	// PersistedByAutoconf6 is true when /etc/rc.tcpip starts autoconf6 for the interface.
	PersistedByAutoconf6 Fact[bool] `json:"persisted_by_autoconf6"`
	// Persistent is true when one of the three would bring the address back at boot.
	Persistent Fact[bool] `json:"persistent"`
}

// Route is one route of the routing table.
type Route struct {
	Destination string `json:"destination"`
	// Gateway is empty where netstat leaves the column empty, as it does for local link-local routes.
	Gateway   string `json:"gateway"`
	Flags     string `json:"flags"`
	Interface string `json:"interface"`
}

// RcTCPIP is /etc/rc.tcpip as far as it matters.
type RcTCPIP struct {
	Present bool `json:"present"`
	// Mode is the permission string of ls, for instance "-rwxrwxr--".
	Mode string `json:"mode"`
	// Owner and Group are numeric ids.
	Owner int `json:"owner"`
	Group int `json:"group"`
	// Chdev are the lines that run chdev on an interface, commented ones included, in their order.
	Chdev []ChdevLine `json:"chdev"`
	// Starts are the lines that start a daemon, commented ones included, in their order.
	Starts []StartLine `json:"starts"`
	// DroppedAtDeploy are the numbers of lines that cloud-init drops when it rewrites the file at deploy.
	DroppedAtDeploy []int `json:"dropped_at_deploy"`
}

// ChdevLine is a line of rc.tcpip that runs chdev on an interface.
type ChdevLine struct {
	// Line counts from 1.
	Line int `json:"line"`
	// Text is the whole line.
	Text string `json:"text"`
	// Commented says that the line is a comment and does not run.
	Commented bool   `json:"commented"`
	Interface string `json:"interface"`
	NetAddr6  string `json:"netaddr6"`
	PrefixLen string `json:"prefixlen"`
}

// StartLine is a line of rc.tcpip that starts a daemon.
type StartLine struct {
	Line      int    `json:"line"`
	Daemon    string `json:"daemon"`
	Arguments string `json:"arguments"`
	// Enabled is false for a line that is a comment.
	Enabled bool `json:"enabled"`
}

// InittabEntry is one entry of /etc/inittab.
type InittabEntry struct {
	ID        string `json:"id"`
	RunLevels string `json:"run_levels"`
	Action    string `json:"action"`
	Command   string `json:"command"`
	// InUse is true when the action is not "off".
	InUse bool `json:"in_use"`
}

// CloudInit is what injects the management address and resets RMC at first boot.
type CloudInit struct {
	// Installed says that the package is installed.
	Installed Fact[bool] `json:"installed"`
	// Version is empty when it is not installed.
	Version Fact[string] `json:"version"`
	// Links are the names below /etc/rc.d/rc2.d that start cloud-init, sorted.
	Links Fact[[]string] `json:"links"`
	// Config says whether cloud.cfg exists and could be read.
	Config Fact[CloudConfig] `json:"config"`
}

// CloudConfig is /opt/freeware/etc/cloud/cloud.cfg as far as it matters.
type CloudConfig struct {
	Present     bool     `json:"present"`
	DataSources []string `json:"data_sources"`
	// Modules are all modules of the init, config and final stages, in their order.
	Modules []string `json:"modules"`
}

// Boot is what the machine boots from.
type Boot struct {
	// CloudDev is sys0's clouddev; empty where there is no such attribute.
	CloudDev Fact[string] `json:"clouddev"`
	// GhostDev is sys0's ghostdev; empty where there is no such attribute.
	GhostDev Fact[string] `json:"ghostdev"`
	// List are the disks of the normal boot list, each once, in their order.
	List Fact[[]string] `json:"list"`
	// Device is the disk of the last boot.
	Device Fact[string] `json:"device"`
	// Disks are the physical volumes (`lspv`), in the order shown.
	Disks Fact[[]Disk] `json:"disks"`
}

// Disk is one physical volume.
type Disk struct {
	Name string `json:"name"`
	// PVID is empty when the disk has none.
	PVID string `json:"pvid"`
	// VolumeGroup is empty when the disk belongs to none.
	VolumeGroup string `json:"volume_group"`
	// State is "active", "concurrent", or empty for a volume group that is not varied on.
	State string `json:"state"`
}

// Cluster is membership in a peer domain or a CAA cluster. It must not be captured in an image.
type Cluster struct {
	// PeerDomain is the name of the online peer domain; empty when there is none.
	PeerDomain Fact[string] `json:"peer_domain"`
	// CAA says that a CAA cluster is configured: cluster0 in the ODM, or a caavg_private disk.
	CAA Fact[bool] `json:"caa"`
}

// Disagreement is a fact that several sources tell differently.
type Disagreement struct {
	// Subject is what they speak of, for instance "en1 MAC".
	Subject string `json:"subject"`
	// Sources are "probe says value" in words, sorted.
	Sources []string `json:"sources"`
}
