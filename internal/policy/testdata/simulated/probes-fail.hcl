# SPDX-License-Identifier: MPL-2.0
#
# Commands that do not answer: nothing that follows from them is a pass.

fault "lslpp" {
  command   = "lslpp"
  exit_code = 1
  stderr    = "lslpp: 0504-004 The ODM is locked.\n"
}

fault "lspv" {
  command = "lspv"
  missing = true
}
