// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// captures returns the folder of real captured outputs. They are not part of this
// project: RSCT_CAPTURES names the folder, or it lies beside the project's own.
func captures(tb testing.TB) string {
	tb.Helper()
	folder := os.Getenv("RSCT_CAPTURES")
	if folder == "" {
		at, err := os.Getwd()
		if err != nil {
			tb.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
				break
			}
			if at == filepath.Dir(at) {
				tb.Fatal("no go.mod above the test's folder")
			}
			at = filepath.Dir(at)
		}
		folder = filepath.Join(filepath.Dir(at), "shared", "aix", "captures")
	}
	if _, err := os.Stat(filepath.Join(folder, "INDEX.tsv")); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("captures are needed in CI: %v", err)
		}
		tb.Skipf("no captures on this machine: %v", err)
	}
	return folder
}

// captureRow is one row of INDEX.tsv.
type captureRow struct{ file, command, expected string }

func captureIndex(tb testing.TB, folder string) []captureRow {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "INDEX.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	var rows []captureRow
	for number, line := range lines(text) {
		fields := strings.Split(line, "\t")
		if number == 1 {
			continue
		}
		if len(fields) != 6 {
			tb.Fatalf("INDEX.tsv line %d has %d fields", number, len(fields))
		}
		rows = append(rows, captureRow{file: fields[0], command: fields[1], expected: fields[5]})
	}
	return rows
}

// Captures that no probe's parser reads, and why.
var capturesLeftOut = map[string]string{
	"lslpp-l-vfc-npiv-1.txt":           "the long form of lslpp wraps names; the collector runs lslpp -L and -l with -c",
	"lscfg-vpl-en-aix53c-1.txt":        "no probe runs lscfg: entstat and netstat tell the MAC",
	"lscfg-vpl-en-aix61a-1.txt":        "no probe runs lscfg: entstat and netstat tell the MAC",
	"lsdev-Cc-adapter-aix61a-1.txt":    "name:type:description; the probe asks for name:status:description, and this is refused",
	"lsdev-Cc-adapter-aix53c-1.txt":    "name:type:description; the probe asks for name:status:description, and this is refused",
	"lsdev-Cc-disk-1.txt":              "no probe lists disks with lsdev: lspv tells them",
	"lsvg-l-altinst-varyoff-1.txt":     "no probe runs lsvg: lspv tells the volume groups",
	"lsvg-l-rootvg-aix61-1.txt":        "no probe runs lsvg: lspv tells the volume groups",
	"oslevel-rl-1.txt":                 "no probe runs oslevel -rl: instfix tells incomplete technology levels",
	"lssrc-ls-inetd-1.txt":             "the long status of another subsystem; refused where a list is expected",
	"prtconf-9080-two-llan-1.txt":      "no probe runs prtconf: sys0, lspv and lsdev tell the same",
	"recfgct-refused-peerdomain-1.txt": "recfgct changes the node and is never run",
	"recfgct-ok-1.txt":                 "recfgct changes the node and is never run",
	"lspartition-dlpar-1.txt":          "output of the management console, not of the guest",
	"lssyscfg-rmcstate-1.txt":          "output of the management console, not of the guest",
}

// Every capture reads as its row of the index says, is refused where the row says
// that it is damaged or foreign, or is named above with the reason.
func TestEveryCaptureReadsAsItsIndexRowSays(t *testing.T) {
	folder := captures(t)
	seen := map[string]bool{}
	for _, row := range captureIndex(t, folder) {
		seen[row.file] = true
		read := readerOf(row)
		if reason := capturesLeftOut[row.file]; reason != "" {
			if read != nil {
				t.Errorf("%s is both read and left out", row.file)
			}
			t.Logf("left out: %s (%s): %s", row.file, row.command, reason)
			continue
		}
		if read == nil {
			t.Errorf("%s (%s) is neither read nor left out", row.file, row.command)
			continue
		}
		t.Run(row.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, row.file))
			if err != nil {
				t.Fatal(err)
			}
			read(t, row, text)
		})
	}
	for file := range capturesLeftOut {
		if !seen[file] {
			t.Errorf("%s is left out, but the index does not list it", file)
		}
	}
}

