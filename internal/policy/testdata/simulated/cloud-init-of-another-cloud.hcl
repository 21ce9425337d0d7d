# SPDX-License-Identifier: MPL-2.0
#
# A cloud.cfg brought from elsewhere: no config drive, no reset of RMC, no network.

file "/opt/freeware/etc/cloud/cloud.cfg" {
  content = <<-CFG
    datasource_list: [Ec2]
    network: {config: disabled}
    cloud_init_modules:
     - set-hostname
  CFG
}
