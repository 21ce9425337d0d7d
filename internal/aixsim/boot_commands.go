// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"strconv"
	"strings"
)

func init() {
	registerAIX(map[string]runFunc{
		"lsitab": lsitab, "rmitab": rmitab, "mkitab": mkitab, "chitab": chitab, "telinit": trueCommand, "init": trueCommand,
		"bootlist": bootlist, "bootinfo": bootinfo, "lspv": lspv, "lsvg": lsvg, "lsps": lsps, "exportvg": exportvg, "chpv": trueCommand, "alt_rootvg_op": altRootvgOp,
		"varyonvg": trueCommand, "varyoffvg": trueCommand, "lspath": lspath, "lsmcode": trueCommand, "bootutil": trueCommand, "ipl_varyon": ipl,
	})
	register(map[string]runFunc{"uname": uname, "getconf": getconf, "shutdown": shutdown, "reboot": shutdown, "halt": shutdown, "fastboot": shutdown})
}

func uname(c *call) int {
	o := getopt(c.args[1:], "asnrvmpMxulLTfFW", false)
	if o.bad != 0 {
		return c.fail(1, "Usage: uname [-F] [-a | -x | -SName] [-c] [-f] [-g] [-l] [-L] [-m] [-M] [-n] [-p] [-r] [-s] [-u] [-v] [-T Name] [-W]\n")
	}
	h := c.host
	var version, release string
	level := str(h.def.Level)
	version, release = level[:1], level[1:2]
	machine := str(h.def.MachineID)
	system, processor := "AIX", "powerpc"
	if h.linux() {
		system, version, release, machine, processor = "Linux", "#1 SMP", "5.14.0-503.el9.ppc64le", "ppc64le", "ppc64le"
	}
	var out []string
	add := func(flag byte, value string) {
		if o.has('a') && strings.IndexByte("snrvm", flag) >= 0 || o.has(flag) {
			out = append(out, value)
		}
	}
	if len(c.args) == 1 {
		out = append(out, system)
	}
	add('s', system)
	add('n', h.name())
	add('r', release)
	add('v', version)
	add('m', machine)
	add('p', processor)
	add('M', h.def.Sys0["modelname"])
	add('u', h.def.Sys0["systemid"])
	add('L', "5 "+h.name())
	add('W', "0")
	c.printf("%s\n", strings.Join(out, " "))
	return 0
}

func getconf(c *call) int {
	if len(c.args) < 2 {
		return c.fail(2, "Usage: getconf SystemwideConfiguration\n")
	}
	values := map[string]string{"KERNEL_BITMODE": "64", "HARDWARE_BITMODE": "64", "REAL_MEMORY": "8388608", "PATH": "/usr/bin", "PAGESIZE": "4096", "PAGE_SIZE": "4096",
		"OPEN_MAX": "65534", "ARG_MAX": "1048576", "_NPROCESSORS_ONLN": "2", "LONG_BIT": "32", "PATH_MAX": "1023", "NAME_MAX": "255"}
	h := c.host
	if c.args[1] == "BOOT_DEVICE" {
		if !c.needRoot() {
			return 1
		}
		c.printf("%s\n", str(h.def.BootDisk))
		return 0
	}
	v, ok := values[c.args[1]]
	if !ok {
		return c.fail(1, "getconf: Invalid argument\n")
	}
	c.printf("%s\n", v)
	return 0
}

// setInittab replaces, adds or, for an empty entry, removes an entry by its
// identifier. Comments start with a colon.
func (h *Host) setInittab(id, entry string) {
	var out []string
	found := false
	for _, line := range strings.Split(strings.TrimSuffix(h.file(inittabFile), "\n"), "\n") {
		name, _, _ := strings.Cut(line, ":")
		if name == id {
			found = true
			if entry == "" {
				continue
			}
			line = entry
		}
		out = append(out, line)
	}
	if !found && entry != "" {
		out = append(out, entry)
	}
	_ = h.fs.writeFile("/", inittabFile, credential{}, []byte(strings.Join(out, "\n")+"\n"), 0o644)
}

