// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// site is where a command stands, and how it is written there.
type site struct {
	offset int
	text   string
}

func (a *analysis) call(c *syntax.CallExpr) flow {
	if len(c.Args) == 0 {
		a.status, a.text = 0, ""
		for _, assign := range c.Assigns {
			a.assign(assign)
		}
		return next
	}
	at := site{offset: a.offset(c.Args[0]), text: a.written(c)}
	if a.text != "" {
		at.text, a.text = a.text, "" // with its redirections
	}
	if len(c.Assigns) > 0 {
		outer := a.environment
		a.environment = outer.branch()
		defer func() { a.environment = outer }()
		for _, assign := range c.Assigns {
			a.assign(assign)
		}
	}
	handed := isArgument(c.Args[0])
	return a.each(func() flow {
		words := a.words(c.Args)
		if handed && len(words) > 0 && words[0].origin != nil {
			// `"$@"` in a function that runs its arguments: the command stands where it is called.
			return a.run(words, site{offset: words[0].origin.offset(0), text: join(words, " ").text})
		}
		return a.run(words, at)
	})
}

// isArgument reports that a word is "$@" or one of the arguments.
func isArgument(word *syntax.Word) bool {
	part := word.Parts[0]
	if quoted, ok := part.(*syntax.DblQuoted); ok && len(quoted.Parts) > 0 {
		part = quoted.Parts[0]
	}
	p, ok := part.(*syntax.ParamExp)
	return ok && p.Param != nil && strings.Contains("@*123456789", p.Param.Value)
}

func (a *analysis) assign(c *syntax.Assign) {
	if c.Name == nil {
		return
	}
	name := c.Name.Value
	if c.Array != nil {
		v := list(nil)
		if old, ok := a.environment.lookup(name); ok && c.Append && old.array {
			v = list(old.all())
		}
		for _, element := range c.Array.Elems {
			key := strconv.Itoa(len(v.keys))
			if word, ok := element.Index.(*syntax.Word); ok {
				key = a.single(word).text
			}
			if element.Value == nil {
				continue
			}
			if element.Index != nil {
				v.set(key, a.single(element.Value))
				continue
			}
			for _, field := range a.words([]*syntax.Word{element.Value}) {
				v.set(strconv.Itoa(len(v.keys)), field)
			}
		}
		a.environment.assign(name, v)
		return
	}
	if c.Naked && c.Value == nil {
		return
	}
	var values []value
	a.each(func() flow {
		v := a.single(c.Value)
		if old, ok := a.environment.lookup(name); ok && c.Append && c.Index == nil {
			v = join([]value{a.pick(name, old), v}, "")
		}
		if len(values) < maxAlternatives {
			values = append(values, v)
		}
		return next
	})
	if c.Index == nil {
		a.environment.assign(name, variable{values: values})
		return
	}
	key := ""
	if word, ok := c.Index.(*syntax.Word); ok {
		key = a.single(word).text
	}
	if n, ok := a.arithmetic(c.Index); ok {
		key = strconv.FormatInt(n, 10)
	}
	v := list(nil)
	if old, ok := a.environment.lookup(name); ok && old.array {
		for _, k := range old.keys {
			v.set(k, old.elements[k])
		}
	}
	v.set(key, values[0])
	a.environment.assign(name, v)
}

func (a *analysis) declare(c *syntax.DeclClause) {
	a.status = 0
	for _, assign := range c.Args {
		a.assign(assign)
	}
}

// emit adds a command, and returns its index, or -1 when it is there already.
func (a *analysis) emit(words []value, at site) int {
	c := policy.Command{
		Name: path.Base(words[0].text), Step: a.source.Step, Branch: a.branch, Within: a.within, Folder: a.folder.text,
		Writes: a.writes, Text: clip(at.text),
	}
	if !a.folder.known {
		c.Folder = ""
	}
	a.writes, a.taken = nil, true
	var key strings.Builder
	key.WriteString(strconv.Itoa(at.offset))
	for i, word := range words {
		if i >= 512 {
			break
		}
		c.Words = append(c.Words, clip(word.text))
		c.Known = append(c.Known, word.known)
		key.WriteByte(0)
		key.WriteString(c.Words[i])
	}
	a.writer = -1
	if a.seen[key.String()] {
		return -1
	}
	a.seen[key.String()] = true
	c.Place = a.source.at(a.index.position(at.offset))
	a.commands = append(a.commands, c)
	a.writer = len(a.commands) - 1
	return a.writer
}

// edit adds edits to a command that emit made.
func (a *analysis) edit(index int, edits ...policy.Edit) {
	if index >= 0 {
		a.commands[index].Edits = append(a.commands[index].Edits, edits...)
	}
}

