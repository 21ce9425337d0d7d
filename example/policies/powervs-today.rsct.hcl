# IBM's page as it stands today: 3.2.1 is the least level, 3.2.6.2 is recommended. This
# is what the built-in policy says by itself; the file is here to be compared with
# powervs-2020.rsct.hcl, and to pin the levels against a later version of the plugin.

variable "minimum_rsct_level" {
  type    = string
  default = "3.2.1.0"
}

variable "recommended_rsct_level" {
  type    = string
  default = "3.2.6.2"
}
