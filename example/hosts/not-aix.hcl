# SPDX-License-Identifier: MPL-2.0
#
# A host that is not AIX, for what the plugin says when it is pointed at one.

os       = "Linux"
hostname = "linux"
