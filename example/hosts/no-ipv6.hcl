# SPDX-License-Identifier: MPL-2.0
#
# No IPv6 at all: the management interface was never injected, or was removed before
# the build began.

hostname = "noipv6"

interface "en1" {
  remove = true
}
