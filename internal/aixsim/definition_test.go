// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const examples = "../../example/hosts"

func example(t testing.TB, name string) *Host {
	t.Helper()
	def, err := LoadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func TestTheExampleOfTheDefaultHostIsTheDefaultHost(t *testing.T) {
	def, err := LoadFile(filepath.Join(examples, "powervs-aix73.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(def, Default()) {
		t.Error("example/hosts/powervs-aix73.hcl differs from the default host")
	}
}

func TestExampleHostsAreWhatTheirNamesSay(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(examples, "*.hcl"))
	if err != nil || len(files) < 6 {
		t.Fatalf("found %d definitions: %v", len(files), err)
	}
	tests := map[string]func(t *testing.T, h *Host, s Snapshot){
		"powervs-aix73.hcl": func(t *testing.T, _ *Host, s Snapshot) {
			if !s.Managed {
				t.Error("the healthy host is not managed")
			}
		},
		"aix71-rsct-3.2.0.0.hcl": func(t *testing.T, h *Host, s Snapshot) {
			if s.Managed {
				t.Error("RSCT 3.2.0.0 has no RMC over IPv6, yet the host is managed")
			}
			if out, _, _ := run(t, h, "uname -vr; oslevel -r; instfix -i | grep -c 7300"); out != "1 7\n7100-03\n0\n" {
				t.Errorf("got %q", out)
			}
		},
		"no-ipv6.hcl": func(t *testing.T, h *Host, s Snapshot) {
			if out, _, _ := run(t, h, "ifconfig -a | grep -c fe80; lsdev -l en1; echo $?"); s.Managed || !strings.HasPrefix(out, "0\n") || !strings.HasSuffix(out, "1\n") {
				t.Errorf("managed %v, got %q", s.Managed, out)
			}
		},
		"rmc-stopped.hcl": func(t *testing.T, h *Host, s Snapshot) {
			out, _, _ := run(t, h, "lssrc -s ctrmc | tail -1; lsitab ctrmc; echo $?")
			if s.Managed || !strings.Contains(out, "inoperative") || !strings.HasSuffix(out, "\n1\n") {
				t.Errorf("managed %v, got %q", s.Managed, out)
			}
			h.Reboot()
			if h.Snapshot().Managed {
				t.Error("after a reboot RMC runs, with no inittab entry")
			}
		},
		"restored-mksysb.hcl": func(t *testing.T, h *Host, s Snapshot) {
			out, _, _ := run(t, h, "lspv | awk '{print $1, $3, $4}'; bootlist -m normal -o; rpm -q cloud-init; ls /opt/freeware/etc/cloud 2>/dev/null; ls /etc/rc.d/rc2.d; grep -c chdev /etc/rc.tcpip")
			want := "hdisk0 old_rootvg \nhdisk1 rootvg active\nhdisk1 blv=hd5 pathid=0\npackage cloud-init is not installed\n0\n"
			if s.Managed || out != want || s.EtcNodeID == s.VarNodeID {
				t.Errorf("managed %v, node ids %q %q, got %q, want %q", s.Managed, s.EtcNodeID, s.VarNodeID, out, want)
			}
		},
		"not-aix.hcl": func(t *testing.T, h *Host, _ Snapshot) {
			out, errs, code := run(t, h, "uname -s; lslpp -l")
			if !strings.HasPrefix(out, "Linux\n") || code != 127 || !strings.Contains(errs, "not found") {
				t.Errorf("got %q, %q and %d", out, errs, code)
			}
		},
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			check := tests[name]
			if check == nil {
				t.Fatal("this definition has no test")
			}
			h := example(t, name)
			check(t, h, h.Snapshot())
		})
	}
}

func TestADefinitionStatesOnlyWhatDiffers(t *testing.T) {
	def, err := Parse("h.hcl", []byte(`
hostname = "other"
sys0     = { clouddev = "0" }
interface "en1" { mac = "02:00:00:00:00:01" }
interface "en2" {
  mac        = "02:00:00:00:00:02"
  attributes = { netaddr = "10.0.0.1", netmask = "255.0.0.0", state = "up" }
}
fileset "rsct.basic.rte" { remove = true }
user "ci" { password = "x" }
`))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	out, _, _ := run(t, h, `hostname; lsattr -El sys0 -a clouddev -a ghostdev -F value; ifconfig en1 | grep inet6; ifconfig en2 | grep -c 'inet 10.0.0.1'; lslpp -l rsct.basic.rte 2>&1; id -u ci`)
	want := "other\n0\n0\n\tinet6 fe80::ff:fe00:1/64\n1\nlslpp: 0504-132  Fileset rsct.basic.rte not installed.\n"
	if !strings.HasPrefix(out, want) {
		t.Errorf("got %q, want it to start with %q", out, want)
	}
}

func TestDiagnosticsNameFileAndLine(t *testing.T) {
	tests := map[string]string{
		"hostname = \n":       "bad.hcl:1,",
		"\nhostnme = \"x\"\n": "bad.hcl:2,1",
		"interface \"en1\" {\n  mac = \"nonsense\"\n}\n":        `interface "en1": mac: "nonsense"`,
		"interface \"en1\" {\n  attributes = { netadr = 1 }\n}": `no attribute "netadr"`,
		"os = \"HP-UX\"\n":                                            "neither AIX nor Linux",
		"file \"etc/x\" {\n  content = \"\"\n}\n":                     "must be absolute",
		"fault \"x\" {\n  hang = true\n}\n":                           "command: must not be empty",
		"fault \"x\" {\n  command = \"ls\"\n  arguments = \"(\"\n}\n": "arguments:",
		"rmc {\n  node_id = \"xyz\"\n}\n":                             "not a node id",
	}
	for src, want := range tests {
		_, err := Parse("bad.hcl", []byte(src))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bad.hcl") {
			t.Errorf("%q: got %v, want it to hold %q", src, err, want)
		}
	}
	if _, err := LoadFile(filepath.Join(t.TempDir(), "missing.hcl")); err == nil || !os.IsNotExist(unwrapAll(err)) {
		t.Errorf("a missing file: got %v", err)
	}
	def, err := Parse("h.hcl", []byte(`prepare = "exit 9"`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(def); err == nil || !strings.Contains(err.Error(), "exit status 9") {
		t.Errorf("a prepare script that fails: got %v", err)
	}
}

func unwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || u.Unwrap() == nil {
			return err
		}
		if os.IsNotExist(err) {
			return err
		}
		err = u.Unwrap()
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`hostname = "x"`))
	f.Add([]byte("interface \"en1\" {\n attributes = { netaddr6 = \"eui64\" }\n}\nfault \"a\" { command = \"ls\" }"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if def, err := Parse("fuzz.hcl", src); err == nil && def == nil {
			t.Error("no definition and no error")
		}
	})
}

// TestTheReadmesDefinitionWorks reads the HCL block of example/hosts/README.md.
func TestTheReadmesDefinitionWorks(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(examples, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```hcl\n")
	block, _, end := strings.Cut(rest, "```")
	if !ok || !end {
		t.Fatal("no HCL block")
	}
	def, err := Parse("README.md", []byte(block))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	out, _, _ := run(t, h, "hostname; lsattr -El sys0 -a clouddev -F value; chdev -l en1 -a state=down; echo $?; lslpp -qlc rsct.core.rmc | head -1 | cut -d: -f3")
	if out != "aix-ci\n0\n0\n3.2.5.2\n" || h.Snapshot().Managed != true {
		t.Errorf("got %q", out)
	}
}
