# SPDX-License-Identifier: MPL-2.0
#
# The demo's build: a simulated AIX host, a hardening script that breaks it, and a
# gate before the import. `make demo` runs it; nothing in it is special to the demo
# but the null source and the made image.

packer {
  required_plugins {
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= 0.1.0"
    }
  }
}

variable "port" {
  type        = number
  description = "The port that the simulated host listens on."
}

variable "image" {
  type        = string
  description = "The image file that the build would have made."
}

variable "signing_key" {
  type        = string
  description = "The PEM file of the key that signs the report."
}

source "null" "aix" {
  communicator = "ssh"
  ssh_host     = "127.0.0.1"
  ssh_port     = var.port
  ssh_username = "root"
  ssh_password = "aix"
}

build {
  sources = ["source.null.aix"]

  provisioner "rsct" {
    mode = "baseline"
  }

  provisioner "shell" {
    script          = "${path.root}/harden.sh"
    execute_command = "chmod +x {{.Path}}; {{.Path}}"
  }

  provisioner "rsct" {
    mode = "checkpoint"
  }

  provisioner "shell" {
    inline = ["echo 'golden image' > /etc/motd"]
  }

  provisioner "rsct" {}

  post-processors {
    post-processor "artifice" {
      files = [var.image]
    }
    post-processor "rsct-attest" {
      signing_key = var.signing_key
    }
    post-processor "shell-local" {
      inline = ["echo 'IMPORT RAN: a stand-in for the import into Power VS'"]
    }
  }
}
