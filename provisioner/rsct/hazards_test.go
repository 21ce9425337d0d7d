// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim/hazards"
)

// hazardShards run side by side, since a host waits more than it works.
const hazardShards = 2

// defaultChecks sets how many sequences the property test tries, which is what make
// hazards sets too; -rapid.checks counts for each shard.
func defaultChecks(n int) {
	if env, err := strconv.Atoi(os.Getenv("RSCT_HAZARD_SEQUENCES")); err == nil {
		n = env
	}
	if err := flag.Set("rapid.checks", strconv.Itoa((n+hazardShards-1)/hazardShards)); err != nil {
		panic(err)
	}
}

// A world is a host as Power VS deployed it, with the baseline of its build: each
// sequence of hazards begins with a copy of both.
type world struct {
	image    *aixsim.Image
	evidence map[string][]byte // by path below the evidence folder
	truth    string
	final    *Provisioner // prepared once, since reading the policy takes time
}

var oneWorld = sync.OnceValues(func() (*world, error) {
	host, err := aixsim.New(aixsim.Default())
	if err != nil {
		return nil, err
	}
	defer host.Close()
	dir, err := os.MkdirTemp("", "rsct-hazards")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if text, err := (block{mode: "baseline", dir: dir}).run(ctx, &hostCommunicator{host: host}); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	w := &world{image: host.Capture(), evidence: map[string][]byte{}, truth: truth(host)}
	if w.final, err = (block{mode: "final", dir: dir}).prepare(); err != nil {
		return nil, err
	}
	return w, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		w.evidence[name], err = os.ReadFile(path)
		return err
	})
})

func (w *world) host(t interface{ Fatalf(string, ...any) }) (*aixsim.Host, string) {
	host, err := w.image.Boot()
	if err != nil {
		t.Fatalf("%v", err)
	}
	dir, err := os.MkdirTemp("", "rsct-hazards")
	if err != nil {
		t.Fatalf("%v", err)
	}
	for name, data := range w.evidence {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatalf("%v", err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatalf("%v", err)
		}
	}
	return host, dir
}

// What the simulator itself knows of the management interface, what persists it and
// RMC, not by way of the collector.
func truth(host *aixsim.Host) string {
	s := host.Snapshot()
	var out bytes.Buffer
	show := func(v any) {
		text, _ := json.Marshal(v)
		out.Write(append(text, '\n'))
	}
	for _, i := range s.Interfaces {
		if i.Name == "en1" {
			show(i)
		}
	}
	for _, d := range s.Devices {
		if d.Name == "en1" || d.Name == "ent1" {
			show(d)
		}
	}
	for _, sub := range s.Subsystems {
		if slices.Contains([]string{"ctrmc", "IBM.DRM", "IBM.HostRM", "IBM.MgmtDomainRM", "IBM.ServiceRM", "ndpd-host"}, sub.Name) {
			show(sub)
		}
	}
	show([]any{s.Managed, s.NodeID, s.EtcNodeID, s.VarNodeID, s.BootList, s.Files["/opt/freeware/etc/cloud/cloud.cfg"]})
	host.Run(context.Background(), "root", `ls -ln /etc/rc.tcpip | awk '{ print $1, $3, $4 }'; grep -v '^#' /etc/rc.tcpip | grep -e en1 -e autoconf6 -e ndpd-host
for id in init srcmstr rctcpip l2 ctrmc; do lsitab $id; done`, nil, &out, &out)
	return out.String()
}

// others is what no restoration may touch: all other interfaces, devices and
// subsystems, and every watched file but the two that may be edited.
func others(host *aixsim.Host) string {
	s := host.Snapshot()
	s.Interfaces = slices.DeleteFunc(s.Interfaces, func(i aixsim.InterfaceState) bool { return i.Name == "en1" || i.Name == "sit0" || i.Name == "lo0" })
	s.Devices = slices.DeleteFunc(s.Devices, func(d aixsim.DeviceState) bool { return d.Name == "en1" || d.Name == "ent1" || d.Name == "et1" })
	s.Subsystems = slices.DeleteFunc(s.Subsystems, func(sub aixsim.SubsystemState) bool {
		return sub.Name == "ndpd-host" || sub.Name == "ctrmc" || strings.HasPrefix(sub.Name, "IBM.")
	})
	s.Managed, s.NodeID = false, ""
	delete(s.Files, "/etc/rc.tcpip")
	delete(s.Files, "/etc/inittab")
	text, _ := json.Marshal(s)
	return string(text)
}

