// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// broken is a host with ctrmc stopped and two filesets missing.
func broken() *aix.Facts {
	facts := healthyFacts()
	subsystems, _ := facts.Subsystems.Get()
	for i := range subsystems {
		if subsystems[i].Name == "ctrmc" {
			subsystems[i].Active, subsystems[i].Status, subsystems[i].PID = false, "inoperative", 0
		}
	}
	filesets, _ := facts.Filesets.Get()
	var left []aix.Fileset
	for _, f := range filesets {
		if f.Name != "rsct.core.sr" && f.Name != "rsct.core.sec" {
			left = append(left, f)
		}
	}
	facts.Filesets = aix.Known(left)
	return facts
}

func statuses(result *Result, rule string) string {
	var got []string
	for _, f := range result.Findings {
		if f.Rule == rule && f.Status != Pass {
			got = append(got, f.Subject+"="+f.Status)
		}
	}
	return strings.Join(got, " ")
}

func TestWaivers(t *testing.T) {
	waiver := func(rule, subject, expires string) string {
		text := "waiver \"" + rule + "\" {\n  reason = \"known\"\n  approved_by = \"platform team\"\n  expires = \"" + expires + "\"\n"
		if subject != "" {
			text += "  subject = \"" + subject + "\"\n"
		}
		return text + "}\n"
	}
	tests := map[string]struct {
		source, rule, want, states string
	}{
		"of a rule":             {waiver("rmc-active", "", "2026-11-24"), "rmc-active", "=waived", "used 1"},
		"of one subject":        {waiver("rsct-required-filesets", "rsct.core.sr", "2027-01-01"), "rsct-required-filesets", "rsct.core.sec=fail rsct.core.sr=waived", "used 1"},
		"of all subjects":       {waiver("rsct-required-filesets", "", "2027-01-01"), "rsct-required-filesets", "rsct.core.sec=waived rsct.core.sr=waived", "used 2"},
		"expired yesterday":     {waiver("rmc-active", "", "2026-11-23"), "rmc-active", "=fail", "expired 1"},
		"of a passing rule":     {waiver("rmc-connected", "", "2027-01-01"), "rmc-connected", "", "unused 0"},
		"of another subject":    {waiver("rsct-required-filesets", "x", "2027-01-01"), "rsct-required-filesets", "rsct.core.sec=fail rsct.core.sr=fail", "unused 0"},
		"not evaluated here":    {waiver("boot-volume-unchanged", "", "2027-01-01"), "rmc-active", "=fail", "not_evaluated 0"},
		"the subject's wins":    {waiver("rsct-required-filesets", "", "2027-01-01") + waiver("rsct-required-filesets", "rsct.core.sr", "2027-01-01"), "rsct-required-filesets", "rsct.core.sec=waived rsct.core.sr=waived", "used 1, used 1"},
		"one expired, one not":  {waiver("rsct-required-filesets", "", "2027-01-01") + waiver("rsct-required-filesets", "rsct.core.sr", "2026-01-01"), "rsct-required-filesets", "rsct.core.sec=waived rsct.core.sr=waived", "used 2, expired 0"},
		"of something not told": {waiver("no-caa-cluster", "", "2027-01-01"), "no-caa-cluster", "=waived", "used 1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, errors := loadText(t, test.source, nil)
			if errors != "" {
				t.Fatal(errors)
			}
			facts := broken()
			facts.Cluster.CAA = aix.Unknown[bool](aix.Why{Probe: "cluster0", Reason: "exit code 1"})
			result := evaluate(t, p, Roots{Guest: facts})
			if got := statuses(result, test.rule); got != test.want {
				t.Errorf("findings %q, expected %q", got, test.want)
			}
			var states []string
			for _, w := range result.Waivers {
				states = append(states, w.State+" "+string(rune('0'+w.Findings)))
			}
			if got := strings.Join(states, ", "); got != test.states {
				t.Errorf("waivers %q, expected %q", got, test.states)
			}
			if result.Health.Expected != HealthWarning {
				t.Errorf("a waiver changed the expected health to %q", result.Health.Expected)
			}
		})
	}
}

func TestAWaiverHoldsThroughItsLastDayInUTC(t *testing.T) {
	p, errors := loadText(t, "waiver \"rmc-active\" {\n  reason = \"known\"\n  expires = \"2027-01-31\"\n}\n", nil)
	if errors != "" {
		t.Fatal(errors)
	}
	for when, want := range map[string]string{
		"2027-01-31T23:59:59Z": "=waived", "2027-02-01T00:00:00Z": "=fail",
		"2027-02-01T00:30:00+01:00": "=waived", "2027-01-31T23:30:00-01:00": "=fail",
	} {
		asOf, err := time.Parse(time.RFC3339, when)
		if err != nil {
			t.Fatal(err)
		}
		result, err := p.Evaluate(context.Background(), Roots{Guest: broken()}, asOf)
		if err != nil {
			t.Fatal(err)
		}
		if got := statuses(result, "rmc-active"); got != want {
			t.Errorf("as of %s: %q, expected %q", when, got, want)
		}
	}
}

func TestOverrides(t *testing.T) {
	p, errors := loadText(t, `
variable "minimum_rsct_level" {
  default = "3.9.0.0"
}
override "rmc-active" {
  reason   = "RMC is stopped on purpose while the image is built"
  severity = "notice"
  summary  = "our summary"
  remedy   = "nothing, found ${guest.system.os}"
}
override "rsct-required-filesets" {
  reason  = "we know"
  enabled = false
}`, nil)
	if errors != "" {
		t.Fatal(errors)
	}
	result := evaluate(t, p, Roots{Guest: broken()})
	for _, f := range result.Findings {
		switch f.Rule {
		case "rmc-active":
			if f.Severity != Notice || f.Summary != "our summary" || f.Remedy != "nothing, found AIX" || f.Status != Fail {
				t.Errorf("%+v", f)
			}
		case "rsct-required-filesets":
			t.Error("a disabled rule was evaluated")
		case "rsct-minimum-level":
			if f.Status != Fail || !strings.Contains(f.Expected, "3.9.0.0") {
				t.Errorf("the site's default is not used: %+v", f)
			}
		}
	}
	told := false
	for _, s := range result.Skipped {
		told = told || s.Rule == "rsct-required-filesets" && s.Disabled && s.Reason == "we know"
	}
	if !told {
		t.Error("the disabled rule is not told")
	}
	r, err := p.Rule("rmc-active")
	if err != nil || r.State != "overridden" || strings.Join(r.Overridden, " ") != "remedy severity summary" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := p.Rule("rmc-activ"); err == nil || !strings.Contains(err.Error(), `did you mean "rmc-active"?`) {
		t.Error(err)
	}
}

func TestRulesAreEvaluatedWhereTheirRootsAreKnown(t *testing.T) {
	p := mustLoad(t, Sources{})
	result := evaluate(t, p, Roots{Guest: healthyFacts()})
	missing := map[string]string{}
	for _, s := range result.Skipped {
		missing[s.Rule] = strings.Join(s.Missing, " ")
	}
	if missing["management-interface-drift"] != "baseline" || missing["rmc-active"] != "" {
		t.Errorf("skipped: %v", missing)
	}
	if result.Health.Expected != HealthOK {
		t.Errorf("health %+v", result.Health)
	}
	if health := evaluate(t, p, Roots{}).Health; health.Expected != HealthCannotTell {
		t.Errorf("health without a guest: %+v", health)
	}
}
