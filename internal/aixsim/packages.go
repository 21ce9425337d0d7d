// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"sort"
	"strconv"
	"strings"
)

func init() {
	registerAIX(map[string]runFunc{
		"lslpp": lslpp, "lppchk": lppchk, "oslevel": oslevel, "emgr": emgr, "instfix": instfix, "installp": installp, "geninstall": installp, "rpm": rpmCommand,
		"dnf": dnf, "yum": dnf, "inutoc": trueCommand, "bosboot": bosboot,
	})
}

// A fileset is an installed fileset.
type fileset struct {
	name, level, state, kind, text string
	parts                          []string
}

func (f *fileset) has(part string) bool {
	for _, p := range f.parts {
		if p == part {
			return true
		}
	}
	return false
}

// product is the package a fileset belongs to: everything of bos.rte is bos, and
// elsewhere the last part of the name goes (salt's capture of lslpp -Lqc).
func (f *fileset) product() string {
	if strings.HasPrefix(f.name, "bos.rte") {
		return "bos"
	}
	parts := strings.Split(f.name, ".")
	if len(parts) > 2 {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
}

type rpmPackage struct{ name, version, release, text string }

type interimFix struct{ label, state, when, text string }

// packages is the software vital product data.
type packages struct {
	filesets []*fileset
	rpms     []*rpmPackage
	fixes    []*interimFix
}

func newPackages(def *Definition) *packages {
	p := &packages{}
	for _, f := range def.Filesets {
		state := str(f.State)
		if state == "" {
			state = "C"
		}
		parts := f.Parts
		if parts == nil {
			parts = []string{"usr", "root"}
		}
		p.filesets = append(p.filesets, &fileset{name: f.Name, level: str(f.Level), state: state, kind: str(f.Type), text: str(f.Description), parts: parts})
	}
	sort.Slice(p.filesets, func(i, j int) bool { return p.filesets[i].name < p.filesets[j].name })
	for _, r := range def.RPMs {
		if r.Name == "cloud-init" && !yesno(def.CloudInit) {
			continue
		}
		p.rpms = append(p.rpms, &rpmPackage{r.Name, str(r.Version), str(r.Release), str(r.Description)})
	}
	sort.Slice(p.rpms, func(i, j int) bool { return p.rpms[i].name < p.rpms[j].name })
	for _, f := range def.InterimFixes {
		p.fixes = append(p.fixes, &interimFix{f.Label, str(f.State), str(f.Time), str(f.Abstract)})
	}
	return p
}

func (p *packages) find(name string) *fileset {
	for _, f := range p.filesets {
		if f.name == name {
			return f
		}
	}
	return nil
}

// level is a fileset's level, or empty when it is not installed or unusable.
func (p *packages) level(name string) string {
	if f := p.find(name); f != nil && f.state != "B" {
		return f.level
	}
	return ""
}

// compareLevels compares levels number by number; an absent one is lowest.
func compareLevels(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < max(len(x), len(y)); i++ {
		m, n := -1, -1
		if i < len(x) && x[i] != "" {
			m, _ = strconv.Atoi(x[i])
		}
		if i < len(y) && y[i] != "" {
			n, _ = strconv.Atoi(y[i])
		}
		if m != n {
			return m - n
		}
	}
	return 0
}

var stateWords = map[string]string{"C": "COMMITTED", "A": "APPLIED", "B": "BROKEN", "O": "OBSOLETE", "?": "INCONSISTENT", "E": "EFIX LOCKED"}

// Where the parts of a fileset are recorded.
var repositories = [][2]string{{"usr", "/usr/lib/objrepos"}, {"root", "/etc/objrepos"}, {"share", "/usr/share/lib/objrepos"}}

// choose picks filesets by name or pattern, in order of name.
func (p *packages) choose(c *call, patterns []string) ([]*fileset, int) {
	if len(patterns) == 0 || len(patterns) == 1 && patterns[0] == "all" {
		return p.filesets, 0
	}
	code := 0
	chosen := map[*fileset]bool{}
	for _, pattern := range patterns {
		re, err := globRegexp(pattern)
		found := false
		for _, f := range p.filesets {
			if err == nil && re.MatchString(f.name) {
				chosen[f], found = true, true
			}
		}
		if !found {
			c.errorf("lslpp: 0504-132  Fileset %s not installed.\n", pattern)
			code = 1
		}
	}
	var list []*fileset
	for _, f := range p.filesets {
		if chosen[f] {
			list = append(list, f)
		}
	}
	return list, code
}

func lslpp(c *call) int {
	o := getopt(c.args[1:], "lLhwfipdcqaJIebu:O:BSE", true)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if o.bad != 0 {
		return c.fail(1, "lslpp: Usage: lslpp {-d|-f|-h|-i|-l|-p} [-B] [-I] [-a] [-c] [-J] [-q] [-O{[r][s][u]}] [Fileset... | FixID... | all]\n")
	}
	switch {
	case o.has('L'):
		return c.lslppL(o)
	case o.has('w'):
		for _, name := range o.rest {
			if info, err := h.fs.stat(c.dir, name, c.proc.user, true); err == nil && info.program != "" {
				c.printf("  File                                        Fileset               Type\n  ----------------------------------------------------------------------------\n  %-43s bos.rte               File\n", name)
				continue
			}
			return c.fail(1, "lslpp: 0504-136  There is no fileset for file %s\n", name)
		}
		return 0
	case o.has('h'):
		list, code := h.packages.choose(c, o.rest)
		c.printf("  Fileset         Level     Action       Status       Date         Time\n  ----------------------------------------------------------------------------\n\nPath: /usr/lib/objrepos\n")
		for _, f := range list {
			c.printf("  %s\n                 %9s   COMMIT       COMPLETE     05/14/24     10:21:33\n", f.name, f.level)
		}
		return code
	}
	list, code := h.packages.choose(c, o.rest)
	if o.has('c') {
		if !o.has('q') {
			c.printf("#Fileset:Level:PTF Id:State:Type:Description:EFIX Locked\n")
		}
		for _, repo := range repositories {
			for _, f := range list {
				if f.has(repo[0]) {
					kind := map[string]string{"": "I", "F": "F"}[f.kind]
					c.printf("%s:%s:%s::%s:%s:%s:\n", repo[1], f.name, f.level, stateWords[f.state], kind, f.text)
				}
			}
		}
		return code
	}
	if len(list) == 0 {
		return code
	}
	if !o.has('q') {
		c.printf("  Fileset                      Level  State      Description         \n  ----------------------------------------------------------------------------\n")
	}
	for _, repo := range repositories {
		first := true
		for _, f := range list {
			if !f.has(repo[0]) {
				continue
			}
			if first {
				c.printf("Path: %s\n", repo[1])
				first = false
			}
			if len(f.name) > 25 {
				c.printf("  %s\n%34s  %-9s  %s\n", f.name, f.level, stateWords[f.state], f.text)
			} else {
				c.printf("  %-25s %6s  %-9s  %s\n", f.name, f.level, stateWords[f.state], f.text)
			}
		}
		if !first {
			c.printf("\n")
		}
	}
	return code
}

// lslppL is lslpp -L: filesets, then RPM packages. Interim fixes are not among them.
func (c *call) lslppL(o *options) int {
	h := c.host
	if o.has('c') && !o.has('q') {
		c.printf("#Package Name:Fileset:Level:State:PTF Id:Fix State:Type:Description:Destination Dir.:Uninstaller:Message Catalog:Message Set:Message Number:Parent:Automatic:EFIX Locked:Install Path:Build Date\n")
	}
	code := 0
	var list []*fileset
	var rpms []*rpmPackage
	if len(o.rest) == 0 || o.rest[0] == "all" {
		list, rpms = h.packages.filesets, h.packages.rpms
	} else {
		quiet := *c
		var missing strings.Builder
		quiet.stderr = &missing
		list, code = h.packages.choose(&quiet, o.rest)
		for _, r := range h.packages.rpms {
			for _, pattern := range o.rest {
				if re, err := globRegexp(pattern); err == nil && (re.MatchString(r.name) || re.MatchString(r.full())) {
					rpms, code = append(rpms, r), 0
				}
			}
		}
		if code != 0 {
			c.errorf("%s", missing.String())
		}
	}
	if !o.has('c') {
		c.printf("  Fileset                      Level  State  Type  Description (Uninstaller)\n  ----------------------------------------------------------------------------\n")
		for _, f := range list {
			c.printf("  %-25s %10s    %s     %-2s   %s\n", f.name, f.level, f.state, f.kind, f.text)
		}
		for _, r := range rpms {
			c.printf("  %-25s %10s    C     R    %s (/bin/rpm)\n", r.name, r.version+"-"+r.release, r.text)
		}
		c.printf("\n\nState codes: \n A -- Applied. \n B -- Broken. \n C -- Committed. \n E -- EFIX Locked. \n O -- Obsolete.  (partially migrated to newer version) \n ? -- Inconsistent State...Run lppchk -v. \n\nType codes: \n F -- Installp Fileset \n P -- Product \n C -- Component \n T -- Feature \n R -- RPM Package \n E -- Interim Fix \n")
		return code
	}
	for _, f := range list {
		kind := f.kind
		if kind == "" {
			kind = " "
		}
		automatic := 1
		if f.kind == "F" {
			automatic = 0
		}
		c.printf("%s:%s:%s: : :%s:%s:%s: : : : : : :%d:0:/:\n", f.product(), f.name, f.level, f.state, kind, f.text, automatic)
	}
	for _, r := range rpms {
		c.printf("%s:%s:%s-%s: : :C:R:%s: :/bin/rpm -e %s: : : : :0: :(none):Tue May 14 10:24:46 UTC 2024\n", r.name, r.full(), r.version, r.release, r.text, r.name)
	}
	return code
}

func (r *rpmPackage) full() string { return r.name + "-" + r.version + "-" + r.release }

// lppchk checks that the parts of filesets agree. With nothing wrong it prints nothing.
func lppchk(c *call) int {
	o := getopt(c.args[1:], "vfclOum:", false)
	_ = o
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	var wrong []*fileset
	for _, f := range h.packages.filesets {
		if f.state == "B" || f.state == "?" {
			wrong = append(wrong, f)
		}
	}
	if len(wrong) == 0 {
		return 0
	}
	c.errorf("lppchk:  The following filesets need to be installed or corrected to bring\n\t the system to a consistent state:\n\n")
	for _, f := range wrong {
		c.errorf("  %-39s %s          (%s)\n", f.name, f.level, map[string]string{"B": "usr: BROKEN", "?": "usr: COMMITTED, root: APPLIED"}[f.state])
	}
	return 3
}

func oslevel(c *call) int {
	o := getopt(c.args[1:], "srqgfl:", false)
	level := str(c.host.def.Level)
	parts := strings.Split(level, "-")
	switch {
	case o.has('l'), len(c.args) > 1 && strings.Contains(c.args[1], "l"):
		c.printf("Fileset                                 Actual Level        Recommended ML\n-----------------------------------------------------------------------------\n")
	case o.has('s') && o.has('q'):
		c.printf("Known Service Packs\n-------------------\n%s\n", level)
	case o.has('s'):
		c.printf("%s\n", level)
	case o.has('r'):
		c.printf("%s\n", strings.Join(parts[:2], "-"))
	default:
		v := parts[0]
		c.printf("%c.%c.%c.%c\n", v[0], v[1], v[2], v[3])
	}
	return 0
}

func emgr(c *call) int {
	o := getopt(c.args[1:], "lv:L:r:e:XpqcdCPRu:n:b:", false)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if !c.needRoot() {
		return 1
	}
	switch {
	case o.has('r'):
		for i, f := range h.packages.fixes {
			if f.label == o.value('L') || f.label == o.value('n') {
				h.packages.fixes = append(h.packages.fixes[:i:i], h.packages.fixes[i+1:]...)
				c.printf("EFIX %s removed.\n", f.label)
				return 0
			}
		}
		return c.fail(1, "emgr: 0645-023 The specified efix was not found.\n")
	case !o.has('l'):
		return c.fail(1, "Usage: emgr -l [-L <label> | -n <efix number> | -u <VUID>] [-v{1|2|3}] [-X]\n")
	}
	if len(h.packages.fixes) == 0 {
		return c.fail(0, "There is no efix data on this system.\n")
	}
	c.printf("\nID  STATE LABEL      INSTALL TIME      UPDATED BY ABSTRACT\n=== ===== ========== ================= ========== ======================================\n")
	for i, f := range h.packages.fixes {
		state := f.state
		if state == "Q" {
			state = "*Q*"
		}
		c.printf("%-3d %-5s %-10s %-17s %-10s %s\n", i+1, center(state, 5), f.label, f.when, "", f.text)
	}
	c.printf("\nSTATE codes:\n S = STABLE\n M = MOUNTED\n U = UNMOUNTED\n Q = REBOOT REQUIRED\n B = BROKEN\n I = INSTALLING\n R = REMOVING\n T = TESTED\n P = PATCHED\n N = NOT PATCHED\n SP = STABLE + PATCHED\n SN = STABLE + NOT PATCHED\n QP = BOOT IMAGE MODIFIED + PATCHED\n QN = BOOT IMAGE MODIFIED + NOT PATCHED\n RQ = REMOVING + REBOOT REQUIRED\n")
	return 0
}

func center(s string, width int) string {
	left := (width - len(s)) / 2
	return strings.Repeat(" ", left) + s
}

func instfix(c *call) int {
	o := getopt(c.args[1:], "ivk:s:cqTfad:", false)
	var names []string
	for name := range c.host.def.Technology {
		names = append(names, name)
	}
	sort.Strings(names)
	code := 0
	show := func(name string) {
		complete, known := c.host.def.Technology[name]
		switch {
		case !known:
			c.errorf("    There was no data for %s in the fix database.\n", name)
			code = 1
		case complete:
			c.printf("    All filesets for %s were found.\n", name)
		default:
			c.printf("    Not all filesets for %s were found.\n", name)
			if o.has('k') {
				code = 1
			}
		}
	}
	if o.has('k') {
		for _, name := range strings.Fields(o.value('k')) {
			show(name)
		}
		return code
	}
	if !o.has('i') {
		return c.fail(1, "Usage: instfix [-T [-M platform]] [-s string ... ] [-S] [-k keyword ... | -f file] [-p] [-d device] [-i [-c] [-q] [-t type] [-v] [-F]] [-a]\n")
	}
	for _, name := range names {
		show(name)
	}
	return code
}

// removeFileset removes a fileset and what it brought that the host would miss.
func (h *Host) removeFileset(f *fileset) {
	for i, other := range h.packages.filesets {
		if other == f {
			h.packages.filesets = append(h.packages.filesets[:i:i], h.packages.filesets[i+1:]...)
			break
		}
	}
	if owner, ok := filesetPrograms[f.name]; ok {
		for _, name := range owner.subsystems {
			h.src.remove(name)
		}
		for at, program := range commandPaths {
			for _, p := range owner.programs {
				if program == p {
					_ = h.fs.remove("/", at, credential{})
				}
			}
		}
		if f.name == "rsct.core.rmc" {
			h.setInittab("ctrmc", "")
		}
	}
}

// What goes with a fileset: its commands and subsystems.
var filesetPrograms = map[string]struct{ programs, subsystems []string }{
	"rsct.core.rmc":               {[]string{"rmcctrl", "rmcdomainstatus", "rmcrefreshMD", "lsrsrc"}, []string{"ctrmc", "IBM.ConfigRM", "IBM.MgmtDomainRM", "mcproxy"}},
	"rsct.core.utils":             {[]string{"recfgct", "lsnodeid", "ctversion", "lsrpdomain"}, nil},
	"rsct.core.hostrm":            {nil, []string{"IBM.HostRM"}},
	"rsct.core.sec":               {nil, []string{"ctcas"}},
	"rsct.core.errm":              {nil, []string{"IBM.ERRM"}},
	"rsct.core.auditrm":           {nil, []string{"IBM.AuditRM"}},
	"rsct.core.lprm":              {nil, []string{"IBM.LPRM"}},
	"rsct.opt.storagerm":          {nil, []string{"IBM.StorageRM"}},
	"devices.chrp.base.ServiceRM": {nil, []string{"IBM.DRM", "IBM.ServiceRM"}},
}

// installp is what scripts use it for: -u removes, -c commits, -r rejects, -L
// lists a source. Installing needs an installation source, which the host has not.
func installp(c *call) int {
	o := getopt(c.args[1:], "ugcrRpXYaNQFqvVIBd:e:f:L:lSwDCJt:E:M:O:P", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case o.has('u'):
		var chosen []*fileset
		for _, pattern := range o.rest {
			re, err := globRegexp(pattern)
			found := false
			for _, f := range h.packages.filesets {
				if err == nil && (re.MatchString(f.name) || strings.HasPrefix(f.name, pattern+".")) {
					chosen, found = append(chosen, f), true
				}
			}
			if !found {
				c.printf("installp: 0503-439 There is no fileset %s to deinstall.\n", pattern)
				return 1
			}
		}
		c.printf("+-----------------------------------------------------------------------------+\n                    Pre-deinstall Verification...\n+-----------------------------------------------------------------------------+\nVerifying selections...done\n\n")
		for _, f := range chosen {
			if strings.HasPrefix(f.name, "bos.rte") {
				return c.fail(1, "0503-292 %s may not be deinstalled: it is part of the base operating system.\n", f.name)
			}
		}
		c.printf("SUCCESSES\n---------\n")
		for _, f := range chosen {
			c.printf("  %s %s                        # %s\n", f.name, f.level, f.text)
			if !o.has('p') {
				h.removeFileset(f)
			}
		}
		c.printf("\nFinished processing all filesets.  (Total time:  1 secs).\n")
	case o.has('c'), o.has('r'):
		for _, f := range h.packages.filesets {
			if f.state == "A" {
				f.state = "C"
			}
		}
		c.printf("Finished processing all filesets.  (Total time:  1 secs).\n")
	default:
		return c.fail(1, "installp: 0503-408 The device or directory %s could not be found.\n", o.value('d'))
	}
	return 0
}

func rpmCommand(c *call) int {
	var query, all, erase bool
	var format string
	var names []string
	for i := 1; i < len(c.args); i++ {
		a := c.args[i]
		switch {
		case a == "--qf" || a == "--queryformat":
			if i++; i < len(c.args) {
				format = c.args[i]
			}
		case a == "--erase":
			erase = true
		case a == "--query":
			query = true
		case strings.HasPrefix(a, "--"):
		case strings.HasPrefix(a, "-"):
			query = query || strings.Contains(a, "q")
			all = all || strings.Contains(a, "a")
			erase = erase || strings.Contains(a, "e")
		default:
			names = append(names, a)
		}
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	code := 0
	show := func(r *rpmPackage) {
		if format == "" {
			c.printf("%s.ppc\n", r.full())
			return
		}
		text := strings.NewReplacer("%{NAME}", r.name, "%{VERSION}", r.version, "%{RELEASE}", r.release, "%{name}", r.name, "%{version}", r.version, "%{release}", r.release).Replace(format)
		text, _ = unescape(text, false)
		c.write(text)
	}
	switch {
	case erase:
		if !c.needRoot() {
			return 1
		}
		for _, name := range names {
			if !h.eraseRPM(name) {
				c.errorf("error: package %s is not installed\n", name)
				code = 1
			}
		}
	case query && all:
		for _, r := range h.packages.rpms {
			if len(names) == 0 || strings.Contains(r.name, strings.Trim(names[0], "*")) {
				show(r)
			}
		}
	case query:
		for _, name := range names {
			found := false
			for _, r := range h.packages.rpms {
				if r.name == name || r.full() == name {
					show(r)
					found = true
				}
			}
			if !found {
				c.printf("package %s is not installed\n", name)
				code = 1
			}
		}
	default:
		return c.fail(1, "rpm: no packages given\n")
	}
	return code
}

// eraseRPM removes a package. cloud-init's scripts take its boot links along
// (spec file of canonical/cloud-init pull request 4713).
func (h *Host) eraseRPM(name string) bool {
	for i, r := range h.packages.rpms {
		if r.name != name && r.full() != name {
			continue
		}
		h.packages.rpms = append(h.packages.rpms[:i:i], h.packages.rpms[i+1:]...)
		if r.name == "cloud-init" {
			for _, f := range cloudInitFiles() {
				_ = h.fs.remove("/", f.name, credential{})
			}
		}
		return true
	}
	return false
}

// dnf knows remove and list.
func dnf(c *call) int {
	var words []string
	for _, a := range c.args[1:] {
		if !strings.HasPrefix(a, "-") {
			words = append(words, a)
		}
	}
	if len(words) == 0 {
		return c.fail(1, "usage: dnf [options] COMMAND\n")
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	switch words[0] {
	case "remove", "erase", "autoremove":
		if !c.needRoot() {
			return 1
		}
		for _, name := range words[1:] {
			if h.eraseRPM(name) {
				c.printf("Removed: %s\n", name)
			} else {
				c.printf("No match for argument: %s\n", name)
			}
		}
		c.printf("Complete!\n")
	case "list":
		for _, r := range h.packages.rpms {
			c.printf("%s.ppc    %s-%s    installed\n", r.name, r.version, r.release)
		}
	case "clean", "makecache":
	default:
		return c.fail(1, "Error: Cannot download repodata: no network\n")
	}
	return 0
}

func bosboot(c *call) int {
	o := getopt(c.args[1:], "ad:D", false)
	if !c.needRoot() {
		return 1
	}
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	name := strings.TrimPrefix(o.value('d'), "/dev/")
	if name == "" || name == "ipldevice" {
		name = str(c.host.def.BootDisk)
	}
	if c.host.disk(name) == nil {
		return c.fail(1, "0301-150 bosboot: Invalid or no boot device specified!\n")
	}
	c.printf("\nbosboot: Boot image is 57350 512 byte blocks.\n")
	return 0
}
