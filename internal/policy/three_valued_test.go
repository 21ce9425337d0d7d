// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// condition evaluates one condition on facts in which `guest.rmc.connected` and
// `guest.system.os` are unknown.
func condition(t *testing.T, source string) Finding {
	t.Helper()
	p, errors := loadText(t, "locals {\n  unread = { for f in guest.filesets : f.name => f if f.name != guest.system.os }\n}\nrule \"site-rule\" {\n  severity = \"error\"\n  summary = \"s\"\n  condition = "+source+"\n}\n", nil)
	if errors != "" {
		t.Fatal(errors)
	}
	facts := healthyFacts()
	facts.RMC.Connected = aix.Unknown[bool](aix.Why{Probe: "domain-status", Reason: "timed out after 20 s"})
	facts.System.OS = aix.Unknown[string](aix.Why{Probe: "uname", Reason: "exit code 1"})
	filesets, _ := facts.Filesets.Get()
	filesets[0].Parts = aix.Unknown[[]aix.FilesetPart](aix.Why{Probe: "fileset-parts", Reason: "cut off"})
	for _, f := range evaluate(t, p, Roots{Guest: facts}).Findings {
		if f.Rule == "site-rule" {
			return f
		}
	}
	t.Fatal("no finding")
	return Finding{}
}

func TestUnknownFactsFollowThreeValuedLogic(t *testing.T) {
	const u, v = "guest.rmc.connected", `(guest.system.os == "AIX")`
	tests := []struct{ condition, status, blamed string }{
		{u, Undetermined, "domain-status"},
		{"!" + u, Undetermined, "domain-status"},
		{"false && " + u, Fail, ""},
		{u + " && false", Fail, ""},
		{"true && " + u, Undetermined, "domain-status"},
		{u + " && true", Undetermined, "domain-status"},
		{"true || " + u, Pass, ""},
		{u + " || true", Pass, ""},
		{"false || " + u, Undetermined, "domain-status"},
		{u + " && " + v, Undetermined, "domain-status uname"},
		{u + " || " + v, Undetermined, "domain-status uname"},
		{"(" + u + " && false) || " + v, Undetermined, "uname"},
		{u + " ? true : true", Undetermined, "domain-status"},
		{"true ? " + u + " : " + v, Undetermined, "domain-status uname"},
		{"false ? " + u + " : true", Pass, ""},
		{`guest.system.os == "AIX"`, Undetermined, "uname"},
		{`startswith(guest.system.os, "A")`, Undetermined, "uname"},
		{`upper(lower(guest.system.os)) == "AIX"`, Undetermined, "uname"},
		{`"${guest.system.os}-x" == "AIX-x"`, Undetermined, "uname"},
		{`contains([guest.system.os, "b"], "b")`, Pass, ""},
		{`contains([guest.system.os, "b"], "c")`, Undetermined, "uname"},
		{"alltrue([" + u + ", false])", Fail, ""},
		{"alltrue([" + u + ", true])", Undetermined, "domain-status"},
		{"anytrue([" + u + ", true])", Pass, ""},
		{"anytrue([" + u + ", false])", Undetermined, "domain-status"},
		{"length([for f in guest.filesets : f if length(f.parts) > 0]) > 0", Undetermined, "fileset-parts"},
		{`contains(guest.filesets[*].name, "rsct.core.rmc")`, Pass, ""},
		{`length([for f in guest.filesets : f.parts if f.name == "bos.rte.SRC"][0]) == 0`, Undetermined, "fileset-parts"},
		{`[for f in guest.filesets : length(f.parts) if f.name == "rsct.core.rmc"][0] == 2`, Pass, ""},
		{`length([guest.system.os, "x"]) == 2`, Pass, ""},
		{`{ a = guest.system.os }.a == "x"`, Undetermined, "uname"},
		{`try(guest.system.os, "x") == "x"`, Undetermined, "uname"},
		{`length({ for k, f in local.unread : k => f }) == 0`, Undetermined, "uname"},
		{`try(tonumber("x"), 1) == 1`, Pass, ""},
		{`coalesce(guest.system.os, "x") == "x"`, Undetermined, "uname"},
		{`guest.filesets[99].name == "x"`, Undetermined, ""},
		{`tonumber(guest.filesets[0].name) == 1`, Undetermined, ""},
		{`regex("^x", guest.filesets[0].name) == "x"`, Undetermined, ""},
	}
	for _, test := range tests {
		t.Run(test.condition, func(t *testing.T) {
			f := condition(t, test.condition)
			var blamed []string
			for _, why := range f.Unknown {
				if why.Probe != "" {
					blamed = append(blamed, why.Probe)
				}
			}
			if got := strings.Join(blamed, " "); f.Status != test.status || got != test.blamed {
				t.Errorf("%s blaming %q, expected %s blaming %q; %s", f.Status, got, test.status, test.blamed, f.Why)
			}
			if (f.Status == Undetermined) != (len(f.Unknown) > 0 && strings.HasPrefix(f.Why, "undetermined: ")) {
				t.Errorf("status %s with reasons %v: %s", f.Status, f.Unknown, f.Why)
			}
		})
	}
}

func TestAnUnknownForEachIsOneUndeterminedFinding(t *testing.T) {
	facts := healthyFacts()
	facts.Filesets = aix.Unknown[[]aix.Fileset](aix.Why{Probe: "filesets", Reason: "exit code 2"})
	seen := 0
	for _, f := range evaluate(t, mustLoad(t, Sources{}), Roots{Guest: facts}).Findings {
		if f.Rule != "rsct-minimum-level" {
			continue
		}
		seen++
		if f.Status != Undetermined || f.Subject != "" || fmt.Sprint(f.Unknown) != "[probe filesets: exit code 2]" {
			t.Errorf("%+v", f)
		}
	}
	if seen != 1 {
		t.Errorf("%d findings, expected one", seen)
	}
}

func TestNothingPassesWhenNothingIsKnown(t *testing.T) {
	result := evaluate(t, mustLoad(t, Sources{}), Roots{Guest: &aix.Facts{}})
	for _, f := range result.Findings {
		if f.Status == Pass || f.Status == Fail {
			t.Errorf("%s %s %q although no fact is known", f.Status, f.Rule, f.Subject)
		}
	}
	if result.Health.Expected != HealthCannotTell {
		t.Errorf("health %q", result.Health.Expected)
	}
}

func TestTextsShowWhatIsUnknownAndNeverFail(t *testing.T) {
	p, errors := loadText(t, `rule "site-rule" {
  severity  = "notice"
  summary   = "s"
  condition = false
  expected  = "os ${guest.system.os}, and ${guest.filesets[99].name} too"
  found     = guest.filesets[99].name
  remedy    = [guest.filesets[0].name, guest.system.os]
}`, nil)
	if errors != "" {
		t.Fatal(errors)
	}
	facts := healthyFacts()
	facts.System.OS = aix.Fact[string]{}
	for _, f := range evaluate(t, p, Roots{Guest: facts}).Findings {
		if f.Rule == "site-rule" && (f.Expected != "os unknown, and unknown too" || f.Found != "unknown" || f.Remedy != "bos.rte.SRC, unknown" || f.Status != Fail) {
			t.Errorf("%+v", f)
		}
	}
}
