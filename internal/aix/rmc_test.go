// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"strings"
	"testing"
)

func withOutput(probe string, out Output, changes ...string) Outputs {
	outputs := with(changes...)
	outputs[probe] = out
	return outputs
}

func TestConnectionIsToldInBandAndOutOfBand(t *testing.T) {
	const points = "Management Domain Status: Management Control Points\n"
	proxy := guest[ProbeSubsystems] + " mcproxy          rsct             8847799      active\n"
	for name, c := range map[string]struct {
		outputs Outputs
		want    map[string]string
	}{
		"pending":   {with(ProbeDomainStatus, points+"  i a  0x5a5a0f0f12345678 0001  console\n"), map[string]string{"rmc.connected": "false", "rmc.control_points[0].connected": "false", "rmc.control_points[0].token1": "i"}},
		"down":      {with(ProbeDomainStatus, points+"  O A  0x5a5a0f0f12345678 0001  console\n"), map[string]string{"rmc.connected": "false"}},
		"suspended": {with(ProbeDomainStatus, points+"  X A  0x5a5a0f0f12345678 0001  console\n"), map[string]string{"rmc.connected": "false"}},
		"one of two": {with(ProbeDomainStatus, points+"  O A  0x5a5a0f0f12345678 0001  first\n  I a  0x5a5a0f0f12345679 0002  second\n"),
			map[string]string{"rmc.connected": "true", "rmc.control_points[]": "2"}},
		"no domain": {with(ProbeDomainStatus, ""), map[string]string{"rmc.connected": "false", "rmc.control_points[]": "0"}},
		"nodes that this one manages do not count": {with(ProbeDomainStatus, "Management Domain Status: Managed Nodes\n  I A  0x5a5a0f0f12345678 0001  node  dom/+ (1)\n"),
			map[string]string{"rmc.connected": "false", "rmc.managed_nodes[]": "1"}},
		"in-band with a console": {with(ProbeDomainStatus, "", ProbeSubsystems, proxy, ProbeInBand, "Proxy status\n   Hostname: hmc7\n   Hostname: hmc1\n"),
			map[string]string{"rmc.connected": "true", "rmc.in_band.consoles[0]": "hmc1", "rmc.in_band.active": "true"}},
		"in-band without a console": {with(ProbeDomainStatus, "", ProbeSubsystems, proxy, ProbeInBand, "Proxy status\n"),
			map[string]string{"rmc.connected": "false", "rmc.in_band.consoles[]": "0"}},
		"in-band says nothing": {withOutput(ProbeInBand, Output{}, ProbeDomainStatus, "", ProbeSubsystems, proxy),
			map[string]string{"rmc.connected": "unknown: no output", "rmc.in_band": "unknown: "}},
		"in-band inoperative": {with(ProbeDomainStatus, "", ProbeSubsystems, guest[ProbeSubsystems]+" mcproxy          rsct                          inoperative\n"),
			map[string]string{"rmc.connected": "false", "rmc.in_band.present": "true", "rmc.in_band.active": "false"}},
		"the list of subsystems unread, lssrc knows no mcproxy": {withOutput(ProbeSubsystems, Output{Problem: "timed out"}),
			map[string]string{"rmc.in_band.present": "false", "subsystems": "unknown: timed out"}},
		"connected outweighs unknown": {withOutput(ProbeInBand, Output{Problem: "timed out"}, ProbeSubsystems, proxy), map[string]string{"rmc.connected": "true", "rmc.in_band": "unknown: timed out"}},
		"the daemon does not run": {withOutput(ProbeDomainStatus, Output{ExitCode: 1, Stderr: []byte("no session\n")},
			ProbeSubsystems, strings.Replace(guest[ProbeSubsystems], "8847752      active", "             inoperative", 1)),
			map[string]string{"rmc.connected": "false", "rmc.control_points": "unknown: exit code 1: no session; ctrmc does not run"}},
		"RSCT is not installed": {withOutput(ProbeDomainStatus, Output{ExitCode: 127}, ProbeFilesets, "bos.rte:bos.rte:7.3.2.0: : :C: :Base Operating System Runtime: : : : : : :0:0:/:2420\n"),
			map[string]string{"rmc.connected": "unknown: rsct.core.rmc is not installed"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, Read(c.outputs, ReadOptions{}), c.want) })
	}
}

