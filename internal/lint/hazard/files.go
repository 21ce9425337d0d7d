// SPDX-License-Identifier: MPL-2.0

package hazard

import (
	"path"
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// protected are the files and folders whose loss is a hazard. A folder counts with
// what lies in it.
var protected = []struct {
	path   string
	hazard string
	folder bool
}{
	{"/etc/ct_node_id", DeletesNodeID, false},
	{"/var/ct/cfg/ct_node_id", DeletesNodeID, false},
	{"/var/ct", DeletesNodeID, true},
	{"/etc/rc.tcpip", RemovesChdevLine, false},
	{"/etc/inittab", RemovesRMCStart, false},
	{"/opt/rsct", RemovesRSCT, true},
	{"/usr/sbin/rsct", RemovesRSCT, true},
	{"/opt/freeware/bin/cloud-init", RemovesCloudInit, false},
	{"/opt/freeware/etc/cloud", RemovesCloudInit, true},
	{"/etc/rc.d/init.d/cloud-init-local", RemovesCloudInit, false},
	{"/etc/rc.d/init.d/cloud-init", RemovesCloudInit, false},
	{"/etc/rc.d/init.d/cloud-config", RemovesCloudInit, false},
	{"/etc/rc.d/init.d/cloud-final", RemovesCloudInit, false},
	{"/etc/rc.d/rc2.d/S01cloud-init-local", RemovesCloudInit, false},
	{"/etc/rc.d/rc2.d/S02cloud-init", RemovesCloudInit, false},
	{"/etc/rc.d/rc2.d/S03cloud-config", RemovesCloudInit, false},
	{"/etc/rc.d/rc2.d/S04cloud-final", RemovesCloudInit, false},
	{"/etc/objrepos/CuAt", DeletesDeviceODM, false},
	{"/etc/objrepos/CuDv", DeletesDeviceODM, false},
}

// parts of protected folders that can go without harm.
var unharmed = regexp.MustCompile(`^(?:/var/ct/(?:IW|IBM[^/]*|[^/]*/(?:log|run)|.*\.(?:log|out|trace|stderr|stdout)[^/]*|.*/log/.*|.*/trace.*|.*core.*)|/(?:opt|usr/sbin)/rsct/(?:samples|doc|man|README).*|/opt/freeware/etc/cloud/(?:templates|.*\.(?:bak|orig|save|old|rpmnew|rpmsave)).*)$`)

// lost adds the hazards of a file or, recursively, of a folder going. The name may
// hold wildcards.
func lost(c *policy.Command, name string, recursive bool) {
	if !strings.HasPrefix(name, "/") && c.Folder != "" {
		name = c.Folder + "/" + name
	}
	pattern := path.Clean(name)
	if !strings.HasPrefix(pattern, "/") {
		return // in a folder that is not known
	}
	if unharmed.MatchString(pattern) {
		return
	}
	for _, p := range protected {
		if goes(pattern, p.path, p.folder, recursive) {
			mark(c, p.hazard, name)
		}
	}
}

// goes reports whether removing what the pattern names takes a protected path along,
// or, for a protected folder, something in it.
func goes(pattern, protected string, folder, recursive bool) bool {
	if ok, err := path.Match(pattern, protected); err == nil && ok {
		return !folder || recursive
	}
	if start, base, ok := strings.Cut(pattern, "/**/"); ok {
		// What find found below a folder, at any depth.
		within := start == "" || strings.HasPrefix(protected+"/", start+"/") || folder && strings.HasPrefix(start+"/", protected+"/")
		matched, err := path.Match(base, path.Base(protected))
		if folder && strings.HasPrefix(start+"/", protected+"/") {
			matched = true
		}
		return within && matched && err == nil
	}
	wanted, have := strings.Split(pattern, "/"), strings.Split(protected, "/")
	if len(wanted) < len(have) {
		if !recursive {
			return false
		}
		ok, err := path.Match(pattern, strings.Join(have[:len(wanted)], "/"))
		return err == nil && ok && pattern != "/"
	}
	if folder && len(wanted) > len(have) {
		ok, err := path.Match(strings.Join(wanted[:len(have)], "/"), protected)
		return err == nil && ok
	}
	return false
}

func rm(c *policy.Command) {
	recursive := option(c, "rR") || c.Options["recursive"] != "" || hasOption(c, "recursive")
	for _, name := range c.Operands {
		lost(c, name, recursive)
	}
}

func hasOption(c *policy.Command, name string) bool {
	_, ok := c.Options[name]
	return ok
}

// mv takes its sources away. A copy that comes back is for undo to see.
func mv(c *policy.Command) {
	if len(c.Operands) < 2 {
		return
	}
	for _, name := range c.Operands[:len(c.Operands)-1] {
		lost(c, name, true)
	}
}

var cloudStart = regexp.MustCompile(`^/etc/rc\.d/(?:init\.d|rc2\.d)/(?:S[0-9?*\[\]-]*)?cloud`)
var notExecutable = regexp.MustCompile(`^(?:[ugoa]*-[rw]*x[rwx]*|0*[0246]{3})$`)

func chmod(c *policy.Command) {
	mode, files := "", c.Operands
	for letter := range c.Options {
		if strings.ContainsAny(letter, "x") {
			mode = "-x"
		}
	}
	if mode == "" {
		if len(files) < 2 {
			return
		}
		mode, files = files[0], files[1:]
	}
	if !notExecutable.MatchString(mode) {
		return
	}
	for _, file := range files {
		modeLost(c, file)
	}
}

// modeLost adds the hazards of a file that can no longer be executed.
func modeLost(c *policy.Command, file string) {
	switch {
	case cloudStart.MatchString(file):
		mark(c, RemovesCloudInit, file)
	case file == "/etc/rc.tcpip":
		mark(c, RemovesChdevLine, file)
	}
}

// The lines that matter in the files that a build may edit, as they stand on a VM
// that Power VS deployed. An edit is tried on them: what it takes away or changes is
// its hazard. The chdev lines are the two ways in which cloud-init on AIX writes them
// (canonical/cloud-init, pull request 4713).
var samples = map[string][]sample{
	"/etc/rc.tcpip": {
		{text: `chdev -l en1 -a netaddr6=fe80::205f:dfff:fe3e:dc56 -a prefixlen=64 -a state=up`, hazard: RemovesChdevLine},
		{text: `/usr/sbin/chdev -l en1 -anetaddr6=fe80::205f:dfff:fe3e:dc56 -aprefixlen=64`, hazard: RemovesChdevLine},
		{text: `start /usr/sbin/autoconf6 "" $src_running`, hazard: DisablesAutoconf6},
		{text: `start /usr/sbin/autoconf6 "" " -i en1"`, hazard: DisablesAutoconf6},
		{text: `start /usr/sbin/ndpd-host "$src_running"`, hazard: DisablesAutoconf6},
	},
	"/etc/inittab": {
		{text: `ctrmc:2:once:/usr/bin/startsrc -s ctrmc > /dev/console 2>&1`, hazard: RemovesRMCStart},
		{text: `rctcpip:23456789:wait:/etc/rc.tcpip > /dev/console 2>&1 # Start TCP/IP daemons`, hazard: RemovesChdevLine},
		{text: `l2:2:wait:/etc/rc.d/rc 2`, hazard: RemovesCloudInit},
	},
	"/opt/freeware/etc/cloud/cloud.cfg": {
		{text: `datasource_list: ['ConfigDrive']`, hazard: RemovesCloudInit},
		{text: ` - reset-rmc`, hazard: RemovesCloudInit},
		{text: ` - reset_rmc`, hazard: RemovesCloudInit},
	},
}

type sample struct{ text, hazard string }

// keeps reports whether a line that an edit left behind still does what the sample did.
func (s sample) keeps(file, line string) bool {
	line = strings.TrimSpace(line)
	switch file {
	case "/etc/inittab":
		fields := strings.SplitN(line, ":", 4)
		return len(fields) == 4 && fields[0] == strings.SplitN(s.text, ":", 2)[0] && entryRuns(fields[0], fields[1], fields[2], fields[3])
	case "/etc/rc.tcpip":
		if strings.HasPrefix(line, "#") {
			return false
		}
		if s.hazard == RemovesChdevLine {
			return strings.Contains(line, "chdev") && strings.Contains(line, "fe80::205f:dfff:fe3e:dc56")
		}
		return strings.Contains(line, "autoconf6") || strings.Contains(line, "ndpd-host")
	}
	return !strings.HasPrefix(line, "#") && strings.Contains(line, strings.Trim(s.text[strings.LastIndex(s.text, " ")+1:], "[]'"))
}

// edits adds the hazards of the changes that a command makes to files.
func edits(c *policy.Command) {
	for _, edit := range c.Edits {
		file := path.Clean(edit.Path)
		switch edit.Kind {
		case policy.EditRemove:
			lost(c, file, true)
			continue
		case policy.EditMode:
			if notExecutable.MatchString(edit.Text) {
				modeLost(c, file)
			}
			continue
		}
		if edit.Kind == policy.EditRestore {
			continue
		}
		if file == "/etc/ct_node_id" || file == "/var/ct/cfg/ct_node_id" {
			if edit.Kind != policy.EditAppend {
				mark(c, DeletesNodeID, file)
			}
			continue
		}
		lines, ok := samples[file]
		if !ok {
			continue
		}
		if file == "/etc/rc.tcpip" && (edit.Kind == policy.EditAppend || edit.Kind == policy.EditTruncate) && addsChdev(edit.Text) {
			mark(c, AddsChdevLine, file)
		}
		change, ok := changeOf(edit, file)
		if !ok {
			continue
		}
		for _, line := range lines {
			if result := change(line.text); result != line.text && !line.keptIn(file, result) {
				mark(c, line.hazard, file)
			}
		}
	}
}

func (s sample) keptIn(file, result string) bool {
	for line := range strings.SplitSeq(result, "\n") {
		if s.keeps(file, line) {
			return true
		}
	}
	return false
}

// changeOf is what an edit does to one line of a file; ok is false where that is not
// known.
func changeOf(edit policy.Edit, file string) (change func(line string) string, ok bool) {
	if edit.Kind == policy.EditTruncate {
		// A file from elsewhere may start the same things, but it cannot hold the address
		// that Power VS injected into this VM.
		if !edit.Known && file == "/etc/rc.tcpip" {
			return func(line string) string {
				if strings.Contains(line, "chdev") {
					return edit.Text
				}
				return line
			}, true
		}
		return func(string) string { return edit.Text }, edit.Known
	}
	if edit.Pattern == "" {
		return nil, false
	}
	pattern, err := regexp.Compile(edit.Pattern)
	if err != nil {
		return nil, false
	}
	switch edit.Kind {
	case policy.EditDeleteLines, policy.EditKeepLines:
		return func(line string) string {
			if pattern.MatchString(line) == (edit.Kind == policy.EditDeleteLines) {
				return ""
			}
			return line
		}, true
	case policy.EditReplace:
		where, err := regexp.Compile(edit.Where)
		if err != nil {
			return nil, false
		}
		return func(line string) string {
			if !where.MatchString(line) {
				return line
			}
			return pattern.ReplaceAllString(line, template(edit.Text))
		}, true
	}
	return nil, false
}

var group = regexp.MustCompile(`\\([0-9])`)

// template turns a replacement with \0 to \9 into one of package regexp.
func template(text string) string {
	return group.ReplaceAllString(strings.ReplaceAll(text, "$", "$$"), "$${$1}")
}

var substitution = regexp.MustCompile(`\$\([^\n]*\)`)

// addsChdev reports whether text holds a chdev command.
func addsChdev(text string) bool {
	text = substitution.ReplaceAllString(text, "")
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "#") && strings.Contains(line, "chdev") {
			return true
		}
	}
	return false
}
