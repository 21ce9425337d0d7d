// SPDX-License-Identifier: MPL-2.0

package aix

// Interface is a network interface enN, or another one that runs.
type Interface struct {
	// Name is the interface's name, for instance "en1".
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
	Flags []string `json:"flags"`
	// IPv4 are the IPv4 addresses in the order shown.
	IPv4 []IPv4Address `json:"ipv4"`
	// IPv6 are the IPv6 addresses in the order shown.
	IPv6 []IPv6Address `json:"ipv6"`
	// MTU is in bytes (`netstat -in`); 0 for an interface that is not present.
	MTU Fact[int] `json:"mtu"`
}

// IPv4Address is an address with its netmask in dotted form.
type IPv4Address struct {
	// Address is in dotted form.
	Address string `json:"address"`
	// Netmask is in dotted form; empty for an alias without one.
	Netmask string `json:"netmask"`
}

// IPv6Address is an address in canonical text (RFC 5952) with its prefix length in bits.
type IPv6Address struct {
	// Address is the address without a zone.
	Address string `json:"address"`
	// PrefixLength is in bits, from 0 to 128.
	PrefixLength int `json:"prefix_length"`
	// Scope is "link-local", "global", "loopback", "unspecified" or "ipv4-compatible".
	Scope string `json:"scope"`
}

// Configured are the ODM attributes of an interface. An empty string is an empty attribute.
type Configured struct {
	// Defined is false when no device of that name is in the ODM.
	Defined bool `json:"defined"`
	// Available is false for a device that is only Defined (`rmdev -l`): the ODM knows
	// it and the kernel does not.
	Available bool `json:"available"`
	// State is "up", "down" or "detach".
	State string `json:"state"`
	// NetAddr is the IPv4 address.
	NetAddr string `json:"netaddr"`
	// Netmask is the IPv4 netmask in dotted form.
	Netmask string `json:"netmask"`
	// NetAddr6 is the IPv6 address as stored.
	NetAddr6 string `json:"netaddr6"`
	// PrefixLen is the IPv6 prefix length in bits, as stored.
	PrefixLen string `json:"prefixlen"`
	// Alias4 are further IPv4 addresses with their netmasks, as stored.
	Alias4 string `json:"alias4"`
	// Alias6 are further IPv6 addresses with their prefix lengths, as stored.
	Alias6 string `json:"alias6"`
	// MTU is in bytes, as stored.
	MTU string `json:"mtu"`
}

// Adapter is a network adapter.
type Adapter struct {
	// Name is the adapter's name, for instance "ent1"; empty for an interface that has none.
	Name string `json:"name"`
	// Available is false for an adapter that is only Defined, of which nothing else is known.
	Available bool `json:"available"`
	// Type is the device type as entstat prints it, for instance "Virtual I/O Ethernet Adapter (l-lan)".
	Type string `json:"type"`
	// MAC is six lower-case octets with colons, zero padded.
	MAC string `json:"mac"`
	// PortVLAN is the port VLAN id, -1 when not shown.
	PortVLAN int `json:"port_vlan"`
	// Switch is the virtual switch, for instance "ETHERNET0"; empty when not shown.
	Switch string `json:"switch"`
}

// AdapterDevice is an Ethernet adapter as the ODM has it.
type AdapterDevice struct {
	// Name is the adapter's name, for instance "ent1".
	Name string `json:"name"`
	// Available is false for an adapter that is only Defined.
	Available bool `json:"available"`
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
	// PersistedInODM is true when the ODM holds a link-local address (netaddr6) and state=up.
	PersistedInODM Fact[bool] `json:"persisted_in_odm"`
	// PersistedInRcTCPIP is true when a chdev line that is not a comment in /etc/rc.tcpip sets a link-local address.
	PersistedInRcTCPIP Fact[bool] `json:"persisted_in_rc_tcpip"`
	// PersistedByAutoconf6 is true when /etc/rc.tcpip starts autoconf6 for the interface.
	PersistedByAutoconf6 Fact[bool] `json:"persisted_by_autoconf6"`
	// Persistent is true when one of the three would bring the address back at boot.
	Persistent Fact[bool] `json:"persistent"`
}

// Route is one route of the routing table.
type Route struct {
	// Destination is an address or a network as printed.
	Destination string `json:"destination"`
	// Gateway is empty where netstat leaves the column empty, as it does for local link-local routes.
	Gateway string `json:"gateway"`
	// Flags are netstat's letters.
	Flags string `json:"flags"`
	// Interface is the interface that the route goes through.
	Interface string `json:"interface"`
}

