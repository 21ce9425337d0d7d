// SPDX-License-Identifier: MPL-2.0

package preserve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

const line = `/usr/sbin/chdev -l en1 -a netaddr6=fe80::1 -a prefixlen=64 >/dev/null 2>&1 # a \\ 'quote'`

// startup is the baseline's /etc/rc.tcpip.
const startup = "#!/bin/bsh\n#start /usr/sbin/autoconf6 \"\"\nstart /usr/sbin/ndpd-host \"$src_running\"\nstart /usr/sbin/inetd \"$src_running\"\n" + line + "\n# end\n"

const ctrmcEntry = "ctrmc:2:once:/usr/bin/startsrc -s ctrmc"

// world is what the facts of a guest are made of.
type world struct {
	running    aix.Running
	configured aix.Configured
	adapters   []aix.AdapterDevice
	file       string // /etc/rc.tcpip
	mode       string
	subsystems map[string]string
	arguments  string
	remote     bool
	inittab    []string
	connected  bool
	nodeID     string
	filesets   []string
	peerDomain string
	others     []aix.Interface
}

func healthy() *world {
	return &world{
		running:    aix.Running{Present: true, Up: true, MTU: aix.Known(1500), IPv6: []aix.IPv6Address{{Address: "fe80::1", PrefixLength: 64, Scope: "link-local"}}},
		configured: aix.Configured{Defined: true, Available: true, State: "up", NetAddr6: "fe80::1", PrefixLen: "64", MTU: "1500"},
		adapters:   []aix.AdapterDevice{{Name: "ent0", Available: true}, {Name: "ent1", Available: true}},
		file:       startup, mode: "-rwxrwxr--",
		subsystems: map[string]string{"ctrmc": "active", "IBM.DRM": "active", "ndpd-host": "active"},
		arguments:  "-a IBM.LPCommands -r", remote: true, connected: true, nodeID: "abc",
		inittab:  []string{"init:2:initdefault:", "rctcpip:23456789:wait:/etc/rc.tcpip", "l2:2:wait:/etc/rc.d/rc 2", ctrmcEntry},
		filesets: []string{"rsct.core.rmc", "devices.chrp.base.ServiceRM"},
		others:   []aix.Interface{{Name: "en0", Running: aix.Known(aix.Running{Present: true}), Configured: aix.Known(aix.Configured{Defined: true, Available: true}), Adapter: aix.Known(aix.Adapter{Name: "ent0", Available: true})}},
	}
}

