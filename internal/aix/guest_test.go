// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
)

// guest is a made-up AIX 7.3 guest on Power VS with nothing wrong with it: en0 for
// users, en1 for RMC. Each probe's stdout.
var guest = map[string]string{
	ProbeUname:   "AIX golden 3 7 00FA00D04C00\n",
	ProbeUID:     "0\n",
	ProbeDate:    "2026-11-24T12:00:00Z\n",
	ProbeOSLevel: "7300-02-02-2420\n",
	ProbeFilesets: "bos.rte.SRC:bos.rte.SRC:7.3.2.0: : :C: :System Resource Controller: : : : : : :0:0:/:2420\n" +
		"devices.chrp.base:devices.chrp.base.ServiceRM:2.5.1.3: : :C:F:RISC CHRP Service Resource Manager: : : : : : :0:0:/:2420\n" +
		"devices.common.IBM.mpio:devices.common.IBM.mpio.rte:7.3.2.0: : :C: :MPIO Disk Path Control Module: : : : : : :0:0:/:2420\n" +
		"devices.vdevice.IBM.vfc-client:devices.vdevice.IBM.vfc-client.rte:7.3.2.0: : :C: :Virtual Fibre Channel Client Support: : : : : : :0:0:/:2420\n" +
		"rsct.core:rsct.core.rmc:3.3.1.1: : :C:F:RSCT Resource Monitoring: and Control: : : : : : :0:1:/:2420\n" +
		"rsct.core:rsct.core.utils:3.3.1.0: : :A:F:RSCT Utilities: : : : : : :0:0:/:2420\n" +
		"cloud-init:cloud-init-22.1-3:22.1-3: : :C:R:Cloud instance init scripts: :/bin/rpm -e cloud-init: : : : :0: :(none):Tue Nov 12 10:09:08 CST 2024\n",
	ProbeFilesetParts: "/usr/lib/objrepos:bos.rte.SRC:7.3.2.0::COMMITTED:I:System Resource Controller:\n" +
		"/usr/lib/objrepos:devices.chrp.base.ServiceRM:2.5.1.3::COMMITTED:F:RISC CHRP Service Resource Manager:\n" +
		"/usr/lib/objrepos:rsct.core.rmc:3.3.1.1::COMMITTED:F:RSCT Resource Monitoring: and Control:EFIXLOCKED\n" +
		"/usr/lib/objrepos:rsct.core.utils:3.3.1.0::APPLIED:F:RSCT Utilities:\n" +
		"/etc/objrepos:bos.rte.SRC:7.3.2.0::COMMITTED:I:System Resource Controller:\n" +
		"/etc/objrepos:rsct.core.rmc:3.3.1.0::COMMITTED:F:RSCT Resource Monitoring: and Control:\n",
	ProbeSubsystems: "Subsystem         Group            PID          Status\n" +
		" ctrmc            rsct             8847752      active\n" +
		" IBM.HostRM       rsct_rm          8847760      active\n" +
		" IBM.MgmtDomainRM rsct_rm          8847761      active\n" +
		" aso                               4718948      active\n" +
		" ctcas            rsct                          inoperative\n" +
		" gsclvmd                                        inoperative\n",
	ProbeDomainStatus: "Management Domain Status: Management Control Points\n" +
		"   I A  0x5a5a0f0f12345678 0001  fe80::c0de:1ff:fe00:42\n",
	ProbeRMCObject: "\nSRCsubsys:\n\tsubsysname = \"ctrmc\"\n\tsynonym = \"\"\n\tcmdargs = \"-a IBM.LPCommands -r\"\n\tpath = \"/usr/sbin/rsct/bin/rmcd\"\n\tuid = 0\n\tgrpname = \"rsct\"\n",
	ProbeListeners: "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)\n" +
		"tcp        0      0  *.22                   *.*                    LISTEN\ntcp6       0      0  *.657                  *.*                    LISTEN\n" +
		"tcp4       0      0  127.0.0.1.199          *.*                    LISTEN\n",
	ProbeInBand: "",
	ProbeNodeID: "0badc0ffee0ddf00\n",
	ProbeNodeIDEtc: "present -r--r--r--    1 0        0               128 Nov 20 2026  /etc/ct_node_id\n" +
		"0badc0ffee0ddf00\nmore\n",
	ProbeNodeIDVar: "present -r--r--r--    1 0        0               128 Nov 20 2026  /var/ct/cfg/ct_node_id\n" +
		"badc0ffee0ddf00\n",
	ProbeIfconfig: "en0: flags=1e084863,814c0<UP,BROADCAST,NOTRAILERS,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT,CHECKSUM_OFFLOAD(ACTIVE),LARGESEND,CHAIN>\n" +
		"        inet 198.51.100.10 netmask 0xffffff00 broadcast 198.51.100.255\n" +
		"         tcp_sendspace 262144 tcp_recvspace 262144 rfc1323 1\n" +
		"en1: flags=1e084863,814c0<UP,BROADCAST,NOTRAILERS,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT,CHECKSUM_OFFLOAD(ACTIVE),LARGESEND,CHAIN>\n" +
		"        inet6 fe80::f8a1:2ff:fe34:5601/64\n" +
		"         tcp_sendspace 262144 tcp_recvspace 262144 rfc1323 1\n" +
		"lo0: flags=e08084b,c0<UP,BROADCAST,LOOPBACK,RUNNING,SIMPLEX,MULTICAST,GROUPRT,64BIT,LARGESEND,CHAIN>\n" +
		"        inet 127.0.0.1 netmask 0xff000000 broadcast 127.255.255.255\n" +
		"        inet6 ::1%1/128\n",
	ProbeNetstat: "Name   Mtu   Network     Address                 Ipkts     Ierrs        Opkts     Oerrs  Coll\n" +
		"en0    1500  link#2      fa.a1.2.34.56.0           1089     0      402     0     0\n" +
		"en0    1500  198.51.100  198.51.100.10             1089     0      402     0     0\n" +
		"en1    1500  link#3      fa.a1.2.34.56.1             12     0       12     0     0\n" +
		"en1    1500  fe80::f8a1:2ff:fe34:5601                12     0       12     0     0\n" +
		"lo0    16896 link#1                               25611     0    25611     0     0\n" +
		"lo0    16896 ::1%1                                25611     0    25611     0     0\n",
	ProbeRoutes6: "Routing tables\nDestination        Gateway           Flags   Refs     Use  If   Exp  Groups\n\n" +
		"Route tree for Protocol Family 24 (Internet v6):\n" +
		"::1%1              ::1%1             UH       22         0 lo0      -      -   \n" +
		"fe80::/64          link#3            UCX       0         0 en1      -      -   \n" +
		"fe80::f8a1:2ff:fe34:5601                  UHXLWl    4         0 lo0      -      -   \n",
	ProbeInterfaces: "en0:Available:Standard Ethernet Network Interface\nen1:Available:Standard Ethernet Network Interface\n" +
		"et0:Defined:IEEE 802.3 Ethernet Network Interface\nlo0:Available:Loopback Network Interface\n",
	ProbeAdapters: "ent0:Available:Virtual I/O Ethernet Adapter (l-lan)\nent1:Available:Virtual I/O Ethernet Adapter (l-lan)\n" +
		"fcs0:Available:Virtual Fibre Channel Client Adapter\nvsa0:Available:LPAR Virtual Serial Adapter\n",
	ProbeAttributes: "@@ en0\n" + attributesOf("198.51.100.10", "", "up") + "@@ = 0\n" +
		"@@ en1\n" + attributesOf("", "fe80::f8a1:2ff:fe34:5601", "up") + "@@ = 0\n",
	ProbeEntstat: "@@ ent0\n" + statisticsOf("ent0", "fa:a1:02:34:56:00", 1, "ETHERNET0") + "@@ = 0\n" +
		"@@ ent1\n" + statisticsOf("ent1", "fa:a1:02:34:56:01", 4094, "MGMTSWITCH") + "@@ = 0\n",
	ProbeRcTCPIP: "present -rwxrwxr--    1 0        0              6180 Nov 24 2026  /etc/rc.tcpip\n" +
		"#!/usr/bin/ksh\n#start /usr/sbin/autoconf6 \"\" \nstart /usr/sbin/syslogd \"$src_running\"\n" +
		"[ -z \"$portmap_pid\" ] && start /usr/sbin/portmap \"${src_running}\"\n" +
		"chdev -l en1 -anetaddr6=fe80::f8a1:2ff:fe34:5601 -aprefixlen=64\n",
	ProbeInittab: "init:2:initdefault:\nl2:2:wait:/etc/rc.d/rc 2 \nshdaemon:2:off:/usr/sbin/shdaemon >/dev/console 2>&1\n" +
		"ctrmc:2:once:/usr/bin/startsrc -s ctrmc > /var/ct/ctrmc-inittab.err 2>&1\n",
	ProbeCloudConfig: "present -rw-r--r--    1 0        0              2500 Nov 24 2026  /opt/freeware/etc/cloud/cloud.cfg\n" +
		"# The top level settings\nusers:\n - default\ndatasource_list: ['ConfigDrive']\n" +
		"cloud_init_modules:\n - migrator\n - [ write-files, always ]\n\ncloud_final_modules:\n- update-bootlist # after the volume groups\n- reset-rmc\n",
	ProbeRc2Links: "total 16\nlrwxrwxrwx    1 root     system           30 Jun 12 2026  S01cloud-init-local -> /etc/rc.d/init.d/cloud-init-local\n" +
		"lrwxrwxrwx    1 root     system           24 Jun 12 2026  S02cloud-init -> /etc/rc.d/init.d/cloud-init\n" +
		"-r-xr-xr-x    1 root     system          307 Jun 12 2026  Ksshd\n",
	ProbeSys0:       "clouddev:1\nghostdev:0\nmodelname:IBM,9105-22A\npartition_uuid:0f0e0d0c-0b0a-4908-8706-050403020100\nos_uuid:11111111-2222-4333-8444-555555555555\nsystemid:IBM,0212345A7\nfwversion:IBM,FW1050.70 (ML1050_132)\nautorestart:true\n",
	ProbeBootList:   "hdisk0 blv=hd5 pathid=0\nhdisk0 blv=hd5 pathid=1\n",
	ProbeBootDevice: "hdisk0\n",
	ProbeDisks:      "hdisk0          00fa00d012345678                    rootvg          active      \nhdisk1          none                                None                        \n",
	ProbePeerDomain: "",
	ProbeCluster0:   "",
	ProbeMCP: "Resource Persistent Attributes for IBM.MCP\nresource 1:\n        MNName            = \"fe80::f8a1:2ff:fe34:5601\"\n        NodeID            = 6510615555426900571\n" +
		"        KeyToken          = \"novalink\"\n        IPAddresses       = {\"fe80::c0de:1ff:fe00:42\"}\n        HMCName           = \"novalink*1\"\n        HMCIPAddr         = \"\"\n        HMCAddIPs         = \"\"\n" +
		"        HMCAddIPv6s       = \"fe80::c0de:1ff:fe00:42\"\n        ActivePeerDomain  = \"\"\n        NodeNameList      = {\"golden\"}\n",
	ProbeInterimFixes: "ID  STATE LABEL      INSTALL TIME      UPDATED BY ABSTRACT\n" +
		"=== ===== ========== ================= ========== ======================================\n" +
		"1    S    IJ00001s1a 11/20/26 10:00:00            A stable fix\n\nSTATE codes:\n S = STABLE\n",
	ProbeTechnologyLevel: "All filesets for 7300-00_AIX_ML were found.\nAll filesets for 7300-02_AIX_ML were found.\n",
	ProbeConsistency:     "",
	ProbeIPSec:           "ipsec_v4:Available:IP Version 4 Security Extension\nipsec_v6:Available:IP Version 6 Security Extension\n",
	ProbeFilter4:         "1|permit|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|no|udp|eq|4001|eq|4001|both|both|no|all packets|0|all|0|||Default Rule\n2|*** Dynamic filter placement rule for IKE tunnels ***|no\n0|permit|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||Default Rule\n",
	ProbeFilter6:         "2|*** Dynamic filter placement rule for IKE tunnels ***|no\n0|permit|::|0|::|0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||Default Rule\n",
}

