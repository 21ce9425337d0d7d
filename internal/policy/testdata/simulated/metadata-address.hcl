# SPDX-License-Identifier: MPL-2.0
#
# IBM's page about the metadata service says to take an interface without an IP
# address, and the management interface looks like one.

prepare = "ifconfig en1 inet 169.254.169.253 netmask 255.255.0.0 alias"
