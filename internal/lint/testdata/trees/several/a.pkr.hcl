source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "shell" { inline = ["rmdev -dl en1"] }
}
