# SPDX-License-Identifier: MPL-2.0
#
# A clean-up script that takes the node id for something of this VM alone.

prepare = "rm /etc/ct_node_id"
