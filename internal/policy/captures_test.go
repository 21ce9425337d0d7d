// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// captures is the folder of public listings of real machines. They are no part of
// the project; CI has them, other places may not.
func captures(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("RSCT_CAPTURES")
	if folder == "" {
		folder = "../../../shared/aix/captures"
	}
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the captures are missing: %v", err)
		}
		t.Skipf("no captures: %v", err)
	}
	return folder
}

// What a real Power VS machine shows is no finding: whatever a listing of one tells,
// no rule fails on it. What the listings do not tell is undetermined.
func TestARealPowerVSMachineFailsNoRule(t *testing.T) {
	folder := captures(t)
	outputs := aix.Outputs{}
	for probe, file := range map[string]string{
		aix.ProbeSubsystems: "lssrc-a-aix73tl4-powervs-1.txt",
		aix.ProbeSys0:       "lsattr-El-sys0-F-powervs-1.txt",
		aix.ProbeRoutes6:    "netstat-rn-aix73tl4-powervs-1.txt",
		aix.ProbeInittab:    "inittab-aix73tl4-powervs-1.txt",
	} {
		content, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		outputs[probe] = aix.Output{Probe: probe, Stdout: content}
	}
	starts, err := os.ReadFile(filepath.Join(folder, "rc.tcpip-start-lines-powervs-1.txt"))
	if err != nil {
		t.Fatal(err)
	}
	outputs[aix.ProbeRcTCPIP] = aix.Output{Probe: aix.ProbeRcTCPIP, Stdout: append([]byte("present -rwxrwxr--    1 0        21             7000 Nov 24 10:00 /etc/rc.tcpip\n"), starts...)}
	outputs[aix.ProbeUname] = aix.Output{Probe: aix.ProbeUname, Stdout: []byte("AIX builder 3 7 00F6DB0A4C00\n")}
	outputs[aix.ProbeUID] = aix.Output{Probe: aix.ProbeUID, Stdout: []byte("0\n")}
	facts := aix.Read(outputs, aix.ReadOptions{})
	passed := map[string]bool{}
	for _, f := range evaluate(t, mustLoad(t, Sources{}), Roots{Guest: facts}).Findings {
		switch f.Status {
		case Pass:
			passed[f.Rule] = true
		case Fail:
			t.Errorf("%s %q: expected %s, found %s", f.Rule, f.Subject, f.Expected, f.Found)
		}
	}
	for _, rule := range []string{"rmc-active", "rmc-resource-managers", "rc2-runs-at-boot", "clouddev-set", "ghostdev-off", "guest-is-aix"} {
		if !passed[rule] {
			t.Errorf("%s does not pass on a real machine", rule)
		}
	}
}
