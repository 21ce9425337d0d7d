# SPDX-License-Identifier: MPL-2.0
#
# An AIX system that exists already: an LPAR that is the master of an image, or one
# that should move to Power VS. Packer makes nothing; it connects, the plugin looks,
# judges and signs. Nothing on the system is changed (restore = false).

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
  description = "The AIX system."
}

variable "port" {
  type    = number
  default = 22
}

variable "user" {
  type    = string
  default = "root"
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

variable "image_name" {
  type        = string
  description = "The name that the image has or will have in Power VS."
}

variable "image_sha256" {
  type        = string
  description = "The SHA-256 of the image file: 64 hexadecimal digits."
}

variable "signing_key" {
  type    = string
  default = "keys/image-signing.pem"
}

source "null" "lpar" {
  communicator         = "ssh"
  ssh_host             = var.host
  ssh_port             = var.port
  ssh_username         = var.user
  ssh_password         = var.password
  ssh_private_key_file = var.private_key_file
}

build {
  sources = ["source.null.lpar"]

  provisioner "rsct" {
    restore = false
    # Where the user is not root:
    # execute_command = "sudo -n {{.Command}}"
  }

  # There is no file here to digest; the image is named, with its digest.
  post-processor "rsct-attest" {
    signing_key = var.signing_key
    output_dir  = "${path.root}/reports"
    image {
      name   = var.image_name
      sha256 = var.image_sha256
    }
  }
}
