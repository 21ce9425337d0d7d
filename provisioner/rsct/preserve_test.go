// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim/hazards"
)

// damage is much at once, all of which can be restored.
const damage = `rmdev -dl en1
sed 's/^\(.*chdev.*\)$/#\1/' /etc/rc.tcpip >/tmp/rc && cat /tmp/rc >/etc/rc.tcpip; chmod 0600 /etc/rc.tcpip
rmitab l2; /opt/rsct/bin/rmcctrl -z; /opt/rsct/bin/rmcctrl -d`

func isRestoring(command string) bool { return !strings.Contains(command, "RSCT_NONCE") }

// The link goes before or after every single command of a restoration; the next run
// finishes it, whatever the command had done by then.
func TestNextRunConvergesWhereverTheLinkIsCut(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("connection reset by peer")
	for _, when := range []string{"before", "after"} {
		for cut := 1; ; cut++ {
			host, dir := w.host(t)
			host.Run(t.Context(), "root", damage, nil, nil, nil)
			restoring, hit := 0, false
			hook := func(_ int, command string) error {
				if isRestoring(command) {
					restoring++
				}
				if hit || restoring == cut && isRestoring(command) {
					hit = true
					return gone
				}
				return nil
			}
			comm := &hostCommunicator{host: host}
			if when == "before" {
				comm.before = hook
			} else {
				// The command ran, its exit status is lost, and nothing comes through after it.
				comm.after = hook
				comm.before = func(int, string) error {
					if hit {
						return gone
					}
					return nil
				}
			}
			screen, err := (block{mode: "checkpoint", dir: dir}).run(bounded(t), comm)
			if hit && err == nil {
				t.Errorf("%s command %d: no error\n%s", when, cut, screen)
			}
			if hit {
				if screen, err = (block{mode: "final", dir: dir}).run(bounded(t), &hostCommunicator{host: host}); err != nil {
					t.Errorf("%s command %d: the next run: %v\n%s", when, cut, err, screen)
				}
			}
			if now := truth(host); now != w.truth {
				t.Errorf("%s command %d: the guest is\n%s\nexpected\n%s", when, cut, now, w.truth)
			}
			host.Close()
			os.RemoveAll(dir)
			if !hit {
				if restoring < 5 {
					t.Errorf("only %d commands", restoring)
				}
				break
			}
		}
	}
}

func TestAnInterruptStopsBetweenTwoCommandsAndALaterRunFinishes(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	host, dir := w.host(t)
	defer host.Close()
	defer os.RemoveAll(dir)
	host.Run(t.Context(), "root", damage, nil, nil, nil)
	ctx, interrupt := context.WithCancel(bounded(t))
	comm := &hostCommunicator{host: host}
	ran := 0
	comm.after = func(_ int, command string) error {
		if isRestoring(command) {
			if ran++; ran == 2 {
				interrupt()
			}
		}
		return nil
	}
	_, err = (block{mode: "checkpoint", dir: dir}).run(ctx, comm)
	if !errors.Is(err, context.Canceled) || ran != 2 {
		t.Errorf("%d commands ran, %v", ran, err)
	}
	r := record(t, dir)
	last := r.Restorations[len(r.Restorations)-1]
	if last.ProvedBy != 0 || last.Restored || last.Problem == "" || last.Steps[len(last.Steps)-1].Ran {
		t.Errorf("the account: %+v", last)
	}
	screen, err := (block{mode: "final", dir: dir}).run(bounded(t), &hostCommunicator{host: host})
	if err != nil || truth(host) != w.truth {
		t.Errorf("%v\n%s", err, screen)
	}
	says(t, screen, "Restored and proved by collecting again", "[WARNING] management-interface-restored", "it was restored with")
}

