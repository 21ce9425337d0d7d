// SPDX-License-Identifier: MPL-2.0

// Package hazard says what a command does to a guest, as far as RMC and the boot of
// an image deployed in Power VS are concerned. It looks at commands as they are
// written, not at a machine.
//
// A hazard is a fact about a command and not a verdict: `ifconfig en0 detach` has
// the hazard DetachesInterface too. Which of them matter, on which target and how
// gravely is said by the rules in internal/policy/builtin/lint-*.rsct.hcl.
package hazard

// The hazards. Each is the name of the built-in rule that speaks of it.
const (
	// RemovesInterface: a network interface or its adapter goes from the ODM.
	RemovesInterface = "removes-interface"
	// DetachesInterface: a network interface goes down or is detached.
	DetachesInterface = "detaches-interface"
	// DeletesAddress: an IPv6 address is taken off a running interface.
	DeletesAddress = "deletes-address"
	// ClearsAddressAttribute: the IPv6 address in the ODM is emptied or replaced.
	ClearsAddressAttribute = "clears-address-attribute"
	// GivesIPv4Address: an interface is given an IPv4 address.
	GivesIPv4Address = "gives-ipv4-address"
	// RemovesTCPIP: the whole TCP/IP configuration goes.
	RemovesTCPIP = "removes-tcpip"
	// UsesSmitty: the network is configured through smit or smitty.
	UsesSmitty = "uses-smitty"
	// DeletesDeviceODM: objects of devices are deleted from the ODM by hand.
	DeletesDeviceODM = "deletes-device-odm"
	// DisablesAutoconf6: autoconf6 or ndpd-host no longer starts at boot.
	DisablesAutoconf6 = "disables-autoconf6"
	// RemovesChdevLine: the line of /etc/rc.tcpip that keeps the injected address goes.
	RemovesChdevLine = "removes-chdev-line"
	// AddsChdevLine: a chdev line of one's own is put into /etc/rc.tcpip.
	AddsChdevLine = "adds-chdev-line"
	// StopsRMC: the RMC subsystem is stopped.
	StopsRMC = "stops-rmc"
	// RemovesRMCStart: RMC no longer starts at boot.
	RemovesRMCStart = "removes-rmc-start"
	// DisablesRemoteClients: RMC no longer accepts clients from other machines.
	DisablesRemoteClients = "disables-remote-clients"
	// ResetsNodeID: the RSCT node id and all state below /var/ct are made anew.
	ResetsNodeID = "resets-node-id"
	// DeletesNodeID: the files with the RSCT node id go.
	DeletesNodeID = "deletes-node-id"
	// RemovesRSCT: filesets or files of RSCT go.
	RemovesRSCT = "removes-rsct"
	// RemovesCloudInit: cloud-init goes, or no longer runs at boot.
	RemovesCloudInit = "removes-cloud-init"
	// ClearsClouddev: the device configuration is not rebuilt on a new VM.
	ClearsClouddev = "clears-clouddev"
	// SetsGhostdev: the device configuration is thrown away at every move.
	SetsGhostdev = "sets-ghostdev"
	// BootsAnotherVolume: another root volume group is made and booted from.
	BootsAnotherVolume = "boots-another-volume"
	// RestoresMksysb: a mksysb is restored over the system or beside it.
	RestoresMksysb = "restores-mksysb"
	// ChangesBootList: the boot list is changed.
	ChangesBootList = "changes-boot-list"
	// HarmsBootVolume: the boot volume is removed, emptied or made unbootable.
	HarmsBootVolume = "harms-boot-volume"
	// BlocksRMCPort: a packet filter stands between RMC and the management system.
	BlocksRMCPort = "blocks-rmc-port"
)

// All are the hazards, sorted.
var All = []string{
	AddsChdevLine, BlocksRMCPort, BootsAnotherVolume, ChangesBootList, ClearsAddressAttribute, ClearsClouddev,
	DeletesAddress, DeletesDeviceODM, DeletesNodeID, DetachesInterface, DisablesAutoconf6, DisablesRemoteClients,
	GivesIPv4Address, HarmsBootVolume, RemovesChdevLine, RemovesCloudInit, RemovesInterface, RemovesRMCStart,
	RemovesRSCT, RemovesTCPIP, ResetsNodeID, RestoresMksysb, SetsGhostdev, StopsRMC, UsesSmitty,
}
