# What the steps of a build do to network interfaces. Which interface Power VS injected
# for RMC is not known before there is a VM: on one with a single network it is en1, and
# en0 is the one that the build itself is connected through. So every interface counts but
# those of var.connection_interfaces; one whose name is not known counts, unless it is
# looked up by the default route.

variable "connection_interfaces" {
  type        = list(string)
  default     = ["en0", "et0", "ent0"]
  description = "The interfaces that a build is connected through, with their adapters: what its steps do to them is not judged."
}

locals {
  hazardous_commands = [for c in template.commands : c if length(c.hazards) > length(c.undone)]
}

rule "removes-interface" {
  severity  = "error"
  summary   = "No step removes a network interface that may be the management interface"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "removes-interface") && !contains(c.undone, "removes-interface") && !contains(var.connection_interfaces, c.target)]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no rmdev, udefif or ucfgif on an interface other than the one the build is connected through"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the command out. An interface without an IPv4 address is the one Power VS injected for RMC; it is no left-over."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-remove-network-interface"
}

rule "detaches-interface" {
  severity  = "error"
  summary   = "No step takes down a network interface that may be the management interface"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "detaches-interface") && !contains(c.undone, "detaches-interface") && !contains(var.connection_interfaces, c.target)]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no ifconfig down or detach, and no chdev -a state=down or detach, on an interface other than the one the build is connected through"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the command out, or leave the interface without an IPv4 address alone in the loop that runs it."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-remove-network-interface"
}

rule "deletes-address" {
  severity  = "error"
  summary   = "No step takes an IPv6 address off an interface"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "deletes-address") && !contains(c.undone, "deletes-address") && !contains(var.connection_interfaces, c.target)]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no ifconfig inet6 delete"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the command out. A global address on the wrong interface can go by its own name, in a step that names it."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "clears-address-attribute" {
  severity  = "error"
  summary   = "No step empties or replaces an interface's IPv6 address in the ODM"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "clears-address-attribute") && !contains(c.undone, "clears-address-attribute") && !contains(var.connection_interfaces, c.target)]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no chdev that empties netaddr6 or prefixlen, or puts another kind of address there"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the command out. To switch IPv6 off for a benchmark's sake, name the interfaces with an IPv4 address."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "gives-ipv4-address" {
  severity  = "warning"
  summary   = "No step gives an IPv4 address to an interface that may be the management interface"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "gives-ipv4-address") && !contains(c.undone, "gives-ipv4-address") && !contains(var.connection_interfaces, c.target)]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "IPv4 addresses only on the interface the build is connected through"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Look up the interface by its network first, for instance with entstat or the IPv6 address it has, and leave the one with only fe80:: alone."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-instance-metadata-pvs"
}

rule "removes-tcpip" {
  severity  = "error"
  summary   = "No step removes the TCP/IP configuration"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "removes-tcpip") && !contains(c.undone, "removes-tcpip")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no rmtcpip"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the command out; configure the one interface that is meant with chdev."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "uses-smitty" {
  severity  = "error"
  summary   = "No step changes the network through smit"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "uses-smitty") && !contains(c.undone, "uses-smitty")]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no smit or smitty with a fast path of TCP/IP"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Use the command that smit would run, on the interface that is meant; `smit -x` writes it to smit.script without running it."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "deletes-device-odm" {
  severity  = "error"
  summary   = "No step deletes devices from the ODM by hand"
  for_each  = [for c in local.hazardous_commands : c if contains(c.hazards, "deletes-device-odm") && !contains(c.undone, "deletes-device-odm") && !contains(var.connection_interfaces, c.target)]
  if_empty  = "pass"
  subject   = each.value.target
  condition = false
  expected  = "no odmdelete or odmchange on the customised objects of an interface"
  found     = each.value.within == "" ? each.value.text : "${each.value.text} (in ${each.value.within})"
  remedy    = "Take the command out. IBM's recovery of a cluster identity deletes `name=cluster0` alone, which is not judged."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}
