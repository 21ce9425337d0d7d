// SPDX-License-Identifier: MPL-2.0

// Package release tests the files of a release that scripts/release-check.sh built: what
// packer init looks for, what others need to trust it, and that it can be built again.
package release

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// targets are all that is released.
var targets = []string{
	"linux_amd64", "linux_arm64", "linux_ppc64le", "linux_s390x",
	"darwin_amd64", "darwin_arm64", "windows_amd64", "windows_arm64", "freebsd_amd64", "freebsd_arm64",
}

func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set; run these tests with make release-check, which builds a release", name)
	}
	return value
}

// stem is what a target's files are called, as packer init has it.
func stem(t *testing.T, target string) string {
	t.Helper()
	return fmt.Sprintf("packer-plugin-rsct_v%s_%s_%s", setting(t, "RSCT_VERSION"), setting(t, "RSCT_API"), target)
}

// unpack returns the content of a target's zip by name.
func unpack(t *testing.T, target string) map[string][]byte {
	t.Helper()
	archive, err := zip.OpenReader(filepath.Join(setting(t, "RSCT_DIST"), stem(t, target)+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = content
	}
	return files
}

func binaryName(t *testing.T, target string) string {
	t.Helper()
	if strings.HasPrefix(target, "windows") {
		return stem(t, target) + ".exe"
	}
	return stem(t, target)
}

func TestEveryTargetHasItsArchiveWithBinaryLicenceAndNotices(t *testing.T) {
	for _, target := range targets {
		files := unpack(t, target)
		if len(files[binaryName(t, target)]) < 1<<20 {
			t.Errorf("%s: no binary %s in the archive", target, binaryName(t, target))
		}
		if !bytes.Contains(files["LICENSE"], []byte("Mozilla Public License")) || !bytes.Contains(files["NOTICES.txt"], []byte("github.com/hashicorp/packer-plugin-sdk")) {
			t.Errorf("%s: LICENSE or NOTICES.txt is missing", target)
		}
	}
	archives, err := filepath.Glob(filepath.Join(setting(t, "RSCT_DIST"), "*.zip"))
	if err != nil || len(archives) != len(targets) {
		t.Errorf("%d archives, %v; expected %d", len(archives), err, len(targets))
	}
}

func TestChecksumsAreOfAllFilesAndRight(t *testing.T) {
	dist := setting(t, "RSCT_DIST")
	sums, err := os.ReadFile(filepath.Join(dist, "packer-plugin-rsct_v"+setting(t, "RSCT_VERSION")+"_SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(sums)), "\n") {
		sum, name, ok := strings.Cut(line, "  ")
		if !ok {
			t.Fatalf("line %q: expected SUM, two blanks, NAME", line)
		}
		content, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s: its SHA-256 is %x, the list says %s", name, got, sum)
		}
		named = append(named, name)
	}
	for _, target := range targets {
		for _, ending := range []string{".zip", ".cdx.json"} {
			if !slices.ContainsFunc(named, func(name string) bool {
				return strings.HasPrefix(name, stem(t, target)) && strings.HasSuffix(name, ending)
			}) {
				t.Errorf("no %s of %s in the list:\n%s", ending, target, sums)
			}
		}
	}
}

func TestSBOMNamesWhatTheBinaryIsMadeOf(t *testing.T) {
	found, err := filepath.Glob(filepath.Join(setting(t, "RSCT_DIST"), stem(t, "linux_ppc64le")+"*.cdx.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	content, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		BOMFormat  string `json:"bomFormat"`
		Components []struct {
			Name     string `json:"name"`
			Version  string `json:"version"`
			Licenses []any  `json:"licenses"`
			Evidence any    `json:"evidence"`
		} `json:"components"`
	}
	if err := json.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range document.Components {
		names[c.Name] = true
	}
	for _, want := range []string{"github.com/hashicorp/packer-plugin-sdk", "github.com/hashicorp/hcl/v2", "mvdan.cc/sh/v3", "golang.org/x/crypto"} {
		if !names[want] {
			t.Errorf("the SBOM does not name %s", want)
		}
	}
	if document.BOMFormat != "CycloneDX" {
		t.Errorf("bomFormat is %q", document.BOMFormat)
	}
}

// Two targets are built again from the same commit, in another folder, with an empty
// build cache and without goreleaser.
func TestWhoBuildsTheSameCommitGetsTheSameBytes(t *testing.T) {
	version := setting(t, "RSCT_VERSION")
	other := t.TempDir()
	run(t, nil, "git", "clone", "-q", setting(t, "RSCT_SOURCE"), filepath.Join(other, "elsewhere"))
	for _, target := range []string{"linux_amd64", "linux_ppc64le"} {
		system, arch, _ := strings.Cut(target, "_")
		built := filepath.Join(other, target)
		env := []string{"GOOS=" + system, "GOARCH=" + arch, "CGO_ENABLED=0", "GOFLAGS=", "GOCACHE=" + filepath.Join(other, "cache")}
		run(t, env, "go", "build", "-C", filepath.Join(other, "elsewhere"), "-trimpath", "-buildvcs=false", "-o", built,
			"-ldflags", "-s -w -X github.com/powervs-aix/packer-plugin-rsct/version.Version="+version+" -X github.com/powervs-aix/packer-plugin-rsct/version.VersionPrerelease=", ".")
		again, err := os.ReadFile(built)
		if err != nil {
			t.Fatal(err)
		}
		if released := unpack(t, target)[binaryName(t, target)]; !bytes.Equal(released, again) {
			t.Errorf("%s: the released binary has SHA-256 %x, built again %x", target, sha256.Sum256(released), sha256.Sum256(again))
		}
	}
}

func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

const template = `
packer {
  required_plugins {
    rsct = {
      source  = "github.com/powervs-aix/rsct"
      version = ">= %s"
    }
  }
}
source "null" "aix" {
  communicator = "none"
}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" {}
}
`

// site is a folder with the release's binary of this machine, a template, and a Packer
// that knows no plugin yet.
func site(t *testing.T) (binary, folder string, env []string) {
	t.Helper()
	target := runtime.GOOS + "_" + runtime.GOARCH
	dir := t.TempDir()
	binary = filepath.Join(dir, binaryName(t, target))
	if err := os.WriteFile(binary, unpack(t, target)[binaryName(t, target)], 0o755); err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(dir, "template")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "build.pkr.hcl"), fmt.Appendf(nil, template, setting(t, "RSCT_VERSION")), 0o644); err != nil {
		t.Fatal(err)
	}
	return binary, folder, []string{"CHECKPOINT_DISABLE=1", "PACKER_CONFIG_DIR=" + filepath.Join(dir, "config"), "PACKER_PLUGIN_PATH=" + filepath.Join(dir, "plugins"),
		"https_proxy=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9"}
}

