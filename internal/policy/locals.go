// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// localsAndRules reads locals and rules, orders the locals so that each comes after
// the ones it uses, and tells every expression which roots it needs.
func (l *loader) localsAndRules() {
	all := map[string]*local{}
	for _, block := range l.blocks["locals"] {
		attributes, diags := block.Body.JustAttributes()
		l.diags = append(l.diags, diags...)
		names := make([]string, 0, len(attributes))
		for name := range attributes {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			if other := all[name]; other != nil {
				l.error(&attributes[name].NameRange, "Duplicate local", "The local %q is already defined at %s.", name, other.at)
				continue
			}
			if e := l.expression(attributes[name]); e != nil {
				all[name] = &local{name: name, expr: e, at: attributes[name].NameRange}
			}
		}
	}
	if len(all) > maxLocals {
		l.error(nil, "Policy too large", "A policy may have at most %d locals, not %d.", maxLocals, len(all))
		return
	}
	l.order(all)
	for name, value := range unknownRoots() {
		l.static.Variables[name] = value
	}
	values := map[string]cty.Value{}
	for _, local := range l.policy.locals {
		l.static.Variables["local"] = local.expr.localsOf(values)
		value, diags := local.expr.Value(l.static)
		l.diags = append(l.diags, diags...)
		if l.meter.spent != nil {
			return // every one after it would say the same
		}
		if diags.HasErrors() {
			// Its users would only repeat the error.
			value = cty.DynamicVal
		}
		local.value = value
		values[local.name] = value
	}
	l.static.Variables["local"] = cty.ObjectVal(values)
	l.rules()
}

// order sorts the locals by their dependencies, and by name where these leave a choice.
func (l *loader) order(all map[string]*local) {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	const visiting, done = 1, 2
	state := map[string]int{}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		state[name] = visiting
		path = append(path, name)
		for _, used := range all[name].expr.localsUsed() {
			next, ok := all[used]
			if !ok {
				continue // resolve reports it
			}
			switch state[used] {
			case visiting:
				cycle := append(slices.Clone(path[slices.Index(path, used):]), used)
				l.error(&next.at, "Cyclic local", "These locals depend on one another: %s.", strings.Join(cycle, " → "))
			case 0:
				visit(used)
			}
		}
		path = path[:len(path)-1]
		state[name] = done
		l.resolve(all[name].expr)
		l.policy.locals = append(l.policy.locals, all[name])
		l.locals[name] = all[name]
	}
	for _, name := range names {
		if state[name] == 0 {
			visit(name)
		}
	}
}

// localsUsed are the names of the locals that an expression mentions itself.
func (e *expression) localsUsed() []string {
	var names []string
	for _, traversal := range e.names {
		if name, ok := localName(traversal); ok {
			names = append(names, name)
		}
	}
	return names
}

func localName(traversal hcl.Traversal) (string, bool) {
	if traversal.RootName() != "local" || len(traversal) < 2 {
		return "", false
	}
	switch step := traversal[1].(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// resolve finds the roots and facts that an expression speaks of, through locals
// too. The locals it uses must have been resolved before.
func (l *loader) resolve(e *expression) {
	for _, traversal := range e.names {
		root := traversal.RootName()
		if slices.Contains(RootNames, root) {
			e.roots[root] = true
			e.paths = append(e.paths, pathOf(traversal))
			continue
		}
		if root != "local" {
			continue
		}
		name, ok := localName(traversal)
		if !ok {
			l.error(traversal.SourceRange().Ptr(), "Invalid use of locals", "A local is used by its name, as in local.levels.")
			continue
		}
		used := l.locals[name]
		if used == nil {
			// The evaluation for the type check reports a name that does not exist.
			continue
		}
		for needed := range used.expr.roots {
			e.roots[needed] = true
		}
		e.paths = append(e.paths, used.expr.paths...)
	}
	slices.Sort(e.paths)
	e.paths = slices.Compact(e.paths)
}

// localsOf is the object `local` as far as an expression needs it: to make all of it
// for each of many locals would take time with the square of their number. When one
// is missing it is all of them, so that the error can say which one was meant.
func (e *expression) localsOf(values map[string]cty.Value) cty.Value {
	used := map[string]cty.Value{}
	for _, name := range e.localsUsed() {
		value, ok := values[name]
		if !ok {
			return cty.ObjectVal(values)
		}
		used[name] = value
	}
	return cty.ObjectVal(used)
}

// pathOf is the path of a fact as far as its names go: "guest.rmc.connected".
func pathOf(traversal hcl.Traversal) string {
	path := traversal.RootName()
	for _, step := range traversal[1:] {
		attribute, ok := step.(hcl.TraverseAttr)
		if !ok {
			break
		}
		path += "." + attribute.Name
	}
	return path
}
