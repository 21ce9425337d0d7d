# What the steps of a build do to what runs at the first boot of a VM made from the image.

rule "removes-cloud-init" {
  severity  = "error"
  summary   = "No step removes cloud-init or keeps it from running"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "removes-cloud-init") && !contains(c.undone, "removes-cloud-init")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "the package cloud-init, its start links, the entry l2 of /etc/inittab and its configuration as they were"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Leave cloud-init in the image. Where it is not wanted later, remove it on the deployed VM."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
}

rule "clears-clouddev" {
  severity  = "warning"
  summary   = "No step switches off the rebuilding of devices on a new VM"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "clears-clouddev") && !contains(c.undone, "clears-clouddev")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "clouddev=1 when the image is captured"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Leave clouddev alone before the capture. IBM says to set it to 0 after a VM was deployed."
  reference = "https://www.ibm.com/support/pages/node/7106763"
}

rule "sets-ghostdev" {
  severity  = "warning"
  summary   = "No step has the device configuration thrown away at every move"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "sets-ghostdev") && !contains(c.undone, "sets-ghostdev")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "ghostdev=0"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Use clouddev=1, which does it once."
  reference = "https://www.ibm.com/support/pages/node/7106763"
}
