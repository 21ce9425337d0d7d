// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

const chdevLine = "/usr/sbin/chdev -l en1 -a netaddr6=fe80::1 -a prefixlen=64"

// healthy is a guest in the layout that Power VS documents.
func healthy() *aix.Facts {
	why := aix.Why{Reason: "not in this test"}
	return &aix.Facts{
		Subsystems: aix.Known([]aix.Subsystem{{Name: "ctrmc", Status: "active", Active: true}}),
		Inittab:    aix.Known([]aix.InittabEntry{{ID: "ctrmc", RunLevels: "2", Action: "once", Command: "/usr/bin/startsrc -s ctrmc", InUse: true}}),
		Filesets:   aix.Known([]aix.Fileset{{Name: "rsct.core.rmc", Level: "3.3.1.0", State: "committed"}}),
		NodeID:     aix.NodeID{Etc: aix.Known(aix.IDFile{Present: true, ID: "abc"}), Var: aix.Unknown[aix.IDFile](why)},
		Interfaces: aix.Known([]aix.Interface{interfaceOf("en0", "", "192.0.2.1"), interfaceOf("en1", "fe80::1", "")}),
		Management: aix.Management{Interface: aix.Known("en1")},
		RcTCPIP: aix.Known(aix.RcTCPIP{Present: true, Mode: "-rwxrwxr--",
			Chdev:  []aix.ChdevLine{{Line: 2, Text: chdevLine, Interface: "en1", NetAddr6: "fe80::1"}},
			Starts: []aix.StartLine{{Line: 3, Daemon: "inetd", Enabled: true}}}),
		Boot: aix.Boot{List: aix.Known([]string{"hdisk0"}), Device: aix.Known("hdisk0")},
	}
}

func interfaceOf(name, six, four string) aix.Interface {
	running := aix.Running{Present: true, Up: true, MTU: aix.Known(1500)}
	configured := aix.Configured{Defined: true, State: "up", NetAddr: four}
	if six != "" {
		running.IPv6 = []aix.IPv6Address{{Address: six, PrefixLength: 64, Scope: "link-local"}}
		configured.NetAddr6, configured.PrefixLen = six, "64"
	}
	if four != "" {
		running.IPv4 = []aix.IPv4Address{{Address: four, Netmask: "255.255.255.0"}}
	}
	return aix.Interface{Name: name, Running: aix.Known(running), Configured: aix.Known(configured),
		Adapter: aix.Known(aix.Adapter{Name: "ent" + name[2:], MAC: "62:c5:1c:3a:5d:03"})}
}

func change(f *aix.Facts, name string, edit func(*aix.Running, *aix.Configured)) {
	list, _ := f.Interfaces.Get()
	changed := append([]aix.Interface{}, list...)
	for i := range changed {
		if changed[i].Name == name {
			r, _ := changed[i].Running.Get()
			c, _ := changed[i].Configured.Get()
			edit(&r, &c)
			changed[i].Running, changed[i].Configured = aix.Known(r), aix.Known(c)
		}
	}
	f.Interfaces = aix.Known(changed)
}

