// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sort"
)

// A Snapshot is the host's state, for tests to compare: everything is sorted, and
// nothing in it changes by itself. It marshals to JSON.
type Snapshot struct {
	Hostname string `json:"hostname"`
	// Interfaces are the kernel's, by name.
	Interfaces []InterfaceState `json:"interfaces"`
	// Devices are the ODM's, by name.
	Devices []DeviceState `json:"devices"`
	// Cluster says that cluster0 is in CuAt.
	Cluster bool `json:"cluster"`
	// Subsystems are those of the SRC, by name.
	Subsystems []SubsystemState `json:"subsystems"`
	// NodeID, EtcNodeID and VarNodeID are the RMC daemon's node id and the files'.
	NodeID    string `json:"node_id"`
	EtcNodeID string `json:"etc_node_id"`
	VarNodeID string `json:"var_node_id"`
	// Managed says that a management control point is connected.
	Managed bool `json:"managed"`
	// BootList is the normal boot list.
	BootList []string `json:"boot_list"`
	// Disks are NAME VOLUMEGROUP STATE.
	Disks []string `json:"disks"`
	// Filesets and RPMs are NAME LEVEL STATE and NAME-VERSION-RELEASE.
	Filesets []string `json:"filesets"`
	RPMs     []string `json:"rpms"`
	// Files are the digests, sha256 in hex, of the files that matter for RMC and
	// cloud-init: /etc/rc.tcpip, /etc/inittab, /etc/ct_node_id and the like.
	// A link's entry is "-> TARGET". A missing file has no entry.
	Files map[string]string `json:"files"`
}

// InterfaceState is an interface of the kernel.
type InterfaceState struct {
	Name      string   `json:"name"`
	Up        bool     `json:"up"`
	MTU       int      `json:"mtu"`
	Addresses []string `json:"addresses"`
}

// DeviceState is a device of the ODM, with the attributes that differ from their
// default.
type DeviceState struct {
	Name       string            `json:"name"`
	Status     string            `json:"status"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// SubsystemState is a subsystem; its process id is left out.
type SubsystemState struct {
	Name      string `json:"name"`
	Active    bool   `json:"active"`
	Arguments string `json:"arguments,omitempty"`
}

// watchedFiles are the files a snapshot looks at, besides the links of rc2.d.
var watchedFiles = []string{"/etc/rc.tcpip", inittabFile, etcNodeID, varNodeID, "/opt/freeware/etc/cloud/cloud.cfg", "/etc/resolv.conf", "/etc/hosts"}

// Snapshot returns the host's state now.
func (h *Host) Snapshot() Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := Snapshot{Hostname: h.hostname, NodeID: h.rmc.runningID, EtcNodeID: h.firstLine(etcNodeID), VarNodeID: h.firstLine(varNodeID), Managed: h.managed(),
		BootList: append([]string{}, h.bootList...), Files: map[string]string{}, Cluster: len(h.odm.extra) > 0}
	for _, l := range h.net.links {
		state := InterfaceState{Name: l.name, Up: l.up, MTU: l.mtu, Addresses: []string{}}
		for _, a := range l.addrs {
			state.Addresses = append(state.Addresses, fmt.Sprintf("%s/%d", text6(a.prefix.Addr()), a.prefix.Bits()))
		}
		sort.Strings(state.Addresses)
		s.Interfaces = append(s.Interfaces, state)
	}
	sort.Slice(s.Interfaces, func(i, j int) bool { return s.Interfaces[i].Name < s.Interfaces[j].Name })
	for _, d := range h.odm.devices {
		s.Devices = append(s.Devices, DeviceState{d.name, d.status(), d.copy().attrs})
	}
	sort.Slice(s.Devices, func(i, j int) bool { return s.Devices[i].Name < s.Devices[j].Name })
	for _, sub := range h.src.subsystems {
		s.Subsystems = append(s.Subsystems, SubsystemState{sub.name, sub.pid != 0, sub.args})
	}
	sort.Slice(s.Subsystems, func(i, j int) bool { return s.Subsystems[i].Name < s.Subsystems[j].Name })
	for _, d := range h.disks {
		s.Disks = append(s.Disks, d.name+" "+d.group+" "+d.state)
	}
	for _, f := range h.packages.filesets {
		s.Filesets = append(s.Filesets, f.name+" "+f.level+" "+f.state)
	}
	for _, r := range h.packages.rpms {
		s.RPMs = append(s.RPMs, r.full())
	}
	root := credential{}
	watched := append([]string(nil), watchedFiles...)
	if list, err := h.fs.readDir("/", "/etc/rc.d/rc2.d", root); err == nil {
		for _, i := range list {
			watched = append(watched, "/etc/rc.d/rc2.d/"+i.name)
		}
	}
	for _, name := range watched {
		info, err := h.fs.stat("/", name, root, false)
		switch {
		case err != nil:
		case info.mode&fs.ModeSymlink != 0:
			s.Files[name] = "-> " + info.target
		default:
			sum := sha256.Sum256([]byte(h.file(name)))
			s.Files[name] = hex.EncodeToString(sum[:])
		}
	}
	return s
}
