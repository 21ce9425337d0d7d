// SPDX-License-Identifier: MPL-2.0

// Package preserve leads a drifted guest back to its baseline: from a drift to a
// restoration plan, running it, and proving it by collecting again.
//
// A plan touches the recorded management interface, its lines in /etc/rc.tcpip and
// RMC's own subsystem, and nothing else.
package preserve

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// Plan is the list of commands that leads back to the baseline.
type Plan struct {
	// Steps run in order; each can be repeated without harm.
	Steps []Step
	// Refused are the changes that no command of ours may undo.
	Refused []Refusal
}

// Step is one AIX command.
type Step struct {
	Command string
	// Repairs says what it puts back, in words.
	Repairs string
}

// Refusal is a change that must not be undone by machine.
type Refusal struct {
	// What is the drift in words; Why is the reason; Manual is what a person can do.
	What, Why, Manual string
}

// String renders the refusal as one sentence.
func (r Refusal) String() string {
	return fmt.Sprintf("%s. Not restored: %s. %s", r.What, r.Why, r.Manual)
}

// The forms that values from the guest must have before they may stand in a
// command: they are hostile input even though they were the guest's own.
var (
	interfaceName = regexp.MustCompile(`^en[0-9]{1,4}$`)
	attributeText = regexp.MustCompile(`^[0-9A-Za-z.:,/%_-]{0,128}$`)
	printable     = regexp.MustCompile(`^[\x20-\x7e\t]{1,512}$`)
)

const startupFile = "/etc/rc.tcpip"

// NewPlan computes the plan. startupText is the whole /etc/rc.tcpip of the
// baseline, for the case that the file was emptied; it may be nil when not known.
func NewPlan(baseline *aix.Facts, items []drift.Item, startupText []byte) Plan {
	p := planner{baseline: baseline, items: items, startupText: startupText}
	p.name, _ = baseline.Management.Interface.Get()
	for _, item := range items {
		p.refuse(item)
	}
	if interfaceName.MatchString(p.name) {
		p.device()
		p.attributes()
		p.addresses()
		p.startup()
	}
	p.rmc()
	return p.plan
}

type planner struct {
	baseline    *aix.Facts
	items       []drift.Item
	startupText []byte
	name        string
	plan        Plan
	touched     bool
}

func (p *planner) step(repairs, command string) {
	p.plan.Steps = append(p.plan.Steps, Step{Command: command, Repairs: repairs})
}

func (p *planner) with(aspects ...string) []drift.Item {
	var found []drift.Item
	for _, item := range p.items {
		if slices.Contains(aspects, item.Aspect) {
			found = append(found, item)
		}
	}
	return found
}

// refuse names the changes that only a person may undo.
func (p *planner) refuse(item drift.Item) {
	var why, manual string
	switch item.Aspect {
	case drift.AspectNodeID:
		why = "a node id belongs to one node, and RSCT keeps more than this file by it"
		manual = "Rebuild the image without the step that touches it; on the running guest, recfgct -i with the recorded id is IBM's way"
	case drift.AspectFileset:
		why = "installing software is the build's own business"
		manual = "Install the fileset again with installp, or take out the step that removed it"
	case drift.AspectBootVolume:
		why = "only the build knows which volume the image is captured from"
		manual = "Set it with bootlist -m normal and reboot before the image is captured"
	case drift.AspectFirstBoot:
		why = "installing software is the build's own business"
		manual = "Install cloud-init again, with its links in /etc/rc.d/rc2.d"
	case drift.AspectAdapter:
		why = "the adapter belongs to the virtual machine, not to AIX"
		manual = "Check the VM's network interfaces in Power VS"
	case drift.AspectMTU:
		why = "an MTU is set for a whole network"
		manual = "Set it back with chdev -l on the interface"
	case drift.AspectUndetermined:
		why = "what cannot be read cannot be put back"
		manual = "See why the probe failed"
	default:
		return
	}
	p.plan.Refused = append(p.plan.Refused, Refusal{What: item.Words, Why: why, Manual: manual})
}

func (p *planner) device() {
	if len(p.with(drift.AspectDefined)) > 0 {
		p.touched = true
		p.step(p.name+" defined in the ODM", "/usr/sbin/cfgmgr")
		p.step(p.name+" defined in the ODM", fmt.Sprintf("/usr/sbin/lsdev -Cl %[1]s | grep %[1]s >/dev/null || /usr/sbin/mkdev -c if -s EN -t en -l %[1]s", p.name))
	}
}

