// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// commandPaths are the commands of the default host, by path.
var commandPaths = map[string]string{}

func init() {
	place := func(dir string, names ...string) {
		for _, name := range names {
			commandPaths[dir+"/"+name] = name
		}
	}
	place("/usr/bin", strings.Fields(`sh ksh ksh93 bash env printenv true false echo printf test [ basename dirname hostname id whoami logname date ps kill
		su xargs sleep expr pwd nohup tty uptime which nice groups who getent stty logger errpt alog time ls cp mv rm rmdir mkdir chmod chown chgrp touch ln find
		du df file sync cat head tail wc sort uniq cut tr tee grep egrep fgrep od cksum cmp diff nl paste strings yes fold expand more pg
		sed awk nawk uname getconf lslpp lppchk oslevel startsrc stopsrc refresh lssrc odmget odmdelete bootlist lspath netstat entstat
		lsrsrc lsrpdomain rpm chssys mkssys rmssys host savebase alt_rootvg_op`)...)
	place("/usr/sbin", strings.Fields(`lslpp emgr instfix installp geninstall inutoc bosboot ifconfig netstat entstat autoconf6 mktcpip rmtcpip chrctcp no route ping lsfilt
		lsattr chdev lsdev rmdev mkdev cfgmgr lscfg prtconf lsconf lsitab rmitab mkitab chitab bootinfo lspv lsvg lsps exportvg varyonvg varyoffvg chpv
		shutdown reboot halt fastboot lsmcode bootutil ipl_varyon telinit init lssrc rmcctrl`)...)
	for _, dir := range []string{"/opt/rsct/bin", "/usr/sbin/rsct/bin"} {
		place(dir, "rmcctrl", "rmcdomainstatus", "rmcrefreshMD", "lsrsrc", "lsrpdomain", "lsnodeid", "ctsidmck")
	}
	for _, dir := range []string{"/opt/rsct/install/bin", "/usr/sbin/rsct/install/bin"} {
		place(dir, "recfgct", "ctversion")
	}
	place("/usr/lib/methods", "ucfgif", "udefif")
	place("/opt/freeware/bin", "cloud-init", "sudo", "dnf", "yum", "rpm", "timeout", "readlink", "mktemp", "seq")
	place("/usr/sbin", "scp-server")
	delete(commandPaths, "/usr/sbin/scp-server")
	place("/usr/bin", "scp")
	place("/usr/ucb", "whoami", "hostname", "rev")
	delete(commandPaths, "/usr/sbin/rmcctrl")
}

// A seed is a file the host starts with.
type seed struct {
	name, content, target string
	mode                  fs.FileMode
}

// firstInstance is the instance that a host was deployed as before anybody looks at it.
const firstInstance = "first"

// cloudInitFiles are what the cloud-init package brings (spec file and
// configuration of canonical/cloud-init pull request 4713).
func cloudInitFiles() []seed {
	files := []seed{
		{name: "/opt/freeware/etc/cloud/cloud.cfg", mode: 0o644, content: `# Configuration of cloud-init for AIX.
users:
 - default

disable_root: 0
ssh_pwauth:   1
datasource_list: ['ConfigDrive']
datasource:
  ConfigDrive:
    dsmode: local

cloud_init_modules:
 - migrator
 - bootcmd
 - write-files
 - set-hostname
 - update-hostname
 - update-etc-hosts
 - users-groups
 - ssh
 - restore-volume-groups
 - set-multipath-hcheck-interval
 - update-bootlist
 - reset-rmc

cloud_config_modules:
 - runcmd

cloud_final_modules:
 - scripts-per-once
 - scripts-per-boot
 - scripts-per-instance
 - scripts-user
 - ssh-authkey-fingerprints
 - keys-to-console
 - final-message

system_info:
  distro: aix
  paths:
    cloud_dir: /opt/freeware/var/lib/cloud
    templates_dir: /opt/freeware/etc/cloud/templates
`},
		{name: cloudInstance, mode: 0o644, content: firstInstance + "\n"},
		{name: cloudState + "/instances/" + firstInstance + "/sem/config_reset_rmc", mode: 0o644},
		{name: cloudState + "/instances/" + firstInstance + "/sem/config_update_bootlist", mode: 0o644},
	}
	for i, stage := range []string{"cloud-init-local", "cloud-init", "cloud-config", "cloud-final"} {
		arguments := []string{"init --local", "init", "modules --mode config", "modules --mode final"}[i]
		files = append(files,
			seed{name: "/etc/rc.d/init.d/" + stage, mode: 0o755, content: "#!/bin/sh\n# Runs the stage " + stage + ".\n[ \"$1\" = start ] || exit 0\n[ -x /opt/freeware/bin/cloud-init ] && /opt/freeware/bin/cloud-init " + arguments + "\nexit 0\n"},
			seed{name: fmt.Sprintf("/etc/rc.d/rc2.d/S0%d%s", i+1, stage), target: "/etc/rc.d/init.d/" + stage})
	}
	return files
}

