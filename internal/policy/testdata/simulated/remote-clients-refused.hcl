# SPDX-License-Identifier: MPL-2.0
#
# RMC closed to remote clients, as hardening guides recommend.

prepare = "/opt/rsct/bin/rmcctrl -P"
