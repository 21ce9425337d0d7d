// SPDX-License-Identifier: MPL-2.0

package aixsim

import "strings"

func init() {
	registerAIX(map[string]runFunc{
		"lsattr": lsattr, "chdev": chdev, "lsdev": lsdev, "rmdev": rmdev, "mkdev": mkdev, "cfgmgr": cfgmgr, "odmget": odmget, "odmdelete": odmdelete,
		"ucfgif": interfaceMethod, "udefif": interfaceMethod, "lscfg": lscfg, "savebase": trueCommand, "prtconf": prtconf, "lsconf": prtconf,
	})
}

func noDevice(c *call, code int, name string) int {
	return c.fail(code, "%s: 0514-519 The following device was not found in the customized\n\tdevice configuration database:\n\t%s\n", base0(c), name)
}

func base0(c *call) string { return c.args[0][strings.LastIndex(c.args[0], "/")+1:] }

// pairs reads -a attribute=value options; one option may hold several.
func pairs(values []string) ([][2]string, bool) {
	var out [][2]string
	for _, v := range values {
		for len(v) > 0 {
			name, rest, ok := strings.Cut(v, "=")
			if !ok {
				return nil, false
			}
			value := rest
			v = ""
			// "a=1 b=2" in one argument: the next name starts after the last blank
			// before the next "=".
			if at := strings.IndexByte(rest, '='); at >= 0 {
				if blank := strings.LastIndexByte(rest[:at], ' '); blank >= 0 && isName(rest[blank+1:at]) {
					value, v = strings.TrimSpace(rest[:blank]), rest[blank+1:]
				}
			}
			out = append(out, [2]string{strings.TrimSpace(name), strings.Trim(value, `'"`)})
		}
	}
	return out, true
}

