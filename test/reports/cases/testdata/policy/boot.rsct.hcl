# What the VM boots from, and what lies about beside it.

locals {
  foreign_mpio = [for f in guest.filesets : f.name if startswith(f.name, "devices.fcp.disk.ibm.mpio") || startswith(f.name, "devices.sddpcm.") || startswith(f.name, "EMCpower.")]
  rootvg_disks = [for d in guest.boot.disks : d.name if d.volume_group == "rootvg"]
}

rule "boot-list-is-rootvg" {
  severity  = "error"
  summary   = "The boot list leads to rootvg"
  requires  = "guest-is-aix"
  condition = length(guest.boot.list) > 0 && alltrue([for disk in guest.boot.list : contains(local.rootvg_disks, disk)])
  expected  = "only disks of rootvg: ${join(", ", local.rootvg_disks)}"
  found     = guest.boot.list
  remedy    = "Set it with `bootlist -m normal DISK blv=hd5`, DISK being rootvg's disk, after `bosboot -ad /dev/DISK`."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
  bears_on  = "rmc"
}

rule "booted-from-rootvg" {
  severity  = "warning"
  summary   = "The guest was booted from rootvg's disk"
  requires  = "guest-is-aix"
  condition = contains(local.rootvg_disks, guest.boot.device)
  expected  = "one of ${join(", ", local.rootvg_disks)}"
  found     = guest.boot.device
  remedy    = "Reboot from rootvg's disk and check again, so that what is judged is what will be captured."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
}

rule "single-rootvg-disk" {
  severity  = "warning"
  summary   = "rootvg lies on one disk"
  requires  = "guest-is-aix"
  condition = length(local.rootvg_disks) == 1
  expected  = "one disk in rootvg"
  found     = local.rootvg_disks
  remedy    = "Bring rootvg onto one disk with migratepv or unmirrorvg, then reducevg: create_ova and the import take one boot disk."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-deploy-custom-image"
}

rule "no-leftover-rootvg" {
  severity  = "warning"
  summary   = "No copy of a root volume group is left over"
  requires  = "guest-is-aix"
  condition = alltrue([for d in guest.boot.disks : !contains(["altinst_rootvg", "old_rootvg"], d.volume_group)])
  expected  = "no altinst_rootvg and no old_rootvg"
  found     = try([for d in guest.boot.disks : "${d.volume_group} on ${d.name}" if contains(["altinst_rootvg", "old_rootvg"], d.volume_group)], "unknown")
  remedy    = "Remove it with `alt_rootvg_op -X altinst_rootvg` (or old_rootvg), and detach its disk before the capture."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=alt-rootvg-op-command"
}

rule "npiv-support-installed" {
  severity  = "warning"
  summary   = "The image can boot from NPIV storage"
  requires  = "guest-is-aix"
  condition = contains(local.installed, "devices.vdevice.IBM.vfc-client.rte")
  expected  = "devices.vdevice.IBM.vfc-client.rte installed"
  found     = contains(local.installed, "devices.vdevice.IBM.vfc-client.rte") ? "installed" : "not installed"
  remedy    = "Install devices.vdevice.IBM.vfc-client.rte from the AIX installation media of this level."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
}

rule "default-mpio" {
  severity  = "warning"
  summary   = "Disks are driven by AIX's own multipath support"
  requires  = "guest-is-aix"
  condition = length(local.foreign_mpio) == 0
  expected  = "no host attachment kit or multipath driver of another kind"
  found     = local.foreign_mpio
  remedy    = "Remove the driver with `installp -u` after moving the disks to AIX PCM with manage_disk_drivers."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
}
