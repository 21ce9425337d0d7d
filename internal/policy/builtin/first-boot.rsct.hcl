# First boot of a VM deployed from the image: cloud-init enters the injected address
# and resets RMC. Facts about cloud-init on AIX follow IBM's public change to
# canonical/cloud-init (pull request 4713); what IBM ships is not public.

locals {
  cloud_links = ["cloud-init-local", "cloud-init", "cloud-config", "cloud-final"]
}

rule "cloud-init-installed" {
  severity  = "error"
  summary   = "cloud-init is in the image"
  requires  = "guest-is-aix"
  condition = guest.cloud_init.installed
  expected  = "the RPM package cloud-init"
  found     = guest.cloud_init.installed ? "cloud-init ${guest.cloud_init.version}" : "not installed"
  remedy    = "Install IBM's cloud-init package for AIX before the image is captured. Without it nothing enters the management address or resets RMC on a new VM."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
  bears_on  = "rmc"
}

rule "cloud-init-starts-at-boot" {
  severity  = "error"
  summary   = "cloud-init is started at boot"
  requires  = "guest-is-aix"
  for_each  = toset(local.cloud_links)
  applies   = guest.cloud_init.installed
  condition = anytrue([for link in guest.cloud_init.links : can(regex("^S[0-9]+${each.key}$", link))])
  expected  = "a link S…${each.key} in /etc/rc.d/rc2.d"
  found     = guest.cloud_init.links
  remedy    = "Install the cloud-init package again, or link /etc/rc.d/init.d/${each.key} into /etc/rc.d/rc2.d."
  reference = "https://github.com/canonical/cloud-init/pull/4713"
  bears_on  = "rmc"
}

rule "rc2-runs-at-boot" {
  severity  = "error"
  summary   = "The start scripts that cloud-init hangs on are run at boot"
  requires  = "guest-is-aix"
  condition = anytrue([for entry in guest.inittab : entry.id == "l2" && entry.in_use && strcontains(entry.command, "/etc/rc.d/rc")])
  expected  = "an entry l2 in /etc/inittab that runs /etc/rc.d/rc 2"
  found     = try(coalesce(one([for entry in guest.inittab : "action ${entry.action}, command ${entry.command}" if entry.id == "l2"]), "no entry"), "unknown")
  remedy    = "Add it again with `mkitab \"l2:2:wait:/etc/rc.d/rc 2\"`."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-restoring-aix-mksysb-image"
  bears_on  = "rmc"
}

rule "startup-file-present" {
  severity  = "error"
  summary   = "/etc/rc.tcpip is there for cloud-init to write the injected address into"
  requires  = "guest-is-aix"
  condition = guest.rc_tcpip.present
  expected  = "the file /etc/rc.tcpip"
  found     = guest.rc_tcpip.present ? "present" : "no such file"
  remedy    = "Restore /etc/rc.tcpip, for instance from a backup or another system of the same level, with mode 0774 and owner root:system."
  reference = "https://github.com/canonical/cloud-init/pull/4713"
  bears_on  = "rmc"
}

rule "cloud-init-config-drive" {
  severity  = "error"
  summary   = "cloud-init reads Power VS's config drive"
  requires  = "guest-is-aix"
  applies   = guest.cloud_init.installed
  condition = guest.cloud_init.config.present && contains(guest.cloud_init.config.data_sources, "ConfigDrive")
  expected  = "ConfigDrive in datasource_list of cloud.cfg"
  found     = guest.cloud_init.config.present ? join(", ", guest.cloud_init.config.data_sources) : "no cloud.cfg"
  remedy    = "Put ConfigDrive into datasource_list of /opt/freeware/etc/cloud/cloud.cfg."
  reference = "https://github.com/canonical/cloud-init/pull/4713"
  bears_on  = "rmc"
}