func TestNodeIDIsComparedInItsThreePlaces(t *testing.T) {
	const other = "present -r--r--r--    1 0        0               128 Nov 20 2026  f\n1234567890abcdef\n"
	for name, c := range map[string]struct {
		outputs Outputs
		want    map[string]string
	}{
		"one differs": {with(ProbeNodeIDVar, other), map[string]string{"node_id.consistent": "false", "disagreements[]": "1", "disagreements[0].subject": "node id",
			"disagreements[0].sources[0]": "/etc/ct_node_id says badc0ffee0ddf00", "disagreements[0].sources[1]": "/var/ct/cfg/ct_node_id says 1234567890abcdef"}},
		"one is missing": {with(ProbeNodeIDEtc, "absent\n"), map[string]string{"node_id.consistent": "false", "node_id.etc.present": "false"}},
		"one is empty":   {with(ProbeNodeIDEtc, "present -r--r--r--    1 0        0               0 Nov 20 2026  f\n"), map[string]string{"node_id.consistent": "false", "node_id.etc.id": ""}},
		"one is unknown": {withOutput(ProbeNodeID, Output{Problem: "timed out"}), map[string]string{"node_id.consistent": "unknown: timed out"}},
		"one is unknown, and the others differ": {withOutput(ProbeNodeID, Output{Problem: "timed out"}, ProbeNodeIDVar, other),
			map[string]string{"node_id.consistent": "false"}},
		"one is no id": {with(ProbeNodeID, "lsnodeid: 2645-001\n"), map[string]string{"node_id.reported": "unknown: hexadecimal", "node_id.consistent": "unknown: "}},
		"zero is none": {with(ProbeNodeID, "0000000000000000\n"), map[string]string{"node_id.reported": "unknown: zero"}},
		"the daemon runs under another one": {with(ProbeDomainStatus, "Peer Domain Status\n  S S  0x1234567890abcdef 0001  golden\n"),
			map[string]string{"disagreements[1].subject": "node id of the running RMC daemon"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, Read(c.outputs, ReadOptions{}), c.want) })
	}
}

