// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"io"
	"strings"
)

func init() {
	// It calls other commands, and so must not hold its output or the host.
	register(map[string]runFunc{"cloud-init": cloudInit})
	aixOnly["cloud-init"] = true
}

// Where cloud-init keeps what it did for which instance.
const (
	cloudConfigFile = "/opt/freeware/etc/cloud/cloud.cfg"
	cloudState      = "/opt/freeware/var/lib/cloud"
	cloudInstance   = cloudState + "/data/instance-id"
)

// cloudInit is cloud-init on AIX, as far as it bears on RMC. Its text is not IBM's
// shipped one, which is not public: it follows canonical/cloud-init pull request 4713
// (cloudinit/distros/aix.py, never merged) and cc_reset_rmc.py of upstream @04eacd06.
// That the network is written in the local stage, and only for an instance that the
// state on disk does not name, is cloud-init's documented way with local data sources.
func cloudInit(c *call) int {
	if !c.needRoot() {
		return 1
	}
	h := c.host
	stage := strings.Join(c.args[1:], " ")
	if stage != "init" && stage != "init --local" {
		return 0 // modules of the other stages do nothing that matters here
	}
	config := h.file(cloudConfigFile)
	if h.drive == nil || !strings.Contains(dataSources(config), "ConfigDrive") {
		return 0 // data source None: no network, and reset-rmc skips itself
	}
	run := func(script string) int { return h.Run(c.ctx, "root", script, nil, io.Discard, c.stderr) }
	if stage == "init --local" {
		if h.firstLine(cloudInstance) == h.drive.instance {
			return 0
		}
		if code := run(h.networkScript()); code != 0 {
			c.errorf("cloud-init: applying the network configuration failed\n")
		}
		return run(fmt.Sprintf("mkdir -p %s/data && echo %s >%s", cloudState, h.drive.instance, cloudInstance))
	}
	for _, module := range []struct {
		name string
		run  func() int
	}{
		{"update-bootlist", func() int { return run("bootlist -m normal $(bootinfo -b)") }},
		{"reset-rmc", func() int { return run(resetRMCScript) }},
	} {
		done := fmt.Sprintf("%s/instances/%s/sem/config_%s", cloudState, h.drive.instance, strings.ReplaceAll(module.name, "-", "_"))
		if !hasModule(config, module.name) || h.fs.access("/", done, credential{}, 0) == nil {
			continue
		}
		if code := module.run(); code != 0 {
			c.errorf("cloud-init: module %s failed\n", module.name)
		}
		run(fmt.Sprintf("mkdir -p %s/instances/%s/sem && : >%s", cloudState, h.drive.instance, done))
	}
	return 0
}

// dataSources is the line of datasource_list.
func dataSources(config string) string {
	for _, line := range strings.Split(config, "\n") {
		if strings.HasPrefix(line, "datasource_list:") {
			return line
		}
	}
	return ""
}

func hasModule(config, name string) bool {
	for _, line := range strings.Split(config, "\n") {
		switch strings.TrimSpace(line) {
		case "- " + name, "- " + strings.ReplaceAll(name, "-", "_"):
			return true
		}
	}
	return false
}

// networkScript is distros/aix.py's _write_network and apply_network in shell. A file
// that it opens and does not find ends it, and so does a chdev that fails; daemons
// that do not stop or start do not. Devices are found by their MAC, which is inferred.
func (h *Host) networkScript() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var b, up strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("rm -f /etc/resolv.conf")
	line("chrctcp -S -d dhcpcd; chrctcp -S -d ndpd-host; chrctcp -d autoconf6")
	line("[ -f /etc/rc.tcpip ] || exit 1")
	line("kept=$(grep -v -e chdev -e anetaddr6 -e cloud-init /etc/rc.tcpip)")
	line(`printf '%%s\n' "$kept" >/etc/rc.tcpip`)
	ipv6 := ""
	for _, network := range h.drive.networks {
		name := ""
		for _, hw := range h.odm.adapters {
			if hw.mac == network.mac {
				name = fmt.Sprintf("en%d", hw.number)
			}
		}
		if name == "" {
			continue
		}
		if network.address.Is4() {
			line("/usr/sbin/chdev -l %s -anetaddr=%s -anetmask=%s || exit 1", name, network.address, netmask(network.length))
		} else {
			command := fmt.Sprintf("/usr/sbin/chdev -l %s -anetaddr6=%s -aprefixlen=%d", name, network.address, network.length)
			line("/usr/sbin/autoconf6 -i en0")
			line("stopsrc -s ndpd-host; startsrc -s ndpd-host")
			line("%s || exit 1\necho '%s' >>/etc/rc.tcpip", command, command)
			if ipv6 == "" {
				ipv6 = name
			} else {
				ipv6 = "any"
			}
		}
		// apply_network takes all interfaces down, and then brings them up.
		fmt.Fprintf(&up, "/usr/sbin/chdev -l %s -a state=down\n", name)
	}
	b.WriteString(up.String())
	b.WriteString(strings.ReplaceAll(up.String(), "state=down", "state=up"))
	if ipv6 != "" {
		line("chrctcp -S -a ndpd-host; chrctcp -c autoconf6 -f interface=%s", ipv6)
	}
	line("echo 'nameserver 192.168.10.2' >/etc/resolv.conf")
	line("chdev -l inet0 -a hostname=%s", h.drive.hostname)
	line("exit 0")
	return b.String()
}

// resetRMCScript is cc_reset_rmc: it is skipped without RSCT, raises when the node id
// cannot be read, and otherwise stops RMC and has recfgct make a new id.
const resetRMCScript = `[ -d /opt/rsct/install/bin ] || exit 0
[ -r /etc/ct_node_id ] || exit 1
/opt/rsct/bin/rmcctrl -z
/opt/rsct/install/bin/recfgct
`
