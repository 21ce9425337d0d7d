// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// roundTrip fuzzes a parser: it must not panic; what it returns must be valid UTF-8
// and of a size that its input bounds; and what AIX would print for it must read as
// the same again.
func roundTrip[T any](f *testing.F, parse func([]byte) (T, error), render func(T) string, probes ...string) {
	f.Helper()
	for _, probe := range probes {
		f.Add([]byte(guest[probe]))
	}
	addCaptures(f, probes)
	f.Fuzz(func(t *testing.T, input []byte) {
		value, err := parse(input)
		if err != nil {
			if err.Error() == "" || len(err.Error()) > 2000 || !utf8.ValidString(err.Error()) {
				t.Errorf("an error of %d bytes: %.200q", len(err.Error()), err)
			}
			return
		}
		text := fmt.Sprintf("%+v", value)
		if limit := 100*len(input) + 10000; len(text) > limit {
			t.Errorf("%d bytes out of %d", len(text), len(input))
		}
		if !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		printed := render(value)
		if printed == "" && len(input) > 0 && !isBlank(input) {
			return // nothing that this format could show
		}
		again, err := parse([]byte(printed))
		if err != nil {
			t.Fatalf("%+v prints as %q, which is refused: %v", value, printed, err)
		}
		if !reflect.DeepEqual(value, again) {
			t.Errorf("%q\nreads as       %+v,\nwhich was once %+v", printed, again, value)
		}
	})
}

// Captures that seed the fuzzers of a probe's parser, by how their names begin.
var seeds = map[string][]string{
	ProbeFilesets: {"lslpp-Lcq-"}, ProbeFilesetParts: {"lslpp-lc-aix73"}, ProbeSubsystems: {"lssrc-"}, ProbeDomainStatus: {"rmcdomainstatus-", "lspartition-"},
	ProbeMCP: {"lsrsrc-"}, ProbePeerDomain: {"lsrpdomain-"}, ProbeIfconfig: {"ifconfig-"}, ProbeNetstat: {"netstat-n", "netstat-i"}, ProbeRoutes6: {"netstat-rn-"},
	ProbeAdapters: {"lsdev-"}, ProbeAttributes: {"lsattr-"}, ProbeEntstat: {"entstat-"}, ProbeInittab: {"inittab-"}, ProbeBootList: {"bootlist-"},
	ProbeDisks: {"lspv-"}, ProbeInterimFixes: {"emgr-"}, ProbeTechnologyLevel: {"instfix-"}, ProbeSys0: {"lsattr-El-sys0"},
}

// addCaptures adds real outputs where there are any; fuzzing works without.
func addCaptures(f *testing.F, probes []string) {
	f.Helper()
	folder := os.Getenv("RSCT_CAPTURES")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "aix", "captures")
	}
	for _, probe := range probes {
		for _, prefix := range seeds[probe] {
			files, _ := filepath.Glob(filepath.Join(folder, prefix+"*"))
			for _, file := range files {
				if text, err := os.ReadFile(file); err == nil {
					f.Add(text)
				}
			}
		}
	}
}

type software struct {
	Filesets []Fileset
	RPMs     []RPM
}

func FuzzFilesets(f *testing.F) {
	roundTrip(f, func(b []byte) (software, error) {
		filesets, rpms, err := ParseFilesets(b)
		return software{filesets, rpms}, err
	}, func(s software) string { return renderFilesets(s.Filesets, s.RPMs) }, ProbeFilesets)
}

func FuzzFilesetParts(f *testing.F) { roundTrip(f, ParseFilesetParts, renderParts, ProbeFilesetParts) }
func FuzzSubsystems(f *testing.F)   { roundTrip(f, ParseSubsystems, renderSubsystems, ProbeSubsystems) }
func FuzzDomainStatus(f *testing.F) {
	roundTrip(f, ParseDomainStatus, renderDomainStatus, ProbeDomainStatus)
}
func FuzzPeerDomains(f *testing.F) {
	roundTrip(f, ParsePeerDomains, renderPeerDomains, ProbePeerDomain)
}
func FuzzIfconfig(f *testing.F) { roundTrip(f, ParseIfconfig, renderIfconfig, ProbeIfconfig) }
func FuzzNetstat(f *testing.F)  { roundTrip(f, ParseNetstatInterfaces, renderNetstat, ProbeNetstat) }
func FuzzRoutes6(f *testing.F)  { roundTrip(f, ParseRoutes6, renderRoutes, ProbeRoutes6) }
func FuzzDevices(f *testing.F) {
	roundTrip(f, ParseDevices, renderDevices, ProbeInterfaces, ProbeAdapters)
}
func FuzzAttributes(f *testing.F) { roundTrip(f, ParseAttributes, renderAttributes, ProbeSys0) }
func FuzzSections(f *testing.F) {
	roundTrip(f, sections, renderSections, ProbeAttributes, ProbeEntstat)
}
func FuzzInittab(f *testing.F) { roundTrip(f, ParseInittab, renderInittab, ProbeInittab) }
func FuzzCloudConfig(f *testing.F) {
	roundTrip(f, ParseCloudConfig, renderCloudConfig, ProbeCloudConfig)
}
func FuzzRc2Links(f *testing.F) { roundTrip(f, ParseRc2Links, renderLinks, ProbeRc2Links) }
func FuzzListeners(f *testing.F) {
	roundTrip(f, ParseListeners, renderListeners, ProbeListeners)
}
func FuzzDisks(f *testing.F) { roundTrip(f, ParseDisks, renderDisks, ProbeDisks) }
func FuzzTechnologyLevels(f *testing.F) {
	roundTrip(f, ParseTechnologyLevels, renderTechnologyLevels, ProbeTechnologyLevel)
}
func FuzzFilterRules(f *testing.F) {
	roundTrip(f, ParseFilterRules, renderFilterRules, ProbeFilter4, ProbeFilter6)
}

