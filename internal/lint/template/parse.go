// SPDX-License-Identifier: MPL-2.0

package template

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// Invalid is the problem of a template that Packer would refuse.
const Invalid = "template-invalid"

// parse parses one file of a template, or returns nil and adds a problem.
func (r *reading) parse(path string) hcl.Body {
	file, err := r.reader.Read(path)
	if err != nil {
		shown := r.reader.Show(path)
		r.unreadable(err, policy.Place{File: shown, Line: 1, Column: 1})
		return nil
	}
	r.out.Files = append(r.out.Files, file.Path)
	body, diags := parseFile(file)
	for _, diag := range diags {
		if diag.Severity == hcl.DiagError {
			r.diagnostic(diag, file.Path)
			break // what follows a syntax error is rarely about another one
		}
	}
	if diags.HasErrors() {
		return nil
	}
	r.sources[file.Path] = file.Text
	return body
}

func (r *reading) diagnostic(diag *hcl.Diagnostic, path string) {
	at := policy.Place{File: path, Line: 1, Column: 1}
	if diag.Subject != nil {
		at = place(*diag.Subject)
	}
	detail := diag.Summary
	if diag.Detail != "" {
		detail += ": " + diag.Detail
	}
	r.problem(Invalid, at, "%s", strings.TrimSuffix(detail, "."))
}

func parseFile(file *files.File) (hcl.Body, hcl.Diagnostics) {
	if strings.HasSuffix(file.Path, ".json") {
		if diags := scanJSON(file.Text, file.Path); diags.HasErrors() {
			return nil, diags
		}
		parsed, diags := hcljson.Parse(file.Text, file.Path)
		if diags.HasErrors() {
			return nil, diags
		}
		return parsed.Body, nil
	}
	if diags := policy.Scan(file.Text, file.Path); diags.HasErrors() {
		return nil, diags
	}
	parsed, diags := hclsyntax.ParseConfig(file.Text, file.Path, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	return parsed.Body, nil
}

// scanJSON refuses what would make the recursive parsers of JSON and of the templates
// in its strings run out of stack.
func scanJSON(src []byte, name string) hcl.Diagnostics {
	const deepest = 200
	refuse := func(format string, args ...any) hcl.Diagnostics {
		at := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
		return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Template too complex", Detail: fmt.Sprintf(format, args...), Subject: &at}}
	}
	decoder := json.NewDecoder(strings.NewReader(string(src)))
	depth := 0
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil // the end, or a syntax error that the parser tells better
		}
		switch t := token.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
			if depth > deepest {
				return refuse("Objects and arrays may be nested at most %d deep.", deepest)
			}
		case string:
			if strings.Contains(t, "${") || strings.Contains(t, "%{") {
				if diags := scanTemplate([]byte(t), name); diags.HasErrors() {
					return refuse("The template in a string: %s", diags[0].Detail)
				}
			}
		}
	}
}

// scanTemplate refuses what would make the parser of a template run out of stack. The
// template is scanned as the heredoc that it is like.
func scanTemplate(src []byte, name string) hcl.Diagnostics {
	return policy.Scan([]byte("x = <<RSCT_TEMPLATE_END\n"+string(src)+"\nRSCT_TEMPLATE_END\n"), name)
}

// block is a block of a template, those of dynamic blocks included, with the context
// that its expressions are evaluated in.
type block struct {
	kind   string
	labels []string
	body   hcl.Body
	ctx    *hcl.EvalContext
	at     hcl.Range
}

// blocks are the blocks of a body that a schema names, in the order they stand.
// Dynamic blocks are written out; where their for_each is not known, once, with an
// unknown element.
func (r *reading) blocks(body hcl.Body, ctx *hcl.EvalContext, schema ...hcl.BlockHeaderSchema) []block {
	native, ok := body.(*hclsyntax.Body)
	if !ok {
		content, _, diags := body.PartialContent(&hcl.BodySchema{Blocks: schema})
		for _, diag := range diags {
			r.diagnostic(diag, "")
		}
		var blocks []block
		for _, b := range content.Blocks {
			blocks = append(blocks, block{kind: b.Type, labels: b.Labels, body: b.Body, ctx: ctx, at: b.DefRange})
		}
		return blocks
	}
	var blocks []block
	for _, b := range native.Blocks {
		for _, wanted := range schema {
			switch {
			case b.Type == wanted.Type && len(b.Labels) != len(wanted.LabelNames):
				r.problem(Invalid, place(b.DefRange()), "a %s block has %d labels, not %d", b.Type, len(wanted.LabelNames), len(b.Labels))
			case b.Type == wanted.Type:
				blocks = append(blocks, block{kind: b.Type, labels: b.Labels, body: b.Body, ctx: ctx, at: b.DefRange()})
			case b.Type == "dynamic" && len(b.Labels) == 1 && b.Labels[0] == wanted.Type:
				blocks = append(blocks, r.dynamic(b, ctx, wanted)...)
			}
		}
	}
	return blocks
}

// maxDynamic bounds how often a dynamic block is written out.
const maxDynamic = 100

func (r *reading) dynamic(b *hclsyntax.Block, ctx *hcl.EvalContext, wanted hcl.BlockHeaderSchema) []block {
	iterator := b.Labels[0]
	if attribute, ok := b.Body.Attributes["iterator"]; ok {
		if name := hcl.ExprAsKeyword(attribute.Expr); name != "" {
			iterator = name
		}
	}
	var content *hclsyntax.Block
	for _, inner := range b.Body.Blocks {
		if inner.Type == "content" {
			content = inner
		}
	}
	each, ok := b.Body.Attributes["for_each"]
	if content == nil || !ok {
		r.problem(Invalid, place(b.DefRange()), "a dynamic block needs for_each and a content block")
		return nil
	}
	one := func(key, value cty.Value) (block, bool) {
		child := ctx.NewChild()
		child.Variables = map[string]cty.Value{iterator: cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})}
		made := block{kind: wanted.Type, body: content.Body, ctx: child, at: b.DefRange()}
		if labels, ok := b.Body.Attributes["labels"]; ok {
			for _, label := range r.list(labels.Expr, child).texts {
				made.labels = append(made.labels, label.String())
			}
		}
		return made, len(made.labels) == len(wanted.LabelNames)
	}
	collection := r.value(each.Expr, ctx)
	if !collection.IsKnown() || collection.IsNull() || !collection.CanIterateElements() {
		if made, ok := one(cty.DynamicVal, cty.DynamicVal); ok {
			return []block{made}
		}
		return nil
	}
	var blocks []block
	for it := collection.ElementIterator(); it.Next() && len(blocks) < maxDynamic; {
		key, value := it.Element()
		if made, ok := one(key, value); ok {
			blocks = append(blocks, made)
		}
	}
	return blocks
}

// attributes are the arguments of a body by name.
func attributes(body hcl.Body) map[string]hcl.Expression {
	// The diagnostics are about blocks, which are looked at apart.
	found, _ := body.JustAttributes()
	expressions := make(map[string]hcl.Expression, len(found))
	for name, attribute := range found {
		expressions[name] = attribute.Expr
	}
	return expressions
}
