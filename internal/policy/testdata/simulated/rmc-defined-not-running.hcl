# SPDX-License-Identifier: MPL-2.0
#
# A resource manager that the management system works with is stopped.

prepare = "stopsrc -s IBM.DRM"