func FuzzAttributeColumns(f *testing.F) {
	f.Add([]byte("netaddr6                IPv6 Internet Address                      True\nnetaddr   192.0.2.1     Internet Address                           True\n"))
	f.Add([]byte("mtu 00000000000000      Maximum IP Packet Size for This Device True\nother \xed0              Something True\n"))
	roundTrip(f, ParseAttributesColumns, renderAttributeColumns, ProbeAttributes)
}

func FuzzMCPRecords(f *testing.F) {
	f.Add([]byte("Resource Persistent Attributes for IBM.MCP\nresource 1:\nMNName=00\"\n"))
	roundTrip(f, ParseMCPRecords, renderRecords, ProbeMCP)
}

func FuzzODM(f *testing.F) {
	f.Add([]byte("\nCuAt:\n        name = \"cluster0\"\n        attribute = \"node_uuid\"\n        rep = 0\n"))
	roundTrip(f, ParseODM, renderODM, ProbeCluster0)
}

func FuzzInterimFixes(f *testing.F) {
	roundTrip(f, func(b []byte) ([]InterimFix, error) { return ParseInterimFixes(b, nil) }, renderInterimFixes, ProbeInterimFixes)
}

func FuzzEntstat(f *testing.F) {
	f.Add([]byte(statisticsOf("ent0", "fa:a1:02:34:56:00", 1, "ETHERNET0") + statisticsOf("ent2", "fa:a1:02:34:56:02", 2, "")))
	roundTrip(f, func(b []byte) (Adapter, error) { return ParseEntstat("ent0", b) }, renderEntstat, ProbeEntstat)
}

func FuzzBootList(f *testing.F) {
	roundTrip(f, ParseBootList, func(devices []string) string { return strings.Join(devices, " blv=hd5\n") }, ProbeBootList)
}

func FuzzBootDevice(f *testing.F) {
	roundTrip(f, ParseBootDevice, func(name string) string { return name + "\n" }, ProbeBootDevice)
}

func FuzzInBand(f *testing.F) {
	f.Add([]byte("Status\n  Hostname: hmc1\n"))
	roundTrip(f, ParseInBand, func(names []string) string {
		text := "Status\n"
		for _, name := range names {
			text += " Hostname: " + name + "\n"
		}
		return text
	}, ProbeInBand)
}

func FuzzIdentity(f *testing.F) {
	f.Add(guest[ProbeUname], guest[ProbeUID], guest[ProbeDate], guest[ProbeOSLevel])
	f.Fuzz(func(t *testing.T, uname, uid, date, level string) {
		if k, err := ParseUname([]byte(uname)); err == nil && (k.OS == "" || k.Hostname == "" || (k.Version != "") != (k.OS == "AIX")) {
			t.Errorf("%q reads as %+v", uname, k)
		}
		if root, err := ParseUID([]byte(uid)); err == nil && root != (strings.Trim(strings.TrimSpace(uid), "0") == "") {
			t.Errorf("%q reads as root: %v", uid, root)
		}
		if once, err := ParseDate([]byte(date)); err == nil {
			if twice, err := ParseDate([]byte(once)); err != nil || twice != once {
				t.Errorf("%q reads as %q and then as %q (%v)", date, once, twice, err)
			}
		}
		if l, err := ParseOSLevel(level); err == nil {
			want := fmt.Sprintf("%s00-%02d-%02d", strings.Replace(l.Version, ".", "", 1), l.TechnologyLevel, l.ServicePack)
			if got := l.Text[:2] + "00" + l.Text[4:10]; got != want {
				t.Errorf("%q reads as %+v", level, l)
			}
		}
	})
}

func FuzzLevel(f *testing.F) {
	f.Add("3.2.0.10", "3.2.0.9")
	f.Add("9.9.3015.2001", "9.9")
	f.Fuzz(func(t *testing.T, a, b string) {
		la, err := ParseLevel(a)
		if err != nil {
			return
		}
		if again, err := ParseLevel(la.String()); err != nil || again != la {
			t.Errorf("%q is %v, which reads as %v (%v)", a, la, again, err)
		}
		if lb, err := ParseLevel(b); err == nil && (la.Compare(lb) != -lb.Compare(la) || (la.Compare(lb) == 0) != (la == lb)) {
			t.Errorf("%v and %v compare as %d and %d", la, lb, la.Compare(lb), lb.Compare(la))
		}
	})
}

