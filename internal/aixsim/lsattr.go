// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"sort"
	"strings"
)

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
