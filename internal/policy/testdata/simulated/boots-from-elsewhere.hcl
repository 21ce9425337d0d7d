# SPDX-License-Identifier: MPL-2.0
#
# The boot list was left on the disk of an alternate installation.

boot_list = ["hdisk1"]

disk "hdisk1" {
  pvid         = "00fa00d64c5e1b99"
  volume_group = "altinst_rootvg"
  state        = ""
}