// rcTCPIP is /etc/rc.tcpip: the start function, the start lines in the order and
// with the comments of a Power VS host (mondoohq/mql's capture kept those), and
// at its end the chdev lines that cloud-init wrote.
func rcTCPIP(def *Definition) string {
	var b strings.Builder
	b.WriteString(`#!/bin/bsh
# Starts the TCP/IP daemons. Called by init from /etc/inittab.

# start DAEMON SRC-RUNNING [ARGUMENTS]: with the SRC if it runs, else directly.
start()
{
	basename=` + "`/usr/bin/basename $1`" + `
	cmd="$1"
	if [ "$2" ] ; then
		if [ "$2" = "SRC" ] ; then
			startsrc -s $basename -a "$3"
		fi
	else
		if [ -x $cmd ] ; then
			$cmd $3 &
		fi
	fi
}

src_running=""
i=3
while [ $i != 0 ] ; do
	if lssrc -s inetd >/dev/null 2>&1 ; then
		src_running="SRC"
		break
	fi
	i=` + "`expr $i - 1`" + `
done
qpi=30m
portmap_pid=` + "`ps -e -o comm= | grep '^portmap$'`" + `

`)
	for _, line := range []string{
		`#start /usr/sbin/dhcpcd "$src_running"`, `#start /usr/sbin/autoconf6 ""`, `#start /usr/sbin/ndpd-host "$src_running"`, `#start /usr/sbin/ndpd-router "$src_running"`,
		`start /usr/sbin/syslogd "$src_running"`, `#start /usr/sbin/lpd "$src_running"`, `#start /usr/sbin/routed "$src_running" -q`, `#start /usr/sbin/gated "$src_running"`,
		`start /usr/lib/sendmail "$src_running" "-bd -q${qpi}"`, `[ -z "$portmap_pid" ] && start /usr/sbin/portmap "${src_running}"`, `start /usr/sbin/inetd "$src_running"`,
		`#start /usr/sbin/named "$src_running"`, `#start /usr/sbin/timed "$src_running"`, `start /usr/sbin/xntpd "$src_running"`, `#start /usr/sbin/rwhod "$src_running"`,
		`start /usr/sbin/snmpd "$src_running"`, `#start /usr/sbin/dhcpsd "$src_running"`, `#start /usr/sbin/dhcprd "$src_running"`, `start /usr/sbin/hostmibd "$src_running"`,
		`start /usr/sbin/snmpmibd "$src_running"`, `start /usr/sbin/aixmibd "$src_running"`, `#start /usr/sbin/mrouted "$src_running"`, `#start /usr/sbin/netcd "$src_running"`,
	} {
		b.WriteString(line + "\n")
	}
	for _, i := range def.Interfaces {
		if !yesno(i.RcTCPIP) {
			continue
		}
		addr := i.Attributes["netaddr6"]
		if addr == "eui64" {
			mac, _ := parseMAC(str(i.MAC))
			addr = linkLocal(mac)
		}
		// The blanks and the missing ones are as distros/aix.py writes them.
		fmt.Fprintf(&b, "/usr/sbin/chdev -l %s -anetaddr6=%s -aprefixlen=%s\n", i.Name, addr, i.Attributes["prefixlen"])
	}
	return b.String()
}

// inittab lists the entries in the order of a Power VS host.
func inittab() string {
	return `: /etc/inittab: entries are identifier:runlevel:action:command
init:2:initdefault:
brc::sysinit:/sbin/rc.boot 3 >/dev/console 2>&1 # Phase 3 of system boot
powerfail::powerfail:/etc/rc.powerfail 2>&1 | /usr/bin/alog -tboot > /dev/console # Power Failure Detection
tunables:23456789:wait:/usr/sbin/tunrestore -R > /dev/console 2>&1 # Set tunables
rc:23456789:wait:/etc/rc 2>&1 | /usr/bin/alog -tboot > /dev/console # Multi-User checks
srcmstr:23456789:respawn:/usr/sbin/srcmstr # System Resource Controller
rctcpip:23456789:wait:/etc/rc.tcpip > /dev/console 2>&1 # Start TCP/IP daemons
aso:23456789:once:/usr/bin/startsrc -s aso
rcnfs:23456789:wait:/etc/rc.nfs > /dev/console 2>&1 # Start NFS Daemons
fbcheck:23456789:wait:/usr/sbin/fbcheck 2>&1 | /usr/bin/alog -tboot > /dev/console # run /etc/firstboot
cron:23456789:respawn:/usr/sbin/cron
cons:0123456789:respawn:/usr/sbin/getty /dev/console
qdaemon:23456789:wait:/usr/bin/startsrc -sqdaemon
writesrv:23456789:wait:/usr/bin/startsrc -swritesrv
shdaemon:2:off:/usr/sbin/shdaemon >/dev/console 2>&1 # High availability daemon
l2:2:wait:/etc/rc.d/rc 2
l3:3:wait:/etc/rc.d/rc 3
l4:4:wait:/etc/rc.d/rc 4
pfcdaemon:2:once:/usr/bin/startsrc -s pfcdaemon  > /dev/null 2>&1
clcomd:23456789:once:/usr/bin/startsrc -s clcomd
` + ctrmcEntry + "\n"
}

