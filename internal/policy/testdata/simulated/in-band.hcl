# SPDX-License-Identifier: MPL-2.0
#
# Healthy: AIX 7.3 TL4, whose RMC goes through the hypervisor.

level = "7300-04-00-2546"

rmc {
  in_band = true
}
