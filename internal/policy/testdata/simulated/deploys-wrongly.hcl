# SPDX-License-Identifier: MPL-2.0
#
# What only shows on a VM deployed from the image: device configuration kept, and a
# line of /etc/rc.tcpip that cloud-init drops.

sys0 = {
  clouddev = "0"
  ghostdev = "1"
}

prepare = "echo 'chdev -l en0 -a mtu=9000' >>/etc/rc.tcpip"
