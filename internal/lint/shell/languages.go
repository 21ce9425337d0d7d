// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// awk, perl and python are not parsed. What is looked for in them are the forms in
// which they edit a file line by line, and the commands that they give to a shell.

var (
	awkDelete  = regexp.MustCompile(`!\s*/((?:[^/\\]|\\.)+)/|\$0\s*!~\s*/((?:[^/\\]|\\.)+)/|\$0\s*!~\s*"([^"]+)"`)
	awkNext    = regexp.MustCompile(`(?:\$0\s*~\s*)?/((?:[^/\\]|\\.)+)/\s*\{\s*next;?\s*\}`)
	awkComment = regexp.MustCompile(`/((?:[^/\\]|\\.)+)/\s*\{\s*(?:print|\$0\s*=)\s*"([^"]*)"\s*\$0`)
	awkSub     = regexp.MustCompile(`(?:/((?:[^/\\]|\\.)+)/\s*)?\{?\s*g?sub\(\s*(?:/((?:[^/\\]|\\.)+)/|"([^"]+)")\s*,\s*"([^"]*)"`)
	awkKeep    = regexp.MustCompile(`^\s*/((?:[^/\\]|\\.)+)/\s*(?:\{\s*print(?:\s+\$0)?;?\s*\})?\s*$`)
	awkSystem  = regexp.MustCompile(`system\s*\(`)
	awkPrint   = regexp.MustCompile(`(?:print|printf)\s*\(?\s*("[^}|>;]*)`)
	awkPipe    = regexp.MustCompile(`\|\s*"(?:/usr/bin/)?(?:k|ba)?sh"`)
)

func (a *analysis) awk(words []value, at site) flow {
	a.emit(words, at)
	var program value
	var files []value
	for i := 1; i < len(words); i++ {
		text := words[i].text
		switch {
		case text == "-F" || text == "-v" || text == "-f":
			i++
		case len(text) > 1 && text[0] == '-':
		case program.text == "":
			program = words[i]
		default:
			files = append(files, words[i])
		}
	}
	s := a.input(files)
	code := program.text
	for _, m := range awkSystem.FindAllStringIndex(code, -1) {
		a.inner(a.concatenated(program, m[1], s), nil, false, at)
	}
	if s.file == "" {
		out := stream{value: unknown("")}
		if m := awkPrint.FindStringSubmatchIndex(code); m != nil {
			out = stream{value: a.concatenated(program, m[2], s), given: true}
			if awkPipe.MatchString(code) {
				a.inner(out.value, nil, false, at)
			}
		}
		a.out.write(out)
		return next
	}
	s.value = unknown("")
	a.out.write(edited(s, awkEdits(code, program.known)...))
	return next
}

func awkEdits(code string, known bool) []policy.Edit {
	var edits []policy.Edit
	add := func(kind, pattern, where, text string) {
		edits = append(edits, policy.Edit{Kind: kind, Pattern: pattern, Where: where, Text: text, Known: known})
	}
	for _, m := range awkDelete.FindAllStringSubmatch(code, -1) {
		add(policy.EditDeleteLines, m[1]+m[2]+m[3], "", "")
	}
	for _, m := range awkNext.FindAllStringSubmatch(code, -1) {
		add(policy.EditDeleteLines, m[1], "", "")
	}
	for _, m := range awkComment.FindAllStringSubmatch(code, -1) {
		add(policy.EditReplace, "^(.*)$", m[1], m[2]+`\1`)
	}
	for _, m := range awkSub.FindAllStringSubmatch(code, -1) {
		add(policy.EditReplace, m[2]+m[3], m[1], strings.ReplaceAll(m[4], "&", `\0`))
	}
	if m := awkKeep.FindStringSubmatch(code); m != nil {
		add(policy.EditKeepLines, m[1], "", "")
	}
	if len(edits) == 0 {
		edits = append(edits, policy.Edit{Kind: policy.EditReplace})
	}
	return edits
}

