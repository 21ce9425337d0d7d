# Judges RSCT by IBM's page as it stood in March 2020: 3.1 is the least level, 3.2 is
# recommended. Since October 2020 the page asks for 3.2.1, the first level with RMC
# over IPv6: an image that passes here and fails the built-in policy never connects on
# Power VS as it is today.

variable "minimum_rsct_level" {
  type    = string
  default = "3.1.0.0"
}

variable "recommended_rsct_level" {
  type    = string
  default = "3.2.0.0"
}
