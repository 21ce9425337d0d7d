// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

var variableSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "type"}, {Name: "default"}, {Name: "description"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "validation"}},
}

var validationSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "condition", Required: true}, {Name: "error_message", Required: true},
}}

// variable is a variable while it is being resolved.
type variable struct {
	Variable
	ty          cty.Type
	value       cty.Value
	validations []*hcl.Block
	at          hcl.Range
	redeclared  bool
}

// variables resolves all variables. A site file may declare a built-in variable
// again to give it another default; values given by the caller win over both.
func (l *loader) variables(given map[string]string) {
	l.static = &hcl.EvalContext{Variables: map[string]cty.Value{meterKey: l.meter.variable()}, Functions: callable()}
	declared := map[string]*variable{}
	for _, block := range l.blocks["variable"] {
		l.variable(block, declared)
	}
	names := make([]string, 0, len(declared))
	for name := range declared {
		names = append(names, name)
	}
	sort.Strings(names)
	givenNames := make([]string, 0, len(given))
	for name := range given {
		givenNames = append(givenNames, name)
	}
	sort.Strings(givenNames)
	for _, name := range givenNames {
		v := declared[name]
		if v == nil {
			l.error(nil, "No such variable", "A value was given for the variable %q, which this policy does not declare%s.", name, sentence(didYouMean(name, names)))
			continue
		}
		l.give(v, given[name])
	}
	values := map[string]cty.Value{}
	for _, name := range names {
		v := declared[name]
		if v.value == cty.NilVal {
			l.error(&v.at, "Variable without value", "The variable %q has no default and no value was given for it.", name)
			v.value = cty.UnknownVal(v.ty)
		}
		values[name] = v.value
	}
	l.policy.statics = cty.ObjectVal(values)
	l.static.Variables["var"] = l.policy.statics
	for _, name := range names {
		v := declared[name]
		if !v.value.IsWhollyKnown() {
			continue
		}
		for _, block := range v.validations {
			l.validate(v, block)
		}
		text, err := jsonOf(v.value)
		if err != nil {
			l.error(&v.at, "Invalid value", "The variable %q: %s.", name, err)
		}
		v.Value = text
		l.declared[name] = v.at
		l.policy.variables = append(l.policy.variables, v.Variable)
	}
}

func (l *loader) variable(block *hcl.Block, declared map[string]*variable) {
	name := block.Labels[0]
	content, diags := block.Body.Content(variableSchema)
	l.diags = append(l.diags, diags...)
	if diags.HasErrors() {
		return
	}
	if !hclsyntax.ValidIdentifier(name) {
		l.error(&block.LabelRanges[0], "Invalid name", "A variable's name must be an identifier, not %q.", name)
		return
	}
	builtin := l.builtin[block.DefRange.Filename]
	v := declared[name]
	switch {
	case v == nil:
		v = &variable{ty: cty.DynamicPseudoType, at: block.DefRange, Variable: Variable{
			Name: name, Set: "default", File: block.DefRange.Filename, Line: block.DefRange.Start.Line,
		}}
		declared[name] = v
	case l.builtin[v.File] && !builtin && !v.redeclared:
		v.redeclared = true
	default:
		l.error(&block.DefRange, "Duplicate variable", "The variable %q is already declared at %s.", name, v.at)
		return
	}
	if attribute := content.Attributes["type"]; attribute != nil {
		ty, diags := typeexpr.TypeConstraint(attribute.Expr)
		l.diags = append(l.diags, diags...)
		if diags.HasErrors() {
			return
		}
		if v.redeclared && !ty.Equals(v.ty) {
			l.error(attribute.Expr.Range().Ptr(), "Type cannot change", "The variable %q is of type %s in %s; a site policy may change its default, not its type.", name, v.Type, v.File)
			return
		}
		v.ty = ty
	}
	v.Type = typeexpr.TypeString(v.ty)
	if attribute := content.Attributes["description"]; attribute != nil {
		v.Description = l.text(attribute)
	}
	if attribute := content.Attributes["default"]; attribute != nil {
		if e := l.expression(attribute); e != nil {
			if len(e.names) > 0 {
				l.error(attribute.Expr.Range().Ptr(), "Invalid default", "A variable's default cannot use other values.")
				return
			}
			value, diags := e.Value(l.static)
			l.diags = append(l.diags, diags...)
			if diags.HasErrors() {
				return
			}
			l.assign(v, value, attribute.Expr.Range().Ptr())
		}
		if v.redeclared {
			v.Set = "policy"
		}
	}
	if v.redeclared {
		v.at, v.File, v.Line = block.DefRange, block.DefRange.Filename, block.DefRange.Start.Line
	}
	v.validations = append(v.validations, content.Blocks...)
}