// inittabEntry finds an entry; it may be set to off.
func (h *Host) inittabEntry(id string) (string, bool) {
	for _, line := range strings.Split(h.file(inittabFile), "\n") {
		if name, _, ok := strings.Cut(line, ":"); ok && name == id {
			return line, true
		}
	}
	return "", false
}

func lsitab(c *call) int {
	if len(c.args) < 2 {
		return c.fail(1, "Usage: lsitab { -a | Identifier }\n")
	}
	if c.args[1] == "-a" {
		for _, line := range strings.Split(c.host.file(inittabFile), "\n") {
			if line != "" && !strings.HasPrefix(line, ":") {
				c.printf("%s\n", line)
			}
		}
		return 0
	}
	line, ok := c.host.inittabEntry(c.args[1])
	if !ok {
		return 1
	}
	c.printf("%s\n", line)
	return 0
}

func rmitab(c *call) int {
	if len(c.args) < 2 || !c.needRoot() {
		return 1
	}
	if _, ok := c.host.inittabEntry(c.args[1]); !ok {
		return c.fail(1, "rmitab: The entry %s does not exist in /etc/inittab.\n", c.args[1])
	}
	c.host.setInittab(c.args[1], "")
	return 0
}

func mkitab(c *call) int {
	o := getopt(c.args[1:], "i:", false)
	if len(o.rest) == 0 || !c.needRoot() {
		return 1
	}
	id, _, ok := strings.Cut(o.rest[0], ":")
	if !ok || strings.Count(o.rest[0], ":") < 3 {
		return c.fail(1, "mkitab: The entry is not valid.\n")
	}
	if _, exists := c.host.inittabEntry(id); exists {
		return c.fail(1, "mkitab: The entry %s exists already.\n", id)
	}
	after := o.value('i')
	if after == "" {
		c.host.setInittab(id, o.rest[0])
		return 0
	}
	line, ok := c.host.inittabEntry(after)
	if !ok {
		return c.fail(1, "mkitab: The entry %s does not exist in /etc/inittab.\n", after)
	}
	c.host.setInittab(after, line+"\n"+o.rest[0])
	return 0
}

func chitab(c *call) int {
	if len(c.args) < 2 || !c.needRoot() {
		return 1
	}
	id, _, _ := strings.Cut(c.args[1], ":")
	if _, ok := c.host.inittabEntry(id); !ok {
		return c.fail(1, "chitab: The entry %s does not exist in /etc/inittab.\n", id)
	}
	c.host.setInittab(id, c.args[1])
	return 0
}

// A disk is a physical volume.
type disk struct {
	name, pvid, group, state string
	paths, sizeMB            int
}

func (h *Host) disk(name string) *disk {
	for _, d := range h.disks {
		if d.name == name {
			return d
		}
	}
	return nil
}

func (h *Host) isActiveDisk(name string) bool {
	d := h.disk(name)
	return d != nil && d.state == "active"
}

// bootlist shows one line per path, five at most: what firmware keeps.
func bootlist(c *call) int {
	o := getopt(c.args[1:], "m:oirFv:V", true)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case o.value('m') == "" || o.bad != 0:
		return c.fail(1, "Usage: bootlist [ { -m Mode } [ -r ] [ -o ] [ [ -i ] [ -V ] [ -F ] | [ [ -f File ] [ Device [ Attr=Value ... ] ... ] ] ] ]\n")
	case o.has('i'):
		h.bootList = nil
	case o.has('o'):
		n := 0
		for _, name := range h.bootList {
			d := h.disk(name)
			if d == nil {
				c.printf("%s\n", name)
				continue
			}
			for path := 0; path < d.paths && n < 5; path++ {
				if d.group == "None" || d.group == "" {
					c.printf("%s pathid=%d\n", name, path)
				} else {
					c.printf("%s blv=hd5 pathid=%d\n", name, path)
				}
				n++
			}
		}
		if len(h.bootList) == 0 {
			c.printf("-\n")
		}
	default:
		var list []string
		for _, name := range o.rest {
			if strings.Contains(name, "=") {
				continue
			}
			if h.odm.device(name) == nil {
				return c.fail(1, "bootlist: 0514-210 Device %s is not a valid device.\n", name)
			}
			list = append(list, name)
		}
		if len(list) == 0 {
			return c.fail(1, "bootlist: 0514-221 Unable to make the boot list: no device was given.\n")
		}
		h.bootList = list
	}
	return 0
}

