// SPDX-License-Identifier: MPL-2.0

package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// Invalid is the problem of a file that is no YAML, or not the YAML expected.
const Invalid = "playbook-invalid"

// The kinds of a node.
type kind int

const (
	null kind = iota
	scalar
	list
	mapping
)

// node is a part of a YAML document. An alias is the node that it names, so that a
// document of aliases of aliases stays as small as it is written.
type node struct {
	kind  kind
	text  string // of a scalar
	pairs []pair
	items []*node
	file  *files.File
	line  int // from 1
	col   int // in characters, from 1
	// block is the style of a scalar: '|' or '>' for block scalars, '"' and '\'' for
	// quoted ones, otherwise 0.
	block byte
	// vault says that the value is encrypted or otherwise tagged, so not known.
	tagged bool
}

type pair struct {
	key   string
	value *node
	line  int
	col   int
}

func (n *node) place() policy.Place {
	return policy.Place{File: n.file.Path, Line: n.line, Column: n.col}
}

// get is the value of a key, or nil.
func (n *node) get(keys ...string) *node {
	if n == nil || n.kind != mapping {
		return nil
	}
	for _, key := range keys {
		for _, p := range n.pairs {
			if p.key == key {
				return p.value
			}
		}
	}
	return nil
}

// word is the text of a scalar, or "".
func (n *node) word() string {
	if n == nil || n.kind != scalar {
		return ""
	}
	return n.text
}

// The bounds of a YAML file, beside those of files.
const (
	maxYAML    = 1 << 20 // bytes
	maxNesting = 100     // levels
)

// parse reads all documents of a YAML file.
func parse(file *files.File) (documents []*node, problem *policy.Problem) {
	fail := func(line, column int, format string, args ...any) *policy.Problem {
		return &policy.Problem{What: Invalid, Detail: fmt.Sprintf(format, args...), Place: policy.Place{File: file.Path, Line: max(line, 1), Column: max(column, 1)}}
	}
	if len(file.Text) > maxYAML {
		return nil, fail(1, 1, "larger than %d MiB, so it was not looked at", maxYAML>>20)
	}
	if line := tooDeep(file.Text); line > 0 {
		return nil, fail(line, 1, "nested deeper than %d levels, so it was not looked at", maxNesting)
	}
	defer func() {
		// The parser is somebody else's; whatever it does with a hostile file, the lint goes on.
		if r := recover(); r != nil {
			documents, problem = nil, fail(1, 1, "the YAML cannot be read: %v", r)
		}
	}()
	parsed, err := parser.ParseBytes(file.Text, 0)
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
			return nil, fail(syntax.Token.Position.Line, syntax.Token.Position.Column, "the YAML cannot be read: %s", syntax.Message)
		}
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fail(1, 1, "the YAML cannot be read: %s", first)
	}
	c := &converter{file: file, anchors: map[string]*node{}}
	for _, document := range parsed.Docs {
		if document.Body == nil {
			continue
		}
		converted := c.convert(document.Body, 0)
		if expanded(converted, map[*node]int{}) > maxExpanded {
			return nil, fail(1, 1, "its aliases stand for more than %d values (aliases of aliases), so it was not looked at; Ansible would run out of memory", maxExpanded)
		}
		documents = append(documents, converted)
	}
	return documents, nil
}

// maxExpanded bounds how many values a document has when each alias is written out.
const maxExpanded = 1_000_000

// expanded counts them, up to more than maxExpanded. Each node is counted once and
// remembered, so the counting is as quick as the document is short.
func expanded(n *node, known map[*node]int) int {
	if size, ok := known[n]; ok {
		return size
	}
	size := 1
	for _, item := range n.items {
		size = min(size+expanded(item, known), maxExpanded+1)
	}
	for _, p := range n.pairs {
		size = min(size+expanded(p.value, known), maxExpanded+1)
	}
	known[n] = size
	return size
}

// tooDeep is the line on which brackets or dashes nest too deep for a recursive
// parser, or 0.
func tooDeep(src []byte) int {
	depth, number := 0, 0
	for line := range bytes.Lines(src) {
		number++
		rest, dashes := bytes.TrimLeft(line, " "), 0
		for len(rest) > 1 && (rest[0] == '-' || rest[0] == '?') && (rest[1] == ' ' || rest[1] == '\t') {
			rest = bytes.TrimLeft(rest[1:], " \t")
			if dashes++; dashes > maxNesting {
				return number
			}
		}
		for _, c := range rest {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			case '#':
			}
		}
		// Brackets of shell text count as well; they are balanced often enough.
		if depth > 50*maxNesting || bytes.Count(rest, []byte("[")) > 10*maxNesting || bytes.Count(rest, []byte("{")) > 10*maxNesting ||
			bytes.Count(rest, []byte("&")) > 10*maxNesting || bytes.Count(rest, []byte("!")) > 10*maxNesting || bytes.Count(rest, []byte(": ")) > 10*maxNesting {
			return number
		}
		if len(line)-len(bytes.TrimLeft(line, " ")) > 40*maxNesting {
			return number
		}
	}
	return 0
}

type converter struct {
	file    *files.File
	anchors map[string]*node
}

