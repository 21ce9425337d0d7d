// SPDX-License-Identifier: MPL-2.0

// Package e2e runs whole builds with the real Packer against simulated AIX hosts.
// Each test has its own ports, folders and Packer configuration.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tool is a program that make test-e2e names in the environment.
func tool(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Fatalf("%s is not set; run these tests with make test-e2e", variable)
	}
	return path
}

func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// site is a place to build in: folders, a key, an installed plugin.
type site struct {
	t                      *testing.T
	dir, key, public       string
	packer, plugin         string
	cache, image, imported string
	env                    []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), packer: tool(t, "RSCT_PACKER"), plugin: tool(t, "RSCT_PLUGIN")}
	s.cache = filepath.Join(s.dir, "cache")
	s.key, s.public = filepath.Join(s.dir, "key.pem"), filepath.Join(s.dir, "signer.pub")
	s.image, s.imported = filepath.Join(s.dir, "aix.ova.gz"), filepath.Join(s.dir, "imported")
	for _, name := range []string{"config", "cache", "plugins"} {
		if err := os.Mkdir(filepath.Join(s.dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "PACKER_NO_COLOR=1",
		"PACKER_CONFIG_DIR="+filepath.Join(s.dir, "config"), "PACKER_PLUGIN_PATH="+filepath.Join(s.dir, "plugins"),
		"PACKER_CACHE_DIR="+s.cache)
	s.must("openssl", "genpkey", "-algorithm", "ed25519", "-out", s.key)
	if err := os.Chmod(s.key, 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("openssl", "pkey", "-in", s.key, "-pubout", "-out", s.public)
	s.pack()
	s.must(s.packer, "plugins", "install", "--path", s.plugin, "github.com/powervs-aix/rsct")
	return s
}

// pack makes the image: a small OVA.
func (s *site) pack() {
	s.t.Helper()
	work := filepath.Join(s.dir, "ova")
	ovf := `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1">
<References><File id="file1" href="disk1.img" size="4096"/></References>
<DiskSection><Info/><Disk diskId="disk1" fileRef="file1" capacity="4096"/></DiskSection>
<VirtualSystem id="vs0"><OperatingSystemSection id="9"><Info/><Description>AIX</Description><architecture xmlns="ibmpvc">ppc64</architecture></OperatingSystemSection>
<VirtualHardwareSection><Info/><Item><HostResource>ovf:/disk/disk1</HostResource><ResourceType>17</ResourceType><boot xmlns="ibmpvc">True</boot></Item></VirtualHardwareSection></VirtualSystem>
</Envelope>
`
	err := errors.Join(os.MkdirAll(work, 0o755), os.WriteFile(filepath.Join(work, "aix.ovf"), []byte(ovf), 0o644),
		os.WriteFile(filepath.Join(work, "disk1.img"), make([]byte, 4096), 0o644))
	if err != nil {
		s.t.Fatal(err)
	}
	s.must("tar", "-czf", s.image, "-C", work, "aix.ovf", "disk1.img")
}

// run runs a program and returns what it said and its exit code.
func (s *site) run(name string, args ...string) (string, int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = s.env, s.dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatalf("%s: %v", name, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (s *site) must(name string, args ...string) string {
	s.t.Helper()
	out, code := s.run(name, args...)
	if code != 0 {
		s.t.Fatalf("%s %s: exit code %d\n%s", filepath.Base(name), strings.Join(args, " "), code, out)
	}
	return out
}

// simulate serves a simulated host of example/hosts and returns its port.
func (s *site) simulate(host string) string {
	s.t.Helper()
	cmd := exec.Command(s.plugin, "simulate", "-listen", "127.0.0.1:0", filepath.Join(repository(s.t), "example", "hosts", host))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, port, ok := strings.Cut(lines.Text(), "listening on 127.0.0.1:"); ok {
			return strings.Fields(port)[0]
		}
	}
	s.t.Fatalf("simulate %s did not say where it listens: %s", host, stderr.String())
	return ""
}

// template writes a build of the simulated host with the given provisioners.
func (s *site) template(port, provisioners string) string {
	s.t.Helper()
	dir, err := os.MkdirTemp(s.dir, "template")
	if err != nil {
		s.t.Fatal(err)
	}
	text := `
packer {
  required_plugins {
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= 0.1.0"
    }
  }
}
source "null" "aix" {
  communicator = "ssh"
  ssh_host     = "127.0.0.1"
  ssh_port     = ` + port + `
  ssh_username = "root"
  ssh_password = "aix"
}
build {
  sources = ["source.null.aix"]
` + provisioners + `
  post-processors {
    post-processor "artifice" {
      files = ["` + s.image + `"]
    }
    post-processor "rsct-attest" {
      signing_key = "` + s.key + `"
    }
    post-processor "shell-local" {
      inline = ["touch ` + s.imported + `"]
    }
  }
}
`
	if err := os.WriteFile(filepath.Join(dir, "build.pkr.hcl"), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
	return dir
}

func (s *site) hasImported() bool {
	_, err := os.Stat(s.imported)
	return err == nil
}

// saysAll fails the test when the output lacks one of the words.
func saysAll(t *testing.T, out string, words ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(strings.ReplaceAll(out, "==> null.aix:", " ")), " ")
	for _, w := range words {
		if !strings.Contains(flat, w) {
			t.Errorf("expected to see %q in:\n%s", w, out)
		}
	}
}

// copyExample copies a folder of example/, so that what a build writes beside its
// template does not land in the repository.
func (s *site) copyExample(name string) string {
	s.t.Helper()
	dir := filepath.Join(s.dir, "example-"+name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(repository(s.t), "example", name))); err != nil {
		s.t.Fatal(err)
	}
	return dir
}

// standIn builds a stand-in of test/standins and installs it as the plugin it stands for.
func (s *site) standIn(name, source string) {
	s.t.Helper()
	binary := filepath.Join(s.dir, "packer-plugin-"+name)
	s.must("go", "build", "-C", repository(s.t), "-o", binary, "./test/standins/"+name)
	s.must(s.packer, "plugins", "install", "--path", binary, source)
}
