# SPDX-License-Identifier: MPL-2.0
#
# cloud-init installed, and taken out of the start of the system.

prepare = "rm /etc/rc.d/rc2.d/S0*cloud*; rmitab l2"
