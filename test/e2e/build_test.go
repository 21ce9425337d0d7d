// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const wholeWay = `
  provisioner "rsct" {
    mode = "baseline"
  }
  provisioner "shell" {
    inline = ["ifconfig en1 down detach"]
  }
  provisioner "rsct" {
    mode = "checkpoint"
  }
  provisioner "rsct" {
  }
`

func TestDemoShowsARestoredBuildAndARefusedOne(t *testing.T) {
	s := newSite(t)
	s.env = append(s.env, "PATH="+filepath.Dir(s.packer)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, code := s.run(filepath.Join(repository(t), "scripts", "demo.sh"))
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	saysAll(t, out, "detaches-interface", "removes-chdev-line", "drift from the baseline", "Restored and proved by collecting again", "IMPORT RAN", "rsct-minimum-level", "the second was refused")
}

func TestReportOfABuildIsVerifiedAndOneChangedByteIsRefused(t *testing.T) {
	s := newSite(t)
	template := s.template(s.simulate("powervs-aix73.hcl"), wholeWay)
	s.must(s.packer, "validate", template)
	out := s.must(s.packer, "build", template)
	saysAll(t, out, "en1 is detached", "Restored and proved")
	if !s.hasImported() {
		t.Errorf("the step after the gate did not run:\n%s", out)
	}
	report := s.image + ".rsct"
	saysAll(t, s.must(s.plugin, "verify", "-key", s.public, "-image", s.image, report), "PASSED")
	verifyAsThePageSays(t, s, report)
	checksum, err := os.ReadFile(s.image + ".sha256")
	if err != nil || !strings.HasSuffix(string(checksum), "  aix.ova.gz\n") {
		t.Errorf("got %q, %v", checksum, err)
	}
	for _, path := range []string{s.image, filepath.Join(report, "report.dsse.json"), filepath.Join(report, "verdict.dsse.json"), filepath.Join(report, "evidence.json"), filepath.Join(report, "report.html")} {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]byte{}, good...)
		bad[len(bad)/2] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, code := s.run(s.plugin, "verify", "-key", s.public, "-image", s.image, report); code != 2 {
			t.Errorf("%s changed: exit code %d\n%s", filepath.Base(path), code, out)
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	saysAll(t, s.must(s.plugin, "check", "-format", "json", filepath.Join(report, "evidence.json")), `"verdict": "WARNED"`)
}

// refusedBuild runs a build that must not get past its gate.
func refusedBuild(t *testing.T, s *site, template string, words ...string) {
	t.Helper()
	out, code := s.run(s.packer, "build", template)
	if code != 1 {
		t.Errorf("packer exited %d\n%s", code, out)
	}
	saysAll(t, out, words...)
	if s.hasImported() {
		t.Errorf("the step after the gate ran:\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(s.image+".rsct", "verdict.dsse.json")); err == nil {
		t.Error("there is a verdict")
	}
}

func TestGateRefusesABuildWithoutEvidence(t *testing.T) {
	s := newSite(t)
	port := s.simulate("powervs-aix73.hcl")
	t.Run("the block is missing", func(t *testing.T) {
		refusedBuild(t, s, s.template(port, ""), "left evidence in this run")
	})
	t.Run("the block is left out", func(t *testing.T) {
		refusedBuild(t, s, s.template(port, "provisioner \"rsct\" {\n except = [\"null.aix\"]\n }\n"), "left evidence in this run")
	})
	t.Run("no final collection", func(t *testing.T) {
		refusedBuild(t, s, s.template(port, "provisioner \"rsct\" {\n mode = \"baseline\"\n }\n"), "no final collection")
	})
}

func TestGateRefusesEvidenceCopiedFromAnEarlierRun(t *testing.T) {
	s := newSite(t)
	port := s.simulate("powervs-aix73.hcl")
	s.must(s.packer, "build", s.template(port, `provisioner "rsct" {}`))
	if err := os.Remove(s.imported); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(s.cache, "rsct", "*", "null.aix", "evidence.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %v, %v", found, err)
	}
	copying := `provisioner "shell-local" {
    inline = ["mkdir -p ` + s.cache + `/rsct/$PACKER_RUN_UUID/null.aix && cp ` + found[0] + ` ` + s.cache + `/rsct/$PACKER_RUN_UUID/null.aix/"]
  }`
	refusedBuild(t, s, s.template(port, copying), "copied from another run")
}

func TestBuildOfAnOldRSCTIsRefusedAndItsEvidenceKept(t *testing.T) {
	s := newSite(t)
	refusedBuild(t, s, s.template(s.simulate("aix71-rsct-3.2.0.0.hcl"), `provisioner "rsct" {}`), "rsct-minimum-level", "FAILED")
	found, _ := filepath.Glob(filepath.Join(s.cache, "rsct", "*", "null.aix", "evidence.json"))
	if len(found) != 1 {
		t.Errorf("got %v", found)
	}
}

func TestGuestThatIsNotAIXGetsOneClearError(t *testing.T) {
	s := newSite(t)
	refusedBuild(t, s, s.template(s.simulate("not-aix.hcl"), `provisioner "rsct" {}`), "the guest is Linux, not AIX")
}

func TestValidateNamesWhatIsWrongWithTheKey(t *testing.T) {
	s := newSite(t)
	template := s.template("1", `provisioner "rsct" {}`)
	for _, c := range []struct {
		name, want string
		make       func()
	}{
		{"missing", "does not exist", func() { _ = os.Remove(s.key) }},
		{"P-384", "P-384", func() {
			s.must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", s.key)
		}},
		{"encrypted", "signing_key_passphrase", func() {
			s.must("openssl", "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:secret", "-out", s.key)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.make()
			if _, err := os.Stat(s.key); err == nil {
				if err := os.Chmod(s.key, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			out, code := s.run(s.packer, "validate", template)
			if code != 1 {
				t.Errorf("exit code %d", code)
			}
			saysAll(t, out, c.want)
		})
	}
}
