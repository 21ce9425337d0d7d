// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lintedTemplate writes a template that lints itself, of two sources on the same
// simulated host. The first step leaves a mark, so that a build that began shows.
func (s *site) lintedTemplate(port, script string) (dir, began string) {
	s.t.Helper()
	dir, err := os.MkdirTemp(s.dir, "linted")
	if err != nil {
		s.t.Fatal(err)
	}
	began = filepath.Join(dir, "began")
	source := func(name string) string {
		return `source "null" "` + name + `" {
  communicator = "ssh"
  ssh_host     = "127.0.0.1"
  ssh_port     = ` + port + `
  ssh_username = "root"
  ssh_password = "aix"
}
`
	}
	text := source("one") + source("two") + `
build {
  sources = ["source.null.one", "source.null.two"]
  provisioner "shell-local" {
    inline = ["touch ` + began + `"]
  }
  provisioner "rsct" {
    mode     = "baseline"
    template = path.root
  }
  provisioner "shell" {
    script          = "${path.root}/harden.sh"
    execute_command = "chmod +x {{.Path}}; {{.Path}}"
  }
  provisioner "rsct" {
    template = path.root
  }
}
`
	for name, content := range map[string]string{"build.pkr.hcl": text, "harden.sh": script} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	return dir, began
}

// Packer prepares each block for each source, and again before a build: what is found
// is still shown in full only once.
func TestValidateFailsWithWhatTheTemplateWouldBreak(t *testing.T) {
	s := newSite(t)
	dir, began := s.lintedTemplate("1", "#!/usr/bin/ksh\nrmdev -dl en1\n")
	for _, command := range []string{"validate", "build"} {
		out, code := s.run(s.packer, command, dir)
		if code == 0 {
			t.Fatalf("packer %s passed a template that removes RMC's interface\n%s", command, out)
		}
		saysAll(t, out, "the template would harm the image it builds", "removes-interface", "harden.sh:2:")
		if n := strings.Count(out, "2 | rmdev -dl en1"); n != 1 {
			t.Errorf("packer %s showed the line %d times, expected once:\n%s", command, n, out)
		}
		if _, err := os.Stat(began); err == nil {
			t.Fatalf("packer %s began the build", command)
		}
	}
}

// Nothing but errors is shown of a plugin at validation, so what does not fail the
// template waits for the block to run.
func TestFindingsThatDoNotFailAreToldWhenTheBlockRuns(t *testing.T) {
	s := newSite(t)
	dir := s.template(s.simulate("powervs-aix73.hcl"), `
  provisioner "rsct" {
    mode     = "baseline"
    template = path.root
  }
  provisioner "shell" {
    inline = ["echo hardened > /etc/motd"]
  }
  provisioner "rsct" {
    pause_before = "1s"
    timeout      = "5m"
  }
`)
	s.must(s.packer, "validate", dir)
	out := s.must(s.packer, "build", dir)
	saysAll(t, out, "Template: ", "timeout-is-kept", "1 warning")
}

func TestCleanTemplateThatLintsItselfValidates(t *testing.T) {
	s := newSite(t)
	dir, _ := s.lintedTemplate("1", "#!/usr/bin/ksh\necho hardened > /etc/motd\n")
	if out := s.must(s.packer, "validate", dir); strings.Contains(out, "harden.sh") {
		t.Errorf("expected no findings:\n%s", out)
	}
}
