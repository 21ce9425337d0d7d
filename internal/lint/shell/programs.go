// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shells are the shells that a script may call; what they are given is followed.
var shells = map[string]bool{
	"sh": true, "ksh": true, "ksh88": true, "ksh93": true, "bash": true, "dash": true, "bsh": true, "psh": true, "rksh": true,
	"rksh93": true, "mksh": true, "zsh": true,
}

// programs are the commands of which more is known than their words: they run other
// commands, or write what can be told from what they read.
var programs map[string]func(a *analysis, words []value, at site) flow

func init() {
	programs = map[string]func(a *analysis, words []value, at site) flow{
		"su": (*analysis).su, "runuser": (*analysis).su, "xargs": (*analysis).xargs, "find": (*analysis).find,
		".": (*analysis).dot, "source": (*analysis).dot, "at": (*analysis).atTime, "batch": (*analysis).atTime, "mkitab": (*analysis).mkitab,
		"script": (*analysis).transcript, "crontab": (*analysis).crontab,
		"echo": (*analysis).echo, "print": (*analysis).print, "printf": (*analysis).printf, "cat": (*analysis).cat,
		"uname": (*analysis).uname, "basename": (*analysis).basename, "dirname": (*analysis).basename, "tee": (*analysis).tee,
		"cp": (*analysis).cp, "mv": (*analysis).mv, "ln": (*analysis).cp, "install": (*analysis).cp,
		"grep": (*analysis).grep, "egrep": (*analysis).grep, "fgrep": (*analysis).grep, "ggrep": (*analysis).grep,
		"sed": (*analysis).sed, "gsed": (*analysis).sed, "awk": (*analysis).awk, "nawk": (*analysis).awk, "gawk": (*analysis).awk,
		"sort": (*analysis).same, "uniq": (*analysis).same, "tail": (*analysis).same, "head": (*analysis).same, "expand": (*analysis).same,
		"perl": (*analysis).perl, "python": (*analysis).python, "python3": (*analysis).python, "python2": (*analysis).python,
		"ed": (*analysis).ed, "red": (*analysis).ed, "ex": (*analysis).ed, "vi": (*analysis).ed, "vim": (*analysis).ed,
	}
	for name := range shells {
		programs[name] = (*analysis).shell
	}
}

// shell runs `ksh -c '…'`, `ksh file` and `ksh` with commands on its standard input.
func (a *analysis) shell(words []value, at site) flow {
	a.emit(words, at)
	rest := words[1:]
	code := false
	for len(rest) > 0 && (strings.HasPrefix(rest[0].text, "-") || strings.HasPrefix(rest[0].text, "+")) {
		option := rest[0].text
		rest = rest[1:]
		if option == "-" || option == "--" {
			break
		}
		if strings.HasPrefix(option, "--") {
			continue
		}
		if strings.Contains(option, "n") && option[0] == '-' && !strings.Contains(option, "c") && option != "-norc" {
			return next // checks the syntax only
		}
		code = code || strings.Contains(option, "c") && option[0] == '-'
		if strings.HasSuffix(option, "o") && len(rest) > 0 {
			rest = rest[1:]
		}
	}
	switch {
	case code && len(rest) > 0:
		arguments := rest[1:]
		if len(arguments) > 0 {
			arguments = arguments[1:]
		}
		a.inner(rest[0], arguments, true, at)
	case len(rest) > 0:
		name := path.Clean(a.resolve(rest[0].text))
		a.ran[name] = true
		if s := a.content(name); s.file == "" && s.text != "" {
			a.inner(s.value, rest[1:], true, at)
		} else {
			a.out.write(stream{value: unknown("")})
		}
	case a.in.given && a.in.file == "":
		text := a.in.value
		a.in = stream{}
		a.inner(text, nil, false, at)
	default:
		a.out.write(stream{value: unknown("")})
	}
	return next
}

// inner runs a text as a shell of its own.
func (a *analysis) inner(text value, arguments []value, argued bool, at site) {
	if !text.known && strings.HasPrefix(text.text, "$(") {
		return // what some command writes: not known before it runs
	}
	a.apart(func() flow {
		a.arguments, a.argued = arguments, argued
		outer := a.problems
		f := a.script(fragment{text: text.text, origin: located(text, at)})
		if !text.known {
			// It was put together from parts that are not known; its syntax is not to blame.
			a.problems = outer
		}
		return f
	})
	a.status = unknownStatus
}

