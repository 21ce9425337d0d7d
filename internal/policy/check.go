// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// check evaluates every rule with all roots unknown, so that what can be wrong with
// a policy is found before there is a guest.
func (l *loader) check() {
	for _, r := range l.policy.rules {
		r.needs = map[string]bool{}
		var paths []string
		for _, e := range []*expression{r.forEach, r.applies, r.condition, r.subject, r.expected, r.found, r.remedy} {
			if e == nil {
				continue
			}
			l.resolve(e)
			for root := range e.roots {
				r.needs[root] = true
			}
			paths = append(paths, e.paths...)
		}
		r.Roots = []string{}
		for _, root := range RootNames {
			if r.needs[root] {
				r.Roots = append(r.Roots, root)
			}
		}
		r.Stage = stageOf(r.needs)
		r.Evidence = probesBehind(paths)
		r.texts()
		l.checkRule(r)
	}
}

// texts copies the text of the rule's expressions to where people read them.
func (r *rule) texts() {
	text := func(e *expression) string {
		if e == nil {
			return ""
		}
		return e.text
	}
	r.ForEach, r.Applies, r.Condition, r.Subject = text(r.forEach), text(r.applies), text(r.condition), text(r.subject)
	r.Expected, r.Found, r.Remedy = text(r.expected), text(r.found), text(r.remedy)
}

func (l *loader) checkRule(r *rule) {
	// Each rule has the whole budget of an evaluation without facts.
	fresh := newMeter(l.meter.ctx, 0)
	l.meter.units, l.meter.bytes, l.meter.spent = fresh.units, fresh.bytes, nil
	ctx := l.static
	if r.forEach != nil {
		collection, ok := l.evaluate(r.forEach, ctx)
		element, problem := elementType(collection)
		if ok && problem != "" {
			l.error(r.forEach.Range().Ptr(), "Invalid for_each", "%s", problem)
			ok = false
		}
		if !ok {
			element = cty.DynamicPseudoType
		}
		ctx = ctx.NewChild()
		ctx.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{
			"key": cty.UnknownVal(cty.String), "value": cty.UnknownVal(element),
		})}
	}
	for _, e := range []*expression{r.applies, r.condition, r.subject, r.expected, r.found, r.remedy} {
		if e == nil {
			continue
		}
		if r.forEach == nil && e.mentions("each") {
			l.error(e.Range().Ptr(), "No for_each", "\"each\" stands for an element of for_each, which the rule %q does not have.", r.Name)
			continue
		}
		v, ok := l.evaluate(e, ctx)
		if !ok {
			continue
		}
		ty := v.Type()
		switch {
		case (e == r.condition || e == r.applies) && ty != cty.Bool && ty != cty.DynamicPseudoType:
			l.error(e.Range().Ptr(), "Invalid condition", "A condition must be true or false, not %s.", friendly(ty))
		case e == r.subject && !ty.IsPrimitiveType() && ty != cty.DynamicPseudoType:
			l.error(e.Range().Ptr(), "Invalid subject", "A subject must be a string, not %s.", friendly(ty))
		}
	}
	r.ExpectedText, r.RemedyText = resolved(r.expected, ctx), resolved(r.remedy, ctx)
}

// resolved is a text with what is known before there is a guest put in.
func resolved(e *expression, ctx *hcl.EvalContext) string {
	switch {
	case e == nil:
		return ""
	case e.parts == nil:
		v, diags := e.Value(ctx)
		if v, _ = v.Unmark(); diags.HasErrors() || !v.IsWhollyKnown() {
			return "<" + e.text + ">"
		}
		return clip(plain(v), maxText)
	}
	var b strings.Builder
	for i, part := range e.parts {
		v, diags := part.Value(ctx)
		if v, _ = v.Unmark(); diags.HasErrors() || !v.IsWhollyKnown() {
			b.WriteString("<" + e.partTexts[i] + ">")
			continue
		}
		b.WriteString(plain(v))
	}
	return clip(b.String(), maxText)
}

func (l *loader) evaluate(e *expression, ctx *hcl.EvalContext) (cty.Value, bool) {
	v, diags := e.Value(ctx)
	for _, diag := range diags {
		// An error in a local is told where it stands, once.
		if !slices.ContainsFunc(l.diags, func(told *hcl.Diagnostic) bool {
			return told.Subject != nil && diag.Subject != nil && *told.Subject == *diag.Subject && told.Summary == diag.Summary
		}) {
			l.diags = append(l.diags, diag)
		}
	}
	v, _ = v.Unmark()
	return v, !diags.HasErrors()
}

// elementType is the type of a collection's elements, or what is wrong with the
// collection as a for_each.
func elementType(v cty.Value) (cty.Type, string) {
	ty := v.Type()
	switch {
	case ty == cty.DynamicPseudoType:
		return cty.DynamicPseudoType, ""
	case ty.IsCollectionType():
		return ty.ElementType(), ""
	case ty.IsTupleType():
		return unified(ty.TupleElementTypes()), ""
	case ty.IsObjectType():
		var types []cty.Type
		for _, attribute := range ty.AttributeTypes() {
			types = append(types, attribute)
		}
		return unified(types), ""
	}
	return cty.DynamicPseudoType, "for_each must be a map, an object, a set or a list, not " + friendly(ty) + "."
}
