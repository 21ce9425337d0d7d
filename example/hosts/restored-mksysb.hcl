# SPDX-License-Identifier: MPL-2.0
#
# A guest whose root volume group was restored from a mksysb: it boots from another
# disk, the old one is left behind, cloud-init is gone, and so is the injected address;
# the node id files no longer agree.

hostname   = "restored"
boot_disk  = "hdisk1"
boot_list  = ["hdisk1"]
cloud_init = false

disk "hdisk0" {
  volume_group = "old_rootvg"
  state        = ""
}

disk "hdisk1" {
  pvid         = "00c939202144313b"
  volume_group = "rootvg"
  state        = "active"
}

rpm "cloud-init" {
  remove = true
}

interface "en1" {
  attributes = {
    netaddr6  = ""
    prefixlen = ""
    state     = "down"
  }
  rc_tcpip = false
}

rmc {
  var_node_id = "5d2e8f0b16c4a973"
}
