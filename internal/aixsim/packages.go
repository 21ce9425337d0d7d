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
