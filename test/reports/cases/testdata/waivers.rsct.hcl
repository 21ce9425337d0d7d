# The waivers of the golden report "waived": an old image that somebody accepted for a while.

waiver "rsct-minimum-level" {
  reason      = "The image is retired with AIX 7.1 in the spring; its VMs are watched by other means."
  approved_by = "platform team, CHG0012345"
  expires     = "2027-03-31"
}

waiver "rmc-connected" {
  reason      = "Follows from RSCT 3.2.0.0, see CHG0012345."
  approved_by = "platform team, CHG0012345"
  expires     = "2027-03-31"
}

waiver "default-mpio" {
  subject     = "hdisk9"
  reason      = "Left over from an older image."
  approved_by = "platform team"
  expires     = "2026-06-30"
}