func TestClusterMembershipIsToldByThreeSources(t *testing.T) {
	const heading = "Name       OpState RSCTActiveVersion MixedVersions TSPort GSPort \n"
	const peers = "Peer Domain Status\n  S S  0xbadc0ffee0ddf00 0001  golden\n"
	for name, c := range map[string]struct {
		outputs Outputs
		want    map[string]string
	}{
		"online":  {with(ProbePeerDomain, heading+"farm Online  3.3.1.0           No           12347  12348  \n", ProbeDomainStatus, peers, ProbeMCP, ""), map[string]string{"cluster.peer_domain": "farm", "disagreements[]": "0"}},
		"offline": {with(ProbePeerDomain, heading+"farm Offline 3.3.1.0           No           12347  12348  \n"), map[string]string{"cluster.peer_domain": "", "cluster.peer_domains[0].name": "farm"}},
		"lsrpdomain is not installed, RMC knows no peers": {withOutput(ProbePeerDomain, Output{ExitCode: 127}), map[string]string{"cluster.peer_domain": "", "cluster.peer_domains[]": "0"}},
		"lsrpdomain is not installed, RMC has peers":      {withOutput(ProbePeerDomain, Output{ExitCode: 127}, ProbeDomainStatus, peers), map[string]string{"cluster.peer_domain": "unknown: command not found"}},
		"lsrpdomain failed":                               {withOutput(ProbePeerDomain, Output{ExitCode: 2}), map[string]string{"cluster.peer_domain": "unknown: exit code 2"}},
		"RMC has peers, lsrpdomain none":                  {with(ProbeDomainStatus, peers), map[string]string{"cluster.peer_domain": "", "disagreements[0].subject": "membership in a peer domain"}},
		"the console has recorded one":                    {with(ProbeMCP, replaced(t, ProbeMCP, `ActivePeerDomain  = ""`, `ActivePeerDomain  = "farm"`)), map[string]string{"disagreements[0].subject": "name of the peer domain", "disagreements[0].sources[0]": "IBM.MCP says farm"}},
		"cluster0":                                        {with(ProbeCluster0, "\nCuAt:\n        name = \"cluster0\"\n        attribute = \"node_uuid\"\n        value = \"0\"\n"), map[string]string{"cluster.caa": "true"}},
		"another object":                                  {with(ProbeCluster0, "\nCuAt:\n        name = \"en0\"\n"), map[string]string{"cluster.caa": "unknown: expected CuAt and cluster0"}},
		"a repository disk":                               {with(ProbeDisks, guest[ProbeDisks]+"caa_private0    00fa00d0123456aa                    caavg_private   active\n"), map[string]string{"cluster.caa": "true"}},
		"a repository disk outweighs unknown": {withOutput(ProbeCluster0, Output{ExitCode: 1}, ProbeDisks, guest[ProbeDisks]+"hdisk2    00fa00d0123456aa                    caavg_private   active\n"),
			map[string]string{"cluster.caa": "true"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, Read(c.outputs, ReadOptions{}), c.want) })
	}
}

func TestSourcesThatDisagreeAreSaidToDisagree(t *testing.T) {
	for name, c := range map[string]struct {
		outputs Outputs
		want    map[string]string
	}{
		"MAC": {with(ProbeNetstat, replaced(t, ProbeNetstat, "fa.a1.2.34.56.1 ", "fa.a1.2.34.56.9 ")), map[string]string{"disagreements[]": "1", "disagreements[0].subject": "en1 MAC",
			"disagreements[0].sources[0]": "entstat says fa:a1:02:34:56:01", "disagreements[0].sources[1]": "netstat says fa:a1:02:34:56:09"}},
		"address":       {with(ProbeNetstat, replaced(t, ProbeNetstat, "fe80::f8a1:2ff:fe34:5601", "fe80::f8a1:2ff:fe34:5602")), map[string]string{"disagreements[]": "1", "disagreements[0].subject": "en1 IPv6 addresses"}},
		"address lost":  {with(ProbeIfconfig, block("en0", inet)+block("en1")), map[string]string{"disagreements[0].sources[0]": "ifconfig says none"}},
		"AIX version":   {with(ProbeUname, "AIX golden 2 7 00FA00D04C00\n"), map[string]string{"disagreements[0].subject": "AIX version", "disagreements[0].sources[1]": "uname says 7.2"}},
		"fileset level": {with(ProbeFilesetParts, replaced(t, ProbeFilesetParts, "rsct.core.rmc:3.3.1.1", "rsct.core.rmc:3.3.0.9")), map[string]string{"disagreements[0].subject": "rsct.core.rmc level"}},
		"a MAC that only netstat tells": {with(ProbeEntstat, "@@ ent0\n@@ = 1\n@@ ent1\n@@ = 1\n"), map[string]string{
			"interfaces[1].adapter": "unknown: entstat ended with exit code 1", "interfaces[1].matches_mac": "true", "disagreements[]": "0"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, Read(c.outputs, ReadOptions{}), c.want) })
	}
}

