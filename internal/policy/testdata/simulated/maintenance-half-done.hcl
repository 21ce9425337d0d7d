# SPDX-License-Identifier: MPL-2.0
#
# A technology level in part, and an interim fix that awaits a reboot.

technology = {
  "7300-01_AIX_ML" = true
  "7300-02_AIX_ML" = false
}

interim_fix "IJ09625s2a" {
  state    = "Q"
  time     = "11/20/26 10:11:12"
  abstract = "a fix of the kernel"
}