// A guest whose commands say 0 and do nothing is caught by the proof.
func TestAGuestThatLiesIsCaught(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	for command, script := range map[string]string{"ifconfig": "ifconfig en1 detach", "chdev": "chdev -l en1 -a netaddr6='' -P", "mv": ": >/etc/rc.tcpip", "mkitab": "rmitab ctrmc", "mkdev": "rmdev -dl en1", "rmcctrl": "stopsrc -s ctrmc"} {
		t.Run(command, func(t *testing.T) {
			host, dir := w.host(t)
			defer host.Close()
			defer os.RemoveAll(dir)
			host.Run(t.Context(), "root", script, nil, nil, nil)
			comm := &hostCommunicator{host: host, before: func(_ int, shell string) error {
				if isRestoring(shell) {
					// From now on the command says 0 and does nothing.
					return host.Fault(&aixsim.FaultBlock{Name: "lie", Command: &command, Arguments: pointer("."), Lie: pointer(true)})
				}
				return host.Fault()
			}}
			screen, err := (block{mode: "final", dir: dir}).run(bounded(t), comm)
			if err == nil || !strings.Contains(err.Error(), "still different after the restoration") {
				t.Errorf("%v\n%s", err, screen)
			}
			r := record(t, dir)
			if judgement := r.Last().Judgement; judgement == nil || judgement.Verdict != "FAILED" {
				t.Errorf("the verdict is %+v", judgement)
			}
			for _, restoration := range r.Restorations {
				if restoration.Restored || restoration.ProvedBy == 0 {
					t.Errorf("the account: %+v", restoration)
				}
			}
		})
	}
}

func pointer[T any](v T) *T { return &v }

func TestARestorationThatFailsLeavesAClearAccount(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	host, dir := w.host(t)
	defer host.Close()
	defer os.RemoveAll(dir)
	host.Run(t.Context(), "root", "rmdev -dl en1; rmitab l2", nil, nil, nil)
	if err := host.Fault(&aixsim.FaultBlock{Name: "broken", Command: pointer("mkdev"), ExitCode: pointer(1), Stderr: pointer("Method error (/usr/lib/methods/cfgif):\n")}); err != nil {
		t.Fatal(err)
	}
	screen, err := (block{mode: "final", dir: dir}).run(bounded(t), &hostCommunicator{host: host})
	if err == nil {
		t.Fatalf("it passed:\n%s", screen)
	}
	says(t, err.Error(), "step 1 of 3 ended with exit code 1", "mkdev -c if -s EN -t en -w en1", "Method error (/usr/lib/methods/cfgif)", "the steps after it did not run",
		"still different after the restoration", "en1 is no longer defined in the ODM")
}

// A file system that is full shows in the new text, and the file itself is not touched.
func TestNothingIsLostWhenTheNewFileCannotBeWritten(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	host, dir := w.host(t)
	defer host.Close()
	defer os.RemoveAll(dir)
	host.Run(t.Context(), "root", "grep -v chdev /etc/rc.tcpip >/tmp/rc && cat /tmp/rc >/etc/rc.tcpip", nil, nil, nil)
	read := func() string {
		var out bytes.Buffer
		host.Run(t.Context(), "root", "ls -l /etc/rc.tcpip | cut -c 1-10; cat /etc/rc.tcpip", nil, &out, nil)
		return out.String()
	}
	before := read()
	if err := host.Fault(&aixsim.FaultBlock{Name: "full", Command: pointer("awk"), Arguments: pointer("rc.tcpip"), Stdout: pointer("#!/bin/bsh\n"), Times: pointer(1)}); err != nil {
		t.Fatal(err)
	}
	screen, err := (block{mode: "checkpoint", dir: dir}).run(bounded(t), &hostCommunicator{host: host})
	if err == nil || read() != before {
		t.Errorf("%v\n%s\nthe file is now\n%s", err, screen, read())
	}
	if screen, err := (block{mode: "final", dir: dir}).run(bounded(t), &hostCommunicator{host: host}); err != nil || truth(host) != w.truth {
		t.Errorf("the next run: %v\n%s", err, screen)
	}
}

