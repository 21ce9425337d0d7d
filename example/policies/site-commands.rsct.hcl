# Rules of a site about the commands that its steps run: none talks to the network
# interface by hand, and none leaves a service of cron open to everyone.

rule "site-no-ifconfig" {
  severity  = "warning"
  summary   = "Interfaces are changed with chdev, which lasts, and not with ifconfig"
  for_each  = [for c in template.commands : c if c.name == "ifconfig" && length(c.operands) > 1]
  if_empty  = "pass"
  subject   = each.value.operands[0]
  condition = false
  expected  = "chdev -l ${each.value.operands[0]} -a …"
  found     = each.value.text
  remedy    = "Use chdev, so that the change is there after the next boot."
}

rule "site-no-cron-allow" {
  severity  = "error"
  summary   = "No step opens cron to everyone"
  for_each  = [for c in template.commands : c if anytrue([for e in c.edits : e.path == "/var/adm/cron/cron.allow" && contains(["remove", "truncate"], e.kind)]) || c.name == "rm" && contains(c.operands, "/var/adm/cron/cron.allow")]
  if_empty  = "pass"
  subject   = "/var/adm/cron/cron.allow"
  condition = false
  expected  = "cron.allow with the users that may use cron"
  found     = each.value.text
  remedy    = "Leave the file in place, and add users with a line of their own."
}
