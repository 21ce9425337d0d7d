# SPDX-License-Identifier: MPL-2.0

variable "api_key" {
  type        = string
  sensitive   = true
  description = "An IBM Cloud API key that may use both workspaces."
}

variable "zone" {
  type        = string
  default     = "lon04"
  description = "The zone of the build workspace."
}

variable "build_workspace" {
  type        = string
  description = "The id (service instance) of the workspace to build in."
}

variable "production_workspace" {
  type        = string
  description = "The CRN of the workspace to import into."
}

variable "stock_image" {
  type        = string
  default     = "7300-03-00"
  description = "IBM's stock image to start from."
}

variable "image_name" {
  type        = string
  default     = "aix73-golden"
  description = "The name of the image, and of the server it is made on."
}

variable "key_pair_name" {
  type        = string
  description = "The SSH key of the workspace."
}

variable "ssh_private_key_file" {
  type        = string
  default     = "~/.ssh/id_ed25519"
  description = "The private half of that key."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Networks of the build server, one of them reachable from here."
}

variable "bucket" {
  type        = string
  description = "The Cloud Object Storage bucket that images are captured to and imported from."
}

variable "bucket_region" {
  type    = string
  default = "eu-de"
}

variable "cos_access_key" {
  type      = string
  sensitive = true
}

variable "cos_secret_key" {
  type      = string
  sensitive = true
}

variable "signing_key" {
  type        = string
  default     = "keys/image-signing.pem"
  description = "The key that signs the report."
}

variable "signing_key_passphrase" {
  type      = string
  sensitive = true
  default   = ""
}

locals {
  # Power VS captures to an object with this name.
  image = "${path.root}/${var.image_name}.ova.gz"
  cos = [
    "IMAGE=${local.image}",
    "IMAGE_NAME=${var.image_name}",
    "BUCKET=${var.bucket}",
    "REGION=${var.bucket_region}",
    "WORKSPACE=${var.production_workspace}",
    "AWS_ACCESS_KEY_ID=${var.cos_access_key}",
    "AWS_SECRET_ACCESS_KEY=${var.cos_secret_key}",
  ]
}
