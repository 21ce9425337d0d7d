// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
)

// world is everything that a policy can be evaluated on, for tests to damage.
type world struct {
	guest    *aix.Facts
	baseline *aix.Facts
	drift    []drift.Item
	image    *image.Facts
}

func (w world) roots() Roots {
	r := Roots{Guest: w.guest, Image: w.image}
	if w.baseline != nil {
		r.Baseline = &Baseline{Facts: w.baseline, Drift: w.drift}
	}
	return r
}

// healthy is a Power VS virtual machine in order, written by us after what IBM's
// pages and public listings of such machines show.
func healthy() world {
	disk := image.Disk{File: "aix73_rootvg.img", Size: 20 << 30, ActualSize: 20 << 30, Capacity: 20 << 30, Boot: true}
	return world{guest: healthyFacts(), baseline: healthyFacts(), image: &image.Facts{
		Name: "aix73.ova.gz", IsFile: true, Size: 12 << 30, Format: "ova.gz", Importable: true,
		SHA256:    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Container: image.ContainerGzip, OSType: "aix", Architecture: "ppc64", BootVolumes: []string{disk.File},
		OVF:      image.Descriptor{State: image.Read, Name: "aix73.ovf", First: true, OSID: 9, OSType: "AIX", Architecture: "ppc64", Disks: []image.Disk{disk}},
		Meta:     image.Meta{State: image.Absent},
		Manifest: image.Manifest{State: image.Absent},
	}}
}

// fileset is a committed base fileset with a usr and a root part.
func fileset(name, level string) aix.Fileset {
	return aix.Fileset{
		Name: name, Level: level, State: "committed", Kind: "base",
		Parts: aix.Known([]aix.FilesetPart{{Part: "root", Level: level, State: "committed"}, {Part: "usr", Level: level, State: "committed"}}),
	}
}

