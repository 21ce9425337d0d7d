// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryProbeHasAnOutputInTheTestGuest(t *testing.T) {
	names := []string{}
	for probe := range guest {
		names = append(names, probe)
	}
	slices.Sort(names)
	want := slices.Sorted(slices.Values(Probes))
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

// Outputs that look right at first sight, and the words that refuse them.
func TestDamagedOutputIsRefusedWithItsLine(t *testing.T) {
	row := func(fields string) string { return "x:" + fields + "\n" }
	for _, c := range []struct{ parser, output, want string }{
		{"filesets", "", "no fileset listed"},
		{"filesets", row("rsct.core.rmc:3.2.6.2: : :C: :d: : : : : : :0:0:/"), "line 1 is"},
		{"filesets", row("rsct.core.rmc:3.2.6.2: : :X: :d: : : : : : :0:0:/:"), "states A B C E O ?"},
		{"filesets", row("rsct.core.rmc:3.2.6.2: : :C:Z:d: : : : : : :0:0:/:"), "types F P C T E R"},
		{"filesets", row("rsct.core.rmc:3.2.6.2: : :C: :d: : : : : : :0:yes:/:"), "efix lock of 0 or 1"},
		{"filesets", row("rsct.core.rmc:3.2.6: : :C: :d: : : : : : :0:0:/:") + row("rsct.core.rmc:3.2.x: : :C: :d: : : : : : :0:0:/:"), "line 2: level \"3.2.x\""},
		{"filesets", row("a.b:3.2.6.2: : :C: :d: : : : : : :0:0:/:") + row("a.b:3.2.6.1: : :C: :d: : : : : : :0:0:/:"), "listed twice"},
		{"filesets", row(" :3.2.6.2: : :C: :d: : : : : : :0:0:/:"), "line 1 is"},
		{"parts", "/usr/lib/objrepos:a.b:1.0.0.0::COMMITTED:I:d:\n/usr/lib/objrepos:a.b:1.0.0.1::COMMITTED:I:d:\n", "each part of a fileset once"},
		{"parts", "/usr/lib/objrepos:a.b:1.0.0.0::VALIDE:I:d:\n", "C locale"},
		{"parts", "/opt/objrepos:a.b:1.0.0.0::COMMITTED:I:d:\n", "a path"},
		{"subsystems", "Subsystem Group PID Status\n", "no subsystem"},
		{"subsystems", " ctrmc rsct active\n", "line 1"},
		{"subsystems", " ctrmc rsct 12 inoperative\n", "line 1"},
		{"subsystems", " ctrmc rsct 99999999999 active\n", "line 1"},
		{"subsystems", " ctrmc rsct 12 asleep\n", "line 1"},
		{"subsystems", " ctrmc rs ct 12 active\n", "line 1"},
		{"domain status", "   I A  0xef889c809d9617c7 0001  192.0.2.1\n", "heading"},
		{"domain status", "Management Domain Status: Management Control Points\n   IA  0xef889c809d9617c7 0001  192.0.2.1\n", "line 2"},
		{"domain status", "Management Domain Status: Management Control Points\n   I A  ef889c809d9617c7 0001  192.0.2.1\n", "line 2"},
		{"domain status", "Management Domain Status: Something Else\n   I A  0xef889c809d9617c7 0001  192.0.2.1\n", "line 1"},
		{"records", "Resource Persistent Attributes for IBM.Host\n", "line 1"},
		{"records", "Resource Persistent Attributes for IBM.MCP\nresource 2:\n", "next number"},
		{"records", "Resource Persistent Attributes for IBM.MCP\nresource 1:\n\tMNName = \"a\n", "line 3"},
		{"records", "Resource Persistent Attributes for IBM.MCP\nresource 1:\n\tNodeID = 5\n", "neither MNName nor HMCName"},
		{"peer domains", "farm Online 3.1.4.0\n", "heading"},
		{"peer domains", "Name OpState RSCTActiveVersion\nfarm Perhaps 3.1.4.0\n", "line 2"},
		{"odm", "        name = \"cluster0\"\n", "line 1"},
		{"odm", "CuAt:\n        name = \"cluster0\n", "quotes close"},
		{"ifconfig", "", "not even lo0"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP,RUNNING>\n\tinet6 fe80::1 /64\n", "line 2"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP,RUNNING>\n\tinet6 fe80::1/129\n", "prefix length"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP,RUNNING>\n\tinet6 fe8O::1/64\n", "IPv6 address"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP,RUNNING>\n\tinet 192.0.2.1 netmask\n", "netmask without a value"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP,RUNNING>\n\tinet 6 fe80::1/64\n", "IPv4 address"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP,RUNNING>\n\tfe80::1/64\n", "options without colons"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP,RUNNING>\nen0: flags=1e084863,814c0<UP,RUNNING>\n", "each interface once"},
		{"ifconfig", "\tinet 192.0.2.1\n", "head of an interface"},
		{"ifconfig", "en0: flags=1e084863,814c0<UP, RUNNING>\n", "head of an interface"},
		{"netstat", "en0 1500 link#2 fa.a1.2.34.56.0\n", "heading"},
		{"netstat", "Name Mtu Network\nen0 big link#2\n", "an MTU"},
		{"netstat", "Name Mtu Network\nen0 1500 link#2 fa.a1.2.34.56.zz\n", "six octets"},
		{"netstat", "Name Mtu Network\n", "not even lo0"},
		{"routes", "", "no heading"},
		{"routes", "Route tree for Protocol Family 2 (Internet):\ndefault 192.0.2.1 UG 1 1 en0\n", "no heading"},
		{"routes", "Route tree for Protocol Family 24 (Internet v6):\nfe80::/64 link#3 UCX 0 en1\n", "line 2"},
		{"devices", "en0:Available\n", "line 1"},
		{"devices", "en0:Available:d\nen0:Available:d\n", "line 2"},
		{"devices", "../en0:Available:d\n", "line 1"},
		{"attributes", "", "no attribute"},
		{"attributes", "state:up\nnetaddr 192.0.2.1\n", "line 2"},
		{"attributes", "state:up\nstate:down\n", "line 2"},
		{"attribute columns", "netaddr6  x True\n", "no line with a known description"},
		{"attribute columns", "netaddr 192.0.2.1 Internet Address True\nstate up  Current Interface Status True\nmtu 1500 Maximum IP Packet Size for This Device True\n", "below those"},
		{"attribute sections", "@@ en0\nstate:up\n", "has no end"},
		{"attribute sections", "@@ en0\n@@ en1\n", "line 2"},
		{"attribute sections", "@@ en0\n@@ = 0\n@@ en0\n@@ = 0\n", "line 3"},
		{"attribute sections", "@@ ../x\n@@ = 0\n", "line 1"},
		{"attribute sections", "state:up\n", "line 1"},
		{"entstat", "Hardware Address: fa:a1:02:34:56:00\n", "no heading"},
		{"entstat", "ETHERNET STATISTICS (ent0) :\nHardware Address: fa:a1:02:34:56\n", "six octets"},
		{"entstat", "ETHERNET STATISTICS (ent0) :\nHardware Address: fa:a1:02:34:56:00\nPort VLAN ID: many\n", "0 to 4095"},
		{"rc.tcpip", "-rwxrwxr-- 1 0 0\n", "absent"},
		{"rc.tcpip", "present -rwxrwxr-- 1 root system 1 f\n", "numeric owner"},
		{"rc.tcpip", "absent\nstart /usr/sbin/x\n", "nothing after"},
		{"inittab", "", "no entry"},
		{"inittab", "root:!:0:0::/:/usr/bin/ksh\n", "line 1"},
		{"inittab", "ctrmc:2:once", ""},
		{"cloud config", rcHead + "datasource_list: *sources\n", "datasource_list in line 1"},
		{"cloud config", rcHead + "datasource_list: [ConfigDrive\nusers: x\n", "datasource_list in line 1"},
		{"cloud config", rcHead + "cloud_init_modules:\n - name: migrator\n", "cloud_init_modules in line 1"},
		{"cloud config", rcHead + "cloud_init_modules:\n  migrator\n", "cloud_init_modules in line 1"},
		{"cloud config", rcHead + "datasource_list: []\ndatasource_list: []\n", "each key once"},
		{"cloud config", rcHead + "not yaml\n", "line 1"},
		{"rc2 links", "ls: 0653-341 The file /etc/rc.d/rc2.d does not exist.\n", "line 1"},
		{"boot list", "hdiskO blv=hd5 pathid=0\n", "line 1"},
		{"boot list", "hdisk0 hd5\n", "options"},
		{"boot list", "hdisk1\nhdisk2\nhdisk3\nhdisk4\nhdisk5\nhdisk6\n", "at most five"},
		{"boot device", "", "one device"},
		{"boot device", "hdisk0\nhdisk1\n", "one device"},
		{"disks", "", "no disk"},
		{"disks", "hdisk0 00fa00d012345678 rootvg asleep\n", "the state active"},
		{"disks", "hdisk0 00fa rootvg active\n", "line 1"},
		{"disks", "hdisk0 none None\nhdisk0 none None\n", "line 2"},
		{"interim fixes", "", "neither a table"},
		{"interim fixes", "ID  STATE LABEL\n=== ===== ==========\nx S L\n", "line 3"},
		{"interim fixes", "ID  STATE LABEL\n=== ===== ==========\n1 W L\n", "line 3"},
		{"technology level", "", "no technology level"},
		{"technology level", "Some filesets for 7300-00_AIX_ML were found.\n", "line 1"},
		{"filter rules", "Rule 1:\n", "line 1"},
		{"filter rules", "0|permit|::|0|::|0|yes|all|near|0|any|0|both|both|no|all packets|0|all\n", "operator"},
		{"oslevel", "7300-02\n", "VVRR-TL-SP-YYWW"},
		{"oslevel", "7300-2-2-2420\n", "VVRR-TL-SP-YYWW"},
		{"oslevel", "7300-02-02-2420\nmore\n", "VVRR-TL-SP-YYWW"},
		{"uname", "AIX golden\n", "line 1"},
		{"uname", "AIX golden x 7 00F\n", "line 1"},
		{"uid", "root\n", "line 1"},
		{"date", "yesterday\n", "line 1"},
		{"sys0", "clouddev:1\n", "modelname"},
		{"node id", "12345678901234567", "1 to 16"},
	} {
		t.Run(fmt.Sprintf("%s %.40q", c.parser, c.output), func(t *testing.T) {
			value, err := parsers[c.parser]([]byte(c.output))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && err == nil:
				t.Errorf("it reads as %+v", value)
			case c.want != "" && !strings.Contains(err.Error(), c.want):
				t.Errorf("the error is %q, want %q in it", err, c.want)
			}
		})
	}
}

