source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" { mode = "baseline" }
  provisioner "file" {
    source      = "${path.root}/run.sh"
    destination = "/tmp/run.sh"
  }
  provisioner "file" {
    source      = "${path.root}/unused.sh"
    destination = "/tmp/unused.sh"
  }
  provisioner "file" {
    source      = "${path.root}/rc.tcpip"
    destination = "/etc/rc.tcpip"
  }
  provisioner "file" {
    content     = "rmcctrl -d\n"
    destination = "/tmp/written.sh"
  }
  provisioner "file" {
    source      = "${path.root}/folder"
    destination = "/tmp"
  }
  provisioner "shell" {
    inline = ["ksh /tmp/run.sh", "sh /tmp/written.sh", "/tmp/folder/inner.sh"]
  }
  provisioner "rsct" {}
}
