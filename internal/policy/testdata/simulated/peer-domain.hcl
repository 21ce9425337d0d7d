# SPDX-License-Identifier: MPL-2.0
#
# A node of a cluster, from which recfgct is refused.

rmc {
  peer_domain = "prod"
}
