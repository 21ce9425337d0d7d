// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"fmt"
	"regexp"
	"sort"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

var fileSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "locals"},
	{Type: "rule", LabelNames: []string{"name"}},
	{Type: "override", LabelNames: []string{"rule"}},
	{Type: "waiver", LabelNames: []string{"rule"}},
}}

var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Load reads and merges the built-in policy and the given files, and type-checks
// all of it with every fact unknown. The policy is returned also when there are
// errors, to write them with its WriteDiagnostics; it must not be evaluated then.
// Warnings are about parts that do nothing; callers show them and go on.
func Load(sources Sources) (p *Policy, diags hcl.Diagnostics) {
	p = &Policy{parsed: map[string]*hcl.File{}, byName: map[string]*rule{}}
	// HCL and cty report some impossible inputs by panicking. For a policy from a
	// stranger that has to be an error like any other.
	defer func() {
		if r := recover(); r != nil {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Policy cannot be read", Detail: fmt.Sprintf("The policy language failed on this policy: %v.", r)})
		}
	}()
	l := &loader{
		policy: p, blocks: map[string][]*hcl.Block{}, meter: newMeter(context.Background(), 0),
		used: map[string]bool{}, declared: map[string]hcl.Range{}, locals: map[string]*local{},
	}
	l.meter.checking = true
	p.files, l.diags = readSources(sources)
	l.parse()
	if l.diags.HasErrors() {
		return p, l.diags
	}
	l.variables(sources.Variables)
	l.localsAndRules()
	if l.diags.HasErrors() {
		return p, l.diags
	}
	l.overrides()
	l.requirements()
	l.waivers()
	l.check()
	if l.diags.HasErrors() {
		return p, l.diags
	}
	l.warnings()
	if err := p.computeDigest(); err != nil {
		l.error(nil, "Policy has no digest", "%s", err)
	}
	return p, l.diags
}

// loader collects what the files of a policy say.
type loader struct {
	policy  *Policy
	diags   hcl.Diagnostics
	blocks  map[string][]*hcl.Block // by type, in the order read
	builtin map[string]bool         // file names
	locals  map[string]*local       // those that are resolved
	// used are the variables and locals that an expression names, as "var.NAME" and
	// "local.NAME"; declared is where the variables stand.
	used     map[string]bool
	declared map[string]hcl.Range
	meter    *meter
	static   *hcl.EvalContext // var, local and functions, with unknown roots
}

func (l *loader) error(at *hcl.Range, summary, format string, args ...any) {
	l.diags = append(l.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: at})
}

func (l *loader) parse() {
	l.builtin = map[string]bool{}
	for _, f := range l.policy.files {
		l.builtin[f.Name] = f.Builtin
		// Known to the writer of diagnostics before anything can go wrong with it.
		l.policy.parsed[f.Name] = &hcl.File{Bytes: f.content}
		if !f.Builtin {
			if diags := Scan(f.content, f.Name); diags.HasErrors() {
				l.diags = append(l.diags, diags...)
				continue
			}
		}
		parsed, diags := hclsyntax.ParseConfig(f.content, f.Name, hcl.InitialPos)
		l.diags = append(l.diags, diags...)
		if diags.HasErrors() {
			continue
		}
		l.policy.parsed[f.Name] = parsed
		content, diags := parsed.Body.Content(fileSchema)
		l.diags = append(l.diags, diags...)
		for _, block := range content.Blocks {
			l.blocks[block.Type] = append(l.blocks[block.Type], block)
		}
	}
	for _, kind := range fileSchema.Blocks {
		if blocks := l.blocks[kind.Type]; len(blocks) > maxBlocks {
			l.error(&blocks[maxBlocks].DefRange, "Policy too large", "A policy may have at most %d blocks of type %q, not %d.", maxBlocks, kind.Type, len(blocks))
		}
	}
}

// sourceOf is the text of a range of a policy file.
func (l *loader) sourceOf(r hcl.Range) string {
	file := l.policy.parsed[r.Filename]
	if file == nil || !r.CanSliceBytes(file.Bytes) {
		return ""
	}
	return string(r.SliceBytes(file.Bytes))
}

// expression prepares the expression of an attribute, nil for a nil attribute.
func (l *loader) expression(attribute *hcl.Attribute) *expression {
	if attribute == nil {
		return nil
	}
	syntax, ok := attribute.Expr.(hclsyntax.Expression)
	if !ok {
		l.error(&attribute.Range, "Unsupported expression", "A policy is written in HCL's native syntax.")
		return nil
	}
	l.uses(syntax.Variables())
	e := &expression{names: syntax.Variables(), text: l.sourceOf(syntax.Range()), roots: map[string]bool{}}
	if template, ok := syntax.(*hclsyntax.TemplateExpr); ok {
		for _, part := range template.Parts {
			e.partTexts = append(e.partTexts, l.sourceOf(part.Range()))
		}
	}
	var diags hcl.Diagnostics
	e.Expression, diags = metered(syntax)
	l.diags = append(l.diags, diags...)
	if inner, ok := e.Expression.(*node); ok {
		if template, ok := inner.Expression.(*hclsyntax.TemplateExpr); ok {
			e.parts = template.Parts
		}
	}
	return e
}

