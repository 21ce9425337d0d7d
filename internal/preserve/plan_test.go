// SPDX-License-Identifier: MPL-2.0

package preserve

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

const line = `/usr/sbin/chdev -l en1 -a netaddr6=fe80::1 -a prefixlen=64 >/dev/null 2>&1 # a \ 'quote'`

func baseline() *aix.Facts {
	return &aix.Facts{
		Management: aix.Management{Interface: aix.Known("en1")},
		Interfaces: aix.Known([]aix.Interface{{
			Name:       "en1",
			Running:    aix.Known(aix.Running{Present: true, Up: true, IPv6: []aix.IPv6Address{{Address: "fe80::1", PrefixLength: 64, Scope: "link-local"}}}),
			Configured: aix.Known(aix.Configured{Defined: true, State: "up", NetAddr6: "fe80::1", PrefixLen: "64"}),
		}}),
		RcTCPIP: aix.Known(aix.RcTCPIP{Present: true, Mode: "-rwxrwxr--", Owner: 0, Group: 0}),
	}
}

func TestPlanIsTheShortestListThatLeadsBack(t *testing.T) {
	const refresh = "/usr/sbin/rsct/bin/rmcrefreshMD -s ctrmc"
	for _, c := range []struct {
		name  string
		items []drift.Item
		want  []string
	}{
		{"nothing", nil, nil},
		{"address lost", []drift.Item{{Subject: "en1", Aspect: drift.AspectAddress, Was: "fe80::1/64"}},
			[]string{"/usr/sbin/ifconfig en1 inet6 fe80::1/64", "/usr/sbin/ifconfig en1 up", refresh}},
		{"address replaced", []drift.Item{{Subject: "en1", Aspect: drift.AspectAddress, Was: "fe80::1/64"}, {Subject: "en1", Aspect: drift.AspectAddress, Is: "2001:db8::1/64"}},
			[]string{"/usr/sbin/ifconfig en1 inet6 2001:db8::1 delete", "/usr/sbin/ifconfig en1 inet6 fe80::1/64", "/usr/sbin/ifconfig en1 up", refresh}},
		{"attribute emptied", []drift.Item{{Subject: "en1 netaddr6", Aspect: drift.AspectAttribute, Was: "fe80::1"}},
			[]string{"/usr/sbin/chdev -l en1 -a netaddr6=fe80::1", "/usr/sbin/ifconfig en1 inet6 fe80::1/64", "/usr/sbin/ifconfig en1 up", refresh}},
		{"ctrmc stopped", []drift.Item{{Subject: "ctrmc", Aspect: drift.AspectRMCActive, Was: "active", Is: "inoperative"}},
			[]string{"/usr/bin/startsrc -s ctrmc", refresh}},
		{"inittab entry gone", []drift.Item{{Subject: "ctrmc", Aspect: drift.AspectRMCAtBoot, Was: "ctrmc:2:once:/usr/bin/startsrc -s ctrmc"}},
			[]string{"/usr/sbin/mkitab 'ctrmc:2:once:/usr/bin/startsrc -s ctrmc'", refresh}},
		{"mode changed", []drift.Item{{Subject: startupFile, Aspect: drift.AspectStartupMode}},
			[]string{"/usr/bin/chown 0:0 /etc/rc.tcpip && /usr/bin/chmod 0774 /etc/rc.tcpip"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := NewPlan(baseline(), c.items, nil)
			var got []string
			for _, s := range plan.Steps {
				got = append(got, s.Command)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if len(plan.Refused) > 0 {
				t.Errorf("refused %+v", plan.Refused)
			}
		})
	}
}

func TestPlanRefusesWhatOnlyAPersonMayUndo(t *testing.T) {
	for _, aspect := range []string{drift.AspectNodeID, drift.AspectFileset, drift.AspectBootVolume, drift.AspectFirstBoot, drift.AspectAdapter, drift.AspectUndetermined} {
		plan := NewPlan(baseline(), []drift.Item{{Subject: "x", Aspect: aspect, Was: "a", Words: "x changed"}}, nil)
		if len(plan.Steps) != 0 || len(plan.Refused) != 1 || plan.Refused[0].Manual == "" {
			t.Errorf("%s: got %+v", aspect, plan)
		}
	}
}

func TestPlanNeverPutsHostileValuesIntoACommand(t *testing.T) {
	facts := baseline()
	facts.Interfaces = aix.Known([]aix.Interface{{Name: "en1", Configured: aix.Known(aix.Configured{Defined: true, NetAddr6: "fe80::1; rm -rf /"})}})
	plan := NewPlan(facts, []drift.Item{
		{Subject: "en1 netaddr6", Aspect: drift.AspectAttribute, Was: "fe80::1; rm -rf /"},
		{Subject: startupFile, Aspect: drift.AspectStartupLine, Was: "line\nrm -rf /"},
	}, nil)
	for _, s := range plan.Steps {
		if strings.Contains(s.Command, "rm -rf") {
			t.Errorf("got %s", s.Command)
		}
	}
	if len(plan.Refused) != 2 {
		t.Errorf("refused %+v", plan.Refused)
	}
	facts.Management.Interface = aix.Known("en1; reboot")
	if plan := NewPlan(facts, []drift.Item{{Aspect: drift.AspectUp}}, nil); len(plan.Steps) != 0 {
		t.Errorf("got %+v", plan.Steps)
	}
}

// The edit runs in a real shell with a real awk, on a file in a folder of the test.
func TestEditOfTheStartupFileTouchesOnlyItsLine(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"commented", "#!/bin/ksh\n#" + line + "\nstart /usr/sbin/inetd \"$src\"\n", "#!/bin/ksh\n" + line + "\nstart /usr/sbin/inetd \"$src\"\n"},
		{"gone", "a\\n b\n", "a\\n b\n" + line + "\n"},
		{"doubled", line + "\nb\n" + line + "\n", line + "\nb\n"},
		{"commented and doubled", "# " + line + "\n##" + line + "\nb\n", line + "\nb\n"},
		{"empty", "", line + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rc.tcpip")
			if err := os.WriteFile(path, []byte(c.before), 0o774); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, 0o774); err != nil {
				t.Fatal(err)
			}
			command := strings.NewReplacer(startupFile, path, "/usr/bin/", "").Replace(editStartup(line))
			for range 2 { // again without harm
				if out, err := exec.Command("sh", "-c", probe.ShellCommand(command)).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != c.after {
				t.Errorf("got %q, want %q", got, c.after)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o774 {
				t.Errorf("mode %v", info.Mode())
			}
		})
	}
}

// guest answers commands with exit codes, and fails from one command on.
type guest struct {
	ran    []string
	broken int
	err    error
	code   int
}

func (g *guest) Run(_ context.Context, command string) (probe.Result, error) {
	g.ran = append(g.ran, command)
	if len(g.ran) == g.broken {
		return probe.Result{ExitCode: g.code}, g.err
	}
	return probe.Result{}, nil
}

func TestRunStopsBetweenCommandsAndSaysWhere(t *testing.T) {
	plan := Plan{Steps: []Step{{Command: "one"}, {Command: "two"}, {Command: "three"}}}
	for _, g := range []*guest{{broken: 2, err: errors.New("dropped")}, {broken: 2, code: 1}} {
		record, err := Run(t.Context(), g, plan, nil)
		if err == nil || len(g.ran) != 2 || record.Steps[2].Ran || !record.Steps[0].Ran || !strings.Contains(record.Problem, "step 2 of 3") {
			t.Errorf("got %+v, %v", record, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if record, err := Run(ctx, &guest{}, plan, nil); !errors.Is(err, context.Canceled) || record.Steps[0].Ran {
		t.Errorf("got %+v, %v", record, err)
	}
}