// clip bounds the text that is kept of a word or a command.
func clip(text string) string {
	const most = 4096
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// here is the site of a command that stands in words of another one.
func here(words []value, at site) site {
	if len(words) == 0 || words[0].origin == nil {
		return at
	}
	return site{offset: words[0].origin.offset(0), text: at.text}
}

// quiet are commands that say nothing about the guest; they have an effect on the
// analysis at most.
var quiet = map[string]bool{
	":": true, "true": true, "false": true, "[": true, "test": true, "break": true, "continue": true, "return": true, "exit": true,
	"shift": true, "set": true, "read": true, "trap": true, "alias": true, "unset": true, "eval": true, "getopts": true, "wait": true,
	"cd": true, "export": true, "readonly": true, "typeset": true, "local": true, "declare": true, "integer": true,
}

// run runs a command of which the words are expanded.
func (a *analysis) run(words []value, at site) flow {
	if len(words) == 0 {
		a.status = 0
		return next
	}
	if a.steps++; a.steps > maxSteps {
		return next // told at the next statement
	}
	if a.depth++; a.depth > maxDepth {
		a.depth--
		return next
	}
	defer func() { a.depth-- }()
	name := words[0].text
	if !words[0].known {
		if base := path.Base(name); strings.Contains(name, "/") && !strings.ContainsAny(base, "$`()") && base != "" {
			// The folder is not known, but the command is: $BIN/rmdev.
			words = append([]value{constant(base)}, words[1:]...)
			words[0].origin = nil
			name = base
		} else {
			a.dynamic = a.dynamic || strings.HasPrefix(name, "$") && !strings.HasPrefix(name, "$(")
			a.emit(words, at)
			a.status = unknownStatus
			a.out.write(stream{value: unknown("")})
			return next
		}
	}
	if f, ok := a.functions[name]; ok {
		return a.function(f, words[1:])
	}
	if alias, ok := a.aliases[name]; ok && alias.text != "" {
		delete(a.aliases, name)
		expanded := a.fields([]piece{{value: alias, split: true}})
		f := a.run(append(expanded, words[1:]...), at)
		a.aliases[name] = alias
		return f
	}
	base := path.Base(name)
	if rest, ok := unprefixed(base, words); ok {
		if len(rest) == 0 {
			if a.writes != nil {
				a.emit(words, at)
			}
			a.status = 0
			return next
		}
		if base == "exec" {
			a.run(rest, here(rest, at))
			return exits
		}
		return a.run(rest, here(rest, at))
	}
	if quiet[base] {
		return a.builtin(base, words, at)
	}
	if program, ok := programs[base]; ok {
		a.status = unknownStatus
		return program(a, words, at)
	}
	a.emit(words, at)
	a.status = unknownStatus
	if file := a.resolve(name); strings.Contains(name, "/") && !a.ran[file] {
		// A script that this one wrote before.
		if s, ok := a.files[path.Clean(file)]; ok && s.file == "" && s.text != "" {
			a.ran[path.Clean(file)] = true
			a.inner(s.value, words[1:], true, at)
			return next
		}
	}
	a.out.write(stream{value: unknown("")})
	return next
}

func (a *analysis) function(f *function, arguments []value) flow {
	outer, argued := a.arguments, a.argued
	a.arguments, a.argued = arguments, true
	for _, v := range arguments {
		if !v.known && (v.text == "$@" || v.text == "$*") {
			a.argued = false
		}
	}
	a.status = unknownStatus
	result := a.invoke(f)
	a.arguments, a.argued = outer, argued
	return result
}

// prefixes are commands that run another one: their options that take a value, and
// how many words they have before the command.
var prefixes = map[string]struct {
	values string
	words  int
}{
	"sudo": {"ugpCcrtThDR", 0}, "doas": {"uC", 0}, "env": {"uSC", 0}, "nohup": {"p", 0}, "time": {"of", 0}, "timex": {"", 0},
	"exec": {"a", 0}, "command": {"", 0}, "builtin": {"", 0}, "nice": {"n", 0}, "timeout": {"ks", 1}, "stdbuf": {"ioe", 0},
	"setsid": {"", 0}, "ionice": {"cn", 0}, "noglob": {"", 0}, "truss": {"otuxsrwm", 0},
}

// unprefixed is the command behind sudo, env, nohup and the like.
func unprefixed(base string, words []value) ([]value, bool) {
	prefix, ok := prefixes[base]
	if !ok {
		return nil, false
	}
	rest := words[1:]
	for len(rest) > 0 {
		text := rest[0].text
		switch {
		case text == "--":
			rest = rest[1:]
		case base == "command" && (text == "-v" || text == "-V"):
			return nil, false // asks where a command is
		case len(text) > 1 && text[0] == '-':
			takes := len(text) == 2 && strings.ContainsRune(prefix.values, rune(text[1])) && !(base == "nohup" && text == "-p")
			rest = rest[1:]
			if takes && len(rest) > 0 {
				rest = rest[1:]
			}
			continue
		case (base == "env" || base == "sudo") && strings.Contains(text, "=") && !strings.Contains(strings.SplitN(text, "=", 2)[0], "/"):
			rest = rest[1:]
			continue
		}
		break
	}
	if prefix.words > 0 {
		rest = rest[min(prefix.words, len(rest)):]
	}
	return rest, true
}

// builtin runs what has an effect on the analysis alone.
func (a *analysis) builtin(name string, words []value, at site) flow {
	if len(a.writes) > 0 {
		a.emit([]value{constant(":")}, at)
	}
	arguments := words[1:]
	a.status = 0
	switch name {
	case "false":
		a.status = 1
	case "[", "test":
		if n := len(arguments); name == "[" && n > 0 {
			arguments = arguments[:n-1]
		}
		a.status = test(arguments)
	case "break":
		return breaks
	case "continue":
		return continues
	case "return":
		a.status = unknownStatus
		if len(arguments) == 1 && arguments[0].known {
			a.status = truth(arguments[0].text == "0")
		}
		return returns
	case "exit":
		return exits
	case "shift":
		n := 1
		if len(arguments) > 0 {
			n, _ = strconv.Atoi(arguments[0].text)
		}
		if a.argued && n >= 0 {
			a.arguments = a.arguments[min(n, len(a.arguments)):]
		}
	case "set":
		a.set(arguments)
	case "read":
		a.read(arguments)
	case "trap":
		if len(arguments) > 1 {
			for _, signal := range arguments[1:] {
				if signal.text == "EXIT" || signal.text == "0" {
					a.exits = append(a.exits[:0], arguments[0])
					if arguments[0].text == "" || arguments[0].text == "-" {
						a.exits = nil
					}
				}
			}
		}
	case "alias":
		for _, argument := range arguments {
			if key, _, ok := strings.Cut(argument.text, "="); ok {
				a.aliases[key] = argument.slice(len(key)+1, len(argument.text))
			}
		}
	case "unset":
		for _, argument := range arguments {
			a.environment.assign(argument.text, scalar(constant("")))
		}
	case "eval":
		joined := join(arguments, " ")
		return a.script(fragment{text: joined.text, origin: located(joined, at)})
	case "cd":
		a.folder = value{}
		if len(arguments) > 0 {
			last := arguments[len(arguments)-1]
			if last.known && strings.HasPrefix(last.text, "/") {
				a.folder = constant(path.Clean(last.text))
			}
		}
	case "export", "readonly", "typeset", "local", "declare", "integer":
		for _, argument := range arguments {
			if key, _, ok := strings.Cut(argument.text, "="); ok {
				a.environment.assign(key, scalar(argument.slice(len(key)+1, len(argument.text))))
			}
		}
	case "getopts", "wait":
		a.status = unknownStatus
	}
	return next
}

// located is the origin of a text, or that of the command it stands in.
func located(v value, at site) origin {
	if v.origin != nil {
		return v.origin
	}
	return origin{{from: at.offset}}
}

func (a *analysis) set(arguments []value) {
	for i, argument := range arguments {
		switch {
		case argument.text == "--":
			a.arguments, a.argued = arguments[i+1:], true
			return
		case strings.HasPrefix(argument.text, "-A") || strings.HasPrefix(argument.text, "+A"):
			if i+1 < len(arguments) {
				a.environment.assign(arguments[i+1].text, list(arguments[i+2:]))
			}
			return
		case strings.HasPrefix(argument.text, "-"), strings.HasPrefix(argument.text, "+"):
			if argument.text == "-o" || argument.text == "+o" {
				return
			}
		default:
			a.arguments, a.argued = arguments[i:], true
			return
		}
	}
}

// read takes a line of what the command reads.
func (a *analysis) read(arguments []value) {
	var names []string
	for i := 0; i < len(arguments); i++ {
		text := arguments[i].text
		if strings.HasPrefix(text, "-") {
			if len(text) == 2 && strings.Contains("dnNptui", text[1:]) {
				i++
			}
			continue
		}
		name, _, _ := strings.Cut(text, "?")
		names = append(names, name)
	}
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	a.status = unknownStatus
	if !a.in.given || !a.in.known || a.in.file != "" {
		for _, name := range names {
			v := unknown("$" + name)
			if a.in.given && a.in.text != "" {
				v = unknown(a.in.text)
			}
			a.environment.assign(name, scalar(v))
		}
		return
	}
	if a.in.text == "" {
		a.status = 1
		return
	}
	end := strings.IndexByte(a.in.text, '\n')
	if end < 0 {
		end = len(a.in.text)
	}
	line := a.in.value.slice(0, end)
	a.in.value = a.in.value.slice(min(end+1, len(a.in.text)), len(a.in.text))
	fields := a.fields([]piece{{value: line, split: true}})
	for i, name := range names {
		v := constant("")
		switch {
		case i == len(names)-1 && i < len(fields):
			v = join(fields[i:], " ")
		case i < len(fields):
			v = fields[i]
		}
		a.environment.assign(name, scalar(v))
	}
	a.status = 0
}
