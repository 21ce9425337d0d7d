// SPDX-License-Identifier: MPL-2.0

// Package hazards lists what build scripts do to the management interface, to what
// persists it and to RMC, one entry a form of command, so that every part that claims
// to know hazards is held against the same list: the simulated host suffers them, the
// provisioner repairs or refuses them, lint finds them.
//
// The numbers are those of the hazard list that the project's design was made from;
// the sources stand beside each group. The package imports nothing of ours.
package hazards

// Harm says when a hazard is felt on the default host of the simulator.
type Harm int

// The harms, from none to the worst.
const (
	// None changes nothing that RMC needs: what looks dangerous and is not.
	None Harm = iota
	// Drift changes something that the baseline recorded, without breaking RMC.
	Drift
	// AtDeploy breaks RMC on a VM that is deployed from the image.
	AtDeploy
	// AtBoot breaks RMC at the next boot of this VM.
	AtBoot
	// Now breaks RMC at once.
	Now
)

// String names the harm.
func (h Harm) String() string {
	return [...]string{"none", "drift", "at deploy", "at boot", "now"}[h]
}

// Remedy says what the provisioner can do about a hazard.
type Remedy int

// The remedies.
const (
	// Nothing is to be done: there is no drift.
	Nothing Remedy = iota
	// Restored means that AIX commands lead back to the baseline.
	Restored
	// Refused means that only a person may undo it.
	Refused
	// Judged means that it is no drift from the baseline; a rule of the policy finds it.
	Judged
)

// A Hazard is one form of command that a build script may hold.
type Hazard struct {
	// Row is the row of the hazard list, 1 to 26.
	Row int
	// Name is unique, kebab-case.
	Name string
	// Script is the shell text, for the default host of the simulator: the management
	// interface is en1 with [Address] on ent1, and rootvg lies on hdisk0.
	Script string
	// Damages says what it damages, in words.
	Damages string
	// Harm is when RMC suffers if nobody mends it.
	Harm Harm
	// Remedy is what the provisioner can do.
	Remedy Remedy
}

// Address is the link-local address of en1 on the simulator's default host.
const Address = "fe80::f84b:8cff:fe2e:7121"

