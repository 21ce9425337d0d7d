// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// choice picks one of the alternatives of each variable, so that a command is looked
// at once for each of them, with a variable the same wherever it stands in it.
type choice struct {
	order  []string
	picked map[string]int
	count  map[string]int
}

// each runs something once for each combination of alternatives that it meets.
func (a *analysis) each(run func() flow) flow {
	if a.choice != nil {
		return run()
	}
	a.choice = &choice{picked: map[string]int{}, count: map[string]int{}}
	defer func() { a.choice = nil }()
	result := next
	for range maxCombinations {
		result = run()
		if !a.choice.advance() {
			break
		}
	}
	return result
}

func (c *choice) advance() bool {
	for i := len(c.order) - 1; i >= 0; i-- {
		name := c.order[i]
		if c.picked[name]+1 < c.count[name] {
			c.picked[name]++
			for _, later := range c.order[i+1:] {
				delete(c.picked, later)
				delete(c.count, later)
			}
			c.order = c.order[:i+1]
			return true
		}
	}
	return false
}

// pick is the value of a variable in the combination being looked at.
func (a *analysis) pick(name string, v variable) value {
	if v.array {
		if element, ok := v.elements["0"]; ok {
			return element
		}
		return constant("")
	}
	if len(v.values) == 1 {
		return v.values[0]
	}
	if a.choice == nil {
		return unknown("$" + name)
	}
	if _, ok := a.choice.count[name]; !ok {
		a.choice.order = append(a.choice.order, name)
		a.choice.count[name] = len(v.values)
	}
	return v.values[min(a.choice.picked[name], len(v.values)-1)]
}

// piece is a part of a word as it comes out of expansion.
type piece struct {
	value
	split bool    // unquoted, so that blanks in it part words
	list  []value // of "$@" and "${array[@]}": words of their own
	lists bool
}

// words expands words as the arguments of a command.
func (a *analysis) words(words []*syntax.Word) []value {
	var result []value
	for _, word := range words {
		for _, w := range braces(word) {
			result = append(result, a.fields(a.pieces(w.Parts, false))...)
		}
		if len(result) > 10_000 {
			break
		}
	}
	return result
}

var sequence = regexp.MustCompile(`\{(-?[0-9]+)\.\.(-?[0-9]+)`)

// braces expands en{1,2}, unless that makes more words than a loop is followed for.
func braces(word *syntax.Word) []*syntax.Word {
	commas := 0
	for _, part := range word.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			continue
		}
		commas += strings.Count(lit.Value, "{")
		for _, match := range sequence.FindAllStringSubmatch(lit.Value, -1) {
			from, _ := strconv.Atoi(match[1])
			to, _ := strconv.Atoi(match[2])
			if from-to > maxIterations || to-from > maxIterations {
				return []*syntax.Word{word}
			}
		}
	}
	if commas == 0 || commas > 3 {
		return []*syntax.Word{word}
	}
	if !syntax.SplitBraces(&syntax.Word{Parts: append([]syntax.WordPart{}, word.Parts...)}) {
		return []*syntax.Word{word}
	}
	var words []*syntax.Word
	for w, err := range expand.BracesSeq(&expand.Config{}, &syntax.Word{Parts: append([]syntax.WordPart{}, word.Parts...)}) {
		if err != nil || len(w.Parts) == 0 || len(words) >= 4096 {
			return []*syntax.Word{word}
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return []*syntax.Word{word}
	}
	return words
}

func (a *analysis) fields(pieces []piece) []value {
	var result []value
	current, open := value{known: true}, false
	flush := func() {
		if open {
			result = append(result, current)
		}
		current, open = value{known: true}, false
	}
	for _, p := range pieces {
		switch {
		case p.lists:
			for i, v := range p.list {
				if i > 0 {
					flush()
				}
				current.append(v)
				open = true
			}
		case p.split && p.known:
			rest, at := p.value, 0
			for at < len(rest.text) {
				start := at
				for at < len(rest.text) && strings.IndexByte(" \t\n", rest.text[at]) < 0 {
					at++
				}
				if at > start {
					current.append(rest.slice(start, at))
					open = true
				}
				if at < len(rest.text) {
					flush()
				}
				for at < len(rest.text) && strings.IndexByte(" \t\n", rest.text[at]) >= 0 {
					at++
				}
			}
		default:
			current.append(p.value)
			open = true
		}
	}
	flush()
	return result
}

