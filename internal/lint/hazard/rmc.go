// SPDX-License-Identifier: MPL-2.0

package hazard

import (
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// rmcSubsystems are the subsystems without which the management system loses the VM;
// the rule rmc-resource-managers asks for the same ones on the guest.
var rmcSubsystems = map[string]bool{
	"ctrmc": true, "IBM.DRM": true, "IBM.HostRM": true, "IBM.ServiceRM": true, "IBM.MgmtDomainRM": true, "mcproxy": true,
}

func stopsrc(c *policy.Command) {
	for _, name := range lines(c.Options["s"]) {
		if rmcSubsystems[name] {
			mark(c, StopsRMC, name)
		}
	}
	for _, group := range lines(c.Options["g"]) {
		if group == "rsct" || group == "rsct_rm" {
			mark(c, StopsRMC, group)
		}
	}
	if option(c, "a") {
		mark(c, StopsRMC, "all subsystems")
	}
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func rmcctrl(c *policy.Command) {
	if option(c, "h") {
		return
	}
	if option(c, "zkK") {
		mark(c, StopsRMC, "ctrmc")
	}
	if option(c, "d") {
		mark(c, RemovesRMCStart, "ctrmc")
	}
	if option(c, "PQ") {
		mark(c, DisablesRemoteClients, "ctrmc")
	}
}

func recfgct(c *policy.Command) {
	if !option(c, "h") {
		mark(c, ResetsNodeID, "/var/ct")
	}
}

// startEntries are the entries of /etc/inittab that matter, and the hazard of losing
// each: ctrmc starts RMC, l2 runs cloud-init's links, rctcpip enters the address.
var startEntries = map[string]string{"ctrmc": RemovesRMCStart, "l2": RemovesCloudInit, "rctcpip": RemovesChdevLine}

func rmitab(c *policy.Command) {
	for _, id := range c.Operands {
		if hazard, ok := startEntries[id]; ok {
			mark(c, hazard, id)
		}
	}
}

func chitab(c *policy.Command) {
	for _, entry := range c.Operands {
		fields := strings.SplitN(entry, ":", 4)
		hazard, ok := startEntries[fields[0]]
		if ok && len(fields) == 4 && !entryRuns(fields[0], fields[1], fields[2], fields[3]) {
			mark(c, hazard, fields[0])
		}
	}
}

// entryRuns reports that an inittab entry still does its work at run level 2.
func entryRuns(id, levels, action, command string) bool {
	if action == "off" || levels != "" && !strings.Contains(levels, "2") {
		return false
	}
	for _, needed := range map[string][]string{"ctrmc": {"ctrmc", "rmcctrl"}, "l2": {"/etc/rc.d/rc"}, "rctcpip": {"rc.tcpip"}}[id] {
		if strings.Contains(command, needed) {
			return true
		}
	}
	return false
}

func rmssys(c *policy.Command) {
	for _, name := range append(lines(c.Options["s"]), c.Operands...) {
		if rmcSubsystems[name] {
			mark(c, RemovesRMCStart, name)
		}
	}
}

// chssys changes how a subsystem is started from its next start on.
func chssys(c *policy.Command) {
	if rmcSubsystems[c.Options["s"]] && option(c, "ap") {
		mark(c, RemovesRMCStart, c.Options["s"])
	}
}

var rmcProcess = regexp.MustCompile(`\brmcd\b|\bctrmc\b`)

// kill ends processes; which ones is told by the command that finds them.
func kill(c *policy.Command) {
	for _, word := range c.Operands {
		if rmcProcess.MatchString(word) {
			mark(c, StopsRMC, "ctrmc")
		}
	}
}

// needed are the filesets that RMC works with; the others of RSCT may go.
var needed = regexp.MustCompile(`^(?:rsct(?:[*.?].*)?|rsct\.core(?:[*.?].*)?|devices\.chrp\.base\.ServiceRM.*|devices\.chrp\.base\*.*)$`)
var spare = regexp.MustCompile(`^rsct\.(?:basic|opt|compat|msg|exp|gui|clients|vsd|lapi|core\.(?:gui|errm|auditrm|sensorrm|microsensor|lprm|fsrm))`)

func rsctFileset(c *policy.Command, name string) bool {
	if whole(c, name) {
		return needed.MatchString(name) && !spare.MatchString(name)
	}
	return strings.Contains(name, "rsct") || strings.Contains(name, "ServiceRM")
}

func installp(c *policy.Command) {
	if option(c, "p") && c.Name == "installp" || !option(c, "ur") {
		return
	}
	if option(c, "aic") {
		return
	}
	for _, name := range c.Operands {
		if rsctFileset(c, strings.TrimPrefix(name, "I:")) {
			mark(c, RemovesRSCT, name)
		}
	}
}

func rpm(c *policy.Command) {
	if _, erase := c.Options["erase"]; !erase && !option(c, "e") {
		return
	}
	if _, test := c.Options["test"]; test || option(c, "q") {
		return
	}
	cloudInit(c, c.Operands)
}

func dnf(c *policy.Command) {
	if len(c.Operands) < 2 {
		return
	}
	switch c.Operands[0] {
	case "remove", "erase", "autoremove", "rm":
		cloudInit(c, c.Operands[1:])
	}
}

var cloudPackage = regexp.MustCompile(`^cloud[-*]`)

func cloudInit(c *policy.Command, packages []string) {
	for _, name := range packages {
		if cloudPackage.MatchString(name) || !whole(c, name) && strings.Contains(name, "cloud") {
			mark(c, RemovesCloudInit, name)
		}
	}
}

// genfilt adds a rule to AIX's own packet filter; -a D denies, -p and -P are the
// source and destination ports.
func genfilt(c *policy.Command) {
	if c.Options["a"] != "D" {
		return
	}
	source, destination := c.Options["p"], c.Options["P"]
	everything := (source == "" || source == "0") && (destination == "" || destination == "0") &&
		(c.Options["c"] == "" || c.Options["c"] == "all") && everyone(c.Options["s"])
	if source == "657" || destination == "657" || everything {
		mark(c, BlocksRMCPort, "port 657")
	}
}

func everyone(address string) bool {
	return address == "" || address == "::" || address == "0.0.0.0" || address == "0" || address == "any"
}

// mkfilt activates the rules; -z D makes the rule at the end deny what none allows.
func mkfilt(c *policy.Command) {
	if option(c, "u") && c.Options["z"] == "D" {
		mark(c, BlocksRMCPort, "the default rule")
	}
}
