# SPDX-License-Identifier: MPL-2.0
#
# RMC stopped and not started at boot, as an administrator does who takes it for one
# more agent.

hostname = "rmcstopped"
prepare  = "stopsrc -s ctrmc; rmitab ctrmc"
