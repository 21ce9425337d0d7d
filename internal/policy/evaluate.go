// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// Evaluate applies the policy to the known roots, as of a day: waivers expire by
// asOf, never by the clock. The error is not nil when the evaluation exceeded its
// bounds or ctx ended it; nothing has been decided then.
func (p *Policy) Evaluate(ctx context.Context, roots Roots, asOf time.Time) (result *Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, fmt.Errorf("evaluate policy: %v", r)
		}
	}()
	values, leaves := roots.values()
	return p.evaluate(ctx, values, leaves, asOf)
}

// evaluate applies the policy to roots as cty values. Leaves is how many values the
// roots hold, which the bounds grow with.
func (p *Policy) evaluate(ctx context.Context, values map[string]cty.Value, leaves int, asOf time.Time) (*Result, error) {
	e := &evaluation{policy: p, known: map[string]bool{}, meter: newMeter(ctx, leaves), asOf: asOf.UTC()}
	for root := range values {
		e.known[root] = true
	}
	e.ctx = &hcl.EvalContext{Functions: callable(), Variables: map[string]cty.Value{meterKey: e.meter.variable(), "var": p.statics}}
	maps.Copy(e.ctx.Variables, values)
	e.locals()
	result := &Result{Findings: []Finding{}, Waivers: []WaiverState{}, Skipped: []Skipped{}}
	for _, r := range p.rules {
		if skipped, ok := e.skip(r); ok {
			result.Skipped = append(result.Skipped, skipped)
			continue
		}
		if f, ok := e.unmet(r); ok {
			result.Findings = append(result.Findings, f)
			continue
		}
		result.Findings = append(result.Findings, e.rule(r)...)
		if len(result.Findings) > maxFindings {
			return nil, fmt.Errorf("evaluate policy: more than %d findings, the last of rule %q", maxFindings, r.Name)
		}
		if e.meter.spent != nil {
			return nil, fmt.Errorf("evaluate policy: rule %q: %w", r.Name, e.meter.spent)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("evaluate policy: %w", err)
	}
	sortFindings(result.Findings)
	result.Waivers = e.waive(result)
	result.Health = p.health(result, e.known)
	return result, nil
}

type evaluation struct {
	policy *Policy
	known  map[string]bool
	meter  *meter
	ctx    *hcl.EvalContext
	asOf   time.Time
	// required says of the rules that others require whether they fail.
	required map[string]bool
}

// skip reports that a rule is disabled or that a root it needs is not known here.
func (e *evaluation) skip(r *rule) (Skipped, bool) {
	if r.State == "disabled" {
		return Skipped{Rule: r.Name, Disabled: true, Reason: r.Reason}, true
	}
	var missing []string
	for _, root := range r.Roots {
		if !e.known[root] {
			missing = append(missing, root)
		}
	}
	return Skipped{Rule: r.Name, Missing: missing}, len(missing) > 0
}

// locals evaluates the locals whose roots are known. One that cannot be evaluated
// with these facts is unknown, so that what follows from it is undetermined.
func (e *evaluation) locals() {
	values := map[string]cty.Value{}
	for _, local := range e.policy.locals {
		missing := false
		for root := range local.expr.roots {
			missing = missing || !e.known[root]
		}
		if missing {
			continue
		}
		e.ctx.Variables["local"] = local.expr.localsOf(values)
		v, diags := local.expr.Value(e.ctx)
		if diags.HasErrors() {
			v = cty.DynamicVal.Mark(blame{failure(diags)})
		}
		values[local.name] = v
	}
	e.ctx.Variables["local"] = cty.ObjectVal(values)
}

// failure words errors that an expression ran into with real facts.
func failure(diags hcl.Diagnostics) aix.Why {
	for _, diag := range diags {
		if diag.Severity == hcl.DiagError {
			reason := diag.Summary
			if diag.Detail != "" {
				reason += ": " + diag.Detail
			}
			if diag.Subject != nil {
				reason = fmt.Sprintf("%s:%d: %s", diag.Subject.Filename, diag.Subject.Start.Line, reason)
			}
			return aix.Why{Reason: clip("the policy cannot be evaluated on these facts: "+strings.TrimSuffix(reason, "."), 512)}
		}
	}
	return aix.Why{Reason: "the policy cannot be evaluated on these facts"}
}

// unmet is the finding of a rule that requires another one which fails here.
func (e *evaluation) unmet(r *rule) (Finding, bool) {
	if r.Requires == "" {
		return Finding{}, false
	}
	failed, done := e.required[r.Requires]
	if !done {
		required := e.policy.byName[r.Requires]
		if _, skipped := e.skip(required); !skipped {
			findings := e.rule(required)
			failed = len(findings) > 0 && findings[0].Status == Fail
		}
		if e.required == nil {
			e.required = map[string]bool{}
		}
		e.required[r.Requires] = failed
	}
	if !failed {
		return Finding{}, false
	}
	f := e.finding(r, instance{ctx: nil})
	f.Status, f.Found, f.Why = NotApplicable, "", fmt.Sprintf("it requires %s, which fails", r.Requires)
	return f, true
}

// instance is one element of a rule's for_each, or the rule itself without one.
type instance struct {
	ctx     *hcl.EvalContext
	subject string
	place   *Place
}

func (e *evaluation) rule(r *rule) []Finding {
	instances, undetermined := e.instances(r)
	if undetermined != nil {
		return []Finding{*undetermined}
	}
	findings := make([]Finding, 0, len(instances))
	for _, i := range instances {
		findings = append(findings, e.judge(r, i))
		if e.meter.spent != nil {
			break
		}
	}
	return findings
}

// instances are the elements of for_each. When these cannot be told the rule has
// one undetermined finding; when there are none, one that it does not apply.
func (e *evaluation) instances(r *rule) ([]instance, *Finding) {
	if r.forEach == nil {
		return []instance{{ctx: e.ctx}}, nil
	}
	collection, diags := r.forEach.Value(e.ctx)
	if diags.HasErrors() {
		f := e.undetermined(r, instance{ctx: nil}, []aix.Why{failure(diags)})
		return nil, &f
	}
	_, marks := collection.UnmarkDeep()
	collection, _ = collection.Unmark()
	if collection.IsNull() || !collection.IsKnown() || !collection.CanIterateElements() {
		whys := blames(marks)
		if collection.IsNull() {
			whys = []aix.Why{{Reason: "for_each is null"}}
		}
		f := e.undetermined(r, instance{ctx: nil}, whys)
		return nil, &f
	}
	var instances []instance
	for it := collection.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if key, _ = key.Unmark(); !key.IsKnown() {
			f := e.undetermined(r, instance{ctx: nil}, blames(marks))
			return nil, &f
		}
		child := e.ctx.NewChild()
		name, text := subjectOf(collection.Type(), key, value)
		child.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(name), "value": value})}
		instances = append(instances, instance{ctx: child, subject: clip(text, maxSubject), place: placeOf(value)})
	}
	if len(instances) == 0 {
		f := e.finding(r, instance{ctx: nil})
		if f.Status = r.ifEmpty; f.Status == NotApplicable {
			f.Why = "there is nothing that the rule applies to"
		}
		return nil, &f
	}
	return instances, nil
}

