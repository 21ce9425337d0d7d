// SPDX-License-Identifier: MPL-2.0

package aixsim

import "strings"

type rpmPackage struct{ name, version, release, text string }

func (r *rpmPackage) full() string { return r.name + "-" + r.version + "-" + r.release }

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
			_ = h.fs.remove("/", "/opt/freeware/bin/cloud-init", credential{})
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
