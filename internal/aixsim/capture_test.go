// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// capture reads a real output that lies beside the repository. They are other
// people's, so they are not part of it; where they are absent there is nothing to
// compare with, except in CI, which must have them.
func capture(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("RSCT_CAPTURES")
	if dir == "" {
		wd, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for at := wd; ; at = filepath.Dir(at) {
			if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
				dir = filepath.Join(at, "..", "shared", "aix", "captures")
				break
			}
			if at == filepath.Dir(at) {
				t.Fatal("no go.mod above " + wd)
			}
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("the captures are not here: %v", err)
	}
	return string(data)
}

func trimmedLines(s string) []string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimRight(line, " \t"); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// TestLssrcHasTheColumnsOfTheCaptures renders the subsystems of a capture and
// compares line by line.
func TestLssrcHasTheColumnsOfTheCaptures(t *testing.T) {
	for _, name := range []string{"lssrc-a-aix73tl4-powervs-1.txt", "lssrc-a-aix72-1.txt", "lssrc-a-grep-rsct-1.txt"} {
		t.Run(name, func(t *testing.T) {
			for _, line := range trimmedLines(capture(t, name)) {
				if strings.HasPrefix(line, "Subsystem") {
					if strings.TrimRight(srcHeader, " \n") != line {
						t.Errorf("header %q, captured %q", srcHeader, line)
					}
					continue
				}
				if len(line) < 48 {
					t.Fatalf("unexpected line %q", line)
				}
				sub := &subsystem{name: strings.TrimSpace(line[1:17]), group: strings.TrimSpace(line[18:34])}
				if pid := strings.TrimSpace(line[35:47]); pid != "" {
					sub.pid, _ = strconv.Atoi(pid)
				}
				if got := strings.TrimRight(sub.row(), "\n"); got != line {
					t.Errorf("got  %q\nwant %q", got, line)
				}
			}
		})
	}
}