func FuzzMAC(f *testing.F) {
	f.Add("fa.a1.2.34.56.1")
	f.Add("D213C0153A04")
	f.Fuzz(func(t *testing.T, text string) {
		mac, err := NormalMAC(text)
		if err != nil {
			return
		}
		if again, err := NormalMAC(mac); err != nil || again != mac {
			t.Errorf("%q is %q, which reads as %q (%v)", text, mac, again, err)
		}
		address, err := EUI64(text)
		if err != nil || !isLinkLocal(address) {
			t.Errorf("the address of %q is %q (%v)", text, address, err)
		}
	})
}

func FuzzNodeID(f *testing.F) {
	f.Add([]byte(guest[ProbeNodeIDEtc]))
	f.Add([]byte("absent\n"))
	f.Fuzz(func(t *testing.T, input []byte) {
		file, err := ParseNodeIDFile(input)
		if err != nil || file.ID == "" {
			return
		}
		if again, err := ParseNodeID("0x00" + file.ID); len(file.ID) <= 14 && (err != nil || again != file.ID) {
			t.Errorf("%q reads as %q (%v)", file.ID, again, err)
		}
		if !file.Present {
			t.Error("an id out of an absent file")
		}
	})
}

// What is commented out does not run: with a # before each line nothing is left
// that would bring an address back.
func FuzzRcTCPIP(f *testing.F) {
	f.Add([]byte(guest[ProbeRcTCPIP]))
	f.Add([]byte("present \xd0---------\xff 1 0 0 9 f\n"))
	f.Add([]byte(rcHead + "start /usr/sbin/autoconf6 \"\" \" -i en1\"\nchdev -l en1 \\\n -a 'netaddr6=fe80::1 prefixlen=64' ; chdev -len1 -anetaddr6= # x\n"))
	f.Fuzz(func(t *testing.T, input []byte) {
		rc, err := ParseRcTCPIP(input)
		if err != nil {
			return
		}
		if text := fmt.Sprintf("%+v", rc); !utf8.ValidString(text) || len(text) > 100*len(input)+10000 {
			t.Errorf("%d bytes out of %d, UTF-8: %v", len(text), len(input), utf8.ValidString(text))
		}
		for _, c := range rc.Chdev {
			if !IsInterfaceName(c.Interface) || !strings.Contains(c.Text, "chdev") {
				t.Errorf("%+v", c)
			}
		}
		head, content, _ := bytes.Cut(input, []byte{'\n'})
		commented := append(slices.Clone(head), '\n')
		for _, line := range bytes.Split(content, []byte{'\n'}) {
			commented = append(append(append(commented, '#'), line...), '\n')
		}
		rc, err = ParseRcTCPIP(commented)
		if err != nil {
			if bytes.HasPrefix(head, []byte("absent")) {
				return
			}
			t.Fatal(err)
		}
		for _, c := range rc.Chdev {
			if !c.Commented {
				t.Errorf("a comment counts: %+v", c)
			}
		}
		for _, s := range rc.Starts {
			if s.Enabled {
				t.Errorf("a comment counts: %+v", s)
			}
		}
	})
}

func FuzzConsistency(f *testing.F) {
	f.Add([]byte("lppchk:  0504-206  a message\n"), []byte(""))
	f.Fuzz(func(t *testing.T, stdout, stderr []byte) {
		found := ParseConsistency(stdout, stderr)
		if (len(found) == 0) != (isBlank(stdout) && isBlank(stderr)) {
			t.Errorf("%d lines of %q and %q", len(found), stdout, stderr)
		}
		for _, line := range found {
			if utf8.RuneCountInString(line) > 161 || !utf8.ValidString(line) || len(found) > maxInconsistencies+1 {
				t.Errorf("%q of %d", line, len(found))
			}
		}
	})
}

// Whatever one probe brings, the facts can be written, have a reason for each
// unknown, and no fact but what the probe tells changes its kind.
func FuzzRead(f *testing.F) {
	for i, probe := range Probes {
		f.Add(uint8(i), 0, []byte(guest[probe]), []byte(""))
	}
	f.Fuzz(func(t *testing.T, which uint8, code int, stdout, stderr []byte) {
		outputs := outputsOf(guest)
		probe := Probes[int(which)%len(Probes)]
		outputs[probe] = Output{Probe: probe, ExitCode: code, Stdout: stdout, Stderr: stderr}
		facts := Read(outputs, ReadOptions{})
		if _, err := json.Marshal(facts); err != nil {
			t.Error(err)
		}
		for _, u := range Unknowns(facts) {
			if u.Reason == "" || !utf8.ValidString(u.Reason) || len(u.Reason) > 4000 {
				t.Errorf("%s: %.200q", u.Path, u.Reason)
			}
		}
	})
}
