// SPDX-License-Identifier: MPL-2.0

package template

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// unknownText stands in shell text for what is not known: a shell variable that no
// script sets, so that a word with it is a word that is not known.
const unknownText = "${rsct_not_known}"

// The bounds of following texts through locals and files: how far, and how many
// expressions of one template in all. A local may name another one many times.
const (
	maxDepth    = 32
	maxFollowed = 20_000
)

// written is a text with where it was written. Whole is false when parts of it are
// not known, which read as unknownText.
type written struct {
	text  text.Text
	whole bool
}

// text follows an expression to where its text was written.
func (r *reading) text(expr hcl.Expression, ctx *hcl.EvalContext) written {
	return r.textAt(expr, ctx, 0)
}

func (r *reading) textAt(expr hcl.Expression, ctx *hcl.EvalContext, depth int) written {
	if r.followed++; depth > maxDepth || r.followed > maxFollowed {
		return unknownAt(expr)
	}
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.textAt(e.Expression, ctx, depth+1)
	case *hclsyntax.TemplateWrapExpr:
		return r.textAt(e.Wrapped, ctx, depth+1)
	case *hclsyntax.LiteralValueExpr:
		if e.Val.Type() == cty.String && !e.Val.IsNull() {
			return written{text: text.Text{r.literal(e.Val.AsString(), e.SrcRange)}, whole: true}
		}
	case *hclsyntax.TemplateExpr:
		all := written{whole: true}
		for _, part := range e.Parts {
			inner := r.textAt(part, ctx, depth+1)
			all.text, all.whole = append(all.text, inner.text...), all.whole && inner.whole
		}
		return all
	case *hclsyntax.ScopeTraversalExpr:
		if definition := r.definition(e.Traversal); definition != nil {
			return r.textAt(definition, r.scope.ctx, depth+1)
		}
	case *hclsyntax.ConditionalExpr:
		if chosen := r.chosen(e, ctx); chosen != nil {
			return r.textAt(chosen, ctx, depth+1)
		}
	case *hclsyntax.FunctionCallExpr:
		if found, ok := r.textOfCall(e, ctx, depth); ok {
			return found
		}
	default:
		if _, native := expr.(hclsyntax.Node); !native {
			if inner, ok := r.jsonString(expr); ok {
				return r.textAt(inner, ctx, depth+1)
			}
		}
	}
	v := r.value(expr, ctx)
	if v, err := convert.Convert(v, cty.String); err == nil && v.IsKnown() && !v.IsNull() {
		return written{text: text.Fixed(v.AsString(), place(expr.Range())), whole: true}
	}
	return unknownAt(expr)
}

func unknownAt(expr hcl.Expression) written {
	return written{text: text.Fixed(unknownText, place(expr.Range()))}
}

// chosen is the arm of a condition that is known.
func (r *reading) chosen(e *hclsyntax.ConditionalExpr, ctx *hcl.EvalContext) hcl.Expression {
	condition, err := convert.Convert(r.value(e.Condition, ctx), cty.Bool)
	if err != nil || !condition.IsKnown() || condition.IsNull() {
		return nil
	}
	if condition.True() {
		return e.TrueResult
	}
	return e.FalseResult
}

// definition is the expression that local.NAME or var.NAME was written as, nil where
// it is not known or not to be shown.
func (r *reading) definition(traversal hcl.Traversal) hcl.Expression {
	if len(traversal) != 2 {
		return nil
	}
	step, ok := traversal[1].(hcl.TraverseAttr)
	if !ok {
		return nil
	}
	switch traversal.RootName() {
	case "local":
		if l := r.scope.locals[step.Name]; l != nil && l.sensible {
			return l.expr
		}
	case "var":
		if v := r.scope.variables[step.Name]; v != nil && !v.sensitive && v.written != nil {
			return v.written
		}
	}
	return nil
}

