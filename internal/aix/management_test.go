// SPDX-License-Identifier: MPL-2.0

package aix

import "testing"

// block is an Ethernet block of ifconfig.
func block(name string, lines ...string) string {
	text := name + ": flags=1e084863,814c0<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST>\n"
	for _, line := range lines {
		text += "\t" + line + "\n"
	}
	return text
}

const (
	inet     = "inet 198.51.100.10 netmask 0xffffff00 broadcast 198.51.100.255"
	inet6own = "inet6 fe80::f8a1:2ff:fe34:5601/64"
	inet6en0 = "inet6 fe80::f8a1:2ff:fe34:5600/64"
	rcHead   = "present -rwxrwxr--    1 0        0              6180 Nov 24 2026  /etc/rc.tcpip\n"
	rcChdev  = "chdev -l en1 -anetaddr6=fe80::f8a1:2ff:fe34:5601 -aprefixlen=64\n"
)

func TestManagementInterfaceIsFoundWithAReason(t *testing.T) {
	odm := func(netaddr, netaddr6 string) string {
		return "@@ en0\n" + attributesOf("198.51.100.10", "", "up") + "@@ = 0\n@@ en1\n" + attributesOf(netaddr, netaddr6, "up") + "@@ = 0\n"
	}
	plainAdapters := "@@ ent0\n" + statisticsOf("ent0", "fa:a1:02:34:56:00", 1, "ETHERNET0") + "@@ = 0\n@@ ent1\n" + statisticsOf("ent1", "fa:a1:02:34:56:01", 2, "ETHERNET0") + "@@ = 0\n"
	for name, c := range map[string]struct {
		changes  []string
		override string
		want     map[string]string
	}{
		"link-local only, on the management switch": {want: map[string]string{
			"management.interface": "en1", "management.reason": "en1 has a link-local address and no IPv4 address, and its adapter is on the management network"}},
		"link-local only, on another switch": {
			changes: []string{ProbeEntstat, plainAdapters},
			want:    map[string]string{"management.interface": "en1", "management.reason": "en1 is the only Ethernet interface with a link-local address and no IPv4 address"}},
		"link-local on both, IPv4 on one": {
			changes: []string{ProbeIfconfig, block("en0", inet, inet6en0) + block("en1", inet6own)},
			want:    map[string]string{"management.interface": "en1", "management.candidates[]": "1"}},
		"two without IPv4, the switch tells": {
			changes: []string{ProbeIfconfig, block("en0", inet6en0) + block("en1", inet6own)},
			want:    map[string]string{"management.interface": "en1", "management.candidates[]": "1"}},
		"two without IPv4, nothing tells": {
			changes: []string{ProbeIfconfig, block("en0", inet6en0) + block("en1", inet6own), ProbeEntstat, plainAdapters},
			want:    map[string]string{"management.interface": "", "management.candidates[]": "2", "management.address": "", "management.reason": "several interfaces could be it: en0, en1"}},
		"two without IPv4, the user tells": {
			changes:  []string{ProbeIfconfig, block("en0", inet6en0) + block("en1", inet6own), ProbeEntstat, plainAdapters},
			override: "en0",
			want:     map[string]string{"management.interface": "en0", "management.candidates[]": "2", "management.address": "fe80::f8a1:2ff:fe34:5600", "management.reason": "named by management_interface"}},
		"the user names one that is not there": {
			override: "en7",
			want: map[string]string{"management.interface": "en7", "management.address": "", "management.up": "false",
				"management.reason": "named by management_interface, but the guest has no interface of that name"}},
		"address lost, ODM and rc.tcpip remember": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1")},
			want: map[string]string{"management.interface": "en1", "management.address": "", "management.prefix_length": "0", "management.up": "true",
				"management.persistent": "true", "management.reason": "en1 is configured with a link-local address in the ODM or /etc/rc.tcpip, but does not run with it"}},
		"interface detached, ODM remembers": {
			changes: []string{ProbeIfconfig, block("en0", inet), ProbeRcTCPIP, rcHead},
			want:    map[string]string{"management.interface": "en1", "management.up": "false", "management.address": "", "management.persisted_in_rc_tcpip": "false"}},
		"interface removed from the ODM, rc.tcpip remembers": {
			changes: []string{ProbeIfconfig, block("en0", inet), ProbeInterfaces, "en0:Available:Standard Ethernet Network Interface\n"},
			want:    map[string]string{"management.interface": "en1", "management.up": "false", "management.persisted_in_odm": "false", "management.persisted_in_rc_tcpip": "true"}},
		"all gone but a comment": {
			changes: []string{ProbeIfconfig, block("en0", inet), ProbeInterfaces, "en0:Available:Standard Ethernet Network Interface\n", ProbeRcTCPIP, rcHead + "# " + rcChdev},
			want: map[string]string{"management.interface": "en1", "management.persistent": "false",
				"management.reason": "en1 is named with a link-local address in a commented line of /etc/rc.tcpip, and by nothing else"}},
		"the metadata address put on it": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1", "inet 169.254.169.253 netmask 0xffffff00", inet6own), ProbeAttributes, odm("169.254.169.253", "")},
			want:    map[string]string{"management.interface": "en1", "management.reason": "en1 has a link-local address, and no other IPv4 address than link-local ones"}},
		"no interface has one": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1"), ProbeAttributes, odm("", ""), ProbeRcTCPIP, rcHead},
			want: map[string]string{"management.interface": "", "management.up": "false", "management.persistent": "false",
				"management.reason": "no Ethernet interface has, or is configured for, a link-local address of its own"}},
		"a global address is none": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1", "inet6 2001:db8::1/64"), ProbeAttributes, odm("", "2001:db8::1"), ProbeRcTCPIP, rcHead},
			want:    map[string]string{"management.interface": "", "interfaces[1].link_local": "false"}},
		"all of fe80::/10 counts": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1", "inet6 febf::1%2/64")},
			want:    map[string]string{"management.interface": "en1", "management.address": "febf::1", "interfaces[1].matches_mac": "false"}},
		"fec0 does not": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1", "inet6 fec0::1/64"), ProbeAttributes, odm("", ""), ProbeRcTCPIP, rcHead},
			want:    map[string]string{"management.interface": ""}},
		"none runs, and the ODM did not read": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1"), ProbeAttributes, "no sections\n"},
			want:    map[string]string{"management.interface": "unknown: no sections", "management.persistent": "unknown: "}},
		"one runs, and the ODM did not read": {
			changes: []string{ProbeAttributes, "no sections\n", ProbeRcTCPIP, rcHead},
			want:    map[string]string{"management.interface": "en1", "management.address": "fe80::f8a1:2ff:fe34:5601", "management.persistent": "unknown: no sections"}},
		"a damaged address is not a missing one": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1", "inet6 fe80::f8a1: 2ff:fe34:5601/64")},
			want:    map[string]string{"management.interface": "unknown: line 4", "interfaces": "unknown: line 4"}},
		"nor is a damaged keyword": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("en1", "lnet6 fe80::f8a1:2ff:fe34:5601/64")},
			want:    map[string]string{"interfaces": "unknown: options without colons"}},
		"nor a damaged name": {
			changes: []string{ProbeIfconfig, block("en0", inet) + block("enl", inet6own)},
			want:    map[string]string{"interfaces": "unknown: head of an interface"}},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, Read(with(c.changes...), ReadOptions{ManagementInterface: c.override}), c.want)
		})
	}
}

