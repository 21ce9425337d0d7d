// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"sort"
	"strings"
)

func init() {
	registerAIX(map[string]runFunc{
		"lsattr": lsattr, "chdev": chdev, "lsdev": lsdev, "rmdev": rmdev, "mkdev": mkdev, "cfgmgr": cfgmgr, "odmget": odmget, "odmdelete": odmdelete,
		"lscfg": lscfg, "savebase": trueCommand, "prtconf": prtconf, "lsconf": prtconf,
	})
}

// format fills a -F format: the names of columns are replaced, all else stays.
func format(spec string, columns map[string]string) string {
	var b strings.Builder
	for i := 0; i < len(spec); {
		best := ""
		for name := range columns {
			if strings.HasPrefix(spec[i:], name) && len(name) > len(best) {
				best = name
			}
		}
		if best == "" {
			b.WriteByte(spec[i])
			i++
			continue
		}
		b.WriteString(columns[best])
		i += len(best)
	}
	return b.String()
}

// align pads columns to the widest cell, two cells apart by one blank.
func align(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i >= len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(' ')
			}
			if i == len(row)-1 {
				b.WriteString(cell)
			} else {
				fmt.Fprintf(&b, "%-*s", widths[i], cell)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func noDevice(c *call, code int, name string) int {
	return c.fail(code, "%s: 0514-519 The following device was not found in the customized\n\tdevice configuration database:\n\t%s\n", base0(c), name)
}

func base0(c *call) string { return c.args[0][strings.LastIndex(c.args[0], "/")+1:] }

func lsattr(c *call) int {
	o := getopt(c.args[1:], "EDROHl:a:F:f:t:c:s:Z:", false)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	name := o.value('l')
	d := h.odm.device(name)
	if d == nil {
		return noDevice(c, 255, name)
	}
	names := o.values['a']
	if len(names) == 0 {
		names = d.names()
	}
	spec := o.value('F')
	var rows [][]string
	for _, n := range names {
		a, ok := d.defaults[n]
		if !ok {
			return c.fail(255, "lsattr: 0514-528 The %q attribute does not exist in the predefined\n\tdevice configuration database.\n", n)
		}
		value := d.value(n)
		if o.has('D') {
			value = a.fallback
		}
		settable := map[bool]string{true: "True", false: "False"}[a.settable]
		columns := map[string]string{"attribute": n, "value": value, "description": a.text, "user_settable": settable}
		switch {
		case spec == "":
			rows = append(rows, []string{n, value, a.text, settable})
		case strings.Trim(spec, "abcdefghijklmnopqrstuvwxyz_ ") == "":
			var row []string
			for _, field := range strings.Fields(spec) {
				row = append(row, columns[field])
			}
			rows = append(rows, row)
		default:
			rows = append(rows, []string{format(spec, columns)})
		}
	}
	c.write(align(rows))
	return 0
}

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
			if !o.has('P') {
				h.dropAddress(d.name, value)
			}
			continue
		}
		if d.class == "if" && !o.has('P') && (attr == "netaddr6" || attr == "netaddr") {
			if old := target.value(attr); old != "" && old != value {
				h.dropAddress(d.name, old)
			}
		}
		target.set(attr, value)
		if d.name == "inet0" && attr == "hostname" {
			h.hostname = value
		}
	}
	if d.class == "if" && !o.has('P') {
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

func (d *device) columns() map[string]string {
	return map[string]string{"name": d.name, "status": d.status(), "description": d.text, "class": d.class, "subclass": d.subclass,
		"type": d.kind, "parent": d.parent, "location": shortLocation(d), "physloc": d.location, "uniquetype": d.class + "/" + d.subclass + "/" + d.kind, "connwhere": ""}
}

// shortLocation is AIX's location code, which virtual devices mostly lack.
func shortLocation(d *device) string {
	if d.class == "disk" {
		return "C7-T1-01"
	}
	return ""
}

func lsdev(c *call) int {
	o := getopt(c.args[1:], "CPc:s:t:l:F:S:p:r:Hhf:x", false)
	if o.bad != 0 {
		return c.fail(1, "Usage: lsdev [-C][-c Class] [-s Subclass] [-t Type] [-f File] [-F Format | -r ColumnName]\n")
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if name := o.value('l'); name != "" && h.odm.device(name) == nil && !strings.ContainsAny(name, "*?") {
		return noDevice(c, 1, name)
	}
	state := map[string]string{"": "", "a": "Available", "available": "Available", "1": "Available", "d": "Defined", "defined": "Defined", "0": "Defined"}[o.value('S')]
	list := append([]*device(nil), h.odm.devices...)
	sort.SliceStable(list, func(i, j int) bool { return list[i].name < list[j].name })
	var rows [][]string
	seen := map[string]bool{}
	for _, d := range list {
		switch {
		case o.has('c') && d.class != o.value('c'), o.has('s') && d.subclass != o.value('s'), o.has('t') && d.kind != o.value('t'),
			o.has('p') && d.parent != o.value('p'), state != "" && d.status() != state:
			continue
		}
		if name := o.value('l'); name != "" {
			re, err := globRegexp(name)
			if err != nil || !re.MatchString(d.name) {
				continue
			}
		}
		switch {
		case o.has('r'):
			if v := d.columns()[o.value('r')]; !seen[v] {
				seen[v] = true
				rows = append(rows, []string{v})
			}
		case o.has('F'):
			spec := o.value('F')
			if strings.Trim(spec, "abcdefghijklmnopqrstuvwxyz ") == "" && strings.Contains(strings.TrimSpace(spec), " ") {
				var row []string
				for _, field := range strings.Fields(spec) {
					row = append(row, d.columns()[field])
				}
				rows = append(rows, row)
				continue
			}
			rows = append(rows, []string{format(spec, d.columns())})
		default:
			rows = append(rows, []string{d.name, d.status(), shortLocation(d), d.text})
		}
	}
	if o.has('r') {
		sort.Slice(rows, func(i, j int) bool { return rows[i][0] < rows[j][0] })
	}
	if o.has('H') && !o.has('F') && !o.has('r') {
		rows = append([][]string{{"name", "status", "location", "description"}}, rows...)
	}
	c.write(align(rows))
	return 0
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
	d := h.odm.device(name)
	if d == nil && o.has('t') && (strings.HasPrefix(o.value('t'), "4") || strings.HasPrefix(o.value('t'), "6")) && o.value('c') == "ipsec" {
		// mkdev -c ipsec -t 4 is how IP Security is started.
		name = "ipsec_v" + o.value('t')[:1]
		d = &device{name: name, class: "ipsec", kind: o.value('t'), text: "IP Version " + o.value('t')[:1] + " Security Extension", defaults: map[string]attribute{}, attrs: map[string]string{}}
		h.odm.devices = append(h.odm.devices, d)
	}
	if d == nil && o.value('c') == "if" {
		if _, ok := h.odm.adapter(name); ok {
			h.odm.configure()
			d = h.odm.device(name)
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

// objects are the ODM objects of a class.
func (h *Host) objects(class string) ([]*object, bool) {
	var list []*object
	switch class {
	case "CuDv":
		for _, d := range h.odm.devices {
			list = append(list, &object{class, [][2]string{{"name", d.name}, {"status", map[bool]string{true: "1", false: "0"}[d.available]}, {"chgstatus", "2"}, {"ddins", ""},
				{"location", shortLocation(d)}, {"parent", d.parent}, {"connwhere", ""}, {"PdDvLn", d.class + "/" + d.subclass + "/" + d.kind}}})
		}
	case "CuAt":
		for _, d := range h.odm.devices {
			for _, name := range d.names() {
				if value, ok := d.attrs[name]; ok {
					list = append(list, &object{class, [][2]string{{"name", d.name}, {"attribute", name}, {"value", value}, {"type", "R"}, {"generic", "DU"}, {"rep", "s"}, {"nls_index", "4"}}})
				}
			}
		}
		list = append(list, h.odm.extra...)
	case "SRCsubsys":
		for _, s := range h.src.subsystems {
			list = append(list, s.object())
		}
	default:
		return nil, false
	}
	return list, true
}

// criteria parses odmget's -q: terms joined by AND, each name=value or name LIKE pattern.
func criteria(query string) (func(*object) bool, error) {
	var tests []func(*object) bool
	for _, term := range splitAnd(query) {
		term = strings.TrimSpace(term)
		if term == "" {
			continue
		}
		name, value, ok := strings.Cut(term, "=")
		negate := strings.HasSuffix(name, "!")
		name = strings.TrimSpace(strings.TrimSuffix(name, "!"))
		if !ok {
			fields := strings.Fields(term)
			if len(fields) != 3 || !strings.EqualFold(fields[1], "like") {
				return nil, fmt.Errorf("0518-506 The criteria %s are not valid", term)
			}
			name, value = fields[0], fields[2]
		}
		value = strings.Trim(strings.TrimSpace(value), `'"`)
		re, err := globRegexp(value)
		if err != nil {
			return nil, err
		}
		like := !ok
		tests = append(tests, func(o *object) bool {
			if like {
				return re.MatchString(o.get(name))
			}
			return (o.get(name) == value) != negate
		})
	}
	return func(o *object) bool {
		for _, t := range tests {
			if !t(o) {
				return false
			}
		}
		return true
	}, nil
}

func splitAnd(query string) []string {
	fields := strings.Fields(query)
	var terms []string
	cur := ""
	for _, f := range fields {
		if strings.EqualFold(f, "and") {
			terms, cur = append(terms, cur), ""
			continue
		}
		cur += " " + f
	}
	return append(terms, cur)
}

func (o *object) String() string {
	var b strings.Builder
	b.WriteString("\n" + o.class + ":\n")
	numeric := map[string]bool{"status": true, "chgstatus": true, "nls_index": true, "uid": true, "auditid": true, "action": true, "multi": true, "contact": true, "svrkey": true, "svrmtype": true,
		"priority": true, "signorm": true, "sigforce": true, "display": true, "waittime": true}
	for _, f := range o.fields {
		if numeric[f[0]] {
			fmt.Fprintf(&b, "\t%s = %s\n", f[0], f[1])
		} else {
			fmt.Fprintf(&b, "\t%s = \"%s\"\n", f[0], f[1])
		}
	}
	return b.String()
}

func odmget(c *call) int {
	o := getopt(c.args[1:], "q:", false)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(o.rest) == 0 {
		return c.fail(1, "Usage: odmget [-q criteria] ObjectClass ...\n")
	}
	match, err := criteria(o.value('q'))
	if err != nil {
		return c.fail(1, "odmget: %v.\n", err)
	}
	for _, class := range o.rest {
		list, ok := h.objects(class)
		if !ok {
			return c.fail(1, "odmget: Could not retrieve object for %s, odm errno 5904\n", class)
		}
		for _, obj := range list {
			if match(obj) && !c.write(obj.String()) {
				return 1
			}
		}
	}
	return 0
}

func odmdelete(c *call) int {
	o := getopt(c.args[1:], "o:q:", false)
	if !c.needRoot() {
		return 1
	}
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	class := o.value('o')
	list, ok := h.objects(class)
	if !ok {
		return c.fail(1, "odmdelete: Could not delete object for %s, odm errno 5904\n", class)
	}
	match, err := criteria(o.value('q'))
	if err != nil {
		return c.fail(1, "odmdelete: %v.\n", err)
	}
	n := 0
	for _, obj := range list {
		if !match(obj) {
			continue
		}
		n++
		name := obj.get("name")
		switch class {
		case "CuDv":
			h.odm.remove(name)
		case "SRCsubsys":
			h.src.remove(obj.get("subsysname"))
		case "CuAt":
			if d := h.odm.device(name); d != nil {
				delete(d.attrs, obj.get("attribute"))
			}
			for i, e := range h.odm.extra {
				if e == obj {
					h.odm.extra = append(h.odm.extra[:i:i], h.odm.extra[i+1:]...)
					break
				}
			}
		}
	}
	c.printf("0518-307 odmdelete: %d objects deleted.\n", n)
	return 0
}

// lscfg lists hardware; -vpl entN shows the adapter's address.
func lscfg(c *call) int {
	o := getopt(c.args[1:], "vpl:s", false)
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	pattern := o.value('l')
	if !o.has('l') {
		c.printf("INSTALLED RESOURCE LIST\n\nThe following resources are installed on the machine.\n+/- = Added or deleted from Resource List.\n*   = Diagnostic support not available.\n\n  Model Architecture: chrp\n  Model Implementation: Multiple Processor, PCI bus\n\n")
		pattern = "*"
	}
	re, err := globRegexp(pattern)
	if err != nil {
		return c.fail(1, "lscfg: 0514-519 %v\n", err)
	}
	found := false
	for _, d := range h.odm.devices {
		if d.class == "if" || d.name == "inet0" || !re.MatchString(d.name) {
			continue
		}
		found = true
		c.printf("  %-16s %-27s %s\n", d.name, d.location, d.text)
		if hw, ok := h.odm.adapter(d.name); ok && o.has('v') && strings.HasPrefix(d.name, "ent") {
			c.printf("\n        Network Address.............%s\n        Displayable Message.........%s\n        Hardware Location Code......%s\n\n", strings.ToUpper(strings.ReplaceAll(colons(hw.mac), ":", "")), d.text, d.location)
		}
	}
	if !found {
		return c.fail(1, "lscfg: device %s not found.\n", pattern)
	}
	return 0
}

func prtconf(c *call) int {
	h := c.host
	h.mu.Lock()
	defer h.mu.Unlock()
	sys := h.odm.device("sys0")
	ip := ""
	for _, l := range h.net.ordered() {
		if p, ok := l.ipv4(); ok && l.name != "lo0" {
			ip = p.Addr().String()
			break
		}
	}
	c.printf("System Model: %s\nMachine Serial Number: %s\nProcessor Type: PowerPC_POWER10\nProcessor Implementation Mode: POWER 10\nKernel Type: 64-bit\nLPAR Info: 5 %s\nMemory Size: 8192 MB\nFirmware Version: %s\n\nNetwork Information\n\tHost Name: %s\n\tIP Address: %s\n\tGateway: %s\n",
		sys.value("modelname"), strings.TrimPrefix(sys.value("systemid"), "IBM,02"), h.hostname, sys.value("fwversion"), h.hostname, ip, str(h.def.Gateway))
	return 0
}
