// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// sedEdits are what the commands of a sed script do to the lines of a file. A command
// that goes by line numbers has an edit of which nothing is known.
func sedEdits(script value, extended, quiet bool) []policy.Edit {
	p := &sedParser{text: script.text, extended: extended, quiet: quiet, known: script.known}
	for p.at < len(p.text) && len(p.edits) < 256 {
		start := p.at
		p.command(nil)
		if p.at == start {
			p.at++
		}
	}
	return p.edits
}

type sedParser struct {
	text            string
	at              int
	extended, quiet bool
	known           bool
	edits           []policy.Edit
}

// address is what stands in front of a command.
type address struct {
	pattern string
	lines   bool // by number, or a range
	all     bool
	negated bool
}

func (p *sedParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *sedParser) skip(set string) {
	for p.at < len(p.text) && strings.IndexByte(set, p.text[p.at]) >= 0 {
		p.at++
	}
}

// until reads up to a delimiter that no backslash and no bracket stands before.
func (p *sedParser) until(delimiter byte) string {
	var b strings.Builder
	bracket := false
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch {
		case c == '\\' && p.at+1 < len(p.text):
			if p.text[p.at+1] != delimiter || strings.IndexByte("|()+?{}", delimiter) >= 0 {
				b.WriteByte(c)
			}
			b.WriteByte(p.text[p.at+1])
			p.at += 2
			continue
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case c == delimiter && (!bracket || !strings.Contains(p.text[p.at:], "]")):
			p.at++
			return b.String()
		case c == '\n' && delimiter != '\n':
			return b.String()
		}
		b.WriteByte(c)
		p.at++
	}
	return b.String()
}

func (p *sedParser) pattern(text string) string {
	if !p.extended {
		return extendedOf(text)
	}
	return text
}

func (p *sedParser) addresses() *address {
	a := address{}
	switch c := p.peek(); {
	case c == '/':
		p.at++
		a.pattern = p.pattern(p.until('/'))
	case c == '\\' && p.at+1 < len(p.text):
		p.at += 2
		a.pattern = p.pattern(p.until(p.text[p.at-1]))
	case c >= '0' && c <= '9' || c == '$':
		start := p.at
		p.skip("0123456789$~")
		a.lines = true
		a.all = p.text[start:p.at] == "1"
	default:
		return nil
	}
	p.skip("I ")
	if p.peek() == ',' {
		p.at++
		p.skip(" ")
		second := p.at
		if p.peek() == '/' {
			p.at++
			a.pattern = strings.Trim(a.pattern+"|"+p.pattern(p.until('/')), "|")
		} else {
			p.skip("0123456789$+~")
		}
		// 1,$ is the whole file; another range is known at its ends only.
		a.all = a.all && p.text[second:p.at] == "$"
		a.lines = true
	} else {
		a.all = false
	}
	p.skip(" \t")
	for p.peek() == '!' {
		a.negated = !a.negated
		p.at++
		p.skip(" \t")
	}
	return &a
}

// command reads one command, in a block of the outer address.
func (p *sedParser) command(outer *address) {
	p.skip(" \t\n;")
	where := p.addresses()
	if where == nil {
		where = outer
	}
	command := p.peek()
	p.at++
	switch command {
	case '{':
		for p.at < len(p.text) {
			p.skip(" \t\n;")
			if p.peek() == '}' {
				p.at++
				return
			}
			start := p.at
			p.command(where)
			if p.at == start {
				p.at++
			}
		}
	case '#':
		p.until('\n')
	case 'd', 'D':
		p.lines(where, policy.EditDeleteLines, policy.EditKeepLines)
	case 'p':
		if p.quiet {
			p.lines(where, policy.EditKeepLines, policy.EditDeleteLines)
		}
	case 's':
		if p.at >= len(p.text) {
			return
		}
		delimiter := p.text[p.at]
		p.at++
		pattern := p.until(delimiter)
		text := p.until(delimiter)
		flags := p.at
		p.skip("gpiIwe0123456789mM")
		e := policy.Edit{Kind: policy.EditReplace, Pattern: p.pattern(pattern), Text: sedText(text), Known: p.known}
		if strings.ContainsAny(p.text[flags:p.at], "iI") {
			e.Pattern = "(?i)" + e.Pattern
		}
		if where != nil {
			if e.Where = where.pattern; where.negated || where.lines && where.pattern == "" && !where.all {
				return
			}
			if pattern == "" {
				e.Pattern = where.pattern
			}
		}
		p.edits = append(p.edits, e)
	case 'c', 'i', 'a':
		p.skip(" \t")
		if p.peek() == '\\' {
			p.at++
			p.skip("\n")
		}
		text := p.until('\n')
		if command != 'c' {
			p.edits = append(p.edits, policy.Edit{Kind: policy.EditAppend, Text: text, Known: p.known})
			return
		}
		e := policy.Edit{Kind: policy.EditReplace, Pattern: "^.*$", Text: text, Known: p.known}
		if where != nil && !where.negated && where.pattern != "" {
			e.Where = where.pattern
			p.edits = append(p.edits, e)
		}
	}
}

