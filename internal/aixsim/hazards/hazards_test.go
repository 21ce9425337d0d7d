// SPDX-License-Identifier: MPL-2.0

package hazards_test

import (
	"bytes"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim/hazards"
)

// up says whether RMC is up, now, after a reboot, and on a VM deployed from the image.
func up(t *testing.T, script string) (now, atBoot, atDeploy bool, why string) {
	t.Helper()
	host, err := aixsim.New(aixsim.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	var out bytes.Buffer
	host.Run(t.Context(), "root", script, nil, &out, &out)
	now, why = host.RMC()
	deployed, err := host.Capture().Deploy(1)
	if err != nil {
		t.Fatal(err)
	}
	defer deployed.Close()
	host.Reboot()
	atBoot, whyBoot := host.RMC()
	atDeploy, whyDeploy := deployed.RMC()
	return now, atBoot, atDeploy, "now: " + why + "; at boot: " + whyBoot + "; at deploy: " + whyDeploy + "; it said " + out.String()
}

func TestEveryHazardHarmsTheSimulatedHostAsItSays(t *testing.T) {
	seen := map[string]bool{}
	for _, hazard := range hazards.List {
		if seen[hazard.Name] || hazard.Damages == "" || hazard.Script == "" {
			t.Errorf("%s: twice, or without its texts", hazard.Name)
		}
		seen[hazard.Name] = true
		t.Run(hazard.Name, func(t *testing.T) {
			now, atBoot, atDeploy, why := up(t, hazard.Script)
			harm := hazards.Drift
			switch {
			case !now:
				harm = hazards.Now
			case !atBoot:
				harm = hazards.AtBoot
			case !atDeploy:
				harm = hazards.AtDeploy
			}
			want := hazard.Harm
			if want == hazards.None {
				want = hazards.Drift // RMC does not tell the two apart
			}
			if harm != want {
				t.Errorf("RMC suffers %s, expected %s (%s)", harm, hazard.Harm, why)
			}
		})
	}
	if len(seen) < 30 {
		t.Errorf("%d hazards, at least 30 are wanted", len(seen))
	}
}
