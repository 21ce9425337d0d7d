# The state of the operating system's software.

variable "minimum_aix_version" {
  type        = string
  default     = "7.1"
  description = "The least version of AIX that Power VS runs. Newer machines ask for more; IBM's page says which."
}

rule "aix-level-supported" {
  severity  = "error"
  summary   = "Power VS runs this version of AIX"
  requires  = "guest-is-aix"
  condition = level_at_least(guest.system.level.version, var.minimum_aix_version)
  expected  = "AIX ${var.minimum_aix_version} or later"
  found     = guest.system.level.text
  remedy    = "Upgrade to AIX ${var.minimum_aix_version} or later, better to the level that the newest machines of your data centre ask for."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-configuring-custom-image"
  bears_on  = "rmc"
}

variable "newest_machine_levels" {
  type        = map(string)
  default     = { "7.2" = "7.2.5.8", "7.3" = "7.3.2.2" }
  description = "For each version of AIX the least level, VERSION.TL.SP, that the newest machines of Power VS run (S1122: 7.2 TL5 SP8, 7.3 TL2 SP2). A version that is not named here runs there only if it is later than all of these."
}

rule "aix-level-newest-machines" {
  severity  = "notice"
  summary   = "The image can be deployed to the newest machines as well"
  requires  = "guest-is-aix"
  condition = level_at_least(local.aix_level, lookup(var.newest_machine_levels, guest.system.level.version, local.after_newest))
  expected  = "AIX ${join(" or ", [for version, level in var.newest_machine_levels : "${level} (version.TL.SP)"])}, or later"
  found     = guest.system.level.text
  remedy    = "Update the technology level or service pack, if VMs of this image are to run on an S1122. Power VS may choose any machine of a type that the workspace offers."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-configuring-custom-image"
}

locals {
  aix_level = "${guest.system.level.version}.${guest.system.level.technology_level}.${guest.system.level.service_pack}"
  # A level that only versions after all the named ones reach.
  after_newest = "${reverse(sort(concat(["0"], keys(var.newest_machine_levels))))[0]}.99.99"
}

rule "technology-level-complete" {
  severity  = "warning"
  summary   = "No technology level is installed in part"
  requires  = "guest-is-aix"
  condition = length(guest.maintenance.incomplete_levels) == 0
  expected  = "all filesets of every technology level found"
  found     = guest.maintenance.incomplete_levels
  remedy    = "See which filesets lag with `oslevel -rl LEVEL`, and update them."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=o-oslevel-command"
}

rule "no-fix-awaits-reboot" {
  severity  = "warning"
  summary   = "No interim fix awaits a reboot"
  requires  = "guest-is-aix"
  condition = alltrue([for fix in guest.interim_fixes : !fix.reboot_required])
  expected  = "no interim fix in a state that asks for a reboot"
  found     = try([for fix in guest.interim_fixes : "${fix.label} (${fix.state})" if fix.reboot_required], "unknown")
  remedy    = "Reboot before the image is captured, so that what is judged is what will run."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=e-emgr-command"
}

rule "software-consistent" {
  severity  = "warning"
  summary   = "The installed software is consistent"
  requires  = "guest-is-aix"
  condition = guest.maintenance.consistent
  expected  = "lppchk -v finds nothing"
  found     = try(length(guest.maintenance.inconsistencies) == 0 ? "nothing" : join("; ", guest.maintenance.inconsistencies), "unknown")
  remedy    = "Follow what `lppchk -v -m3` says: install the missing parts, or clean up with `installp -C`."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=l-lppchk-command"
  controls  = ["NIST-800-53:SI-7"]
}
