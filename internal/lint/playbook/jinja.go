// SPDX-License-Identifier: MPL-2.0

package playbook

import (
	"maps"
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// unknownText stands in shell text for what is not known: a shell variable that no
// script sets.
const unknownText = "${rsct_not_known}"

// scope are the variables that are known. A name that maps to nil is known to change.
type scope map[string]*node

// with is the scope with more variables on top; later ones win.
func (s scope) with(more ...scope) scope {
	out := maps.Clone(s)
	if out == nil {
		out = scope{}
	}
	for _, m := range more {
		maps.Copy(out, m)
	}
	return out
}

// scopeOf are the variables of a mapping.
func scopeOf(n *node) scope {
	out := scope{}
	if n != nil && n.kind == mapping {
		for _, p := range n.pairs {
			out[p.key] = p.value
		}
	}
	return out
}

var (
	jinja      = regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}`)
	reference  = regexp.MustCompile(`^([A-Za-z_]\w*)((?:\.\w+|\[['"]?[\w-]+['"]?\])*)(?:\s*\|\s*(?:default|d)\(\s*(?:'([^']*)'|"([^"]*)"|[^)]*)\s*(?:,\s*\w+\s*)?\))?(?:\s*\|\s*(?:string|quote|trim|int))*$`)
	quotedText = regexp.MustCompile(`^(?:'([^']*)'|"([^"]*)")$`)
	steps      = regexp.MustCompile(`\.(\w+)|\[['"]?([\w-]+)['"]?\]`)
)

// The bounds of one text: how deep variables may speak of one another, how many are
// looked up, and how long it may become.
const (
	maxRender     = 16
	maxLookups    = 5000
	maxRenderSize = 1 << 18
)

// render puts the variables that are known into a scalar. Whole is false when some are not.
func (n *node) render(s scope) (t text.Text, whole bool) {
	if n == nil || n.kind != scalar || n.tagged {
		return nil, false
	}
	written := n.written()[0]
	whole = true
	at, budget := 0, maxLookups
	value := n.text
	for _, match := range jinja.FindAllStringIndex(value, -1) {
		if match[0] > at {
			t = append(t, slice(written, at, match[0]))
		}
		at = match[1]
		expression := value[match[0]:match[1]]
		place := at0(written, match[0])
		if !strings.HasPrefix(expression, "{{") {
			// Statements and comments print nothing; both arms of a condition stay.
			continue
		}
		rendered, ok := s.expression(strings.TrimSpace(strings.Trim(strings.TrimSuffix(strings.TrimPrefix(expression, "{{"), "}}"), "-")), 0, &budget)
		if !ok {
			rendered, whole = unknownText, false
		}
		t = append(t, text.Fixed(rendered, place)...)
	}
	if at < len(value) {
		t = append(t, slice(written, at, len(value)))
	}
	return t, whole
}

// slice is the part of a written text between two byte offsets.
func slice(p text.Part, from, to int) text.Part {
	line, column := locate(p.Value, from)
	return text.Part{Value: p.Value[from:to], At: func(l, c int) policy.Place {
		if l == 1 {
			return p.At(line, column+c-1)
		}
		return p.At(line+l-1, c)
	}}
}

func at0(p text.Part, offset int) policy.Place {
	line, column := locate(p.Value, offset)
	return p.At(line, column)
}

func locate(value string, offset int) (line, column int) {
	before := value[:offset]
	return 1 + strings.Count(before, "\n"), 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
}

// expression is the text of a Jinja expression, if it is a variable that is known,
// with or without a default, or a quoted text.
func (s scope) expression(expression string, depth int, budget *int) (string, bool) {
	if m := quotedText.FindStringSubmatch(expression); m != nil {
		return m[1] + m[2], true
	}
	m := reference.FindStringSubmatch(expression)
	if *budget--; m == nil || depth > maxRender || *budget < 0 {
		return "", false
	}
	value, declared := s[m[1]]
	if !declared {
		// A default is what it is only where nothing else sets the variable, which an
		// inventory could; it is the best that the playbook says.
		if strings.Contains(expression, "default(") || strings.Contains(expression, "d(") {
			return m[3] + m[4], m[3]+m[4] != ""
		}
		return "", false
	}
	for _, step := range steps.FindAllStringSubmatch(m[2], -1) {
		value = value.get(step[1] + step[2])
	}
	return s.text(value, depth+1, budget)
}

// text is the text of a variable's value with the variables in it.
func (s scope) text(n *node, depth int, budget *int) (string, bool) {
	if n == nil || n.kind != scalar || n.tagged || depth > maxRender {
		return "", false
	}
	whole := true
	size := 0
	out := jinja.ReplaceAllStringFunc(n.text, func(match string) string {
		if !strings.HasPrefix(match, "{{") || size > maxRenderSize {
			whole = whole && size <= maxRenderSize
			return ""
		}
		value, ok := s.expression(strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(match, "{{"), "}}")), depth, budget)
		whole = whole && ok
		size += len(value)
		return value
	})
	return out, whole && len(out) <= maxRenderSize
}

// known is the text of a scalar with the variables that are known; ok is false when
// some are not.
func (s scope) known(n *node) (string, bool) {
	budget := maxLookups
	return s.text(n, 0, &budget)
}

// words are the texts of a list, of a scalar with commas, or of a variable that holds
// a list; what is not known reads as unknownText.
func (s scope) words(n *node) []string {
	n = s.follow(n)
	switch {
	case n == nil:
		return nil
	case n.kind == list:
		var words []string
		for _, item := range n.items {
			word, ok := s.known(item)
			if !ok {
				word = unknownText
			}
			words = append(words, word)
		}
		return words
	case n.kind == scalar:
		word, ok := s.known(n)
		if !ok {
			return []string{unknownText}
		}
		return strings.FieldsFunc(word, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
	}
	return nil
}

var onlyReference = regexp.MustCompile(`^\s*\{\{\s*([A-Za-z_]\w*)((?:\.\w+|\[['"]?[\w-]+['"]?\])*)\s*\}\}\s*$`)

// follow is the node that a "{{ name }}" stands for, or the node itself.
func (s scope) follow(n *node) *node {
	for range maxRender {
		if n == nil || n.kind != scalar {
			return n
		}
		m := onlyReference.FindStringSubmatch(n.text)
		if m == nil {
			return n
		}
		value, ok := s[m[1]]
		if !ok {
			return n
		}
		for _, step := range steps.FindAllStringSubmatch(m[2], -1) {
			value = value.get(step[1] + step[2])
		}
		n = value
	}
	return nil
}
