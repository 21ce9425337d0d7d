packer {
  required_plugins {
    rsct = { source = "github.com/powervs-aix/rsct", version = ">= 0.1.0" }
  }
}
variable "nic" { default = "en1" }
variable "extra" { type = list(string) }
locals {
  cleanup = ["ifconfig ${var.nic} detach", "echo done"]
}
source "powervs" "aix" {
  stock_image_name = "7300-02-02"
}
build {
  name = "golden"
  sources = ["source.powervs.aix"]
  provisioner "shell" {
    inline = local.cleanup
  }
  provisioner "rsct" { mode = "baseline" }
  provisioner "shell" {
    environment_vars = ["IF=en1"]
    inline = [
      "rmdev -dl $IF",
      "echo \"hello\" && chdev -l en1 -a netaddr6='' # rsct-ignore: clears-address-attribute -- try it",
      <<-EOT
        for i in en1 en2; do
          ifconfig $i down detach
        done
      EOT
    ]
  }
  provisioner "shell" { inline = var.extra }
  provisioner "shell" { script = "missing.sh" }
  provisioner "rsct" {
    continue_on_error = true
    pause_before = "5s"
    timeout = "1m"
  }
  provisioner "file" {
    source = "up.sh"
    destination = "/tmp/"
  }
  provisioner "shell" {
    inline = ["ksh /tmp/up.sh"]
  }
  post-processor "rsct-attest" {}
  post-processor "shell-local" { inline = ["./import-into-powervs.sh"] }
}
