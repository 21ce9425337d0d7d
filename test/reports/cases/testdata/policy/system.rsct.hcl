# What is being judged, and whether all of it could be seen.

rule "guest-is-aix" {
  severity  = "error"
  summary   = "The guest runs AIX"
  condition = guest.system.os == "AIX"
  expected  = "AIX"
  found     = guest.system.os
  remedy    = "Point the build at an AIX guest. The rules of this policy say nothing about other systems."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
  ignorable = false
}

rule "collected-as-root" {
  severity  = "warning"
  summary   = "The evidence was collected as root"
  requires  = "guest-is-aix"
  condition = guest.system.root
  expected  = "a collection by root"
  found     = guest.system.root ? "root" : "another user"
  remedy    = "Collect as root, or set execute_command so that the collector runs through sudo. Without root several AIX commands say less than they know: lslpp leaves interim fixes out, for instance."
  reference = "https://www.ibm.com/docs/en/aix/7.3?topic=l-lslpp-command"
}

rule "facts-agree" {
  severity  = "warning"
  summary   = "The sources that speak of one thing agree about it"
  requires  = "guest-is-aix"
  # Where the interfaces are not known there was nothing that could have disagreed.
  condition = length(guest.disagreements) == 0 && alltrue([for i in guest.interfaces : i.name != ""])
  expected  = "one answer from all commands"
  found     = [for d in guest.disagreements : "${d.subject}: ${join(", ", d.sources)}"]
  remedy    = "Find out which command is right; a cable pulled, a device renamed or a change that waits for a reboot are usual causes. Then collect again."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}