// List are all hazards, by row.
//
// Sources, by row: 1 and 5 IBM Power VS documentation, removing-network-interface and
// instance_metadata_pvs; 2 the man pages of rmdev, ucfgif and udefif; 3 a session on
// AIX 7.1 (sites.google.com/site/rhdisk0/unix/aix/ipv6); 4 xCAT's configeth; 6 IBM Power
// VS documentation, rsct-rmc-aix; 7 mondoohq/mql and the CIS and STIG texts; 9 and 10
// canonical/cloud-init pull request 4713, cloudinit/distros/aix.py; 11 IBM Power VS
// documentation; 12 to 14 the man pages of stopsrc, rmcctrl and rmitab; 15 and 16 the
// man page of recfgct and cloud-init's cc_reset_rmc.py; 17 IBM Power VS documentation;
// 18 the spec file of pull request 4713; 19 IBM support page 7106763; 21 the man page of
// bootlist; 23, 25 and 26 what is not dangerous by itself.
var List = []Hazard{
	{1, "ifconfig-down", "ifconfig en1 down", "en1 is down", Now, Restored},
	{1, "ifconfig-detach", "ifconfig en1 detach", "en1 is detached from the kernel", Now, Restored},
	{1, "ifconfig-down-detach", "ifconfig en1 down detach", "en1 is detached from the kernel", Now, Restored},
	{1, "detach-loop", "for i in en[1-9]; do :; done\nfor i in en1 en2; do ifconfig $i down detach 2>/dev/null; done", "en1 is detached by a loop over interfaces", Now, Restored},

	{2, "rmdev-interface", "rmdev -l en1", "en1 is Defined, no longer Available", Now, Restored},
	{2, "rmdev-interface-delete", "rmdev -dl en1", "en1 is gone from the ODM", Now, Restored},
	{2, "rmdev-adapter-recursive", "rmdev -Rl ent1", "ent1 and en1 are Defined, no longer Available", Now, Restored},
	{2, "rmdev-adapter-delete", "rmdev -Rdl ent1", "ent1 and en1 are gone from the ODM", Now, Restored},
	{2, "ucfgif", "/usr/lib/methods/ucfgif -l en1", "en1 is detached from the kernel", Now, Restored},
	{2, "udefif", "/usr/lib/methods/ucfgif -l en1; /usr/lib/methods/udefif -l en1", "en1 is gone from the ODM", Now, Restored},

	{3, "delete-address", "ifconfig en1 inet6 " + Address + " delete", "the link-local address is off en1", Now, Restored},
	{3, "delete-address-other-order", "ifconfig en1 inet6 delete " + Address, "the link-local address is off en1", Now, Restored},
	{3, "other-prefix", "ifconfig en1 inet6 " + Address + "/10", "the address has another prefix length", Drift, Restored},
	{3, "replace-by-global", "ifconfig en1 inet6 " + Address + " delete; ifconfig en1 inet6 2001:db8::15/64", "a global address stands in the link-local address's place", Now, Restored},

	{4, "empty-netaddr6", "chdev -l en1 -a netaddr6=''", "the ODM and the kernel lose the address", Now, Restored},
	{4, "empty-prefixlen", "chdev -l en1 -a prefixlen=''", "the ODM loses the prefix length", Drift, Restored},
	{4, "state-down", "chdev -l en1 -a state=down", "en1 is down, and stays down at boot", Now, Restored},
	{4, "state-detach", "chdev -l en1 -a state=detach", "en1 is detached, and stays detached at boot", Now, Restored},
	{4, "state-detach-odm-only", "chdev -l en1 -a state=detach -P", "en1 will not be attached at the next boot by the ODM", AtBoot, Restored},
	{4, "empty-netaddr6-odm-only", "chdev -l en1 -a netaddr6='' -a prefixlen='' -P", "the ODM loses the address; the kernel keeps it until the boot", Drift, Restored},
	{4, "state-down-kernel-only", "chdev -l en1 -a state=down -T", "en1 is down until the next boot", Now, Restored},
	{4, "alias6-global", "chdev -l en1 -a alias6=2001:db8::25/64", "en1 has a global address beside its own, in the ODM as well", Drift, Restored},
	{4, "chdev-replace-by-global", "chdev -l en1 -a netaddr6=2001:db8::35 -a prefixlen=64", "a global address stands in the link-local address's place, in the ODM as well", Now, Restored},
	{4, "odm-mtu", "chdev -l en1 -a mtu=9000", "en1 has another MTU than its network", Drift, Restored},

	{5, "metadata-address", "chdev -l en1 -a netaddr=169.254.169.253 -a netmask=255.255.255.0 -a state=up", "en1 has an IPv4 address, in the ODM as well", Drift, Restored},
	{5, "mktcpip", "mktcpip -h aix73 -a 10.20.30.40 -m 255.255.255.0 -i en1", "en1 has an IPv4 address, in the ODM as well", Drift, Restored},

	{6, "rmtcpip", "rmtcpip", "TCP/IP's configuration is gone from all interfaces, en1 among them", Now, Restored},

	{7, "chrctcp-disable-autoconf6", "chrctcp -d autoconf6", "autoconf6 is not started at boot; here it never was", None, Nothing},
	{7, "chrctcp-stop-ndpd-host", "chrctcp -S -d ndpd-host", "ndpd-host is not started at boot; here it never was", None, Nothing},
	{7, "chrctcp-enable-ndpd-host", "chrctcp -S -a ndpd-host", "ndpd-host runs and is started at boot, and takes router advertisements", Drift, Restored},

	{8, "no-ip6forwarding", "no -p -o ip6forwarding=0", "nothing: forwarding does not concern the link-local address", None, Nothing},

	{9, "remove-chdev-line", "grep -v chdev /etc/rc.tcpip >/tmp/rc.$$ && cat /tmp/rc.$$ >/etc/rc.tcpip", "the persisted injection is gone from /etc/rc.tcpip", Drift, Restored},
	{9, "comment-chdev-line", "sed 's/^\\(.*chdev.*\\)$/#\\1/' /etc/rc.tcpip >/tmp/rc.$$ && cat /tmp/rc.$$ >/etc/rc.tcpip", "the persisted injection is commented out", Drift, Restored},
	{9, "duplicate-chdev-line", "grep 'chdev -l en1' /etc/rc.tcpip >/tmp/rc.$$ && cat /tmp/rc.$$ >>/etc/rc.tcpip", "the chdev line of en1 stands twice", Drift, Restored},
	{9, "empty-rc-tcpip", ": >/etc/rc.tcpip", "/etc/rc.tcpip starts nothing at boot", Drift, Restored},
	{9, "remove-rc-tcpip", "rm -f /etc/rc.tcpip", "/etc/rc.tcpip is gone", AtDeploy, Restored},
	{9, "mode-rc-tcpip", "chmod 0644 /etc/rc.tcpip", "/etc/rc.tcpip is not executable, so it does not run at boot", Drift, Restored},
	{9, "owner-rc-tcpip", "chown bin:bin /etc/rc.tcpip", "/etc/rc.tcpip belongs to another user", Drift, Restored},
	{9, "no-final-newline", "printf '%s' \"$(grep -v chdev /etc/rc.tcpip)\" >/tmp/rc.$$ && cat /tmp/rc.$$ >/etc/rc.tcpip", "the chdev line is gone, and the last line lacks its newline", Drift, Restored},

	{10, "own-chdev-line", "echo '/usr/sbin/chdev -l en0 -a tcp_nodelay=1' >>/etc/rc.tcpip", "the line is dropped when cloud-init rewrites the file at deploy", None, Judged},
	{10, "own-chdev-line-of-management", "echo '/usr/sbin/chdev -l en1 -a state=down' >>/etc/rc.tcpip", "en1 is taken down at every boot", AtBoot, Refused},
	{10, "ifconfig-in-rc-tcpip", "echo '/usr/sbin/ifconfig en1 detach' >>/etc/rc.tcpip", "en1 is detached at every boot", AtBoot, Refused},

	{11, "odmdelete-attributes", "odmdelete -o CuAt -q name=en1; savebase", "the ODM loses en1's attributes", AtBoot, Restored},
	{11, "odmdelete-device", "odmdelete -o CuDv -q name=en1; odmdelete -o CuAt -q name=en1; savebase", "en1 is gone from the ODM; the kernel keeps it until the boot", AtBoot, Restored},
	{11, "odmdelete-subsystem", "stopsrc -s ctrmc; odmdelete -o SRCsubsys -q subsysname=ctrmc", "ctrmc is no subsystem any more", Now, Restored},

	{12, "stopsrc-ctrmc", "stopsrc -s ctrmc", "ctrmc is inoperative", Now, Restored},
	{12, "stopsrc-group-rsct", "stopsrc -g rsct", "ctrmc is inoperative", Now, Restored},
	{12, "stopsrc-group-rsct-rm", "stopsrc -g rsct_rm", "the resource managers are inoperative", Drift, Restored},
	{12, "rmcctrl-z", "/opt/rsct/bin/rmcctrl -z", "ctrmc and the resource managers are inoperative", Now, Restored},
	{12, "rmcctrl-k", "/usr/sbin/rsct/bin/rmcctrl -k", "ctrmc is inoperative", Now, Restored},
	{12, "rmcctrl-K", "/usr/sbin/rsct/bin/rmcctrl -K", "ctrmc and the resource managers are inoperative", Now, Restored},

	{13, "rmcctrl-d", "/opt/rsct/bin/rmcctrl -z; /opt/rsct/bin/rmcctrl -d", "ctrmc is no subsystem any more, and does not start at boot", Now, Restored},
	{13, "rmitab-ctrmc", "rmitab ctrmc", "ctrmc does not start at boot", AtBoot, Restored},
	{13, "chitab-ctrmc-off", "chitab 'ctrmc:2:off:/usr/bin/startsrc -s ctrmc > /var/ct/ctrmc-inittab.err 2>&1'", "ctrmc does not start at boot", AtBoot, Restored},
	{13, "sed-inittab-ctrmc", "sed '/^ctrmc:/d' /etc/inittab >/tmp/it.$$ && cat /tmp/it.$$ >/etc/inittab", "ctrmc does not start at boot", AtBoot, Restored},
	{13, "rmitab-l2", "rmitab l2", "/etc/rc.d/rc 2 does not run, and so cloud-init does not", AtDeploy, Restored},
	{13, "rmitab-rctcpip", "rmitab rctcpip", "/etc/rc.tcpip does not run at boot", Drift, Restored},

	{14, "rmcctrl-P", "/opt/rsct/bin/rmcctrl -P", "ctrmc accepts no remote clients", Now, Restored},
	{14, "rmcctrl-Q", "/opt/rsct/bin/rmcctrl -Q", "ctrmc accepts no remote clients from its next start on", AtBoot, Restored},

	{15, "recfgct", "/opt/rsct/install/bin/recfgct", "the node has another id", Drift, Refused},
	{15, "recfgct-n", "/usr/sbin/rsct/install/bin/recfgct -n", "the node has another id", Drift, Refused},
	{15, "recfgct-i", "/opt/rsct/install/bin/recfgct -i 0123456789abcdef", "the node has another id", Drift, Refused},
	{15, "recfgct-s", "/opt/rsct/install/bin/recfgct -s", "RSCT's configuration starts over, with the same id", None, Nothing},

	{16, "rm-node-id", "rm -f /etc/ct_node_id", "cloud-init's reset of RMC at deploy fails without the file", Now, Refused},
	{16, "empty-node-id", ": >/etc/ct_node_id", "cloud-init's reset of RMC at deploy finds no id", Now, Refused},
	{16, "rm-var-ct", "rm -rf /var/ct/*", "RSCT's configuration and its node id are gone", Now, Refused},
	{16, "rm-var-node-id", "rm -f /var/ct/cfg/ct_node_id", "RMC's own node id is gone", Now, Refused},

	{17, "installp-u-rmc", "installp -u rsct.core.rmc", "RMC is not installed", Now, Refused},
	{17, "installp-ug-utils", "installp -ug rsct.core.utils", "recfgct and lsnodeid are not installed", AtDeploy, Refused},
	{17, "geninstall-u-servicerm", "geninstall -u devices.chrp.base.ServiceRM", "IBM.DRM and IBM.ServiceRM are not installed", Drift, Refused},

	{18, "rpm-e-cloud-init", "rpm -e cloud-init", "nothing injects the address into a deployed VM", AtDeploy, Refused},
	{18, "rm-cloud-init-links", "rm -f /etc/rc.d/rc2.d/S0?cloud*", "cloud-init does not start at boot", AtDeploy, Refused},
	{18, "no-config-drive", "sed 's/ConfigDrive/None/' /opt/freeware/etc/cloud/cloud.cfg >/tmp/cc.$$ && cat /tmp/cc.$$ >/opt/freeware/etc/cloud/cloud.cfg", "cloud-init does not read Power VS's config drive", AtDeploy, Refused},
	{18, "no-reset-rmc", "grep -v reset-rmc /opt/freeware/etc/cloud/cloud.cfg >/tmp/cc.$$ && cat /tmp/cc.$$ >/opt/freeware/etc/cloud/cloud.cfg", "every VM of the image has the same node id", AtDeploy, Refused},

	{19, "clouddev-0", "chdev -l sys0 -a clouddev=0", "the image's device configuration is taken over by a new VM", None, Judged},
	{19, "ghostdev-1", "chdev -l sys0 -a ghostdev=1", "the device configuration is thrown away at every move", None, Judged},

	{21, "bootlist-invalidate", "bootlist -m normal -i", "the boot list is empty", Drift, Refused},
	{21, "bootlist-cd", "bootlist -m normal cd0", "the boot list leads to another device", Drift, Refused},

	{23, "cfgmgr", "cfgmgr", "nothing on a host whose devices are all configured", None, Nothing},

	{25, "public-address-on-management", "ifconfig en1 inet 203.0.113.7 netmask 255.255.255.0 up", "en1 has an IPv4 address", Drift, Restored},

	{26, "read-only", "ifconfig en1; lsattr -El en1; lsdev -Cl en1; entstat -d ent1; lssrc -s ctrmc", "nothing", None, Nothing},
	{26, "other-interface", "ifconfig en0", "nothing", None, Nothing},

	{12, "chssys-ctrmc", "chssys -s ctrmc -a '-a IBM.LPCommands'", "ctrmc starts with other arguments from its next start on", AtBoot, Restored},
	{12, "kill-rmcd", "kill -9 $(lssrc -s ctrmc | awk '$1 == \"ctrmc\" { print $3 }')", "ctrmc is inoperative", Now, Restored},
}
