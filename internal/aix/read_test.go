// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestHealthyGuestReadsWhole(t *testing.T) {
	started := time.Date(2026, 11, 24, 11, 59, 58, 5e8, time.UTC)
	facts := Read(outputsOf(guest), ReadOptions{Started: started, Ended: started.Add(30 * time.Second)})
	expect(t, facts, map[string]string{
		"system.clock_skew": "0", "cluster.cluster0": "false", "system.os": "AIX", "system.hostname": "golden", "system.root": "true", "system.time": "2026-11-24T12:00:00Z",
		"system.level.version": "7.3", "system.level.technology_level": "2", "system.level.service_pack": "2", "system.level.build": "2420",
		"system.model": "IBM,9105-22A", "system.partition_uuid": "0f0e0d0c-0b0a-4908-8706-050403020100", "system.system_id": "IBM,0212345A7",
		"system.firmware": "IBM,FW1050.70 (ML1050_132)", "system.os_uuid": "11111111-2222-4333-8444-555555555555",
		"filesets[]": "6", "filesets[4].name": "rsct.core.rmc", "filesets[4].level": "3.3.1.1", "filesets[4].state": "committed",
		"filesets[4].kind": "update", "filesets[4].efix_locked": "true",
		"filesets[4].parts[]": "2", "filesets[4].parts[0].part": "root", "filesets[4].parts[0].level": "3.3.1.0", "filesets[4].parts[1].part": "usr",
		"filesets[5].state": "applied", "filesets[0].kind": "base", "filesets[2].parts[]": "0",
		"rpms[]": "1", "rpms[0].name": "cloud-init", "rpms[0].version": "22.1-3",
		"interim_fixes[]": "1", "interim_fixes[0].label": "IJ00001s1a", "interim_fixes[0].reboot_required": "false",
		"maintenance.consistent": "true", "maintenance.inconsistencies[]": "0", "maintenance.incomplete_levels[]": "0",
		"subsystems[]": "6", "rmc.control_points[]": "1", "rmc.control_points[0].connected": "true", "rmc.in_band.present": "false",
		"rmc.records[]": "1", "rmc.records[0].addresses[0]": "fe80::c0de:1ff:fe00:42", "rmc.connected": "true", "rmc.peers[]": "0", "rmc.managed_nodes[]": "0",
		"rmc.remote_clients": "true", "rmc.arguments": "-a IBM.LPCommands -r", "rc_tcpip.network[]": "0", "interfaces[1].configured.available": "true", "interfaces[1].adapter.available": "true", "rmc.packet_filter.blocks_rmc": "false", "rmc.packet_filter.ipv4.rules[]": "2",
		"node_id.reported": "badc0ffee0ddf00", "node_id.etc.id": "badc0ffee0ddf00", "node_id.var.id": "badc0ffee0ddf00", "node_id.consistent": "true",
		"interfaces[]": "4", "interfaces[1].name": "en1", "interfaces[1].running.up": "true", "interfaces[1].running.mtu": "1500",
		"interfaces[1].running.ipv6[0].address": "fe80::f8a1:2ff:fe34:5601", "interfaces[1].running.ipv6[0].scope": "link-local",
		"interfaces[1].configured.netaddr6": "fe80::f8a1:2ff:fe34:5601", "interfaces[1].configured.netaddr": "", "interfaces[1].configured.state": "up",
		"interfaces[1].adapter.mac": "fa:a1:02:34:56:01", "interfaces[1].adapter.port_vlan": "4094", "interfaces[1].adapter.switch": "MGMTSWITCH",
		"interfaces[1].link_local": "true", "interfaces[1].matches_mac": "true", "interfaces[0].link_local": "false", "interfaces[0].matches_mac": "false",
		"interfaces[2].name": "et0", "interfaces[2].running.present": "false", "interfaces[2].configured.defined": "true",
		"management.interface": "en1", "management.address": "fe80::f8a1:2ff:fe34:5601", "management.prefix_length": "64", "management.up": "true",
		"management.persisted_in_odm": "true", "management.persisted_in_rc_tcpip": "true", "management.persisted_by_autoconf6": "false", "management.persistent": "true",
		"routes6[]": "3", "routes6[2].gateway": "", "rc_tcpip.present": "true", "rc_tcpip.mode": "-rwxrwxr--", "rc_tcpip.chdev[]": "1", "rc_tcpip.chdev[0].line": "5",
		"rc_tcpip.dropped_at_deploy[]": "1", "rc_tcpip.starts[]": "3", "rc_tcpip.starts[0].enabled": "false", "rc_tcpip.starts[2].daemon": "portmap",
		"inittab[]": "4", "inittab[2].in_use": "false", "inittab[3].command": "/usr/bin/startsrc -s ctrmc > /var/ct/ctrmc-inittab.err 2>&1",
		"cloud_init.installed": "true", "cloud_init.version": "22.1-3", "cloud_init.links[]": "2", "cloud_init.links[0]": "S01cloud-init-local",
		"cloud_init.config.data_sources[0]": "ConfigDrive", "cloud_init.config.modules[]": "4", "cloud_init.config.modules[1]": "write-files", "cloud_init.config.modules[3]": "reset-rmc",
		"boot.clouddev": "1", "boot.ghostdev": "0", "boot.list[]": "1", "boot.list[0]": "hdisk0", "boot.device": "hdisk0", "boot.disks[]": "2", "boot.disks[1].pvid": "",
		"boot.volume_groups[]": "1", "boot.leftovers[]": "0", "boot.npiv_adapters[0]": "fcs0", "boot.npiv_support": "7.3.2.0", "boot.mpio_filesets[0]": "devices.common.IBM.mpio.rte",
		"cluster.peer_domain": "", "cluster.caa": "false", "disagreements[]": "0",
	})
	for _, u := range Unknowns(facts) {
		t.Errorf("%s is unknown: %s", u.Path, u.Why)
	}
}

