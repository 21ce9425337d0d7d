# The RSCT filesets: which ones, at which level, in which state.

variable "minimum_rsct_level" {
  type        = string
  default     = "3.2.1.0"
  description = "The least level of rsct.core.rmc: the first one with RMC over IPv6. IBM's page of 2020 asked for 3.1."
}

variable "recommended_rsct_level" {
  type        = string
  default     = "3.2.6.2"
  description = "The level of rsct.core.rmc that IBM recommends. IBM's page of 2020 recommended 3.2."
}

variable "required_filesets" {
  type = list(string)
  default = [
    "bos.rte.SRC",
    "devices.chrp.base.ServiceRM",
    "rsct.core.hostrm",
    "rsct.core.rmc",
    "rsct.core.sec",
    "rsct.core.sr",
    "rsct.core.utils",
  ]
  description = "The filesets that RMC needs on Power VS. IBM publishes no list for AIX; these are present on every complete AIX host whose listing is public, and correspond to what IBM's ServiceReport asks for on Linux."
}

variable "bad_rsct_levels" {
  type        = list(string)
  default     = ["3.1.5.0", "3.2.0.0"]
  description = "Levels of rsct.core.rmc with defects that are known to break RMC (IBM technote T1020611)."
}

locals {
  # Filesets of one service level differ in their last number, placeholders such as
  # rsct.clients.rte at 99.99.999.999 exist, and message catalogues lag behind. Only
  # rsct.core.rmc tells the level of RMC.
  rmc_fileset     = { for f in guest.filesets : f.name => f if f.name == "rsct.core.rmc" }
  installed       = guest.filesets[*].name
  needed_filesets = { for f in guest.filesets : f.name => f if contains(var.required_filesets, f.name) || startswith(f.name, "rsct.") }
}

rule "rsct-minimum-level" {
  severity  = "error"
  summary   = "RSCT is at the level Power VS supports, or later"
  requires  = "guest-is-aix"
  for_each  = local.rmc_fileset
  condition = level_at_least(each.value.level, var.minimum_rsct_level)
  expected  = "${each.key} at ${var.minimum_rsct_level} or later (IBM asks for 3.2.1 since 2020-10; its page of 2020-03 asked for 3.1)"
  found     = each.value.level
  remedy    = "Update RSCT to ${var.recommended_rsct_level} or later with installp, then reboot, before the image is captured."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-6", "NIST-800-53:SI-2"]
  bears_on  = "rmc"
}

rule "rsct-recommended-level" {
  severity  = "warning"
  summary   = "RSCT is at the level IBM recommends for Power VS, or later"
  requires  = "guest-is-aix"
  for_each  = local.rmc_fileset
  condition = level_at_least(each.value.level, var.recommended_rsct_level)
  expected  = "${each.key} at ${var.recommended_rsct_level} or later (IBM recommends 3.2.6.2 since 2021-10; its page of 2020-03 recommended 3.2)"
  found     = each.value.level
  remedy    = "Update RSCT to ${var.recommended_rsct_level} or later with installp, then reboot, before the image is captured."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:SI-2"]
}

rule "rsct-known-bad-level" {
  severity  = "warning"
  summary   = "RSCT is at no level with defects known to break RMC"
  requires  = "guest-is-aix"
  for_each  = local.rmc_fileset
  condition = alltrue([for bad in var.bad_rsct_levels : level_compare(each.value.level, bad) != 0])
  expected  = "${each.key} at none of ${join(", ", var.bad_rsct_levels)}"
  found     = each.value.level
  remedy    = "Update RSCT to ${var.recommended_rsct_level} or later with installp, then reboot, before the image is captured."
  reference = "https://www.ibm.com/support/pages/node/668105"
  controls  = ["NIST-800-53:SI-2"]
}

rule "rsct-required-filesets" {
  severity  = "error"
  summary   = "The filesets that RMC needs are installed"
  requires  = "guest-is-aix"
  for_each  = toset(var.required_filesets)
  condition = contains(local.installed, each.key)
  expected  = "${each.key} installed"
  found     = contains(local.installed, each.key) ? "installed" : "not installed"
  remedy    = "Install ${each.key} from the AIX installation media of this level with installp or geninstall."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-6"]
  bears_on  = "rmc"
}

rule "fileset-state" {
  severity  = "error"
  summary   = "The filesets that RMC needs are installed whole"
  requires  = "guest-is-aix"
  for_each  = local.needed_filesets
  condition = contains(["applied", "committed", "efix locked", "obsolete"], each.value.state)
  expected  = "${each.key} applied or committed"
  found     = "${each.key} ${each.value.level} is ${each.value.state}"
  remedy    = "Clean up with `installp -C`, install ${each.key} again, and check with `lppchk -v`."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=l-lslpp-command"
  controls  = ["NIST-800-53:SI-7"]
  bears_on  = "rmc"
}

rule "fileset-parts" {
  severity  = "warning"
  summary   = "The usr and root parts of RMC's filesets belong together"
  requires  = "guest-is-aix"
  for_each  = { for name, f in local.needed_filesets : name => f if contains(var.required_filesets, name) }
  condition = (
    anytrue([for part in each.value.parts : part.part == "usr"]) &&
    alltrue([for part in each.value.parts : contains(["applied", "committed", "efix locked", "obsolete"], part.state)]) &&
    alltrue([for part in each.value.parts : level_compare(part.level, each.value.level) <= 0])
  )
  expected  = "a usr part, no part broken, and no part later than ${each.key} ${each.value.level}"
  found     = try([for part in each.value.parts : "${part.part} ${part.level} ${part.state}"], "unknown")
  remedy    = "Install ${each.key} again; when only a root part is missing, run `installp -r -O r`, then check with `lppchk -v`."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=l-lppchk-command"
  controls  = ["NIST-800-53:SI-7"]
}
