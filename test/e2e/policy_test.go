// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The mistakes that must be told before there is a machine, with the line they are
// told at and what else is said.
var policyMistakes = map[string]struct {
	text  string
	line  int
	words []string
}{
	"a misspelt attribute":    {"rule \"site-rule\" {\n  severity  = \"error\"\n  summary   = \"x\"\n  condition = guest.rmc.conected\n}\n", 4, []string{"Unsupported attribute", `Did you mean "connected"?`}},
	"a wrong type":            {"rule \"site-rule\" {\n  severity  = \"error\"\n  summary   = \"x\"\n  condition = guest.filesets + 1 == 2\n}\n", 4, []string{"number required"}},
	"an unknown function":     {"rule \"site-rule\" {\n  severity  = \"error\"\n  summary   = \"x\"\n  condition = level_at_last(\"1\", \"2\")\n}\n", 4, []string{"Call to unknown function", `Did you mean "level_at_least"?`}},
	"a cyclic local":          {"locals {\n  a = local.b\n  b = local.a\n}\n", 2, []string{"Cyclic local", "a → b → a"}},
	"no severity":             {"rule \"site-rule\" {\n  summary   = \"x\"\n  condition = true\n}\n", 1, []string{`"severity" is required`}},
	"a waiver without reason": {"waiver \"rmc-active\" {\n  expires = \"2027-01-31\"\n}\n", 1, []string{`"reason" is required`}},
}

// withPolicy writes a template that gives a policy to the provisioner, the
// post-processor or both.
func (s *site) withPolicy(port, policy string, provisioner, postProcessor bool) string {
	s.t.Helper()
	argument := fmt.Sprintf("policy = [%q]", policy)
	block := "provisioner \"rsct\" {\n"
	if provisioner {
		block += argument + "\n"
	}
	dir := s.template(port, block+"}\n")
	if postProcessor {
		path := filepath.Join(dir, "build.pkr.hcl")
		text, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		changed := strings.Replace(string(text), "post-processor \"rsct-attest\" {\n", "post-processor \"rsct-attest\" {\n"+argument+"\n", 1)
		if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	return dir
}

func TestMistakesInAPolicyAreToldBeforeThereIsAMachine(t *testing.T) {
	s := newSite(t)
	nothing := filepath.Join(s.dir, "no.evidence")
	if err := os.WriteFile(nothing, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, mistake := range policyMistakes {
		t.Run(name, func(t *testing.T) {
			policy := filepath.Join(s.dir, "site.rsct.hcl")
			if err := os.WriteFile(policy, []byte(mistake.text), 0o644); err != nil {
				t.Fatal(err)
			}
			words := append([]string{"site.rsct.hcl", fmt.Sprintf("line %d", mistake.line)}, mistake.words...)
			for what, call := range map[string][]string{
				"validate, provisioner":    {s.packer, "validate", s.withPolicy("1", policy, true, false)},
				"validate, post-processor": {s.packer, "validate", s.withPolicy("1", policy, false, true)},
				"check":                    {s.plugin, "check", "-policy", policy, nothing},
				"rules":                    {s.plugin, "rules", "-policy", policy},
			} {
				out, code := s.run(call[0], call[1:]...)
				if code != 1 {
					t.Errorf("%s: exit code %d\n%s", what, code, out)
				}
				saysAll(t, out, words...)
			}
		})
	}
}

func TestWarningsOfAPolicyAreShown(t *testing.T) {
	s := newSite(t)
	policy := filepath.Join(s.dir, "site.rsct.hcl")
	if err := os.WriteFile(policy, []byte("variable \"minimum_rsct_levl\" {\n  default = \"3.2.6.2\"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := s.must(s.packer, "build", s.withPolicy(s.simulate("powervs-aix73.hcl"), policy, true, true))
	if n := strings.Count(out, "Variable not used"); n != 2 {
		t.Errorf("the warning is shown %d times, expected by provisioner and post-processor:\n%s", n, out)
	}
	saysAll(t, s.must(s.plugin, "rules", "-policy", policy, "rmc-active"), "Variable not used", `has a variable "minimum_rsct_level"`)
}

// The older text of IBM's page asked for RSCT 3.1: what today's refuses it accepts,
// and both say what each asks for.
func TestOldEvidenceIsJudgedByEitherTextOfThePage(t *testing.T) {
	s := newSite(t)
	refusedBuild(t, s, s.template(s.simulate("aix71-rsct-3.2.0.0.hcl"), `provisioner "rsct" {}`), "rsct-minimum-level", "FAILED")
	found, err := filepath.Glob(filepath.Join(s.cache, "rsct", "*", "null.aix", "evidence.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %v, %v", found, err)
	}
	today, code := s.run(s.plugin, "check", found[0])
	if code != 2 {
		t.Errorf("today: exit code %d\n%s", code, today)
	}
	saysAll(t, today, "[ERROR] rsct-minimum-level", "IBM asks for 3.2.1 since 2020-10; its page of 2020-03 asked for 3.1", "[WARNING] rsct-recommended-level", "3.2.6.2 since 2021-10", "Warning")
	policy := filepath.Join(repository(t), "example", "policies", "powervs-2020.rsct.hcl")
	then, _ := s.run(s.plugin, "check", "-policy", policy, found[0])
	for _, rule := range []string{"rsct-minimum-level", "rsct-recommended-level"} {
		if strings.Contains(then, rule) {
			t.Errorf("the text of 2020 finds %s:\n%s", rule, then)
		}
	}
	// A waiver is judged as of a day, whenever that is.
	waiver := filepath.Join(s.dir, "waiver.rsct.hcl")
	if err := os.WriteFile(waiver, []byte("waiver \"rsct-minimum-level\" {\n  reason  = \"replaced in spring\"\n  expires = \"2027-01-31\"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	before, _ := s.run(s.plugin, "check", "-policy", waiver, "-as-of", "2027-01-31", found[0])
	saysAll(t, before, "[WAIVED] rsct-minimum-level", "replaced in spring")
	after, _ := s.run(s.plugin, "check", "-policy", waiver, "-as-of", "2027-02-01", found[0])
	saysAll(t, after, "[ERROR] rsct-minimum-level", "waiver of rsct-minimum-level is expired")
	// Nothing about the machine that judges shows in the answer.
	first, _ := s.run(s.plugin, "check", "-format", "json", "-as-of", "2027-01-31", found[0])
	for _, env := range []string{"TZ=Pacific/Kiritimati", "TZ=America/Los_Angeles", "LC_ALL=tr_TR.UTF-8", "LANG=de_DE.UTF-8", "LC_ALL=C", "GOMAXPROCS=1"} {
		s.env = append(s.env, env)
		if again, _ := s.run(s.plugin, "check", "-format", "json", "-as-of", "2027-01-31", found[0]); again != first {
			t.Errorf("with %s the answer is another one", env)
		}
		s.env = s.env[:len(s.env)-1]
	}
}
