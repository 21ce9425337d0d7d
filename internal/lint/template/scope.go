// SPDX-License-Identifier: MPL-2.0

package template

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// scope holds the variables and locals of a template.
type scope struct {
	variables map[string]*variable
	locals    map[string]*local
	ctx       *hcl.EvalContext
}

type variable struct {
	name      string
	ty        cty.Type
	value     cty.Value
	sensitive bool
	// written is the expression that the value was written as, nil when it was given
	// otherwise; texts made from it keep their positions.
	written hcl.Expression
	at      hcl.Range
}

type local struct {
	expr     hcl.Expression
	state    int // 0 to do, 1 under way, 2 done
	value    cty.Value
	sensible bool // false for sensitive ones, whose value is not shown
}

// maxValue bounds the text in one variable or local, in bytes: texts can grow with
// every local that doubles another.
const maxValue = 1 << 16

// variables declares variables and locals, and sets them in Packer's order: default,
// environment, *.auto.pkrvars files, files given, values given.
func (r *reading) variables(bodies []hcl.Body, path string, options Options) {
	r.scope = scope{variables: map[string]*variable{}, locals: map[string]*local{}}
	r.scope.ctx = &hcl.EvalContext{Functions: r.functions(), Variables: map[string]cty.Value{
		"path": cty.ObjectVal(map[string]cty.Value{"root": cty.StringVal(filepath.ToSlash(r.root)), "cwd": cty.StringVal(filepath.ToSlash(r.work))}),
		"data": cty.DynamicVal, "packer": cty.DynamicVal, "build": cty.DynamicVal, "source": cty.DynamicVal,
	}}
	for _, body := range bodies {
		r.declare(body)
	}
	for _, pair := range options.Environment {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, "PKR_VAR_") {
			if v := r.scope.variables[strings.TrimPrefix(name, "PKR_VAR_")]; v != nil {
				r.set(v, value)
			}
		}
	}
	auto, err := namesIn(path, autoVarsExtension, autoVarsJSON)
	if err != nil {
		auto = nil // the template's own files were read from there
	}
	for _, name := range append(auto, options.VarFiles...) {
		if body := r.parse(name); body != nil {
			r.assign(body)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(options.Variables)) {
		v := r.scope.variables[name]
		if v == nil {
			r.problem(Invalid, policy.Place{File: r.out.Files[0], Line: 1, Column: 1}, "there is no variable %q to set with -var", name)
			continue
		}
		r.set(v, options.Variables[name])
	}
	values := map[string]cty.Value{}
	for name, v := range r.scope.variables {
		values[name] = v.value
		if v.sensitive {
			values[name] = cty.UnknownVal(v.ty)
		}
	}
	r.scope.ctx.Variables["var"] = cty.ObjectVal(values)
	names := slices.Sorted(maps.Keys(r.scope.locals))
	for _, name := range names {
		r.local(name)
	}
	r.publishLocals()
}

var rootSchema = []hcl.BlockHeaderSchema{
	{Type: "variable", LabelNames: []string{"name"}}, {Type: "variables"},
	{Type: "local", LabelNames: []string{"name"}}, {Type: "locals"},
	{Type: "source", LabelNames: []string{"type", "name"}}, {Type: "build"},
}

func (r *reading) declare(body hcl.Body) {
	for _, b := range r.blocks(body, r.scope.ctx, rootSchema...) {
		switch b.kind {
		case "variable":
			attrs := attributes(b.body)
			v := &variable{name: b.labels[0], ty: cty.DynamicPseudoType, at: b.at}
			if expr, ok := attrs["type"]; ok {
				ty, diags := typeexpr.TypeConstraint(expr)
				if diags.HasErrors() {
					r.diagnostic(diags[0], b.at.Filename)
				} else {
					v.ty = ty
				}
			}
			if expr, ok := attrs["sensitive"]; ok {
				given := r.value(expr, r.scope.ctx)
				v.sensitive = given.IsKnown() && given.Type() == cty.Bool && !given.IsNull() && given.True()
			}
			v.value = cty.UnknownVal(v.ty)
			if expr, ok := attrs["default"]; ok {
				r.give(v, expr)
			}
			r.scope.variables[v.name] = v
		case "variables":
			for name, expr := range attributes(b.body) {
				v := &variable{name: name, ty: cty.DynamicPseudoType, at: b.at}
				r.give(v, expr)
				r.scope.variables[name] = v
			}
		case "local":
			attrs := attributes(b.body)
			if expr, ok := attrs["expression"]; ok {
				r.scope.locals[b.labels[0]] = &local{expr: expr, sensible: attrs["sensitive"] == nil}
			}
		case "locals":
			for name, expr := range attributes(b.body) {
				r.scope.locals[name] = &local{expr: expr, sensible: true}
			}
		}
	}
}