func TestRestoreFalseReportsOnly(t *testing.T) {
	w, err := oneWorld()
	if err != nil {
		t.Fatal(err)
	}
	host, dir := w.host(t)
	defer host.Close()
	defer os.RemoveAll(dir)
	host.Run(t.Context(), "root", "ifconfig en1 detach", nil, nil, nil)
	before := host.Snapshot()
	screen, err := (block{mode: "checkpoint", dir: dir, options: map[string]any{"restore": false}}).run(bounded(t), &hostCommunicator{host: host})
	if err != nil {
		t.Errorf("the checkpoint failed: %v", err)
	}
	says(t, screen, "en1 lost "+hazards.Address+"/64", "Not restored, since restore = false. These commands would restore it:", "1. /usr/sbin/ifconfig en1 inet6 "+hazards.Address+"/64 up")
	screen, err = (block{mode: "final", dir: dir, options: map[string]any{"restore": false}}).run(bounded(t), &hostCommunicator{host: host})
	if err == nil || !strings.Contains(err.Error(), "FAILED") {
		t.Errorf("the final block: %v\n%s", err, screen)
	}
	says(t, screen, "(as before)", "[ERROR] management-interface-drift")
	if after := host.Snapshot(); !slices.Equal(after.Interfaces[0].Addresses, before.Interfaces[0].Addresses) || len(record(t, dir).Restorations) != 0 {
		t.Error("something was changed")
	}
}

func TestBaselineSaysWhichInterfaceItRecordsOrWhyItCannot(t *testing.T) {
	for name, c := range map[string]struct {
		host    string // definition
		options map[string]any
		fails   bool
		words   []string
	}{
		"detected": {"", nil, false, []string{"management interface en1 with " + hazards.Address + "/64", "adapter ent1, MAC fa:4b:8c:2e:71:21, port VLAN 4094, switch MGMTSWITCH",
			"persisted by the ODM and a chdev line in /etc/rc.tcpip", "RMC connected to its management system, node id 3b1f9c24d0a75e68"}},
		"two candidates": {twoCandidates, nil, true, []string{"2 interfaces could be the management interface: en1 (" + hazards.Address + "/64), en2 (fe80::f84b:8cff:fe2e:7122/64)", "name one with management_interface"}},
		"two candidates, one named": {twoCandidates, map[string]any{"management_interface": "en2"}, false,
			[]string{"management interface en2 with fe80::f84b:8cff:fe2e:7122/64 (named by management_interface)"}},
		"one named that is not there": {"", map[string]any{"management_interface": "en7"}, true, []string{`management_interface is "en7"`, "it has en0, en1"}},
		"none on Power VS":            {withoutInterface, nil, true, []string{"This guest is on Power VS (ent1 is on the management network (switch MGMTSWITCH, VLAN 4094))", "deploy the VM anew"}},
		"none, with a config drive": {`interface "en1" { remove = true }`, nil, true,
			[]string{"This guest is on Power VS (cloud-init reads a config drive, and sys0 has clouddev=1)"}},
		"none elsewhere": {"cloud_init = false\nrpm \"cloud-init\" { remove = true }\nsys0 = { clouddev = \"0\" }\ninterface \"en1\" { remove = true }", nil, false,
			[]string{"No management interface", "does not look like one on Power VS"}},
	} {
		t.Run(name, func(t *testing.T) {
			definition, err := aixsim.Parse("host.hcl", []byte(c.host))
			if err != nil {
				t.Fatal(err)
			}
			host, err := aixsim.New(definition)
			if err != nil {
				t.Fatal(err)
			}
			defer host.Close()
			screen, err := (block{mode: "baseline", dir: t.TempDir(), options: c.options}).run(bounded(t), &hostCommunicator{host: host})
			if (err != nil) != c.fails {
				t.Fatalf("%v\n%s", err, screen)
			}
			if err != nil {
				screen = err.Error()
			}
			says(t, screen, c.words...)
		})
	}
}

const (
	twoCandidates = `
interface "en1" {
  vlan   = 7
  switch = "ETHERNET0"
}
interface "en2" {
  mac    = "fa:4b:8c:2e:71:22"
  vlan   = 8
  switch = "ETHERNET0"
  slot   = 4
  attributes = { netaddr6 = "eui64", prefixlen = "64", state = "up" }
}`
	withoutInterface = `
interface "en1" {
  attributes = { netaddr6 = "", prefixlen = "", state = "down" }
  rc_tcpip   = false
}`
)
