# SPDX-License-Identifier: MPL-2.0
#
# A second IPv6 address on the management interface.

prepare = "ifconfig en1 inet6 2001:db8::16/64 alias"
