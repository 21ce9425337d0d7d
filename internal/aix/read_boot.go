// SPDX-License-Identifier: MPL-2.0

package aix

import "strings"

// npivFileset is the fileset of virtual Fibre Channel clients, which IBM asks for in
// an image (https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image).
const npivFileset = "devices.vdevice.IBM.vfc-client.rte"

// npivDescription is what lsdev shows of such an adapter.
const npivDescription = "Virtual Fibre Channel Client Adapter"

func (f *Facts) readBoot(outputs Outputs) {
	f.Boot.List = parsed(outputs, ProbeBootList, ParseBootList)
	f.Boot.Device = parsed(outputs, ProbeBootDevice, ParseBootDevice)
	f.Boot.Disks = parsed(outputs, ProbeDisks, ParseDisks)
	f.Boot.VolumeGroups = derive(f.Boot.Disks, func(disks []Disk) []string {
		return volumeGroups(disks, func(name string) bool { return name != "" })
	})
	f.Boot.Leftovers = derive(f.Boot.Disks, func(disks []Disk) []string {
		return volumeGroups(disks, func(name string) bool { return name == "altinst_rootvg" || name == "old_rootvg" })
	})
	f.Boot.NPIVAdapters = derive(parsed(outputs, ProbeAdapters, ParseDevices), func(devices []Device) []string {
		names := []string{}
		for _, d := range devices {
			if d.Description == npivDescription {
				names = append(names, d.Name)
			}
		}
		return sortedUnique(names)
	})
	f.Boot.NPIVSupport = derive(f.Filesets, func(filesets []Fileset) string {
		for _, fileset := range filesets {
			if fileset.Name == npivFileset {
				return fileset.Level
			}
		}
		return ""
	})
	f.Boot.MPIOFilesets = derive(f.Filesets, func(filesets []Fileset) []string {
		names := []string{}
		for _, fileset := range filesets {
			if isMultipath(fileset.Name) {
				names = append(names, fileset.Name)
			}
		}
		return sortedUnique(names)
	})
}

// isMultipath reports whether a fileset controls multipath disks, by its name.
func isMultipath(name string) bool {
	if strings.Contains(strings.ToLower(name), "mpio") {
		return true
	}
	for _, prefix := range []string{"devices.sddpcm.", "devices.sdd.", "EMCpower.", "DLManager."} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func volumeGroups(disks []Disk, wanted func(string) bool) []string {
	names := []string{}
	for _, d := range disks {
		if wanted(d.VolumeGroup) {
			names = append(names, d.VolumeGroup)
		}
	}
	return sortedUnique(names)
}