// concatenated is awk's `"rmdev -dl " $1`: strings one after the other, and between
// them what is read.
func (a *analysis) concatenated(program value, from int, in stream) value {
	result := value{known: true}
	code := program.text
	field := in.text
	if field == "" || !strings.HasPrefix(field, "$(") {
		field = "$FIELD"
	}
	for i := from; i < len(code); {
		switch c := code[i]; {
		case c == '"':
			end := i + 1
			for end < len(code) && code[end] != '"' {
				if code[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(code))
			part := program.slice(i+1, end)
			part.text = unescape(part.text)
			result.append(part)
			i = end + 1
		case c == ' ' || c == '\t' || c == ',':
			if c == ',' {
				result.append(constant(" "))
			}
			i++
		case c == '$' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			for i++; i < len(code) && (code[i] == '_' || code[i] >= '0' && code[i] <= '9' || code[i] >= 'a' && code[i] <= 'z' || code[i] >= 'A' && code[i] <= 'Z'); i++ {
			}
			result.append(value{text: field})
		default:
			return result
		}
	}
	return result
}

var (
	perlSubstitute = regexp.MustCompile(`\bs([/|#,!@{])`)
	perlCondition  = regexp.MustCompile(`^\s*(if|unless)\s*\(?\s*(!?)\s*(?:\$_\s*=~\s*)?m?([/|#!{])`)
	perlPrint      = regexp.MustCompile(`\bprint\b(?:\s+\$_)?\s*(if|unless)\s*\(?\s*(!?)\s*(?:\$_\s*=~\s*)?(?:m\W|/)((?:[^/\\]|\\.)*)`)
	perlSkip       = regexp.MustCompile(`(?:\bnext|\$_\s*=\s*(?:""|'')|undef\s+\$_)\s*if\s*\(?\s*(?:\$_\s*=~\s*)?(?:m\W|/)((?:[^/\\]|\\.)*)`)
)

func (a *analysis) perl(words []value, at site) flow {
	index := a.emit(words, at)
	inPlace, loops := false, false
	var code value
	var files []value
	code.known = true
	for i := 1; i < len(words); i++ {
		text := words[i].text
		switch {
		case strings.HasPrefix(text, "-") && len(text) > 1:
			for j := 1; j < len(text); j++ {
				switch text[j] {
				case 'i':
					inPlace = true
					if j+1 < len(text) && text[j+1] == '.' {
						j = len(text)
					}
				case 'p', 'n':
					loops = true
				case 'e', 'E':
					if i+1 < len(words) {
						i++
						code.append(words[i])
						code.append(constant(";"))
					}
					j = len(text)
				}
			}
		default:
			files = append(files, words[i])
		}
	}
	a.foreign(code)
	if code.text == "" && a.in.given && a.in.file == "" && len(files) == 0 {
		a.foreign(a.in.value)
	}
	if !loops {
		a.out.write(stream{value: unknown("")})
		return next
	}
	edits := perlEdits(code.text, code.known)
	if inPlace {
		for _, file := range files {
			a.edit(index, a.write(file.text, false, edited(a.own(file.text), edits...))...)
		}
		return next
	}
	s := a.input(files)
	if s.file == "" {
		a.out.write(stream{value: unknown("")})
		return next
	}
	s.value = unknown("")
	a.out.write(edited(s, edits...))
	return next
}

func perlEdits(code string, known bool) []policy.Edit {
	var edits []policy.Edit
	for _, m := range perlSubstitute.FindAllStringSubmatchIndex(code, -1) {
		p := &sedParser{text: code, at: m[3]}
		delimiter := code[m[2]]
		if delimiter == '{' {
			delimiter = '}'
		}
		pattern := p.until(delimiter)
		if delimiter == '}' {
			p.skip(" {")
		}
		text := p.until(delimiter)
		flags := p.at
		p.skip("gimsxeo")
		e := policy.Edit{Kind: policy.EditReplace, Pattern: strings.TrimSuffix(pattern, `\n`), Text: perlText(text), Known: known}
		if strings.Contains(code[flags:min(p.at, len(code))], "i") {
			e.Pattern = "(?i)" + e.Pattern
		}
		rest := code[min(p.at, len(code)):]
		if c := perlCondition.FindStringSubmatchIndex(rest); c != nil {
			q := &sedParser{text: rest, at: c[1]}
			end := rest[c[6]]
			if end == '{' {
				end = '}'
			}
			where := q.until(end)
			if (rest[c[2]:c[3]] == "unless") != (c[4] < c[5]) {
				continue // where it does not match: not known which lines these are
			}
			e.Where = where
		}
		edits = append(edits, e)
	}
	for _, m := range perlPrint.FindAllStringSubmatch(code, -1) {
		kind := policy.EditKeepLines
		if (m[1] == "unless") != (m[2] == "!") {
			kind = policy.EditDeleteLines
		}
		edits = append(edits, policy.Edit{Kind: kind, Pattern: m[3], Known: known})
	}
	for _, m := range perlSkip.FindAllStringSubmatch(code, -1) {
		edits = append(edits, policy.Edit{Kind: policy.EditDeleteLines, Pattern: m[1], Known: known})
	}
	if len(edits) == 0 {
		edits = append(edits, policy.Edit{Kind: policy.EditReplace})
	}
	return edits
}

var perlGroup = regexp.MustCompile(`\$\{?([0-9&])\}?`)

func perlText(text string) string {
	text = perlGroup.ReplaceAllStringFunc(text, func(m string) string {
		digit := strings.Trim(m, "${}")
		if digit == "&" {
			digit = "0"
		}
		return `\` + digit
	})
	return strings.TrimSuffix(text, `\n`)
}

func (a *analysis) python(words []value, at site) flow {
	a.emit(words, at)
	for i, word := range words {
		if word.text == "-c" && i+1 < len(words) {
			a.foreign(words[i+1])
		}
	}
	if len(words) == 1 || words[1].text == "-" {
		if a.in.given && a.in.file == "" {
			a.foreign(a.in.value)
		}
	}
	a.out.write(stream{value: unknown("")})
	return next
}

var (
	foreignCall = regexp.MustCompile(`\b(?:system|exec|popen|getoutput|getstatusoutput|check_call|check_output|Popen|subprocess\.run|subprocess\.call|run_command|spawn)\s*\(?\s*(\[?)\s*[rbf]?(["'])`)
	foreignTick = regexp.MustCompile("`([^`\n]+)`|\\bqx\\s*[{(/]([^})/\n]+)[})/]|%x[{(\\[]([^})\\]\n]+)[})\\]]")
	listed      = regexp.MustCompile(`["']([^"']*)["']\s*,?`)
)

// foreign looks for commands that a program in another language gives to a shell.
func (a *analysis) foreign(code value) {
	at := site{offset: a.at.origin.offset(0), text: code.text}
	if code.origin != nil {
		at.offset = code.origin.offset(0)
	}
	for n, m := range foreignCall.FindAllStringSubmatchIndex(code.text, -1) {
		if n >= 200 || commented(code.text, m[0]) {
			continue
		}
		quote := code.text[m[4]]
		start := m[5]
		if m[2] < m[3] || strings.HasPrefix(strings.TrimLeft(code.text[min(closing(code.text, start, quote)+1, len(code.text)):], " "), ",") {
			// A list of words.
			end := strings.IndexAny(code.text[start:], "])\n;")
			if end < 0 {
				end = len(code.text) - start
			}
			var words []value
			for _, w := range listed.FindAllStringSubmatchIndex(code.text[m[4]:start+end], -1) {
				words = append(words, code.slice(m[4]+w[2], m[4]+w[3]))
			}
			if len(words) > 0 {
				a.run(words, here(words, at))
			}
			continue
		}
		a.inner(code.slice(start, closing(code.text, start, quote)), nil, false, at)
	}
	for n, m := range foreignTick.FindAllStringSubmatchIndex(code.text, -1) {
		if n >= 200 || commented(code.text, m[0]) {
			continue
		}
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				a.inner(code.slice(m[i], m[i+1]), nil, false, at)
			}
		}
	}
}

// commented reports that a comment stands before a position on its line.
func commented(text string, at int) bool {
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	return strings.HasPrefix(strings.TrimSpace(line), "#")
}

// closing is where a string ends.
func closing(text string, at int, quote byte) int {
	for ; at < len(text); at++ {
		if text[at] == '\\' {
			at++
			continue
		}
		if text[at] == quote {
			return at
		}
	}
	return len(text)
}
