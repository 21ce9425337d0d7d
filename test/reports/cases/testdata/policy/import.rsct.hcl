# The image, as far as its import into Power VS goes.

rule "image-name-accepted" {
  severity  = "error"
  summary   = "Power VS imports a file of this name"
  subject   = image.name
  applies   = image.is_file
  condition = (image.importable || image.format == "raw") && !can(regex("[[:space:]]", image.name))
  expected  = "a name without blanks that ends in .ova, .ova.gz, .tar, .tar.gz or .tgz, or a raw image"
  found     = "${image.name} (${image.format})"
  remedy    = "Rename the file, or package the disk with `pvsadm image` or create_ova."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-importing-boot-image"
}

rule "image-console-importable" {
  severity  = "notice"
  summary   = "The image can be imported from the console as well"
  subject   = image.name
  applies   = image.is_file
  condition = image.format != "raw"
  expected  = "an OVA or tar archive"
  found     = image.format
  remedy    = "Import it by command line or API with `--os-type aix`, or package it as an OVA."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-importing-boot-image"
}

rule "image-digest-known" {
  severity  = "error"
  summary   = "The image's SHA-256 digest is known"
  subject   = image.name
  condition = can(regex("^[0-9a-f]{64}$", image.sha256))
  expected  = "64 hexadecimal digits"
  found     = image.sha256 == "" ? "none" : image.sha256
  remedy    = "Let the post-processor read the file, or give the digest as sha256 in the image block. Without it nothing ties the report to the image, and Power VS has no checksum to validate."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-importing-boot-image"
  controls  = ["NIST-800-53:SI-7"]
}

rule "image-size-accepted" {
  severity  = "error"
  summary   = "The image is neither empty nor larger than Power VS takes"
  subject   = image.name
  applies   = image.is_file
  condition = image.size > 0 && image.size <= 10 * 1024 * 1024 * 1024 * 1024
  expected  = "more than 0 bytes, and at most 10 TiB"
  found     = "${image.size} bytes"
  remedy    = "Export again when it is empty; take data volumes out of the image when it is too large."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-importing-boot-image"
}
