// SPDX-License-Identifier: MPL-2.0

package preserve

import (
	"slices"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// Commands of RSCT. IBM's pages say rmcctrl, not startsrc, for ctrmc itself.
const (
	rmcctrl   = "/usr/sbin/rsct/bin/rmcctrl"
	refreshMD = "/usr/sbin/rsct/bin/rmcrefreshMD -s ctrmc"
)

// init puts the entries of /etc/inittab back, each after the entry that it followed.
// ctrmc's own comes with the subsystem where that is gone, and is looked at again.
func (p *planner) init() {
	comesBack := len(p.of("ctrmc", drift.AspectRMCDefined)) > 0
	restored := map[string]bool{}
	for _, item := range p.with(drift.AspectInit, drift.AspectRMCAtBoot) {
		if item.Aspect == drift.AspectRMCAtBoot && (comesBack || p.withoutRMC()) {
			continue
		}
		if !printable.MatchString(item.Was) {
			p.refuseWith(item.Words, "the recorded entry is not printable text", "Edit /etc/inittab by hand")
			continue
		}
		repairs := "the entry " + item.Subject + " of /etc/inittab"
		if item.Is != "" {
			p.step(repairs, "/usr/sbin/chitab "+probe.Quote(item.Was))
			continue
		}
		after := ""
		if id := p.entryBefore(item.Subject, restored); id != "" {
			after = "-i " + id + " "
		}
		p.step(repairs, "/usr/sbin/mkitab "+after+probe.Quote(item.Was))
		restored[item.Subject] = true
	}
}

// entryBefore is the identifier of the nearest entry before id at the baseline that is
// there, or will be.
func (p *planner) entryBefore(id string, restored map[string]bool) string {
	was, _ := p.baseline.Inittab.Get()
	is, _ := p.now.Inittab.Get()
	at := slices.IndexFunc(was, func(e aix.InittabEntry) bool { return e.ID == id })
	for at--; at >= 0; at-- {
		candidate := was[at].ID
		there := restored[candidate] || slices.ContainsFunc(is, func(e aix.InittabEntry) bool { return e.ID == candidate })
		if there && attributeText.MatchString(candidate) && candidate != "" {
			return candidate
		}
	}
	return ""
}

// withoutRMC says whether the fileset of ctrmc and its commands was removed.
func (p *planner) withoutRMC() bool { return len(p.of("rsct.core.rmc", drift.AspectFileset)) > 0 }

func (p *planner) rmc() {
	if p.withoutRMC() {
		return // refused with the fileset
	}
	undefined := len(p.of("ctrmc", drift.AspectRMCDefined)) > 0
	stopped := len(p.of("ctrmc", drift.AspectRMCActive)) > 0
	remote := p.of("ctrmc", drift.AspectRemoteClients)
	for _, item := range p.of("ctrmc", drift.AspectRMCArguments) {
		// rmcctrl -p and -P keep what they do for the next start as well.
		switch {
		case undefined || len(remote) > 0:
		case !printable.MatchString(item.Was):
			p.refuseWith(item.Words, "the recorded arguments are not printable text", "Set them with chssys by hand")
		default:
			p.step("the arguments that ctrmc starts with", "/usr/bin/chssys -s ctrmc -a "+probe.Quote(item.Was))
		}
	}
	switch {
	case undefined:
		p.step("the subsystem ctrmc, its entry in /etc/inittab, and the daemon running", rmcctrl+" -A")
	case stopped:
		p.step("ctrmc running", rmcctrl+" -s")
	}
	for _, item := range remote {
		if item.Was == "enabled" {
			p.step("remote clients of ctrmc enabled", rmcctrl+" -p")
		} else {
			p.step("remote clients of ctrmc disabled, as they were", rmcctrl+" -P")
		}
	}
	for _, item := range p.with(drift.AspectRMCDefined) {
		if item.Subject != "ctrmc" {
			p.refuseWith(item.Words, "only the installation of its fileset defines it", "Install its fileset again, or take out the step that removed it")
		}
	}
	started := undefined || stopped
	for _, item := range p.with(drift.AspectRMCActive) {
		// ctrmc starts its resource managers itself; what it did not start is seen when
		// the guest is collected again.
		if item.Subject != "ctrmc" && !started && attributeText.MatchString(item.Subject) {
			p.step(item.Subject+" running", "/usr/bin/startsrc -s "+item.Subject)
		}
	}
	if (p.touched || len(p.with(drift.AspectConsole)) > 0) && !started && p.runs() {
		p.step("RMC's management domains, looked at again", refreshMD)
	}
}

// runs says whether ctrmc is active now.
func (p *planner) runs() bool {
	list, _ := p.now.Subsystems.Get()
	return slices.ContainsFunc(list, func(s aix.Subsystem) bool { return s.Name == "ctrmc" && s.Active })
}
