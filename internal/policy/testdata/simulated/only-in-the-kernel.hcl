# SPDX-License-Identifier: MPL-2.0
#
# The address was entered with ifconfig: it works until the next reboot.

interface "en1" {
  attributes = {
    netaddr6  = ""
    prefixlen = ""
    state     = "down"
  }
  rc_tcpip = false
}

prepare = "ifconfig en1 inet6 fe80::f84b:8cff:fe2e:7121/64 up"
