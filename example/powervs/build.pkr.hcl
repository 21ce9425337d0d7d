# SPDX-License-Identifier: MPL-2.0
#
# A golden image made in Power VS itself: a virtual server from IBM's stock AIX image,
# changed by scripts, captured to Cloud Object Storage, and imported into the
# production workspace only when the gate opened.
#
#   packer init . && packer validate . && packer build .

packer {
  required_plugins {
    powervs = {
      source  = "github.com/ppc64le-cloud/powervs"
      version = ">= 0.2.0"
    }
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= 0.1.0"
    }
  }
}

source "powervs" "aix73" {
  api_key             = var.api_key
  service_instance_id = var.build_workspace
  zone                = var.zone

  source {
    stock_image {
      name = var.stock_image
    }
  }

  instance_name = var.image_name
  key_pair_name = var.key_pair_name
  subnet_ids    = var.subnet_ids

  ssh_username         = "root"
  ssh_private_key_file = var.ssh_private_key_file

  capture {
    name        = var.image_name
    destination = "cloud-storage"
    cos {
      bucket     = var.bucket
      region     = var.bucket_region
      access_key = var.cos_access_key
      secret_key = var.cos_secret_key
    }
  }
}

build {
  sources = ["source.powervs.aix73"]

  # First: record the management interface that Power VS injected.
  provisioner "rsct" {
    mode = "baseline"
  }

  # Packer uploads scripts to /tmp, which is often small on AIX.
  provisioner "shell" {
    script        = "${path.root}/harden.sh"
    remote_folder = "/var/tmp"
  }

  # Last: compare with the baseline, put the interface back, judge by the policy. A
  # failure here stops the build before anything is captured.
  provisioner "rsct" {}

  # powervs hands on neither a file nor a digest, so the captured image is fetched first.
  # Fetching, gate and import stand in one chain: what fails stops what follows.
  post-processors {
    post-processor "shell-local" {
      script           = "${path.root}/fetch.sh"
      environment_vars = local.cos
    }
    post-processor "artifice" {
      files = [local.image]
    }
    post-processor "rsct-attest" {
      signing_key            = var.signing_key
      signing_key_passphrase = var.signing_key_passphrase
    }
    post-processor "shell-local" {
      script           = "${path.root}/import.sh"
      environment_vars = local.cos
    }
  }
}
