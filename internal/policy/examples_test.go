// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"path/filepath"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

func TestTheExamplePoliciesLoad(t *testing.T) {
	files, err := filepath.Glob("../../example/policies/*" + Extension)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		mustLoad(t, Sources{Files: []string{file}})
	}
}

// RSCT 3.2.0.0, as AIX 7.1 TL3 has it, satisfies IBM's page of 2020 and not today's.
func TestBothTextsOfIBMsPage(t *testing.T) {
	facts := healthyFacts()
	filesets, _ := facts.Filesets.Get()
	for i := range filesets {
		if filesets[i].Name == "rsct.core.rmc" {
			filesets[i].Level = "3.2.0.0"
			filesets[i].Parts = aix.Known([]aix.FilesetPart{{Part: "usr", Level: "3.2.0.0", State: "committed"}})
		}
	}
	for file, want := range map[string]string{"": "rsct.core.rmc=fail", "../../example/policies/powervs-2020.rsct.hcl": ""} {
		sources := Sources{}
		if file != "" {
			sources.Files = []string{file}
		}
		result := evaluate(t, mustLoad(t, sources), Roots{Guest: facts})
		if got := statuses(result, "rsct-minimum-level"); got != want {
			t.Errorf("%q: %q, expected %q", file, got, want)
		}
	}
}
