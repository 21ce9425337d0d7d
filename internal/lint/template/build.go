// SPDX-License-Identifier: MPL-2.0

package template

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// The types of our own blocks.
const (
	checkType  = "rsct"
	attestType = "rsct-attest"
)

var buildSchema = []hcl.BlockHeaderSchema{
	{Type: "source", LabelNames: []string{"reference"}},
	{Type: policy.StepProvisioner, LabelNames: []string{"type"}},
	{Type: policy.StepErrorCleanup, LabelNames: []string{"type"}},
	{Type: policy.StepPostProcessor, LabelNames: []string{"type"}},
	{Type: "post-processors"},
}

// source is a source that a build uses.
type source struct {
	builder, name string // of the source block
	// local is the name that a source block in the build gives it; Packer calls it
	// source.name, and overrides go by it.
	local string
	at    hcl.Range
	// definition is the source block, nil when the template has none.
	definition *block
}

func (s source) String() string { return s.builder + "." + s.name }

// blocksOf reads the builds of the template.
func (r *reading) blocksOf(bodies []hcl.Body) {
	var all []block
	for _, body := range bodies {
		all = append(all, r.blocks(body, r.scope.ctx, rootSchema...)...)
	}
	definitions := map[string]*block{}
	builds := 0
	for i, b := range all {
		switch b.kind {
		case "source":
			definitions[b.labels[0]+"."+b.labels[1]] = &all[i]
		case "build":
			builds++
		}
	}
	number := 0
	for _, b := range all {
		if b.kind != "build" {
			continue
		}
		r.build(b, number, builds, definitions)
		number++
	}
}

func (r *reading) build(b block, number, builds int, definitions map[string]*block) {
	attrs := attributes(b.body)
	name := ""
	if expr, ok := attrs["name"]; ok {
		if v := r.value(expr, b.ctx); isText(v) {
			name = v.AsString()
		}
	}
	key := "build"
	switch {
	case name != "":
		key += "." + name
	case builds > 1:
		key += fmt.Sprintf("[%d]", number)
	}
	blocks := r.blocks(b.body, b.ctx, buildSchema...)
	sources := r.sourcesOf(b, attrs["sources"], blocks, definitions)
	var pipelines []policy.Pipeline
	for _, s := range sources {
		p := policy.Pipeline{
			Name: key + ": " + s.String(), Build: name, Source: s.String(), Builder: s.builder, AIX: r.speaksOfAIX(s, name),
			Place: place(b.at), Provisioners: []policy.Step{}, Chains: []policy.Chain{}, LeftOut: []policy.Step{},
		}
		if s.local != s.name {
			p.Name += " (" + s.local + ")"
		}
		pipelines = append(pipelines, p)
	}
	provisioners, chain := 0, 0
	for _, inner := range blocks {
		switch inner.kind {
		case policy.StepProvisioner:
			r.stepBlock(inner, fmt.Sprintf("%s.provisioner[%d] %q", key, provisioners, inner.labels[0]), -1, sources, pipelines)
			provisioners++
		case policy.StepErrorCleanup:
			r.stepBlock(inner, fmt.Sprintf("%s.error-cleanup-provisioner %q", key, inner.labels[0]), -1, sources, pipelines)
		case policy.StepPostProcessor:
			r.stepBlock(inner, fmt.Sprintf("%s.post-processors[%d] %q", key, chain, inner.labels[0]), chain, sources, pipelines)
			chain++
		case "post-processors":
			for i, post := range r.blocks(inner.body, inner.ctx, hcl.BlockHeaderSchema{Type: policy.StepPostProcessor, LabelNames: []string{"type"}}) {
				r.stepBlock(post, fmt.Sprintf("%s.post-processors[%d][%d] %q", key, chain, i, post.labels[0]), chain, sources, pipelines)
			}
			chain++
		}
	}
	r.out.Pipelines = append(r.out.Pipelines, pipelines...)
	for _, p := range pipelines {
		r.out.Steps = append(r.out.Steps, p.Provisioners...)
		for _, c := range p.Chains {
			r.out.Steps = append(r.out.Steps, c.PostProcessors...)
		}
	}
}

