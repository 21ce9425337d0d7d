// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Readers of captures that are one of a kind.
var captureReaders = map[string]captureReader{
	"lslpp-Lqc-aix72-rsct325-1.txt":       readsFilesets,
	"lslpp-Lcq-broken-inconsistent-1.txt": readsFilesets,
	"oslevel-s-aix72-1.txt":               readsOSLevel,
	"lspv-ocr-noise-1.txt":                isRefused(func(b []byte) error { _, err := ParseDisks(b); return err }, "line 1"),
	"bootlist-mpio5-ocr-1.txt":            isRefused(func(b []byte) error { _, err := ParseBootList(b); return err }, "line 1"),
	"ifconfig-powervs-ocr-1.txt":          isRefused(func(b []byte) error { _, err := ParseIfconfig(b); return err }, "line 1"),
	"entstat-d-llan-ohai-1.txt":           readsEntstat(Adapter{Name: "ent0", Type: "Virtual I/O Ethernet Adapter (l-lan)", MAC: "62:c5:1c:3a:5d:03", PortVLAN: 1, Switch: "ETHERNET0"}),
	"entstat-llan-aix73-1.txt":            readsEntstat(Adapter{Name: "ent0", Type: "Virtual I/O Ethernet Adapter (l-lan)", MAC: "4e:12:19:56:b5:14", PortVLAN: -1}),
	"lsrpdomain-online-1.txt":             readsPeerDomain,
	"instfix-i-ML-incomplete-1.txt":       readsTechnologyLevels,
	"emgr-l-aix72-1.txt":                  readsInterimFixes,
	"emgr-l-none-1.txt":                   readsNoInterimFixes,
	"rc.tcpip-start-lines-powervs-1.txt":  readsRcTCPIP,
	"inittab-aix73tl4-powervs-1.txt":      readsInittab,
	"lsattr-El-sys0-F-powervs-1.txt":      readsSys0,
}

// isRefused expects an error that names the line.
func isRefused(parse func([]byte) error, names string) captureReader {
	return func(t *testing.T, _ captureRow, text []byte) {
		if err := parse(text); err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("a damaged capture gives %v, want an error that names %s", err, names)
		}
	}
}

// The rows for lslpp -Lqc list filesets as name=LEVEL/LETTER/type=T/efixlock=0.
func readsFilesets(t *testing.T, row captureRow, text []byte) {
	filesets, rpms, err := ParseFilesets(text)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Fileset{}
	for _, f := range filesets {
		by[f.Name] = f
	}
	letters := map[string]string{"committed": "C", "applied": "A", "broken": "B", "inconsistent": "?"}
	checked := 0
	for _, item := range strings.Split(row.expected, ";") {
		name, rest, ok := strings.Cut(strings.TrimSpace(item), "=")
		parts := strings.Split(rest, "/")
		switch {
		case !ok || !strings.Contains(name, ".") && name != "cloud-init-0.7.5-4.3":
			continue
		case rest == "absent":
			if _, there := by[name]; there {
				t.Errorf("%s is listed", name)
			}
		case strings.HasSuffix(rest, "type=R"):
			found := false
			for _, r := range rpms {
				found = found || r.Name+"-"+r.Version == name
			}
			if !found {
				t.Errorf("no RPM %s", name)
			}
		default:
			f := by[name]
			letter, _, _ := strings.Cut(parts[1], " ")
			if f.Level != parts[0] || letters[f.State] != letter {
				t.Errorf("%s: %+v, want %s", name, f, rest)
			}
			if len(parts) == 4 {
				kind := map[string]string{"type=F": "update", "type=(blank)": "base"}[parts[2]]
				if f.Kind != kind || f.EFIXLocked != Known(parts[3] == "efixlock=1") {
					t.Errorf("%s: %+v, want %s", name, f, rest)
				}
			}
		}
		checked++
	}
	if checked < 3 {
		t.Errorf("only %d statements checked", checked)
	}
	if row.file == "lslpp-Lqc-aix72-rsct325-1.txt" && (len(rpms) != 111 || len(filesets) != 689) {
		t.Errorf("%d RPMs and %d filesets", len(rpms), len(filesets))
	}
}

func readsOSLevel(t *testing.T, _ captureRow, text []byte) {
	got, err := ParseOSLevel(string(text))
	want := OSLevel{Text: "7200-05-05-2246", Version: "7.2", TechnologyLevel: 5, ServicePack: 5, Build: "2246"}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

func readsEntstat(want Adapter) captureReader {
	return func(t *testing.T, _ captureRow, text []byte) {
		want.Available = true
		got, err := ParseEntstat(want.Name, text)
		if err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := ParseEntstat("ent7", text); err == nil {
			t.Error("the statistics of ent0 were taken for those of ent7")
		}
	}
}

func readsPeerDomain(t *testing.T, _ captureRow, text []byte) {
	got, err := ParsePeerDomains(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]PeerDomain{{Name: "testdb_clu", State: "Online", Version: "3.1.4.0"}}, got); diff != "" {
		t.Error(diff)
	}
}

func readsTechnologyLevels(t *testing.T, _ captureRow, text []byte) {
	got, err := ParseTechnologyLevels(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"7200-04_AIX_ML"}, got); diff != "" {
		t.Error(diff)
	}
}