func bootinfo(c *call) int {
	o := getopt(c.args[1:], "bsKyrpTtmo:B:P:z", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case o.has('b'):
		c.printf("%s\n", str(h.def.BootDisk))
	case o.has('K'), o.has('y'):
		c.printf("64\n")
	case o.has('r'):
		c.printf("8388608\n")
	case o.has('p'):
		c.printf("chrp\n")
	case o.has('s'):
		if len(o.rest) > 0 {
			if d := h.disk(o.rest[0]); d != nil {
				c.printf("%d\n", d.sizeMB)
				return 0
			}
		}
		c.printf("0\n")
		return 1
	case o.has('B'):
		c.printf("1\n")
	}
	return 0
}

func lspv(c *call) int {
	o := getopt(c.args[1:], "lpMnuLPv:a", false)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(o.rest) > 0 {
		d := h.disk(o.rest[0])
		if d == nil {
			return c.fail(1, "0516-320 lspv: Physical volume %s is not assigned to\n        a volume group.\n", o.rest[0])
		}
		if d.group == "None" {
			return c.fail(1, "0516-320 lspv: Physical volume %s is not assigned to\n        a volume group.\n", d.name)
		}
		c.printf("PHYSICAL VOLUME:    %-24s VOLUME GROUP:     %s\nPV IDENTIFIER:      %s VG IDENTIFIER     00fa00d600004c00000001900a1b2c3d\nPV STATE:           %s\nTOTAL PPs:          %d (%d megabytes)\n", d.name, d.group, d.pvid, d.state, d.sizeMB/32, d.sizeMB)
		return 0
	}
	for _, d := range h.disks {
		line := padded(d.name, 16) + padded(d.pvid, 36) + padded(d.group, 16) + d.state
		c.printf("%s\n", strings.TrimRight(line, " "))
	}
	return 0
}

func padded(s string, width int) string { return s + strings.Repeat(" ", max(0, width-len(s))) }

// groups of disks, in order, active ones only if asked.
func (h *Host) volumeGroups(active bool) []string {
	var list []string
	seen := map[string]bool{}
	for _, d := range h.disks {
		if d.group != "None" && d.group != "" && !seen[d.group] && (!active || d.state == "active" || d.state == "concurrent") {
			seen[d.group] = true
			list = append(list, d.group)
		}
	}
	return list
}

