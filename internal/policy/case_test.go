// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// The cases stand in the rules' pages, as blocks of what differs from a healthy
// machine: `guest.filesets["rsct.core.rmc"].level = "3.2.0.0"`. Null removes an
// element, unknown("probe", "reason") makes a fact unknown.
const rulesFolder = "../../docs/rules"

var caseBlock = regexp.MustCompile("(?ms)^```hcl (wrong|right|undetermined|not-applicable)\n(.*?)^```$")

// unknownFunc stands for a probe that failed.
var unknownFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "probe", Type: cty.String}, {Name: "reason", Type: cty.String}},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.DynamicVal.Mark(blame{aix.Why{Probe: args[0].AsString(), Reason: args[1].AsString()}}), nil
	},
})

// healthyValues are all roots of a machine in order. Its template holds nothing.
func healthyValues() map[string]cty.Value {
	roots := healthy().roots()
	roots.Template = &Template{}
	values, _ := roots.values()
	return values
}

// damage applies the lines of a case to values.
func damage(values map[string]cty.Value, source string) error {
	functions := map[string]function.Function{"unknown": unknownFunc}
	for name, f := range callable() {
		functions[name] = f
	}
	ctx := &hcl.EvalContext{Functions: functions}
	var statements []string
	for line := range strings.Lines(source) {
		if trimmed := strings.TrimSpace(line); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "]") || strings.HasPrefix(line, "}") {
			statements[len(statements)-1] += line
			continue
		}
		statements = append(statements, line)
	}
	for _, statement := range statements {
		left, right, found := strings.Cut(statement, " = ")
		if !found {
			return fmt.Errorf("%q is no assignment", statement)
		}
		traversal, diags := hclsyntax.ParseTraversalAbs([]byte(strings.TrimSpace(left)), "path", hcl.InitialPos)
		if diags.HasErrors() {
			return diags
		}
		expression, diags := hclsyntax.ParseExpression([]byte(strings.TrimSpace(right)), "value", hcl.InitialPos)
		if diags.HasErrors() {
			return diags
		}
		value, diags := expression.Value(ctx)
		if diags.HasErrors() {
			return diags
		}
		root, ok := values[traversal.RootName()]
		if !ok {
			return fmt.Errorf("%q is no root", traversal.RootName())
		}
		changed, err := assign(root, RootType(traversal.RootName()), traversal[1:], value)
		if err != nil {
			return fmt.Errorf("%s: %w", left, err)
		}
		values[traversal.RootName()] = changed
	}
	return nil
}

// assign returns v with what stands at the path replaced.
func assign(v cty.Value, ty cty.Type, path hcl.Traversal, to cty.Value) (cty.Value, error) {
	if len(path) == 0 {
		return shape(to, ty)
	}
	v, _ = v.Unmark()
	switch step := path[0].(type) {
	case hcl.TraverseAttr:
		if !ty.IsObjectType() || !ty.HasAttribute(step.Name) {
			return v, fmt.Errorf("there is no attribute %q", step.Name)
		}
		attributes := map[string]cty.Value{}
		for name, attribute := range ty.AttributeTypes() {
			attributes[name] = zero(attribute)
			if v.IsKnown() && !v.IsNull() {
				attributes[name] = v.GetAttr(name)
			}
		}
		changed, err := assign(attributes[step.Name], ty.AttributeType(step.Name), path[1:], to)
		attributes[step.Name] = changed
		return cty.ObjectVal(attributes), err
	case hcl.TraverseIndex:
		var elements []cty.Value
		at := -1
		if v.IsKnown() && !v.IsNull() {
			elements = v.AsValueSlice()
		}
		for i, element := range elements {
			if named(element, step.Key) {
				at = i
			}
		}
		if step.Key.Type() == cty.Number {
			n, _ := step.Key.AsBigFloat().Int64()
			at = int(n)
		}
		if at < 0 {
			at = len(elements)
			elements = append(elements, name(zero(ty.ElementType()), step.Key))
		}
		if len(path) == 1 && to.IsNull() {
			elements = append(elements[:at:at], elements[at+1:]...)
		} else {
			changed, err := assign(elements[at], ty.ElementType(), path[1:], to)
			if err != nil {
				return v, err
			}
			elements[at] = name(changed, step.Key)
		}
		if len(elements) == 0 {
			return cty.ListValEmpty(ty.ElementType()), nil
		}
		return cty.ListVal(elements), nil
	}
	return v, fmt.Errorf("a path has names and keys only")
}

func keyAttribute(ty cty.Type) string {
	for _, name := range []string{"name", "id", "label", "subject"} {
		if ty.IsObjectType() && ty.HasAttribute(name) {
			return name
		}
	}
	return ""
}

