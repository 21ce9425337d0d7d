// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

var ruleSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "severity", Required: true}, {Name: "summary", Required: true}, {Name: "condition", Required: true},
	{Name: "requires"}, {Name: "for_each"}, {Name: "if_empty"}, {Name: "applies"}, {Name: "subject"}, {Name: "expected"}, {Name: "found"}, {Name: "remedy"},
	{Name: "reference"}, {Name: "controls"}, {Name: "ignorable"}, {Name: "bears_on"},
}}

func (l *loader) rules() {
	for _, block := range l.blocks["rule"] {
		content, diags := block.Body.Content(ruleSchema)
		l.diags = append(l.diags, diags...)
		if diags.HasErrors() {
			continue
		}
		name := block.Labels[0]
		if !kebab.MatchString(name) || len(name) > 80 {
			l.error(&block.LabelRanges[0], "Invalid name", "A rule's name must be in kebab-case, as in \"rsct-minimum-level\", and have at most 80 characters.")
			continue
		}
		if other := l.policy.byName[name]; other != nil {
			hint := ""
			if other.Builtin {
				hint = " To change a built-in rule, write an override block."
			}
			l.error(&block.DefRange, "Duplicate rule", "The rule %q is already defined at %s:%d.%s", name, other.File, other.Line, hint)
			continue
		}
		attributes := content.Attributes
		r := &rule{
			Rule: Rule{
				Name: name, Ignorable: true, State: "enabled", Source: l.sourceOf(blockRange(block)),
				File: block.DefRange.Filename, Line: block.DefRange.Start.Line, Builtin: l.builtin[block.DefRange.Filename],
			},
			forEach: l.expression(attributes["for_each"]), applies: l.expression(attributes["applies"]),
			condition: l.expression(attributes["condition"]), subject: l.expression(attributes["subject"]),
			expected: l.expression(attributes["expected"]), found: l.expression(attributes["found"]),
			remedy: l.expression(attributes["remedy"]), block: block.DefRange,
		}
		l.statics(r, attributes)
		l.ifEmpty(r, attributes["if_empty"])
		if attribute := attributes["requires"]; attribute != nil {
			r.Requires = l.text(attribute)
			r.requiresAt = attribute.Expr.Range()
		}
		l.policy.byName[name] = r
		l.policy.rules = append(l.policy.rules, r)
	}
	sort.Slice(l.policy.rules, func(i, j int) bool { return l.policy.rules[i].Name < l.policy.rules[j].Name })
}

// statics reads the attributes that are the same whatever the facts are, out of a
// rule or of an override.
func (l *loader) statics(r *rule, attributes hcl.Attributes) {
	if attribute := attributes["severity"]; attribute != nil {
		severity := l.text(attribute)
		if _, ok := severityRank[severity]; !ok && severity != "" {
			l.error(attribute.Expr.Range().Ptr(), "Invalid severity", "A severity is \"error\", \"warning\" or \"notice\", not %q%s.", severity, sentence(didYouMean(severity, []string{Error, Warning, Notice})))
		}
		r.Severity = severity
	}
	if attribute := attributes["summary"]; attribute != nil {
		r.Summary = l.text(attribute)
	}
	if attribute := attributes["reference"]; attribute != nil {
		r.Reference = l.text(attribute)
	}
	if attribute := attributes["bears_on"]; attribute != nil {
		if r.BearsOn = l.text(attribute); r.BearsOn != BearsOnRMC && r.BearsOn != "" {
			l.error(attribute.Expr.Range().Ptr(), "Invalid value", "\"bears_on\" is %q or left out.", BearsOnRMC)
		}
	}
	if attribute := attributes["controls"]; attribute != nil {
		if v, ok := l.value(attribute, cty.List(cty.String)); ok {
			r.Controls = nil
			for _, control := range v.AsValueSlice() {
				r.Controls = append(r.Controls, control.AsString())
			}
			sort.Strings(r.Controls)
		}
	}
	if attribute := attributes["ignorable"]; attribute != nil {
		if v, ok := l.value(attribute, cty.Bool); ok {
			r.Ignorable = v.True()
		}
	}
}

// blockRange is the range of a block from its type to its closing brace.
func blockRange(block *hcl.Block) hcl.Range {
	if body, ok := block.Body.(*hclsyntax.Body); ok {
		return hcl.RangeBetween(block.DefRange, body.SrcRange)
	}
	return block.DefRange
}