// suffer runs hazards on a fresh host and the final block after them, and returns how
// the promise was broken, or nothing.
func (w *world) suffer(t interface{ Fatalf(string, ...any) }, list []hazards.Hazard) (broken []string, screen string, passed bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	host, dir := w.host(t)
	defer os.RemoveAll(dir)
	defer host.Close()
	for _, hazard := range list {
		host.Run(ctx, "root", hazard.Script, nil, nil, nil)
	}
	before := others(host)
	p := *w.final
	p.config.EvidenceDir = dir
	ui := &screenText{}
	err := p.Provision(ctx, ui, &hostCommunicator{host: host}, nil)
	screen = ui.String()
	after := others(host)
	breaks := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	if before != after {
		breaks("something else was changed:\n%s\n%s", before, after)
	}
	r := record(t, dir)
	judgement := r.Last().Judgement
	if err != nil {
		if !strings.Contains(err.Error(), "drifted from its baseline") && !strings.Contains(err.Error(), "FAILED") && !strings.Contains(err.Error(), "could not be") {
			breaks("the build failed without naming what is wrong: %v", err)
		}
		if slices.ContainsFunc(list, func(h hazards.Hazard) bool { return h.Remedy == hazards.Refused }) {
			return broken, screen, false
		}
		breaks("the build failed, though all of it can be restored: %v", err)
		return broken, screen, false
	}
	if now := truth(host); now != w.truth {
		breaks("a pass with a damaged interface:\n%s\nexpected\n%s", now, w.truth)
	}
	image := host.Capture()
	host.Reboot()
	if now := truth(host); now != w.truth {
		breaks("a pass with an interface that does not survive a reboot:\n%s\nexpected\n%s", now, w.truth)
	}
	deployed, deployErr := image.Deploy(1)
	if deployErr != nil {
		t.Fatalf("%v", deployErr)
	}
	defer deployed.Close()
	if up, why := deployed.RMC(); !up && judgement.Verdict != "FAILED" {
		breaks("%s, and RMC never comes up on deploy: %s", judgement.Verdict, why)
	}
	return broken, screen, true
}

func TestEveryHazardIsRestoredRefusedOrJudged(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	for _, hazard := range hazards.List {
		t.Run(hazard.Name, func(t *testing.T) {
			broken, screen, passed := w.suffer(t, []hazards.Hazard{hazard})
			drifted := strings.Contains(screen, "drift from the baseline.")
			switch {
			case len(broken) > 0:
				t.Errorf("%s\n%s", strings.Join(broken, "\n"), screen)
			case passed == (hazard.Remedy == hazards.Refused):
				t.Errorf("passed: %t\n%s", passed, screen)
			case (hazard.Remedy == hazards.Restored) != strings.Contains(screen, "Restored and proved"):
				t.Errorf("restored or not:\n%s", screen)
			case hazard.Remedy != hazards.Nothing && hazard.Remedy != hazards.Judged && !drifted:
				t.Errorf("no drift was seen:\n%s", screen)
			}
			if testing.Verbose() {
				t.Log(screen)
			}
		})
	}
}

// Any sequence of hazards ends restored, now and after a reboot, with an image whose
// VMs have RMC, or with a build that fails and says why. rapid shrinks a sequence that
// breaks the promise, and prints its seed. More sequences: make hazards.
func TestNoSequenceOfHazardsPassesWithADamagedInterface(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	var tried, restored atomic.Int64
	sequence := rapid.SliceOfN(rapid.IntRange(0, len(hazards.List)-1), 1, 6)
	t.Run("sequences", func(t *testing.T) {
		for shard := range hazardShards {
			t.Run(fmt.Sprint("shard ", shard+1), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					var list []hazards.Hazard
					var names []string
					for _, i := range sequence.Draw(t, "hazards") {
						list = append(list, hazards.List[i])
						names = append(names, hazards.List[i].Name)
					}
					broken, screen, passed := w.suffer(t, list)
					if len(broken) > 0 {
						t.Fatalf("%s:\n%s\n%s", strings.Join(names, ", "), strings.Join(broken, "\n"), screen)
					}
					tried.Add(1)
					if passed {
						restored.Add(1)
					}
				})
			})
		}
	})
	t.Logf("%d sequences of 1 to 6 out of %d hazards: %d builds passed, %d failed and said why", tried.Load(), len(hazards.List), restored.Load(), tried.Load()-restored.Load())
}