func named(v, key cty.Value) bool {
	attribute := keyAttribute(v.Type())
	return attribute != "" && key.Type() == cty.String && v.GetAttr(attribute).RawEquals(key)
}

func name(v, key cty.Value) cty.Value {
	attribute := keyAttribute(v.Type())
	if attribute == "" || key.Type() != cty.String || !v.IsKnown() {
		return v
	}
	attributes := v.AsValueMap()
	attributes[attribute] = key
	return cty.ObjectVal(attributes)
}

// shape gives a value a type; attributes left out are empty.
func shape(v cty.Value, ty cty.Type) (cty.Value, error) {
	plain, marks := v.Unmark()
	switch {
	case !plain.IsKnown():
		return cty.UnknownVal(ty).WithMarks(marks), nil
	case ty.IsObjectType() && plain.Type().IsObjectType():
		attributes := map[string]cty.Value{}
		for name, attribute := range ty.AttributeTypes() {
			attributes[name] = zero(attribute)
			if plain.Type().HasAttribute(name) {
				shaped, err := shape(plain.GetAttr(name), attribute)
				if err != nil {
					return v, fmt.Errorf("%s: %w", name, err)
				}
				attributes[name] = shaped
			}
		}
		for name := range plain.Type().AttributeTypes() {
			if !ty.HasAttribute(name) {
				return v, fmt.Errorf("there is no attribute %q", name)
			}
		}
		return cty.ObjectVal(attributes), nil
	case ty.IsListType() && (plain.Type().IsTupleType() || plain.Type().IsListType()):
		if plain.LengthInt() == 0 {
			return cty.ListValEmpty(ty.ElementType()), nil
		}
		var elements []cty.Value
		for _, element := range plain.AsValueSlice() {
			shaped, err := shape(element, ty.ElementType())
			if err != nil {
				return v, err
			}
			elements = append(elements, shaped)
		}
		return cty.ListVal(elements), nil
	}
	return convert.Convert(plain, ty)
}

func zero(ty cty.Type) cty.Value {
	switch {
	case ty == cty.String:
		return cty.StringVal("")
	case ty == cty.Number:
		return cty.Zero
	case ty == cty.Bool:
		return cty.False
	case ty.IsListType():
		return cty.ListValEmpty(ty.ElementType())
	case ty.IsMapType():
		return cty.MapValEmpty(ty.ElementType())
	}
	attributes := map[string]cty.Value{}
	for name, attribute := range ty.AttributeTypes() {
		attributes[name] = zero(attribute)
	}
	return cty.ObjectVal(attributes)
}

// Every built-in rule has its cases: one that fails, one that passes, one in which
// it cannot be told, and one in which it does not apply, as far as there can be one.
// That a rule does not apply where one that it requires fails is the same for all, and
// tested by TestAGuestThatIsNoAIXIsOneFinding.
func TestEveryRuleHasItsCases(t *testing.T) {
	p := mustLoad(t, Sources{})
	for _, r := range p.rules {
		t.Run(r.Name, func(t *testing.T) {
			page, err := os.ReadFile(filepath.Join(rulesFolder, r.Name+".md"))
			if err != nil {
				t.Fatal(err)
			}
			cases := map[string]int{}
			for _, block := range caseBlock.FindAllStringSubmatch(string(page), -1) {
				kind, source := block[1], block[2]
				cases[kind]++
				values := healthyValues()
				if err := damage(values, source); err != nil {
					t.Errorf("%s: %v", kind, err)
					continue
				}
				result, err := p.evaluate(context.Background(), values, 1000, day)
				if err != nil {
					t.Fatal(err)
				}
				checkCase(t, r, kind, source, result)
			}
			needed := []string{"wrong", "right"}
			if !r.needs[RootTemplate] {
				// What lint sees is never unknown: what it cannot read is a problem of its own.
				needed = append(needed, "undetermined")
			}
			if r.applies != nil || r.forEach != nil && r.ifEmpty == NotApplicable && len(r.forEach.roots) > 0 && !fixed(r.forEach) {
				needed = append(needed, "not-applicable")
			}
			for _, kind := range needed {
				if cases[kind] == 0 {
					t.Errorf("the page has no case %q", kind)
				}
			}
			if !strings.Contains(string(page), "\n## Why it matters on Power VS\n\n") {
				t.Error("the page does not say why the rule matters")
			}
		})
	}
}

// Of a guest that is no AIX one finding is told: that it is none.
func TestAGuestThatIsNoAIXIsOneFinding(t *testing.T) {
	p := mustLoad(t, Sources{})
	values := healthyValues()
	if err := damage(values, `guest.system.os = "Linux"`); err != nil {
		t.Fatal(err)
	}
	result, err := p.evaluate(context.Background(), values, 1000, day)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		want := NotApplicable
		switch r := p.byName[f.Rule]; {
		case r.Name == "guest-is-aix":
			want = Fail
		case !r.needs[RootGuest] && !r.needs[RootBaseline]:
			continue
		}
		if f.Status != want {
			t.Errorf("%s %s %q", f.Status, f.Rule, f.Subject)
		}
	}
}