func attributesOf(netaddr, netaddr6, state string) string {
	prefix := ""
	if netaddr6 != "" {
		prefix = "64"
	}
	return "alias4:\nalias6:\narp:on\nmtu:1500\nnetaddr:" + netaddr + "\nnetaddr6:" + netaddr6 + "\nnetmask:255.255.255.0\nprefixlen:" + prefix + "\nstate:" + state + "\n"
}

func statisticsOf(adapter, mac string, vlan int, vswitch string) string {
	return fmt.Sprintf("-------------\nETHERNET STATISTICS (%s) :\nDevice Type: Virtual I/O Ethernet Adapter (l-lan)\nHardware Address: %s\nElapsed Time: 1 days\n\nPort VLAN ID:  %4d\nVLAN Tag IDs:  None\n\nSwitch ID: %s\n", adapter, mac, vlan, vswitch)
}

// outputsOf makes outputs of stdouts, all with exit code 0.
func outputsOf(stdouts map[string]string) Outputs {
	outputs := Outputs{}
	for probe, stdout := range stdouts {
		outputs[probe] = Output{Probe: probe, Stdout: []byte(stdout)}
	}
	// What the guest has no subsystem for.
	if in, there := outputs[ProbeInBand]; there && len(in.Stdout) == 0 {
		in.ExitCode, in.Stderr = 1, []byte("0513-085 The mcproxy Subsystem is not on file.\n")
		outputs[ProbeInBand] = in
	}
	return outputs
}

