// SPDX-License-Identifier: MPL-2.0

package aix

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
	// Present says that the file exists.
	Present bool `json:"present"`
	// DataSources are the names in datasource_list, in their order.
	DataSources []string `json:"data_sources"`
	// Modules are all modules of the init, config and final stages, in their order.
	Modules []string `json:"modules"`
	// NetworkDisabled says that "network: {config: disabled}" keeps cloud-init from
	// configuring any interface.
	NetworkDisabled bool `json:"network_disabled"`
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
	// VolumeGroups are the names of all volume groups on those disks, sorted.
	VolumeGroups Fact[[]string] `json:"volume_groups"`
	// Leftovers are the volume groups that alternate disk installation leaves behind
	// (altinst_rootvg, old_rootvg), sorted.
	Leftovers Fact[[]string] `json:"leftovers"`
	// NPIVAdapters are the virtual Fibre Channel client adapters, sorted.
	NPIVAdapters Fact[[]string] `json:"npiv_adapters"`
	// NPIVSupport is the level of devices.vdevice.IBM.vfc-client.rte; empty when it is not installed.
	NPIVSupport Fact[string] `json:"npiv_support"`
	// MPIOFilesets are the installed filesets that control multipath disks, sorted: those
	// of AIX's own path control modules (devices.common.IBM.mpio., devices.fcp.disk., …)
	// and of other products (devices.sddpcm., EMC., EMCpower., DLManager.).
	MPIOFilesets Fact[[]string] `json:"mpio_filesets"`
}

// Disk is one physical volume.
type Disk struct {
	// Name is the disk's name, for instance "hdisk0".
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
	// PeerDomains are all peer domains that are defined here, offline ones included, in the order shown.
	PeerDomains Fact[[]PeerDomain] `json:"peer_domains"`
	// Cluster0 says that the ODM holds the identity of a CAA cluster (`odmget -q name=cluster0 CuAt`).
	Cluster0 Fact[bool] `json:"cluster0"`
	// CAA says that a CAA cluster is configured: cluster0 in the ODM, or a caavg_private disk.
	CAA Fact[bool] `json:"caa"`
}

// PeerDomain is one line of lsrpdomain.
type PeerDomain struct {
	// Name is the domain's name.
	Name string `json:"name"`
	// State is "Online", "Offline", or another word of lsrpdomain.
	State string `json:"state"`
	// Version is the RSCT version that the domain runs at.
	Version string `json:"version"`
}
