# The management interface: the network adapter with only an IPv6 link-local address
# that Power VS injects, and over which RMC reaches the management system.

locals {
  management      = [for i in guest.interfaces : i if i.name == guest.management.interface]
  management_name = guest.management.interface == "" ? "no management interface" : guest.management.interface
  # What could be mistaken for it: global addresses, and link-local ones beside IPv4.
  other_ipv6 = flatten([
    for i in guest.interfaces : [
      for a in i.running.ipv6 : "${i.name} has ${a.address}/${a.prefix_length}, ${length(i.running.ipv4) == 0 ? ip_scope(a.address) : "${ip_scope(a.address)} beside IPv4 ${i.running.ipv4[0].address}"}"
      if contains(["global", "unique-local", "link-local"], ip_scope(a.address))
    ]
  ])
  other_addresses     = length(local.other_ipv6) == 0 ? "" : "; ${join("; ", local.other_ipv6)}"
  interface_aspects   = ["defined", "attached", "up", "address", "ipv4", "mtu", "attribute", "adapter", "available", "flags", "startup-file", "startup-mode", "startup-line", "startup-added", "daemon"]
  rmc_aspects         = ["rmc-active", "rmc-defined", "rmc-at-boot", "rmc-arguments", "remote-clients", "console", "init", "node-id", "fileset", "first-boot"]
  boot_volume_aspects = ["boot-volume"]
}

rule "management-interface-link-local" {
  severity  = "error"
  summary   = "The management interface has an IPv6 link-local address"
  requires  = "guest-is-aix"
  subject   = local.management_name
  condition = is_link_local(guest.management.address)
  expected  = "an address in fe80::/10 on a running interface"
  found     = guest.management.address == "" ? "none (${guest.management.reason})${local.other_addresses}" : "${guest.management.address}/${guest.management.prefix_length}"
  remedy    = "Put the injected address back with `chdev -l enN -a netaddr6=ADDRESS -a prefixlen=64 -a state=up`, or let the plugin do it: a baseline at the start of the build records it."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-6"]
  bears_on  = "rmc"
}

rule "management-interface-up" {
  severity  = "error"
  summary   = "The management interface is up"
  requires  = "guest-is-aix"
  subject   = local.management_name
  applies   = guest.management.interface != ""
  condition = guest.management.up
  expected  = "up and running"
  found     = guest.management.up ? "up" : "down"
  remedy    = "Bring it up with `chdev -l ${guest.management.interface} -a state=up`."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-6"]
  bears_on  = "rmc"
}

rule "management-interface-persistent" {
  severity  = "error"
  summary   = "The management interface's address comes back after a reboot"
  requires  = "guest-is-aix"
  subject   = local.management_name
  applies   = guest.management.interface != ""
  condition = guest.management.persistent
  expected  = "the address in the ODM, in a chdev line of /etc/rc.tcpip, or autoconf6 started at boot for the interface"
  found     = guest.management.persistent ? "persistent" : "only in the running kernel"
  remedy    = "Write it to the ODM with `chdev -l ${guest.management.interface} -a netaddr6=ADDRESS -a prefixlen=64 -a state=up`. ifconfig and autoconf6 by themselves change the running kernel only."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-6"]
  bears_on  = "rmc"
}

rule "management-interface-matches-mac" {
  severity  = "error"
  summary   = "The link-local address is the one that belongs to the adapter"
  requires  = "guest-is-aix"
  for_each  = { for i in local.management : i.name => i }
  applies   = each.value.link_local
  condition = each.value.matches_mac
  expected  = "the modified EUI-64 address of ${each.value.adapter.name}'s MAC address: ${try(eui64(each.value.adapter.mac), "unknown")}"
  found     = guest.management.address
  remedy    = "Replace the address with the expected one. The management system is told the address that the MAC gives, so another one is not answered."
  reference = "https://opendev.org/openstack/nova-powervm/src/branch/master/nova_powervm/virt/powervm/media.py"
  bears_on  = "rmc"
}

