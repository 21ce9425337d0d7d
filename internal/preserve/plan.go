// SPDX-License-Identifier: MPL-2.0

// Package preserve leads a drifted guest back to its baseline: from a drift to a
// restoration plan, running it, and proving it by collecting again.
//
// A plan touches the recorded management interface and its adapter, its lines in
// /etc/rc.tcpip, the entries of /etc/inittab that were recorded, ndpd-host, and RMC's
// own subsystems. It touches no other interface, no route, and nothing that the
// baseline did not hold.
package preserve

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// Plan is the list of commands that leads back to the baseline.
type Plan struct {
	// Steps run in order; each leaves a guest that a later plan can carry on from.
	Steps []Step
	// Refused are the changes that no command of ours may undo.
	Refused []Refusal
}

// Same reports whether two plans run the same commands.
func (p Plan) Same(other Plan) bool {
	return slices.EqualFunc(p.Steps, other.Steps, func(a, b Step) bool { return a.Command == b.Command })
}

// Step is one AIX command.
type Step struct {
	Command string
	// Repairs says what it puts back, in words.
	Repairs string
	// Shown is the command for people where it is too long to read: with a file's text
	// or a program left out. Empty when Command itself is shown.
	Shown string
}

// String is the command as people are shown it.
func (s Step) String() string {
	if s.Shown != "" {
		return s.Shown
	}
	return s.Command
}

// Refusal is a change that must not be undone by machine.
type Refusal struct {
	// What is the drift in words; Why is the reason; Manual is what a person can do.
	What, Why, Manual string
}

// String renders the refusal in three sentences.
func (r Refusal) String() string {
	return fmt.Sprintf("%s. Not restored: %s. %s.", r.What, r.Why, r.Manual)
}

// The forms that values from the guest must have before they may stand in a
// command: they are hostile input even though they were the guest's own.
var (
	interfaceName = regexp.MustCompile(`^en[0-9]{1,4}$`)
	adapterName   = regexp.MustCompile(`^ent[0-9]{1,4}$`)
	attributeText = regexp.MustCompile(`^[0-9A-Za-z.:,/%_-]{0,128}$`)
	printable     = regexp.MustCompile(`^[\x20-\x7e\t]{1,512}$`)
)

// NewPlan computes the shortest list of commands that leads from now back to the
// baseline, of which items are the differences. startupText is the whole
// /etc/rc.tcpip of the baseline; it may be nil when not known. What one command is
// sure to put back as well gets no command of its own.
func NewPlan(baseline, now *aix.Facts, items []drift.Item, startupText []byte) Plan {
	p := planner{baseline: baseline, now: now, items: items, startupText: string(startupText)}
	p.name, _ = baseline.Management.Interface.Get()
	for _, item := range items {
		p.refuse(item)
	}
	if interfaceName.MatchString(p.name) {
		if p.devices() {
			p.kernel()
		}
		p.startup()
		p.daemons()
	}
	p.init()
	p.rmc()
	return p.plan
}

type planner struct {
	baseline, now *aix.Facts
	items         []drift.Item
	startupText   string
	name          string
	plan          Plan
	// expected is what the kernel will have of the interface after the steps so far.
	expected aix.Running
	// touched is true when the running interface was changed, so that RMC should look
	// at its management domains again.
	touched bool
}

func (p *planner) step(repairs, command string) {
	p.plan.Steps = append(p.plan.Steps, Step{Command: command, Repairs: repairs})
}

func (p *planner) refuseWith(what, why, manual string) {
	p.plan.Refused = append(p.plan.Refused, Refusal{What: what, Why: why, Manual: manual})
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

// of returns the items of an aspect about one subject.
func (p *planner) of(subject string, aspects ...string) []drift.Item {
	return slices.DeleteFunc(p.with(aspects...), func(i drift.Item) bool { return i.Subject != subject })
}

// refuse names the changes that only a person may undo.
func (p *planner) refuse(item drift.Item) {
	var why, manual string
	switch item.Aspect {
	case drift.AspectNodeID:
		why = "a node id belongs to one node, and RSCT keeps more than this file by it"
		manual = "Take out the step that touches it and build again"
		if p.inCluster() {
			why += "; besides, recfgct must not run while the node is in a peer domain or a CAA cluster"
			manual += ", or leave the cluster first"
		} else if item.Was != "" {
			manual += "; on this guest, /opt/rsct/install/bin/recfgct -i " + item.Was + " sets it back"
		}
	case drift.AspectFileset:
		why = "installing software is the build's own business"
		manual = "Install the fileset again with installp, or take out the step that removed it"
	case drift.AspectBootVolume:
		why = "only the build knows which volume the image is captured from"
		manual = "Set it with bootlist -m normal, and reboot before the image is captured"
	case drift.AspectFirstBoot:
		why = "cloud-init and its configuration are the build's own business"
		manual = "Take out the step that changed it, or install cloud-init again"
	case drift.AspectAdapter:
		why = "the adapter belongs to the virtual machine, not to AIX"
		manual = "Check the VM's network interfaces in Power VS"
	case drift.AspectFlags:
		why = "these flags are set in more than one place"
		manual = "Take out the step that changed them (ifconfig, chdev -a monitor, -a arp), or reboot before the image is captured"
	case drift.AspectStartupAdded:
		why = "the baseline did not hold the line, so it is not ours to take out"
		manual = "Take out the step that added it, and the line from " + startupFile
	case drift.AspectUndetermined:
		why = "what cannot be read cannot be put back"
		manual = "See why the probe failed"
	default:
		return
	}
	p.refuseWith(item.Words, why, manual)
}

func (p *planner) inCluster() bool {
	domain, _ := p.now.Cluster.PeerDomain.Get()
	caa, _ := p.now.Cluster.CAA.Get()
	return domain != "" || caa
}

// quoted leaves plain words plain, so that the plan reads as people would write it.
func quoted(s string) string {
	if s == "" || strings.ContainsAny(s, " \t'\"$`\\*?[]<>|&;()#~%{}!^") {
		return probe.Quote(s)
	}
	return s
}
