// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// HCL leaves errors out where a value might never be asked for: on the right of && and
// || beside an unknown, in the arms of a conditional, inside try and can. With facts
// that is what one wants. For the type check, in which every fact is unknown, it would
// let a misspelt attribute through, to show as undetermined in the last stage of a
// build. So the type check looks into all of them.

// literal stands for an operand that is evaluated already.
func literal(v cty.Value, e hclsyntax.Expression) hclsyntax.Expression {
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: e.Range()}
}

// inferLogical evaluates both sides of && or ||. Where the left one decides already,
// only what can never be right is told of the other.
func inferLogical(e *hclsyntax.BinaryOpExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	left, diags := e.LHS.Value(ctx)
	right, rightDiags := e.RHS.Value(ctx)
	if decided, _ := left.Unmark(); plainOf(decided, cty.Bool) && decided.True() == (e.Op == hclsyntax.OpLogicalOr) {
		rightDiags = neverRight(rightDiags)
	}
	if diags = append(diags, rightDiags...); diags.HasErrors() {
		return cty.UnknownVal(cty.Bool), diags
	}
	evaluated := *e
	evaluated.LHS, evaluated.RHS = literal(left, e.LHS), literal(right, e.RHS)
	return evaluated.Value(ctx)
}

// inferConditional evaluates the condition and both arms.
func inferConditional(e *hclsyntax.ConditionalExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	condition, diags := e.Condition.Value(ctx)
	onTrue, trueDiags := e.TrueResult.Value(ctx)
	onFalse, falseDiags := e.FalseResult.Value(ctx)
	if decided, _ := condition.Unmark(); plainOf(decided, cty.Bool) {
		if decided.True() {
			falseDiags = neverRight(falseDiags)
		} else {
			trueDiags = neverRight(trueDiags)
		}
	}
	if diags = append(append(diags, trueDiags...), falseDiags...); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	evaluated := *e
	evaluated.Condition = literal(condition, e.Condition)
	evaluated.TrueResult, evaluated.FalseResult = literal(onTrue, e.TrueResult), literal(onFalse, e.FalseResult)
	return evaluated.Value(ctx)
}

// inferTry tells of the arguments of try and can what can never be right.
func inferTry(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, arg := range e.Args {
		_, argDiags := arg.Value(ctx)
		diags = append(diags, neverRight(argDiags)...)
	}
	return diags
}

// neverRight are the errors about an attribute that the facts do not have. Variables
// and locals may be asked for attributes that only some of their values have.
func neverRight(diags hcl.Diagnostics) hcl.Diagnostics {
	var kept hcl.Diagnostics
	for _, diag := range diags {
		traversal, ok := diag.Expression.(*hclsyntax.ScopeTraversalExpr)
		if diag.Severity != hcl.DiagError || diag.Summary != "Unsupported attribute" || !ok {
			continue
		}
		if root := traversal.Traversal.RootName(); root != "var" && root != "local" && root != "each" {
			kept = append(kept, diag)
		}
	}
	return kept
}