func (a *analysis) su(words []value, at site) flow {
	a.emit(words, at)
	for i, word := range words[1:] {
		if (word.text == "-c" || word.text == "--command") && i+2 < len(words) {
			a.inner(words[i+2], nil, true, at)
			return next
		}
	}
	if a.in.given && a.in.file == "" {
		text := a.in.value
		a.in = stream{}
		a.inner(text, nil, false, at)
	}
	return next
}

// dot reads a file into the script. Only what the script wrote itself is known.
func (a *analysis) dot(words []value, at site) flow {
	a.emit(words, at)
	if len(words) > 1 {
		name := path.Clean(a.resolve(words[1].text))
		a.ran[name] = true
		if s := a.content(name); s.file == "" && s.text != "" {
			f := a.script(fragment{text: s.text, origin: located(s.value, at)})
			if f == returns {
				f = next
			}
			return f
		}
	}
	return next
}

// atTime runs what at and batch read, at another time.
func (a *analysis) atTime(words []value, at site) flow {
	a.emit(words, at)
	if a.in.given && a.in.file == "" {
		a.delayed(path.Base(words[0].text), a.in.value)
	}
	return next
}

func (a *analysis) transcript(words []value, at site) flow {
	a.emit(words, at)
	for i, word := range words {
		if word.text == "-c" && i+1 < len(words) {
			a.inner(words[i+1], nil, true, at)
		}
	}
	return next
}

func (a *analysis) crontab(words []value, at site) flow {
	a.emit(words, at)
	s := a.in
	if len(words) > 1 && !strings.HasPrefix(words[1].text, "-") {
		s = a.content(words[1].text)
	} else if len(words) > 1 && words[1].text != "-" {
		return next
	}
	if s.given && s.file == "" {
		a.laters = append(a.laters, later{"/var/spool/cron/crontabs/root", s.value})
	}
	return next
}

// mkitab adds an entry to /etc/inittab; its command runs when the system starts.
func (a *analysis) mkitab(words []value, at site) flow {
	a.emit(words, at)
	for _, word := range words[1:] {
		if parts := strings.SplitN(word.text, ":", 4); len(parts) == 4 && parts[2] != "off" {
			a.delayed("/etc/inittab", word.slice(len(word.text)-len(parts[3]), len(word.text)))
		}
	}
	return next
}

// xargs runs its command with the words that it reads.
func (a *analysis) xargs(words []value, at site) flow {
	rest := words[1:]
	chunk, replace := 0, ""
	for len(rest) > 0 && strings.HasPrefix(rest[0].text, "-") && rest[0].text != "-" {
		option := rest[0].text
		rest = rest[1:]
		value := option[min(2, len(option)):]
		if value == "" && strings.ContainsAny(option[1:2], "nLPsEIRd") && len(rest) > 0 {
			value = rest[0].text
			rest = rest[1:]
		}
		switch option[1:2] {
		case "n", "L", "l":
			chunk, _ = strconv.Atoi(value)
			chunk = max(chunk, 1)
		case "I", "i":
			if replace = value; replace == "" {
				replace = "{}"
			}
		}
		if option == "--" {
			break
		}
	}
	if len(rest) == 0 {
		rest = []value{constant("echo")}
	}
	in := a.in
	a.in = stream{}
	defer func() { a.in = in }()
	run := func(items []value) {
		var command []value
		if replace == "" {
			command = append(append(command, rest...), items...)
		} else {
			for _, word := range rest {
				if strings.Contains(word.text, replace) && len(items) > 0 {
					replaced := value{text: strings.ReplaceAll(word.text, replace, items[0].text), known: word.known && items[0].known}
					if word.text == replace {
						replaced = items[0]
					}
					if word.origin != nil {
						replaced.origin = origin{{from: word.origin.offset(0)}}
					}
					word = replaced
				}
				command = append(command, word)
			}
		}
		a.run(command, here(rest, at))
	}
	if !in.given || in.file != "" || !in.known {
		item := unknown(in.text)
		if in.text == "" {
			item = unknown("$(stdin)")
		}
		run([]value{item})
		return next
	}
	items := a.fields([]piece{{value: in.value, split: true}})
	if replace != "" {
		items = nil
		for _, line := range a.linesOf(in.value) {
			items = append(items, line.value)
		}
		chunk = 1
	}
	if chunk == 0 {
		chunk = len(items)
	}
	for round := 0; len(items) > 0 && round < maxIterations; round++ {
		n := min(chunk, len(items))
		run(items[:n])
		items = items[n:]
	}
	return next
}