// slice is a part of a text.
func (v value) slice(from, to int) value {
	result := value{text: v.text[from:to], known: v.known}
	if v.origin != nil {
		result.origin = v.origin.from(from)
	}
	return result
}

// single expands a word that is not split: the value of an assignment, the word of a
// case, a here-document.
func (a *analysis) single(word *syntax.Word) value {
	if word == nil {
		return constant("")
	}
	return a.joined(a.pieces(word.Parts, false))
}

func (a *analysis) joined(pieces []piece) value {
	result := value{known: true}
	for _, p := range pieces {
		if p.lists {
			p.value = join(p.list, " ")
		}
		result.append(p.value)
	}
	return result
}

func (a *analysis) pieces(parts []syntax.WordPart, quoted bool) []piece {
	if a.depth++; a.depth > 2*maxDepth {
		a.depth--
		return []piece{{value: unknown("…")}}
	}
	defer func() { a.depth-- }()
	var result []piece
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			result = append(result, piece{value: a.literal(p, quoted)})
		case *syntax.SglQuoted:
			text := p.Value
			exact := true
			if p.Dollar {
				text, exact = unescape(text), false
			}
			result = append(result, piece{value: constant(text).at(a.at.origin.offset(int(p.Left.Offset())+1), exact && a.exactAt(p.Left))})
		case *syntax.DblQuoted:
			inner := a.pieces(p.Parts, true)
			if len(inner) == 0 {
				inner = []piece{{value: constant("")}}
			}
			result = append(result, inner...)
		case *syntax.ParamExp:
			e := a.parameter(p, quoted)
			e.split = !quoted
			result = append(result, e)
		case *syntax.CmdSubst:
			s := a.captured(func() { a.apart(func() flow { return a.list(p.Stmts) }) })
			if s.known || s.text != "" && !strings.HasPrefix(s.text, "$(") {
				s.text = strings.TrimRight(s.text, "\n")
			} else {
				// What an unknown command writes stands as the command.
				s.value = unknown(strings.Join(strings.Fields(a.substitution(p)), " "))
			}
			result = append(result, piece{value: s.value, split: !quoted})
		case *syntax.ArithmExp:
			if n, ok := a.arithmetic(p.X); ok {
				result = append(result, piece{value: constant(strconv.FormatInt(n, 10)), split: !quoted})
			} else {
				result = append(result, piece{value: unknown(a.written(p)), split: !quoted})
			}
		case *syntax.ProcSubst:
			name := "/dev/fd/" + strconv.Itoa(a.offset(p))
			s := a.captured(func() { a.apart(func() flow { return a.list(p.Stmts) }) })
			a.files[name] = s
			result = append(result, piece{value: constant(name)})
		case *syntax.ExtGlob:
			result = append(result, piece{value: constant(p.Op.String() + p.Pattern.Value + ")")})
		default:
			result = append(result, piece{value: unknown(a.written(p))})
		}
	}
	return result
}

func (a *analysis) substitution(p *syntax.CmdSubst) string {
	text := a.written(p)
	if p.Backquotes && len(text) > 1 {
		text = "$(" + strings.Trim(text, "`") + ")"
	}
	return text
}

func (a *analysis) exactAt(p syntax.Pos) bool {
	return a.at.origin == nil || a.at.origin.exact(int(p.Offset()))
}

// exact reports that a literal stands in the script as it is, and not with lines joined.
func (a *analysis) exact(l *syntax.Lit) bool {
	at := int(l.ValuePos.Offset())
	return l.ValuePos.IsValid() && a.exactAt(l.ValuePos) && at+len(l.Value) <= len(a.at.text) && a.at.text[at:at+len(l.Value)] == l.Value
}