// install lays the host's files out.
func (h *Host) install() error {
	def := h.def
	root := credential{}
	for _, dir := range []string{"/bin", "/dev", "/etc/rc.d/init.d", "/etc/rc.d/rc2.d", "/etc/objrepos", "/etc/security", "/home", "/opt/freeware/bin", "/opt/freeware/etc", "/opt/rsct",
		"/usr/bin", "/usr/sbin", "/usr/lib/objrepos", "/usr/lib/methods", "/usr/share", "/usr/ucb", "/usr/local/bin", "/var/adm", "/var/ct/cfg", "/var/log", "/var/spool/mail", "/var/tmp", "/tmp", "/mnt", "/sbin"} {
		if dir == "/bin" {
			continue // /bin is a link to /usr/bin
		}
		if err := h.fs.mkdirAll("/", dir, root, 0o755); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/tmp", "/var/tmp"} {
		if err := h.fs.chmod("/", dir, root, 0o777|fs.ModeSticky); err != nil {
			return err
		}
	}
	if err := h.fs.symlink("/usr/bin", "/", "/bin", root); err != nil {
		return err
	}
	if err := h.installCommands(); err != nil {
		return err
	}
	for name, device := range map[string]string{"/dev/null": "null", "/dev/zero": "zero", "/dev/urandom": "urandom", "/dev/random": "urandom", "/dev/console": "null"} {
		if err := h.put(name, "", 0o666); err != nil {
			return err
		}
		if err := h.fs.change("mknod", "/", name, root, false, func(n *node) error {
			n.device, n.mode = device, fs.ModeDevice|fs.ModeCharDevice|0o666
			return nil
		}); err != nil {
			return err
		}
	}
	for _, s := range h.seeds() {
		var err error
		if s.target != "" {
			if err = h.fs.mkdirAll("/", path.Dir(s.name), root, 0o755); err == nil {
				err = h.fs.symlink(s.target, "/", s.name, root)
			}
		} else {
			err = h.put(s.name, s.content, s.mode)
		}
		if err != nil {
			return fmt.Errorf("file %q: %w", s.name, err)
		}
	}
	for _, u := range def.Users {
		who, _ := h.credentialOf(u.Name)
		if err := h.fs.mkdirAll("/", who.home, root, 0o755); err != nil {
			return err
		}
		if who.home != "/" {
			if err := h.fs.chown("/", who.home, root, who.uid, who.gid, true); err != nil {
				return err
			}
		}
	}
	return h.installFiles()
}