func chdev(c *call) int {
	o := getopt(c.args[1:], "l:a:PTf:h:qU", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	name := o.value('l')
	d := h.odm.device(name)
	if d == nil {
		return noDevice(c, 255, name)
	}
	changes, ok := pairs(o.values['a'])
	if !ok || len(changes) == 0 {
		return c.fail(255, "Usage:\n\tchdev -l Name [-a Attribute=Value]... [-p ParentName] [-w ConnectionLocation] [-P|-T]\n")
	}
	for i, change := range changes {
		attr := change[0]
		// Virtual attributes of the change method: aliases go to their lists.
		switch attr {
		case "delalias4", "delalias6", "delaliases4", "delaliases6":
			continue
		case "aliases4", "aliases6":
			attr = strings.Replace(attr, "aliases", "alias", 1)
			changes[i][0] = attr
		}
		a, known := d.defaults[attr]
		if !known {
			return c.fail(255, "chdev: 0514-018 The values specified for the following attributes \n                are not valid:\n     %s\n", attr)
		}
		if !a.settable && d.name != "sys0" {
			return c.fail(255, "chdev: 0514-020 The following attributes are not user-changeable:\n     %s\n", attr)
		}
		if attr == "state" && change[1] != "up" && change[1] != "down" && change[1] != "detach" {
			return c.fail(255, "chdev: 0514-018 The values specified for the following attributes \n                are not valid:\n     state\n")
		}
	}
	// -P changes the ODM only, and so does any change of a device that is Defined: the
	// change method has no kernel instance to apply it to (IBM, chdev command).
	applies := d.class == "if" && d.available && !o.has('P')
	target := d
	if o.has('T') {
		// -T changes the running state only.
		target = d.copy()
	}
	for _, change := range changes {
		attr, value := change[0], change[1]
		if strings.HasPrefix(attr, "delalias") {
			list := "alias" + attr[len(attr)-1:]
			var kept []string
			for _, alias := range strings.Fields(target.value(list)) {
				if alias != value && !strings.HasPrefix(alias, value+",") && !strings.HasPrefix(alias, value+"/") {
					kept = append(kept, alias)
				}
			}
			target.set(list, strings.Join(kept, " "))
			if applies {
				h.dropAddress(d.name, value)
			}
			continue
		}
		if applies && (attr == "netaddr6" || attr == "netaddr") {
			if old := target.value(attr); old != "" && old != value {
				h.dropAddress(d.name, old)
			}
		}
		target.set(attr, value)
		if d.name == "inet0" && attr == "hostname" {
			h.hostname = value
		}
	}
	if applies {
		h.bring(target)
	}
	c.printf("%s changed\n", name)
	return 0
}

func (d *device) copy() *device {
	n := *d
	n.attrs = make(map[string]string, len(d.attrs))
	for k, v := range d.attrs {
		n.attrs[k] = v
	}
	return &n
}

// dropAddress takes an address, with or without a length, off a running link.
func (h *Host) dropAddress(name, text string) {
	l := h.net.link(name)
	if l == nil {
		return
	}
	text, _, _ = strings.Cut(strings.Replace(text, "/", ",", 1), ",")
	for _, a := range l.addrs {
		if a.prefix.Addr().String() == text {
			l.delete(a.prefix.Addr())
			return
		}
	}
}

// children are the devices that hang on another.
func (o *odm) children(name string) []*device {
	var list []*device
	for _, d := range o.devices {
		if d.parent == name {
			list = append(list, d)
		}
	}
	return list
}

func rmdev(c *call) int {
	o := getopt(c.args[1:], "l:dRp:f:qSh", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	name := o.value('l')
	if p := o.value('p'); p != "" {
		for _, d := range h.odm.children(p) {
			if code := c.removeDevice(d, o.has('d'), true); code != 0 {
				return code
			}
		}
		return 0
	}
	d := h.odm.device(name)
	if d == nil {
		return noDevice(c, 1, name)
	}
	return c.removeDevice(d, o.has('d'), o.has('R'))
}

// removeDevice unconfigures a device, and with remove takes it out of the ODM.
// An interface is detached by its method, as ucfgif does.
func (c *call) removeDevice(d *device, remove, recursive bool) int {
	h := c.host
	busy := func() int {
		return c.fail(1, "Method error (/usr/lib/methods/ucfgdevice):\n\t0514-062 Cannot perform the requested function because the\n\t\tspecified device is busy.\n")
	}
	if d.name == "sys0" || d.class == "disk" && h.isActiveDisk(d.name) {
		return busy()
	}
	for _, child := range h.odm.children(d.name) {
		if recursive {
			if code := c.removeDevice(child, remove, true); code != 0 {
				return code
			}
			continue
		}
		if child.available && h.net.link(child.name) != nil {
			return busy()
		}
	}
	if d.class == "if" {
		h.net.detach(d.name)
	}
	d.available = false
	if !remove {
		c.printf("%s Defined\n", d.name)
		return 0
	}
	for _, child := range h.odm.children(d.name) {
		h.odm.remove(child.name)
	}
	h.odm.remove(d.name)
	if d.class == "disk" {
		for i, disk := range h.disks {
			if disk.name == d.name {
				h.disks = append(h.disks[:i:i], h.disks[i+1:]...)
				break
			}
		}
	}
	c.printf("%s deleted\n", d.name)
	return 0
}

func mkdev(c *call) int {
	o := getopt(c.args[1:], "l:c:s:t:a:p:w:Sqhd", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	name := o.value('l')
	if name == "" && o.value('c') == "if" {
		name = o.value('w') // where an interface is connected is what it is called
	}
	d := h.odm.device(name)
	if d == nil && o.has('t') && (strings.HasPrefix(o.value('t'), "4") || strings.HasPrefix(o.value('t'), "6")) && o.value('c') == "ipsec" {
		// mkdev -c ipsec -t 4 is how IP Security is started.
		name = "ipsec_v" + o.value('t')[:1]
		d = &device{name: name, class: "ipsec", kind: o.value('t'), text: "IP Version " + o.value('t')[:1] + " Security Extension", defaults: map[string]attribute{}, attrs: map[string]string{}}
		h.odm.devices = append(h.odm.devices, d)
	}
	if d == nil && o.value('c') == "if" {
		// defif defines interfaces of configured adapters only (IBM, defif method).
		if parent := h.odm.device("ent" + strings.TrimLeft(name, "ent")); parent != nil && parent.available {
			d = h.odm.define(name)
		}
	}
	if d == nil {
		return noDevice(c, 1, name)
	}
	changes, ok := pairs(o.values['a'])
	if !ok {
		return c.fail(1, "Usage: mkdev -l Name [-a Attribute=Value]...\n")
	}
	for _, change := range changes {
		if _, known := d.defaults[change[0]]; !known {
			return c.fail(1, "mkdev: 0514-018 The values specified for the following attributes \n                are not valid:\n     %s\n", change[0])
		}
		d.set(change[0], change[1])
	}
	if parent := h.odm.device(d.parent); d.class == "if" && (parent == nil || !parent.available) {
		return c.fail(1, "Method error (/usr/lib/methods/cfgif):\n        0514-040 Error initializing a device into the kernel.\n")
	}
	d.available = true
	if d.class == "if" {
		h.bring(d)
	}
	c.printf("%s Available\n", d.name)
	return 0
}

func cfgmgr(c *call) int {
	if !c.needRoot() {
		return 1
	}
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	c.host.odm.configure()
	return 0
}

// interfaceMethod is ucfgif, which takes an interface out of the kernel, and udefif,
// which takes it out of the ODM (IBM, ucfgif and udefif methods). That ucfgif leaves
// the device Defined is what rmdev, which calls it, shows.
func interfaceMethod(c *call) int {
	o := getopt(c.args[1:], "l:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.odm.device(o.value('l'))
	if d == nil || d.class != "if" {
		return noDevice(c, 1, o.value('l'))
	}
	h.net.detach(d.name)
	d.available = false
	if base0(c) == "udefif" {
		h.odm.remove(d.name)
	}
	return 0
}