// with returns the outputs of the guest after some changes: probe, stdout, probe, stdout…
func with(changes ...string) Outputs {
	stdouts := maps.Clone(guest)
	for i := 0; i < len(changes); i += 2 {
		stdouts[changes[i]] = changes[i+1]
	}
	return outputsOf(stdouts)
}

// replaced returns the guest's stdout of a probe with a text replaced.
func replaced(tb testing.TB, probe, old, new string) string {
	tb.Helper()
	if !strings.Contains(guest[probe], old) {
		tb.Fatalf("the guest's %s does not contain %q", probe, old)
	}
	return strings.ReplaceAll(guest[probe], old, new)
}

// flat lists all facts below v by path. An unknown one is "unknown: " and why, and
// nothing below it is listed.
func flat(v any) map[string]string {
	found := map[string]string{}
	flatten(reflect.ValueOf(v), "", found)
	return found
}

func flatten(v reflect.Value, path string, found map[string]string) {
	if v.CanInterface() {
		if fact, ok := v.Interface().(AnyFact); ok {
			value, known, why := fact.Reveal()
			if !known {
				found[path] = "unknown: " + why.String()
				return
			}
			flatten(reflect.ValueOf(value), path, found)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		flatten(v.Elem(), path, found)
	case reflect.Slice:
		found[path+"[]"] = fmt.Sprint(v.Len())
		for i := range v.Len() {
			flatten(v.Index(i), fmt.Sprintf("%s[%d]", path, i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			step := path + "." + name
			if path == "" {
				step = name
			}
			flatten(v.Field(i), step, found)
		}
	default:
		found[path] = fmt.Sprint(v.Interface())
	}
}

// expect compares facts by path; "unknown: …" matches by what it contains.
func expect(t *testing.T, facts *Facts, want map[string]string) {
	t.Helper()
	got := flat(facts)
	for path, value := range want {
		reason, unknown := strings.CutPrefix(value, "unknown: ")
		switch {
		case unknown && (!strings.HasPrefix(got[path], "unknown: ") || !strings.Contains(got[path], reason)):
			t.Errorf("%s is %q, want unknown because of %q", path, got[path], reason)
		case !unknown && got[path] != value:
			t.Errorf("%s is %q, want %q", path, got[path], value)
		}
	}
}