type captureReader func(t *testing.T, row captureRow, text []byte)

// readerOf finds the reader of a capture by its file name.
func readerOf(row captureRow) captureReader {
	if read, special := captureReaders[row.file]; special {
		return read
	}
	if capturesLeftOut[row.file] != "" {
		return nil
	}
	for _, form := range []struct {
		prefix string
		read   captureReader
	}{
		{"lslpp-lc-", readsParts},
		{"lsattr-El-aix", readsAttributeColumns},
		{"ifconfig-", readsIfconfig},
		{"netstat-i", readsNetstat},
		{"netstat-ni-", readsNetstat},
		{"netstat-rn-", readsRoutes},
		{"lspv-", readsDisks},
		{"lsrsrc-mcp-", readsRecords},
		{"lssrc-", readsSubsystems},
		{"rmcdomainstatus-", readsDomainStatus},
	} {
		if strings.HasPrefix(row.file, form.prefix) {
			return form.read
		}
	}
	return nil
}

// statement is one "subject=value" of an index row.
func statements(expected string) map[string]string {
	found := map[string]string{}
	for _, part := range strings.Split(expected, ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			found[name] = value
		}
	}
	return found
}

// The rows for lslpp -lc list every fileset of interest as name{usr=LEVEL/STATE,root=LEVEL/STATE}.
func readsParts(t *testing.T, row captureRow, text []byte) {
	parts, err := ParseFilesetParts(text)
	if strings.Contains(row.expected, "/VALIDE") {
		// Another language: "the parser must refuse non-C locale, never [read it] as broken".
		if err == nil {
			t.Fatal("a localised state was not refused")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, item := range strings.Split(row.expected, ";") {
		name, body, ok := strings.Cut(strings.TrimSpace(item), "{")
		if !ok {
			continue
		}
		want := []FilesetPart{}
		for _, part := range strings.Split(strings.TrimSuffix(body, "}"), ",") {
			which, levelState, _ := strings.Cut(part, "=")
			level, state, _ := strings.Cut(levelState, "/")
			want = append(want, FilesetPart{Part: which, Level: level, State: strings.ToLower(state)})
		}
		slices.SortFunc(want, func(a, b FilesetPart) int { return strings.Compare(a.Part, b.Part) })
		if diff := cmp.Diff(want, parts[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		checked++
	}
	if row.file != "lslpp-lc-aix73tl4-powervs-1.txt" && checked == 0 {
		t.Error("the row names no fileset")
	}
	if strings.Contains(row.expected, "rsct.core.rmc=absent") && parts["rsct.core.rmc"] != nil {
		t.Error("rsct.core.rmc is listed")
	}
	switch row.file {
	case "lslpp-lc-aix53c-applied-1.txt":
		applied := 0
		for name, list := range parts {
			for _, part := range list {
				if part.State == "applied" {
					applied++
					if !strings.HasPrefix(name, "devices.chrp.IBM.HPS.rte") && !strings.HasPrefix(name, "devices.common.IBM.sni.") {
						t.Errorf("%s is applied", name)
					}
				}
				if part.State == "broken" {
					t.Errorf("%s is broken", name)
				}
			}
		}
		if applied != 8 {
			t.Errorf("%d parts are applied", applied)
		}
	case "lslpp-lc-aix73tl4-powervs-1.txt":
		want := []FilesetPart{{"root", "7.3.4.2", "committed"}, {"usr", "7.3.4.2", "committed"}}
		if diff := cmp.Diff(want, parts["bos.rte"]); diff != "" {
			t.Error(diff)
		}
		if parts["openssh.base.server"][0].Level != "9.9.3015.2001" || len(parts["X11.apps.msmit"]) != 1 {
			t.Errorf("openssh %v, msmit %v", parts["openssh.base.server"], parts["X11.apps.msmit"])
		}
	}
}

// The rows for lsattr name attributes with their values, "(empty)" for none.
func readsAttributeColumns(t *testing.T, row captureRow, text []byte) {
	a, err := ParseAttributesColumns(text)
	if err != nil {
		t.Fatal(err)
	}
	want := statements(row.expected)
	if len(want) == 0 {
		t.Fatal("the row names no attribute")
	}
	for name, value := range want {
		got, there := a[name]
		if value == "(empty)" {
			value = ""
		}
		if !there || got != value {
			t.Errorf("%s is %q (listed: %v), want %q", name, got, there, value)
		}
	}
}

func readsIfconfig(t *testing.T, row captureRow, text []byte) {
	type addresses struct {
		IPv4, IPv6 []string
		Up         bool
	}
	want, known := map[string]map[string]addresses{
		"ifconfig-no-ipv6-1.txt": {"en0": {IPv4: []string{"192.168.2.104 255.255.255.240"}, Up: true}},
		"ifconfig-ohai-alias-1.txt": {
			"en0": {IPv4: []string{"172.29.174.58 255.255.192.0", "172.29.174.59 ", "172.29.174.60 255.255.192.0"}, IPv6: []string{"::1/0 loopback"}, Up: true},
			"en1": {IPv4: []string{"172.31.10.211 255.255.252.0"}, Up: true},
			"lo0": {IPv4: []string{"127.0.0.1 255.0.0.0"}, IPv6: []string{"::1/0 loopback"}, Up: true},
		},
		"ifconfig-pseg-1.txt": {
			"en0": {IPv4: []string{"192.168.9.230 255.255.254.0"}, Up: true},
			"lo0": {IPv4: []string{"127.0.0.1 255.0.0.0"}, IPv6: []string{"::1/0 loopback"}, Up: true},
		},
		"ifconfig-powerha1-alias-1.txt": {
			"en0": {IPv4: []string{"10.10.10.102 255.255.255.0", "10.10.10.101 255.255.255.0"}, Up: true},
			"lo0": {IPv4: []string{"127.0.0.1 255.0.0.0"}, Up: true},
		},
		"ifconfig-ipv6-before-autoconf6-1.txt": {
			"en1": {IPv4: []string{"152.66.211.195 255.255.248.0"}, Up: true},
			"lo0": {IPv4: []string{"127.0.0.1 255.0.0.0"}, IPv6: []string{"::1/0 loopback"}, Up: true},
		},
		"ifconfig-ipv6-after-autoconf6-1.txt": {
			"en1":  {IPv4: []string{"152.66.211.195 255.255.248.0"}, IPv6: []string{"fe80::209:6bff:fe2e:2d5c/64 link-local"}, Up: true},
			"sit0": {IPv6: []string{"::9842:d3c3/96 ipv4-compatible"}, Up: true},
			"lo0":  {IPv4: []string{"127.0.0.1 255.0.0.0"}, IPv6: []string{"::1/128 loopback"}, Up: true},
		},
	}[row.file]
	if !known {
		t.Fatal("no expectation for this capture")
	}
	blocks, err := ParseIfconfig(text)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]addresses{}
	for _, b := range blocks {
		a := addresses{Up: b.Up}
		for _, x := range b.IPv4 {
			a.IPv4 = append(a.IPv4, x.Address+" "+x.Netmask)
		}
		for _, x := range b.IPv6 {
			a.IPv6 = append(a.IPv6, x.Address+"/"+itoa(x.PrefixLength)+" "+x.Scope)
		}
		got[b.Name] = a
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if row.file == "ifconfig-ipv6-after-autoconf6-1.txt" {
		if address, _ := EUI64("00:09:6b:2e:2d:5c"); address != "fe80::209:6bff:fe2e:2d5c" {
			t.Errorf("EUI-64 is %s", address)
		}
	}
}

func readsNetstat(t *testing.T, row captureRow, text []byte) {
	want, known := map[string][]LinkRow{
		"netstat-ni-noipv6-1.txt": {
			{Name: "en0", MTU: 1500, MAC: "4e:8e:70:00:90:cf", IPv6: []string{}},
			{Name: "lo0", MTU: 16896, IPv6: []string{"::1"}}},
		"netstat-ni-autoconf6-1.txt": {
			{Name: "en0", MTU: 1500, MAC: "4e:8e:70:00:90:cf", IPv6: []string{"fe80::4c8e:70ff:fe00:90cf"}},
			{Name: "sit0", MTU: 1480, IPv6: []string{"::9c8:6817"}},
			{Name: "lo0", MTU: 16896, IPv6: []string{"::1"}}},
		"netstat-ni-ipv6only-1.txt": {
			{Name: "en0", MTU: 1500, MAC: "00:04:ac:17:b4:11", IPv6: []string{"fe80::204:acff:fe17:b411"}},
			{Name: "lo0", MTU: 16896, IPv6: []string{"::1"}}},
		"netstat-ni-two-ipv6-1.txt": {
			{Name: "en1", MTU: 1500, MAC: "00:06:29:dc:15:45", IPv6: []string{"fe80::206:29ff:fedc:1545"}},
			{Name: "en0", MTU: 1500, MAC: "00:04:ac:17:b4:11", IPv6: []string{"fe80::204:acff:fe17:b411"}},
			{Name: "lo0", MTU: 16896, IPv6: []string{"::1"}}},
		"netstat-i-hostnames-1.txt": {
			{Name: "en1", MTU: 1500, MAC: "ee:37:5f:fc:eb:03", IPv6: []string{}},
			{Name: "en0", MTU: 1500, MAC: "ee:37:5f:fc:eb:02", IPv6: []string{}}},
		"netstat-in-I-en1-inet-1.txt":       {{Name: "en1", MTU: 1500, MAC: "fa:41:f5:e9:bd:21", IPv6: []string{}}},
		"netstat-in-I-en1-inet6-none-1.txt": {{Name: "en1", MTU: 1500, MAC: "fa:41:f5:e9:bd:21", IPv6: []string{}}},
		"netstat-in-I-lo0-inet6-1.txt":      {{Name: "lo0", MTU: 16896, IPv6: []string{"::1"}}},
	}[row.file]
	if !known {
		t.Fatal("no expectation for this capture")
	}
	rows, err := ParseNetstatInterfaces(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	for _, r := range rows {
		if r.MAC == "" || len(r.IPv6) == 0 {
			continue
		}
		if address, err := EUI64(r.MAC); err != nil || address != r.IPv6[0] {
			t.Errorf("%s: EUI-64 of %s is %s, netstat has %s", r.Name, r.MAC, address, r.IPv6[0])
		}
	}
}

func readsRoutes(t *testing.T, row captureRow, text []byte) {
	routes, err := ParseRoutes6(text)
	if err != nil {
		t.Fatal(err)
	}
	if row.file == "netstat-rn-ohai-nonroot-1.txt" {
		if diff := cmp.Diff([]Route{{"::1%1", "::1%1", "UH", "lo0"}}, routes); diff != "" {
			t.Error(diff)
		}
		return
	}
	by := map[string]Route{}
	for _, r := range routes {
		by[r.Destination] = r
	}
	want := map[string]Route{
		"fe80::/64":                 {"fe80::/64", "link#3", "UCX", "en1"},
		"fe80::68c7:aeff:fed1:af09": {"fe80::68c7:aeff:fed1:af09", "6a:c7:ae:d1:af:9", "UHXLW", "en1"},
		"fe80::80de:eff:fe65:c1a":   {"fe80::80de:eff:fe65:c1a", "", "UHXLWl", "lo0"},
	}
	for destination, route := range want {
		if diff := cmp.Diff(route, by[destination]); diff != "" {
			t.Error(diff)
		}
	}
	if len(routes) != 8 {
		t.Errorf("%d routes", len(routes))
	}
	for _, r := range routes {
		if r.Interface == "en0" {
			t.Errorf("en0 has the IPv6 route %v", r)
		}
	}
	for _, mac := range []string{"82:de:0e:65:0c:1a", "6a:c7:ae:d1:af:9"} {
		if address, err := EUI64(mac); err != nil || by[address].Destination == "" {
			t.Errorf("no route to the EUI-64 address %s of %s (%v)", address, mac, err)
		}
	}
}

func readsDisks(t *testing.T, row captureRow, text []byte) {
	want, known := map[string][]string{
		"lspv-altinst-1.txt":    {"hdisk0 rootvg active", "hdisk1 altinst_rootvg "},
		"lspv-oldrootvg-1.txt":  {"hdisk0 old_rootvg ", "hdisk1 rootvg active"},
		"lspv-free-disk-1.txt":  {"hdisk0 rootvg active", "hdisk1  "},
		"lspv-concurrent-1.txt": {"hdisk0 rootvg active", "hdisk1 datavg concurrent", "hdisk2 caavg_private active", "hdisk3 datavg concurrent"},
	}[row.file]
	if !known {
		t.Fatal("no expectation for this capture")
	}
	disks, err := ParseDisks(text)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, d := range disks {
		got = append(got, d.Name+" "+d.VolumeGroup+" "+d.State)
		if (d.PVID == "") != (d.VolumeGroup == "") {
			t.Errorf("%s has the physical volume id %q", d.Name, d.PVID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func readsRecords(t *testing.T, row captureRow, text []byte) {
	want, known := map[string][]MCPRecord{
		"lsrsrc-mcp-vios-stale-1.txt": {{Name: "100.126.217.218", NodeID: "14480238873508198302", Console: "7042CR8*84270AD", KeyToken: "HMC113", Addresses: []string{"10.126.217.113"}}},
		"lsrsrc-mcp-two-1.txt": {
			{Name: "100.126.217.218", NodeID: "14480238873508198302", Console: "7042CR8*84270AD", KeyToken: "HMC113", Addresses: []string{"10.126.217.113"}},
			{Name: "100.126.217.218", NodeID: "1342464117648976727", Console: "7042CR9*686891D", KeyToken: "HMC259", Addresses: []string{"100.126.217.249"}}},
		"lsrsrc-mcp-powerlinux-1.txt": {{Name: "10.10.114.113", NodeID: "9845953214215121694", Console: "7042CR8*06A315C", KeyToken: "hmc186", Addresses: []string{"100.124.28.186"}}},
		"lsrsrc-mcp-peerdomain-1.txt": {{Name: "10.10.114.202", NodeID: "1348464137648977727", Console: "7042CR9*686666D", KeyToken: "HMC666", Addresses: []string{"10.126.219.220", "10.126.237.123"}, PeerDomain: "TESTDB_Clu"}},
	}[row.file]
	if !known {
		t.Fatal("no expectation for this capture")
	}
	records, err := ParseMCPRecords(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, records); diff != "" {
		t.Error(diff)
	}
}

func readsSubsystems(t *testing.T, row captureRow, text []byte) {
	subsystems, err := ParseSubsystems(text)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Subsystem{}
	for _, s := range subsystems {
		got[s.Name] = s
	}
	want, known := map[string]struct{ active, inoperative []string }{
		"lssrc-a-aix72-1.txt": {
			[]string{"ctrmc", "IBM.HostRM", "IBM.ConfigRM", "IBM.DRM", "IBM.MgmtDomainRM", "IBM.ServiceRM", "IBM.StorageRM", "aso"},
			[]string{"ctcas", "IBM.ERRM", "IBM.AuditRM", "IBM.LPRM", "ndpd-host"}},
		"lssrc-a-grep-rsct-1.txt": {
			[]string{"ctrmc", "IBM.DRM", "IBM.ConfigRM", "IBM.HostRM", "IBM.MgmtDomainRM", "IBM.ServiceRM", "IBM.StorageRM", "IBM.GblResRM", "IBM.RecoveryRM", "IBM.TestRM"},
			[]string{"ctcas", "IBM.ERRM", "IBM.AuditRM", "IBM.LPRM"}},
		"lssrc-a-aix73tl4-powervs-1.txt": {
			[]string{"ctrmc", "mcproxy", "IBM.DRM", "IBM.MgmtDomainRM", "IBM.HostRM", "IBM.ServiceRM", "IBM.ConfigRM", "IBM.SoftwareRM"},
			[]string{"ctcas", "IBM.ERRM", "IBM.AuditRM", "ndpd-host"}},
		"lssrc-g-rsct-tl4-mcproxy-1.txt": {[]string{"ctrmc", "mcproxy"}, []string{"ctcas"}},
	}[row.file]
	if !known {
		t.Fatal("no expectation for this capture")
	}
	for _, name := range want.active {
		if !got[name].Active || got[name].PID == 0 {
			t.Errorf("%s: %+v, want active with a pid", name, got[name])
		}
	}
	for _, name := range want.inoperative {
		s := got[name]
		if s.Active || s.Status != "inoperative" || s.PID != 0 {
			t.Errorf("%s: %+v, want inoperative", name, s)
		}
		if s.OnDemand != (name != "ndpd-host") {
			t.Errorf("%s: on demand is %v", name, s.OnDemand)
		}
	}
	if s, there := got["aso"]; there && s.Group != "" {
		t.Errorf("aso is in group %q", s.Group)
	}
	if pid := map[string]int{"lssrc-a-aix72-1.txt": 6947312, "lssrc-a-aix73tl4-powervs-1.txt": 12779780}[row.file]; pid != 0 && got["ctrmc"].PID != pid {
		t.Errorf("ctrmc has pid %d", got["ctrmc"].PID)
	}
	for name := range got {
		if row.file == "lssrc-a-aix73tl4-powervs-1.txt" && (name == "IBM.LPRM" || name == "IBM.StorageRM") {
			t.Errorf("%s is listed", name)
		}
	}
}

func readsDomainStatus(t *testing.T, row captureRow, text []byte) {
	s, err := ParseDomainStatus(text)
	if err != nil {
		t.Fatal(err)
	}
	want, known := map[string]struct {
		points         []ControlPoint
		peers, managed int
		self           string
	}{
		"rmcdomainstatus-peer-1.txt": {points: []ControlPoint{}, peers: 2, self: "7e7287425d0becd"},
		"rmcdomainstatus-mcp-connected-1.txt": {points: []ControlPoint{
			{Token1: "I", Token2: "A", NodeID: "ef889c809d9617c7", Address: "9.57.24.139", Connected: true}}},
		"rmcdomainstatus-on-mcp-1.txt": {points: []ControlPoint{}, managed: 4},
		"rmcdomainstatus-peer-and-mcp-1.txt": {points: []ControlPoint{
			{Token1: "I", Token2: "A", NodeID: "12b6b4fd1cebb73f", Address: "10.126.37.29", Connected: true}}, peers: 3, self: "e8a76231700ca2eb"},
	}[row.file]
	if !known {
		t.Fatal("no expectation for this capture")
	}
	if diff := cmp.Diff(want.points, s.ControlPoints); diff != "" {
		t.Error(diff)
	}
	if len(s.Peers) != want.peers || len(s.ManagedNodes) != want.managed || s.self() != want.self {
		t.Errorf("%d peers, %d managed nodes, self %q", len(s.Peers), len(s.ManagedNodes), s.self())
	}
}
