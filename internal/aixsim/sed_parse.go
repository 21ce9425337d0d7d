// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

type sedAddress struct {
	line  int
	last  bool
	re    *regexp.Regexp
	empty bool // //: the last expression used
}

type sedCommand struct {
	from, to *sedAddress
	negate   bool
	name     byte
	text     string // a, i, c, label, file
	re       *regexp.Regexp
	reuse    bool // s//…/: the last expression used
	parts    []sedPart
	global   bool
	nth      int
	print    bool
	file     string
	table    map[rune]rune
	jump     int // where b, t and { go
	active   bool
}

// A sedPart is a piece of a replacement: text, or a group's match.
type sedPart struct {
	text  string
	group int // -1 for text
}

type sedParser struct {
	src      string
	at       int
	extended bool
	commands []*sedCommand
	blocks   []int
	labels   map[string]int
}

func (p *sedParser) errorf(format string, args ...any) error {
	return fmt.Errorf("sed: 0602-404 %s", fmt.Sprintf(format, args...))
}

func (p *sedParser) peek() byte {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

func (p *sedParser) skip(set string) {
	for p.at < len(p.src) && strings.IndexByte(set, p.src[p.at]) >= 0 {
		p.at++
	}
}

func (p *sedParser) delimited(delimiter byte, keepClass bool) (string, error) {
	var b strings.Builder
	for p.at < len(p.src) {
		ch := p.src[p.at]
		switch {
		case ch == '\\' && p.at+1 < len(p.src):
			next := p.src[p.at+1]
			if next == delimiter && strings.IndexByte(`.*[]^$+?(){}|`, delimiter) < 0 {
				b.WriteByte(next)
			} else {
				b.WriteString(p.src[p.at : p.at+2])
			}
			p.at += 2
			continue
		case ch == '[' && keepClass:
			end := p.at + 1
			if end < len(p.src) && p.src[end] == '^' {
				end++
			}
			if end < len(p.src) && p.src[end] == ']' {
				end++
			}
			for end < len(p.src) && p.src[end] != ']' && p.src[end] != '\n' {
				if p.src[end] == '[' && end+1 < len(p.src) && strings.IndexByte(":.=", p.src[end+1]) >= 0 {
					if close := strings.Index(p.src[end+2:], p.src[end+1:end+2]+"]"); close >= 0 {
						end += close + 3
					}
				}
				end++
			}
			if end < len(p.src) && p.src[end] == ']' {
				b.WriteString(p.src[p.at : end+1])
				p.at = end + 1
				continue
			}
		case ch == delimiter:
			p.at++
			return b.String(), nil
		}
		b.WriteByte(ch)
		p.at++
	}
	return "", p.errorf("Function %s cannot be parsed.", p.src)
}

func (p *sedParser) regexp(src string) (*regexp.Regexp, bool, error) {
	if src == "" {
		return nil, true, nil
	}
	translated, err := translateRegexp(src, p.extended)
	if err != nil {
		return nil, false, p.errorf("%v", err)
	}
	re, err := regexp.Compile(translated)
	if err != nil {
		return nil, false, p.errorf("The regular expression %s is not valid.", src)
	}
	return re, false, nil
}

func (p *sedParser) address() (*sedAddress, error) {
	switch ch := p.peek(); {
	case ch >= '0' && ch <= '9':
		start := p.at
		for p.peek() >= '0' && p.peek() <= '9' {
			p.at++
		}
		n, err := strconv.Atoi(p.src[start:p.at])
		return &sedAddress{line: n}, err
	case ch == '$':
		p.at++
		return &sedAddress{last: true}, nil
	case ch == '/' || ch == '\\':
		if ch == '\\' {
			p.at++
		}
		delimiter := p.peek()
		p.at++
		src, err := p.delimited(delimiter, true)
		if err != nil {
			return nil, err
		}
		re, empty, err := p.regexp(src)
		return &sedAddress{re: re, empty: empty}, err
	}
	return nil, nil
}

func (p *sedParser) parse() error {
	for {
		p.skip(" \t\n;")
		if p.at >= len(p.src) {
			break
		}
		if p.peek() == '#' {
			for p.at < len(p.src) && p.peek() != '\n' {
				p.at++
			}
			continue
		}
		if len(p.commands) > 10000 {
			return p.errorf("There are too many commands.")
		}
		cmd := &sedCommand{nth: 1, jump: -1}
		var err error
		if cmd.from, err = p.address(); err != nil {
			return err
		}
		p.skip(" \t")
		if cmd.from != nil && p.peek() == ',' {
			p.at++
			p.skip(" \t")
			if cmd.to, err = p.address(); err != nil {
				return err
			}
			if cmd.to == nil {
				return p.errorf("Function %s cannot be parsed.", p.src)
			}
		}
		p.skip(" \t")
		for p.peek() == '!' {
			cmd.negate = true
			p.at++
			p.skip(" \t")
		}
		cmd.name = p.peek()
		p.at++
		if err := p.command(cmd); err != nil {
			return err
		}
	}
	if len(p.blocks) > 0 {
		return p.errorf("There are too many { functions.")
	}
	for _, cmd := range p.commands {
		if cmd.name == 'b' || cmd.name == 't' {
			cmd.jump = len(p.commands)
			if cmd.text != "" {
				at, ok := p.labels[cmd.text]
				if !ok {
					return p.errorf("Cannot find the label %s.", cmd.text)
				}
				cmd.jump = at
			}
		}
	}
	return nil
}

func (p *sedParser) word() string {
	p.skip(" \t")
	start := p.at
	for p.at < len(p.src) && p.src[p.at] != '\n' && p.src[p.at] != ';' && p.src[p.at] != '}' {
		p.at++
	}
	return strings.TrimSpace(p.src[start:p.at])
}

func (p *sedParser) restOfLine() string {
	p.skip(" \t")
	start := p.at
	for p.at < len(p.src) && p.src[p.at] != '\n' {
		p.at++
	}
	return p.src[start:p.at]
}

func (p *sedParser) command(cmd *sedCommand) error {
	switch cmd.name {
	case '{':
		p.blocks = append(p.blocks, len(p.commands))
	case '}':
		if len(p.blocks) == 0 {
			return p.errorf("There are too many } functions.")
		}
		open := p.blocks[len(p.blocks)-1]
		p.blocks = p.blocks[:len(p.blocks)-1]
		p.commands[open].jump = len(p.commands) + 1
	case ':':
		p.skip(" \t")
		cmd.text = strings.TrimSpace(p.word())
		p.labels[cmd.text] = len(p.commands)
	case 'b', 't':
		cmd.text = p.word()
	case 'r', 'w':
		cmd.file = strings.TrimSpace(p.restOfLine())
	case 'a', 'i', 'c':
		p.skip(" \t")
		if p.peek() == '\\' {
			p.at++
			p.skip(" \t")
			if p.peek() == '\n' {
				p.at++
			}
		}
		var b strings.Builder
		for p.at < len(p.src) && p.src[p.at] != '\n' {
			if p.src[p.at] == '\\' && p.at+1 < len(p.src) {
				p.at++
			}
			b.WriteByte(p.src[p.at])
			p.at++
		}
		cmd.text = b.String() + "\n"
	case 's':
		return p.append(cmd, p.substitute(cmd))
	case 'y':
		delimiter := p.peek()
		p.at++
		from, err := p.delimited(delimiter, false)
		if err != nil {
			return err
		}
		to, err := p.delimited(delimiter, false)
		if err != nil {
			return err
		}
		from, _ = unescape(from, false)
		to, _ = unescape(to, false)
		a, b := []rune(from), []rune(to)
		if len(a) != len(b) {
			return p.errorf("The strings of y are not of the same length.")
		}
		cmd.table = map[rune]rune{}
		for i := range a {
			cmd.table[a[i]] = b[i]
		}
	case 'q', 'Q':
		if n, err := strconv.Atoi(p.word()); err == nil {
			cmd.nth = n
		} else {
			cmd.nth = 0
		}
	case 'd', 'D', 'p', 'P', 'n', 'N', 'g', 'G', 'h', 'H', 'x', '=', 'l':
	default:
		return p.errorf("Function %s cannot be parsed.", p.src)
	}
	return p.append(cmd, nil)
}

func (p *sedParser) append(cmd *sedCommand, err error) error {
	if err == nil {
		p.commands = append(p.commands, cmd)
	}
	return err
}

func (p *sedParser) substitute(cmd *sedCommand) error {
	delimiter := p.peek()
	if delimiter == 0 || delimiter == '\n' || delimiter == '\\' {
		return p.errorf("Function %s cannot be parsed.", p.src)
	}
	p.at++
	src, err := p.delimited(delimiter, true)
	if err != nil {
		return err
	}
	replacement, err := p.delimited(delimiter, false)
	if err != nil {
		return err
	}
	ignoreCase := false
flags:
	for {
		switch ch := p.peek(); {
		case ch == 'g':
			cmd.global = true
		case ch == 'p':
			cmd.print = true
		case ch == 'i' || ch == 'I':
			ignoreCase = true
		case ch >= '1' && ch <= '9':
			n := 0
			for p.peek() >= '0' && p.peek() <= '9' {
				n = min(n*10+int(p.peek()-'0'), 1<<20)
				p.at++
			}
			cmd.nth = n
			continue
		case ch == 'w':
			p.at++
			cmd.file = strings.TrimSpace(p.restOfLine())
			break flags
		default:
			break flags
		}
		p.at++
	}
	if cmd.re, cmd.reuse, err = p.regexp(src); err != nil {
		return err
	}
	if ignoreCase && cmd.re != nil {
		if cmd.re, err = regexp.Compile("(?i)" + cmd.re.String()); err != nil {
			return err
		}
	}
	text := func(s string) {
		if n := len(cmd.parts); n > 0 && cmd.parts[n-1].group < 0 {
			cmd.parts[n-1].text += s
		} else {
			cmd.parts = append(cmd.parts, sedPart{text: s, group: -1})
		}
	}
	for i := 0; i < len(replacement); i++ {
		switch ch := replacement[i]; {
		case ch == '&':
			cmd.parts = append(cmd.parts, sedPart{group: 0})
		case ch == '\\' && i+1 < len(replacement):
			i++
			switch ch = replacement[i]; {
			case ch >= '0' && ch <= '9':
				if cmd.re != nil && int(ch-'0') > cmd.re.NumSubexp() {
					return p.errorf("The reference \\%c has no group.", ch)
				}
				cmd.parts = append(cmd.parts, sedPart{group: int(ch - '0')})
			case ch == 'n':
				text("\n")
			case ch == 't':
				text("\t")
			default:
				text(string(ch))
			}
		default:
			text(string(ch))
		}
	}
	return nil
}