func (l *loader) assign(v *variable, value cty.Value, at *hcl.Range) {
	value, _ = value.UnmarkDeep()
	converted, err := convertTo(value, v.ty)
	switch {
	case err != nil:
		l.error(at, "Wrong type", "The variable %q must be %s: %s.", v.Name, friendly(v.ty), err)
	case converted.IsNull() || !converted.IsWhollyKnown():
		l.error(at, "Value missing", "The variable %q must have a value, not null.", v.Name)
	default:
		v.value = converted
		return
	}
	v.value = cty.UnknownVal(v.ty)
}

// give sets a variable from text as it stands on a command line or in a template:
// the text itself for strings, an expression otherwise, as Packer has it.
func (l *loader) give(v *variable, text string) {
	v.Set = "given"
	if len(text) > maxStringBytes {
		l.error(nil, "Value too long", "The value of the variable %q is longer than %d bytes.", v.Name, maxStringBytes)
		return
	}
	if v.ty == cty.String {
		v.value = cty.StringVal(strings.ToValidUTF8(text, "\uFFFD"))
		return
	}
	filename := fmt.Sprintf("<value of variable %s>", v.Name)
	l.policy.parsed[filename] = &hcl.File{Bytes: []byte(text)}
	diags := Scan([]byte(text), filename)
	if !diags.HasErrors() {
		var syntax hclsyntax.Expression
		syntax, diags = hclsyntax.ParseExpression([]byte(text), filename, hcl.InitialPos)
		if !diags.HasErrors() {
			if len(syntax.Variables()) > 0 && v.ty == cty.DynamicPseudoType {
				// A variable of any type takes a bare word as text.
				v.value = cty.StringVal(text)
				return
			}
			var value cty.Value
			syntax, diags = metered(syntax)
			if !diags.HasErrors() {
				if value, diags = syntax.Value(l.static); !diags.HasErrors() {
					l.assign(v, value, syntax.Range().Ptr())
				}
			}
		}
	}
	l.diags = append(l.diags, diags...)
	if diags.HasErrors() {
		v.value = cty.UnknownVal(v.ty)
	}
}

func (l *loader) validate(v *variable, block *hcl.Block) {
	content, diags := block.Body.Content(validationSchema)
	l.diags = append(l.diags, diags...)
	if diags.HasErrors() {
		return
	}
	for _, e := range []*hcl.Attribute{content.Attributes["condition"], content.Attributes["error_message"]} {
		for _, name := range e.Expr.Variables() {
			if name.RootName() != "var" {
				l.error(name.SourceRange().Ptr(), "Invalid validation", "A validation may only use var.%s.", v.Name)
				return
			}
		}
	}
	condition, ok := l.value(content.Attributes["condition"], cty.Bool)
	if !ok {
		return
	}
	message := l.text(content.Attributes["error_message"])
	if condition.False() {
		l.error(&v.at, "Invalid value for variable", "The variable %q: %s", v.Name, message)
	}
}

// convertTo converts, and words the error the way people read it.
func convertTo(v cty.Value, ty cty.Type) (cty.Value, error) {
	// A number or bool is no text by accident, nor a text a number: only what HCL users
	// expect to convert is converted.
	if ty == cty.Bool && v.Type() != cty.Bool && v.Type() != cty.DynamicPseudoType {
		return v, fmt.Errorf("it is %s", friendly(v.Type()))
	}
	return convert.Convert(v, ty)
}

func friendly(ty cty.Type) string {
	switch ty {
	case cty.String:
		return "a string"
	case cty.Number:
		return "a number"
	case cty.Bool:
		return "true or false"
	case cty.DynamicPseudoType:
		return "any value"
	}
	return ty.FriendlyNameForConstraint()
}