// sourcesOf are the sources of a build: those that `sources` names, then its source blocks.
func (r *reading) sourcesOf(b block, named hcl.Expression, blocks []block, definitions map[string]*block) []source {
	var sources []source
	add := func(reference, local string, at hcl.Range) {
		parts := strings.Split(reference, ".")
		if len(parts) == 3 && parts[0] == "source" {
			parts = parts[1:]
		}
		if len(parts) != 2 {
			r.problem(Invalid, place(at), "%q is no reference to a source, such as source.powervs.aix", reference)
			return
		}
		s := source{builder: parts[0], name: parts[1], local: local, at: at, definition: definitions[parts[0]+"."+parts[1]]}
		if local == "" {
			s.local = s.name
		}
		if s.definition == nil {
			r.problem(Invalid, place(at), "there is no source %q %q", s.builder, s.name)
		}
		sources = append(sources, s)
	}
	if named != nil {
		if exprs, diags := hcl.ExprList(named); !diags.HasErrors() {
			for _, expr := range exprs {
				if v := r.value(expr, b.ctx); isText(v) {
					add(v.AsString(), "", expr.Range())
				}
			}
		} else {
			for _, t := range r.list(named, b.ctx).texts {
				add(t.String(), "", named.Range())
			}
		}
	}
	for _, inner := range blocks {
		if inner.kind != "source" {
			continue
		}
		local := ""
		if expr, ok := attributes(inner.body)["name"]; ok {
			if v := r.value(expr, inner.ctx); isText(v) {
				local = v.AsString()
			}
		}
		add(inner.labels[0], local, inner.at)
	}
	return sources
}

var aixWord = regexp.MustCompile(`(?i)(?:^|[^a-z])aix`)

// speaksOfAIX reports that a source's name, that of its build or an argument of it
// has the word AIX.
func (r *reading) speaksOfAIX(s source, build string) bool {
	if aixWord.MatchString(s.name) || aixWord.MatchString(s.local) || aixWord.MatchString(build) {
		return true
	}
	if s.definition == nil {
		return false
	}
	for _, expr := range attributes(s.definition.body) {
		if v := r.value(expr, s.definition.ctx); isText(v) && aixWord.MatchString(v.AsString()) {
			return true
		}
	}
	return false
}

// settings are the arguments of a step for one source, those of override included.
type settings struct {
	expressions map[string]hcl.Expression
	ctx         *hcl.EvalContext
	body        hcl.Body
}

func (r *reading) settings(b block, s source, build string) settings {
	child := b.ctx.NewChild()
	child.Variables = map[string]cty.Value{
		"source": cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(s.local), "type": cty.StringVal(s.builder)}),
	}
	if build != "" {
		child.Variables["build"] = cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(build)})
	}
	set := settings{expressions: attributes(b.body), ctx: child, body: b.body}
	override, ok := set.expressions["override"]
	if !ok {
		return set
	}
	pairs, diags := hcl.ExprMap(override)
	if diags.HasErrors() {
		return set
	}
	for _, pair := range pairs {
		if name := r.value(pair.Key, child); !isText(name) || name.AsString() != s.local {
			continue
		}
		arguments, diags := hcl.ExprMap(pair.Value)
		if diags.HasErrors() {
			continue
		}
		set.expressions = maps.Clone(set.expressions)
		for _, argument := range arguments {
			if name := r.value(argument.Key, child); isText(name) {
				set.expressions[name.AsString()] = argument.Value
			}
		}
	}
	return set
}

// stepBlock adds a provisioner or post-processor to the pipelines it runs in.
func (r *reading) stepBlock(b block, key string, chain int, sources []source, pipelines []policy.Pipeline) {
	kind, seen := b.kind, map[string]bool{}
	for i, s := range sources {
		p := &pipelines[i]
		set := r.settings(b, s, p.Build)
		step := policy.Step{
			Key: key, Kind: kind, Type: b.labels[0], Build: p.Build, Source: s.String(), Chain: chain,
			Arguments: map[string]string{}, Blocks: []string{}, Unknown: []string{}, Place: place(b.at),
		}
		r.arguments(&step, set)
		switch kind {
		case policy.StepProvisioner:
			step.Changes = canChange(&step)
		case policy.StepPostProcessor:
			step.Imports, step.Files = r.imports(&step, set), !handsNoFiles[step.Type]
		}
		if !runsFor(&step, s) {
			if step.Type == checkType || step.Type == attestType {
				p.LeftOut = append(p.LeftOut, step)
			}
			continue
		}
		step.Index = count(p, kind)
		step.Position = len(p.Provisioners)
		if kind == policy.StepPostProcessor {
			for n := range p.Chains {
				step.Position += len(p.Chains[n].PostProcessors)
			}
			if len(p.Chains) == 0 || len(p.Chains[len(p.Chains)-1].PostProcessors) == 0 || p.Chains[len(p.Chains)-1].PostProcessors[0].Chain != chain {
				p.Chains = append(p.Chains, policy.Chain{Place: step.Place, PostProcessors: []policy.Step{}})
			}
			last := &p.Chains[len(p.Chains)-1]
			last.PostProcessors = append(last.PostProcessors, step)
			continue
		}
		p.Provisioners = append(p.Provisioners, step)
		if kind == policy.StepErrorCleanup {
			// It runs only after a failure, and then there is no image.
			continue
		}
		for _, run := range r.runs(&step, set) {
			if id := run.identity(); !seen[id] {
				seen[id] = true
				r.out.Runs = append(r.out.Runs, run)
			}
		}
	}
}

