# What the steps of a build do to what AIX runs at boot to bring the network up.

rule "removes-chdev-line" {
  severity  = "error"
  summary   = "No step takes the injected address out of /etc/rc.tcpip"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "removes-chdev-line") && !contains(c.undone, "removes-chdev-line")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "the chdev line that cloud-init wrote stays in /etc/rc.tcpip, and the file is run at boot"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Edit the lines that are meant, by name. Do not replace the file, and do not filter it by chdev or by interface."
  reference = "https://github.com/canonical/cloud-init/pull/4713"
}

rule "adds-chdev-line" {
  severity  = "error"
  summary   = "No step puts a chdev line of its own into /etc/rc.tcpip"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "adds-chdev-line") && !contains(c.undone, "adds-chdev-line")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no chdev line but cloud-init's own in /etc/rc.tcpip"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Put it into a script of your own that /etc/inittab or /etc/rc.d/rc2.d runs, or make the change in the ODM with chdev, where it lasts."
  reference = "https://github.com/canonical/cloud-init/pull/4713"
}

rule "disables-autoconf6" {
  severity  = "warning"
  summary   = "No step keeps autoconf6 or ndpd-host from starting at boot"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "disables-autoconf6") && !contains(c.undone, "disables-autoconf6")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "autoconf6 and ndpd-host as they were"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Leave them out of the list of daemons to disable, unless the address is known to be in the ODM or in a chdev line of /etc/rc.tcpip; the final check says."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}