// find runs the commands of -exec with what it finds: a pattern of paths, of which
// /**/ stands for folders of any depth.
func (a *analysis) find(words []value, at site) flow {
	index := a.emit(words, at)
	var starts []string
	name := "*"
	i := 1
	for ; i < len(words) && !strings.HasPrefix(words[i].text, "-") && words[i].text != "(" && words[i].text != "!"; i++ {
		starts = append(starts, strings.TrimRight(a.resolve(words[i].text), "/"))
	}
	for j := i; j+1 < len(words); j++ {
		if words[j].text == "-name" || words[j].text == "-iname" {
			name = words[j+1].text
		}
	}
	var found []value
	for _, start := range starts {
		found = append(found, constant(start+"/**/"+name))
	}
	if len(found) == 0 {
		found = []value{unknown("$(find)")}
	}
	out := stream{value: join(found, "\n"), given: true}
	for ; i < len(words); i++ {
		switch words[i].text {
		case "-delete":
			for _, f := range found {
				a.edit(index, removed(f.text)...)
			}
		case "-exec", "-ok", "-execdir", "-okdir":
			end := i + 1
			for end < len(words) && words[end].text != ";" && words[end].text != "+" {
				end++
			}
			for _, f := range found {
				var command []value
				for _, word := range words[i+1 : end] {
					switch {
					case word.text == "{}":
						word = f
					case strings.Contains(word.text, "{}"):
						word.text = strings.ReplaceAll(word.text, "{}", f.text)
						word.origin = nil
					}
					command = append(command, word)
				}
				if len(command) > 0 {
					a.run(command, here(words[i+1:end], at))
				}
			}
			i = end
			out = stream{value: unknown("")}
		}
	}
	out.append(constant("\n"))
	a.out.write(out)
	return next
}

