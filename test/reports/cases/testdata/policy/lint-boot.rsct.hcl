# What the steps of a build do to the volume that the VM boots from: two of the three
# procedures that IBM names as losing the injected interface, and their parts.

variable "boot_disks" {
  type        = list(string)
  default     = ["hdisk0"]
  description = "The disks of rootvg. A VM that Power VS deployed boots from hdisk0."
}

rule "boots-another-volume" {
  severity  = "error"
  summary   = "No step makes another root volume group and boots from it"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "boots-another-volume") && !contains(c.undone, "boots-another-volume")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "alt_disk_copy, alt_disk_install, alt_disk_mksysb and nimadm with -B, or a bootlist afterwards that leads back"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Add -B, which leaves the boot list alone, and remove altinst_rootvg before the capture; or build on the volume that Power VS deployed."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "restores-mksysb" {
  severity  = "error"
  summary   = "No step restores a mksysb"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "restores-mksysb") && !contains(c.undone, "restores-mksysb")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no alt_disk_mksysb, no installation from a mksysb"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Restore it before the build, following IBM's procedure, and build on the VM that comes of it: with cloud-init and RSCT 3.2.6.2 or later in the mksysb."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
}

rule "changes-boot-list" {
  severity  = "error"
  summary   = "No step points the boot list at another disk"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "changes-boot-list") && !contains(c.undone, "changes-boot-list") && length(setsubtract(toset(split(" ", c.target)), toset(var.boot_disks))) > 0]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "the boot list as it was, or rootvg's own disk"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Name the disk of rootvg, or look it up in the command: `bootlist -m normal $(lspv | awk '$3 == \"rootvg\" { print $1 }')`."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
}

rule "harms-boot-volume" {
  severity  = "error"
  summary   = "No step removes or empties the boot volume"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "harms-boot-volume") && !contains(c.undone, "harms-boot-volume") && contains(concat(var.boot_disks, ["rootvg", "hd5"]), c.target)]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "rootvg, its disk, its boot record and its boot image as they were"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Name another disk. What a build needs room for goes on a volume group of its own."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
}
