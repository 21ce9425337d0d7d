// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

const startupPath = "/etc/rc.tcpip"

// ipv6Daemons are the programs of /etc/rc.tcpip that give interfaces IPv6 addresses.
var ipv6Daemons = []string{"autoconf6", "ndpd-host"}

// startupFile compares what /etc/rc.tcpip does for the interface and for IPv6.
func (c *comparison) startupFile(name string, baseline, now *aix.Facts) {
	was, is, ok := both(c, startupPath, baseline.RcTCPIP, now.RcTCPIP)
	if !ok || !was.Present {
		return
	}
	if !is.Present {
		c.add(startupPath, AspectStartupFile, "present", "", "%s is gone: TCP/IP's daemons are not started at boot", startupPath)
		return
	}
	if was.Mode != is.Mode || was.Owner != is.Owner || was.Group != is.Group {
		describe := func(f aix.RcTCPIP) string { return fmt.Sprintf("%s %d:%d", f.Mode, f.Owner, f.Group) }
		c.add(startupPath, AspectStartupMode, describe(was), describe(is), "%s has mode and owner %s, it was %s", startupPath, describe(is), describe(was))
	}
	if len(was.Starts)+len(was.Chdev) > 0 && len(is.Starts)+len(is.Chdev) == 0 {
		c.add(startupPath, AspectStartupFile, "present", "empty", "%s starts nothing any more: it was emptied or replaced", startupPath)
		return
	}
	c.chdevLines(name, was, is)
	c.daemonLines(was, is)
	c.networkLines(name, was, is)
}

// chdevLines compares the lines that run chdev on the interface.
func (c *comparison) chdevLines(name string, was, is aix.RcTCPIP) {
	what := "the chdev line of " + name
	for _, line := range was.Chdev {
		if line.Commented || line.Interface != name {
			continue
		}
		active, commented := 0, false
		for _, l := range is.Chdev {
			switch {
			case l.Commented && Uncommented(l.Text) == strings.TrimSpace(line.Text):
				commented = true
			case !l.Commented && strings.TrimSpace(l.Text) == strings.TrimSpace(line.Text):
				active++
			}
		}
		switch {
		case active == 1:
		case active > 1:
			c.add(startupPath, AspectStartupLine, line.Text, "duplicated", "%s holds %s %d times", startupPath, what, active)
		case commented:
			c.add(startupPath, AspectStartupLine, line.Text, "commented out", "persisted no longer: %s in %s is commented out", what, startupPath)
		default:
			c.add(startupPath, AspectStartupLine, line.Text, "gone", "persisted no longer: %s is gone from %s", what, startupPath)
		}
	}
	for _, line := range is.Chdev {
		if line.Commented || line.Interface != name {
			continue
		}
		if !slices.ContainsFunc(was.Chdev, func(l aix.ChdevLine) bool {
			return !l.Commented && strings.TrimSpace(l.Text) == strings.TrimSpace(line.Text)
		}) {
			c.add(startupPath, AspectStartupAdded, "", line.Text, "line %d of %s changes %s at boot, and was not there: %s", line.Line, startupPath, name, line.Text)
		}
	}
}

// daemonLines compares the lines that start autoconf6 and ndpd-host.
func (c *comparison) daemonLines(was, is aix.RcTCPIP) {
	of := func(f aix.RcTCPIP, daemon string, enabled bool) (arguments []string) {
		for _, line := range f.Starts {
			if line.Daemon == daemon && line.Enabled == enabled {
				arguments = append(arguments, line.Arguments)
			}
		}
		return arguments
	}
	for _, daemon := range ipv6Daemons {
		before, after := of(was, daemon, true), of(is, daemon, true)
		switch {
		case slices.Equal(before, after):
		case len(after) == 0:
			state := "gone"
			if len(of(is, daemon, false)) > 0 {
				state = "commented out"
			}
			c.add(startupPath, AspectStartupLine, daemon, state, "%s no longer starts %s at boot: its line is %s", startupPath, daemon, state)
		case len(before) == 0 && len(of(was, daemon, false)) > 0:
			c.add(startupPath, AspectStartupLine, daemon, "started", "%s starts %s at boot; its line was commented out", startupPath, daemon)
		case len(before) == 0:
			c.add(startupPath, AspectStartupAdded, "", daemon, "%s starts %s at boot; it had no line for it", startupPath, daemon)
		default:
			c.add(startupPath, AspectStartupLine, daemon, "changed", "%s starts %s as %q, it was %q", startupPath, daemon, after, before)
		}
	}
}

