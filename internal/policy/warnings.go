// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// uses notes the variables and locals that an expression names, for the warnings
// about those that nothing does.
func (l *loader) uses(names []hcl.Traversal) {
	for _, traversal := range names {
		if root := traversal.RootName(); (root == "var" || root == "local") && len(traversal) > 1 {
			if step, ok := traversal[1].(hcl.TraverseAttr); ok {
				l.used[root+"."+step.Name] = true
				continue
			}
			// var["…"] may stand for any of them.
			l.used[root+".*"] = true
		}
	}
}

// warn tells what loads but is probably not what its author meant.
func (l *loader) warn(at hcl.Range, summary, format string, args ...any) {
	l.diags = append(l.diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &at})
}

// warnings looks for parts of a site policy that do nothing. The built-in policy has
// a test instead, and its variables and locals are there for site policies to use.
func (l *loader) warnings() {
	unused := func(root, name string, at hcl.Range) bool {
		return !l.builtin[at.Filename] && !l.used[root+"."+name] && !l.used[root+".*"]
	}
	for _, v := range l.policy.variables {
		if at := l.declared[v.Name]; unused("var", v.Name, at) {
			l.warn(at, "Variable not used", "Nothing uses the variable %q.%s", v.Name, l.meant("var", v.Name))
		}
	}
	for _, local := range l.policy.locals {
		if unused("local", local.name, local.at) {
			l.warn(local.at, "Local not used", "Nothing uses the local %q.%s", local.name, l.meant("local", local.name))
		}
	}
	for _, r := range l.policy.rules {
		if !r.Builtin && len(r.Roots) == 0 {
			l.warn(r.block, "Rule looks at no fact", "The rule %q speaks of none of template, baseline, guest and image, so that its answer is always the same.", r.Name)
		}
	}
}

// meant is a hint at a built-in variable with nearly that name, which is what a site
// file that declares an unused one often means to change.
func (l *loader) meant(root, name string) string {
	if root != "var" {
		return ""
	}
	var names []string
	for _, v := range l.policy.variables {
		if v.Name != name && l.builtin[l.declared[v.Name].Filename] {
			names = append(names, v.Name)
		}
	}
	if suggestion := nearest(name, names); suggestion != "" {
		return fmt.Sprintf(" The built-in policy has a variable %q.", suggestion)
	}
	return ""
}
