# The same three rules as three.rego.

rule "rsct-minimum-level" {
  severity  = "error"
  summary   = "RSCT is at the level Power VS supports, or later"
  for_each  = { for f in guest.filesets : f.name => f if f.name == "rsct.core.rmc" }
  condition = level_at_least(each.value.level, "3.2.1.0")
  found     = each.value.level
}

rule "rsct-required-filesets" {
  severity  = "error"
  summary   = "The filesets that RMC needs are installed"
  for_each  = toset(["bos.rte.SRC", "devices.chrp.base.ServiceRM", "rsct.core.hostrm", "rsct.core.rmc", "rsct.core.sec", "rsct.core.sr", "rsct.core.utils"])
  condition = contains(local.installed, each.key)
  found     = each.key
}

rule "rmc-active" {
  severity  = "error"
  summary   = "The RMC subsystem ctrmc is active"
  condition = anytrue([for s in guest.subsystems : s.name == "ctrmc" && s.active])
  found     = "ctrmc"
}

locals {
  installed = guest.filesets[*].name
}
