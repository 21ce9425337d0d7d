# SPDX-License-Identifier: MPL-2.0
#
# A node of PowerHA on CAA: every clone would believe to be it.

rmc {
  cluster = true
}

disk "hdisk1" {
  pvid         = "00fa00d64c5e1b99"
  volume_group = "caavg_private"
  state        = "active"
}