func TestPacketFilterOnPort657(t *testing.T) {
	rule := func(fields string) string { return fields + "|0|||a rule\n" }
	const all = "0|permit|::|0|::|0|yes|all|any|0|any|0|both|both|no|all packets|0|all"
	for name, c := range map[string]struct{ rules, want string }{
		"default permit":          {rule(all), "false"},
		"default deny":            {rule(strings.Replace(all, "permit", "deny", 1)), "true"},
		"deny TCP 657":            {rule("3|deny|::|0|::|0|yes|tcp|any|0|eq|657|both|inbound|no|all packets|0|all") + rule(all), "true"},
		"deny UDP above 600":      {rule("3|deny|::|0|::|0|yes|udp|any|0|gt|600|both|both|no|all packets|0|all") + rule(all), "true"},
		"deny ICMP":               {rule("3|deny|::|0|::|0|yes|icmpv6|any|0|any|0|both|both|no|all packets|0|all") + rule(all), "false"},
		"deny another port":       {rule("3|deny|::|0|::|0|yes|tcp|any|0|eq|23|both|both|no|all packets|0|all") + rule(all), "false"},
		"deny all but 657":        {rule("3|deny|::|0|::|0|yes|tcp|any|0|neq|657|both|both|no|all packets|0|all") + rule(all), "false"},
		"permit before deny":      {rule("3|permit|::|0|::|0|yes|all|any|0|eq|657|both|both|no|all packets|0|all") + rule(strings.Replace(all, "permit", "deny", 1)), "false"},
		"deny from one network":   {rule("3|deny|2001:db8::|32|::|0|yes|tcp|any|0|eq|657|both|both|no|all packets|0|all") + rule(all), "unknown: filter rule 3 denies port 657 for some"},
		"permit one network only": {rule("3|permit|fe80::|10|::|0|yes|all|any|0|any|0|both|both|no|all packets|0|all") + rule(strings.Replace(all, "permit", "deny", 1)), "unknown: filter rule 3 permits port 657 for some"},
		"conditional":             {rule("3|if|::|0|::|0|yes|tcp|any|0|eq|657|both|both|no|all packets|0|all") + rule(all), "unknown: conditional"},
		"forwarded packets only":  {rule("3|deny|::|0|::|0|yes|tcp|any|0|eq|657|route|both|no|all packets|0|all") + rule(all), "false"},
		"no default rule":         {rule("3|deny|::|0|::|0|yes|tcp|any|0|eq|23|both|both|no|all packets|0|all"), "unknown: not even the default rule"},
		"not a list of rules":     {"Cannot open /dev/ipsec6\n", "unknown: line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, Read(with(ProbeFilter6, c.rules), ReadOptions{}), map[string]string{"rmc.packet_filter.blocks_rmc": c.want})
		})
	}
	t.Run("the device is only defined", func(t *testing.T) {
		facts := Read(with(ProbeFilter6, rule(strings.Replace(all, "permit", "deny", 1)), ProbeIPSec, "ipsec_v6:Defined:IP Version 6 Security Extension\n"), ReadOptions{})
		expect(t, facts, map[string]string{"rmc.packet_filter.blocks_rmc": "false", "rmc.packet_filter.ipv6.active": "false", "rmc.packet_filter.ipv6.rules[]": "0"})
	})
	t.Run("no device, lsfilt not installed", func(t *testing.T) {
		outputs := with(ProbeIPSec, "")
		outputs[ProbeFilter6], outputs[ProbeFilter4] = Output{ExitCode: 127}, Output{ExitCode: 127}
		expect(t, Read(outputs, ReadOptions{}), map[string]string{"rmc.packet_filter.blocks_rmc": "false", "rmc.packet_filter.ipv4.active": "false"})
	})
	t.Run("another packet filter", func(t *testing.T) {
		filesets := "ipfl:ipfl.rte:5.3.0.7: : :C: :IP Filter: : : : : : :0:0:/:\n" + guest[ProbeFilesets]
		expect(t, Read(with(ProbeFilesets, filesets), ReadOptions{}), map[string]string{"rmc.packet_filter.blocks_rmc": "unknown: ipfl.rte is installed"})
	})
}
