# SPDX-License-Identifier: MPL-2.0
#
# AIX's packet filter with a rule of a hardening guide.

fault "ipsec" {
  command   = "lsdev"
  arguments = "-Cc ipsec"
  stdout    = "ipsec_v4:Available:IP Version 4 Security Extension\nipsec_v6:Available:IP Version 6 Security Extension\n"
}

fault "filter6" {
  command   = "lsfilt"
  arguments = "-v 6"
  stdout    = <<-RULES
    3|deny|::|0|::|0|yes|tcp|any|0|eq|657|both|inbound|no|all packets|0|all|0|||harden
    0|permit|::|0|::|0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||default
  RULES
}

fault "filter4" {
  command   = "lsfilt"
  arguments = "-v 4"
  stdout    = "0|permit|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||default\n"
}
