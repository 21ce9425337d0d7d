# SPDX-License-Identifier: MPL-2.0
#
# The healthy host: AIX 7.3 on Power VS as it is documented, en0 with IPv4 and en1 with
# nothing but the link-local address of its adapter. It is the default host, so there
# is nothing to state; add here what your host has otherwise.
