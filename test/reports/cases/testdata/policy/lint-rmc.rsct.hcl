# What the steps of a build do to RSCT and RMC. A stop that a later command of the same step
# takes back is no finding.

rule "stops-rmc" {
  severity  = "error"
  summary   = "No step stops RMC without starting it again"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "stops-rmc") && !contains(c.undone, "stops-rmc")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "a later `startsrc -s ctrmc`, `rmcctrl -A` or the like in the same step"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Start it again in the same step, where every way through the script comes by, or do not stop it."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "removes-rmc-start" {
  severity  = "error"
  summary   = "No step keeps RMC from starting at boot"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "removes-rmc-start") && !contains(c.undone, "removes-rmc-start")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "the subsystem ctrmc and its entry in /etc/inittab as they were"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take it out of the list of inittab entries to remove; `rmcctrl -A` puts both back."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "disables-remote-clients" {
  severity  = "error"
  summary   = "No step makes RMC refuse clients from other machines"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "disables-remote-clients") && !contains(c.undone, "disables-remote-clients")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no rmcctrl -P or -Q without -p after it"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the command out, or enable remote clients again with `rmcctrl -p`."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "resets-node-id" {
  severity  = "warning"
  summary   = "No step makes RSCT's node id anew"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "resets-node-id") && !contains(c.undone, "resets-node-id")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no recfgct"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Leave it to cloud-init, which resets RMC on every new VM. As a recovery it is legal once: allow 15 minutes after it before the final check."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=r-recfgct-command"
}

rule "deletes-node-id" {
  severity  = "error"
  summary   = "No step deletes RSCT's node id"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "deletes-node-id") && !contains(c.undone, "deletes-node-id")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "/etc/ct_node_id and /var/ct in the image"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Leave the files in place: duplicate ids are resolved by cloud-init when a VM is deployed, not by deleting them."
  reference = "https://github.com/canonical/cloud-init/blob/main/cloudinit/config/cc_reset_rmc.py"
}

rule "removes-rsct" {
  severity  = "error"
  summary   = "No step removes RSCT"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "removes-rsct") && !contains(c.undone, "removes-rsct")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "rsct.core.* and devices.chrp.base.ServiceRM installed"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the filesets out of the list. Others of RSCT, such as rsct.opt.storagerm, may go."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "blocks-rmc-port" {
  severity  = "error"
  summary   = "No step puts a packet filter between RMC and the management system"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "blocks-rmc-port") && !contains(c.undone, "blocks-rmc-port")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "port 657, TCP and UDP, open on the management interface"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Add a rule that permits port 657 on the management interface before the ones that deny."
  reference = "https://www.ibm.com/docs/en/rsct/3.3?topic=security-port-usage"
}