func (c *converter) convert(n ast.Node, depth int) *node {
	out := &node{file: c.file, line: 1, col: 1}
	if n == nil || depth > 1000 {
		return out
	}
	if token := n.GetToken(); token != nil && token.Position != nil {
		out.line, out.col = token.Position.Line, token.Position.Column
	}
	switch v := n.(type) {
	case *ast.NullNode:
	case *ast.StringNode:
		out.kind, out.text = scalar, v.Value
		if v.Token != nil && len(v.Token.Origin) > 0 {
			if origin := strings.TrimLeft(v.Token.Origin, " \t\n"); origin != "" && (origin[0] == '"' || origin[0] == '\'') {
				out.block = origin[0]
			}
		}
	case *ast.LiteralNode:
		out.kind, out.block = scalar, '|'
		if v.Start != nil {
			if strings.HasPrefix(v.Start.Value, ">") {
				out.block = '>'
			}
			out.line, out.col = v.Start.Position.Line, v.Start.Position.Column
		}
		if v.Value != nil {
			out.text = v.Value.Value
		}
	case *ast.MappingNode:
		out.kind = mapping
		for _, entry := range v.Values {
			c.entry(out, entry, depth)
		}
		c.first(out)
	case *ast.MappingValueNode:
		out.kind = mapping
		c.entry(out, v, depth)
		c.first(out)
	case *ast.SequenceNode:
		out.kind = list
		for _, value := range v.Values {
			out.items = append(out.items, c.convert(value, depth+1))
		}
	case *ast.AnchorNode:
		out = c.convert(v.Value, depth+1)
		if v.Name != nil {
			c.anchors[v.Name.String()] = out
		}
	case *ast.AliasNode:
		if v.Value != nil {
			if known := c.anchors[v.Value.String()]; known != nil {
				return known
			}
		}
	case *ast.TagNode:
		out = c.convert(v.Value, depth+1)
		out.tagged = v.Start != nil && !strings.HasPrefix(v.Start.Value, "!!")
	case ast.ScalarNode:
		out.kind, out.text = scalar, v.String()
		if token := n.GetToken(); token != nil {
			out.text = token.Value
		}
	}
	return out
}

// first puts a mapping where its first key stands, which is where people look.
func (c *converter) first(n *node) {
	if len(n.pairs) > 0 {
		n.line, n.col = n.pairs[0].line, n.pairs[0].col
	}
}

func (c *converter) entry(out *node, entry *ast.MappingValueNode, depth int) {
	value := c.convert(entry.Value, depth+1)
	if _, merge := entry.Key.(*ast.MergeKeyNode); merge {
		sources := []*node{value}
		if value.kind == list {
			sources = value.items
		}
		for _, source := range sources {
			for _, p := range source.pairs {
				if out.get(p.key) == nil && len(out.pairs) < maxPairs {
					out.pairs = append(out.pairs, p)
				}
			}
		}
		return
	}
	p := pair{value: value, line: 1, col: 1}
	if token := entry.Key.GetToken(); token != nil {
		p.key = token.Value
		if token.Position != nil {
			p.line, p.col = token.Position.Line, token.Position.Column
		}
	}
	out.pairs = append(out.pairs, p)
}

// maxPairs bounds what merge keys add to one mapping.
const maxPairs = 10_000

// written is a scalar's text with where its characters stand in the file.
func (n *node) written() text.Text {
	offsets := n.align()
	lines := strings.Split(n.text, "\n")
	starts := make([]int, len(lines))
	at := 0
	for i, line := range lines {
		starts[i] = at
		at += len([]rune(line)) + 1
	}
	return text.Text{{Value: n.text, At: func(line, column int) policy.Place {
		if len(offsets) == 0 {
			return n.place()
		}
		line = min(max(line, 1), len(starts))
		p := offsets[min(starts[line-1]+max(column, 1)-1, len(offsets)-1)]
		return policy.Place{File: n.file.Path, Line: p.line, Column: p.column}
	}}}
}

type position struct{ line, column int }

// align finds for each character of a scalar where it stands in the file: characters
// that are no white space come in the same order in both, whatever the style.
func (n *node) align() []position {
	source := []rune(sliceFrom(n.file.Text, n.line))
	line, column := n.line, 1
	i := 0
	advance := func() {
		if i < len(source) {
			if source[i] == '\n' {
				line, column = line+1, 1
			} else {
				column++
			}
			i++
		}
	}
	for column < n.col && i < len(source) && source[i] != '\n' {
		advance()
	}
	switch n.block {
	case '|', '>':
		for i < len(source) && source[i] != '\n' {
			advance()
		}
	case '"', '\'':
		advance()
	}
	var offsets []position
	for _, r := range n.text {
		if r == ' ' || r == '\t' || r == '\n' {
			offsets = append(offsets, position{line, column})
			continue
		}
		for i < len(source) && source[i] != r {
			if n.block == '"' && source[i] == '\\' && i+1 < len(source) && source[i+1] != r {
				advance() // the letter of an escape is no character of the text
			}
			advance()
		}
		if i >= len(source) {
			return offsets
		}
		offsets = append(offsets, position{line, column})
		advance()
	}
	return append(offsets, position{line, column})
}

// sliceFrom is the text from the start of a line on.
func sliceFrom(src []byte, line int) string {
	for n := 1; n < line; n++ {
		i := bytes.IndexByte(src, '\n')
		if i < 0 {
			return ""
		}
		src = src[i+1:]
	}
	return string(src)
}
