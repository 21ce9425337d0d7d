# SPDX-License-Identifier: MPL-2.0
#
# A link-local address that is not the adapter's own, as after a restore from another
# VM: the management system calls the address that the MAC gives.

interface "en1" {
  attributes = {
    netaddr6 = "fe80::80de:eff:fe65:c1a"
  }
}
