# Resource Monitoring and Control: running, started at boot, connected, not blocked.
# Whether ctrmc accepts remote clients no public source says how to read without
# changing it; a connection that is lost for that reason shows in rmc-connected.

variable "rmc_resource_managers" {
  type        = list(string)
  default     = ["IBM.DRM", "IBM.HostRM", "IBM.MgmtDomainRM", "IBM.ServiceRM"]
  description = "The resource managers that run on a partition that RMC manages. IBM.ConfigRM is not among them: without rsct.basic.rte it cannot start, and that is harmless (APAR IJ32439)."
}

rule "rmc-active" {
  severity  = "error"
  summary   = "The RMC subsystem ctrmc is active"
  requires  = "guest-is-aix"
  condition = anytrue([for s in guest.subsystems : s.name == "ctrmc" && s.active])
  expected  = "ctrmc active"
  found     = try(one([for s in guest.subsystems : s.status if s.name == "ctrmc"]), "unknown")
  remedy    = "Start it with `/usr/sbin/rsct/bin/rmcctrl -s`, and see `lssrc -s ctrmc` and the error log when it does not stay up."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-6"]
  bears_on  = "rmc"
}

rule "rmc-resource-managers" {
  severity  = "warning"
  summary   = "The resource managers that the management system works with are active"
  requires  = "guest-is-aix"
  for_each  = toset(var.rmc_resource_managers)
  condition = anytrue([for s in guest.subsystems : s.name == each.key && s.active])
  expected  = "${each.key} active"
  found     = try(coalesce(one([for s in guest.subsystems : s.status if s.name == each.key]), "not defined"), "unknown")
  remedy    = "Start it with `startsrc -s ${each.key}`, or refresh RMC with `/usr/sbin/rsct/bin/rmcrefreshMD -s ctrmc`."
  reference = "https://github.com/linux-ras/ServiceReport"
}

rule "rmc-starts-at-boot" {
  severity  = "error"
  summary   = "ctrmc is started at boot"
  requires  = "guest-is-aix"
  condition = anytrue([for entry in guest.inittab : entry.id == "ctrmc" && entry.in_use])
  expected  = "an entry ctrmc in /etc/inittab that is not off"
  found     = try(coalesce(one([for entry in guest.inittab : "action ${entry.action}" if entry.id == "ctrmc"]), "no entry"), "unknown")
  remedy    = "Add it again with `/usr/sbin/rsct/bin/rmcctrl -a` (or `-A`, which starts ctrmc as well)."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=r-rmcctrl-command"
  controls  = ["NIST-800-53:CM-6"]
  bears_on  = "rmc"
}

rule "rmc-connected" {
  severity  = "error"
  summary   = "RMC is connected to its management system"
  requires  = "guest-is-aix"
  condition = guest.rmc.connected
  expected  = "a management control point that is up in rmcdomainstatus, or the in-band proxy mcproxy naming a console"
  found     = "${length(guest.rmc.control_points) == 0 ? "no control point" : join(", ", [for p in guest.rmc.control_points : "control point ${p.address} ${p.connected ? "connected" : "in state ${p.token1}"}"])}; ${guest.rmc.in_band.present ? "mcproxy ${guest.rmc.in_band.active ? "active" : "inoperative"}, naming ${length(guest.rmc.in_band.consoles) == 0 ? "no console" : join(", ", guest.rmc.in_band.consoles)}" : "no mcproxy"}"
  remedy    = "Check the link-local address of the management interface, refresh with `/usr/sbin/rsct/bin/rmcctrl -p` and `/usr/sbin/rsct/bin/rmcrefreshMD -s ctrmc`, and allow fifteen minutes before judging again."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-6"]
  bears_on  = "rmc"
}

rule "rmc-port-open" {
  severity  = "error"
  summary   = "AIX's packet filter lets RMC through"
  requires  = "guest-is-aix"
  condition = !guest.rmc.packet_filter.blocks_rmc
  expected  = "no rule of the IPv6 filter that denies port 657, TCP or UDP"
  found = guest.rmc.packet_filter.blocks_rmc ? join("; ", [
    for r in guest.rmc.packet_filter.ipv6.rules : "rule ${r.number}: ${r.action} ${r.protocol} from ${r.source} port ${r.source_port} to ${r.destination} port ${r.destination_port}, ${r.direction}" if r.matches_rmc && r.action == "deny"
  ]) : "not blocked"
  remedy    = "Remove the rule with rmfilt, or permit port 657, TCP and UDP, with a rule before it, and activate with mkfilt."
  reference = "https://www.ibm.com/docs/en/rsct/3.3?topic=security-port-usage"
  controls  = ["NIST-800-53:SC-7"]
  bears_on  = "rmc"
}