func (w *world) facts(t *testing.T) *aix.Facts {
	t.Helper()
	f := &aix.Facts{Management: aix.Management{Interface: aix.Known("en1")}, Adapters: aix.Known(w.adapters)}
	interfaces := append([]aix.Interface{}, w.others...)
	if w.running.Present || w.configured.Defined {
		adapter := aix.Adapter{PortVLAN: -1}
		for _, a := range w.adapters {
			if a.Name == "ent1" {
				adapter = aix.Adapter{Name: "ent1", Available: a.Available, MAC: "62:c5:1c:3a:5d:03", PortVLAN: 4094}
			}
		}
		interfaces = append(interfaces, aix.Interface{Name: "en1", Running: aix.Known(w.running), Configured: aix.Known(w.configured), Adapter: aix.Known(adapter)})
	}
	f.Interfaces = aix.Known(interfaces)
	rc, err := aix.ParseRcTCPIP([]byte("present " + w.mode + " 1 0 0 1 Jan 31 12:00 /etc/rc.tcpip\n" + w.file))
	if err != nil {
		t.Fatal(err)
	}
	f.RcTCPIP = aix.Known(rc)
	var subsystems []aix.Subsystem
	for _, name := range []string{"IBM.DRM", "ctrmc", "ndpd-host"} {
		if status := w.subsystems[name]; status != "" {
			subsystems = append(subsystems, aix.Subsystem{Name: name, Status: status, Active: status == "active"})
		}
	}
	f.Subsystems = aix.Known(subsystems)
	entries, err := aix.ParseInittab([]byte(strings.Join(w.inittab, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	f.Inittab = aix.Known(entries)
	f.RMC = aix.RMC{Arguments: aix.Known(w.arguments), RemoteClients: aix.Known(w.remote), Connected: aix.Known(w.connected)}
	f.NodeID.Etc = aix.Known(aix.IDFile{Present: w.nodeID != "", ID: w.nodeID})
	var filesets []aix.Fileset
	for _, name := range w.filesets {
		filesets = append(filesets, aix.Fileset{Name: name, Level: "3.3.1.0", State: "committed"})
	}
	f.Filesets = aix.Known(filesets)
	f.Boot.List = aix.Known([]string{"hdisk0"})
	f.Cluster.PeerDomain = aix.Known(w.peerDomain)
	return f
}

func planOf(t *testing.T, damage func(*world)) Plan {
	t.Helper()
	baseline := healthy().facts(t)
	damaged := healthy()
	damage(damaged)
	now := damaged.facts(t)
	return NewPlan(baseline, now, drift.Compare(baseline, now), []byte(startup))
}

func TestPlanIsTheShortestListThatLeadsBack(t *testing.T) {
	const (
		ifconfig = "/usr/sbin/ifconfig en1 "
		chdev    = "/usr/sbin/chdev -l en1 "
		refresh  = "/usr/sbin/rsct/bin/rmcrefreshMD -s ctrmc"
		all      = "-a netaddr6=fe80::1 -a prefixlen=64 -a mtu=1500 -a state=up"
	)
	address := func(text string, length int) aix.IPv6Address {
		return aix.IPv6Address{Address: text, PrefixLength: length, Scope: "link-local"}
	}
	for name, c := range map[string]struct {
		damage func(*world)
		want   []string
	}{
		"nothing": {func(*world) {}, nil},
		"address deleted": {func(w *world) { w.running.IPv6 = nil },
			[]string{ifconfig + "inet6 fe80::1/64", refresh}},
		"prefix changed": {func(w *world) { w.running.IPv6 = []aix.IPv6Address{address("fe80::1", 48)} },
			[]string{ifconfig + "inet6 fe80::1 delete", ifconfig + "inet6 fe80::1/64", refresh}},
		"address replaced by a global one": {func(w *world) { w.running.IPv6 = []aix.IPv6Address{address("2001:db8::1", 64)} },
			[]string{ifconfig + "inet6 fe80::1/64", ifconfig + "inet6 2001:db8::1 delete", refresh}},
		"interface down": {func(w *world) { w.running.Up = false }, []string{ifconfig + "up", refresh}},
		"interface detached": {func(w *world) { w.running = aix.Running{} },
			[]string{ifconfig + "inet6 fe80::1/64 up", refresh}},
		"IPv4 put on the interface": {func(w *world) {
			w.running.IPv4 = []aix.IPv4Address{{Address: "10.1.1.5", Netmask: "255.255.255.0"}}
		}, []string{ifconfig + "inet 10.1.1.5 delete", refresh}},
		"IPv4 put on the interface in the ODM as well": {func(w *world) {
			w.running.IPv4 = []aix.IPv4Address{{Address: "10.1.1.5", Netmask: "255.255.255.0"}}
			w.configured.NetAddr, w.configured.Netmask = "10.1.1.5", "255.255.255.0"
		}, []string{chdev + "-a netaddr='' -a netmask='' -a netaddr6=fe80::1 -a prefixlen=64 -a state=up", refresh}},
		"MTU of the kernel": {func(w *world) { w.running.MTU = aix.Known(9000) }, []string{ifconfig + "mtu 1500", refresh}},
		"interface defined only": {func(w *world) { w.running = aix.Running{}; w.configured.Available = false },
			[]string{"/usr/sbin/mkdev -l en1", refresh}},
		"adapter and interface defined only": {func(w *world) {
			w.running, w.configured.Available = aix.Running{}, false
			w.adapters = []aix.AdapterDevice{{Name: "ent0", Available: true}, {Name: "ent1"}}
		}, []string{"/usr/sbin/mkdev -l ent1", "/usr/sbin/mkdev -l en1", refresh}},
		"interface undefined": {func(w *world) { w.running, w.configured = aix.Running{}, aix.Configured{} },
			[]string{"/usr/sbin/mkdev -c if -s EN -t en -w en1 " + all, refresh}},
		"adapter undefined": {func(w *world) {
			w.running, w.configured = aix.Running{}, aix.Configured{}
			w.adapters = w.adapters[:1]
		}, []string{"/usr/sbin/cfgmgr", chdev + all, refresh}},
		"ODM attribute emptied, kernel as it was": {func(w *world) { w.configured.NetAddr6 = "" },
			[]string{chdev + "-a netaddr6=fe80::1 -P"}},
		"ODM attribute emptied, and the kernel's address": {func(w *world) { w.configured.NetAddr6, w.running.IPv6 = "", nil },
			[]string{chdev + "-a netaddr6=fe80::1 -a prefixlen=64 -a state=up", refresh}},
		"state attribute changed": {func(w *world) { w.configured.State, w.running.Up = "down", false },
			[]string{chdev + "-a netaddr6=fe80::1 -a prefixlen=64 -a state=up", refresh}},
		"alias added": {func(w *world) { w.configured.Alias6 = "2001:db8::2/64" },
			[]string{chdev + "-a delalias6=2001:db8::2/64", refresh}},
		"ctrmc stopped": {func(w *world) { w.subsystems["ctrmc"], w.remote, w.connected = "inoperative", false, false },
			[]string{"/usr/sbin/rsct/bin/rmcctrl -s"}},
		"ctrmc and its resource managers stopped": {func(w *world) { w.subsystems["ctrmc"], w.subsystems["IBM.DRM"] = "inoperative", "inoperative" },
			[]string{"/usr/sbin/rsct/bin/rmcctrl -s"}},
		"a resource manager stopped": {func(w *world) { w.subsystems["IBM.DRM"] = "inoperative" },
			[]string{"/usr/bin/startsrc -s IBM.DRM"}},
		"ctrmc no subsystem": {func(w *world) { delete(w.subsystems, "ctrmc"); w.inittab = w.inittab[:3]; w.arguments = "" },
			[]string{"/usr/sbin/rsct/bin/rmcctrl -A"}},
		"remote clients disabled": {func(w *world) { w.remote, w.connected, w.arguments = false, false, "-a IBM.LPCommands" },
			[]string{"/usr/sbin/rsct/bin/rmcctrl -p", refresh}},
		"remote clients disabled at the next start": {func(w *world) { w.arguments = "-a IBM.LPCommands" },
			[]string{"/usr/bin/chssys -s ctrmc -a '-a IBM.LPCommands -r'"}},
		"connection lost": {func(w *world) { w.connected = false }, []string{refresh}},
		"inittab entry gone": {func(w *world) { w.inittab = w.inittab[:3] },
			[]string{"/usr/sbin/mkitab -i l2 '" + ctrmcEntry + "'"}},
		"inittab entry off": {func(w *world) { w.inittab[3] = "ctrmc:2:off:/usr/bin/startsrc -s ctrmc" },
			[]string{"/usr/sbin/chitab '" + ctrmcEntry + "'"}},
		"inittab entries of rc.tcpip and cloud-init gone": {func(w *world) { w.inittab = []string{w.inittab[0], ctrmcEntry} },
			[]string{"/usr/sbin/mkitab -i init 'rctcpip:23456789:wait:/etc/rc.tcpip'", "/usr/sbin/mkitab -i rctcpip 'l2:2:wait:/etc/rc.d/rc 2'"}},
		"mode changed": {func(w *world) { w.mode = "-rw-r--r--" },
			[]string{"/usr/bin/chown 0:0 /etc/rc.tcpip && /usr/bin/chmod 0774 /etc/rc.tcpip"}},
		"ndpd-host stopped": {func(w *world) { w.subsystems["ndpd-host"] = "inoperative" }, []string{"/usr/bin/startsrc -s ndpd-host"}},
		"line commented": {func(w *world) { w.file = strings.Replace(startup, line, "#"+line, 1) },
			[]string{editCommand(line, "# end", "")}},
		"line removed":    {func(w *world) { w.file = strings.Replace(startup, line+"\n", "", 1) }, []string{editCommand(line, "# end", "")}},
		"line duplicated": {func(w *world) { w.file = startup + line }, []string{editCommand(line, "# end", "")}},
		"ndpd-host commented": {func(w *world) { w.file = strings.Replace(startup, "start /usr/sbin/ndpd", "#start /usr/sbin/ndpd", 1) },
			[]string{editCommand(`start /usr/sbin/ndpd-host "$src_running"`, `start /usr/sbin/inetd "$src_running"`, "ndpd-host")}},
		"autoconf6 enabled": {func(w *world) {
			w.file = strings.Replace(startup, "#start /usr/sbin/autoconf6", "start /usr/sbin/autoconf6", 1)
		},
			[]string{editCommand(`#start /usr/sbin/autoconf6 ""`, `start /usr/sbin/ndpd-host "$src_running"`, "autoconf6")}},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planOf(t, c.damage)
			var got []string
			for _, s := range plan.Steps {
				got = append(got, s.Command)
				if s.Repairs == "" {
					t.Errorf("%s does not say what it repairs", s.Command)
				}
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

func TestPlanWritesAnEmptiedFileAnewWithModeAndOwner(t *testing.T) {
	plan := planOf(t, func(w *world) { w.file, w.mode = "", "-rw-rw-rw-" })
	if len(plan.Steps) != 1 || !strings.Contains(plan.Steps[0].Command, "chmod 0774 /etc/rc.tcpip.rsct-new && /usr/bin/mv -f") || strings.Contains(plan.Steps[0].String(), "inetd") {
		t.Errorf("got %+v", plan.Steps)
	}
}

func TestPlanRefusesWhatOnlyAPersonMayUndo(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(*world)
		why    string
	}{
		"node id deleted":       {func(w *world) { w.nodeID = "" }, "recfgct -i abc"},
		"node id in a cluster":  {func(w *world) { w.nodeID, w.peerDomain = "def", "prod" }, "recfgct must not run while the node is in a peer domain"},
		"fileset removed":       {func(w *world) { w.filesets = w.filesets[1:]; delete(w.subsystems, "ctrmc") }, "installp"},
		"resource manager gone": {func(w *world) { delete(w.subsystems, "IBM.DRM") }, "only the installation of its fileset"},
		"line added":            {func(w *world) { w.file += "/usr/sbin/chdev -l en1 -a state=down\n" }, "not ours to take out"},
		"ifconfig added":        {func(w *world) { w.file += "/usr/sbin/ifconfig en1 detach\n" }, "not ours to take out"},
		"other flags":           {func(w *world) { w.running.Flags = []string{"UP", "NOARP"} }, "reboot before the image"},
		"adapter and another": {func(w *world) {
			w.running, w.configured, w.adapters, w.others = aix.Running{}, aix.Configured{}, nil, nil
		}, "cfgmgr, which defines it again, would configure ent0, en0 as well"},
		"setuid at the baseline": {func(w *world) { w.mode = "-rwsr-xr-x" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planOf(t, c.damage)
			if c.why == "" {
				return // restored to the baseline's mode, which has no setuid
			}
			if len(plan.Refused) == 0 || !strings.Contains(plan.Refused[0].String(), c.why) {
				t.Errorf("got %+v", plan)
			}
			for _, s := range plan.Steps {
				if strings.Contains(s.Command, "rmcctrl") || strings.Contains(s.Command, "cfgmgr") {
					t.Errorf("%s runs all the same", s.Command)
				}
			}
		})
	}
	baseline := healthy()
	baseline.mode = "-rwsr-xr-x"
	facts, now := baseline.facts(t), healthy().facts(t)
	if plan := NewPlan(facts, now, drift.Compare(facts, now), []byte(startup)); len(plan.Steps) != 0 || len(plan.Refused) != 1 {
		t.Errorf("a setuid mode: got %+v", plan)
	}
}

func TestPlanPutsNoHostileValueIntoACommand(t *testing.T) {
	hostile := healthy()
	hostile.configured.NetAddr6 = "fe80::1;reboot"
	facts, now := hostile.facts(t), healthy().facts(t)
	if plan := NewPlan(facts, now, drift.Compare(facts, now), nil); len(plan.Steps) != 0 || len(plan.Refused) != 1 {
		t.Errorf("got %+v", plan)
	}
	facts = healthy().facts(t)
	facts.Management.Interface = aix.Known("en1;reboot")
	if plan := NewPlan(facts, now, []drift.Item{{Subject: "en1;reboot", Aspect: drift.AspectUp}}, nil); len(plan.Steps) != 0 {
		t.Errorf("got %+v", plan.Steps)
	}
}

// The edit runs in a real shell with a real awk, on a file in a folder of the test.
func TestEditOfTheStartupFileTouchesOnlyItsLine(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"commented", "#!/bin/ksh\n#" + line + "\nstart /usr/sbin/inetd \"$src\"\n", "#!/bin/ksh\n" + line + "\nstart /usr/sbin/inetd \"$src\"\n"},
		{"gone", "a\\n b\n", "a\\n b\n" + line + "\n"},
		{"doubled", line + "\nb\n" + line + "\n", line + "\nb\n"},
		{"commented and doubled", "# " + line + "\n##" + line + "\nb\n", line + "\n##" + line + "\nb\n"},
		{"active after a comment", "# " + line + "\nb\n" + line + "\n", "# " + line + "\nb\n" + line + "\n"},
		{"gone from its place", "a\n# end\nc\n", "a\n" + line + "\n# end\nc\n"},
		{"no final newline", "a\nb", "a\nb\n" + line + "\n"},
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
			command := strings.NewReplacer(startupFile, path, "/usr/bin/", "").Replace(editCommand(line, "# end", ""))
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

// An interrupted Packer ends its plugins without waiting for them.
func TestRunWritesDownWhatItIsAboutToDoBeforeItDoesIt(t *testing.T) {
	plan := Plan{Steps: []Step{{Command: "one"}, {Command: "two"}}}
	g := &guest{}
	var noted []string
	note := func(r evidence.Restoration) error {
		noted = append(noted, fmt.Sprintf("%d ran, %s", len(g.ran), r.Problem))
		return nil
	}
	if record, err := Run(t.Context(), g, plan, note); err != nil || record.Problem != "" {
		t.Fatalf("got %+v, %v", record, err)
	}
	want := []string{
		"0 ran, the plugin was ended in step 1 of 2, and did not see how it went",
		"1 ran, the plugin was ended in step 2 of 2, and did not see how it went",
	}
	if !slices.Equal(noted, want) {
		t.Errorf("got %q", noted)
	}
	g = &guest{}
	full := errors.New("no space left on device")
	record, err := Run(t.Context(), g, plan, func(evidence.Restoration) error { return full })
	if !errors.Is(err, full) || len(g.ran) != 0 || !strings.Contains(record.Problem, "could not be written down") {
		t.Errorf("ran %q, got %+v, %v", g.ran, record, err)
	}
}