func TestCompareNamesWhatChangedInTheDomainsWords(t *testing.T) {
	for _, c := range []struct {
		name  string
		edit  func(*aix.Facts)
		words []string
	}{
		{"nothing", func(*aix.Facts) {}, nil},
		{"address deleted", func(f *aix.Facts) {
			change(f, "en1", func(r *aix.Running, _ *aix.Configured) { r.IPv6 = nil })
		}, []string{"en1 lost fe80::1/64"}},
		{"prefix changed", func(f *aix.Facts) {
			change(f, "en1", func(r *aix.Running, _ *aix.Configured) {
				r.IPv6 = []aix.IPv6Address{{Address: "fe80::1", PrefixLength: 48, Scope: "link-local"}}
			})
		}, []string{"en1 has fe80::1 with prefix length 48, it was 64"}},
		{"detached", func(f *aix.Facts) {
			change(f, "en1", func(r *aix.Running, _ *aix.Configured) { *r = aix.Running{} })
		}, []string{"en1 is detached", "en1 lost fe80::1/64"}},
		{"ODM emptied", func(f *aix.Facts) {
			change(f, "en1", func(_ *aix.Running, c *aix.Configured) { c.NetAddr6 = "" })
		}, []string{"en1's ODM attribute netaddr6 is empty, it was fe80::1"}},
		{"line commented", func(f *aix.Facts) {
			rc, _ := f.RcTCPIP.Get()
			rc.Chdev = []aix.ChdevLine{{Line: 2, Text: "# " + chdevLine, Commented: true, Interface: "en1"}}
			f.RcTCPIP = aix.Known(rc)
		}, []string{"persisted no longer: the chdev line of en1 in /etc/rc.tcpip is commented out"}},
		{"line gone", func(f *aix.Facts) {
			rc, _ := f.RcTCPIP.Get()
			rc.Chdev = nil
			f.RcTCPIP = aix.Known(rc)
		}, []string{"persisted no longer: the chdev line of en1 is gone from /etc/rc.tcpip"}},
		{"file emptied", func(f *aix.Facts) {
			f.RcTCPIP = aix.Known(aix.RcTCPIP{Present: true, Mode: "-rwxrwxr--"})
		}, []string{"/etc/rc.tcpip starts nothing any more"}},
		{"ctrmc stopped and off at boot", func(f *aix.Facts) {
			f.Subsystems = aix.Known([]aix.Subsystem{{Name: "ctrmc", Status: "inoperative"}})
			f.Inittab = aix.Known([]aix.InittabEntry{})
		}, []string{"ctrmc will not start at boot: its inittab entry is gone", "ctrmc is inoperative, it was active"}},
		{"node id deleted", func(f *aix.Facts) { f.NodeID.Etc = aix.Known(aix.IDFile{}) }, []string{"/etc/ct_node_id was deleted"}},
		{"fileset lowered", func(f *aix.Facts) {
			f.Filesets = aix.Known([]aix.Fileset{{Name: "rsct.core.rmc", Level: "3.2.0.0", State: "committed"}})
		}, []string{"fileset rsct.core.rmc went back to 3.2.0.0, it was 3.3.1.0"}},
		{"fileset updated is no drift", func(f *aix.Facts) {
			f.Filesets = aix.Known([]aix.Fileset{{Name: "rsct.core.rmc", Level: "3.3.1.10", State: "committed"}})
		}, nil},
		{"boot list", func(f *aix.Facts) { f.Boot.List = aix.Known([]string{"hdisk1"}) }, []string{"the normal boot list is hdisk1, it was hdisk0"}},
		{"another interface is nobody's business", func(f *aix.Facts) {
			change(f, "en0", func(r *aix.Running, _ *aix.Configured) { r.IPv4 = nil })
		}, nil},
		{"unknown is a drift", func(f *aix.Facts) {
			f.Inittab = aix.Unknown[[]aix.InittabEntry](aix.Why{Probe: "inittab", Reason: "timed out"})
		}, []string{"inittab can no longer be told (probe inittab: timed out)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := healthy()
			c.edit(now)
			items := Compare(healthy(), now)
			if len(items) != len(c.words) {
				t.Fatalf("got %+v", items)
			}
			for i, want := range c.words {
				if !strings.HasPrefix(items[i].Words, want) {
					t.Errorf("got %q, want %q", items[i].Words, want)
				}
			}
		})
	}
}

func TestHistoryNamesTheStretchAndSeesTheRestoration(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 1, 31, 12, minute, 0, 0, time.UTC) }
	broken := healthy()
	change(broken, "en1", func(r *aix.Running, _ *aix.Configured) { r.Up = false })
	items := History([]Snapshot{
		{Name: "baseline", Time: at(0), Facts: healthy()},
		{Name: "checkpoint 2", Time: at(5), Facts: broken},
		{Name: "checkpoint 3 (after restoring)", Time: at(6), Facts: healthy(), Proof: true},
		{Name: "final", Time: at(9), Facts: broken},
	})
	if len(items) != 2 || !items[0].Restored || items[1].Restored {
		t.Fatalf("got %+v", items)
	}
	if want := "between baseline (12:00:00Z) and checkpoint 2 (12:05:00Z)"; items[0].Stretch != want {
		t.Errorf("got %q, want %q", items[0].Stretch, want)
	}
	if want := "between checkpoint 3 (after restoring) (12:06:00Z) and final (12:09:00Z)"; items[1].Stretch != want {
		t.Errorf("got %q, want %q", items[1].Stretch, want)
	}
}