var interfaceWord = regexp.MustCompile(`\ben[0-9]+\b`)

// networkLines compares the other lines that may change an interface: those that name
// it, and those that name none, since they may mean all.
func (c *comparison) networkLines(name string, was, is aix.RcTCPIP) {
	count := func(f aix.RcTCPIP) map[string]int {
		lines := map[string]int{}
		for _, line := range f.Network {
			words := interfaceWord.FindAllString(line.Text, -1)
			if len(words) == 0 || slices.Contains(words, name) {
				lines[strings.TrimSpace(line.Text)]++
			}
		}
		return lines
	}
	before, after := count(was), count(is)
	reported := map[string]bool{}
	for _, line := range was.Network {
		text := strings.TrimSpace(line.Text)
		if n := before[text]; n > 0 && after[text] == 0 && !reported[text] {
			reported[text] = true
			c.add(startupPath, AspectStartupLine, line.Text, "gone", "a line is gone from %s: %s", startupPath, text)
		}
	}
	for _, line := range is.Network {
		text := strings.TrimSpace(line.Text)
		if after[text] > before[text] && !reported[text] {
			reported[text] = true
			c.add(startupPath, AspectStartupAdded, "", line.Text, "line %d of %s may change %s at boot, and was not there: %s", line.Line, startupPath, name, text)
		}
	}
}

// Uncommented is a line without leading blanks and comment signs.
func Uncommented(line string) string { return strings.TrimSpace(strings.TrimLeft(line, "# \t")) }

// daemons compares whether ndpd-host runs; autoconf6 is no daemon.
func (c *comparison) daemons(baseline, now *aix.Facts) {
	was, known := baseline.Subsystems.Get()
	is, told := now.Subsystems.Get()
	if !known || !told {
		return // the comparison of RMC says so
	}
	before, had := subsystem(was, "ndpd-host")
	after, has := subsystem(is, "ndpd-host")
	switch {
	case !had || !has:
	case before.Active && !after.Active:
		c.add("ndpd-host", AspectDaemon, "active", after.Status, "ndpd-host is %s, it was active", after.Status)
	case !before.Active && after.Active:
		c.add("ndpd-host", AspectDaemon, before.Status, "active", "ndpd-host is active, it was %s", before.Status)
	}
}

// initEntries are the entries of /etc/inittab that all the rest hangs on: the run
// level, the SRC, /etc/rc.tcpip, the scripts that start cloud-init, and ctrmc.
var initEntries = []string{"init", "srcmstr", "rctcpip", "l2", "ctrmc"}

func (c *comparison) init(baseline, now *aix.Facts) {
	was, is, ok := both(c, "inittab", baseline.Inittab, now.Inittab)
	if !ok {
		return
	}
	for _, id := range initEntries {
		before, had := inittabEntry(was, id)
		if !had || !before.InUse {
			continue
		}
		aspect, what := AspectInit, fmt.Sprintf("init's entry %s (%s)", id, before.Command)
		if before.Command == "" {
			what = "init's entry " + id
		}
		after, has := inittabEntry(is, id)
		switch {
		case has && EntryText(before) == EntryText(after):
			continue
		case id == "ctrmc" && (!has || !after.InUse):
			state := "is gone"
			if has {
				state = "is off"
			}
			c.add(id, AspectRMCAtBoot, EntryText(before), entryOrNone(after, has), "ctrmc will not start at boot: its inittab entry %s", state)
			continue
		case id == "ctrmc":
			aspect, what = AspectRMCAtBoot, "ctrmc's inittab entry"
		}
		if !has {
			c.add(id, aspect, EntryText(before), "", "%s is gone from /etc/inittab", what)
			continue
		}
		c.add(id, aspect, EntryText(before), EntryText(after), "%s is %q, it was %q", what, EntryText(after), EntryText(before))
	}
}

func entryOrNone(e aix.InittabEntry, there bool) string {
	if !there {
		return ""
	}
	return EntryText(e)
}

func inittabEntry(list []aix.InittabEntry, id string) (aix.InittabEntry, bool) {
	for _, e := range list {
		if e.ID == id {
			return e, true
		}
	}
	return aix.InittabEntry{}, false
}

// EntryText is an entry as it stands in /etc/inittab.
func EntryText(e aix.InittabEntry) string {
	return strings.Join([]string{e.ID, e.RunLevels, e.Action, e.Command}, ":")
}
