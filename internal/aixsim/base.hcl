# SPDX-License-Identifier: MPL-2.0
#
# The default host: a healthy AIX virtual server on Power VS. Other definitions
# state only what differs from this one.
#
# What is modelled after what:
#   - en0 with IPv4 and en1 with nothing but the EUI-64 link-local of its adapter:
#     IBM's Power VS documentation (ibm-cloud-docs/power-iaas, provisioning-nim-server
#     and rsct-rmc-aix) and the public captures of mondoohq/mql of a Power VS VM.
#   - MGMTSWITCH and VLAN 4094: openstack nova-powervm, vif.py.
#   - the chdev line in rc.tcpip, cloud.cfg, the S01 to S04 links and the l2 entry:
#     canonical/cloud-init pull request 4713 (IBM's AIX port).
#   - RSCT levels of AIX 7.3: IBM/ansible-power-aix issue 531 for 3.3.1.x.
# Levels of filesets besides RSCT's are plausible, not captured.

os         = "AIX"
hostname   = "aix73"
level      = "7300-02-02-2420"
machine_id = "00FA00D64C00"
gateway    = "192.168.10.1"
boot_disk  = "hdisk0"
boot_list  = ["hdisk0"]
cloud_init = true

technology = {
  "7.3.0.0_AIX_ML" = true
  "7300-00_AIX_ML" = true
  "7300-01_AIX_ML" = true
  "7300-02_AIX_ML" = true
}

sys0 = {
  SW_dist_intr    = "false"
  autorestart     = "true"
  boottype        = "disk"
  capacity_inc    = "0.01"
  capped          = "false"
  chown_restrict  = "true"
  clouddev        = "1"
  conslogin       = "enable"
  cpuguard        = "enable"
  dedicated       = "false"
  enhanced_RBAC   = "true"
  ent_capacity    = "0.25"
  frequency       = "24000000"
  fullcore        = "false"
  fwversion       = "IBM,FW1050.10 (ML1050_080)"
  ghostdev        = "0"
  id_to_partition = "0X80000A11D6200005"
  id_to_system    = "0X80000A11D6200000"
  iostat          = "false"
  keylock         = "normal"
  log_pg_dealloc  = "true"
  max_capacity    = "2.00"
  max_logname     = "9"
  maxbuf          = "20"
  maxmbuf         = "0"
  maxpout         = "8193"
  maxuproc        = "128"
  min_capacity    = "0.25"
  minpout         = "4096"
  modelname       = "IBM,9105-22A"
  ncargs          = "256"
  ngroups_allowed = "128"
  os_uuid         = "b3a4a2c7-6d0e-4d3f-9a3b-52f6c6a8d101"
  partition_uuid  = "5b1d7c9e-0f62-47a8-8f0a-2c9e1d4b7a55"
  realmem         = "8388608"
  rtasversion     = "1"
  systemid        = "IBM,0278A11D6"
  variable_weight = "128"
}

user "root" {
  uid      = 0
  gid      = 0
  home     = "/"
  password = "aix"
}

user "builder" {
  uid      = 203
  gid      = 1
  home     = "/home/builder"
  password = "aix"
}

interface "en0" {
  mac    = "fa:4b:8c:2e:71:20"
  vlan   = 331
  switch = "ETHERNET0"
  slot   = 2

  attributes = {
    netaddr = "192.168.10.21"
    netmask = "255.255.255.0"
    state   = "up"
  }
}

interface "en1" {
  mac    = "fa:4b:8c:2e:71:21"
  vlan   = 4094
  switch = "MGMTSWITCH"
  slot   = 3

  attributes = {
    netaddr6  = "eui64"
    prefixlen = "64"
    state     = "up"
  }
  rc_tcpip = true
}

rmc {
  node_id              = "3b1f9c24d0a75e68"
  management_interface = "en1"
  console_node_id      = "7c04d2e91ab35f60"
  console_address      = "fe80::68c7:aeff:fe12:3a09"
  console_name         = "9105-22A*78A11D6"
}

disk "hdisk0" {
  pvid         = "00fa00d64c5e1b27"
  volume_group = "rootvg"
  state        = "active"
  paths        = 4
  size_mb      = 20480
}

rpm "cloud-init" {
  version     = "22.1"
  release     = "7"
  description = "Cloud node initialization tool"
}

rpm "python3.9" {
  version     = "3.9.18"
  release     = "1"
  description = "The Python programming language"
}

rpm "sudo" {
  version     = "1.9.15p5"
  release     = "1"
  description = "Allows restricted root access for specified users."
}