// textOfCall follows the functions that hand text on as it is.
func (r *reading) textOfCall(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, depth int) (written, bool) {
	if e.ExpandFinal || len(e.Args) == 0 {
		return written{}, false
	}
	switch e.Name {
	case "file":
		path := r.value(e.Args[0], ctx)
		if !isText(path) {
			return written{}, false
		}
		file, err := r.reader.Read(r.beside(path.AsString()))
		if err != nil {
			r.unreadable(err, place(e.Range()))
			return unknownAt(e), true
		}
		return written{text: text.Text{{Value: string(file.Text), At: func(line, column int) policy.Place {
			return policy.Place{File: file.Path, Line: line, Column: column}
		}}}, whole: true}, true
	case "templatefile":
		path := r.value(e.Args[0], ctx)
		if !isText(path) || len(e.Args) != 2 {
			return written{}, false
		}
		inner, err := r.parseTemplateFile(path.AsString())
		if err != nil {
			r.unreadable(err, place(e.Range()))
			return unknownAt(e), true
		}
		return r.textAt(inner, templateContext(r.value(e.Args[1], ctx), r.scope.ctx.Functions), depth+1), true
	case "chomp", "trimspace":
		// What they take away at the ends is nothing to a shell.
		return r.textAt(e.Args[0], ctx, depth+1), true
	case "join":
		separator := r.value(e.Args[0], ctx)
		if !isText(separator) || len(e.Args) != 2 {
			return written{}, false
		}
		items := r.listAt(e.Args[1], ctx, depth+1)
		if !items.known {
			return written{}, false
		}
		return written{text: text.Join(items.texts, separator.AsString()), whole: items.whole}, true
	}
	return written{}, false
}

func isText(v cty.Value) bool { return v.Type() == cty.String && v.IsKnown() && !v.IsNull() }

// list is a list of texts. Known is false when not even the number of its elements is
// known; whole is false when parts of some are not.
type list struct {
	texts        []text.Text
	known, whole bool
}

// list follows an expression to the texts of its elements.
func (r *reading) list(expr hcl.Expression, ctx *hcl.EvalContext) list { return r.listAt(expr, ctx, 0) }

func (r *reading) listAt(expr hcl.Expression, ctx *hcl.EvalContext, depth int) list {
	if r.followed++; depth > maxDepth || r.followed > maxFollowed {
		return list{}
	}
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.listAt(e.Expression, ctx, depth+1)
	case *hclsyntax.ScopeTraversalExpr:
		if definition := r.definition(e.Traversal); definition != nil {
			return r.listAt(definition, r.scope.ctx, depth+1)
		}
	case *hclsyntax.ConditionalExpr:
		if chosen := r.chosen(e, ctx); chosen != nil {
			return r.listAt(chosen, ctx, depth+1)
		}
	case *hclsyntax.FunctionCallExpr:
		switch e.Name {
		case "concat", "flatten", "compact", "tolist":
			if !e.ExpandFinal {
				return r.lists(e.Args, ctx, depth)
			}
		}
	}
	if elements, diags := hcl.ExprList(expr); !diags.HasErrors() {
		all := list{known: true, whole: true}
		for _, element := range elements {
			// flatten([[…], […]]) comes here with lists as elements.
			if _, ok := element.(*hclsyntax.TupleConsExpr); ok {
				inner := r.listAt(element, ctx, depth+1)
				all.texts, all.known, all.whole = append(all.texts, inner.texts...), all.known && inner.known, all.whole && inner.whole
				continue
			}
			inner := r.textAt(element, ctx, depth+1)
			all.texts, all.whole = append(all.texts, inner.text), all.whole && inner.whole
		}
		return all
	}
	v := r.value(expr, ctx)
	if isText(v) {
		inner := r.textAt(expr, ctx, depth+1)
		return list{texts: []text.Text{inner.text}, known: true, whole: inner.whole}
	}
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() || v.Type().IsMapType() || v.Type().IsObjectType() {
		return list{}
	}
	all := list{known: true, whole: true}
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		element, err := convert.Convert(element, cty.String)
		if err != nil || !element.IsKnown() || element.IsNull() {
			all.texts, all.whole = append(all.texts, text.Fixed(unknownText, place(expr.Range()))), false
			continue
		}
		all.texts = append(all.texts, text.Fixed(element.AsString(), place(expr.Range())))
	}
	return all
}

