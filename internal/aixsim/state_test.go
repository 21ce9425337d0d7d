// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"encoding/json"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

const linkLocalEN1 = "fe80::f84b:8cff:fe2e:7121/64"

func addresses(s Snapshot, name string) (string, bool) {
	for _, i := range s.Interfaces {
		if i.Name == name {
			return strings.Join(i.Addresses, " "), i.Up
		}
	}
	return "detached", false
}

func attributeOf(s Snapshot, device, name string) string {
	for _, d := range s.Devices {
		if d.Name == device {
			return d.Attributes[name]
		}
	}
	return "no device"
}

// TestCommandsChangeWhatAIXChanges runs a step and compares the running state, the
// ODM and RMC's connection right after it and after a reboot.
func TestCommandsChangeWhatAIXChanges(t *testing.T) {
	type state struct {
		running string // addresses of en1, "detached"
		up      bool
		odm     string // netaddr6 in the ODM
		managed bool
	}
	healthy := state{linkLocalEN1, true, "fe80::f84b:8cff:fe2e:7121", true}
	gone := state{"detached", false, healthy.odm, false}
	tests := map[string]struct {
		step          string
		now, rebooted state
	}{
		"nothing":                          {"true", healthy, healthy},
		"ifconfig down":                    {"ifconfig en1 down", state{linkLocalEN1, false, healthy.odm, false}, healthy},
		"ifconfig detach":                  {"ifconfig en1 detach", gone, healthy},
		"ifconfig down detach":             {"/usr/sbin/ifconfig en1 down detach", gone, healthy},
		"inet6 ADDR delete":                {"ifconfig en1 inet6 fe80::f84b:8cff:fe2e:7121 delete", state{"", true, healthy.odm, false}, healthy},
		"inet6 delete ADDR":                {"ifconfig en1 inet6 delete fe80::f84b:8cff:fe2e:7121", state{"", true, healthy.odm, false}, healthy},
		"deleted and added with /64":       {"ifconfig en1 detach; ifconfig en1 inet6 fe80::f84b:8cff:fe2e:7121/64", healthy, healthy},
		"deleted and added as an alias":    {"ifconfig en1 detach; ifconfig en1 inet6 fe80::f84b:8cff:fe2e:7121 prefixlen 64 alias up", healthy, healthy},
		"restored with chdev":              {"ifconfig en1 detach; chdev -l en1 -a netaddr6=fe80::f84b:8cff:fe2e:7121 -a prefixlen=64 -a state=up", healthy, healthy},
		"restored with autoconf6 -i":       {"ifconfig en1 detach; autoconf6 -i en1", healthy, healthy},
		"autoconf6 -a":                     {"ifconfig en1 inet6 delete fe80::f84b:8cff:fe2e:7121; autoconf6 -a", healthy, healthy},
		"chdev state=down":                 {"chdev -l en1 -a state=down", state{linkLocalEN1, false, healthy.odm, false}, state{"detached", false, healthy.odm, false}},
		"chdev state=down, rc.tcpip cut":   {"chdev -l en1 -a state=down; sed '/chdev/d' /etc/rc.tcpip >/tmp/r && cat /tmp/r >/etc/rc.tcpip", state{linkLocalEN1, false, healthy.odm, false}, state{"detached", false, healthy.odm, false}},
		"chdev takes the address away":     {"chdev -l en1 -a netaddr6= -a prefixlen=", state{"", true, "", false}, healthy},
		"and rc.tcpip's line too":          {"chdev -l en1 -a netaddr6='' -a prefixlen=''; grep -v chdev /etc/rc.tcpip >/tmp/r; cp /tmp/r /etc/rc.tcpip", state{"", true, "", false}, state{"", true, "", false}},
		"chdev -P changes the ODM only":    {"chdev -P -l en1 -a netaddr6=fe80::1; sed '/chdev/d' /etc/rc.tcpip >/tmp/r; cp /tmp/r /etc/rc.tcpip", state{linkLocalEN1, true, "fe80::1", true}, state{"fe80::1/64", true, "fe80::1", false}},
		"chdev -T changes the kernel only": {"chdev -T -l en1 -a state=down", state{linkLocalEN1, false, healthy.odm, false}, healthy},
		"rmdev -l":                         {"rmdev -l en1", gone, healthy},
		"rmdev -l and mkdev -l":            {"rmdev -l en1; mkdev -l en1", healthy, healthy},
		"rmdev -dl":                        {"rmdev -dl en1", state{"detached", false, "no device", false}, gone},
		"rmdev -dl and cfgmgr":             {"rmdev -dl en1; cfgmgr; sed '/chdev/d' /etc/rc.tcpip >/tmp/r; cp /tmp/r /etc/rc.tcpip", state{"detached", false, "", false}, state{"detached", false, "", false}},
		"rmdev -Rdl of the adapter":        {"rmdev -Rdl ent1", state{"detached", false, "no device", false}, gone},
		"rmdev -dl of a busy adapter":      {"rmdev -dl ent1", healthy, healthy},
		"odmdelete":                        {"odmdelete -o CuAt -q name=en1; sed '/chdev/d' /etc/rc.tcpip >/tmp/r; cp /tmp/r /etc/rc.tcpip", state{linkLocalEN1, true, "", true}, state{"detached", false, "", false}},
		"mktcpip on the management NIC":    {"mktcpip -h aix73 -a 10.1.1.5 -m 255.255.255.0 -i en1", state{"10.1.1.5/24 " + linkLocalEN1, true, healthy.odm, true}, state{"10.1.1.5/24 " + linkLocalEN1, true, healthy.odm, true}},
		"rmtcpip":                          {"rmtcpip", state{"detached", false, "", false}, state{"detached", false, "fe80::f84b:8cff:fe2e:7121", false}},
		"stopsrc":                          {"stopsrc -s ctrmc", state{linkLocalEN1, true, healthy.odm, false}, healthy},
		"stopsrc -g rsct":                  {"stopsrc -g rsct", state{linkLocalEN1, true, healthy.odm, false}, healthy},
		"stopped and started":              {"stopsrc -s ctrmc; startsrc -s ctrmc", healthy, healthy},
		"rmcctrl -z":                       {"/usr/sbin/rsct/bin/rmcctrl -z", state{linkLocalEN1, true, healthy.odm, false}, healthy},
		"rmcctrl -z and -s":                {"/opt/rsct/bin/rmcctrl -z; /opt/rsct/bin/rmcctrl -s", healthy, healthy},
		"rmcctrl -P":                       {"/opt/rsct/bin/rmcctrl -P", state{linkLocalEN1, true, healthy.odm, false}, state{linkLocalEN1, true, healthy.odm, false}},
		"rmcctrl -P and -p":                {"/opt/rsct/bin/rmcctrl -P; /opt/rsct/bin/rmcctrl -p", healthy, healthy},
		"rmcctrl -Q at the next start":     {"/opt/rsct/bin/rmcctrl -Q", healthy, state{linkLocalEN1, true, healthy.odm, false}},
		"rmcctrl -k and -d":                {"/opt/rsct/bin/rmcctrl -k; /opt/rsct/bin/rmcctrl -d", state{linkLocalEN1, true, healthy.odm, false}, state{linkLocalEN1, true, healthy.odm, false}},
		"rmcctrl -d, then -A":              {"/opt/rsct/bin/rmcctrl -k; /opt/rsct/bin/rmcctrl -d; /opt/rsct/bin/rmcctrl -A", healthy, healthy},
		"rmitab ctrmc":                     {"rmitab ctrmc", healthy, state{linkLocalEN1, true, healthy.odm, false}},
		"chitab ctrmc off":                 {"chitab 'ctrmc:2:off:/usr/bin/startsrc -s ctrmc'", healthy, state{linkLocalEN1, true, healthy.odm, false}},
		"rmitab rctcpip":                   {"rmitab rctcpip", healthy, healthy},
		"kill of the daemon":               {"kill $(lssrc -s ctrmc | awk 'NR == 2 { print $3 }')", state{linkLocalEN1, true, healthy.odm, false}, healthy},
		"no node id":                       {"rm /etc/ct_node_id", state{linkLocalEN1, true, healthy.odm, false}, state{linkLocalEN1, true, healthy.odm, false}},
		"another node id":                  {"echo 1111111111111111 >/etc/ct_node_id", state{linkLocalEN1, true, healthy.odm, false}, state{linkLocalEN1, true, healthy.odm, false}},
		"recfgct":                          {"/opt/rsct/install/bin/recfgct", healthy, healthy},
		"recfgct -i":                       {"/usr/sbin/rsct/install/bin/recfgct -i 1234567890abcdef", healthy, healthy},
		"recfgct -s keeps the id":          {"rm -r /var/ct/cfg; /opt/rsct/install/bin/recfgct -s", healthy, healthy},
		"installp -u of RMC":               {"installp -u rsct.core.rmc", state{linkLocalEN1, true, healthy.odm, false}, state{linkLocalEN1, true, healthy.odm, false}},
		"reading changes nothing":          {"ifconfig -a; lsattr -El en1; lsdev -C; odmget CuAt; lssrc -a; netstat -in; entstat -d ent1; lsrsrc IBM.MCP; lslpp -L; bootlist -m normal -o", healthy, healthy},
		"en0 is left alone":                {"ifconfig en0 inet 192.168.10.22 netmask 255.255.255.0", healthy, healthy},
		"errors change nothing":            {"ifconfig en9 down; ifconfig en1 inet6 nonsense; chdev -l en1 -a nonsense=1; chdev -l en1; rmdev -l en9; stopsrc -s nothing; autoconf6 -i en7; mkdev -l en9", healthy, healthy},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			_, errs, _ := run(t, h, test.step)
			look := func(when string, want state) {
				t.Helper()
				s := h.Snapshot()
				got := state{odm: attributeOf(s, "en1", "netaddr6"), managed: s.Managed}
				got.running, got.up = addresses(s, "en1")
				if got != want {
					t.Errorf("%s: got %+v, want %+v\nstderr: %s", when, got, want, errs)
				}
			}
			look("at once", test.now)
			h.Reboot()
			look("after a reboot", test.rebooted)
		})
	}
}

