#!/usr/bin/ksh
# SPDX-License-Identifier: MPL-2.0
#
# Hardening that leaves RMC alone. What must not be touched on an image for Power VS:
# en1 (or whichever interface has the fe80:: address), its chdev line in /etc/rc.tcpip,
# ctrmc in /etc/inittab, /etc/ct_node_id, cloud-init.
set -e

echo "hardening: no telnet, no r commands"
for service in telnet shell login exec; do
  chsubserver -d -v "$service" -p tcp6 2>/dev/null || true
  chsubserver -d -v "$service" -p tcp 2>/dev/null || true
done
refresh -s inetd

echo "hardening: passwords"
chsec -f /etc/security/user -s default -a minlen=14 -a maxage=13