// Whatever befalls one probe, no fact may take another value: it stays as it is, or
// becomes unknown, and something does.
func TestUnreadableProbeMakesFactsUnknownAndNeverDifferent(t *testing.T) {
	healthy := flat(Read(outputsOf(guest), ReadOptions{}))
	fates := map[string]func(*Output){
		"missing":   nil,
		"timed out": func(o *Output) { o.Problem = "timed out" },
		"cut off":   func(o *Output) { o.Stdout, o.Problem = o.Stdout[:len(o.Stdout)/2], "output cut off at 2097152 bytes" },
		"not found": func(o *Output) { o.Stdout, o.Stderr, o.ExitCode = nil, []byte("ksh: not found.\n"), 127 },
		"denied":    func(o *Output) { o.Stdout, o.Stderr, o.ExitCode = nil, []byte("permission denied\n"), 126 },
		"failed":    func(o *Output) { o.Stdout, o.Stderr, o.ExitCode = nil, []byte("some error\n"), 255 },
		"garbled":   func(o *Output) { o.Stdout = []byte("\x00\xff = garbage: (not| an output)\n\tand more;\n") },
	}
	// Facts that are not of type Fact, and say what was not read by being less.
	plain := func(path string) bool {
		return strings.HasPrefix(path, "management.reason") || strings.HasPrefix(path, "management.candidates") ||
			strings.HasPrefix(path, "disagreements")
	}
	silent := map[string]bool{
		// The guest has no mcproxy, which the list of subsystems tells.
		ProbeInBand: true,
	}
	for probe := range guest {
		for fate, befalls := range fates {
			outputs := outputsOf(guest)
			if befalls == nil {
				delete(outputs, probe)
			} else {
				out := outputs[probe]
				befalls(&out)
				outputs[probe] = out
			}
			if probe == ProbeConsistency && fate == "garbled" {
				continue // whatever lppchk says is what it found
			}
			got := flat(Read(outputs, ReadOptions{}))
			unknown := 0
			for path, value := range got {
				switch was, there := healthy[path]; {
				case strings.HasPrefix(value, "unknown: "):
					unknown++
				case plain(path), there && value == was:
				default:
					t.Errorf("%s %s: %s is %q, was %q (there: %v)", probe, fate, path, value, was, there)
				}
			}
			if unknown == 0 && !silent[probe] && !(probe == ProbePeerDomain && (fate == "not found" || fate == "denied")) {
				t.Errorf("%s %s: nothing became unknown", probe, fate)
			}
		}
	}
}