func TestARebootOfAnUntouchedHostChangesNothing(t *testing.T) {
	h := newHost(t)
	before := h.Snapshot()
	h.Reboot()
	if d := gocmp.Diff(before, h.Snapshot()); d != "" {
		t.Error(d)
	}
	a, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	other := newHost(t).Snapshot()
	b, _ := json.Marshal(other)
	if string(a) != string(b) {
		t.Errorf("two default hosts differ:\n%s\n%s", a, b)
	}
}

func TestRecfgctGivesANewIdentity(t *testing.T) {
	h := newHost(t)
	before := h.Snapshot()
	out, _, code := run(t, h, "/opt/rsct/install/bin/recfgct")
	after := h.Snapshot()
	if code != 0 || !strings.Contains(out, "0513-059 The ctrmc Subsystem has been started. Subsystem PID is ") {
		t.Errorf("got %d and %q", code, out)
	}
	if after.NodeID == before.NodeID || after.NodeID != after.EtcNodeID || after.NodeID != after.VarNodeID || !isNodeID(after.NodeID) {
		t.Errorf("node ids: %q, %q, %q; before %q", after.NodeID, after.EtcNodeID, after.VarNodeID, before.NodeID)
	}
	peer, err := Parse("h.hcl", []byte(`rmc { peer_domain = "cluster1" }`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(peer)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if out, errs, code := run(t, p, "/opt/rsct/install/bin/recfgct; echo $?; lsrpdomain"); !strings.HasPrefix(out, "1\n") || !strings.Contains(errs, "online Peer Domain") || !strings.Contains(out, "cluster1 Online") || code != 0 {
		t.Errorf("in a peer domain: got %q and %q", out, errs)
	}
}

func TestRmcdomainstatusSaysWhatTheConnectionIs(t *testing.T) {
	const command = "/usr/sbin/rsct/bin/rmcdomainstatus -s ctrmc"
	tests := map[string]struct{ step, want string }{
		"connected":               {"true", "   I A  0x7c04d2e91ab35f60  0001  fe80::68c7:aeff:fe12:3a09"},
		"lost since":              {"ifconfig en1 down", "   O A  0x7c04d2e91ab35f60  0001  fe80::68c7:aeff:fe12:3a09"},
		"never since the restart": {"ifconfig en1 down; stopsrc -s ctrmc; startsrc -s ctrmc", ""},
		"who are you":             {"echo 1111111111111111 >/etc/ct_node_id", "   i A  0x7c04d2e91ab35f60  0001  fe80::68c7:aeff:fe12:3a09"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			run(t, h, test.step)
			out, _, code := run(t, h, command)
			lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			if got := lines[len(lines)-1]; got != test.want || code != 0 {
				t.Errorf("got %q and %d", out, code)
			}
		})
	}
	h := newHost(t)
	if _, errs, code := run(t, h, "stopsrc -s ctrmc >/dev/null; "+command); code != 1 || !strings.Contains(errs, "0513-036") {
		t.Errorf("with the daemon stopped: got %d and %q", code, errs)
	}
	inBand, err := Parse("h.hcl", []byte(`
rmc { in_band = true }
interface "en1" { remove = true }
`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(inBand)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if out, _, code := run(t, b, command+"; lssrc -ls mcproxy"); !b.Snapshot().Managed || code != 0 || strings.Contains(out, "Control Points") || !strings.Contains(out, "\nHostname: ") {
		t.Errorf("in band: managed %v, got %q", b.Snapshot().Managed, out)
	}
}

func TestOthersThanRootMayNotChangeTheHost(t *testing.T) {
	h := newHost(t)
	before := h.Snapshot()
	for _, command := range []string{"ifconfig en1 down", "chdev -l en1 -a state=down", "rmdev -dl en1", "stopsrc -s ctrmc", "/opt/rsct/bin/rmcctrl -z", "/opt/rsct/install/bin/recfgct",
		"rm /etc/ct_node_id", "echo x >/etc/rc.tcpip", "rmitab ctrmc", "installp -u rsct.core.rmc", "bootlist -m normal hdisk0", "emgr -l", "sudo -n id", "kill -9 1", "reboot", "odmdelete -o CuAt -q name=en1",
		"chown builder /etc/rc.tcpip", "chmod 777 /etc", "mkdir /etc/x", "ln -s /etc/passwd /etc/y", "cat /etc/security/login.cfg"} {
		if code := h.Run(t.Context(), "builder", command, nil, nil, nil); code == 0 {
			t.Errorf("%s: exit status 0", command)
		}
	}
	if d := gocmp.Diff(before, h.Snapshot()); d != "" {
		t.Error(d)
	}
	def, _ := Parse("h.hcl", []byte(`user "builder" { sudo = true }`))
	s, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out strings.Builder
	if code := s.Run(t.Context(), "builder", "id -u; sudo -n id -u; sudo sh -c 'echo $0; stopsrc -s ctrmc'", nil, &out, nil); code != 0 || !strings.HasPrefix(out.String(), "203\n0\nsh\n0513-044") {
		t.Errorf("with sudo: got %d and %q", code, out.String())
	}
}

func TestCloudInitGoesWithItsPackage(t *testing.T) {
	h := newHost(t)
	out, _, _ := run(t, h, "rpm -e cloud-init; ls /etc/rc.d/rc2.d | wc -l; ls /opt/freeware/etc/cloud | wc -l; lslpp -Lqc | grep -c cloud-init; rpm -e cloud-init 2>&1; echo $?")
	if strings.Join(strings.Fields(out), " ") != "0 0 0 error: package cloud-init is not installed 1" {
		t.Errorf("got %q", out)
	}
}
