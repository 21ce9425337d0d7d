# SPDX-License-Identifier: MPL-2.0
#
# Several images side by side. Packer runs the builds at the same time; evidence is
# kept by run and source, so each is judged by its own. One that is refused does not
# stop the others.

packer {
  required_plugins {
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= 0.1.0"
    }
  }
}

variable "hosts" {
  type = object({
    aix72 = object({ host = string, port = number })
    aix73 = object({ host = string, port = number })
  })
  description = "The two systems."
}

variable "password" {
  type      = string
  sensitive = true
}

variable "images" {
  type        = string
  description = "The folder that the image files lie in: aix72.ova.gz and aix73.ova.gz."
}

variable "signing_key" {
  type    = string
  default = "keys/image-signing.pem"
}

source "null" "aix72" {
  communicator = "ssh"
  ssh_host     = var.hosts.aix72.host
  ssh_port     = var.hosts.aix72.port
  ssh_username = "root"
  ssh_password = var.password
}

source "null" "aix73" {
  communicator = "ssh"
  ssh_host     = var.hosts.aix73.host
  ssh_port     = var.hosts.aix73.port
  ssh_username = "root"
  ssh_password = var.password
}

build {
  sources = ["source.null.aix72", "source.null.aix73"]

  provisioner "rsct" {
    mode = "baseline"
  }

  provisioner "shell" {
    inline = ["echo 'golden image ${source.name}' > /etc/motd"]
  }

  provisioner "rsct" {}

  post-processors {
    post-processor "artifice" {
      files = ["${var.images}/${source.name}.ova.gz"]
    }
    post-processor "rsct-attest" {
      signing_key = var.signing_key
    }
    post-processor "shell-local" {
      inline = ["echo import ${source.name}"]
    }
  }
}