func (h *Host) installCommands() error {
	paths := map[string]string{}
	for at, name := range commandPaths {
		if h.linux() && aixOnly[name] {
			continue
		}
		if name == "timeout" || name == "dnf" && !h.hasRPM("dnf") || name == "yum" && !h.hasRPM("dnf") || name == "sudo" && !h.hasRPM("sudo") || name == "cloud-init" && !h.hasRPM("cloud-init") {
			continue // of the toolbox: only with its package, or if the definition says so
		}
		paths[at] = name
	}
	for at, name := range h.def.Commands {
		if name == "" {
			delete(paths, at)
			continue
		}
		if programs[name] == nil {
			return fmt.Errorf("commands: %q: the simulator has no command %q", at, name)
		}
		paths[at] = name
	}
	list := make([]string, 0, len(paths))
	for at := range paths {
		list = append(list, at)
	}
	sort.Strings(list)
	for _, at := range list {
		if err := h.put(at, "", 0o755); err != nil {
			return fmt.Errorf("commands: %w", err)
		}
		if err := h.fs.change("mknod", "/", at, credential{}, true, func(n *node) error { n.program = paths[at]; return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (h *Host) hasRPM(name string) bool {
	for _, r := range h.packages.rpms {
		if r.name == name {
			return true
		}
	}
	return false
}

// seeds are the files that follow from the definition.
func (h *Host) seeds() []seed {
	def := h.def
	if h.linux() {
		return []seed{{name: "/etc/os-release", mode: 0o644, content: "NAME=\"Red Hat Enterprise Linux\"\nID=\"rhel\"\n"}, {name: "/etc/hosts", mode: 0o644, content: "127.0.0.1 localhost\n"}}
	}
	passwd := ""
	for _, u := range def.Users {
		who, _ := h.credentialOf(u.Name)
		passwd += fmt.Sprintf("%s:!:%d:%d::%s:/usr/bin/ksh\n", who.name, who.uid, who.gid, who.home)
	}
	hosts := "127.0.0.1\tloopback localhost\n::1\tloopback localhost\n"
	for _, i := range def.Interfaces {
		if a := i.Attributes["netaddr"]; a != "" {
			hosts += a + "\t" + str(def.Hostname) + "\n"
		}
	}
	list := []seed{
		{name: "/etc/passwd", mode: 0o644, content: passwd}, {name: "/etc/group", mode: 0o644, content: "system:!:0:root\nstaff:!:1:builder\n"},
		{name: "/etc/hosts", mode: 0o644, content: hosts}, {name: "/etc/resolv.conf", mode: 0o644, content: "nameserver 192.168.10.2\n"},
		{name: "/etc/environment", mode: 0o644, content: "PATH=" + defaultPath + "\nTZ=UTC\nLANG=C\n"}, {name: "/etc/profile", mode: 0o644, content: "export LOGNAME\n"},
		{name: "/etc/rc.tcpip", mode: 0o774, content: rcTCPIP(def)}, {name: inittabFile, mode: 0o644, content: inittab()},
		{name: "/etc/rc.d/rc", mode: 0o755, content: "#!/usr/bin/ksh\n# Runs the scripts of a run level.\nlevel=$1\nfor i in /etc/rc.d/rc$level.d/S*; do\n\t[ -x $i ] && $i start\ndone\nexit 0\n"},
		{name: "/etc/rc.nfs", mode: 0o774, content: "#!/bin/bsh\nstartsrc -s biod\nstartsrc -s rpc.lockd\n"},
		{name: "/etc/security/login.cfg", mode: 0o640, content: "default:\n\tsak_enabled = false\n"},
		{name: "/etc/ssh/sshd_config", mode: 0o644, content: "Subsystem\tsftp\t/usr/sbin/sftp-server\nPermitRootLogin yes\n"},
		{name: "/etc/rpc", mode: 0o644, content: "portmapper\t100000\tportmap sunrpc\n"},
	}
	id := str(def.RMC.NodeID)
	for name, own := range map[string]*string{etcNodeID: def.RMC.EtcNodeID, varNodeID: def.RMC.VarNodeID} {
		text := id
		if own != nil {
			text = *own
		}
		if text != "absent" {
			list = append(list, seed{name: name, mode: 0o644, content: text + "\n"})
		}
	}
	if yesno(def.CloudInit) {
		list = append(list, cloudInitFiles()...)
	}
	return list
}

// installFiles applies the definition's file blocks.
func (h *Host) installFiles() error {
	root := credential{}
	for _, f := range h.def.Files {
		if yesno(f.Remove) {
			remover := &call{host: h, proc: &process{user: root}, dir: "/", stderr: io.Discard}
			if err := remover.removeTree(f.Path, 0); err != nil {
				return fmt.Errorf("file %q: %w", f.Path, err)
			}
			continue
		}
		var err error
		switch {
		case f.Target != nil:
			_ = h.fs.remove("/", f.Path, root)
			if err = h.fs.mkdirAll("/", path.Dir(f.Path), root, 0o755); err == nil {
				err = h.fs.symlink(*f.Target, "/", f.Path, root)
			}
		case yesno(f.Directory):
			err = h.fs.mkdirAll("/", f.Path, root, 0o755)
		case f.Content != nil:
			err = h.put(f.Path, *f.Content, 0o644)
		}
		if err == nil && f.Mode != nil {
			m, ok := changeMode(*f.Mode, 0, 0, false)
			if !ok {
				return fmt.Errorf("file %q: mode: %q is not octal", f.Path, *f.Mode)
			}
			err = h.fs.chmod("/", f.Path, root, m)
		}
		if err == nil && (f.Owner != nil || f.Group != nil) {
			uid, gid := -1, -1
			if f.Owner != nil {
				uid, _ = h.userID(*f.Owner)
			}
			if f.Group != nil {
				gid, _ = h.groupID(*f.Group)
			}
			err = h.fs.chown("/", f.Path, root, uid, gid, true)
		}
		if err != nil {
			return fmt.Errorf("file %q: %w", f.Path, err)
		}
	}
	return nil
}
