// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"slices"
)

// PowerVS tells from the facts whether the guest is a virtual server that Power VS
// deployed, and why. AIX has no command that says so. Two traces do:
//
//   - an Ethernet adapter on the management switch or VLAN: the hypervisor's side of
//     the interface that Power VS injects is there, whatever became of the rest;
//   - cloud-init with the data source ConfigDrive, together with clouddev=1: how IBM's
//     cloud-init package for AIX leaves every system that a config drive deploys. PowerVC
//     on premises leaves the same traces, and manages RMC over IPv6 with the same adapter
//     (openstack/nova-powervm), so that the answer is right for it as well.
//
// The answer is unknown where a trace could not be read and no other one speaks.
func (f *Facts) PowerVS() (Fact[bool], string) {
	interfaces, known := f.Interfaces.Get()
	if !known {
		return Unknown[bool](f.Interfaces.Why()), ""
	}
	var unread *Why
	note := func(known bool, why Why) {
		if !known && unread == nil {
			unread = &why
		}
	}
	for _, i := range interfaces {
		adapter, known := i.Adapter.Get()
		note(known, i.Adapter.Why())
		if adapter.Switch == managementSwitch || adapter.PortVLAN == managementVLAN {
			return Known(true), fmt.Sprintf("%s is on the management network (switch %s, VLAN %d)", adapter.Name, adapter.Switch, adapter.PortVLAN)
		}
	}
	installed, known := f.CloudInit.Installed.Get()
	note(known, f.CloudInit.Installed.Why())
	config, known := f.CloudInit.Config.Get()
	note(known, f.CloudInit.Config.Why())
	clouddev, known := f.Boot.CloudDev.Get()
	note(known, f.Boot.CloudDev.Why())
	if installed && slices.Contains(config.DataSources, "ConfigDrive") && clouddev == "1" {
		return Known(true), "cloud-init reads a config drive, and sys0 has clouddev=1"
	}
	if unread != nil {
		return Unknown[bool](*unread), ""
	}
	return Known(false), "no adapter on the management network, and no cloud-init that reads a config drive with clouddev=1"
}
