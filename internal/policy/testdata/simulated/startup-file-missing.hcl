# SPDX-License-Identifier: MPL-2.0
#
# A clean-up took /etc/rc.tcpip: the address is in the ODM and works, but cloud-init
# cannot write the one of a new VM.

prepare = "rm /etc/rc.tcpip"
