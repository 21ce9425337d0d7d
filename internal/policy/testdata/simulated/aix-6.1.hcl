# SPDX-License-Identifier: MPL-2.0
#
# An operating system that Power VS does not run.

level = "6100-09-12-1846"
