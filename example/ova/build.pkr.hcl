# SPDX-License-Identifier: MPL-2.0
#
# An OVA that another tool makes from the same system: create_ova on a VIOS, or an
# export from PowerVC. Packer checks the system, the tool makes the file, `artifice`
# hands it on, and the gate stands before the upload.

packer {
  required_plugins {
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= 0.1.0"
    }
  }
}

variable "host" {
  type        = string
  description = "The AIX system that the OVA is made from."
}

variable "port" {
  type    = number
  default = 22
}

variable "password" {
  type      = string
  sensitive = true
  default   = null
}

variable "private_key_file" {
  type    = string
  default = null
}

variable "image" {
  type        = string
  description = "The OVA file that make-ova writes."
}

variable "make_ova" {
  type        = string
  description = "The command that makes the OVA, for instance ssh to the VIOS with create_ova, and a copy."
}

variable "upload" {
  type        = string
  description = "The command that uploads image and checksum file; it runs only when the gate opened."
}

variable "signing_key" {
  type    = string
  default = "keys/image-signing.pem"
}

source "null" "aix" {
  communicator         = "ssh"
  ssh_host             = var.host
  ssh_port             = var.port
  ssh_username         = "root"
  ssh_password         = var.password
  ssh_private_key_file = var.private_key_file
}

build {
  sources = ["source.null.aix"]

  provisioner "rsct" {}

  post-processors {
    post-processor "shell-local" {
      inline = [var.make_ova]
    }
    post-processor "artifice" {
      files = [var.image]
    }
    post-processor "rsct-attest" {
      signing_key = var.signing_key
    }
    post-processor "shell-local" {
      inline = [var.upload]
    }
  }
}