func count(p *policy.Pipeline, kind string) int {
	n := 0
	for _, s := range p.Provisioners {
		if s.Kind == kind {
			n++
		}
	}
	for _, c := range p.Chains {
		for _, s := range c.PostProcessors {
			if s.Kind == kind {
				n++
			}
		}
	}
	return n
}

// arguments fills the step's arguments that are known as text, and the names of those
// that are not.
func (r *reading) arguments(step *policy.Step, set settings) {
	for _, name := range slices.Sorted(maps.Keys(set.expressions)) {
		if name == "override" {
			continue
		}
		if name == "only" || name == "except" {
			step.Conditional = true
		}
		expr := set.expressions[name]
		if v, err := convert.Convert(r.value(expr, set.ctx), cty.String); err == nil {
			switch {
			case v.IsKnown() && !v.IsNull():
				step.Arguments[name] = v.AsString()
			case !v.IsKnown():
				step.Unknown = append(step.Unknown, name)
			}
			continue
		}
		if items := r.list(expr, set.ctx); items.whole {
			words := make([]string, len(items.texts))
			for i, t := range items.texts {
				words[i] = t.String()
			}
			step.Arguments[name] = strings.Join(words, "\n")
		} else {
			step.Unknown = append(step.Unknown, name)
		}
	}
	blocks := map[string]bool{}
	if native, ok := set.body.(*hclsyntax.Body); ok {
		for _, inner := range native.Blocks {
			name := inner.Type
			if name == "dynamic" && len(inner.Labels) == 1 {
				name = inner.Labels[0]
			}
			blocks[name] = true
		}
	} else {
		for name, expr := range set.expressions {
			if _, diags := hcl.ExprMap(expr); !diags.HasErrors() {
				blocks[name] = true
			}
		}
	}
	for name := range blocks {
		step.Blocks = append(step.Blocks, name)
	}
	sort.Strings(step.Blocks)
}

// runsFor reports that only and except let the step run for the source; where they
// are not known it does.
func runsFor(step *policy.Step, s source) bool {
	if only, ok := step.Arguments["only"]; ok {
		return slices.Contains(strings.Split(only, "\n"), s.String())
	}
	if except, ok := step.Arguments["except"]; ok {
		return !slices.Contains(strings.Split(except, "\n"), s.String())
	}
	return true
}

// harmless are the provisioners that do not change the guest: those that run on
// Packer's host, wait, or only look.
var harmless = map[string]bool{
	"shell-local": true, "breakpoint": true, "sleep": true, "hcp-sbom": true, "goss": true, "inspec": true,
	"testinfra": true, "cnspec": true, "serverspec": true, checkType: true,
}

func canChange(step *policy.Step) bool {
	if step.Type == "file" && step.Arguments["direction"] == "download" {
		return false
	}
	return !harmless[step.Type]
}

// handsNoFiles are the post-processors after which the next one has no more files of
// the image than before.
var handsNoFiles = map[string]bool{
	"shell-local": true, "manifest": true, "checksum": true, "provenance": true, attestType: true, "breakpoint": true,
}

var (
	importType = regexp.MustCompile(`(?:^|-)(?:import|upload|publish)`)
	takesAway  = regexp.MustCompile(`(?i)\b(?:import|upload|publish|promote|image-import|terraform\s+apply)\b|\b(?:import|upload|publish|promote)[-_]|[-_](?:import|upload|publish|promote)\b`)
	// copies are commands of copying with their last two words, of which the second is
	// where something goes.
	copies = regexp.MustCompile(`\b(?:cp|mv|sync|copy|copyto|mirror|put|scp|rsync)\s+(?:-\S+\s+)*(\S+)\s+(\S+)`)
	remote = regexp.MustCompile(`^["']?(?:s3://|cos://|[\w.@-]+:)`)
	notes  = regexp.MustCompile(`(?m)^\s*#.*$`)
)

// imports reports that a post-processor takes the image further: its type says so, or
// the commands of a shell-local import, upload or publish something, or copy it to
// another machine. Commands that are not known are among the step's unknown arguments.
func (r *reading) imports(step *policy.Step, set settings) bool {
	if step.Type != "shell-local" {
		return importType.MatchString(step.Type)
	}
	for _, name := range []string{"inline", "script", "scripts", "command"} {
		expr, ok := set.expressions[name]
		if !ok {
			continue
		}
		for _, t := range r.list(expr, set.ctx).texts {
			body := t.String()
			if takesFurther(body) {
				return true
			}
			if name != "script" && name != "scripts" {
				continue
			}
			if file, err := r.reader.Read(r.find(body)); err == nil && takesFurther(string(file.Text)) {
				return true
			}
		}
	}
	return false
}

func takesFurther(body string) bool {
	body = notes.ReplaceAllString(body, "")
	if takesAway.MatchString(body) {
		return true
	}
	for _, m := range copies.FindAllStringSubmatch(body, -1) {
		if remote.MatchString(m[2]) && !remote.MatchString(m[1]) {
			return true
		}
	}
	return false
}