func readsInterimFixes(t *testing.T, _ captureRow, text []byte) {
	fixes, err := ParseInterimFixes(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []InterimFix{
		{Label: "IJ20785s2a", State: "S", Abstract: "tcpdump CVEs fixed"},
		{Label: "IJ17065m3a", State: "S", Abstract: "IJ17065 is for AIX 7.2 TL03"},
		{Label: "IJ09625s2a", State: "Q", RebootRequired: true, Abstract: "IJ09624 7.2.3.2"},
		{Label: "IJ11550s0a", State: "S", Abstract: "Xorg Security Vulnerability fix"},
	}
	if diff := cmp.Diff(want, fixes); diff != "" {
		t.Error(diff)
	}
}

func readsNoInterimFixes(t *testing.T, _ captureRow, text []byte) {
	fixes, err := ParseInterimFixes(nil, text)
	if err != nil || fixes == nil || len(fixes) != 0 {
		t.Errorf("%v, %v", fixes, err)
	}
}

func readsRcTCPIP(t *testing.T, _ captureRow, text []byte) {
	rc, err := ParseRcTCPIP(append([]byte("present -rwxrwxr--    1 0        0              1081 Nov 24 2026  /etc/rc.tcpip\n"), text...))
	if err != nil {
		t.Fatal(err)
	}
	enabled := map[string]bool{}
	for _, s := range rc.Starts {
		enabled[s.Daemon] = s.Enabled
	}
	for daemon, want := range map[string]bool{"autoconf6": false, "ndpd-host": false, "portmap": true, "syslogd": true, "sendmail": true} {
		if got, there := enabled[daemon]; !there || got != want {
			t.Errorf("%s: listed %v, enabled %v", daemon, there, got)
		}
	}
	if len(rc.Starts) != 27 || len(rc.Chdev) != 0 {
		t.Errorf("%d start lines, %d chdev lines", len(rc.Starts), len(rc.Chdev))
	}
	if by, _ := rc.autoconf6("en1", Known(true)).Get(); by {
		t.Error("a commented autoconf6 counts")
	}
}

func readsInittab(t *testing.T, _ captureRow, text []byte) {
	entries, err := ParseInittab(text)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]InittabEntry{}
	for _, e := range entries {
		by[e.ID] = e
	}
	for _, id := range []string{"rctcpip", "srcmstr", "l2", "ctrmc", "fbcheck", "init"} {
		if !by[id].InUse {
			t.Errorf("%s: %+v", id, by[id])
		}
	}
	if by["shdaemon"].InUse || by["shdaemon"].Action != "off" {
		t.Errorf("shdaemon: %+v", by["shdaemon"])
	}
	if by["l2"].Command != "/etc/rc.d/rc 2" || !strings.HasPrefix(by["ctrmc"].Command, "/usr/bin/startsrc -s ctrmc") {
		t.Errorf("l2 %q, ctrmc %q", by["l2"].Command, by["ctrmc"].Command)
	}
}

func readsSys0(t *testing.T, row captureRow, text []byte) {
	a, err := parseSys0(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range statements(row.expected) {
		if a[name] != value {
			t.Errorf("%s is %q, want %q", name, a[name], value)
		}
	}
	if a["fwversion"] != "IBM,FW1050.70 (ML1050_132)" {
		t.Errorf("fwversion is %q", a["fwversion"])
	}
}

// An output that is not the probe's own must never read as one.
func TestDecoysAreRefused(t *testing.T) {
	folder := captures(t)
	for _, decoy := range []struct {
		file  string
		parse string
	}{
		{"lslpp-l-vfc-npiv-1.txt", "filesets"}, {"lslpp-l-vfc-npiv-1.txt", "parts"},
		{"lslpp-lc-aix61a-rsct254-1.txt", "filesets"}, {"lslpp-Lqc-aix72-rsct325-1.txt", "parts"},
		{"lssrc-ls-inetd-1.txt", "subsystems"}, {"lspartition-dlpar-1.txt", "subsystems"}, {"lssyscfg-rmcstate-1.txt", "subsystems"},
		{"lsdev-Cc-adapter-aix61a-1.txt", "devices"}, {"lsdev-Cc-disk-1.txt", "devices"},
		{"lsvg-l-altinst-varyoff-1.txt", "disks"}, {"lsvg-l-rootvg-aix61-1.txt", "disks"}, {"lsdev-Cc-disk-1.txt", "disks"},
		{"lspartition-dlpar-1.txt", "domain status"}, {"lsrpdomain-online-1.txt", "domain status"}, {"lssyscfg-rmcstate-1.txt", "domain status"},
		{"recfgct-refused-peerdomain-1.txt", "peer domains"}, {"rmcdomainstatus-peer-1.txt", "peer domains"},
		{"rmcdomainstatus-mcp-connected-1.txt", "records"}, {"recfgct-ok-1.txt", "records"},
		{"lscfg-vpl-en-aix53c-1.txt", "entstat"}, {"prtconf-9080-two-llan-1.txt", "entstat"},
		{"netstat-ni-two-ipv6-1.txt", "ifconfig"}, {"netstat-ni-two-ipv6-1.txt", "routes"}, {"ifconfig-pseg-1.txt", "netstat"},
		{"oslevel-rl-1.txt", "oslevel"}, {"lsattr-El-aix53a-en0-1.txt", "inittab"}, {"emgr-l-aix72-1.txt", "technology level"},
		{"instfix-i-ML-incomplete-1.txt", "interim fixes"}, {"lspv-altinst-1.txt", "boot device"}, {"prtconf-9080-two-llan-1.txt", "disks"},
		{"netstat-rn-aix73tl4-powervs-1.txt", "netstat"}, {"oslevel-s-aix72-1.txt", "node id"}, {"inittab-aix73tl4-powervs-1.txt", "devices"},
	} {
		t.Run(decoy.parse+" of "+decoy.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, decoy.file))
			if err != nil {
				t.Fatal(err)
			}
			parse, known := parsers[decoy.parse]
			if !known {
				t.Fatalf("no parser %q", decoy.parse)
			}
			if value, err := parse(text); err == nil {
				t.Errorf("it reads as %+v", value)
			}
		})
	}
}
