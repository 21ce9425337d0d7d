// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Deploy makes a new virtual machine from the image and boots it: new adapters with
// new MAC addresses, an empty NVRAM, a new partition UUID and a config drive. The
// serial number, from 1, tells several VMs of one image apart. Whether RMC then comes
// up is nobody's decision: it follows from what the image holds, see [Host.RMC].
func (i *Image) Deploy(serial int) (*Host, error) {
	if serial < 1 || serial > 200 {
		return nil, fmt.Errorf("deploy: serial number %d, expected 1 to 200", serial)
	}
	if !unixPaths {
		return nil, errors.New("the simulated host needs a Unix machine, such as Linux, macOS or AIX")
	}
	def, err := i.data.Definition.clone()
	if err != nil {
		return nil, err
	}
	for _, v := range def.Interfaces {
		mac := deployedMAC(str(v.MAC), serial)
		v.MAC = &mac
	}
	if id := def.Sys0["partition_uuid"]; len(id) == 36 {
		def.Sys0["partition_uuid"] = id[:34] + fmt.Sprintf("%02x", serial)
	}
	def.Prepare, def.Faults = nil, nil
	h := makeHost(def)
	if err := i.restore(h); err != nil {
		h.Close()
		return nil, err
	}
	h.newMachine = true
	h.drive = newConfigDrive(def, fmt.Sprintf("deployed-%d", serial), serial)
	h.boot()
	return h, nil
}

// Boot boots the virtual machine that the image was captured from with it again:
// the same adapters, and an NVRAM that knows them.
func (i *Image) Boot() (*Host, error) {
	if !unixPaths {
		return nil, errors.New("the simulated host needs a Unix machine, such as Linux, macOS or AIX")
	}
	def, err := i.data.Definition.clone()
	if err != nil {
		return nil, err
	}
	def.Prepare, def.Faults = nil, nil
	h := makeHost(def)
	if err := i.restore(h); err != nil {
		h.Close()
		return nil, err
	}
	h.taken, h.bootList = nil, append([]string(nil), i.data.BootList...)
	h.drive = newConfigDrive(def, firstInstance, 0)
	h.boot()
	return h, nil
}

func (d *Definition) clone() (*Definition, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("host definition: %w", err)
	}
	copied := &Definition{}
	if err := json.Unmarshal(text, copied); err != nil {
		return nil, fmt.Errorf("host definition: %w", err)
	}
	return copied, nil
}

// deployedMAC is another address of the same maker, as the hypervisor gives every VM
// its own.
func deployedMAC(text string, serial int) string {
	mac, _ := parseMAC(text)
	mac[3] ^= 0x5a
	mac[4] += byte(serial)
	return colons(mac)
}

// A configDrive is the metadata that Power VS puts into a VM's virtual CD: the
// ConfigDrive of OpenStack.
type configDrive struct {
	instance string
	hostname string
	networks []driveNetwork
}

// A driveNetwork is one entry of network_info. The driver appends the management
// network last, with the link-local address made from the adapter's MAC
// (openstack/nova-powervm @376d9493, nova_powervm/virt/powervm/media.py).
type driveNetwork struct {
	mac             [6]byte
	address         netip.Addr
	length          int // of the prefix
	gateway         string
	managementAlias bool
}

func newConfigDrive(def *Definition, instance string, serial int) *configDrive {
	d := &configDrive{instance: instance, hostname: str(def.Hostname)}
	if serial > 0 {
		d.hostname = fmt.Sprintf("%s-%d", d.hostname, serial)
	}
	var management []driveNetwork
	for _, i := range def.Interfaces {
		mac, _ := parseMAC(str(i.MAC))
		if i.Name == str(def.RMC.Management) {
			management = append(management, driveNetwork{mac: mac, address: netip.MustParseAddr(linkLocal(mac)), length: 64, managementAlias: true})
			continue
		}
		a, err := netip.ParseAddr(i.Attributes["netaddr"])
		bits, ok := maskBits(i.Attributes["netmask"])
		if err != nil || !a.Is4() || !ok {
			continue
		}
		for range serial {
			a = a.Next()
		}
		d.networks = append(d.networks, driveNetwork{mac: mac, address: a, length: bits, gateway: str(def.Gateway)})
	}
	d.networks = append(d.networks, management...)
	return d
}

// clearDevices is what AIX does on a machine that it finds to be another one: with
// clouddev=1 and no NVRAM variable ibm,aix-clearODMdata the customized devices are
// made anew once, and with ghostdev=1 whenever the system has changed (gibsonnet.net,
// "Replicated rootvg, ghostdev and NPIV"; IBM support page 7106763). Which classes go
// is inferred: here the network adapters and their interfaces, as only they bear on
// RMC; sys0 and inet0 stay.
func (h *Host) clearDevices() {
	if !h.newMachine {
		return
	}
	h.newMachine = false
	sys := h.odm.device("sys0")
	if sys == nil || sys.value("clouddev") != "1" && sys.value("ghostdev") != "1" {
		return
	}
	var kept []*device
	for _, d := range h.odm.devices {
		if d.class == "if" && d.subclass != "LO" || d.class == "adapter" && d.kind == "IBM,l-lan" {
			continue
		}
		kept = append(kept, d)
	}
	h.odm.devices = kept
}

// RMC says whether a management control point manages the host, and what is missing
// when none does.
func (h *Host) RMC() (up bool, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.managed() {
		return true, ""
	}
	rmcd := h.src.find("ctrmc")
	name := str(h.def.RMC.Management)
	hw, _ := h.odm.adapter(name)
	l := h.net.link(name)
	id := h.firstLine(etcNodeID)
	switch {
	case str(h.def.RMC.ConsoleID) == "":
		return false, "the definition has no management console"
	case rmcd == nil:
		return false, "ctrmc is no subsystem"
	case rmcd.pid == 0:
		return false, "ctrmc does not run"
	case !strings.Contains(" "+rmcd.running+" ", " "+rmcRemote+" "):
		return false, "ctrmc accepts no remote clients"
	case id == "" || id != h.firstLine(varNodeID) || id != h.rmc.runningID:
		return false, "the node id is missing, or not the same everywhere"
	case !h.identified():
		return false, "the node id " + id + " belongs to another VM as well"
	case l == nil || !l.up:
		return false, name + " is not up"
	case !l.has(linkLocal(hw.mac)):
		return false, fmt.Sprintf("%s lacks %s, the address of its adapter", name, linkLocal(hw.mac))
	}
	return false, "RSCT is below 3.2.1.0, without IPv6"
}