func (a *analysis) echo(words []value, at site) flow {
	a.emit(words, at)
	rest := words[1:]
	newline := "\n"
	for len(rest) > 0 && (rest[0].text == "-n" || rest[0].text == "-e" || rest[0].text == "-ne" || rest[0].text == "-en") {
		if strings.Contains(rest[0].text, "n") {
			newline = ""
		}
		rest = rest[1:]
	}
	v := join(rest, " ")
	if strings.Contains(v.text, `\`) {
		// ksh's echo reads backslashes.
		text := v.text
		if cut, ok := strings.CutSuffix(text, `\c`); ok {
			text, newline = cut, ""
		}
		v.text = unescape(text)
		if len(v.origin) > 0 {
			v.origin = origin{{from: v.origin[0].from}}
		}
	}
	v.append(constant(newline))
	a.out.write(stream{value: v, given: true})
	a.status = 0
	return next
}

// print is ksh's; -u2 writes elsewhere, -r leaves backslashes alone.
func (a *analysis) print(words []value, at site) flow {
	rest, raw := words[1:], false
	for len(rest) > 0 && strings.HasPrefix(rest[0].text, "-") {
		raw = raw || strings.ContainsAny(rest[0].text, "rR")
		if strings.HasPrefix(rest[0].text, "-u2") {
			a.emit(words, at)
			a.status = 0
			return next
		}
		done := rest[0].text == "-" || rest[0].text == "--"
		rest = rest[1:]
		if done {
			break
		}
	}
	a.emit(words, at)
	v := join(rest, " ")
	if text := unescape(v.text); text != v.text && !raw {
		v.text, v.origin = text, firstOf(v)
	}
	v.append(constant("\n"))
	a.out.write(stream{value: v, given: true})
	a.status = 0
	return next
}

var directive = regexp.MustCompile(`%(?:%|-?[0-9]*(?:\.[0-9]+)?[a-zA-Z])`)

func (a *analysis) printf(words []value, at site) flow {
	a.emit(words, at)
	a.status = 0
	if len(words) < 2 {
		return next
	}
	format, rest := words[1], words[2:]
	result := value{known: format.known}
	for round := 0; round < maxIterations; round++ {
		used := false
		last := 0
		for _, m := range directive.FindAllStringIndex(format.text, -1) {
			result.append(formatted(format, last, m[0]))
			last = m[1]
			if format.text[m[0]:m[1]] == "%%" {
				result.append(constant("%"))
				continue
			}
			if len(rest) > 0 {
				v := rest[0]
				if strings.HasSuffix(format.text[m[0]:m[1]], "b") {
					v.text = unescape(v.text)
				}
				result.append(v)
				rest = rest[1:]
				used = true
			}
		}
		result.append(formatted(format, last, len(format.text)))
		if len(rest) == 0 || !used {
			break
		}
	}
	a.out.write(stream{value: result, given: true})
	return next
}

func formatted(format value, from, to int) value {
	v := format.slice(from, to)
	if text := unescape(v.text); text != v.text {
		v.text = text
		if len(v.origin) > 0 {
			v.origin = origin{{from: v.origin[0].from}}
		}
	}
	return v
}

// operands are the words that are no options.
func operands(words []value) []value {
	var result []value
	for i, word := range words {
		if word.text == "--" {
			return append(result, words[i+1:]...)
		}
		if len(word.text) > 1 && word.text[0] == '-' {
			continue
		}
		result = append(result, word)
	}
	return result
}

// input is what a command reads: the files named, or its standard input.
func (a *analysis) input(files []value) stream {
	if len(files) == 0 {
		return a.in
	}
	var o output
	for _, file := range files {
		if file.text == "-" {
			o.write(a.in)
			continue
		}
		o.write(a.content(file.text))
	}
	return o.stream
}

func (a *analysis) cat(words []value, at site) flow {
	a.emit(words, at)
	s := a.input(operands(words[1:]))
	if !s.given {
		s = stream{value: unknown("")}
	}
	a.out.write(s)
	return next
}

// same passes on what it reads, in part or in another order.
func (a *analysis) same(words []value, at site) flow {
	a.emit(words, at)
	var files []value
	for _, word := range operands(words[1:]) {
		if strings.HasPrefix(word.text, "/") {
			files = append(files, word)
		}
	}
	s := a.input(files)
	if s.file == "" {
		s = stream{value: unknown("")}
	}
	s.known = false
	a.out.write(s)
	return next
}

// uname is known: the guest is AIX.
func (a *analysis) uname(words []value, at site) flow {
	a.emit(words, at)
	if len(words) == 1 || len(words) == 2 && words[1].text == "-s" {
		a.out.write(stream{value: constant("AIX\n"), given: true})
		a.status = 0
		return next
	}
	a.out.write(stream{value: unknown("")})
	return next
}

func (a *analysis) basename(words []value, at site) flow {
	a.emit(words, at)
	if len(words) < 2 || !words[1].known {
		a.out.write(stream{value: unknown("")})
		return next
	}
	text := path.Base(words[1].text)
	if path.Base(words[0].text) == "dirname" {
		text = path.Dir(words[1].text)
	} else if len(words) > 2 {
		text = strings.TrimSuffix(text, words[2].text)
	}
	a.out.write(stream{value: constant(text + "\n"), given: true})
	a.status = 0
	return next
}

func (a *analysis) tee(words []value, at site) flow {
	index := a.emit(words, at)
	appends := false
	for _, word := range words[1:] {
		appends = appends || word.text == "-a" || word.text == "-ai"
	}
	for _, file := range operands(words[1:]) {
		a.edit(index, a.write(file.text, appends, a.in)...)
	}
	a.out.write(a.in)
	return next
}

// readsLines are the lines that a `while read` loop goes over, when they are known.
func (a *analysis) readsLines(c *syntax.WhileClause) ([]stream, bool) {
	if c.Until || len(c.Cond) != 1 || !a.in.given || a.in.file != "" || a.in.text == "" {
		return nil, false
	}
	call, ok := c.Cond[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 || call.Args[0].Lit() != "read" {
		return nil, false
	}
	if !a.in.known && strings.HasPrefix(a.in.text, "$(") {
		return nil, false
	}
	lines := a.linesOf(a.in.value)
	a.in = stream{}
	return lines, true
}

// linesOf are the lines of a text; of one that is known in part only, those are known
// that nothing was put into.
func (a *analysis) linesOf(v value) []stream {
	var lines []stream
	for at := 0; at < len(v.text) && len(lines) < 1000; {
		end := strings.IndexByte(v.text[at:], '\n')
		if end < 0 {
			end = len(v.text) - at
		}
		line := v.slice(at, at+end)
		if !v.known {
			line.known = !strings.ContainsAny(line.text, "$`")
		}
		lines = append(lines, stream{value: line, given: true})
		at += end + 1
	}
	return lines
}
