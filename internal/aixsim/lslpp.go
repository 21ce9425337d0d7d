// SPDX-License-Identifier: MPL-2.0

package aixsim

import "strings"

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
