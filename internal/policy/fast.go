// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// call evaluates a function's arguments once, and answers the everyday calls on
// known values directly. cty's own call walks and copies every argument several
// times, which for a list of all filesets costs more than everything else together.
// Whatever is not everyday, an unknown or blamed value above all, goes the usual way.
func call(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.ExpandFinal || e.Name == "try" || e.Name == "can" || e.Name == "convert" {
		v, diags := e.Value(ctx)
		if v.IsKnown() || v.IsMarked() || diags.HasErrors() {
			return v, diags
		}
		// These do not say what was unknown. The budget bounds this second look.
		for _, arg := range e.Args {
			if argument, argDiags := arg.Value(ctx); !argDiags.HasErrors() {
				_, marks := argument.UnmarkDeep()
				v = v.WithMarks(marks)
			}
		}
		return v, diags
	}
	values := make([]cty.Value, len(e.Args))
	var diags hcl.Diagnostics
	for i, arg := range e.Args {
		v, argDiags := arg.Value(ctx)
		values[i] = v
		diags = append(diags, argDiags...)
	}
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if direct, ok := directs[e.Name]; ok {
		if v, ok := direct(values); ok {
			return v, diags
		}
	}
	if cost, ok := costs[e.Name]; ok {
		if spent := meterOf(ctx).spend(cost(values), 0, e.Range()); spent != nil {
			return cty.DynamicVal, spent
		}
	}
	evaluated := *e
	evaluated.Args = make([]hclsyntax.Expression, len(values))
	for i, v := range values {
		evaluated.Args[i] = &hclsyntax.LiteralValueExpr{Val: v, SrcRange: e.Args[i].Range()}
	}
	v, callDiags := evaluated.Value(ctx)
	return v, append(diags, callDiags...)
}

// directs answer calls on plain known values; false sends a call the usual way. They
// must agree with the functions of the catalogue, which a test compares.
var directs = map[string]func(args []cty.Value) (cty.Value, bool){
	"alltrue":     directFold(false),
	"anytrue":     directFold(true),
	"contains":    directContains,
	"endswith":    directText(strings.HasSuffix),
	"length":      directLength,
	"startswith":  directText(strings.HasPrefix),
	"strcontains": directText(strings.Contains),
}

// plainOf reports that a value is known, not null, carries no blame and has a type.
func plainOf(v cty.Value, ty cty.Type) bool {
	return !v.IsMarked() && v.Type() == ty && v.IsKnown() && !v.IsNull()
}

func directText(test func(s, other string) bool) func([]cty.Value) (cty.Value, bool) {
	return func(args []cty.Value) (cty.Value, bool) {
		if len(args) != 2 || !plainOf(args[0], cty.String) || !plainOf(args[1], cty.String) {
			return cty.NilVal, false
		}
		return cty.BoolVal(test(args[0].AsString(), args[1].AsString())), true
	}
}

// sequence reports that a value is a known list or tuple without blame of its own.
func sequence(v cty.Value) bool {
	return !v.IsMarked() && v.IsKnown() && !v.IsNull() && (v.Type().IsListType() || v.Type().IsTupleType())
}

func directContains(args []cty.Value) (cty.Value, bool) {
	if len(args) != 2 || !sequence(args[0]) || !plainOf(args[1], cty.String) {
		return cty.NilVal, false
	}
	wanted := args[1].AsString()
	for it := args[0].ElementIterator(); it.Next(); {
		_, element := it.Element()
		if !plainOf(element, cty.String) {
			return cty.NilVal, false
		}
		if element.AsString() == wanted {
			return cty.True, true
		}
	}
	return cty.False, true
}

func directFold(deciding bool) func([]cty.Value) (cty.Value, bool) {
	return func(args []cty.Value) (cty.Value, bool) {
		if len(args) != 1 || !sequence(args[0]) {
			return cty.NilVal, false
		}
		decided := false
		for it := args[0].ElementIterator(); it.Next(); {
			_, element := it.Element()
			if !plainOf(element, cty.Bool) {
				return cty.NilVal, false
			}
			decided = decided || element.True() == deciding
		}
		return cty.BoolVal(decided == deciding), true
	}
}

func directLength(args []cty.Value) (cty.Value, bool) {
	if len(args) != 1 || !sequence(args[0]) {
		return cty.NilVal, false
	}
	return cty.NumberIntVal(int64(args[0].LengthInt())), true
}

// equality answers == and != of plain strings directly; false for everything else.
func equality(e *hclsyntax.BinaryOpExpr, left, right cty.Value) (cty.Value, bool) {
	if !plainOf(left, cty.String) || !plainOf(right, cty.String) {
		return cty.NilVal, false
	}
	equal := left.AsString() == right.AsString()
	return cty.BoolVal(equal == (e.Op == hclsyntax.OpEqual)), true
}

// binary evaluates both operands once, and the operator directly where that is the
// comparison of two strings.
func binary(e *hclsyntax.BinaryOpExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.Op != hclsyntax.OpEqual && e.Op != hclsyntax.OpNotEqual {
		return e.Value(ctx)
	}
	left, leftDiags := e.LHS.Value(ctx)
	right, rightDiags := e.RHS.Value(ctx)
	if diags := append(leftDiags, rightDiags...); diags.HasErrors() {
		return cty.UnknownVal(e.Op.Type), diags
	}
	if v, ok := equality(e, left, right); ok {
		return v, nil
	}
	for _, operand := range []cty.Value{left, right} {
		if spent := meterOf(ctx).weigh(operand, true, e.Range()); spent != nil {
			return cty.DynamicVal, spent
		}
	}
	evaluated := *e
	evaluated.LHS = &hclsyntax.LiteralValueExpr{Val: left, SrcRange: e.LHS.Range()}
	evaluated.RHS = &hclsyntax.LiteralValueExpr{Val: right, SrcRange: e.RHS.Range()}
	return evaluated.Value(ctx)
}