// RcTCPIP is /etc/rc.tcpip as far as it matters.
type RcTCPIP struct {
	// Present says that the file exists.
	Present bool `json:"present"`
	// Mode is the permission string of ls, for instance "-rwxrwxr--".
	Mode string `json:"mode"`
	// Owner is a numeric id.
	Owner int `json:"owner"`
	// Group is a numeric id.
	Group int `json:"group"`
	// Chdev are the lines that run chdev on an interface, commented ones included, in their order.
	Chdev []ChdevLine `json:"chdev"`
	// Starts are the lines that start a daemon, commented ones included, in their order.
	Starts []StartLine `json:"starts"`
	// Network are the other lines that run a command which changes interfaces, or that
	// end the script, comments left out, in their order.
	Network []NetworkLine `json:"network"`
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
	Commented bool `json:"commented"`
	// Interface is the interface that is changed.
	Interface string `json:"interface"`
	// NetAddr6 is the address that the line sets; empty when it sets none.
	NetAddr6 string `json:"netaddr6"`
	// PrefixLen is the prefix length that the line sets, as written.
	PrefixLen string `json:"prefixlen"`
	// Clears says that the line sets netaddr6 to nothing, which removes the address.
	Clears bool `json:"clears"`
	// State is the state that the line sets ("up", "down", "detach"); empty when it sets none.
	State string `json:"state"`
}

// StartLine is a line of rc.tcpip that starts a daemon.
type StartLine struct {
	// Line counts from 1.
	Line int `json:"line"`
	// Daemon is the program's name without its folder.
	Daemon string `json:"daemon"`
	// Arguments are the words after it, with their quotes taken off.
	Arguments string `json:"arguments"`
	// Enabled is false for a line that is a comment.
	Enabled bool `json:"enabled"`
}

// NetworkLine is a line of rc.tcpip that may change an interface.
type NetworkLine struct {
	// Line counts from 1.
	Line int `json:"line"`
	// Text is the whole line.
	Text string `json:"text"`
}

// InittabEntry is one entry of /etc/inittab.
type InittabEntry struct {
	// ID names the entry, for instance "ctrmc".
	ID string `json:"id"`
	// RunLevels are digits and letters; empty for all of them.
	RunLevels string `json:"run_levels"`
	// Action is init's word, for instance "once".
	Action string `json:"action"`
	// Command is what runs, with its comment.
	Command string `json:"command"`
	// InUse is true when the action is not "off".
	InUse bool `json:"in_use"`
}

// PacketFilter is AIX's packet filter, the IP security extension. RMC uses TCP and
// UDP port 657 (https://www.ibm.com/docs/en/rsct/3.3?topic=security-port-usage).
type PacketFilter struct {
	// IPv4 is the filter for IPv4.
	IPv4 Fact[FilterTable] `json:"ipv4"`
	// IPv6 is the filter for IPv6.
	IPv6 Fact[FilterTable] `json:"ipv6"`
	// BlocksRMC says whether the IPv6 filter denies port 657 whatever the addresses
	// are. It is unknown where that depends on addresses, on an interface, on a
	// conditional rule, or on another packet filter.
	BlocksRMC Fact[bool] `json:"blocks_rmc"`
}

// FilterTable are the filter rules for one version of IP.
type FilterTable struct {
	// Active says that the IP security device of this version is available. Rules of
	// an inactive filter have no effect, and are not read.
	Active bool `json:"active"`
	// Rules are in their order; the default rule, number 0, comes last.
	Rules []FilterRule `json:"rules"`
}

// FilterRule is one rule of lsfilt.
type FilterRule struct {
	// Number is the rule's id; 0 for the default rule.
	Number int `json:"number"`
	// Action is "permit", "deny", or a conditional action such as "if".
	Action string `json:"action"`
	// Source is an address, a blank and a mask, as printed.
	Source string `json:"source"`
	// Destination is an address, a blank and a mask, as printed.
	Destination string `json:"destination"`
	// Protocol is a name such as "tcp", a number, or "all".
	Protocol string `json:"protocol"`
	// SourcePort is an operator and a port, as in "eq 657", or "any".
	SourcePort string `json:"source_port"`
	// DestinationPort is an operator and a port, or "any".
	DestinationPort string `json:"destination_port"`
	// Scope is "both", "local" or "route".
	Scope string `json:"scope"`
	// Direction is "both", "inbound" or "outbound".
	Direction string `json:"direction"`
	// Interface is a name or "all".
	Interface string `json:"interface"`
	// MatchesRMC says that the rule's protocol and ports include TCP or UDP port 657.
	MatchesRMC bool `json:"matches_rmc"`
}