// ifEmpty reads what it means that for_each has no elements: that the rule does not
// apply, or that it is kept, as by a rule whose elements are what must not be.
func (l *loader) ifEmpty(r *rule, attribute *hcl.Attribute) {
	r.ifEmpty = NotApplicable
	if attribute == nil {
		return
	}
	if r.forEach == nil {
		l.error(&attribute.Range, "No for_each", "\"if_empty\" says what a for_each without elements means, and the rule %q has no for_each.", r.Name)
	}
	if r.ifEmpty = l.text(attribute); r.ifEmpty != Pass && r.ifEmpty != NotApplicable && r.ifEmpty != "" {
		l.error(attribute.Expr.Range().Ptr(), "Invalid value", "\"if_empty\" is %q or %q.", Pass, NotApplicable)
	}
}

var overrideSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "reason", Required: true}, {Name: "enabled"}, {Name: "severity"}, {Name: "summary"}, {Name: "expected"},
	{Name: "remedy"}, {Name: "reference"}, {Name: "controls"}, {Name: "ignorable"}, {Name: "bears_on"},
}}

func (l *loader) overrides() {
	seen := map[string]hcl.Range{}
	for _, block := range l.blocks["override"] {
		content, diags := block.Body.Content(overrideSchema)
		l.diags = append(l.diags, diags...)
		target := l.target(block)
		if diags.HasErrors() || target == nil {
			continue
		}
		if first, ok := seen[target.Name]; ok {
			l.error(&block.DefRange, "Duplicate override", "The rule %q is already overridden at %s.", target.Name, first)
			continue
		}
		seen[target.Name] = block.DefRange
		attributes, before := content.Attributes, target.Rule
		target.Reason = l.text(attributes["reason"])
		l.statics(target, attributes)
		if attribute := attributes["expected"]; attribute != nil {
			target.expected = l.expression(attribute)
		}
		if attribute := attributes["remedy"]; attribute != nil {
			target.remedy = l.expression(attribute)
		}
		target.State = "overridden"
		if attribute := attributes["enabled"]; attribute != nil {
			if v, ok := l.value(attribute, cty.Bool); ok && v.False() {
				target.State = "disabled"
			}
		}
		for name := range attributes {
			if name != "reason" {
				target.Overridden = append(target.Overridden, name)
			}
		}
		sort.Strings(target.Overridden)
		if len(target.Overridden) == 0 {
			l.warn(block.DefRange, "Override changes nothing", "The override of the rule %q has a reason and nothing else.", target.Name)
		}
		if !before.Ignorable {
			weaker := target.State == "disabled" || target.Ignorable || severityRank[target.Severity] > severityRank[before.Severity]
			if weaker {
				l.error(&block.DefRange, "Rule cannot be weakened", "The rule %q has ignorable = false: it cannot be disabled, lowered in severity or made ignorable.", target.Name)
			}
		}
	}
}

// requirements checks what the rules require. A rule that is left out because
// another one failed must not be a way around it: that other one has to be as grave,
// and beyond waiving.
func (l *loader) requirements() {
	for _, r := range l.policy.rules {
		if r.Requires == "" {
			continue
		}
		required := l.policy.byName[r.Requires]
		switch {
		case required == nil:
			l.error(&r.requiresAt, "No such rule", "There is no rule %q%s.", r.Requires, sentence(didYouMean(r.Requires, l.policy.ruleNames())))
		case required.Ignorable || required.forEach != nil || required.Requires != "":
			l.error(&r.requiresAt, "Invalid requirement", "The rule %q can only be required when it has ignorable = false, no for_each, and requires nothing itself.", r.Requires)
		case severityRank[required.Severity] > severityRank[r.Severity]:
			l.error(&r.requiresAt, "Invalid requirement", "The rule %q is less grave than %q, which requires it.", r.Requires, r.Name)
		}
	}
}

// stageOf says where a rule with these needs is evaluated.
func stageOf(needs map[string]bool) string {
	switch {
	case needs[RootTemplate]:
		return "lint"
	case needs[RootImage] && (needs[RootGuest] || needs[RootBaseline]):
		return "import"
	case needs[RootImage]:
		return "image"
	case needs[RootBaseline]:
		return "build"
	case needs[RootGuest]:
		return "guest"
	}
	return "always"
}
