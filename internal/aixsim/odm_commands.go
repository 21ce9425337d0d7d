// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"strings"
)

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
