// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// examples are the arguments that each example's variables need. Ports and files of
// examples that are only validated are nobody's.
func examples(s *site) map[string][]string {
	host := []string{"-var", "host=127.0.0.1", "-var", "signing_key=" + s.key}
	return map[string][]string{
		"demo":        {"-var", "port=22", "-var", "image=" + s.image, "-var", "signing_key=" + s.key},
		"lpar":        append([]string{"-var", "image_name=aix73", "-var", "image_sha256=" + strings.Repeat("0a", 32), "-var", "password=aix"}, host...),
		"ova":         append([]string{"-var", "image=" + s.image, "-var", "make_ova=true", "-var", "upload=true", "-var", "password=aix"}, host...),
		"site-policy": append([]string{"-var", "password=aix", "-var", "image=" + s.image}, host...),
		"several": {"-var", "password=aix", "-var", "images=" + s.dir, "-var", "signing_key=" + s.key,
			"-var", `hosts={aix72={host="127.0.0.1",port=22},aix73={host="127.0.0.1",port=22}}`},
		"ansible": append([]string{"-var", "image=" + s.image, "-var", "private_key_file=" + s.key}, host...),
		"powervs": {"-var", "signing_key=" + s.key, "-var", "api_key=x", "-var", "build_workspace=w", "-var", "production_workspace=crn:v1:w", "-var", "key_pair_name=k",
			"-var", `subnet_ids=["n"]`, "-var", "bucket=b", "-var", "cos_access_key=a", "-var", "cos_secret_key=s"},
	}
}

func TestPackerValidatesEveryExample(t *testing.T) {
	s := newSite(t)
	s.standIn("powervs", "github.com/ppc64le-cloud/powervs")
	s.standIn("ansible", "github.com/hashicorp/ansible")
	templates, err := filepath.Glob(filepath.Join(repository(t), "example", "*", "*.pkr.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	known := examples(s)
	var folders []string
	for _, template := range templates {
		folders = append(folders, filepath.Base(filepath.Dir(template)))
	}
	folders = slices.Compact(folders)
	if len(folders) != len(known) {
		t.Errorf("the folders with templates are %v, and arguments are known of %d", folders, len(known))
	}
	for _, name := range folders {
		arguments, ok := known[name]
		if !ok {
			t.Errorf("example/%s: say here what its variables need", name)
			continue
		}
		dir := filepath.Join(repository(t), "example", name)
		s.must(s.packer, append(append([]string{"validate"}, arguments...), dir)...)
		if out, code := s.run(s.packer, "fmt", "-check", "-diff", "-recursive", dir); code != 0 {
			t.Errorf("example/%s is not formatted: packer fmt it\n%s", name, out)
		}
	}
}

func TestExampleOfAnExistingLPARAttestsItByName(t *testing.T) {
	s := newSite(t)
	port := s.simulate("powervs-aix73.hcl")
	dir := s.copyExample("lpar")
	out := s.must(s.packer, append(append([]string{"build"}, examples(s)["lpar"]...), "-var", "port="+port, dir)...)
	report := filepath.Join(dir, "reports", "aix73.rsct")
	if _, err := os.Stat(report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	saysAll(t, s.must(s.plugin, "verify", "-key", s.public, "-digest", strings.Repeat("0a", 32), report), "PASSED")
}

func TestExampleOfAnOVAUploadsOnlyWhatPassed(t *testing.T) {
	for host, passes := range map[string]bool{"powervs-aix73.hcl": true, "rmc-stopped.hcl": false} {
		s := newSite(t)
		made := s.image + ".made"
		if err := os.Rename(s.image, made); err != nil {
			t.Fatal(err)
		}
		arguments := append([]string{"build", "-var", "port=" + s.simulate(host)}, examples(s)["ova"]...)
		arguments = append(arguments, "-var", "make_ova=cp "+made+" "+s.image, "-var", "upload=touch "+s.imported, s.copyExample("ova"))
		out, code := s.run(s.packer, arguments...)
		if (code == 0) != passes || s.hasImported() != passes {
			t.Errorf("%s: packer exited %d, uploaded: %v\n%s", host, code, s.hasImported(), out)
		}
	}
}

func TestExampleOfSeveralImagesJudgesEachByItsOwnEvidence(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"aix72", "aix73"} {
		image, err := os.ReadFile(s.image)
		if err == nil {
			err = os.WriteFile(filepath.Join(s.dir, name+".ova.gz"), image, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	hosts := `hosts={aix72={host="127.0.0.1",port=` + s.simulate("no-ipv6.hcl") + `},aix73={host="127.0.0.1",port=` + s.simulate("powervs-aix73.hcl") + `}}`
	out, code := s.run(s.packer, append(append([]string{"build"}, examples(s)["several"]...), "-var", hosts, s.copyExample("several"))...)
	// The password is aix, which Packer hides wherever it stands.
	out = strings.ReplaceAll(out, "<sensitive>", "aix")
	if code != 1 || !strings.Contains(out, "import aix73") || strings.Contains(out, "import aix72") {
		t.Errorf("packer exited %d\n%s", code, out)
	}
	s.must(s.plugin, "verify", "-key", s.public, "-image", filepath.Join(s.dir, "aix73.ova.gz"), filepath.Join(s.dir, "aix73.ova.gz.rsct"))
	if out, code := s.run(s.plugin, "verify", "-key", s.public, "-image", filepath.Join(s.dir, "aix72.ova.gz"), filepath.Join(s.dir, "aix72.ova.gz.rsct")); code == 0 {
		t.Errorf("the refused image verifies:\n%s", out)
	}
}

func TestExampleOfASitePolicyJudgesByIt(t *testing.T) {
	s := newSite(t)
	port := s.simulate("powervs-aix73.hcl")
	arguments := append([]string{"build", "-var", "port=" + port}, examples(s)["site-policy"]...)
	s.must(s.packer, append(arguments, filepath.Join(repository(t), "example", "site-policy"))...)
	saysAll(t, s.must(s.plugin, "check", "-policy", filepath.Join(repository(t), "example", "policies", "site.rsct.hcl"), filepath.Join(s.image+".rsct", "evidence.json")), "site-backup-client")
}
