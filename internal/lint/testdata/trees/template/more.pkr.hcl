# Everything that a template can say in more than one way.
variable "interfaces" {
  type    = list(string)
  default = ["en1", "en2"]
}

locals {
  script = "${path.root}/scripts/tidy.sh"
  joined = join("\n", ["echo one", "ucfgif en1"])
  steps  = concat(["echo first"], [for i in var.interfaces : "ifconfig ${i} down"])
}

local "secret" {
  expression = "rmcctrl -d"
  sensitive  = true
}

source "null" "other" {}

source "null" "linux" {}

build {
  name = "forms"

  source "source.null.other" {
    name = "renamed"
  }
  sources = ["source.null.linux"]

  provisioner "rsct" {
    mode = "baseline"
    only = ["null.other"]
  }

  dynamic "provisioner" {
    for_each = var.interfaces
    labels   = ["shell"]
    iterator = nic
    content {
      inline = ["rmdev -dl ${nic.value}"]
    }
  }

  provisioner "shell" {
    inline = [local.joined]
  }

  provisioner "shell" {
    inline = local.steps
  }

  provisioner "shell" {
    script           = local.script
    env              = { NIC = "en1" }
    execute_command  = "rmcctrl -z; {{.Vars}} ksh {{.Path}}"
    override = {
      renamed = { inline = ["rmtcpip"] }
    }
  }

  provisioner "shell" {
    inline = [templatefile("scripts/nic.sh.tpl", { nic = "en1" }), file("scripts/plain.sh")]
  }

  provisioner "shell" {
    inline = ["ifconfig ${build.Host} detach", local.secret]
  }

  provisioner "shell-local" {
    inline = ["stopsrc -s ctrmc"]
  }

  provisioner "shell" {
    except = ["null.linux", "null.other"]
    inline = ["stopsrc -s ctrmc"]
  }

  error-cleanup-provisioner "shell" {
    inline = ["stopsrc -s ctrmc"]
  }

  provisioner "rsct" {
    only = ["null.other"]
  }
}
