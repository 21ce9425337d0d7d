source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" { mode = "baseline" }
  provisioner "ansible" {
    playbook_file   = "${path.root}/remote.yml"
    extra_arguments = ["--extra-vars", "nic=en1"]
  }
  provisioner "rsct" { mode = "checkpoint" }
  provisioner "ansible-local" {
    playbook_file = "${path.root}/local.yml"
    role_paths    = ["${path.root}/roles/net"]
  }
  provisioner "ansible" {
    playbook_file = "${path.root}/gone.yml"
  }
  provisioner "rsct" {}
}
