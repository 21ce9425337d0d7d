// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// An attribute is a device attribute as the predefined database knows it.
type attribute struct {
	fallback string
	text     string
	settable bool
}

// interfaceDefaults are the attributes of an Ethernet network interface, as
// lsattr -El en0 lists them (fusioninventory's captures of AIX 5.3 to 6.1, and
// mtu_bypass of newer levels).
var interfaceDefaults = map[string]attribute{
	"alias4": {"", "IPv4 Alias including Subnet Mask", true}, "alias6": {"", "IPv6 Alias including Prefix Length", true},
	"arp": {"on", "Address Resolution Protocol (ARP)", true}, "authority": {"", "Authorized Users", true},
	"broadcast": {"", "Broadcast Address", true}, "monitor": {"off", "Enable/Disable interface link state monitoring", true},
	"mtu": {"1500", "Maximum IP Packet Size for This Device", true}, "mtu_bypass": {"on", "Enable/Disable largesend for virtual Ethernet", true},
	"netaddr": {"", "Internet Address", true}, "netaddr6": {"", "IPv6 Internet Address", true}, "netmask": {"", "Subnet Mask", true},
	"prefixlen": {"", "Prefix Length for IPv6 Internet Address", true}, "remmtu": {"576", "Maximum IP Packet Size for REMOTE Networks", true},
	"rfc1323": {"", "Enable/Disable TCP RFC 1323 Window Scaling", true}, "security": {"none", "Security Level", true},
	"state": {"down", "Current Interface Status", true}, "tcp_mssdflt": {"", "Set TCP Maximum Segment Size", true},
	"tcp_nodelay": {"", "Enable/Disable TCP_NODELAY Option", true}, "tcp_recvspace": {"", "Set Socket Buffer Space for Receiving", true},
	"tcp_sendspace": {"", "Set Socket Buffer Space for Sending", true}, "thread": {"off", "Enable/Disable thread attribute", true},
}

var loopbackDefaults = map[string]attribute{
	"mtu": {"16896", "Maximum IP Packet Size for This Device", true}, "netaddr": {"127.0.0.1", "Internet Address", true},
	"netaddr6": {"::1", "IPv6 Internet Address", true}, "netmask": {"", "Subnet Mask", true}, "prefixlen": {"", "IPv6 Alias including Prefix Length", true},
	"state": {"up", "Current Interface Status", true}, "rfc1323": {"", "Enable/Disable TCP RFC 1323 Window Scaling", true},
}

var adapterDefaults = map[string]attribute{
	"alt_addr": {"0x000000000000", "Alternate Ethernet Address", true}, "chksum_offload": {"yes", "Checksum Offload Enable", true},
	"desired_mapmem": {"0", "I/O memory entitlement reserved for device", false}, "max_buf_huge": {"64", "Maximum Huge Buffers", true},
	"max_buf_large": {"64", "Maximum Large Buffers", true}, "max_buf_medium": {"256", "Maximum Medium Buffers", true},
	"max_buf_small": {"2048", "Maximum Small Buffers", true}, "max_buf_tiny": {"2048", "Maximum Tiny Buffers", true},
	"min_buf_huge": {"24", "Minimum Huge Buffers", true}, "poll_uplink": {"no", "Enable Uplink Polling", true},
	"use_alt_addr": {"no", "Enable Alternate Ethernet Address", true},
}

var diskDefaults = map[string]attribute{
	"algorithm": {"shortest_queue", "Algorithm", true}, "hcheck_interval": {"60", "Health Check Interval", true}, "hcheck_mode": {"nonactive", "Health Check Mode", true},
	"pvid": {"none", "Physical volume identifier", false}, "queue_depth": {"20", "Queue DEPTH", true}, "reserve_policy": {"no_reserve", "Reserve Policy", true},
}

// sys0Text describes the attributes of sys0; those not listed describe themselves.
var sys0Text = map[string]attribute{
	"SW_dist_intr": {"", "Enable SW distribution of interrupts", true}, "autorestart": {"", "Automatically REBOOT OS after a crash", true},
	"boottype": {"", "N/A", false}, "chown_restrict": {"", "Chown Restriction Mode", true}, "clouddev": {"", "Recreate ODM devices on next boot", true},
	"ghostdev": {"", "Recreate ODM devices on system change / modify PVID", true}, "conslogin": {"", "System Console Login", false},
	"cpuguard": {"", "CPU Guard", true}, "fwversion": {"", "Firmware version and revision levels", false}, "iostat": {"", "Continuously maintain DISK I/O history", true},
	"maxuproc": {"", "Maximum number of PROCESSES allowed per user", true}, "max_logname": {"", "Maximum login name length at boot time", true},
	"modelname": {"", "Machine name", false}, "ncargs": {"", "ARG/ENV list size in 4K byte blocks", true}, "realmem": {"", "Amount of usable physical memory in Kbytes", false},
	"systemid": {"", "Hardware system identifier", false}, "os_uuid": {"", "N/A", true}, "partition_uuid": {"", "N/A", false}, "maxpout": {"", "HIGH water mark for pending write I/Os per file", true},
	"minpout": {"", "LOW water mark for pending write I/Os per file", true}, "fullcore": {"", "Enable full CORE dump", true}, "keylock": {"", "State of system keylock at boot time", false},
	"enhanced_RBAC": {"", "Enhanced RBAC Mode", true}, "frequency": {"", "System Bus Frequency", false},
}

