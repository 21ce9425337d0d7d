// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostFile writes a host definition of the test and returns its path.
func hostFile(t *testing.T, s *site, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, "host.hcl")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// simulateFile serves the host of a definition anywhere on this machine.
func (s *site) simulateFile(path string) string {
	s.t.Helper()
	relative, err := filepath.Rel(filepath.Join(repository(s.t), "example", "hosts"), path)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.simulate(relative)
}

func TestRestoreFalseReportsAndTheGateStaysShut(t *testing.T) {
	s := newSite(t)
	provisioners := strings.ReplaceAll(wholeWay, "mode = \"checkpoint\"", "mode = \"checkpoint\"\n restore = false")
	provisioners = strings.Replace(provisioners, "provisioner \"rsct\" {\n  }", "provisioner \"rsct\" {\n restore = false\n }", 1)
	refusedBuild(t, s, s.template(s.simulate("powervs-aix73.hcl"), provisioners),
		"en1 is detached", "Not restored, since restore = false. These commands would restore it", "management-interface-drift", "FAILED")
}

func TestTwoCandidatesAreAnErrorThatListsThem(t *testing.T) {
	s := newSite(t)
	port := s.simulateFile(hostFile(t, s, `
interface "en1" {
  vlan   = 7
  switch = "ETHERNET0"
}
interface "en2" {
  mac    = "fa:4b:8c:2e:71:22"
  vlan   = 8
  switch = "ETHERNET0"
  slot   = 4
  attributes = { netaddr6 = "eui64", prefixlen = "64", state = "up" }
}`))
	baseline := "provisioner \"rsct\" {\n mode = \"baseline\"\n }\n"
	refusedBuild(t, s, s.template(port, baseline), "2 interfaces could be the management interface: en1", "en2", "name one with management_interface")
	named := strings.Replace(baseline, "\n }", "\n management_interface = \"en1\"\n }", 1)
	out, _ := s.run(s.packer, "build", s.template(port, named))
	saysAll(t, out, "management interface en1 with fe80::f84b:8cff:fe2e:7121/64 (named by management_interface)")
}

func TestAGuestThatLiesFailsTheBuild(t *testing.T) {
	s := newSite(t)
	port := s.simulateFile(hostFile(t, s, `
fault "lie" {
  command   = "ifconfig"
  arguments = "inet6"
  lie       = true
}`))
	refusedBuild(t, s, s.template(port, wholeWay), "en1 is detached", "Restoring", "still different after the restoration", "en1 lost fe80::f84b:8cff:fe2e:7121/64")
}
