// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// value is a text as far as it is known before the script runs. What is not known of
// it stands as written in the script.
type value struct {
	text   string
	known  bool
	origin origin // nil when the text does not stand in the script
}

func constant(text string) value { return value{text: text, known: true} }

// maxUnknown bounds what is kept of the text of something unknown.
const maxUnknown = 300

func unknown(text string) value {
	if len(text) > maxUnknown {
		text = strings.ToValidUTF8(text[:maxUnknown], "") + "…"
	}
	return value{text: text}
}

// join puts texts one after the other.
func join(values []value, separator string) value {
	result := value{known: true}
	for i, v := range values {
		if i > 0 {
			result.append(constant(separator))
		}
		result.append(v)
	}
	return result
}

func (v *value) append(w value) {
	if len(v.text)+len(w.text) > maxOutput {
		v.known = false // more than is kept
		return
	}
	if w.text == "" {
		v.known = v.known && w.known
		return
	}
	for _, s := range w.origin {
		s.at += len(v.text)
		v.origin = append(v.origin, s)
	}
	v.text += w.text
	v.known = v.known && w.known
}

// at places a text in the script, character by character where it stands there as it is.
func (v value) at(offset int, exact bool) value {
	v.origin = origin{{from: offset, exact: exact}}
	return v
}

// stream is what a command reads or writes.
type stream struct {
	value
	given bool
	// file is the file whose content this is, but for the edits; empty for none.
	file  string
	edits []policy.Edit
}

// output collects what commands write.
type output struct {
	stream
	parts int
	lost  bool // nothing reads it
}

// maxOutput bounds the text that is kept of one thing.
const maxOutput = 1 << 18

func (o *output) write(s stream) {
	if o.lost {
		return
	}
	if o.parts++; o.parts == 1 {
		o.stream = s
		o.given = true
		return
	}
	if len(o.text)+len(s.text) > maxOutput {
		o.known = false
		return
	}
	o.append(s.value)
	// Text before or after a file's content changes it, but takes nothing away from it.
	if o.file == "" {
		o.file, o.edits = s.file, s.edits
	}
}

// variable is what a variable may hold at a place of the script.
type variable struct {
	// values are the alternatives that different branches leave behind; never empty.
	values []value
	// keys and elements are those of an array, in order.
	array    bool
	keys     []string
	elements map[string]value
}

const (
	maxAlternatives = 8
	maxCombinations = 24
)

func scalar(v value) variable { return variable{values: []value{v}} }

func list(values []value) variable {
	v := variable{array: true, elements: map[string]value{}}
	for i, element := range values {
		v.set(strconv.Itoa(i), element)
	}
	return v
}

func (v *variable) set(key string, element value) {
	if _, ok := v.elements[key]; !ok {
		v.keys = append(v.keys, key)
	}
	v.elements[key] = element
}

func (v variable) all() []value {
	if !v.array {
		return v.values
	}
	values := make([]value, len(v.keys))
	for i, key := range v.keys {
		values[i] = v.elements[key]
	}
	return values
}

func (v variable) same(w variable) bool {
	same := func(a, b value) bool { return a.text == b.text && a.known == b.known }
	return v.array == w.array && slices.Equal(v.keys, w.keys) && slices.EqualFunc(v.all(), w.all(), same)
}

// environment is the variables at a place of the script. A branch has one of its own
// above that of the script before it.
type environment struct {
	variables map[string]variable
	up        *environment
}

func (e *environment) lookup(name string) (variable, bool) {
	for ; e != nil; e = e.up {
		if v, ok := e.variables[name]; ok {
			return v, true
		}
	}
	return variable{}, false
}

func (e *environment) assign(name string, v variable) {
	if e.variables == nil {
		e.variables = map[string]variable{}
	}
	e.variables[name] = v
}

func (e *environment) branch() *environment { return &environment{up: e} }

// merge takes over what the branches that go on have left behind. Unless one of them
// is always taken, the variables may also be as they were.
func (e *environment) merge(branches []*environment, always bool) {
	names := map[string]bool{}
	for _, b := range branches {
		for name := range b.variables {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		var candidates []variable
		for _, b := range branches {
			if v, ok := b.lookup(name); ok {
				candidates = append(candidates, v)
			} else {
				candidates = append(candidates, scalar(constant("")))
			}
		}
		if old, ok := e.lookup(name); ok && !always {
			candidates = append(candidates, old)
		}
		e.assign(name, either(name, candidates))
	}
}

// either is a variable that is one of several.
func either(name string, candidates []variable) variable {
	result := candidates[0]
	for _, c := range candidates[1:] {
		if result.same(c) {
			continue
		}
		if result.array || c.array {
			return scalar(unknown("$" + name))
		}
		for _, v := range c.values {
			if !slices.ContainsFunc(result.values, func(w value) bool { return w.text == v.text && w.known == v.known }) {
				result.values = append(slices.Clip(result.values), v)
			}
		}
		if len(result.values) > maxAlternatives {
			return scalar(unknown("$" + name))
		}
	}
	return result
}