fileset "bos.rte" {
  level       = "7.3.2.1"
  description = "Base Operating System Runtime"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "bos.rte.SRC" {
  level       = "7.3.2.0"
  description = "System Resource Controller"
  parts       = ["usr", "root"]
}

fileset "bos.rte.install" {
  level       = "7.3.2.1"
  description = "LPP Install Commands"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "bos.rte.security" {
  level       = "7.3.2.1"
  description = "Base Security Function"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "bos.rte.shell" {
  level       = "7.3.2.1"
  description = "Shells (bsh, ksh, csh)"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "bos.mp64" {
  level       = "7.3.2.1"
  description = "Base Operating System 64-bit Multiprocessor Runtime"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "bos.net.tcp.client_core" {
  level       = "7.3.2.1"
  description = "TCP/IP Client Core Support"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "bos.net.tcp.server_core" {
  level       = "7.3.2.0"
  description = "TCP/IP Server"
  parts       = ["usr", "root"]
}

fileset "bos.net.nfs.client" {
  level       = "7.3.2.0"
  description = "Network File System Client"
  parts       = ["usr", "root"]
}

fileset "bos.net.ipsec.rte" {
  level       = "7.3.2.0"
  description = "IP Security"
  parts       = ["usr", "root"]
}

fileset "bos.perf.perfstat" {
  level       = "7.3.2.0"
  description = "Performance Statistics Interface"
  parts       = ["usr", "root"]
}

fileset "bos.sysmgt.serv_aid" {
  level       = "7.3.2.0"
  description = "Software Error Logging and Dump Service Aids"
  parts       = ["usr", "root"]
}

fileset "devices.chrp.base.ServiceRM" {
  level       = "2.6.1.1"
  description = "RSCT Service Resource Manager"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "devices.chrp.base.rte" {
  level       = "7.3.2.0"
  description = "RISC PC Base System Device Software (CHRP)"
  parts       = ["usr", "root"]
}

fileset "devices.vdevice.IBM.l-lan.rte" {
  level       = "7.3.2.0"
  description = "Virtual I/O Ethernet Software"
  parts       = ["usr", "root"]
}

fileset "devices.vdevice.IBM.v-scsi.rte" {
  level       = "7.3.2.0"
  description = "Virtual SCSI Client Support"
  parts       = ["usr", "root"]
}

fileset "devices.vdevice.IBM.vfc-client.rte" {
  level       = "7.3.2.0"
  description = "Virtual Fibre Channel Client Support"
  parts       = ["usr", "root"]
}

fileset "devices.common.IBM.mpio.rte" {
  level       = "7.3.2.0"
  description = "MPIO Disk Path Control Module"
  parts       = ["usr", "root"]
}

fileset "openssh.base.server" {
  level       = "9.2.112.2400"
  description = "Open Secure Shell Server"
  parts       = ["usr", "root"]
}

fileset "openssl.base" {
  level       = "3.0.13.1000"
  description = "Open Secure Socket Layer"
  parts       = ["usr", "root"]
}

fileset "perl.rte" {
  level       = "5.34.1.5"
  description = "Perl Version 5 Runtime Environment"
  parts       = ["usr", "root"]
}

fileset "rsct.core.auditrm" {
  level       = "3.3.1.0"
  description = "RSCT Audit Log Resource Manager"
  parts       = ["usr", "root"]
}

fileset "rsct.core.errm" {
  level       = "3.3.1.0"
  description = "RSCT Event Response Resource Manager"
  parts       = ["usr", "root"]
}

fileset "rsct.core.fsrm" {
  level       = "3.3.1.0"
  description = "RSCT File System Resource Manager"
  parts       = ["usr", "root"]
}

fileset "rsct.core.gui" {
  level       = "3.3.1.0"
  description = "RSCT Graphical User Interface"
  parts       = ["usr"]
}

fileset "rsct.core.hostrm" {
  level       = "3.3.1.1"
  description = "RSCT Host Resource Manager"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "rsct.core.lprm" {
  level       = "3.3.1.0"
  description = "RSCT Least Privilege Resource Manager"
  parts       = ["usr", "root"]
}

fileset "rsct.core.microsensor" {
  level       = "3.3.1.0"
  description = "RSCT MicroSensor Resource Manager"
  parts       = ["usr", "root"]
}

fileset "rsct.core.rmc" {
  level       = "3.3.1.1"
  description = "RSCT Resource Monitoring and Control"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "rsct.core.sec" {
  level       = "3.3.1.0"
  description = "RSCT Security"
  parts       = ["usr", "root"]
}

fileset "rsct.core.sensorrm" {
  level       = "3.3.1.0"
  description = "RSCT Sensor Resource Manager"
  parts       = ["usr", "root"]
}

fileset "rsct.core.sr" {
  level       = "3.3.1.0"
  description = "RSCT Registry"
  parts       = ["usr", "root"]
}

fileset "rsct.core.utils" {
  level       = "3.3.1.1"
  description = "RSCT Utilities"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "rsct.basic.rte" {
  level       = "3.3.1.1"
  description = "RSCT Basic Function"
  type        = "F"
  parts       = ["usr", "root"]
}

fileset "rsct.opt.storagerm" {
  level       = "3.3.1.0"
  description = "RSCT Storage Resource Manager"
  parts       = ["usr", "root"]
}

fileset "rsct.msg.en_US.core.rmc" {
  level       = "3.3.0.0"
  description = "RSCT RMC Msgs - U.S. English"
  parts       = ["usr"]
}

subsystem "syslogd" {
  group = "ras"
  path  = "/usr/sbin/syslogd"
  start = "tcpip"
}

subsystem "sendmail" {
  group = "mail"
  path  = "/usr/lib/sendmail"
  args  = "-bd -q30m"
  start = "tcpip"
}

subsystem "portmap" {
  group = "portmap"
  path  = "/usr/sbin/portmap"
  start = "tcpip"
}

subsystem "inetd" {
  group = "tcpip"
  path  = "/usr/sbin/inetd"
  start = "tcpip"
}

subsystem "snmpd" {
  group = "tcpip"
  path  = "/usr/sbin/snmpd"
  start = "tcpip"
}

subsystem "hostmibd" {
  group = "tcpip"
  path  = "/usr/sbin/hostmibd"
  start = "tcpip"
}

subsystem "snmpmibd" {
  group = "tcpip"
  path  = "/usr/sbin/snmpmibd"
  start = "tcpip"
}

subsystem "aixmibd" {
  group = "tcpip"
  path  = "/usr/sbin/aixmibd"
  start = "tcpip"
}

subsystem "xntpd" {
  group = "tcpip"
  path  = "/usr/sbin/xntpd"
  start = "tcpip"
}

subsystem "aso" {
  group = ""
  path  = "/usr/sbin/aso"
  start = "init"
}

subsystem "biod" {
  group = "nfs"
  path  = "/usr/sbin/biod"
  args  = "6"
  start = "init"
}

subsystem "rpc.lockd" {
  group = "nfs"
  path  = "/usr/sbin/rpc.lockd"
  start = "init"
}

subsystem "qdaemon" {
  group = "spooler"
  path  = "/usr/sbin/qdaemon"
  start = "init"
}

subsystem "writesrv" {
  group = "spooler"
  path  = "/usr/sbin/writesrv"
  start = "init"
}

subsystem "clcomd" {
  group = "caa"
  path  = "/usr/sbin/clcomd"
  args  = "-d -g"
  start = "init"
}

subsystem "sshd" {
  group = "ssh"
  path  = "/usr/sbin/sshd"
  args  = "-D"
  start = "init"
}

subsystem "pfcdaemon" {
  group = ""
  path  = "/usr/sbin/pfcdaemon"
  start = "init"
}

subsystem "ctrmc" {
  group = "rsct"
  path  = "/usr/sbin/rsct/bin/rmcd"
  args  = "-a IBM.LPCommands -r"
  start = "init"
}

subsystem "IBM.ConfigRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.ConfigRMd"
  start = "ctrmc"
}

subsystem "IBM.HostRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.HostRMd"
  start = "ctrmc"
}

subsystem "IBM.DRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.DRMd"
  start = "ctrmc"
}

subsystem "IBM.MgmtDomainRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.MgmtDomainRMd"
  start = "ctrmc"
}

subsystem "IBM.ServiceRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.ServiceRMd"
  start = "ctrmc"
}

subsystem "ctcas" {
  group = "rsct"
  path  = "/usr/sbin/rsct/bin/ctcasd"
  start = ""
}

subsystem "IBM.ERRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.ERrmd"
  start = ""
}

subsystem "IBM.AuditRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.AuditRMd"
  start = ""
}

subsystem "IBM.LPRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.LPRMd"
  start = ""
}

subsystem "IBM.StorageRM" {
  group = "rsct_rm"
  path  = "/usr/sbin/rsct/bin/IBM.StorageRMd"
  start = ""
}

subsystem "lpd" {
  group = "spooler"
  path  = "/usr/sbin/lpd"
  start = ""
}

subsystem "dhcpcd" {
  group = "tcpip"
  path  = "/usr/sbin/dhcpcd"
  start = ""
}

subsystem "ndpd-host" {
  group = "tcpip"
  path  = "/usr/sbin/ndpd-host"
  start = ""
}

subsystem "ndpd-router" {
  group = "tcpip"
  path  = "/usr/sbin/ndpd-router"
  start = ""
}

subsystem "routed" {
  group = "tcpip"
  path  = "/usr/sbin/routed"
  start = ""
}

subsystem "gated" {
  group = "tcpip"
  path  = "/usr/sbin/gated"
  start = ""
}

subsystem "named" {
  group = "tcpip"
  path  = "/usr/sbin/named"
  start = ""
}

subsystem "timed" {
  group = "tcpip"
  path  = "/usr/sbin/timed"
  start = ""
}

subsystem "rwhod" {
  group = "tcpip"
  path  = "/usr/sbin/rwhod"
  start = ""
}

subsystem "iptrace" {
  group = "tcpip"
  path  = "/usr/sbin/iptrace"
  start = ""
}

subsystem "cdromd" {
  group = ""
  path  = "/usr/sbin/cdromd"
  start = ""
}

subsystem "gsclvmd" {
  group = ""
  path  = "/usr/sbin/gsclvmd"
  start = ""
}

subsystem "netcd" {
  group = "netcd"
  path  = "/usr/sbin/netcd"
  start = ""
}

subsystem "nfsd" {
  group = "nfs"
  path  = "/usr/sbin/nfsd"
  args  = "3891"
  start = ""
}

subsystem "rpc.mountd" {
  group = "nfs"
  path  = "/usr/sbin/rpc.mountd"
  start = ""
}