// subjectOf is each.key and the subject's name. A list has no keys worth showing, so
// its subjects are its strings, or the names of its objects.
func subjectOf(ty cty.Type, key, value cty.Value) (name, subject string) {
	value, _ = value.Unmark()
	if ty.IsSetType() {
		name = plain(value)
		return name, name
	}
	name = plain(key)
	if !ty.IsListType() && !ty.IsTupleType() {
		return name, name
	}
	if !value.IsKnown() || value.IsNull() {
		return name, name
	}
	if value.Type() == cty.String {
		return name, value.AsString()
	}
	if vt := value.Type(); vt.IsObjectType() && vt.HasAttribute("name") && vt.AttributeType("name") == cty.String {
		if n, _ := value.GetAttr("name").Unmark(); n.IsKnown() && !n.IsNull() {
			return name, n.AsString()
		}
	}
	return name, name
}

func (e *evaluation) judge(r *rule, i instance) Finding {
	if r.subject != nil {
		i.subject = ""
		if v, diags := r.subject.Value(i.ctx); !diags.HasErrors() {
			if v, _ = v.Unmark(); v.IsKnown() {
				i.subject = clip(plain(v), maxSubject)
			}
		}
	}
	if r.applies != nil {
		applies, whys := truth(r.applies, i.ctx)
		switch {
		case whys != nil:
			return e.undetermined(r, i, whys)
		case !applies:
			f := e.finding(r, i)
			f.Status, f.Why = NotApplicable, "the rule does not apply here"
			return f
		}
	}
	holds, whys := truth(r.condition, i.ctx)
	if whys != nil {
		return e.undetermined(r, i, whys)
	}
	f := e.finding(r, i)
	f.Status = Pass
	if !holds {
		f.Status = Fail
	}
	return f
}