rule "management-interface-not-global" {
  severity  = "warning"
  summary   = "The management interface has no global IPv6 address"
  requires  = "guest-is-aix"
  for_each  = { for i in local.management : i.name => i }
  condition = alltrue([for a in each.value.running.ipv6 : !contains(["global", "unique-local"], ip_scope(a.address))])
  expected  = "only link-local IPv6 addresses on ${each.key}"
  found     = try([for a in each.value.running.ipv6 : "${a.address}/${a.prefix_length}"], "unknown")
  remedy    = "Move the global address to the interface of its network: `ifconfig ${each.key} inet6 ADDRESS delete`, and the same in the ODM."
  reference = "https://www.rfc-editor.org/rfc/rfc4291#section-2.5.6"
}

rule "management-interface-without-ipv4" {
  severity  = "warning"
  summary   = "The management interface is not an IPv4 interface as well"
  requires  = "guest-is-aix"
  for_each  = { for i in local.management : i.name => i }
  condition = length(each.value.running.ipv4) == 0
  expected  = "no IPv4 address on ${each.key}"
  found     = try([for a in each.value.running.ipv4 : a.address], "unknown")
  remedy    = "Give the IPv4 address to the interface of its network. IBM's metadata page says to take an interface without an IP address, and the management interface looks like one."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-instance-metadata-pvs"
}

rule "management-interface-drift" {
  severity  = "error"
  summary   = "The management interface is as Power VS injected it"
  requires  = "guest-is-aix"
  for_each  = [for d in baseline.drift : d if !d.restored && contains(local.interface_aspects, d.aspect)]
  if_empty  = "pass"
  subject   = each.value.subject
  condition = false
  expected  = each.value.was == "" ? "as at the baseline" : each.value.was
  found     = each.value.stretch == "" ? each.value.words : "${each.value.words} (${each.value.stretch})"
  remedy    = "Let the plugin restore it (`restore = true`, the default), and change the step that did it."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-3"]
  bears_on  = "rmc"
}

rule "rmc-drift" {
  severity  = "error"
  summary   = "What RMC needs is as it was at the start of the build"
  requires  = "guest-is-aix"
  for_each  = [for d in baseline.drift : d if !d.restored && contains(local.rmc_aspects, d.aspect)]
  if_empty  = "pass"
  subject   = each.value.subject
  condition = false
  expected  = each.value.was == "" ? "as at the baseline" : each.value.was
  found     = each.value.stretch == "" ? each.value.words : "${each.value.words} (${each.value.stretch})"
  remedy    = "Change the step that did it; where it cannot be undone by the plugin, the finding of the rule about that thing says how."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-3"]
  bears_on  = "rmc"
}

