// SPDX-License-Identifier: MPL-2.0

package preserve

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

const startupFile = "/etc/rc.tcpip"

// startup puts /etc/rc.tcpip right. The file is never open for writing: the new text
// goes to another name with the same mode and owner, is compared with what it should
// be, since a full file system shows there, and is moved over the file in one step.
func (p *planner) startup() {
	if len(p.with(drift.AspectStartupFile)) > 0 {
		p.rewriteStartup()
		return
	}
	for _, item := range p.with(drift.AspectStartupLine) {
		p.editStartup(item)
	}
	if len(p.with(drift.AspectStartupMode)) > 0 {
		if attributes, ok := p.ownership(startupFile); ok {
			p.step("mode and owner of "+startupFile, attributes)
		}
	}
}

// ownership is the command that gives a file the mode and owner of the baseline's.
func (p *planner) ownership(path string) (string, bool) {
	f, _ := p.baseline.RcTCPIP.Get()
	mode, ok := octal(f.Mode)
	if !ok {
		p.refuseWith(startupFile+" has another mode", fmt.Sprintf("the recorded mode %q is not that of a plain file without setuid and the like", f.Mode), "Set it with chmod by hand")
		return "", false
	}
	return fmt.Sprintf("/usr/bin/chown %d:%d %s && /usr/bin/chmod %s %s", f.Owner, f.Group, path, mode, path), true
}

// octal turns ls' permission string of a plain file into the digits of chmod.
func octal(permissions string) (string, bool) {
	if len(permissions) < 10 || permissions[0] != '-' {
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

// The names beside the file: the copy of what was found, which is made once and
// kept, and the new text until it is whole.
const (
	savedFile = startupFile + ".rsct-saved"
	newFile   = startupFile + ".rsct-new"
	keepCopy  = "{ [ ! -f " + startupFile + " ] || [ -f " + savedFile + " ] || { /usr/bin/cp -p " + startupFile + " " + newFile + " && /usr/bin/mv -f " + newFile + " " + savedFile + "; }; }"
)

// rewriteStartup writes the whole file of the baseline, when nothing of it is left.
func (p *planner) rewriteStartup() {
	text := strings.TrimSuffix(p.startupText, "\n")
	if text == "" || strings.ContainsRune(text, 0) {
		p.refuseWith(startupFile+" was emptied", "the baseline holds no text of it", "Restore it from a backup")
		return
	}
	attributes, ok := p.ownership(newFile)
	if !ok {
		return
	}
	command := func(quoted string) string {
		return "text=" + quoted + "\n" + keepCopy + ` && printf '%s\n' "$text" >` + newFile + ` && printf '%s\n' "$text" | /usr/bin/cmp -s - ` + newFile +
			" && " + attributes + " && /usr/bin/mv -f " + newFile + " " + startupFile
	}
	p.plan.Steps = append(p.plan.Steps, Step{
		Command: command(probe.Quote(text)), Repairs: startupFile + " as it was, with its mode and owner",
		Shown: fmt.Sprintf("printf '%%s\\n' '… the %d lines of the baseline …' >%s && %s && /usr/bin/mv -f %s %s", strings.Count(text, "\n")+1, newFile, attributes, newFile, startupFile),
	})
}

// editStartup puts one line back, in its place where that can be told.
func (p *planner) editStartup(item drift.Item) {
	line, daemon := item.Was, ""
	f, _ := p.baseline.RcTCPIP.Get()
	at := slices.IndexFunc(f.Starts, func(s aix.StartLine) bool { return s.Daemon == item.Was && s.Enabled })
	if at < 0 {
		at = slices.IndexFunc(f.Starts, func(s aix.StartLine) bool { return s.Daemon == item.Was })
	}
	number := p.numberOf(line)
	if at >= 0 {
		daemon, number = item.Was, f.Starts[at].Line
		line = p.line(number)
	}
	if !printable.MatchString(line) {
		p.refuseWith(item.Words, "the recorded line is not printable text of one line", "Edit "+startupFile+" by hand")
		return
	}
	before := ""
	for next := number + 1; number > 0 && next <= number+20; next++ {
		if text := p.line(next); printable.MatchString(text) && strings.TrimSpace(text) != "" {
			before = text
			break
		}
	}
	repairs := "the line of " + startupFile
	switch item.Is {
	case "commented out":
		repairs = "the line of " + startupFile + " active again"
	case "duplicated":
		repairs = "the line of " + startupFile + " once"
	case "started":
		repairs = "the line of " + startupFile + " commented out again"
	}
	shown := fmt.Sprintf("awk '… %s …' %s >%s && /usr/bin/mv -f %s %s", strings.TrimSpace(line), startupFile, newFile, newFile, startupFile)
	p.plan.Steps = append(p.plan.Steps, Step{Command: editCommand(line, before, daemon), Repairs: repairs, Shown: shown})
}

func (p *planner) line(number int) string {
	lines := strings.Split(p.startupText, "\n")
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}

func (p *planner) numberOf(line string) int {
	return slices.Index(strings.Split(p.startupText, "\n"), line) + 1
}

// editProgram makes exactly one copy of a line that counts: in the place of the first
// active one, else of the first that is commented out, else before the line that
// followed it at the baseline, else at the end. Further active copies go, comments
// stay. With a daemon's name, lines that start the daemon count as copies. Texts go
// through the environment, since awk -v would read backslashes in them.
const editProgram = `function bare(s) { sub(/^[# \t]+/, "", s); sub(/[ \t]+$/, "", s); return s }
function ours(s, w, q, n) { s = bare(s); if (d == "") return s == b; n = split(s, w, /[ \t]+/); if (n < 2 || w[1] != "start") return 0; n = split(w[2], q, "/"); return q[n] == d }
function active(s) { return s !~ /^[ \t]*#/ }
BEGIN { l = ENVIRON["RSCT_LINE"]; a = ENVIRON["RSCT_BEFORE"]; d = ENVIRON["RSCT_DAEMON"]; b = bare(l) }
{ t[NR] = $0; if (ours($0)) { if (active($0)) { if (!on) on = NR } else if (!off) off = NR } }
END { first = on ? on : off
for (i = 1; i <= NR; i++) {
if (i == first) print l
else if (ours(t[i]) && active(t[i])) continue
else { if (!first && !done && a != "" && t[i] == a) { print l; done = 1 } print t[i] }
}
if (!first && !done) print l }`

func editCommand(line, before, daemon string) string {
	return "RSCT_LINE=" + probe.Quote(line) + " RSCT_BEFORE=" + probe.Quote(before) + " RSCT_DAEMON=" + probe.Quote(daemon) + "\n" +
		"export RSCT_LINE RSCT_BEFORE RSCT_DAEMON\n" +
		"edited() { /usr/bin/awk " + probe.Quote(editProgram) + " " + startupFile + "; }\n" +
		keepCopy + " && /usr/bin/cp -p " + startupFile + " " + newFile + " && edited >" + newFile + " && edited | /usr/bin/cmp -s - " + newFile +
		" && /usr/bin/mv -f " + newFile + " " + startupFile
}

// daemons starts or stops ndpd-host as it was.
func (p *planner) daemons() {
	for _, item := range p.with(drift.AspectDaemon) {
		if item.Subject != "ndpd-host" {
			continue
		}
		if item.Was == "active" {
			p.step("ndpd-host running", "/usr/bin/startsrc -s ndpd-host")
		} else {
			p.step("ndpd-host not running, as it was", "/usr/bin/stopsrc -s ndpd-host")
		}
	}
}
