source "powervs" "aix" {}

# No rsct at all: one finding, not five.
build {
  name    = "unchecked"
  sources = ["source.powervs.aix"]
  provisioner "shell" { inline = ["chdev -l sys0 -a maxuproc=1024"] }
  post-processor "shell-local" { inline = ["ibmcloud pi image import x"] }
}

# As it should be.
build {
  name    = "good"
  sources = ["source.powervs.aix"]
  provisioner "rsct" {
    mode         = "baseline"
    evidence_dir = "evidence/good"
  }
  provisioner "shell" { inline = ["chdev -l sys0 -a maxuproc=1024"] }
  provisioner "rsct" { evidence_dir = "evidence/good" }
  post-processors {
    post-processor "rsct-attest" {
      evidence_dir = "evidence/good"
      image { name = "aix73" }
    }
    post-processor "shell-local" { inline = ["ibmcloud pi image import x"] }
  }
}

# The gate stands after the import, and nothing says which image it is.
build {
  name    = "late"
  sources = ["source.powervs.aix"]
  provisioner "rsct" {
    mode         = "baseline"
    evidence_dir = "evidence/late"
  }
  provisioner "shell" { inline = ["ls"] }
  provisioner "shell" { inline = ["ls"] }
  provisioner "shell" { inline = ["ls"] }
  provisioner "shell" { inline = ["ls"] }
  provisioner "rsct" {
    evidence_dir = "evidence/late"
    pause_before = "10s"
    timeout      = "5m"
  }
  post-processors {
    post-processor "shell-local" { inline = ["ibmcloud pi image import x"] }
    post-processor "rsct-attest" {}
  }
}

# One source twice in one folder of evidence; a second baseline; a checkpoint too early.
build {
  name = "twice"
  source "source.powervs.aix" { name = "one" }
  source "source.powervs.aix" { name = "two" }
  provisioner "rsct" { mode = "checkpoint" }
  provisioner "rsct" { mode = "baseline" }
  provisioner "rsct" { mode = "baseline" }
  provisioner "rsct" { continue_on_error = true }
  post-processor "shell-local" { inline = ["ibmcloud pi image import x"] }
}

# Attested, but never checked.
build {
  name    = "blind"
  sources = ["source.powervs.aix"]
  provisioner "shell" { inline = ["ls"] }
  post-processor "rsct-attest" {
    image { name = "aix73" }
  }
}

# Linux is not ours.
source "powervs" "rhel" {}
build {
  name    = "linux"
  sources = ["source.powervs.rhel"]
  provisioner "shell" { inline = ["dnf -y update"] }
}
