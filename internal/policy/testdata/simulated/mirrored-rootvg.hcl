# SPDX-License-Identifier: MPL-2.0
#
# rootvg on two disks, and drivers of another multipath product.

disk "hdisk1" {
  pvid         = "00fa00d64c5e1b99"
  volume_group = "rootvg"
  state        = "active"
}

fileset "devices.vdevice.IBM.vfc-client.rte" {
  remove = true
}

fileset "devices.fcp.disk.ibm.mpio.rte" {
  level       = "1.0.0.19"
  description = "IBM MPIO FCP Disk Device"
  parts       = ["usr"]
}