// fixed reports that a for_each always has the same elements.
func fixed(e *expression) bool {
	inner, ok := e.Expression.(*node)
	if !ok {
		return false
	}
	_, ok = inner.Expression.(*hclsyntax.ObjectConsExpr)
	return ok
}

func checkCase(t *testing.T, r *rule, kind, source string, result *Result) {
	t.Helper()
	count := map[string]int{}
	var lines []string
	for _, f := range result.Findings {
		if f.Rule == r.Name {
			count[f.Status]++
			lines = append(lines, fmt.Sprintf("%s %q expected %q found %q %s", f.Status, f.Subject, f.Expected, f.Found, f.Why))
			if f.Status == Undetermined && strings.Contains(source, "unknown(") && (len(f.Unknown) == 0 || f.Unknown[0].Probe == "") {
				t.Errorf("%s: no probe is blamed: %+v", kind, f)
			}
			if f.Status == Fail && (f.Found == "" || strings.Contains(f.Found, "unknown")) {
				t.Errorf("%s: what was found reads %q", kind, f.Found)
			}
		}
	}
	ok := false
	switch kind {
	case "wrong":
		ok = count[Fail] > 0 && count[Undetermined] == 0
	case "right":
		ok = count[Pass] > 0 && count[Fail]+count[Undetermined] == 0
	case "undetermined":
		ok = count[Undetermined] > 0 && count[Fail] == 0
	case "not-applicable":
		ok = count[NotApplicable] > 0 && count[Pass]+count[Fail]+count[Undetermined] == 0
	}
	if !ok {
		t.Errorf("%s: the case gives\n%s\nfor\n%s", kind, strings.Join(lines, "\n"), source)
	}
}

func TestThePagesAreFresh(t *testing.T) {
	p := mustLoad(t, Sources{})
	const cure = "run go generate ./internal/policy"
	for _, r := range p.Rules() {
		page, err := os.ReadFile(filepath.Join(rulesFolder, r.Name+".md"))
		if err != nil || !strings.HasPrefix(string(page), r.Page()) {
			t.Errorf("the page of %s is stale; %s (%v)", r.Name, cure, err)
		}
	}
	if index, err := os.ReadFile(filepath.Join(rulesFolder, "README.md")); err != nil || string(index) != p.Index() {
		t.Errorf("the index of the rules is stale; %s (%v)", cure, err)
	}
	language, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	if updated, err := WithReference(string(language)); err != nil || updated != string(language) {
		t.Errorf("docs/policy.md is stale; %s (%v)", cure, err)
	}
	entries, err := os.ReadDir(rulesFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := strings.TrimSuffix(entry.Name(), ".md"); name != "README" && p.byName[name] == nil {
			t.Errorf("docs/rules/%s belongs to no rule", entry.Name())
		}
	}
}

func TestTheExamplesOfFunctionsAreTrue(t *testing.T) {
	for _, f := range Functions() {
		t.Run(f.Name, func(t *testing.T) {
			syntax, diags := hclsyntax.ParseExpression([]byte(f.Example), "example", hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			m := newMeter(context.Background(), 0)
			expression, diags := metered(syntax)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			v, diags := expression.Value(&hcl.EvalContext{Functions: callable(), Variables: map[string]cty.Value{meterKey: m.variable()}})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if got, err := jsonOf(v); err != nil || got != f.Result {
				t.Errorf("%s gives %s, not %s (%v)", f.Example, got, f.Result, err)
			}
		})
	}
}

// Each fact that the policy can speak of names the probes behind it.
func TestEveryFactHasItsProbes(t *testing.T) {
	for _, f := range fieldsOf(reflect.TypeFor[aix.Facts]()) {
		if len(probesBehind([]string{"guest." + f.name})) == 0 && f.name != "system" && f.name != "management" {
			t.Errorf("no probe is named for guest.%s", f.name)
		}
	}
	known := map[string]bool{}
	for _, probe := range aix.Probes {
		known[probe] = true
	}
	for path, probes := range provenance {
		ty := RootType(RootGuest)
		for _, step := range strings.Split(path, ".") {
			if !ty.IsObjectType() || !ty.HasAttribute(step) {
				t.Fatalf("there is no fact %s", path)
			}
			ty = ty.AttributeType(step)
		}
		for _, probe := range probes {
			if !known[probe] {
				t.Errorf("%s names the probe %q, which does not exist", path, probe)
			}
		}
	}
}