func lsvg(c *call) int {
	o := getopt(c.args[1:], "olpMiLn:", false)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(o.rest) == 0 {
		for _, g := range h.volumeGroups(o.has('o')) {
			c.printf("%s\n", g)
		}
		return 0
	}
	group := o.rest[0]
	known := false
	for _, g := range h.volumeGroups(false) {
		known = known || g == group
	}
	if !known {
		return c.fail(1, "0516-306 lsvg: Unable to find volume group %s in the Device\n        Configuration Database.\n", group)
	}
	varied := false
	for _, g := range h.volumeGroups(true) {
		varied = varied || g == group
	}
	if !varied {
		// AIX says this on standard output (capture in fusioninventory).
		c.printf("0516-010 : Volume group must be varied on; use varyonvg command.\n")
		return 1
	}
	switch {
	case o.has('p'):
		c.printf("%s:\nPV_NAME           PV STATE          TOTAL PPs   FREE PPs    FREE DISTRIBUTION\n", group)
		for _, d := range h.disks {
			if d.group == group {
				c.printf("%-17s %-17s %-11d %-11d 100..00..00..00..100\n", d.name, d.state, d.sizeMB/32, d.sizeMB/64)
			}
		}
	case o.has('l'):
		c.printf("%s:\nLV NAME             TYPE       LPs     PPs     PVs  LV STATE      MOUNT POINT\n", group)
		if group == "rootvg" {
			for _, lv := range [][3]string{{"hd5", "boot", "N/A"}, {"hd6", "paging", "N/A"}, {"hd8", "jfs2log", "N/A"}, {"hd4", "jfs2", "/"}, {"hd2", "jfs2", "/usr"}, {"hd9var", "jfs2", "/var"}, {"hd3", "jfs2", "/tmp"}, {"hd1", "jfs2", "/home"}, {"hd10opt", "jfs2", "/opt"}, {"hd11admin", "jfs2", "/admin"}, {"livedump", "jfs2", "/var/adm/ras/livedump"}} {
				state := "open/syncd"
				if lv[0] == "hd5" {
					state = "closed/syncd"
				}
				c.printf("%-19s %-10s %-7d %-7d %-4d %-13s %s\n", lv[0], lv[1], 2, 2, 1, state, lv[2])
			}
		}
	default:
		c.printf("VOLUME GROUP:       %-24s VG IDENTIFIER:  00fa00d600004c00000001900a1b2c3d\nVG STATE:           active                   PP SIZE:        32 megabyte(s)\n", group)
	}
	return 0
}

func lsps(c *call) int {
	c.printf("Page Space      Physical Volume   Volume Group    Size %%Used   Active    Auto    Type   Chksum\nhd6             hdisk0            rootvg         512MB     1      yes     yes      lv       0\n")
	return 0
}

func lspath(c *call) int {
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.disks {
		for i := 0; i < d.paths; i++ {
			c.printf("Enabled %s fscsi%s\n", d.name, strconv.Itoa(i%2))
		}
	}
	return 0
}

func exportvg(c *call) int {
	if len(c.args) < 2 || !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.disks {
		if d.group == c.args[1] {
			if d.state == "active" {
				return c.fail(1, "0516-764 exportvg: The volume group must be varied off\n        before exporting.\n")
			}
			d.group = "None"
		}
	}
	return 0
}

// altRootvgOp -X removes what alt_disk commands left behind.
func altRootvgOp(c *call) int {
	o := getopt(c.args[1:], "X:WSvqsd:C", false)
	if !c.needRoot() {
		return 1
	}
	group := o.value('X')
	if group == "" {
		group = "altinst_rootvg"
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.disks {
		if d.group == group && d.state != "active" {
			d.group = "None"
		}
	}
	c.printf("Bootlist is set to the boot disk: %s\n", str(h.def.BootDisk))
	h.bootList = []string{str(h.def.BootDisk)}
	return 0
}

func ipl(c *call) int {
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	c.printf("PVNAME          BOOT DEVICE     PVID                    VOLUME GROUP ID\n")
	for _, d := range h.disks {
		c.printf("%-15s %-15s %s        00fa00d600004c00000001900a1b2c3d\n", d.name, map[bool]string{true: "YES", false: "NO"}[d.group == "rootvg"], d.pvid)
	}
	return 0
}

// shutdown -r and reboot restart the host; other forms stop it, which for a
// simulated one is the same: there is nobody to press a button.
func shutdown(c *call) int {
	if !c.needRoot() {
		return 1
	}
	c.printf("\nSHUTDOWN PROGRAM\n%s\n", c.host.now().Format("Mon Jan _2 15:04:05 UTC 2006"))
	go c.host.Reboot()
	<-c.ctx.Done()
	return 128 + c.proc.signal
}
