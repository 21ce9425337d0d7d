#!/usr/bin/ksh
# SPDX-License-Identifier: MPL-2.0
#
# Hardening as one meets it: an interface "that nobody uses" goes down, and
# /etc/rc.tcpip is tidied. It takes RMC's management interface away, now and at the
# next boot.

echo "hardening: taking unused interfaces down"
for i in en1; do
  ifconfig $i down detach
done

echo "hardening: tidying /etc/rc.tcpip"
sed 's/^\(.*chdev.*\)$/#\1/' /etc/rc.tcpip > /tmp/rc.tcpip.new
cp /tmp/rc.tcpip.new /etc/rc.tcpip
rm -f /tmp/rc.tcpip.new