func (p *sedParser) lines(where *address, kind, negated string) {
	switch {
	case where == nil || where.all:
		if kind == policy.EditDeleteLines {
			p.edits = append(p.edits, policy.Edit{Kind: policy.EditTruncate, Known: true})
		}
	case where.pattern == "":
		p.edits = append(p.edits, policy.Edit{Kind: kind})
	case where.negated:
		p.edits = append(p.edits, policy.Edit{Kind: negated, Pattern: where.pattern, Known: p.known && !where.lines})
	default:
		p.edits = append(p.edits, policy.Edit{Kind: kind, Pattern: where.pattern, Known: p.known && !where.lines})
	}
}

// sedText is a replacement with \0 for what was matched.
func sedText(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '&':
			b.WriteString(`\0`)
		case text[i] == '\\' && i+1 < len(text):
			i++
			switch c := text[i]; {
			case c >= '0' && c <= '9':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c == 'n':
				b.WriteByte('\n')
			default:
				b.WriteByte(c)
			}
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// ed edits a file with the commands that it reads, or that -c gives it.
func (a *analysis) ed(words []value, at site) flow {
	index := a.emit(words, at)
	script := value{known: true}
	var files []value
	for i := 1; i < len(words); i++ {
		text := words[i].text
		switch {
		case (text == "-c" || text == "-p" || text == "--cmd") && i+1 < len(words):
			i++
			if text != "-p" {
				script.append(words[i])
				script.append(constant("\n"))
			}
		case strings.HasPrefix(text, "+") && len(text) > 1:
			script.append(words[i].slice(1, len(text)))
			script.append(constant("\n"))
		case strings.HasPrefix(text, "-"):
		default:
			files = append(files, words[i])
		}
	}
	if a.in.given && a.in.file == "" {
		script.append(a.in.value)
		a.in = stream{}
	}
	writes := false
	var edits []policy.Edit
	for line := range strings.SplitSeq(script.text, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), ":"))
		switch {
		case line == "w" || line == "wq" || line == "wq!" || line == "x" || line == "w!" || line == "ZZ" || line == "xit":
			writes = true
			continue
		case line == "" || line == "q" || line == "q!" || line == "." || line == "H":
			continue
		}
		// ed's commands are sed's but for the words in front of them.
		for _, prefix := range []string{"1,$", "0,$", "%", ",", "g"} {
			if rest, ok := strings.CutPrefix(line, prefix); ok && rest != "" {
				line = rest
			}
		}
		switch {
		case line == "d":
			edits = append(edits, policy.Edit{Kind: policy.EditTruncate, Known: true})
			continue
		case strings.HasPrefix(line, "v/"):
			line = "/" + negate(line[2:])
		case strings.HasPrefix(line, "!/"):
			line = "/" + negate(line[2:])
		}
		edits = append(edits, sedEdits(value{text: line, known: script.known}, false, false)...)
	}
	if !writes {
		return next
	}
	for _, file := range files {
		a.edit(index, a.write(file.text, false, edited(a.own(file.text), edits...))...)
	}
	return next
}

// negate puts the ! of sed behind an address, for ed's v and ex's g!.
func negate(rest string) string {
	if i := strings.LastIndexByte(rest, '/'); i >= 0 {
		return rest[:i+1] + "!" + rest[i+1:]
	}
	return rest
}