// A device is an object of CuDv with its CuAt.
type device struct {
	name, class, subclass, kind string
	available                   bool
	parent, location, text      string
	defaults                    map[string]attribute
	attrs                       map[string]string // what differs from the defaults
}

func (d *device) status() string {
	if d.available {
		return "Available"
	}
	return "Defined"
}

func (d *device) value(name string) string {
	if v, ok := d.attrs[name]; ok {
		return v
	}
	return d.defaults[name].fallback
}

func (d *device) set(name, value string) {
	if value == d.defaults[name].fallback {
		delete(d.attrs, name)
		return
	}
	d.attrs[name] = value
}

func (d *device) names() []string {
	names := make([]string, 0, len(d.defaults))
	for name := range d.defaults {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// hardware is an adapter that cfgmgr finds, whether the ODM knows it or not.
type hardware struct {
	number   int
	mac      [6]byte
	vlan     int
	vswitch  string
	location string
}

// The odm holds what is configured.
type odm struct {
	devices  []*device
	adapters []hardware
	extra    []*object // CuAt objects of no device, such as cluster0's
}

// An object is an ODM object of a class we do not model otherwise.
type object struct {
	class  string
	fields [][2]string
}

func (o *object) get(name string) string {
	for _, f := range o.fields {
		if f[0] == name {
			return f[1]
		}
	}
	return ""
}

func newODM(def *Definition) *odm {
	o := &odm{}
	sys := &device{name: "sys0", class: "sys", subclass: "node", kind: "chrp", available: true, text: "System Object", defaults: map[string]attribute{}, attrs: map[string]string{}}
	for name, value := range def.Sys0 {
		a, ok := sys0Text[name]
		if !ok {
			a = attribute{text: "N/A"}
		}
		a.fallback = value
		sys.defaults[name] = a
	}
	// clouddev and ghostdev are 0 as AIX ships them: what differs is in CuAt.
	for _, name := range []string{"clouddev", "ghostdev"} {
		if a, ok := sys.defaults[name]; ok {
			value := a.fallback
			a.fallback = "0"
			sys.defaults[name] = a
			sys.set(name, value)
		}
	}
	o.devices = append(o.devices, sys,
		&device{name: "vio0", class: "adapter", subclass: "vdevice", kind: "IBM,vio", available: true, text: "Virtual I/O Bus", defaults: map[string]attribute{}, attrs: map[string]string{}},
		&device{name: "vsa0", class: "adapter", subclass: "vdevice", kind: "hvterm1", available: true, parent: "vio0", text: "LPAR Virtual Serial Adapter", defaults: map[string]attribute{}, attrs: map[string]string{}},
		&device{name: "inet0", class: "tcpip", subclass: "TCPIP", kind: "inet", available: true, text: "Internet Network Extension",
			defaults: map[string]attribute{"hostname": {"", "Host Name", true}, "route": {"", "Route", true}, "bootup_option": {"no", "Use BSD-style Network Configuration", true}},
			attrs:    map[string]string{"hostname": str(def.Hostname), "route": "net,-hopcount,0,,0," + str(def.Gateway)}})
	prefix := "U9105.22A.78A11D6-V5"
	o.devices = append(o.devices,
		&device{name: "fcs0", class: "adapter", subclass: "vdevice", kind: "IBM,vfc-client", available: true, parent: "vio0", location: prefix + "-C7-T1", text: "Virtual Fibre Channel Client Adapter", defaults: map[string]attribute{}, attrs: map[string]string{}},
		&device{name: "fcs1", class: "adapter", subclass: "vdevice", kind: "IBM,vfc-client", available: true, parent: "vio0", location: prefix + "-C8-T1", text: "Virtual Fibre Channel Client Adapter", defaults: map[string]attribute{}, attrs: map[string]string{}})
	for _, i := range def.Interfaces {
		n, _ := strconv.Atoi(strings.TrimPrefix(i.Name, "en"))
		mac, _ := parseMAC(str(i.MAC))
		o.adapters = append(o.adapters, hardware{number: n, mac: mac, vlan: num(i.VLAN, 1), vswitch: str(i.Switch), location: fmt.Sprintf("%s-C%d-T1", prefix, num(i.Slot, 2+n))})
	}
	sort.Slice(o.adapters, func(i, j int) bool { return o.adapters[i].number < o.adapters[j].number })
	o.configure()
	for _, i := range def.Interfaces {
		d := o.device(i.Name)
		for name, value := range i.Attributes {
			if value == "eui64" {
				mac, _ := parseMAC(str(i.MAC))
				value = linkLocal(mac)
			}
			d.set(name, value)
		}
	}
	o.devices = append(o.devices, &device{name: "lo0", class: "if", subclass: "LO", kind: "lo", available: true, text: "Loopback Network Interface", defaults: loopbackDefaults, attrs: map[string]string{}})
	for _, d := range def.Disks {
		disk := &device{name: d.Name, class: "disk", subclass: "fcp", kind: "mpioosdisk", available: true, parent: "fscsi0", location: prefix + "-C7-T1-W5005076810136A2F-L0", text: "MPIO FCP Default Disk", defaults: diskDefaults, attrs: map[string]string{}}
		if pvid := str(d.PVID); pvid != "none" {
			disk.set("pvid", pvid+"0000000000000000")
		}
		o.devices = append(o.devices, disk)
	}
	o.devices = append(o.devices, &device{name: "cd0", class: "cdrom", subclass: "vscsi", kind: "vopt", available: true, parent: "vscsi0", location: prefix + "-C4-T1-L8100000000000000", text: "Virtual SCSI Optical Served by VIO Server", defaults: map[string]attribute{}, attrs: map[string]string{}})
	if yesno(def.RMC.Cluster) {
		o.extra = append(o.extra, &object{class: "CuAt", fields: [][2]string{{"name", "cluster0"}, {"attribute", "node_uuid"}, {"value", "6f2a1c54-9b7e-11ee-8001-fa4b8c2e7120"}, {"type", "R"}, {"generic", "D"}, {"rep", "s"}, {"nls_index", "3"}}})
	}
	return o
}

func (o *odm) device(name string) *device {
	for _, d := range o.devices {
		if d.name == name {
			return d
		}
	}
	return nil
}

func (o *odm) remove(name string) {
	for i, d := range o.devices {
		if d.name == name {
			o.devices = append(o.devices[:i:i], o.devices[i+1:]...)
			return
		}
	}
}

// configure is cfgmgr: adapters the ODM lacks get ent, en and et devices, those
// it knows become available. New interfaces have no address, whatever they had
// before; this is why cfgmgr repairs a removed interface only in part.
func (o *odm) configure() {
	for _, hw := range o.adapters {
		n := strconv.Itoa(hw.number)
		ent := o.device("ent" + n)
		if ent == nil {
			ent = &device{name: "ent" + n, class: "adapter", subclass: "vdevice", kind: "IBM,l-lan", parent: "vio0", location: hw.location, text: "Virtual I/O Ethernet Adapter (l-lan)", defaults: adapterDefaults, attrs: map[string]string{}}
			o.devices = append(o.devices, ent)
		}
		ent.available = true
		for _, kind := range []string{"en", "et"} {
			if o.device(kind+n) == nil {
				o.define(kind + n).available = kind == "en"
			}
		}
	}
}

// define makes the interface enN or etN of an adapter, without an address, or returns
// nil when there is no such adapter.
func (o *odm) define(name string) *device {
	hw, ok := o.adapter(name)
	if !ok || len(name) < 3 {
		return nil
	}
	n := strconv.Itoa(hw.number)
	d := &device{name: "en" + n, class: "if", subclass: "EN", kind: "en", location: hw.location, text: "Standard Ethernet Network Interface", parent: "ent" + n, defaults: interfaceDefaults, attrs: map[string]string{}}
	if name[:2] == "et" {
		d.name, d.subclass, d.kind, d.text = name, "ET", "et", "IEEE 802.3 Ethernet Network Interface"
	}
	o.devices = append(o.devices, d)
	return d
}

// adapter finds the hardware behind enN, etN or entN.
func (o *odm) adapter(name string) (hardware, bool) {
	digits := strings.TrimLeft(name, "ent")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return hardware{}, false
	}
	for _, hw := range o.adapters {
		if hw.number == n {
			return hw, true
		}
	}
	return hardware{}, false
}