// attributes writes the ODM attributes back with one chdev, which also applies them.
func (p *planner) attributes() {
	changed := len(p.with(drift.AspectDefined)) > 0
	var changes []string
	configured, known := p.interfaceBaseline().Configured.Get()
	if !known || !configured.Defined {
		return
	}
	want := map[string]string{
		"netaddr6": configured.NetAddr6, "prefixlen": configured.PrefixLen, "alias6": configured.Alias6,
		"netaddr": configured.NetAddr, "netmask": configured.Netmask, "alias4": configured.Alias4, "state": configured.State,
	}
	for _, name := range []string{"netaddr", "netmask", "alias4", "alias6", "netaddr6", "prefixlen", "state"} {
		value := want[name]
		drifted := slices.ContainsFunc(p.with(drift.AspectAttribute), func(i drift.Item) bool { return i.Subject == p.name+" "+name })
		if !drifted && !(changed && value != "") {
			continue
		}
		if !attributeText.MatchString(value) {
			p.plan.Refused = append(p.plan.Refused, Refusal{What: fmt.Sprintf("%s's ODM attribute %s changed", p.name, name),
				Why: fmt.Sprintf("its recorded value %q has characters that no address has", value), Manual: "Set it with chdev by hand"})
			continue
		}
		changes = append(changes, "-a "+name+"="+quoted(value))
	}
	if len(changes) > 0 {
		p.touched = true
		p.step("the ODM attributes of "+p.name, "/usr/sbin/chdev -l "+p.name+" "+strings.Join(changes, " "))
	}
}

// quoted leaves plain words plain, so that the plan reads as people would write it.
func quoted(s string) string {
	if s == "" || strings.ContainsAny(s, " \t'\"$`\\*?[]<>|&;()#~%") {
		return probe.Quote(s)
	}
	return s
}

func (p *planner) interfaceBaseline() aix.Interface {
	interfaces, _ := p.baseline.Interfaces.Get()
	for _, i := range interfaces {
		if i.Name == p.name {
			return i
		}
	}
	return aix.Interface{}
}

// addresses puts the kernel's interface right. Adding an address that is there does no harm.
func (p *planner) addresses() {
	running, known := p.interfaceBaseline().Running.Get()
	if !known || !running.Present {
		return
	}
	for _, item := range p.with(drift.AspectAddress, drift.AspectIPv4) {
		family := "inet6"
		if item.Aspect == drift.AspectIPv4 {
			family = "inet"
		}
		// An address too many, or one with the wrong prefix length, is taken away first.
		if address, _, _ := strings.Cut(item.Is, "/"); address != "" && attributeText.MatchString(address) {
			p.touched = true
			p.step(fmt.Sprintf("no %s on %s", item.Is, p.name), fmt.Sprintf("/usr/sbin/ifconfig %s %s %s delete", p.name, family, address))
		}
	}
	drifted := p.touched || len(p.with(drift.AspectAttached, drift.AspectUp)) > 0
	for _, item := range p.with(drift.AspectAddress) {
		drifted = drifted || item.Was != ""
	}
	if !drifted {
		return
	}
	p.touched = true
	for _, a := range running.IPv6 {
		p.step(fmt.Sprintf("%s/%d on %s", a.Address, a.PrefixLength, p.name),
			fmt.Sprintf("/usr/sbin/ifconfig %s inet6 %s/%d", p.name, a.Address, a.PrefixLength))
	}
	for _, a := range running.IPv4 {
		p.step(fmt.Sprintf("%s on %s", a.Address, p.name), fmt.Sprintf("/usr/sbin/ifconfig %s inet %s netmask %s alias", p.name, a.Address, a.Netmask))
	}
	if running.Up {
		p.step(p.name+" up", fmt.Sprintf("/usr/sbin/ifconfig %s up", p.name))
	}
}

