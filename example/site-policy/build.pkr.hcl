# SPDX-License-Identifier: MPL-2.0
#
# A build judged by the built-in policy and a site's own. The provisioner and the
# post-processor must name the same policy: evidence that was judged by another one is
# refused.

packer {
  required_plugins {
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= 0.1.0"
    }
  }
}

variable "host" {
  type = string
}

variable "port" {
  type    = number
  default = 22
}

variable "password" {
  type      = string
  sensitive = true
}

variable "image" {
  type = string
}

variable "signing_key" {
  type    = string
  default = "keys/image-signing.pem"
}

variable "backup_client" {
  type        = string
  default     = "tivoli.tsm.client.ba.64bit.base"
  description = "Handed to the policy as its variable backup_client."
}

locals {
  policy           = ["${path.root}/../policies/site.rsct.hcl"]
  policy_variables = { backup_client = var.backup_client }
}

source "null" "aix" {
  communicator = "ssh"
  ssh_host     = var.host
  ssh_port     = var.port
  ssh_username = "root"
  ssh_password = var.password
}

build {
  sources = ["source.null.aix"]

  provisioner "rsct" {
    policy           = local.policy
    policy_variables = local.policy_variables
  }

  post-processors {
    post-processor "artifice" {
      files = [var.image]
    }
    post-processor "rsct-attest" {
      policy           = local.policy
      policy_variables = local.policy_variables
      signing_key      = var.signing_key
    }
  }
}
