# SPDX-License-Identifier: MPL-2.0
#
# Playbooks on AIX. The checkpoint between them names the playbook that took the
# management interface away, and puts it back for the next one.

packer {
  required_plugins {
    ansible = {
      source  = "github.com/hashicorp/ansible"
      version = ">= 1.1.0"
    }
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= 0.1.0"
    }
  }
}

variable "host" {
  type = string
}

variable "private_key_file" {
  type    = string
  default = "~/.ssh/id_ed25519"
}

variable "image" {
  type        = string
  description = "The image file that is made from the host."
}

variable "signing_key" {
  type    = string
  default = "keys/image-signing.pem"
}

source "null" "aix" {
  communicator         = "ssh"
  ssh_host             = var.host
  ssh_username         = "root"
  ssh_private_key_file = var.private_key_file
}

build {
  sources = ["source.null.aix"]

  provisioner "rsct" {
    mode = "baseline"
  }

  provisioner "ansible" {
    playbook_file = "${path.root}/site.yml"
    # AIX has no sftp subsystem in many images, and its Python lies in /opt/freeware.
    extra_arguments = [
      "--extra-vars", "ansible_python_interpreter=/opt/freeware/bin/python3 ansible_ssh_transfer_method=piped",
    ]
    use_proxy = false
  }

  provisioner "rsct" {
    mode = "checkpoint"
  }

  provisioner "ansible" {
    playbook_file   = "${path.root}/backup-client.yml"
    extra_arguments = ["--extra-vars", "ansible_python_interpreter=/opt/freeware/bin/python3"]
    use_proxy       = false
  }

  provisioner "rsct" {}

  post-processors {
    post-processor "artifice" {
      files = [var.image]
    }
    post-processor "rsct-attest" {
      signing_key = var.signing_key
    }
  }
}