// startup edits /etc/rc.tcpip: a copy is kept, the new text is written beside it
// under another name with the same mode and owner, and moved over it.
func (p *planner) startup() {
	if len(p.with(drift.AspectStartupFile)) > 0 {
		p.rewriteStartup()
	} else {
		for _, line := range p.lostLines() {
			p.step("the line in "+startupFile+": "+line, editStartup(line))
		}
	}
	if len(p.with(drift.AspectStartupMode, drift.AspectStartupFile)) > 0 {
		if f, known := p.baseline.RcTCPIP.Get(); known {
			if mode, ok := octal(f.Mode); ok {
				p.step("mode and owner of "+startupFile, fmt.Sprintf("/usr/bin/chown %d:%d %s && /usr/bin/chmod %s %s", f.Owner, f.Group, startupFile, mode, startupFile))
			}
		}
	}
}

func (p *planner) rewriteStartup() {
	if len(p.startupText) == 0 || slices.Contains(p.startupText, 0) {
		p.plan.Refused = append(p.plan.Refused, Refusal{What: startupFile + " was emptied", Why: "the baseline holds no text of it", Manual: "Restore it from a backup"})
		return
	}
	text := strings.TrimSuffix(string(p.startupText), "\n")
	p.step(startupFile+" as it was", fmt.Sprintf("/usr/bin/printf '%%s\\n' %s > %[2]s.rsct-new && /usr/bin/mv -f %[2]s.rsct-new %[2]s", probe.Quote(text), startupFile))
}

// lostLines are the lines of the baseline that were removed, commented or doubled.
func (p *planner) lostLines() []string {
	var lines []string
	f, _ := p.baseline.RcTCPIP.Get()
	for _, item := range p.with(drift.AspectStartupLine) {
		line := item.Was
		for _, start := range f.Starts {
			if start.Enabled && start.Daemon == item.Was {
				line = p.startLine(start.Line)
			}
		}
		if !printable.MatchString(line) {
			p.plan.Refused = append(p.plan.Refused, Refusal{What: item.Words, Why: "the recorded line is not printable text", Manual: "Edit " + startupFile + " by hand"})
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

func (p *planner) startLine(number int) string {
	lines := strings.Split(string(p.startupText), "\n")
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}

// editStartup makes exactly one active copy of line, in the place of the first one
// that is there, commented or not, or at the end. The line goes through the
// environment, since awk -v would read backslashes in it.
func editStartup(line string) string {
	const program = `{ t = $0; sub(/^[# \t]+/, "", t); sub(/[ \t]+$/, "", t); w = ENVIRON["RSCT_LINE"]; b = w; ` +
		`sub(/^[ \t]+/, "", b); sub(/[ \t]+$/, "", b); if (t == b) { if (!seen++) print w; next } print } ` +
		`END { if (!seen) print ENVIRON["RSCT_LINE"] }`
	return fmt.Sprintf("/usr/bin/cp -p %[1]s %[1]s.rsct-saved && /usr/bin/cp -p %[1]s %[1]s.rsct-new && RSCT_LINE=%[2]s /usr/bin/awk %[3]s %[1]s > %[1]s.rsct-new && /usr/bin/mv -f %[1]s.rsct-new %[1]s",
		startupFile, probe.Quote(line), probe.Quote(program))
}

// octal turns ls' permission string into the digits of chmod.
func octal(permissions string) (string, bool) {
	if len(permissions) < 10 {
		return "", false
	}
	mode := 0
	for i, c := range permissions[1:10] {
		switch c {
		case 'r', 'w', 'x':
			mode |= 1 << (8 - i)
		case '-':
		default:
			return "", false // setuid and the like: not ours to set
		}
	}
	return "0" + strconv.FormatInt(int64(mode), 8), true
}

func (p *planner) rmc() {
	for _, item := range p.with(drift.AspectRMCAtBoot) {
		if !printable.MatchString(item.Was) {
			continue
		}
		command := "/usr/sbin/mkitab "
		if item.Is != "" {
			command = "/usr/sbin/chitab "
		}
		p.step("ctrmc's entry in /etc/inittab", command+probe.Quote(item.Was))
		p.touched = true
	}
	for _, item := range p.with(drift.AspectRMCDefined) {
		if item.Subject == "ctrmc" {
			p.step("the subsystem ctrmc", "/usr/sbin/rsct/bin/rmcctrl -A")
			p.touched = true
		}
	}
	for _, item := range p.with(drift.AspectRMCActive) {
		p.step(item.Subject+" running", "/usr/bin/startsrc -s "+item.Subject)
		p.touched = true
	}
	if p.touched {
		p.step("RMC's management domains", "/usr/sbin/rsct/bin/rmcrefreshMD -s ctrmc")
	}
}
