// SPDX-License-Identifier: MPL-2.0

package shell_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/hazard"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// simulated is what became of a simulated host.
type simulated struct {
	facts  *aix.Facts
	up     [3]bool // RMC now, after a reboot, and on a VM deployed from the image
	output string
	// failed are the rules that the host fails.
	failed map[string]bool
}

// startsAutoconf6 has a host start autoconf6 at boot, so that disabling it shows.
const startsAutoconf6 = `echo 'start /usr/sbin/autoconf6 "" " -i en1"' >>/etc/rc.tcpip
echo 'start /usr/sbin/ndpd-host "$src_running"' >>/etc/rc.tcpip
`

// spareDisk is a second disk, that commands can boot from by mistake.
func spareDisk() *aixsim.DiskBlock {
	id, none, state, paths, size := "00f94f58aabbccdd", "None", "", 1, 20480
	return &aixsim.DiskBlock{Name: "hdisk1", PVID: &id, VolumeGroup: &none, State: &state, Paths: &paths, SizeMB: &size}
}

// simulate runs a script on a host of its own and says what became of the host. With
// enough, it does not look further when RMC is down in the end.
func simulate(t *testing.T, prepare, script string, enough bool) simulated {
	t.Helper()
	definition := aixsim.Default()
	definition.Disks = append(definition.Disks, spareDisk())
	host, err := aixsim.New(definition)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	if prepare != "" {
		host.Run(ctx, "root", prepare, nil, &out, &out)
		out.Reset()
	}
	host.Run(ctx, "root", script, nil, &out, &out)
	s := simulated{output: out.String(), failed: map[string]bool{}}
	s.up[0], _ = host.RMC()
	deployed, err := host.Capture().Deploy(1)
	if err != nil {
		t.Fatal(err)
	}
	defer deployed.Close()
	s.up[2], _ = deployed.RMC()
	if enough && !(s.up[0] && s.up[2]) {
		return s
	}
	var stdout, stderr bytes.Buffer
	host.Run(ctx, "root", "sh", strings.NewReader(probe.Script()), &stdout, &stderr)
	probes, nonce, err := probe.Parse(stdout.Bytes(), "")
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	collection := evidence.Collection{Mode: evidence.ModeFinal, Sequence: 1, Collector: probe.Digest(), Nonce: nonce, Probes: probes}
	s.facts = collection.Facts()
	host.Reboot()
	s.up[1], _ = host.RMC()
	result, err := builtin.Evaluate(ctx, policy.Roots{Guest: s.facts}, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		if f.Status == policy.Fail || f.Status == policy.Undetermined {
			s.failed[f.Rule] = true
		}
	}
	return s
}

// damages says what a script did to the host that a healthy one does not have.
func (s simulated) damages(healthy simulated) string {
	var what []string
	for i, when := range []string{"now", "at boot", "at deploy"} {
		if healthy.up[i] && !s.up[i] {
			what = append(what, "RMC is down "+when)
		}
	}
	if s.facts == nil {
		return strings.Join(what, "; ")
	}
	for _, item := range drift.Compare(healthy.facts, s.facts) {
		// Filesets that RMC does not need may go; the rules say which.
		if item.Aspect != drift.AspectFileset {
			what = append(what, item.Words)
		}
	}
	for rule := range s.failed {
		if !healthy.failed[rule] {
			what = append(what, "fails "+rule)
		}
	}
	return strings.Join(what, "; ")
}

// The two-way table: what lint flags damages the simulated host, and what it leaves
// alone does not, form by form. A form that the simulated host cannot run says which
// command is missing there, and that is checked as well.
func TestTheCorpusAndTheSimulatedHostAgree(t *testing.T) {
	healthy := map[string]simulated{}
	for _, prepare := range []string{"", startsAutoconf6} {
		healthy[prepare] = simulate(t, prepare, "true\n", false)
		if healthy[prepare].up != [3]bool{true, true, true} {
			t.Fatalf("the host is not healthy to begin with: %v", healthy[prepare].up)
		}
	}
	ran := map[string]int{}
	for _, f := range forms(t) {
		t.Run(fmt.Sprintf("%s/%s", f.hazard, f.title), func(t *testing.T) {
			prepare := ""
			if f.hazard == hazard.DisablesAutoconf6 {
				prepare = startsAutoconf6
			}
			s := simulate(t, prepare, f.script, f.harmful)
			damages := s.damages(healthy[prepare])
			if f.unsimulated == "silently" {
				if damages != "" {
					t.Errorf("it can be simulated by now: %s", damages)
				}
				return
			}
			if f.unsimulated != "" {
				if !strings.Contains(s.output, f.unsimulated) {
					t.Errorf("the host does not say that it lacks %s: %s", f.unsimulated, s.output)
				}
				return
			}
			if strings.Contains(s.output, ":  not found") {
				t.Errorf("the host lacks a command: %s", s.output)
			}
			switch {
			case f.harmful && damages == "":
				t.Errorf("lint flags it, and the host is as it was; it said %s", s.output)
			case !f.harmful && damages != "":
				t.Errorf("lint leaves it alone, and the host suffers: %s", damages)
			case f.harmful:
				ran[f.hazard]++
			}
		})
	}
	for _, name := range hazard.All {
		if ran[name] == 0 && !unsimulated[name] {
			t.Errorf("no form of %s damages the simulated host", name)
		}
		if ran[name] > 0 && unsimulated[name] {
			t.Errorf("%s can be simulated by now", name)
		}
	}
}

// unsimulated are the hazards whose commands the simulated host does not have at all.
var unsimulated = map[string]bool{
	hazard.UsesSmitty: true, hazard.BootsAnotherVolume: true, hazard.RestoresMksysb: true, hazard.BlocksRMCPort: true,
	hazard.HarmsBootVolume: true,
}