// truth evaluates a condition. The reasons are not nil when it is neither true nor
// false.
func truth(condition *expression, ctx *hcl.EvalContext) (bool, []aix.Why) {
	v, diags := condition.Value(ctx)
	if diags.HasErrors() {
		return false, []aix.Why{failure(diags)}
	}
	v, marks := v.UnmarkDeep()
	switch {
	case !v.IsKnown():
		return false, blames(marks)
	case v.IsNull():
		return false, []aix.Why{{Reason: "the condition is null"}}
	case v.Type() != cty.Bool:
		return false, []aix.Why{{Reason: "the condition is neither true nor false but " + friendly(v.Type())}}
	}
	return v.True(), nil
}

// blames are the reasons carried by marks, sorted; never empty, because an unknown
// without a reason is a reason too.
func blames(marks cty.ValueMarks) []aix.Why {
	var whys []aix.Why
	for mark := range marks {
		if b, ok := mark.(blame); ok {
			whys = append(whys, b.Why)
		}
	}
	slices.SortFunc(whys, func(a, b aix.Why) int {
		return cmp.Or(strings.Compare(a.Probe, b.Probe), strings.Compare(a.Reason, b.Reason))
	})
	if len(whys) > maxWhys {
		whys = whys[:maxWhys]
	}
	if whys == nil {
		whys = []aix.Why{{Reason: "a fact that the rule looks at is unknown"}}
	}
	return whys
}

// finding is a finding of a rule without its status.
func (e *evaluation) finding(r *rule, i instance) Finding {
	f := Finding{
		Rule: r.Name, Severity: r.Severity, Subject: i.subject, Summary: r.Summary,
		Reference: r.Reference, Controls: r.Controls, Evidence: r.Evidence, Place: i.place,
	}
	ctx := i.ctx
	if ctx == nil {
		// No element of for_each is at hand, so texts that speak of one stay out.
		ctx = e.ctx
		f.Expected, f.Found, f.Remedy = render(r.expected.withoutEach(), ctx), render(r.found.withoutEach(), ctx), render(r.remedy.withoutEach(), ctx)
		return f
	}
	f.Expected, f.Found, f.Remedy = render(r.expected, ctx), render(r.found, ctx), render(r.remedy, ctx)
	return f
}

func (e *expression) withoutEach() *expression {
	if e == nil || e.mentions("each") {
		return nil
	}
	return e
}

func (e *evaluation) undetermined(r *rule, i instance, whys []aix.Why) Finding {
	f := e.finding(r, i)
	f.Status, f.Unknown = Undetermined, whys
	texts := make([]string, len(whys))
	for n, why := range whys {
		texts[n] = why.String()
	}
	f.Why = "undetermined: " + strings.Join(texts, "; ")
	probes := slices.Clone(f.Evidence)
	for _, why := range whys {
		if why.Probe != "" {
			probes = append(probes, why.Probe)
		}
	}
	sort.Strings(probes)
	f.Evidence = slices.Compact(probes)
	return f
}