// give sets a variable to an expression.
func (r *reading) give(v *variable, expr hcl.Expression) {
	value := r.value(expr, r.scope.ctx)
	converted, err := convert.Convert(value, v.ty)
	if err != nil {
		r.problem(Invalid, place(expr.Range()), "the value of variable %q does not fit its type: %v", v.name, err)
		return
	}
	v.value, v.written = converted, expr
}

// set sets a variable to a value of the command line or the environment: the text
// itself for a string, an expression for every other type.
func (r *reading) set(v *variable, given string) {
	value := cty.StringVal(given)
	if v.ty != cty.String {
		if policy.Scan([]byte("x = "+given+"\n"), "<value for var."+v.name+">").HasErrors() {
			v.value = cty.UnknownVal(v.ty)
			return
		}
		if expr, diags := hclsyntax.ParseExpression([]byte(given), "<value for var."+v.name+">", hcl.InitialPos); !diags.HasErrors() {
			if parsed := r.value(expr, nil); parsed.IsKnown() {
				value = parsed
			}
		}
	}
	converted, err := convert.Convert(value, v.ty)
	if err != nil {
		r.problem(Invalid, place(v.at), "the value given for variable %q does not fit its type: %v", v.name, err)
		return
	}
	v.value, v.written = converted, nil
}

// assign sets variables from a file of variables.
func (r *reading) assign(body hcl.Body) {
	attrs := attributes(body)
	names := slices.Collect(maps.Keys(attrs))
	sort.Strings(names)
	for _, name := range names {
		// A variable that the template does not declare is Packer's warning, not ours.
		if v := r.scope.variables[name]; v != nil {
			r.give(v, attrs[name])
		}
	}
}

// local evaluates a local after those that it speaks of; one that is defined by itself
// is unknown.
func (r *reading) local(name string) {
	l := r.scope.locals[name]
	if l == nil || l.state != 0 {
		return
	}
	l.state, l.value = 1, cty.DynamicVal
	for _, traversal := range l.expr.Variables() {
		if traversal.RootName() == "local" && len(traversal) > 1 {
			if step, ok := traversal[1].(hcl.TraverseAttr); ok {
				r.local(step.Name)
			}
		}
	}
	r.publishLocals()
	l.value, l.state = r.value(l.expr, r.scope.ctx), 2
	if !l.sensible {
		l.value = cty.DynamicVal
	}
}

func (r *reading) publishLocals() {
	values := map[string]cty.Value{}
	for name, l := range r.scope.locals {
		values[name] = cty.DynamicVal
		if l.state == 2 {
			values[name] = l.value
		}
	}
	r.scope.ctx.Variables["local"] = cty.ObjectVal(values)
}

// value evaluates an expression; what cannot be evaluated is unknown.
func (r *reading) value(expr hcl.Expression, ctx *hcl.EvalContext) (v cty.Value) {
	defer func() {
		// Functions of cty panic on some unknown or marked values.
		if p := recover(); p != nil {
			v = cty.DynamicVal
		}
	}()
	v, diags := expr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	v, _ = v.UnmarkDeep()
	if sizeOf(v) > maxValue {
		// Not even its type is kept: that of a tuple is as long as the tuple.
		return cty.DynamicVal
	}
	return v
}

// sizeOf counts the bytes of text in a value, up to more than maxValue.
func sizeOf(v cty.Value) int {
	size := 0
	err := cty.Walk(v, func(_ cty.Path, inner cty.Value) (bool, error) {
		size++
		if inner.Type() == cty.String && inner.IsKnown() && !inner.IsNull() {
			size += len(inner.AsString())
		}
		if size > maxValue {
			return false, fmt.Errorf("too large")
		}
		return true, nil
	})
	if err != nil {
		return maxValue + 1
	}
	return size
}
