# Who the guest is to RSCT: its node id, and no cluster that its clones would believe to be in.

rule "node-id-present" {
  severity  = "error"
  summary   = "The RSCT node id is there for cloud-init to replace"
  requires  = "guest-is-aix"
  for_each  = { "/etc/ct_node_id" = guest.node_id.etc, "/var/ct/cfg/ct_node_id" = guest.node_id.var }
  condition = each.value.present && can(regex("^[0-9A-Fa-f]{9,16}$", each.value.id))
  expected  = "${each.key} with a node id of 9 to 16 hexadecimal digits in its first line"
  found     = each.value.present ? "first line ${jsonencode(each.value.id)}" : "no such file"
  remedy    = "Create a node id with `/opt/rsct/install/bin/recfgct`, and leave /etc/ct_node_id in the image: cloud-init's reset at first boot reads it, and fails when it is missing."
  reference = "https://github.com/canonical/cloud-init/blob/main/cloudinit/config/cc_reset_rmc.py"
  controls  = ["NIST-800-53:IA-3"]
  bears_on  = "rmc"
}

rule "node-id-consistent" {
  severity  = "error"
  summary   = "The RSCT node id is the same in all three places"
  requires  = "guest-is-aix"
  condition = guest.node_id.consistent
  expected  = "one node id from lsnodeid, in /etc/ct_node_id and in /var/ct/cfg/ct_node_id"
  found     = "lsnodeid ${guest.node_id.reported}, /etc/ct_node_id ${guest.node_id.etc.present ? guest.node_id.etc.id : "absent"}, /var/ct/cfg/ct_node_id ${guest.node_id.var.present ? guest.node_id.var.id : "absent"}"
  remedy    = "Bring them together with `/opt/rsct/install/bin/recfgct -i VALUE`, VALUE being the id to keep; not while a peer domain is online."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  controls  = ["NIST-800-53:IA-3"]
  bears_on  = "rmc"
}

rule "no-peer-domain" {
  severity  = "error"
  summary   = "The guest belongs to no RSCT peer domain"
  requires  = "guest-is-aix"
  condition = guest.cluster.peer_domain == ""
  expected  = "no peer domain online"
  found     = guest.cluster.peer_domain == "" ? "none" : guest.cluster.peer_domain
  remedy    = "Leave the domain with stoprpdomain and rmrpdomain before the image is captured. While it is online recfgct refuses to work, and so does cloud-init's reset at first boot."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=r-recfgct-command"
  bears_on  = "rmc"
}

rule "no-caa-cluster" {
  severity  = "error"
  summary   = "The image holds no identity of a CAA cluster"
  requires  = "guest-is-aix"
  condition = !guest.cluster.caa
  expected  = "no cluster0 in the ODM and no caavg_private disk"
  found     = guest.cluster.caa ? "a CAA cluster is configured" : "none"
  remedy    = "Remove the cluster with PowerHA's tools or rmcluster; IBM's page removes a left-over entry with `odmdelete -o CuAt -q name=cluster0`."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  bears_on  = "rmc"
}