func (r *reading) lists(exprs []hclsyntax.Expression, ctx *hcl.EvalContext, depth int) list {
	all := list{known: true, whole: true}
	for _, expr := range exprs {
		inner := r.listAt(expr, ctx, depth+1)
		all.texts, all.known, all.whole = append(all.texts, inner.texts...), all.known && inner.known, all.whole && inner.whole
	}
	return all
}

// literal is a literal part of a quoted string, a heredoc or a template file.
func (r *reading) literal(value string, at hcl.Range) text.Part {
	src := r.sources[at.Filename]
	if at.Start.Byte < 0 || at.End.Byte > len(src) || at.Start.Byte > at.End.Byte {
		return text.Fixed(value, place(at))[0]
	}
	raw := src[at.Start.Byte:at.End.Byte]
	column := 1 + utf8.RuneCount(src[lineStart(src, at.Start.Byte):at.Start.Byte])
	if bytes.IndexByte(raw, '\n') < 0 {
		// Quoted: one line of the file, with line breaks as escapes. The columns follow
		// the escapes.
		columns := quotedColumns(string(raw), value)
		return text.Part{Value: value, At: func(line, col int) policy.Place {
			return policy.Place{File: at.Filename, Line: at.Start.Line, Column: column + columns.of(line, col)}
		}}
	}
	lines := strings.Split(value, "\n")
	source := strings.Split(string(raw), "\n")
	return text.Part{Value: value, At: func(line, col int) policy.Place {
		shift := 0
		if line == 1 {
			shift = column - 1
		} else if line <= len(lines) && line <= len(source) {
			// A flush heredoc (<<-) has lost its indentation.
			shift = max(0, indentation(source[line-1])-indentation(lines[line-1]))
		}
		return policy.Place{File: at.Filename, Line: at.Start.Line + line - 1, Column: shift + col}
	}}
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

func lineStart(src []byte, offset int) int { return 1 + bytes.LastIndexByte(src[:offset], '\n') }

// columns are the offsets in characters at which the characters of a value stand in
// the source of a quoted string, line by line of the value.
type columns [][]int

func (c columns) of(line, column int) int {
	if len(c) == 0 {
		return 0
	}
	offsets := c[min(line, len(c))-1]
	return offsets[min(max(column, 1), len(offsets))-1]
}

func quotedColumns(raw, value string) columns {
	source, all, line := []rune(raw), columns{}, []int{}
	at := 0
	for _, r := range value {
		line = append(line, at)
		at += escapeLength(source, at)
		if r == '\n' {
			all, line = append(all, line), []int{}
		}
	}
	return append(all, append(line, at))
}

// escapeLength is how many characters of the source make the one at an offset.
func escapeLength(source []rune, at int) int {
	if at+1 >= len(source) {
		return 1
	}
	switch source[at] {
	case '\\':
		switch source[at+1] {
		case 'u':
			return 6
		case 'U':
			return 10
		}
		return 2
	case '$', '%':
		// $${ is a literal ${; the first character of it is the doubled one.
		if source[at+1] == source[at] && at+2 < len(source) && source[at+2] == '{' {
			return 2
		}
	}
	return 1
}

// jsonString is the template in a JSON string as an expression with positions.
func (r *reading) jsonString(expr hcl.Expression) (hcl.Expression, bool) {
	v, diags := expr.Value(nil)
	if diags.HasErrors() || !isText(v) {
		return nil, false
	}
	at := expr.Range()
	at.Start.Byte++ // the quote
	at.Start.Column++
	if src := r.sources[at.Filename]; at.End.Byte-1 > at.Start.Byte && at.End.Byte <= len(src) && !strings.Contains(v.AsString(), "${") && !strings.Contains(v.AsString(), "%{") {
		at.End.Byte--
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at}, true
	}
	if scanTemplate([]byte(v.AsString()), at.Filename).HasErrors() {
		return nil, false
	}
	parsed, diags := hclsyntax.ParseTemplate([]byte(v.AsString()), at.Filename, at.Start)
	if diags.HasErrors() {
		return nil, false
	}
	return parsed, true
}