func TestReasonNamesProbeAndLine(t *testing.T) {
	facts := Read(with(ProbeDisks, "hdisk0 00fa00d012345678 rootvg active\nhdiskl none None\n"), ReadOptions{})
	want := `probe disks: line 2 is "hdiskl none None", expected a disk such as hdisk0`
	if why := facts.Boot.Disks.Why().String(); !strings.HasPrefix(why, want) {
		t.Errorf("the reason is %q", why)
	}
	expect(t, facts, map[string]string{"cluster.caa": "unknown: hdiskl", "boot.leftovers": "unknown: hdiskl", "boot.list[0]": "hdisk0"})
}

func TestNothingCollectedIsAllUnknown(t *testing.T) {
	for path, value := range flat(Read(nil, ReadOptions{})) {
		switch {
		case strings.HasPrefix(value, "unknown: "), path == "management.reason", path == "management.candidates[]", path == "disagreements[]":
		default:
			t.Errorf("%s is %q", path, value)
		}
	}
}

// Another user than root is shown less: what is not shown proves nothing.
func TestCollectionWithoutRootDistrustsAbsence(t *testing.T) {
	t.Run("another user", func(t *testing.T) {
		facts := Read(with(ProbeUID, "204\n", ProbeDomainStatus, "", ProbeMCP, "", ProbeNodeIDVar, "absent\n"), ReadOptions{})
		expect(t, facts, map[string]string{
			"system.root": "false", "rmc.control_points": "unknown: not collected as root", "rmc.records": "unknown: not collected as root",
			"rmc.connected": "unknown: not collected as root", "cluster.peer_domain": "unknown: not collected as root",
			"node_id.var": "unknown: not collected as root", "node_id.consistent": "unknown: not collected as root",
			"maintenance.consistent": "unknown: not collected as root", "node_id.etc.present": "true", "interim_fixes[]": "1",
		})
	})
	t.Run("who is not known", func(t *testing.T) {
		outputs := with(ProbeDomainStatus, "")
		delete(outputs, ProbeUID)
		expect(t, Read(outputs, ReadOptions{}), map[string]string{"rmc.control_points": "unknown: not known to be collected as root", "rmc.peers": "unknown: "})
	})
	t.Run("what is shown counts", func(t *testing.T) {
		expect(t, Read(with(ProbeUID, "204\n"), ReadOptions{}), map[string]string{"rmc.connected": "true", "rmc.records[]": "1", "rmc.peers": "unknown: "})
	})
	t.Run("no interim fixes, says emgr", func(t *testing.T) {
		outputs := with(ProbeUID, "204\n")
		outputs[ProbeInterimFixes] = Output{Stderr: []byte("There is no efix data on this system.\n")}
		expect(t, Read(outputs, ReadOptions{}), map[string]string{"interim_fixes": "unknown: not collected as root"})
	})
}

func TestReadingIsDeterministic(t *testing.T) {
	first, err := json.Marshal(Read(outputsOf(guest), ReadOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, _ := json.Marshal(Read(outputsOf(guest), ReadOptions{}))
		if string(again) != string(first) {
			t.Fatal("the same outputs read differently")
		}
	}
}

// The guest's clock says 12:00:00, to the second.
func TestClockSkewIsThatOutsideTheCollection(t *testing.T) {
	at := func(clock string) time.Time {
		parsed, err := time.Parse("15:04:05.000", clock)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 11, 24, parsed.Hour(), parsed.Minute(), parsed.Second(), parsed.Nanosecond(), time.UTC)
	}
	for _, c := range []struct{ started, ended, want string }{
		{"11:59:50.000", "12:00:10.000", "0"},
		{"12:00:00.900", "12:00:10.000", "0"}, // the second that was going on
		{"11:59:50.000", "12:00:00.000", "0"},
		{"12:00:01.000", "12:00:10.000", "-1"},
		{"11:59:50.000", "11:59:59.500", "1"},
		{"11:00:00.000", "11:30:00.000", "1800"},
		{"13:00:00.000", "13:30:00.000", "-3600"},
	} {
		expect(t, Read(outputsOf(guest), ReadOptions{Started: at(c.started), Ended: at(c.ended)}), map[string]string{"system.clock_skew": c.want})
	}
	expect(t, Read(outputsOf(guest), ReadOptions{}), map[string]string{"system.clock_skew": "unknown: collected by hand"})
	expect(t, Read(with(ProbeDate, "soon\n"), ReadOptions{Started: at("11:59:50.000"), Ended: at("12:00:10.000")}), map[string]string{"system.clock_skew": "unknown: "})
}