// squeeze makes runs of blanks one: columns are compared by field.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestIfconfigHasTheLinesOfTheCaptures builds the interfaces of a capture and
// compares names and addresses; flags and buffers are each host's own.
func TestIfconfigHasTheLinesOfTheCaptures(t *testing.T) {
	header := regexp.MustCompile(`^(\w+): flags=[0-9a-f]+(,[0-9a-f]+)?<([A-Z0-9,()_]+)>$`)
	for _, name := range []string{"ifconfig-ipv6-after-autoconf6-1.txt", "ifconfig-ipv6-before-autoconf6-1.txt", "ifconfig-powerha1-alias-1.txt"} {
		t.Run(name, func(t *testing.T) {
			n := &network{next: 1}
			var cur *link
			var want []string
			for _, line := range trimmedLines(capture(t, name)) {
				fields := strings.Fields(line)
				switch {
				case header.MatchString(line):
					cur = n.attach(header.FindStringSubmatch(line)[1], [6]byte{}, 1500)
					cur.up = true
					want = append(want, cur.name)
				case fields[0] == "inet":
					bits, _ := maskBits(fields[3])
					cur.add(netip.PrefixFrom(netip.MustParseAddr(fields[1]), bits), true)
					want = append(want, squeeze(line))
				case fields[0] == "inet6":
					text, bits, _ := strings.Cut(fields[1], "/")
					length, _ := strconv.Atoi(bits)
					cur.add(netip.PrefixFrom(netip.MustParseAddr(strings.TrimSuffix(text, "%1")), length), true)
					want = append(want, squeeze(line))
				}
			}
			var got []string
			for _, l := range n.ordered() {
				for _, line := range trimmedLines(l.show()) {
					switch {
					case header.MatchString(line):
						got = append(got, header.FindStringSubmatch(line)[1])
					case strings.HasPrefix(strings.TrimSpace(line), "inet"):
						if line[0] != '\t' && line[0] != ' ' {
							t.Errorf("%q is not indented", line)
						}
						got = append(got, squeeze(line))
					case !strings.HasPrefix(strings.TrimSpace(line), "tcp_sendspace"):
						t.Errorf("unexpected line %q", line)
					}
				}
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// TestAutoconf6DoesWhatWasCaptured goes from the capture before to the one after.
func TestAutoconf6DoesWhatWasCaptured(t *testing.T) {
	after := capture(t, "ifconfig-ipv6-after-autoconf6-1.txt")
	n := newNetwork()
	mac, _ := parseMAC("00:09:6b:2e:2d:5c")
	l := n.attach("en1", mac, 1500)
	l.add(netip.MustParsePrefix("152.66.211.195/21"), false)
	n.autoconfigure(l)
	var out string
	for _, l := range n.ordered() {
		out += l.show()
	}
	pick := func(s string) string {
		var kept []string
		for _, line := range trimmedLines(s) {
			if strings.HasPrefix(strings.TrimSpace(line), "inet") {
				kept = append(kept, squeeze(line))
			}
		}
		return strings.Join(kept, "\n")
	}
	if pick(out) != pick(after) {
		t.Errorf("got:\n%s\nwant:\n%s", pick(out), pick(after))
	}
}

// comparable18 are the fields of a row that follow from the fileset. The package a
// device fileset belongs to is the packager's choice, so it is left out for those.
func comparable18(f []string) []string {
	if strings.HasPrefix(f[1], "devices.") {
		return f[1:14]
	}
	return f[:14]
}

// TestLslppHasTheFieldsOfTheCaptures installs the filesets of captures and compares.
func TestLslppHasTheFieldsOfTheCaptures(t *testing.T) {
	t.Run("-Lqc", func(t *testing.T) {
		def := Default()
		def.Filesets, def.RPMs = nil, nil
		want := map[string]string{}
		for _, line := range trimmedLines(capture(t, "lslpp-Lqc-aix72-rsct325-1.txt")) {
			f := strings.Split(line, ":")
			if len(f) != 18 || f[6] == "R" || !strings.HasPrefix(f[1], "rsct.") && !strings.HasPrefix(f[1], "bos.rte") && !strings.HasPrefix(f[1], "devices.") {
				continue
			}
			kind := strings.TrimSpace(f[6])
			def.Filesets = append(def.Filesets, &FilesetBlock{Name: f[1], Level: &f[2], State: &f[5], Type: &kind, Description: &f[7]})
			want[f[1]] = strings.Join(comparable18(f), ":")
		}
		if len(want) < 100 {
			t.Fatalf("only %d filesets in the capture", len(want))
		}
		h, err := New(def)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		out, _, _ := run(t, h, "lslpp -Lqc")
		rows := trimmedLines(out)
		if len(rows) != len(want) {
			t.Errorf("%d rows, want %d", len(rows), len(want))
		}
		for _, row := range rows {
			f := strings.Split(row, ":")
			if len(f) != 18 {
				t.Fatalf("%d fields in %q", len(f), row)
			}
			if got := strings.Join(comparable18(f), ":"); got != want[f[1]] {
				t.Errorf("got  %q\nwant %q", got, want[f[1]])
			}
		}
	})
	t.Run("-lc", func(t *testing.T) {
		def := Default()
		def.Filesets = nil
		var want []string
		seen := map[string]*FilesetBlock{}
		parts := map[string]string{"/usr/lib/objrepos": "usr", "/etc/objrepos": "root", "/usr/share/lib/objrepos": "share"}
		for _, line := range trimmedLines(capture(t, "lslpp-lc-aix73tl4-powervs-1.txt")) {
			f := strings.Split(line, ":")
			if f[0][0] == '#' || len(f) != 8 {
				continue
			}
			kind := map[string]string{"F": "F"}[f[5]]
			if seen[f[1]] == nil {
				seen[f[1]] = &FilesetBlock{Name: f[1], Level: &f[2], Type: &kind, Description: &f[6]}
				def.Filesets = append(def.Filesets, seen[f[1]])
			}
			seen[f[1]].Parts = append(seen[f[1]].Parts, parts[f[0]])
			want = append(want, line)
		}
		h, err := New(def)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		out, _, _ := run(t, h, "lslpp -qlc")
		got := map[string]bool{}
		for _, line := range strings.Split(out, "\n") {
			got[squeeze(line)] = true
		}
		for _, line := range want {
			if !got[squeeze(line)] {
				t.Errorf("missing %q in:\n%s", line, out)
			}
		}
	})
}

func TestLsattrHasTheLinesOfTheCaptures(t *testing.T) {
	t.Run("sys0", func(t *testing.T) {
		want := capture(t, "lsattr-El-sys0-F-powervs-1.txt")
		def := Default()
		def.Sys0 = map[string]string{}
		for _, line := range trimmedLines(want) {
			name, value, _ := strings.Cut(line, " ")
			def.Sys0[name] = strings.TrimSpace(value)
		}
		h, err := New(def)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		out, _, _ := run(t, h, "lsattr -El sys0 -F 'attribute value'")
		if got, want := strings.Join(trimmedLines(out), "\n"), strings.Join(trimmedLines(want), "\n"); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	})
	t.Run("en", func(t *testing.T) {
		h := newHost(t)
		out, _, _ := run(t, h, "chdev -l en0 -a netaddr=10.3.40.160 -a alias4=192.168.203.160,255.255.255.0 >/dev/null; lsattr -El en0")
		have := map[string]bool{}
		for _, line := range trimmedLines(out) {
			have[squeeze(line)] = true
		}
		for _, line := range trimmedLines(capture(t, "lsattr-El-aix53c-en1-1.txt")) {
			if !have[squeeze(line)] {
				t.Errorf("missing %q in:\n%s", line, out)
			}
		}
	})
}

func TestEntstatHasTheLinesOfTheCapture(t *testing.T) {
	want := capture(t, "entstat-d-llan-ohai-1.txt")
	mac, _ := parseMAC("62:c5:1c:3a:5d:03")
	got := hardware{mac: mac, vlan: 1, vswitch: "ETHERNET0"}.statistics("en0", true)
	for _, line := range trimmedLines(want) {
		for _, start := range []string{"ETHERNET STATISTICS", "Device Type", "Hardware Address", "Port VLAN ID", "VLAN Tag IDs", "Switch ID"} {
			if strings.HasPrefix(line, start) && !strings.Contains(got, line) {
				t.Errorf("missing %q", line)
			}
		}
	}
}

func TestNetstatPutsIPv6WhereTheCapturesDo(t *testing.T) {
	count := 0
	for _, line := range trimmedLines(capture(t, "netstat-ni-autoconf6-1.txt")) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[2], "fe80::") {
			continue
		}
		count++
		h := newHost(t)
		out, _, _ := run(t, h, "netstat -in")
		for _, got := range trimmedLines(out) {
			g := strings.Fields(got)
			// Name, Mtu, the address as the network, and no address column.
			if len(g) > 2 && strings.HasPrefix(g[2], "fe80::") && len(g) != len(fields) {
				t.Errorf("got %q, captured %q", got, line)
			}
		}
	}
	if count == 0 {
		t.Error("no IPv6 row in the capture")
	}
	if got := dots([6]byte{0x4e, 0x8e, 0x70, 0, 0x90, 0xcf}); got != "4e.8e.70.0.90.cf" {
		t.Errorf("got %q", got)
	}
}

func TestRmcdomainstatusHasTheLinesOfTheCapture(t *testing.T) {
	row := regexp.MustCompile(`^\s+[A-Za-z] [A-Za-z]\s+0x[0-9a-f]{16}\s+[0-9]{4}\s+\S+`)
	want := trimmedLines(capture(t, "rmcdomainstatus-mcp-connected-1.txt"))
	h := newHost(t)
	out, _, _ := run(t, h, "/opt/rsct/bin/rmcdomainstatus -s ctrmc")
	got := trimmedLines(out)
	if len(got) != 2 || len(want) != 2 || got[0] != want[0] || !row.MatchString(got[1]) || !row.MatchString(want[1]) {
		t.Errorf("got %q, captured %q", got, want)
	}
}

func TestDisksAndBootListHaveTheFieldsOfTheCaptures(t *testing.T) {
	for _, name := range []string{"lspv-altinst-1.txt", "lspv-oldrootvg-1.txt", "lspv-concurrent-1.txt", "lspv-free-disk-1.txt"} {
		t.Run(name, func(t *testing.T) {
			def := Default()
			def.Disks = nil
			var want []string
			for _, line := range trimmedLines(capture(t, name)) {
				f := append(strings.Fields(line), "")
				def.Disks = append(def.Disks, &DiskBlock{Name: f[0], PVID: &f[1], VolumeGroup: &f[2], State: &f[3]})
				want = append(want, squeeze(line))
			}
			h, err := New(def)
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close()
			out, _, _ := run(t, h, "lspv")
			var got []string
			for _, line := range trimmedLines(out) {
				got = append(got, squeeze(line))
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	// The document's scan has the letter l for the digit 1.
	want := strings.ReplaceAll(capture(t, "bootlist-mpio5-ocr-1.txt"), "hdiskl", "hdisk1")
	def, err := Parse("h.hcl", []byte("disk \"hdisk1\" {\n pvid = \"00c939202144313b\"\n volume_group = \"rootvg\"\n paths = 8\n}\nboot_list = [\"hdisk1\"]"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if out, _, _ := run(t, h, "bootlist -m normal -o"); strings.Join(trimmedLines(out), "\n") != strings.Join(trimmedLines(want), "\n") {
		t.Errorf("got %q, want %q", out, want)
	}
}

func TestEmgrHasTheRowsOfTheCapture(t *testing.T) {
	want := capture(t, "emgr-l-aix72-1.txt")
	def, err := Parse("h.hcl", []byte(`
interim_fix "IJ20785s2a" {
  state    = "S"
  time     = "04/30/20 11:03:46"
  abstract = "tcpdump CVEs fixed"
}
interim_fix "IJ09625s2a" {
  state    = "Q"
  time     = "04/30/20 11:04:14"
  abstract = "IJ09624 7.2.3.2"
}`))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	out, _, _ := run(t, h, "emgr -l")
	captured := map[string]bool{}
	for _, line := range trimmedLines(want) {
		captured[squeeze(strings.TrimLeft(line, "0123456789"))] = true
	}
	for _, line := range trimmedLines(out) {
		if !captured[squeeze(strings.TrimLeft(line, "0123456789"))] {
			t.Errorf("%q is not in the capture", line)
		}
	}
	if got := strings.TrimSpace(capture(t, "emgr-l-none-1.txt")); got != "There is no efix data on this system." {
		t.Errorf("the capture says %q", got)
	}
}

func TestInittabHasTheEntriesOfTheCapture(t *testing.T) {
	captured := map[string]bool{}
	for _, line := range trimmedLines(capture(t, "inittab-aix73tl4-powervs-1.txt")) {
		captured[line] = true
	}
	for _, line := range trimmedLines(inittab()) {
		if line[0] != ':' && !captured[line] {
			t.Errorf("%q is not in the capture", line)
		}
	}
}

func TestRcTCPIPHasTheStartLinesOfTheCapture(t *testing.T) {
	captured := map[string]bool{}
	for _, line := range trimmedLines(capture(t, "rc.tcpip-start-lines-powervs-1.txt")) {
		captured[line] = true
	}
	for _, line := range trimmedLines(rcTCPIP(Default())) {
		if strings.Contains(line, "start /usr/") && !captured[line] {
			t.Errorf("%q is not in the capture", line)
		}
	}
}

func TestRecfgctSaysWhatWasCaptured(t *testing.T) {
	digits := regexp.MustCompile(`[0-9]{5,}`)
	want := digits.ReplaceAllString(strings.Join(trimmedLines(capture(t, "recfgct-ok-1.txt")), "\n"), "PID")
	out, _, _ := run(t, newHost(t), "/usr/sbin/rsct/install/bin/recfgct")
	if got := digits.ReplaceAllString(strings.Join(trimmedLines(out), "\n"), "PID"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestLsrsrcHasTheAttributesOfTheCapture(t *testing.T) {
	names := func(s string) string {
		var out []string
		for _, line := range trimmedLines(s) {
			name, _, ok := strings.Cut(line, " = ")
			if !ok {
				name = line
			}
			out = append(out, strings.TrimSpace(name))
		}
		return strings.Join(out, "\n")
	}
	want := names(capture(t, "lsrsrc-mcp-powerlinux-1.txt"))
	out, _, _ := run(t, newHost(t), "lsrsrc IBM.MCP")
	if got := names(out); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
