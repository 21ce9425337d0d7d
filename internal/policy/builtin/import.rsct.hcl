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

# What an archive says about itself. Power VS reads from the descriptor the files with
# their sizes, the disks, the operating system, the architecture and which disk boots;
# what is wrong there ends the import after the upload.

rule "image-content-matches-name" {
  severity  = "error"
  summary   = "The image's content is what its name says"
  subject   = image.name
  applies   = image.container != ""
  condition = contains(["ova.gz", "tar.gz", "tgz"], image.format) == (image.container == "tar+gzip")
  expected  = contains(["ova.gz", "tar.gz", "tgz"], image.format) ? "a tar archive inside gzip" : "a tar archive"
  found     = image.container == "tar+gzip" ? "a tar archive inside gzip" : "a tar archive"
  remedy    = "Give the file the name of what it is, or compress it with gzip."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-importing-boot-image"
}

rule "image-has-descriptor" {
  severity  = "error"
  summary   = "The archive describes its disks"
  subject   = image.name
  applies   = image.container != ""
  condition = image.ovf.state == "read" && length(image.ovf.disks) > 0
  expected  = "an OVF descriptor with a disk"
  found     = image.ovf.state == "read" ? "${image.ovf.name} with ${length(image.ovf.disks)} disks" : "descriptor ${image.ovf.state}${image.ovf.problem == "" ? "" : ": ${image.ovf.problem}"}"
  remedy    = "Package the disk with `pvsadm image` or create_ova, which write the descriptor."
  reference = "https://github.com/ppc64le-cloud/pvsadm"
}

rule "image-disks-whole" {
  severity  = "error"
  summary   = "Each disk in the archive is as large as the descriptor says"
  for_each  = [for d in image.ovf.disks : merge(d, { name = d.file })]
  condition = each.value.size == each.value.actual_size && each.value.capacity >= 0
  expected  = "${each.value.file} with ${each.value.size} bytes"
  found     = each.value.actual_size < 0 ? "no such file in the archive" : "${each.value.actual_size} bytes"
  remedy    = "Package the disk again, and do not change an archive by hand: the importer compares the sizes."
  reference = "https://github.com/ppc64le-cloud/pvsadm"
  controls  = ["NIST-800-53:SI-7"]
}

rule "image-boots-from-one-disk" {
  severity  = "error"
  summary   = "The archive names one disk to boot from"
  subject   = image.name
  applies   = image.ovf.state == "read" && length(image.ovf.disks) > 0
  condition = length(image.boot_volumes) == 1 || (length(image.boot_volumes) == 0 && length(image.ovf.disks) == 1)
  expected  = "one boot disk in the descriptor or in .meta"
  found     = image.boot_volumes
  remedy    = "Package rootvg's disk as the boot volume, and the others as data volumes."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-deploy-custom-image"
}

rule "image-is-for-aix" {
  severity  = "error"
  summary   = "The archive says that it holds AIX for POWER"
  subject   = image.name
  applies   = image.os_type != "" || image.architecture != ""
  condition = (image.os_type == "" || image.os_type == "aix") && contains(["", "ppc64"], lower(image.architecture))
  expected  = "operating system aix, architecture ppc64"
  found     = "operating system ${image.os_type == "" ? "not said" : image.os_type}, architecture ${image.architecture == "" ? "not said" : image.architecture}"
  remedy    = "Package it with the operating system AIX: Power VS boots and bills a VM as what the descriptor says."
  reference = "https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-importing-boot-image"
}

rule "image-manifest-agrees" {
  severity  = "error"
  summary   = "The archive's manifest agrees with its files"
  subject   = image.name
  applies   = !contains(["absent", "not_read"], image.manifest.state)
  condition = image.manifest.state == "match"
  expected  = "each digest in ${image.manifest.name} that of the file it names"
  found     = image.manifest.problem == "" ? image.manifest.state : "${image.manifest.state}: ${image.manifest.problem}"
  remedy    = "Package the image again; a file of the archive was changed after its manifest was written, or it uses a digest that cannot be checked."
  reference = "https://www.dmtf.org/standards/ovf"
  controls  = ["NIST-800-53:SI-7"]
}
