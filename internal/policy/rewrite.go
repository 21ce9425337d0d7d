// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// node is one node of HCL's syntax tree with a meter in front. Embedding the
// original keeps all of HCL's semantics; only what an evaluation may spend, and how
// the blame for an unknown travels, is ours.
type node struct {
	hclsyntax.Expression
	// built is true for nodes that make new values out of others.
	built bool
}

// Value evaluates the node within the meter's bounds.
func (n *node) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	m := meterOf(ctx)
	if spent := m.spend(1, 0, n.Range()); spent != nil {
		return cty.DynamicVal, spent
	}
	var v cty.Value
	var diags hcl.Diagnostics
	switch e := n.Expression.(type) {
	case *hclsyntax.ForExpr:
		if m.checking {
			v, diags = inferFor(e, ctx)
			break
		}
		v, diags = loop(e, ctx)
	case *hclsyntax.ScopeTraversalExpr:
		v, diags = e.Value(ctx)
		if diags.HasErrors() {
			diags = suggestAttribute(diags, ctx, e.Traversal)
		}
	case *hclsyntax.RelativeTraversalExpr:
		v, diags = e.Value(ctx)
		if diags.HasErrors() {
			if source, sourceDiags := e.Source.Value(ctx); !sourceDiags.HasErrors() {
				diags = suggestFrom(diags, source.Type(), e.Traversal)
			}
		}
	case *hclsyntax.UnaryOpExpr:
		v, diags = unary(e, ctx)
	case *hclsyntax.BinaryOpExpr:
		if m.checking && e.Op.ShortCircuit != nil {
			v, diags = inferLogical(e, ctx)
			break
		}
		v, diags = binary(e, ctx)
	case *hclsyntax.ConditionalExpr:
		if m.checking {
			v, diags = inferConditional(e, ctx)
			break
		}
		v, diags = e.Value(ctx)
	case *hclsyntax.FunctionCallExpr:
		if m.checking && (e.Name == "try" || e.Name == "can") {
			if diags = inferTry(e, ctx); diags.HasErrors() {
				break
			}
		}
		v, diags = call(e, ctx)
	default:
		v, diags = e.Value(ctx)
	}
	if v == cty.NilVal {
		v = cty.DynamicVal
	}
	if spent := m.weigh(v, n.built, n.Range()); spent != nil {
		return cty.DynamicVal, spent
	}
	// A known value does not depend on what is unknown, whatever took part in making
	// it: dropping the blame here keeps it exact.
	if v.IsMarked() && v.IsKnown() && (v.IsNull() || v.Type().IsPrimitiveType()) {
		v, _ = v.Unmark()
	}
	return v, diags
}

// unary evaluates ! and - so that the blame of an unknown operand stays with the
// result; cty's call drops it.
func unary(e *hclsyntax.UnaryOpExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	operand, diags := e.Val.Value(ctx)
	if diags.HasErrors() {
		return cty.UnknownVal(e.Op.Type), diags
	}
	operand, marks := operand.Unmark()
	result, diags := (&hclsyntax.UnaryOpExpr{
		Op: e.Op, Val: &hclsyntax.LiteralValueExpr{Val: operand, SrcRange: e.Val.Range()},
		SrcRange: e.SrcRange, SymbolRange: e.SymbolRange,
	}).Value(ctx)
	return result.WithMarks(marks), diags
}

// loop evaluates a for expression so that the blame for an unknown collection stays
// with the result; HCL's evaluation drops it when not even the type is known.
func loop(e *hclsyntax.ForExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	collection, diags := e.CollExpr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	evaluated := *e
	evaluated.CollExpr = &hclsyntax.LiteralValueExpr{Val: collection, SrcRange: e.CollExpr.Range()}
	v, diags := evaluated.Value(ctx)
	if !collection.IsKnown() {
		v = v.WithSameMarks(collection)
	}
	return v, diags
}

// metered puts a meter in front of every node of an expression. The tree is
// changed in place; Variables must have been asked for before.
func metered(e hclsyntax.Expression) (hclsyntax.Expression, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	rewrite := func(child *hclsyntax.Expression) {
		if *child == nil {
			return
		}
		replaced, childDiags := metered(*child)
		*child = replaced
		diags = append(diags, childDiags...)
	}
	built := true
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		if e.Val.Type() == cty.Number && e.Val.IsKnown() && !e.Val.IsNull() && !numberFits(e.Val.AsBigFloat()) {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Number out of range",
				Detail: fmt.Sprintf("A number's binary exponent may be at most %d.", maxNumberBits), Subject: e.SrcRange.Ptr(),
			})
		}
		return e, diags
	case *hclsyntax.AnonSymbolExpr:
		// A splat's item is found by identity.
		return e, nil
	case *hclsyntax.ObjectConsKeyExpr:
		// A bare name is a literal key, which HCL recognises by the type of its node.
		if _, name := e.Wrapped.(*hclsyntax.ScopeTraversalExpr); !name || e.ForceNonLiteral {
			rewrite(&e.Wrapped)
		}
		return e, diags
	case *hclsyntax.ParenthesesExpr:
		rewrite(&e.Expression)
		return e, diags
	case *hclsyntax.TemplateWrapExpr:
		rewrite(&e.Wrapped)
		return e, diags
	case *hclsyntax.ScopeTraversalExpr:
		built = false
	case *hclsyntax.RelativeTraversalExpr:
		built = false
		rewrite(&e.Source)
	case *hclsyntax.FunctionCallExpr:
		for i := range e.Args {
			if e.Name == "convert" && i == 1 {
				break // a type, which is read and not evaluated
			}
			rewrite(&e.Args[i])
		}
	case *hclsyntax.ConditionalExpr:
		built = false
		rewrite(&e.Condition)
		rewrite(&e.TrueResult)
		rewrite(&e.FalseResult)
	case *hclsyntax.IndexExpr:
		built = false
		rewrite(&e.Collection)
		rewrite(&e.Key)
	case *hclsyntax.TupleConsExpr:
		for i := range e.Exprs {
			rewrite(&e.Exprs[i])
		}
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			rewrite(&e.Items[i].KeyExpr)
			rewrite(&e.Items[i].ValueExpr)
		}
	case *hclsyntax.ForExpr:
		rewrite(&e.CollExpr)
		rewrite(&e.KeyExpr)
		rewrite(&e.ValExpr)
		rewrite(&e.CondExpr)
	case *hclsyntax.SplatExpr:
		rewrite(&e.Source)
		rewrite(&e.Each)
	case *hclsyntax.BinaryOpExpr:
		rewrite(&e.LHS)
		rewrite(&e.RHS)
	case *hclsyntax.UnaryOpExpr:
		rewrite(&e.Val)
	case *hclsyntax.TemplateExpr:
		for i := range e.Parts {
			rewrite(&e.Parts[i])
		}
	case *hclsyntax.TemplateJoinExpr:
		// HCL insists on a tuple here, which only the unwrapped node gives for sure.
		if tuple, ok := e.Tuple.(*hclsyntax.ForExpr); ok {
			rewrite(&tuple.CollExpr)
			rewrite(&tuple.KeyExpr)
			rewrite(&tuple.ValExpr)
			rewrite(&tuple.CondExpr)
		} else {
			rewrite(&e.Tuple)
		}
	default:
		return e, hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "Unsupported expression",
			Detail: "A policy cannot use this kind of expression.", Subject: e.Range().Ptr(),
		}}
	}
	return &node{Expression: e, built: built}, diags
}