// value evaluates an attribute that must be the same whatever the facts are.
func (l *loader) value(attribute *hcl.Attribute, want cty.Type) (cty.Value, bool) {
	e := l.expression(attribute)
	if e == nil {
		return cty.NilVal, false
	}
	before := len(l.diags)
	l.resolve(e)
	if len(e.roots) > 0 || e.mentions("each") {
		l.error(attribute.Expr.Range().Ptr(), "Value must not depend on facts",
			"%q must be known before any guest exists: it may use var and functions, and locals made of these.", attribute.Name)
		return cty.NilVal, false
	}
	if len(l.diags) > before {
		return cty.NilVal, false
	}
	v, diags := e.Value(l.static)
	l.diags = append(l.diags, diags...)
	if diags.HasErrors() {
		return cty.NilVal, false
	}
	v, _ = v.UnmarkDeep()
	v, err := convertTo(v, want)
	switch {
	case err != nil:
		l.error(attribute.Expr.Range().Ptr(), "Wrong type", "%q must be %s: %s.", attribute.Name, friendly(want), err)
	case v.IsNull():
		l.error(attribute.Expr.Range().Ptr(), "Value missing", "%q must not be null.", attribute.Name)
	case !v.IsWhollyKnown():
		l.error(attribute.Expr.Range().Ptr(), "Value unknown", "%q cannot be told before any guest exists.", attribute.Name)
	default:
		return v, true
	}
	return cty.NilVal, false
}

// text evaluates a static attribute as a string that is not blank.
func (l *loader) text(attribute *hcl.Attribute) string {
	if attribute == nil {
		return ""
	}
	v, ok := l.value(attribute, cty.String)
	if !ok {
		return ""
	}
	text := v.AsString()
	if blank(text) {
		l.error(attribute.Expr.Range().Ptr(), "Value missing", "%q must not be empty.", attribute.Name)
	}
	if len(text) > maxText {
		l.error(attribute.Expr.Range().Ptr(), "Value too long", "%q may have at most %d bytes.", attribute.Name, maxText)
		return ""
	}
	return text
}

func blank(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\t' && r != '\n' {
			return false
		}
	}
	return true
}

func (e *expression) mentions(root string) bool {
	for _, name := range e.names {
		if name.RootName() == root {
			return true
		}
	}
	return false
}

var waiverSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "subject"}, {Name: "reason", Required: true}, {Name: "approved_by"}, {Name: "expires", Required: true},
}}

func (l *loader) waivers() {
	seen := map[[2]string]*Waiver{}
	for _, block := range l.blocks["waiver"] {
		content, diags := block.Body.Content(waiverSchema)
		l.diags = append(l.diags, diags...)
		if diags.HasErrors() {
			continue
		}
		target := l.target(block)
		attributes := content.Attributes
		w := &Waiver{
			Rule: block.Labels[0], Subject: l.text(attributes["subject"]), Reason: l.text(attributes["reason"]),
			ApprovedBy: l.text(attributes["approved_by"]), Expires: l.text(attributes["expires"]),
			File: block.DefRange.Filename, Line: block.DefRange.Start.Line,
		}
		if _, err := time.Parse(time.DateOnly, w.Expires); err != nil && w.Expires != "" {
			l.error(attributes["expires"].Expr.Range().Ptr(), "Invalid day", "%q must be the last day on which the waiver holds, as in \"2027-01-31\".", "expires")
		}
		if target == nil {
			continue
		}
		if !target.Ignorable {
			l.error(&block.DefRange, "Rule refuses waivers", "The rule %q has ignorable = false: its findings cannot be waived.", w.Rule)
		}
		if other := seen[[2]string{w.Rule, w.Subject}]; other != nil {
			l.error(&block.DefRange, "Duplicate waiver", "This rule and subject are already waived at %s:%d.", other.File, other.Line)
		}
		seen[[2]string{w.Rule, w.Subject}] = w
		l.policy.waivers = append(l.policy.waivers, w)
	}
	sort.SliceStable(l.policy.waivers, func(i, j int) bool {
		a, b := l.policy.waivers[i], l.policy.waivers[j]
		if a.Rule != b.Rule {
			return a.Rule < b.Rule
		}
		return a.Subject < b.Subject
	})
}

// target is the rule that a waiver or an override names.
func (l *loader) target(block *hcl.Block) *rule {
	target := l.policy.byName[block.Labels[0]]
	if target == nil {
		l.error(&block.LabelRanges[0], "No such rule", "There is no rule %q%s.", block.Labels[0], sentence(didYouMean(block.Labels[0], l.policy.ruleNames())))
	}
	return target
}

// sentence removes the question mark that a full stop follows.
func sentence(suggestion string) string {
	if n := len(suggestion); n > 0 && suggestion[n-1] == '?' {
		return suggestion[:n-1]
	}
	return suggestion
}