rule "cloud-init-resets-rmc" {
  severity  = "error"
  summary   = "cloud-init gives a new VM a node id of its own"
  requires  = "guest-is-aix"
  applies   = guest.cloud_init.installed
  condition = guest.cloud_init.config.present && anytrue([for m in guest.cloud_init.config.modules : contains(["reset-rmc", "reset_rmc"], m)])
  expected  = "reset-rmc among the modules of cloud.cfg"
  found     = guest.cloud_init.config.present ? "modules ${join(", ", guest.cloud_init.config.modules)}" : "no cloud.cfg"
  remedy    = "Put reset-rmc back into cloud_init_modules of /opt/freeware/etc/cloud/cloud.cfg. Without it every VM of the image has the same node id, and RMC answers for one of them at most."
  reference = "https://github.com/canonical/cloud-init/blob/main/cloudinit/config/cc_reset_rmc.py"
  bears_on  = "rmc"
}

rule "cloud-init-configures-network" {
  severity  = "error"
  summary   = "cloud-init enters the addresses of a new VM"
  requires  = "guest-is-aix"
  applies   = guest.cloud_init.installed && guest.cloud_init.config.present
  condition = !guest.cloud_init.config.network_disabled
  expected  = "no `network: {config: disabled}` in cloud.cfg"
  found     = guest.cloud_init.config.network_disabled ? "network: {config: disabled}" : "not disabled"
  remedy    = "Take `network: {config: disabled}` out of /opt/freeware/etc/cloud/cloud.cfg. With it cloud-init leaves the interfaces of a new VM as the image has them, so that nothing enters the management address that Power VS injects."
  reference = "https://cloudinit.readthedocs.io/en/latest/reference/network-config.html"
  bears_on  = "rmc"
}

rule "clouddev-set" {
  severity  = "warning"
  summary   = "The device configuration is rebuilt on a new VM"
  requires  = "guest-is-aix"
  subject   = "sys0"
  applies   = guest.boot.clouddev != ""
  condition = guest.boot.clouddev == "1"
  expected  = "clouddev=1 when the image is captured"
  found     = "clouddev=${guest.boot.clouddev}"
  remedy    = "Set it with `chdev -l sys0 -a clouddev=1` as the last step before the capture."
  reference = "https://www.ibm.com/support/pages/node/7106763"
}

rule "ghostdev-off" {
  severity  = "warning"
  summary   = "The device configuration is not thrown away at every move"
  requires  = "guest-is-aix"
  subject   = "sys0"
  applies   = guest.boot.ghostdev != ""
  condition = guest.boot.ghostdev == "0" || guest.boot.clouddev == ""
  expected  = "ghostdev=0 where there is clouddev"
  found     = "ghostdev=${guest.boot.ghostdev}"
  remedy    = "Reset it with `chdev -l sys0 -a ghostdev=0`. With 1 the ODM is wiped whenever the VM moves to another system, and the management address with it."
  reference = "https://www.ibm.com/support/pages/node/7106763"
}

rule "rc-tcpip-lines-kept" {
  severity  = "warning"
  summary   = "Nothing in /etc/rc.tcpip is lost when cloud-init rewrites it"
  requires  = "guest-is-aix"
  subject   = "/etc/rc.tcpip"
  applies   = guest.cloud_init.installed && guest.rc_tcpip.present
  condition = alltrue([for line in guest.rc_tcpip.chdev : line.commented || line.netaddr6 != ""])
  expected  = "no chdev line but the ones that cloud-init wrote"
  found     = try([for line in guest.rc_tcpip.chdev : "line ${line.line}: ${line.text}" if !line.commented && line.netaddr6 == ""], "unknown")
  remedy    = "Move your own chdev lines into a script of your own that inittab or rc.d runs. cloud-init drops every line of /etc/rc.tcpip that contains chdev, anetaddr6 or cloud-init when a VM is deployed."
  reference = "https://github.com/canonical/cloud-init/pull/4713"
}