func healthyFacts() *aix.Facts {
	const linkLocal, mac = "fe80::f862:ffff:fe00:b402", "fa:62:ff:00:b4:02"
	known := aix.Known[string]
	running := func(v4 []aix.IPv4Address, v6 []aix.IPv6Address) aix.Fact[aix.Running] {
		return aix.Known(aix.Running{Present: true, Up: true, Flags: []string{"UP", "RUNNING"}, IPv4: v4, IPv6: v6, MTU: aix.Known(1500)})
	}
	adapter := func(name, mac string) aix.Fact[aix.Adapter] {
		return aix.Known(aix.Adapter{Name: name, Type: "Virtual I/O Ethernet Adapter (l-lan)", MAC: mac, PortVLAN: 4094, Switch: "MGMTSWITCH"})
	}
	f := &aix.Facts{
		System: aix.System{
			OS: known("AIX"), Hostname: known("builder"), Root: aix.Known(true), Time: known("2026-11-24T10:00:00Z"),
			Level: aix.Known(aix.OSLevel{Text: "7300-02-02-2420", Version: "7.3", TechnologyLevel: 2, ServicePack: 2, Build: "2420"}),
			Model: known("IBM,9105-22A"), PartitionUUID: known("5f7d2f4e-0000-4000-8000-000000000001"),
		},
		Filesets: aix.Known([]aix.Fileset{
			fileset("bos.rte.SRC", "7.3.2.0"), fileset("devices.chrp.base.ServiceRM", "2.6.0.1"),
			fileset("devices.vdevice.IBM.vfc-client.rte", "7.3.2.0"), fileset("rsct.core.hostrm", "3.3.2.0"),
			fileset("rsct.core.rmc", "3.3.2.1"), fileset("rsct.core.sec", "3.3.2.0"), fileset("rsct.core.sr", "3.3.2.0"),
			fileset("rsct.core.utils", "3.3.2.1"),
		}),
		RPMs:         aix.Known([]aix.RPM{{Name: "cloud-init", Version: "22.1-1"}}),
		InterimFixes: aix.Known([]aix.InterimFix{}),
		Maintenance: aix.Maintenance{
			Consistent: aix.Known(true), Inconsistencies: aix.Known([]string{}), IncompleteLevels: aix.Known([]string{}),
		},
		RMC: aix.RMC{
			ControlPoints: aix.Known([]aix.ControlPoint{{Token1: "I", Token2: "A", NodeID: "0x9a0b1c2d3e4f5061", Address: "fe80::1", Connected: true}}),
			InBand:        aix.Known(aix.InBand{}), Records: aix.Known([]aix.MCPRecord{}),
			Connected: aix.Known(true), RemoteClients: aix.Known(true),
			PacketFilter: aix.PacketFilter{
				IPv4: aix.Known(aix.FilterTable{}), IPv6: aix.Known(aix.FilterTable{}), BlocksRMC: aix.Known(false),
			},
		},
		NodeID: aix.NodeID{
			Reported: known("a1b2c3d4e5f60718"), Etc: aix.Known(aix.IDFile{Present: true, ID: "a1b2c3d4e5f60718"}),
			Var: aix.Known(aix.IDFile{Present: true, ID: "a1b2c3d4e5f60718"}), Consistent: aix.Known(true),
		},
		Interfaces: aix.Known([]aix.Interface{
			{
				Name: "en0", Running: running([]aix.IPv4Address{{Address: "192.168.10.20", Netmask: "255.255.255.0"}}, nil),
				Configured: aix.Known(aix.Configured{}), Adapter: adapter("ent0", "fa:62:ff:00:b4:00"),
				LinkLocal: aix.Known(false), MatchesMAC: aix.Known(false),
			},
			{
				Name: "en1", Running: running(nil, []aix.IPv6Address{{Address: linkLocal, PrefixLength: 64, Scope: "link-local"}}),
				Configured: aix.Known(aix.Configured{NetAddr6: linkLocal, PrefixLen: "64"}), Adapter: adapter("ent1", mac),
				LinkLocal: aix.Known(true), MatchesMAC: aix.Known(true),
			},
		}),
		Management: aix.Management{
			Interface: known("en1"), Reason: "it has a link-local address and no IPv4 address", Candidates: []string{"en1"},
			Address: known(linkLocal), PrefixLength: aix.Known(64), Up: aix.Known(true),
			PersistedInODM: aix.Known(true), PersistedInRcTCPIP: aix.Known(true), PersistedByAutoconf6: aix.Known(false), Persistent: aix.Known(true),
		},
		Routes6: aix.Known([]aix.Route{{Destination: "fe80::/64", Flags: "U", Interface: "en1"}}),
		RcTCPIP: aix.Known(aix.RcTCPIP{
			Present: true, Mode: "-rwxrwxr--", Group: 2,
			Chdev:           []aix.ChdevLine{{Line: 90, Text: "chdev -l en1 -anetaddr6=" + linkLocal + " -aprefixlen=64", Interface: "en1", NetAddr6: linkLocal, PrefixLen: "64"}},
			Starts:          []aix.StartLine{{Line: 50, Daemon: "autoconf6", Enabled: false}},
			DroppedAtDeploy: []int{90},
		}),
		Inittab: aix.Known([]aix.InittabEntry{
			{ID: "init", RunLevels: "2", Action: "initdefault"},
			{ID: "l2", RunLevels: "2", Action: "wait", Command: "/etc/rc.d/rc 2", InUse: true},
			{ID: "ctrmc", RunLevels: "2", Action: "once", Command: "/usr/bin/startsrc -s ctrmc > /dev/console 2>&1", InUse: true},
		}),
		CloudInit: aix.CloudInit{
			Installed: aix.Known(true), Version: known("22.1-1"),
			Links:  aix.Known([]string{"S01cloud-init-local", "S02cloud-init", "S03cloud-config", "S04cloud-final"}),
			Config: aix.Known(aix.CloudConfig{Present: true, DataSources: []string{"ConfigDrive"}, Modules: []string{"ssh", "update-bootlist", "reset-rmc"}}),
		},
		Boot: aix.Boot{
			CloudDev: known("1"), GhostDev: known("0"), List: aix.Known([]string{"hdisk0"}), Device: known("hdisk0"),
			Disks: aix.Known([]aix.Disk{{Name: "hdisk0", PVID: "00f6db0a6c7aece5", VolumeGroup: "rootvg", State: "active"}}),
		},
		Cluster: aix.Cluster{PeerDomain: known(""), CAA: aix.Known(false)},
	}
	var subsystems []aix.Subsystem
	for _, s := range [][2]string{{"IBM.AuditRM", "rsct_rm"}, {"IBM.ConfigRM", "rsct_rm"}, {"IBM.DRM", "rsct_rm"}, {"IBM.ERRM", "rsct_rm"}, {"IBM.HostRM", "rsct_rm"}, {"IBM.MgmtDomainRM", "rsct_rm"}, {"IBM.ServiceRM", "rsct_rm"}, {"ctcas", "rsct"}, {"ctrmc", "rsct"}, {"ndpd-host", "tcpip"}} {
		running := s[0] == "ctrmc" || s[0] == "IBM.DRM" || s[0] == "IBM.HostRM" || s[0] == "IBM.MgmtDomainRM" || s[0] == "IBM.ServiceRM"
		subsystem := aix.Subsystem{Name: s[0], Group: s[1], Status: "inoperative"}
		if running {
			subsystem.PID, subsystem.Status, subsystem.Active = 4194624, "active", true
		}
		subsystems = append(subsystems, subsystem)
	}
	f.Subsystems = aix.Known(subsystems)
	return f
}
