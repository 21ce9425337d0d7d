# The order of a Packer template: where the blocks of this plugin stand among the
# others. These rules look at template.pipelines, the way of each source through each
# build. A pipeline whose guest is not AIX is left alone.

variable "steps_between_checkpoints" {
  type        = number
  default     = 3
  description = "How many steps that can change the guest may follow one another without a checkpoint between them."
}

locals {
  aix_pipelines     = [for p in template.pipelines : p if p.aix]
  checked_pipelines = [for p in local.aix_pipelines : p if anytrue([for s in p.provisioners : s.type == "rsct" && s.kind == "provisioner"])]
  attested_pipelines = [
    for p in local.aix_pipelines : p if anytrue([for c in p.chains : anytrue([for s in c.post_processors : s.type == "rsct-attest"])])
  ]
  own_steps = [for s in template.steps : s if contains(["rsct", "rsct-attest"], s.type) && s.kind != "error-cleanup-provisioner"]
}

rule "pipeline-is-checked" {
  severity  = "warning"
  summary   = "A build of an AIX image checks the guest"
  for_each  = [for p in local.aix_pipelines : p if !contains(local.attested_pipelines[*].name, p.name) && length(p.left_out) == 0]
  subject   = each.value.name
  condition = anytrue([for s in each.value.provisioners : s.type == "rsct" && s.kind == "provisioner"])
  expected  = "a provisioner \"rsct\" block"
  found     = "none among ${length(each.value.provisioners)} provisioners"
  remedy    = "Put `provisioner \"rsct\" { mode = \"baseline\" }` first and `provisioner \"rsct\" {}` last in the build."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix"
}

rule "check-leaves-out-source" {
  severity  = "warning"
  summary   = "Blocks of rsct run for every source that builds an AIX image"
  for_each  = [for p in template.pipelines : merge(p, { place = p.left_out[0].place }) if length(p.left_out) > 0]
  if_empty  = "pass"
  subject   = each.value.name
  applies   = each.value.aix || anytrue([for p in local.aix_pipelines : p.builder == each.value.builder && p.build == each.value.build && length(p.left_out) < length(each.value.left_out)]) || anytrue([for s in each.value.left_out : lookup(s.arguments, "only", "") == "" && lookup(s.arguments, "except", "") == each.value.source])
  condition = length(each.value.left_out) == 0
  expected  = "no only or except that leaves it out"
  found     = "left out: ${join(", ", each.value.left_out[*].key)}"
  remedy    = "Take only and except off the block, or name this source in it. Where the source builds another system, suppress the finding with that reason."
  reference = "https://developer.hashicorp.com/packer/docs/templates/hcl_templates/onlyexcept"
}