func TestPackerInstallsTheReleaseFromAFile(t *testing.T) {
	binary, folder, env := site(t)
	packer := setting(t, "RSCT_PACKER")
	if described := run(t, env, binary, "describe"); !strings.Contains(described, `"version":"`+setting(t, "RSCT_VERSION")+`"`) {
		t.Errorf("describe: %s", described)
	}
	run(t, env, packer, "plugins", "install", "--path", binary, "github.com/powervs-aix/rsct")
	if installed := run(t, env, packer, "plugins", "installed"); !strings.Contains(installed, filepath.Base(binary)) {
		t.Errorf("installed: %s", installed)
	}
	run(t, env, packer, "validate", folder)
}

// Packer has no mirrors, but takes what lies in its plugin folder in the layout of an
// installation as installed: a site without a way to GitHub shares such a folder.
func TestPackerInitIsContentWithADirectoryMirror(t *testing.T) {
	binary, folder, env := site(t)
	mirror := filepath.Join(t.TempDir(), "mirror")
	place := filepath.Join(mirror, "github.com", "powervs-aix", "rsct")
	if err := os.MkdirAll(place, 0o755); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	for name, data := range map[string][]byte{filepath.Base(binary): content, filepath.Base(binary) + "_SHA256SUM": []byte(hex.EncodeToString(sum[:]))} {
		if err := os.WriteFile(filepath.Join(place, name), data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// The proxy of the environment leads nowhere: nothing is fetched.
	env = append(env, "PACKER_PLUGIN_PATH="+mirror)
	packer := setting(t, "RSCT_PACKER")
	run(t, env, packer, "init", folder)
	run(t, env, packer, "validate", folder)
}
