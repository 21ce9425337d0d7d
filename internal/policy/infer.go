// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// inferFor evaluates a for expression for the type check. HCL answers "some value of
// some type" as soon as the collection is unknown, and so never looks into the
// body; a misspelt attribute there would show only with real facts. Here the body
// is evaluated once with an unknown element of the right type, and the result has
// the type that the real one will have.
func inferFor(e *hclsyntax.ForExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	collection, diags := e.CollExpr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	collection, _ = collection.Unmark()
	if collection.IsNull() || (collection.Type() != cty.DynamicPseudoType && !collection.CanIterateElements()) {
		// HCL words these errors.
		return e.Value(ctx)
	}
	keyType, elementType := cty.String, cty.DynamicPseudoType
	switch ty := collection.Type(); {
	case ty == cty.DynamicPseudoType:
		keyType = cty.DynamicPseudoType
	case ty.IsListType(), ty.IsSetType():
		elementType = ty.ElementType()
		keyType = cty.Number
		if ty.IsSetType() {
			keyType = elementType
		}
	case ty.IsMapType():
		elementType = ty.ElementType()
	case ty.IsTupleType():
		keyType = cty.Number
		elementType = unified(ty.TupleElementTypes())
	case ty.IsObjectType():
		var types []cty.Type
		for _, attribute := range ty.AttributeTypes() {
			types = append(types, attribute)
		}
		elementType = unified(types)
	}
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{e.ValVar: cty.UnknownVal(elementType)}
	if e.KeyVar != "" {
		child.Variables[e.KeyVar] = cty.UnknownVal(keyType)
	}
	if e.CondExpr != nil {
		condition, condDiags := e.CondExpr.Value(child)
		diags = append(diags, condDiags...)
		if ty := condition.Type(); !condDiags.HasErrors() && ty != cty.Bool && ty != cty.DynamicPseudoType {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Invalid 'for' condition",
				Detail:  fmt.Sprintf("The 'if' clause must be true or false, not %s.", ty.FriendlyName()),
				Subject: e.CondExpr.Range().Ptr(), Context: e.SrcRange.Ptr(),
			})
		}
	}
	if e.KeyExpr != nil {
		key, keyDiags := e.KeyExpr.Value(child)
		diags = append(diags, keyDiags...)
		if ty := key.Type(); !keyDiags.HasErrors() && ty != cty.DynamicPseudoType && !ty.IsPrimitiveType() {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Invalid object key",
				Detail:  fmt.Sprintf("A key must be a string, not %s.", ty.FriendlyName()),
				Subject: e.KeyExpr.Range().Ptr(), Context: e.SrcRange.Ptr(),
			})
		}
	}
	value, valueDiags := e.ValExpr.Value(child)
	diags = append(diags, valueDiags...)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	ty := value.Type()
	switch {
	case e.KeyExpr != nil && e.Group:
		return cty.UnknownVal(cty.Map(cty.List(ty))), diags
	case e.KeyExpr != nil:
		return cty.UnknownVal(cty.Map(ty)), diags
	}
	return cty.UnknownVal(cty.List(ty)), diags
}

// unified is the one type of all, or any type when they differ.
func unified(types []cty.Type) cty.Type {
	if len(types) == 0 {
		return cty.DynamicPseudoType
	}
	ty, _ := convert.Unify(types)
	if ty == cty.NilType {
		return cty.DynamicPseudoType
	}
	return ty
}

// suggestAttribute adds what was probably meant to an error about an attribute that
// a variable does not have.
func suggestAttribute(diags hcl.Diagnostics, ctx *hcl.EvalContext, traversal hcl.Traversal) hcl.Diagnostics {
	for c := ctx; c != nil; c = c.Parent() {
		if root, ok := c.Variables[traversal.RootName()]; ok {
			return suggestFrom(diags, root.Type(), traversal[1:])
		}
	}
	return diags
}

func suggestFrom(diags hcl.Diagnostics, ty cty.Type, steps hcl.Traversal) hcl.Diagnostics {
	for _, step := range steps {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			switch {
			case ty.IsObjectType() && ty.HasAttribute(step.Name):
				ty = ty.AttributeType(step.Name)
				continue
			case ty.IsMapType():
				ty = ty.ElementType()
				continue
			case ty.IsObjectType():
				var names []string
				for name := range ty.AttributeTypes() {
					names = append(names, name)
				}
				if suggestion := nearest(step.Name, names); suggestion != "" {
					suggested := make(hcl.Diagnostics, len(diags))
					for i, diag := range diags {
						changed := *diag
						if diag.Severity == hcl.DiagError {
							changed.Detail += fmt.Sprintf(" Did you mean %q?", suggestion)
						}
						suggested[i] = &changed
					}
					return suggested
				}
			}
			return diags
		case hcl.TraverseIndex:
			if !ty.IsCollectionType() {
				return diags
			}
			ty = ty.ElementType()
		default:
			return diags
		}
	}
	return diags
}

// nearest is the name that was probably meant, or "" when none is near. Ties are
// broken by the alphabet, so that the same mistake always gets the same answer.
func nearest(given string, names []string) string {
	best, bestDistance := "", max(2, len(given)/3)+1
	for _, name := range names {
		distance := levenshtein.Distance(given, name, nil)
		if distance < bestDistance || (distance == bestDistance && best != "" && name < best) {
			best, bestDistance = name, distance
		}
	}
	return best
}
