source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" {}
}