func TestFilesetRowsOfAllKinds(t *testing.T) {
	filesets, rpms, err := ParseFilesets([]byte("#Package Name:Fileset:Level:…\n" +
		"rsct.core:rsct.core.rmc:3.2.6.10: : :E:F:with a colon: in it: : : : : : :1:1:/:2246\r\n" +
		"IJ1:IJ1:1.0.0.0: : :C:E:an interim fix: : : : : : :0:0:/:\n" +
		"bash:bash-5.1.4-2:5.1.4-2: : :C:R:shell: :/bin/rpm -e bash: : : : :0: :(none):Fri Aug 13 04:33:12 EDT 2021\n" +
		"a:a.b:1: : :O:P:old: : : : : : :0:0:/:\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"IJ1 1.0.0.0 committed interim fix false", "a.b 1 obsolete product false", "rsct.core.rmc 3.2.6.10 efix locked update true"}
	got := []string{}
	for _, f := range filesets {
		locked, _ := f.EFIXLocked.Get()
		got = append(got, fmt.Sprintf("%s %s %s %s %v", f.Name, f.Level, f.State, f.Kind, locked))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]RPM{{"bash", "5.1.4-2"}}, rpms); diff != "" {
		t.Error(diff)
	}
}

func TestLevelsCompareAsNumbers(t *testing.T) {
	ascending := []string{"2.4.5.0", "2.4.11.0", "3.1", "3.2.0.9", "3.2.0.10", "3.2.1", "3.2.6.2", "9.9.3015.2001", "99.99.999.999"}
	for i, a := range ascending {
		for j, b := range ascending {
			la, err := ParseLevel(a)
			lb, errB := ParseLevel(b)
			if err != nil || errB != nil {
				t.Fatal(err, errB)
			}
			if got := la.Compare(lb); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s and %s compare as %d", a, b, got)
			}
		}
	}
	for _, bad := range []string{"", ".", "1.", ".1", "1..2", "1.2.3.4.5", "-1.2", "+1", "1e3", "1.0000000001", "1.2 ", "１.2"} {
		if level, err := ParseLevel(bad); err == nil {
			t.Errorf("%q reads as %v", bad, level)
		}
	}
}