// literal is plain text with its backslashes taken away.
func (a *analysis) literal(l *syntax.Lit, quoted bool) value {
	offset := a.at.origin.offset(int(l.ValuePos.Offset()))
	exact := a.exact(l)
	if strings.IndexByte(l.Value, '\\') < 0 {
		return constant(l.Value).at(offset, exact)
	}
	var b strings.Builder
	var o origin
	for i := 0; i < len(l.Value); i++ {
		if l.Value[i] == '\\' && i+1 < len(l.Value) && (!quoted || strings.IndexByte("$`\"\\\n", l.Value[i+1]) >= 0) {
			i++
			if l.Value[i] == '\n' {
				continue
			}
			from := offset
			if exact {
				from += i
			}
			o = append(o, span{at: b.Len(), from: from, exact: exact})
		} else if o == nil {
			o = origin{{from: offset, exact: exact}}
		}
		b.WriteByte(l.Value[i])
	}
	return value{text: b.String(), known: true, origin: o}
}

var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", 'e': "\x1b", 'E': "\x1b"}

// unescape reads the backslashes of $'…', echo and printf.
func unescape(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		if s, ok := escapes[text[i]]; ok {
			b.WriteString(s)
			continue
		}
		if text[i] >= '0' && text[i] <= '7' {
			j := i
			for j < len(text) && j < i+4 && text[j] >= '0' && text[j] <= '7' {
				j++
			}
			n, _ := strconv.ParseUint(text[i:j], 8, 16)
			b.WriteByte(byte(n))
			i = j - 1
			continue
		}
		if strings.IndexByte(`\'"?`, text[i]) < 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func (a *analysis) parameter(p *syntax.ParamExp, quoted bool) piece {
	if p.Param == nil || p.Excl || p.Names != 0 {
		if p.Excl && p.Param != nil && p.Names == 0 && p.Index == nil {
			// ${!name} is what the variable holds that name names.
			if v, ok := a.environment.lookup(p.Param.Value); ok {
				if inner, ok := a.environment.lookup(a.pick(p.Param.Value, v).text); ok && !inner.array && len(inner.values) == 1 {
					return piece{value: inner.values[0]}
				}
			}
		}
		return piece{value: unknown(a.written(p))}
	}
	name := p.Param.Value
	e, isSet := a.plain(p, name, quoted)
	if p.Length {
		switch {
		case name == "@" || name == "*":
			if a.argued {
				return piece{value: constant(strconv.Itoa(len(a.arguments)))}
			}
		case e.lists:
			return piece{value: constant(strconv.Itoa(len(e.list)))}
		case e.known:
			return piece{value: constant(strconv.Itoa(len(e.text)))}
		}
		return piece{value: unknown(a.written(p))}
	}
	if p.Exp != nil {
		return a.expansion(p, e, isSet)
	}
	if p.Repl != nil && !e.lists {
		orig, with := a.single(p.Repl.Orig), a.single(p.Repl.With)
		if !e.known || !orig.known || !with.known {
			return piece{value: unknown(a.written(p))}
		}
		expression, err := pattern.Regexp(orig.text, 0)
		if err != nil {
			return piece{value: unknown(a.written(p))}
		}
		re, err := regexp.Compile(expression)
		if err != nil {
			return piece{value: unknown(a.written(p))}
		}
		done := false
		return piece{value: constant(re.ReplaceAllStringFunc(e.text, func(m string) string {
			if done && !p.Repl.All {
				return m
			}
			done = true
			return with.text
		}))}
	}
	if p.Slice != nil && !e.lists {
		from, ok := a.arithmetic(p.Slice.Offset)
		size := int64(len(e.text))
		to, sized := size, true
		if p.Slice.Length != nil {
			to, sized = a.arithmetic(p.Slice.Length)
			to += from
		}
		if ok && sized && e.known && from >= 0 && from <= size && to >= from {
			return piece{value: constant(e.text[from:min(to, size)])}
		}
		return piece{value: unknown(a.written(p))}
	}
	return e
}

// plain is the value of $name or ${name[index]}, and whether it is set.
func (a *analysis) plain(p *syntax.ParamExp, name string, quoted bool) (piece, bool) {
	switch name {
	case "@", "*":
		if !a.argued {
			return piece{value: unknown("$" + name)}, true
		}
		return piece{value: join(a.arguments, " "), list: a.arguments, lists: quoted && name == "@"}, len(a.arguments) > 0
	case "#":
		if a.argued {
			return piece{value: constant(strconv.Itoa(len(a.arguments)))}, true
		}
		return piece{value: unknown("$#")}, true
	case "0":
		return piece{value: constant(a.source.Name)}, true
	case "?":
		if a.status != unknownStatus {
			return piece{value: constant(strconv.Itoa(a.status))}, true
		}
		return piece{value: unknown("$?")}, true
	case "$", "!", "-", "_":
		return piece{value: unknown("$" + name)}, true
	}
	if n, err := strconv.Atoi(name); err == nil {
		if !a.argued {
			return piece{value: unknown("$" + name)}, false
		}
		if n <= len(a.arguments) {
			return piece{value: a.arguments[n-1]}, true
		}
		return piece{value: constant("")}, false
	}
	v, ok := a.environment.lookup(name)
	if !ok {
		return piece{value: unknown("$" + name)}, false
	}
	if p.Index == nil {
		return piece{value: a.pick(name, v)}, true
	}
	index := ""
	if word, ok := p.Index.(*syntax.Word); ok {
		i := a.single(word)
		if !i.known {
			return piece{value: unknown(a.written(p))}, true
		}
		index = i.text
	}
	if index == "@" || index == "*" {
		all := v.all()
		return piece{value: join(all, " "), list: all, lists: quoted && index == "@"}, len(all) > 0
	}
	if element, ok := v.elements[index]; ok {
		return piece{value: element}, true
	}
	if n, ok := a.arithmetic(p.Index); ok {
		index = strconv.FormatInt(n, 10)
	}
	if element, ok := v.elements[index]; ok {
		return piece{value: element}, true
	}
	if !v.array && index == "0" {
		return piece{value: a.pick(name, v)}, true
	}
	return piece{value: unknown(a.written(p))}, false
}

func (a *analysis) expansion(p *syntax.ParamExp, e piece, isSet bool) piece {
	empty := e.known && e.text == ""
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if isSet && !(empty && (p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.AssignUnsetOrNull)) {
			return e
		}
		v := a.single(p.Exp.Word)
		if p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull {
			a.environment.assign(p.Param.Value, scalar(v))
		}
		return piece{value: v}
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if isSet && !empty {
			return piece{value: a.single(p.Exp.Word)}
		}
		return piece{value: constant("")}
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		return e
	}
	word := a.single(p.Exp.Word)
	if !e.known || !word.known || e.lists {
		return piece{value: unknown(a.written(p))}
	}
	text := e.text
	switch p.Exp.Op {
	case syntax.UpperAll:
		return piece{value: constant(strings.ToUpper(text))}
	case syntax.LowerAll:
		return piece{value: constant(strings.ToLower(text))}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		return piece{value: constant(trimmed(text, word.text, p.Exp.Op))}
	}
	return piece{value: unknown(a.written(p))}
}

// trimmed takes a pattern off one end of a text.
func trimmed(text, glob string, op syntax.ParExpOperator) string {
	expression, err := pattern.Regexp(glob, pattern.EntireString)
	if err != nil || len(text) > 4096 {
		return text
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return text
	}
	for i := range len(text) + 1 {
		switch op {
		case syntax.RemSmallPrefix:
			if re.MatchString(text[:i]) {
				return text[i:]
			}
		case syntax.RemLargePrefix:
			if re.MatchString(text[:len(text)-i]) {
				return text[len(text)-i:]
			}
		case syntax.RemSmallSuffix:
			if re.MatchString(text[len(text)-i:]) {
				return text[:len(text)-i]
			}
		case syntax.RemLargeSuffix:
			if re.MatchString(text[i:]) {
				return text[:i]
			}
		}
	}
	return text
}

// matches reports that a text is matched by a shell pattern as a whole.
func matches(glob, text string) bool {
	expression, err := pattern.Regexp(glob, pattern.EntireString|pattern.ExtendedOperators)
	if err != nil {
		return glob == text
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return glob == text
	}
	return re.MatchString(text)
}