rule "drift-undetermined" {
  severity  = "error"
  summary   = "Everything that was recorded at the start of the build can still be told"
  requires  = "guest-is-aix"
  for_each  = [for d in baseline.drift : d if !d.restored && !contains(concat(local.interface_aspects, local.rmc_aspects, local.boot_volume_aspects), d.aspect)]
  if_empty  = "pass"
  subject   = each.value.subject
  condition = false
  expected  = "as at the baseline"
  found     = each.value.stretch == "" ? each.value.words : "${each.value.words} (${each.value.stretch})"
  remedy    = "Find out why the probe does not answer any more; what cannot be compared cannot pass."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "management-interface-restored" {
  severity  = "warning"
  summary   = "No step of the build had to be repaired"
  requires  = "guest-is-aix"
  for_each  = [for d in baseline.drift : d if d.restored]
  if_empty  = "pass"
  subject   = each.value.subject
  condition = false
  expected  = "no change during the build"
  found     = "${each.value.words}${each.value.stretch == "" ? "" : ", ${each.value.stretch}"}; ${length(each.value.commands) == 0 ? "a later step of the build undid it" : "it was restored with ${join("; ", each.value.commands)}"}"
  remedy    = "It was put back and proved. Change the step that did it all the same: the next build may not be so lucky."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:CM-3"]
}

# The three procedures that IBM's page names as losing the injected interface, by the
# traces that they leave in a guest compared with its baseline.

rule "boot-volume-unchanged" {
  severity  = "error"
  summary   = "The guest boots from the volume that it was deployed with"
  requires  = "guest-is-aix"
  for_each  = concat(local.boot_volume_drift, local.new_rootvg_disks)
  if_empty  = "pass"
  subject   = "boot volume"
  condition = false
  expected  = "boot list, boot device and rootvg's disk as at the start of the build"
  found     = each.value
  remedy    = "Build on the boot volume that Power VS deployed. After booting from another one the injected interface has to be entered again by hand, from the address that the adapter's MAC gives."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  bears_on  = "rmc"
}

locals {
  boot_volume_drift = [for d in baseline.drift : d.stretch == "" ? d.words : "${d.words} (${d.stretch})" if !d.restored && contains(local.boot_volume_aspects, d.aspect)]
  new_rootvg_disks = [
    for d in guest.boot.disks : "rootvg lies on ${d.name} (${d.pvid}), which was not there at the start of the build"
    if d.volume_group == "rootvg" && !contains(baseline.boot.disks[*].pvid, d.pvid)
  ]
}

locals {
  leftover_groups = ["old_rootvg", "altinst_rootvg"]
  old_leftovers   = [for d in baseline.boot.disks : d.volume_group if contains(local.leftover_groups, d.volume_group)]
  new_leftovers = [
    for d in guest.boot.disks : "${d.volume_group} on ${d.name}, where alt_disk_mksysb or alt_disk_install put it since the start of the build"
    if contains(local.leftover_groups, d.volume_group) && !contains(local.old_leftovers, d.volume_group)
  ]
  # The restore of a mksysb runs recfgct, which makes a new node id.
  new_node_id = (
    guest.node_id.etc.present && baseline.node_id.etc.present && guest.node_id.etc.id != baseline.node_id.etc.id
    ? ["node id ${guest.node_id.etc.id}, at the start of the build ${baseline.node_id.etc.id}: a restored mksysb makes a new one"] : []
  )
}

rule "no-mksysb-restore" {
  severity  = "error"
  summary   = "No mksysb was restored over the guest during the build"
  requires  = "guest-is-aix"
  for_each  = concat(local.new_leftovers, local.new_node_id)
  if_empty  = "pass"
  subject   = "mksysb"
  condition = false
  expected  = "no old_rootvg or altinst_rootvg that was not there before, and the node id of the baseline"
  found     = each.value
  remedy    = "Restore the mksysb before the build and take the baseline after it, following IBM's procedure: cloud-init and RSCT 3.2.6.2 or later in the image, boot list and interface checked. If recfgct alone made the new node id, take it out of the build: cloud-init runs it at first boot."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
  bears_on  = "rmc"
}

rule "management-interface-not-removed" {
  severity  = "error"
  summary   = "The management interface was not removed with smitty or its commands"
  requires  = "guest-is-aix"
  subject   = baseline.management.interface == "" ? "no management interface" : baseline.management.interface
  # With another root volume group the guest has another ODM, which says nothing of smitty.
  applies   = baseline.management.interface != "" && length(local.new_rootvg_disks) == 0
  condition = (
    contains(guest.interfaces[*].name, baseline.management.interface) &&
    (!baseline.management.persisted_in_odm || guest.management.persisted_in_odm)
  )
  expected  = "${baseline.management.interface} defined, with its address in the ODM where it was there before"
  found     = "${baseline.management.interface} is ${contains(guest.interfaces[*].name, baseline.management.interface) ? "defined" : "gone"}; ${guest.management.persisted_in_odm ? "its address is in the ODM" : "no address in the ODM"}"
  remedy    = "Define it again with `cfgmgr` and `chdev -l ${baseline.management.interface} -a netaddr6=ADDRESS -a prefixlen=64 -a state=up`, and take the removal out of the build."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  bears_on  = "rmc"
}