rule "baseline-first" {
  severity  = "warning"
  summary   = "A baseline is recorded before the first step that can change the guest"
  for_each  = [for p in local.checked_pipelines : merge(p, { place = [for s in p.provisioners : s.place if s.changes][0] }) if anytrue([for s in p.provisioners : s.changes])]
  subject   = each.value.name
  condition = anytrue([
    for s in each.value.provisioners : s.type == "rsct" && s.kind == "provisioner" && lookup(s.arguments, "mode", "final") == "baseline" &&
    alltrue([for other in each.value.provisioners : !other.changes || other.position > s.position])
  ])
  expected  = "provisioner \"rsct\" { mode = \"baseline\" } before every provisioner that can change the guest"
  found     = anytrue([for s in each.value.provisioners : s.type == "rsct" && lookup(s.arguments, "mode", "final") == "baseline"]) ? "the baseline stands after ${[for s in each.value.provisioners : s.key if s.changes][0]}" : "no baseline"
  remedy    = "Make `provisioner \"rsct\" { mode = \"baseline\" }` the first provisioner. What was changed before it cannot be noticed, nor put back."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "checkpoint-has-baseline" {
  severity  = "error"
  summary   = "A checkpoint stands after a baseline"
  for_each  = [
    for s in local.own_steps : s if lookup(s.arguments, "mode", "final") == "checkpoint"
  ]
  subject   = each.value.key
  condition = anytrue([
    for s in local.own_steps : lookup(s.arguments, "mode", "final") == "baseline" && s.build == each.value.build && s.source == each.value.source && s.position < each.value.position
  ])
  expected  = "provisioner \"rsct\" { mode = \"baseline\" } before it"
  found     = "no baseline before it for ${each.value.source}"
  remedy    = "Make `provisioner \"rsct\" { mode = \"baseline\" }` the first provisioner; without it the checkpoint ends the build with an error."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "one-baseline" {
  severity  = "error"
  summary   = "There is one baseline for a source"
  for_each  = [for p in local.checked_pipelines : merge(p, { place = reverse(concat([p.place], [for s in p.provisioners : s.place if s.type == "rsct" && lookup(s.arguments, "mode", "final") == "baseline"]))[0] })]
  subject   = each.value.name
  condition = length([for s in each.value.provisioners : s if s.type == "rsct" && lookup(s.arguments, "mode", "final") == "baseline"]) <= 1
  expected  = "one block with mode = \"baseline\""
  found     = join(", ", [for s in each.value.provisioners : s.key if s.type == "rsct" && lookup(s.arguments, "mode", "final") == "baseline"])
  remedy    = "Make the later ones `mode = \"checkpoint\"`: a second baseline of a source ends the build with an error."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "final-check-last" {
  severity  = "error"
  summary   = "The final check stands after the last step that can change the guest"
  for_each  = [for p in local.checked_pipelines : merge(p, { place = reverse(concat([p.place], [for s in p.provisioners : s.place if s.changes]))[0] })]
  subject   = each.value.name
  condition = anytrue([
    for s in each.value.provisioners : s.type == "rsct" && s.kind == "provisioner" && !contains(s.unknown, "mode") && lookup(s.arguments, "mode", "final") == "final" &&
    alltrue([for other in each.value.provisioners : !other.changes || other.position < s.position])
  ]) || anytrue([for s in each.value.provisioners : s.type == "rsct" && contains(s.unknown, "mode")])
  expected  = "provisioner \"rsct\" {} after every provisioner that can change the guest"
  found     = anytrue([for s in each.value.provisioners : s.type == "rsct" && lookup(s.arguments, "mode", "final") == "final"]) ? "${reverse([for s in each.value.provisioners : s.key if s.changes])[0]} stands after the final check" : "no final check"
  remedy    = "Make `provisioner \"rsct\" {}` the last provisioner: what comes after it is not judged."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "checkpoints-between-changes" {
  severity  = "notice"
  summary   = "Checkpoints stand between many steps that can change the guest"
  for_each  = local.checked_pipelines
  subject   = each.value.name
  condition = alltrue([
    for s in each.value.provisioners : !s.changes || length([
      for other in each.value.provisioners : other if other.changes && other.position <= s.position &&
      alltrue([for check in each.value.provisioners : check.type != "rsct" || check.position < other.position || check.position > s.position])
    ]) <= var.steps_between_checkpoints
  ])
  expected  = "a checkpoint after at most ${var.steps_between_checkpoints} steps"
  found     = "${length([for s in each.value.provisioners : s if s.changes])} steps that can change the guest, ${length([for s in each.value.provisioners : s if lookup(s.arguments, "mode", "") == "checkpoint" && s.type == "rsct"])} checkpoints"
  remedy    = "Put `provisioner \"rsct\" { mode = \"checkpoint\" }` between them: it names the step that broke the guest, and puts the management interface back for the steps after it."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "check-can-stop-build" {
  severity  = "error"
  summary   = "A failing check stops the build"
  for_each  = local.own_steps
  subject   = each.value.key
  condition = lookup(each.value.arguments, "continue_on_error", "false") != "true"
  expected  = "no continue_on_error"
  found     = "continue_on_error = true"
  remedy    = "Take continue_on_error off the block. To look without stopping, set fail_on = \"never\", which says so in the report."
  reference = "https://developer.hashicorp.com/packer/docs/templates/hcl_templates/blocks/build/provisioner"
}

rule "timeout-is-kept" {
  severity  = "warning"
  summary   = "A block with a timeout has no pause_before"
  for_each  = local.own_steps
  subject   = each.value.key
  condition = !(lookup(each.value.arguments, "timeout", "") != "" && lookup(each.value.arguments, "pause_before", "") != "")
  expected  = "timeout or pause_before, not both"
  found     = "pause_before = ${lookup(each.value.arguments, "pause_before", "")} and timeout = ${lookup(each.value.arguments, "timeout", "")}"
  remedy    = "Packer drops the timeout of a block that has pause_before. Use command_timeout for a bound that holds, or take pause_before off."
  reference = "https://developer.hashicorp.com/packer/docs/templates/hcl_templates/blocks/build/provisioner"
}

rule "attest-has-evidence" {
  severity  = "error"
  summary   = "An attested image was checked"
  for_each  = [for p in local.attested_pipelines : merge(p, { place = flatten([for c in p.chains : [for s in c.post_processors : s.place if s.type == "rsct-attest"]])[0] })]
  subject   = each.value.name
  condition = anytrue([for s in each.value.provisioners : s.type == "rsct" && s.kind == "provisioner" && (contains(s.unknown, "mode") || lookup(s.arguments, "mode", "final") == "final")]) || length(each.value.left_out) > 0 || contains(local.checked_pipelines[*].name, each.value.name)
  expected  = "a final provisioner \"rsct\" block for ${each.value.source}"
  found     = "no provisioner \"rsct\""
  remedy    = "Put `provisioner \"rsct\" {}` last among the provisioners: rsct-attest refuses an image without evidence of this run."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/post-processors/attest.mdx"
}

rule "import-behind-gate" {
  severity  = "error"
  summary   = "An import stands behind the gate"
  for_each  = [
    for import in flatten([for p in local.attested_pipelines : [for c in p.chains : [for s in c.post_processors : { step = s, chain = c.post_processors, name = p.name, place = s.place } if s.imports || s.type == "shell-local" && length(s.unknown) > 0 && !anytrue([for later in c.post_processors : later.type == "rsct-attest" && later.position > s.position])]]]) : import
  ]
  subject   = each.value.step.key
  condition = anytrue([for s in each.value.chain : s.type == "rsct-attest" && s.position < each.value.step.position])
  expected  = "rsct-attest before it in the same post-processors block"
  found     = anytrue([for s in each.value.chain : s.type == "rsct-attest"]) ? "rsct-attest stands after it" : "rsct-attest stands in another chain, which stops nothing here"
  remedy    = "Put rsct-attest and the import into one `post-processors` block, rsct-attest first. A failing post-processor stops its own chain alone."
  reference = "https://developer.hashicorp.com/packer/docs/templates/hcl_templates/blocks/build/post-processors"
}

rule "import-is-gated" {
  severity  = "warning"
  summary   = "An image is attested before it is imported"
  for_each  = [
    for import in flatten([for p in local.checked_pipelines : [for c in p.chains : [for s in c.post_processors : { step = s, name = p.name, place = s.place } if s.imports]] if !contains(local.attested_pipelines[*].name, p.name)]) : import
  ]
  subject   = each.value.step.key
  if_empty  = "pass"
  condition = false
  expected  = "rsct-attest before it in the same post-processors block"
  found     = "no rsct-attest in the build"
  remedy    = "Put `post-processor \"rsct-attest\"` before it in one `post-processors` block: it writes the signed report, and stops the import of an image that does not meet the policy."
  reference = "https://developer.hashicorp.com/packer/docs/templates/hcl_templates/blocks/build/post-processors"
}

rule "evidence-is-separate" {
  severity  = "error"
  summary   = "Sources of the same type and name keep their evidence apart"
  for_each  = [
    for p in local.checked_pipelines : p if length([for other in local.checked_pipelines : other if other.source == p.source]) > 1
  ]
  subject   = each.value.name
  condition = length([
    for other in local.checked_pipelines : other if other.source == each.value.source && length(setintersection(
      toset([for s in other.provisioners : lookup(s.arguments, "evidence_dir", "") if s.type == "rsct" && !contains(s.unknown, "evidence_dir")]),
      toset([for s in each.value.provisioners : lookup(s.arguments, "evidence_dir", "") if s.type == "rsct" && !contains(s.unknown, "evidence_dir")])
    )) > 0
  ]) <= 1
  expected  = "another evidence_dir for each use of ${each.value.source}"
  found     = "one folder for ${join(" and ", distinct([
    for other in local.checked_pipelines : other if other.source == each.value.source && length(setintersection(
      toset([for s in other.provisioners : lookup(s.arguments, "evidence_dir", "") if s.type == "rsct" && !contains(s.unknown, "evidence_dir")]),
      toset([for s in each.value.provisioners : lookup(s.arguments, "evidence_dir", "") if s.type == "rsct" && !contains(s.unknown, "evidence_dir")])
    )) > 0
  ][*].name))}"
  remedy    = "Set `evidence_dir = \"evidence/$${source.name}\"` on the rsct and rsct-attest blocks, and give each use of the source a name: Packer tells a plugin the same build name for both."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "image-is-identified" {
  severity  = "error"
  summary   = "An image without files is described"
  for_each  = [
    for attest in flatten([for p in local.attested_pipelines : [for c in p.chains : [for s in c.post_processors : { step = s, chain = c.post_processors, name = p.name, builder = p.builder, place = s.place } if s.type == "rsct-attest"]]]) : attest if contains(["powervs", "null"], attest.builder)
  ]
  subject   = each.value.step.key
  condition = contains(each.value.step.blocks, "image") || anytrue([for s in each.value.chain : s.files && s.position < each.value.step.position])
  expected  = "an image block, or a post-processor before it that hands files on, such as artifice"
  found     = "the builder ${each.value.builder} makes no files, and there is no image block"
  remedy    = "Add `image { name = … }` with the id, bucket and object or the sha256 that are known, or put `post-processor \"artifice\"` with the image's file before it."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/post-processors/attest.mdx"
}

rule "lint-can-read" {
  severity  = "error"
  summary   = "Templates, scripts and playbooks can be read"
  for_each  = [for p in template.problems : p if !contains(["step-not-known", "tasks-not-known", "role-not-found", "script-other-language", "script-has-crlf"], p.what)]
  subject   = each.value.what
  if_empty  = "pass"
  condition = false
  expected  = "files that lint, Packer and the guest can read"
  found     = each.value.detail
  remedy    = "Mend or name the file so that it can be read; what is in it was not looked at."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "script-line-ends" {
  severity  = "warning"
  summary   = "Scripts have the line ends of Unix"
  for_each  = [for p in template.problems : p if p.what == "script-has-crlf"]
  subject   = each.value.what
  if_empty  = "pass"
  condition = false
  expected  = "line feeds alone"
  found     = each.value.detail
  remedy    = "Save the file with Unix line ends, and keep them with `*.sh text eol=lf` in .gitattributes."
  reference = "https://developer.hashicorp.com/packer/docs/provisioners/shell"
}

rule "lint-sees-all" {
  severity  = "notice"
  summary   = "What runs on the guest is known before the build"
  for_each  = [for p in template.problems : p if contains(["step-not-known", "tasks-not-known", "role-not-found", "script-other-language"], p.what)]
  subject   = each.value.what
  if_empty  = "pass"
  condition = false
  expected  = "steps whose commands can be read"
  found     = each.value.detail
  remedy    = "Give lint the variables with -var and -var-file, put roles where Ansible finds them, or lint those files by themselves. What runs on the guest in another language than shell is for people to read."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "suppression-is-valid" {
  severity  = "warning"
  summary   = "An rsct-ignore comment names a rule and a reason"
  for_each  = [for s in template.suppressions : s if contains(["without_reason", "unknown_rule", "refused"], s.state)]
  subject   = each.value.rule
  if_empty  = "pass"
  condition = false
  expected  = "# rsct-ignore: rule-name -- reason"
  found     = { without_reason = "no reason after --", unknown_rule = "there is no rule of that name", refused = "the rule refuses to be ignored" }[each.value.state]
  remedy    = "Write `# rsct-ignore: ${each.value.rule} -- why it is right here`, with the name of a rule that can be ignored. Until then it suppresses nothing."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}

rule "suppression-is-used" {
  severity  = "warning"
  summary   = "An rsct-ignore comment suppresses something"
  for_each  = [for s in template.suppressions : s if s.state == "unused"]
  subject   = each.value.rule
  if_empty  = "pass"
  condition = false
  expected  = "a finding on the comment's line or the next one"
  found     = "no finding of ${each.value.rule} there"
  remedy    = "Take the comment out, or put it on or above the line that it is about."
  reference = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/docs/provisioners/rsct.mdx"
}