func TestBootListShowsEachDeviceOnce(t *testing.T) {
	got, err := ParseBootList([]byte("hdisk1 blv=hd5 pathid=0\nhdisk1 blv=hd5 pathid=1\nhdisk1 blv=hd5 pathid=2\ncd0\nrootdisk0 blv=hd5\nhdiskpower3\nent0 bserver=192.0.2.1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"hdisk1", "cd0", "rootdisk0", "hdiskpower3", "ent0"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCloudConfigInItsUsualForms(t *testing.T) {
	for name, c := range map[string]struct {
		text             string
		sources, modules []string
	}{
		"flow lists":           {"datasource_list: ['ConfigDrive', \"None\", Ec2,]\ncloud_init_modules: [migrator, seed_random]\n", []string{"ConfigDrive", "None", "Ec2"}, []string{"migrator", "seed_random"}},
		"flow over lines":      {"datasource_list: [\n  ConfigDrive,\n  None\n]\nusers: []\n", []string{"ConfigDrive", "None"}, []string{}},
		"block lists":          {"datasource_list:\n- ConfigDrive\n- None\ncloud_config_modules:\n  - [scripts-user, always]\n  - 'reset-rmc'\n", []string{"ConfigDrive", "None"}, []string{"scripts-user", "reset-rmc"}},
		"comments":             {"# datasource_list: [Ec2]\ndatasource_list: [ConfigDrive] # only\ncloud_final_modules:\n  # - reset-rmc\n  - final-message # - reset-rmc\n", []string{"ConfigDrive"}, []string{"final-message"}},
		"an empty list":        {"datasource_list: []\n", []string{}, []string{}},
		"other keys":           {"datasource:\n  ConfigDrive:\n    dsmode: local\nsystem_info:\n   default_user:\n     name: aix\n", []string{}, []string{}},
		"modules of all three": {"cloud_init_modules:\n - a\ncloud_config_modules:\n - b\ncloud_final_modules:\n - c\n", []string{}, []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseCloudConfig([]byte(rcHead + c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(CloudConfig{Present: true, DataSources: c.sources, Modules: c.modules}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCloudConfigThatLeavesTheNetworkAlone(t *testing.T) {
	for text, want := range map[string]bool{
		"network:\n  config: disabled\n":                          true,
		"network: {config: disabled}\n":                           true,
		"network: { \"config\": 'disabled' } # by us\n":           true,
		"network:\n  version: 2\n  config: disabled\n":            true,
		"network:\n  # config: disabled\n":                        false,
		"network:\n  config: enabled\n":                           false,
		"network:\n  config: disabledx\n":                         false,
		"growpart:\n  config: disabled\n":                         false,
		"network:\n  version: 1\ngrowpart:\n  config: disabled\n": false,
		"users: []\n": false,
	} {
		got, err := ParseCloudConfig([]byte(rcHead + text))
		if err != nil || got.NetworkDisabled != want {
			t.Errorf("%q: %v, %v", text, got.NetworkDisabled, err)
		}
	}
}

func TestAdapterOfAnAggregationIsItsOwn(t *testing.T) {
	text := statisticsOf("ent2", "fa:a1:02:34:56:02", 7, "ETHERNET0") + statisticsOf("ent0", "fa:a1:02:34:56:00", 4094, "MGMTSWITCH")
	got, err := ParseEntstat("ent2", []byte(text))
	if err != nil || got.MAC != "fa:a1:02:34:56:02" || got.PortVLAN != 7 || got.Switch != "ETHERNET0" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestExitCodesThatAreNormal(t *testing.T) {
	for name, c := range map[string]struct {
		outputs Outputs
		want    map[string]string
	}{
		"lslpp misses one of the patterns": {withOutput(ProbeFilesetParts, Output{ExitCode: 1, Stdout: []byte(guest[ProbeFilesetParts]), Stderr: []byte("lslpp: 0504-132  Fileset rsct.x not installed.\n")}),
			map[string]string{"filesets[4].parts[]": "2"}},
		"lppchk finds something": {withOutput(ProbeConsistency, Output{ExitCode: 2, Stderr: []byte("lppchk:  The following filesets need to be installed\n  x.y 1.0.0.0\n")}),
			map[string]string{"maintenance.consistent": "false", "maintenance.inconsistencies[]": "2"}},
		"lppchk fails without a word": {withOutput(ProbeConsistency, Output{ExitCode: 2}), map[string]string{"maintenance.consistent": "unknown: without a word"}},
		"emgr has no fixes":           {withOutput(ProbeInterimFixes, Output{ExitCode: 0, Stderr: []byte("There is no efix data on this system.\n")}), map[string]string{"interim_fixes[]": "0"}},
		"a section that failed":       {with(ProbeAttributes, replaced(t, ProbeAttributes, "state:up\n@@ = 0\n", "@@ = 255\n")), map[string]string{"interfaces[1].configured": "unknown: en1: lsattr ended with exit code 255", "interfaces[0].configured": "unknown: "}},
		"an attribute that is not listed": {with(ProbeAttributes, replaced(t, ProbeAttributes, "netaddr6:fe80::f8a1:2ff:fe34:5601\n", "")),
			map[string]string{"interfaces[1].configured": "unknown: no attribute netaddr6", "management.persisted_in_odm": "unknown: ", "interfaces[0].configured.netaddr6": ""}},
		"part of a fileset not listed": {with(ProbeFilesetParts, "/usr/lib/objrepos:bos.rte.SRC:7.3.2.0::COMMITTED:I:d:\n"), map[string]string{"filesets[4].parts": "unknown: lslpp -lc does not list it"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, Read(c.outputs, ReadOptions{}), c.want) })
	}
}