// What IBM says that lslpp shows to root alone, and what another user may not reach,
// is unknown without root.
func TestWithoutRootSilenceIsNoAnswer(t *testing.T) {
	fixes := "rsct.core:rsct.core.rmc:3.2.6.10: : :C:F:x: : : : : : :1:1:/:\nIJ1:IJ1:1.0.0.0: : :C:E:an interim fix: : : : : : :0:0:/:\nx:x.y:1.0.0.0: : :C: :x: : : : : : :0:0:/:\n"
	proxy := guest[ProbeSubsystems] + " mcproxy rsct 1 active\n"
	changes := []string{ProbeFilesets, fixes, ProbeCloudConfig, "absent\n", ProbeSubsystems, proxy, ProbeInBand, "Status of the proxy\n"}
	expect(t, Read(with(changes...), ReadOptions{}), map[string]string{
		"filesets[]": "2", "filesets[0].efix_locked": "true", "filesets[1].efix_locked": "false",
		"cloud_init.config.present": "false", "rmc.in_band.active": "true",
	})
	expect(t, Read(with(append(changes, ProbeUID, "204\n")...), ReadOptions{}), map[string]string{
		"filesets[]": "2", "filesets[0].efix_locked": "true", "filesets[1].efix_locked": "unknown: not collected as root",
		"cloud_init.config": "unknown: not collected as root", "rmc.in_band": "unknown: not collected as root",
	})
}

// An address that comes back at boot, but is not the one that runs, is no agreement;
// one that is not link-local brings nothing back.
func TestStoredAddressIsComparedWithTheOneThatRuns(t *testing.T) {
	odm := func(address string) string {
		return "@@ en0\n" + attributesOf("198.51.100.10", "", "up") + "@@ = 0\n@@ en1\n" + attributesOf("", address, "up") + "@@ = 0\n"
	}
	for name, c := range map[string]struct {
		odm, rc string
		want    map[string]string
	}{
		"the same, written otherwise": {"FE80:0:0::f8a1:2ff:fe34:5601", "", map[string]string{"disagreements[]": "0", "management.persistent": "true"}},
		"another in the ODM": {"fe80::1", "", map[string]string{"disagreements[]": "1", "disagreements[0].subject": "en1 link-local address",
			"disagreements[0].sources[0]": "ifconfig says fe80::f8a1:2ff:fe34:5601", "disagreements[0].sources[1]": "the ODM says fe80::1"}},
		"another in rc.tcpip": {"", "chdev -l en1 -anetaddr6=fe80::2 -aprefixlen=64\n", map[string]string{"disagreements[]": "1",
			"disagreements[0].sources[0]": "/etc/rc.tcpip says fe80::2"}},
		"a global one in the ODM": {"2001:db8::1", "", map[string]string{"disagreements[]": "0", "management.persisted_in_odm": "false", "management.persistent": "false"}},
		"a global one in rc.tcpip": {"", "chdev -l en1 -anetaddr6=2001:db8::1 -aprefixlen=64\n",
			map[string]string{"disagreements[]": "0", "management.persisted_in_rc_tcpip": "false"}},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, Read(with(ProbeAttributes, odm(c.odm), ProbeRcTCPIP, rcHead+c.rc), ReadOptions{}), c.want)
		})
	}
}

func TestRouteWhoseColumnsRanTogetherIsRefused(t *testing.T) {
	heading := "Route tree for Protocol Family 24 (Internet v6):\n"
	for line, want := range map[string]string{
		"fe80::80de:eff:fe65:c1a                   UHXLWl    4         0 lo0      -      -\n": "",
		"ff01::%1/16        ::1               U         0         0 lo0      -      -\n":      "::1",
		"2001:db8:1:2:3:4:5:6fe80::80de:eff:fe65:c1a UG 4 0 en0 - -\n":                        "refused",
		"default            fe80::1           UG        0         0 en1      -      -   =>\n": "fe80::1",
	} {
		routes, err := ParseRoutes6([]byte(heading + line))
		switch {
		case want == "refused" && err == nil:
			t.Errorf("%q reads as %+v", line, routes)
		case want != "refused" && (err != nil || len(routes) != 1 || routes[0].Gateway != want):
			t.Errorf("%q reads as %+v (%v)", line, routes, err)
		}
	}
}
