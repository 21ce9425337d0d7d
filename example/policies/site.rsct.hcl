# What a site may want beside the built-in policy: a stricter level, a rule of its own,
# another severity, and a finding accepted for a while.

variable "minimum_rsct_level" {
  type        = string
  default     = "3.2.6.2"
  description = "We take what IBM recommends for the least."
}

variable "backup_client" {
  type        = string
  default     = "tivoli.tsm.client.ba.64bit.base"
  description = "The fileset of the backup client that every image of ours has."
}

rule "site-backup-client" {
  severity  = "warning"
  summary   = "The backup client is in the image"
  condition = contains(guest.filesets[*].name, var.backup_client)
  expected  = "${var.backup_client} installed"
  found     = contains(guest.filesets[*].name, var.backup_client) ? "installed" : "not installed"
  remedy    = "Add the role backup-client to the playbook."
}

override "single-rootvg-disk" {
  reason   = "Our import takes one disk; a second one fails an hour later."
  severity = "error"
}

waiver "technology-level-complete" {
  reason      = "The language filesets of the new technology level are left out on purpose."
  approved_by = "platform team, CHG0012345"
  expires     = "2027-03-31"
}