func TestPersistenceIsToldByWhatRunsAtBoot(t *testing.T) {
	odm := func(netaddr6, state string) string {
		return "@@ en0\n" + attributesOf("198.51.100.10", "", "up") + "@@ = 0\n@@ en1\n" + attributesOf("", netaddr6, state) + "@@ = 0\n"
	}
	const address = "fe80::f8a1:2ff:fe34:5601"
	for name, c := range map[string]struct {
		odm, rc                      string
		inODM, inRc, autoconf, whole string
	}{
		"ODM":                               {odm(address, "up"), "", "true", "false", "false", "true"},
		"ODM, but down":                     {odm(address, "down"), "", "false", "false", "false", "false"},
		"ODM, but detached":                 {odm(address, "detach"), "", "false", "false", "false", "false"},
		"nothing":                           {odm("", "up"), "", "false", "false", "false", "false"},
		"chdev, joined options":             {odm("", "up"), "chdev -l en1 -anetaddr6=" + address + " -aprefixlen=64\n", "false", "true", "false", "true"},
		"chdev, separate options":           {odm("", "up"), "/usr/sbin/chdev -l en1 -a netaddr6=" + address + " -a prefixlen=64 -a state=up\n", "false", "true", "false", "true"},
		"chdev, one option, quoted":         {odm("", "up"), "chdev -len1 -a 'netaddr6=" + address + " prefixlen=64'\n", "false", "true", "false", "true"},
		"chdev in a comment":                {odm("", "up"), "# chdev -l en1 -a netaddr6=" + address + "\n", "false", "false", "false", "false"},
		"chdev behind a comment sign":       {odm("", "up"), "sleep 1 # chdev -l en1 -a netaddr6=" + address + "\n", "false", "false", "false", "false"},
		"chdev after another command":       {odm("", "up"), "[ -x /usr/sbin/chdev ] && chdev -l en1 -a netaddr6=" + address + "\n", "false", "true", "false", "true"},
		"chdev only spoken of":              {odm("", "up"), "echo chdev -l en1 -a netaddr6=" + address + "\n", "false", "false", "false", "false"},
		"chdev of another interface":        {odm("", "up"), "chdev -l en0 -a netaddr6=" + address + "\n", "false", "false", "false", "false"},
		"chdev of another attribute":        {odm("", "up"), "chdev -l en1 -a mtu=9000\n", "false", "false", "false", "false"},
		"chdev continued":                   {odm("", "up"), "chdev -l en1 \\\n  -a netaddr6=" + address + "\n", "false", "true", "false", "true"},
		"chdev that a later one undoes":     {odm("", "up"), "chdev -l en1 -a netaddr6=" + address + "\nchdev -l en1 -a netaddr6=''\n", "false", "false", "false", "false"},
		"chdev that a later one takes down": {odm("", "up"), "chdev -l en1 -a netaddr6=" + address + "\nchdev -l en1 -a state=detach\n", "false", "false", "false", "false"},
		"autoconf6 for all":                 {odm("", "detach"), "start /usr/sbin/autoconf6 \"\" \" -a\"\n", "false", "false", "true", "true"},
		"autoconf6 by name":                 {odm("", "detach"), "start /usr/sbin/autoconf6 \"\" \" -i en1\"\n", "false", "false", "true", "true"},
		"autoconf6 by name, among others":   {odm("", "detach"), "start /usr/sbin/autoconf6 \"\" \" -v -i en0 en1\"\n", "false", "false", "true", "true"},
		"autoconf6 by another name":         {odm("", "up"), "start /usr/sbin/autoconf6 \"\" \" -i en0\"\n", "false", "false", "false", "false"},
		"autoconf6 with a main interface":   {odm("", "up"), "start /usr/sbin/autoconf6 \"\" \" -i -m en1 en0\"\n", "false", "false", "false", "false"},
		"autoconf6 for those that are up":   {odm("", "up"), "start /usr/sbin/autoconf6 \"\" \n", "false", "false", "true", "true"},
		"autoconf6, and the interface down": {odm("", "down"), "start /usr/sbin/autoconf6 \"\" \n", "false", "false", "false", "false"},
		"autoconf6 in a comment":            {odm("", "up"), "#start /usr/sbin/autoconf6 \"\" \" -a\"\n", "false", "false", "false", "false"},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, Read(with(ProbeAttributes, c.odm, ProbeRcTCPIP, rcHead+c.rc), ReadOptions{}), map[string]string{
				"management.interface": "en1", "management.persisted_in_odm": c.inODM, "management.persisted_in_rc_tcpip": c.inRc,
				"management.persisted_by_autoconf6": c.autoconf, "management.persistent": c.whole,
			})
		})
	}
}
