# SPDX-License-Identifier: MPL-2.0
#
# The address of the example on IBM's page was taken over: it is a global one.

interface "en1" {
  attributes = {
    netaddr6 = "2001:1234:5723::16"
  }
}
