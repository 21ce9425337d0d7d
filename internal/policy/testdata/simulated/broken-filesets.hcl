# SPDX-License-Identifier: MPL-2.0
#
# An update of RSCT that was cut off: one fileset broken, one gone, and one
# whose usr part is missing.

fileset "rsct.core.utils" {
  state = "B"
}

fileset "rsct.core.hostrm" {
  remove = true
}

fileset "rsct.core.sec" {
  parts = ["root"]
}
