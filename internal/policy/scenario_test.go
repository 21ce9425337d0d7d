// SPDX-License-Identifier: MPL-2.0

package policy_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// A build on a simulated host: what its steps run between the baseline and the end,
// or the host that the guest has become by then.
var scenarios = map[string]struct {
	steps   string
	becomes string
	// rules are the ones that must find the trace.
	rules []string
}{
	"nothing": {steps: "lslpp -L >/dev/null"},
	"another boot volume attached and booted": {
		becomes: "boot_disk = \"hdisk1\"\nboot_list = [\"hdisk1\"]\ndisk \"hdisk0\" {\n  volume_group = \"None\"\n  state = \"\"\n}\n" +
			"disk \"hdisk1\" {\n  pvid = \"00c939202144313b\"\n  volume_group = \"rootvg\"\n  state = \"active\"\n}\n" +
			"interface \"en1\" {\n  attributes = {\n    netaddr6 = \"\"\n    prefixlen = \"\"\n    state = \"down\"\n  }\n  rc_tcpip = false\n}\n",
		rules: []string{"boot-volume-unchanged"},
	},
	"boot list moved to another disk": {
		becomes: "boot_list = [\"hdisk1\"]\ndisk \"hdisk1\" {\n  pvid = \"00c939202144313b\"\n  volume_group = \"None\"\n  state = \"\"\n}\n",
		rules:   []string{"boot-volume-unchanged"},
	},
	"mksysb restored": {
		becomes: "boot_disk = \"hdisk1\"\nboot_list = [\"hdisk1\"]\ndisk \"hdisk0\" {\n  volume_group = \"old_rootvg\"\n  state = \"\"\n}\n" +
			"disk \"hdisk1\" {\n  pvid = \"00c939202144313b\"\n  volume_group = \"rootvg\"\n  state = \"active\"\n}\n" +
			"rmc {\n  node_id = \"5d2e8f0b16c4a973\"\n}\ninterface \"en1\" {\n  attributes = {\n    netaddr6 = \"\"\n    prefixlen = \"\"\n    state = \"down\"\n  }\n  rc_tcpip = false\n}\n",
		rules: []string{"boot-volume-unchanged", "no-mksysb-restore"},
	},
	"mksysb restored over the same disk": {
		becomes: "rmc {\n  node_id = \"5d2e8f0b16c4a973\"\n}\n",
		rules:   []string{"no-mksysb-restore"},
	},
	"smitty chinet6 took the address": {
		steps: "chdev -l en1 -a netaddr6= -a prefixlen=",
		rules: []string{"management-interface-not-removed"},
	},
	"smitty rminet6 removed the interface": {
		steps: "ifconfig en1 down detach; rmdev -dl en1",
		rules: []string{"management-interface-not-removed"},
	},
	"rmtcpip": {
		steps: "rmtcpip",
		rules: []string{"management-interface-not-removed"},
	},
}

// The three procedures that IBM's page names as losing the injected interface leave
// traces in a guest compared with its baseline, and each has a rule that finds them.
func TestTheProceduresThatIBMNamesAreFoundByTheirTraces(t *testing.T) {
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	traces := []string{"boot-volume-unchanged", "no-mksysb-restore", "management-interface-not-removed"}
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			host, err := aixsim.New(aixsim.Default())
			if err != nil {
				t.Fatal(err)
			}
			defer host.Close()
			before, after := collectFrom(t, host), (*aix.Facts)(nil)
			if scenario.becomes != "" {
				definition, err := aixsim.Parse("scenario.hcl", []byte(scenario.becomes))
				if err != nil {
					t.Fatal(err)
				}
				after = collect(t, definition)
			} else {
				if code := host.Run(t.Context(), "root", scenario.steps, nil, nil, nil); code != 0 {
					t.Fatalf("%s: exit code %d", scenario.steps, code)
				}
				after = collectFrom(t, host)
			}
			start := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
			items := drift.History([]drift.Snapshot{
				{Name: "baseline", Time: start, Facts: before}, {Name: "final", Time: start.Add(9 * time.Minute), Facts: after},
			})
			result, err := p.Evaluate(context.Background(), policy.Roots{Guest: after, Baseline: &policy.Baseline{Facts: before, Drift: items}}, start)
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, f := range result.Findings {
				if f.Status == policy.Fail && slices.Contains(traces, f.Rule) && !slices.Contains(found, f.Rule) {
					found = append(found, f.Rule)
				}
				if f.Status == policy.Fail && f.Found == "" {
					t.Errorf("%s says nothing of what it found", f.Rule)
				}
			}
			if !slices.Equal(found, scenario.rules) {
				t.Errorf("traces are found by %q, expected %q", found, scenario.rules)
			}
			if (result.Health.Expected == policy.HealthOK) != (scenario.rules == nil) {
				t.Errorf("health %+v", result.Health)
			}
		})
	}
}
