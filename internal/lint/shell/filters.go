// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"path"
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

func removed(name string) []policy.Edit {
	return []policy.Edit{{Path: name, Kind: policy.EditRemove, Known: true}}
}

// cp copies, and so may put something else in a file's place or bring it back.
func (a *analysis) cp(words []value, at site) flow {
	index := a.emit(words, at)
	files := operands(words[1:])
	if len(files) < 2 {
		return next
	}
	a.copied(index, files)
	return next
}

// copied puts files where the last word says.
func (a *analysis) copied(index int, files []value) {
	target := a.resolve(files[len(files)-1].text)
	for _, file := range files[:len(files)-1] {
		to := target
		source := a.resolve(file.text)
		if len(files) > 2 || strings.HasSuffix(target, "/") || folderNames.MatchString(target) {
			to = strings.TrimRight(target, "/") + "/" + path.Base(source)
		}
		s := a.content(source)
		a.edit(index, a.write(to, false, s)...)
	}
}

// folderNames are paths that are folders on any AIX.
var folderNames = regexp.MustCompile(`^/(?:etc|tmp|var|var/tmp|usr|opt|home|root|usr/local/bin|etc/rc\.d/(?:rc[0-9]\.d|init\.d))$`)

func (a *analysis) mv(words []value, at site) flow {
	index := a.emit(words, at)
	files := operands(words[1:])
	if len(files) < 2 {
		return next
	}
	a.copied(index, files)
	for _, file := range files[:len(files)-1] {
		name := a.resolve(file.text)
		delete(a.files, name)
		a.edit(index, removed(name)...)
	}
	return next
}

// edited is a stream with an edit more.
func edited(s stream, edits ...policy.Edit) stream {
	s.edits = append(s.edits[:len(s.edits):len(s.edits)], edits...)
	return s
}

func (a *analysis) grep(words []value, at site) flow {
	a.emit(words, at)
	invert, ignore, fixed, extended := false, false, strings.HasPrefix(words[0].text, "f"), strings.HasPrefix(words[0].text, "e")
	var patterns, files []value
	rest := words[1:]
	quietly := false
	for i := 0; i < len(rest); i++ {
		text := rest[i].text
		if len(text) < 2 || text[0] != '-' {
			files = append(files, rest[i])
			continue
		}
		for j, letter := range text[1:] {
			switch letter {
			case 'v':
				invert = true
			case 'i', 'y':
				ignore = true
			case 'F':
				fixed = true
			case 'E':
				extended = true
			case 'q', 'c', 'l', 's':
				quietly = quietly || letter != 's'
			case 'e':
				if j+2 < len(text) {
					patterns = append(patterns, rest[i].slice(j+2, len(text)))
				} else if i+1 < len(rest) {
					i++
					patterns = append(patterns, rest[i])
				}
			}
			if letter == 'e' || letter == 'f' {
				break
			}
		}
	}
	if len(patterns) == 0 && len(files) > 0 {
		patterns, files = files[:1], files[1:]
	}
	if len(files) > 1 {
		files = files[:1]
	}
	s := a.input(files)
	if quietly || s.file == "" && !s.known {
		a.out.write(stream{value: unknown("")})
		return next
	}
	edit := policy.Edit{Kind: policy.EditDeleteLines, Known: true}
	if !invert {
		edit.Kind = policy.EditKeepLines
	}
	var alternatives []string
	for _, p := range patterns {
		edit.Known = edit.Known && p.known
		for line := range strings.SplitSeq(p.text, "\n") {
			switch {
			case fixed:
				line = regexp.QuoteMeta(line)
			case !extended:
				line = extendedOf(line)
			}
			alternatives = append(alternatives, line)
		}
	}
	edit.Pattern = strings.Join(alternatives, "|")
	if ignore {
		edit.Pattern = "(?i)" + edit.Pattern
	}
	if s.file == "" {
		a.out.write(kept(s, edit))
		return next
	}
	s.value = unknown("")
	a.out.write(edited(s, edit))
	return next
}

// kept is known text without the lines that an edit deletes.
func kept(s stream, edit policy.Edit) stream {
	pattern, err := regexp.Compile(edit.Pattern)
	if err != nil || !edit.Known || !s.known {
		return stream{value: unknown("")}
	}
	result := value{known: true}
	for at := 0; at < len(s.text); {
		end := strings.IndexByte(s.text[at:], '\n') + 1
		if end == 0 {
			end = len(s.text) - at
		}
		line := s.value.slice(at, at+end)
		if pattern.MatchString(strings.TrimSuffix(line.text, "\n")) == (edit.Kind == policy.EditKeepLines) {
			result.append(line)
		}
		at += end
	}
	return stream{value: result, given: true}
}

// extendedOf makes an extended regular expression of a basic one.
func extendedOf(basic string) string {
	var b strings.Builder
	for i := 0; i < len(basic); i++ {
		switch c := basic[i]; c {
		case '\\':
			if i+1 == len(basic) {
				b.WriteString(`\\`)
				break
			}
			i++
			switch next := basic[i]; {
			case strings.IndexByte("(){}|+?", next) >= 0:
				b.WriteByte(next)
			case next == '<' || next == '>':
				b.WriteString(`\b`)
			case next == '/' || next == '"' || next == '#' || next == ' ' || next == ',' || next == '!' || next == '@' || next == '%' || next == '&' || next == '\'' || next == ':' || next == '=' || next == '~' || next == ';' || next == '_' || next == '-':
				b.WriteByte(next)
			default:
				b.WriteByte('\\')
				b.WriteByte(next)
			}
		case '(', ')', '{', '}', '|', '+', '?':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '[':
			// A bracket expression is the same in both, but for a backslash in it.
			end := i + 1
			if end < len(basic) && basic[end] == '^' {
				end++
			}
			if end < len(basic) && basic[end] == ']' {
				end++
			}
			for end < len(basic) && basic[end] != ']' {
				if strings.HasPrefix(basic[end:], "[:") {
					if close := strings.Index(basic[end:], ":]"); close >= 0 {
						end += close + 1
					}
				}
				end++
			}
			if end >= len(basic) {
				b.WriteString(`\[`)
				break
			}
			b.WriteString(strings.ReplaceAll(basic[i:end+1], `\`, `\\`))
			i = end
		case '*':
			if b.Len() == 0 || b.String() == "^" {
				b.WriteByte('\\')
			}
			b.WriteByte('*')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// sed edits in place with -i, and passes on an edited file otherwise.
func (a *analysis) sed(words []value, at site) flow {
	index := a.emit(words, at)
	inPlace, quiet, extended := false, false, false
	var scripts, rest []value
	arguments := words[1:]
	for i := 0; i < len(arguments); i++ {
		text := arguments[i].text
		switch {
		case text == "-e" || text == "-f" || text == "--expression":
			if i+1 < len(arguments) {
				i++
				if text != "-f" {
					scripts = append(scripts, arguments[i])
				} else {
					scripts = append(scripts, a.content(arguments[i].text).value)
				}
			}
		case strings.HasPrefix(text, "--expression="):
			scripts = append(scripts, arguments[i].slice(len("--expression="), len(text)))
		case strings.HasPrefix(text, "-i") || strings.HasPrefix(text, "--in-place"):
			inPlace = true
		case len(text) > 1 && text[0] == '-' && text[1] != '-':
			quiet = quiet || strings.Contains(text, "n")
			extended = extended || strings.ContainsAny(text, "rE")
			if strings.HasSuffix(text, "i") {
				inPlace = true
			}
			if strings.HasSuffix(text, "e") && i+1 < len(arguments) {
				i++
				scripts = append(scripts, arguments[i])
			}
		case text == "--quiet" || text == "--regexp-extended":
			quiet, extended = quiet || text == "--quiet", extended || text != "--quiet"
		default:
			rest = append(rest, arguments[i])
		}
	}
	if len(scripts) == 0 && len(rest) > 0 {
		scripts, rest = rest[:1], rest[1:]
	}
	script := join(scripts, "\n")
	edits := sedEdits(script, extended, quiet)
	if inPlace {
		for _, file := range rest {
			a.edit(index, a.write(file.text, false, edited(a.own(file.text), edits...))...)
		}
		return next
	}
	s := a.input(rest)
	if s.file == "" {
		a.out.write(substituted(s, script))
		return next
	}
	s.value = unknown("")
	a.out.write(edited(s, edits...))
	return next
}

// own is the content of a file as its own, also where the script wrote all of it.
func (a *analysis) own(name string) stream {
	s := a.content(name)
	if s.file == "" {
		s = stream{value: unknown(""), given: true, file: a.resolve(name)}
	}
	s.value = unknown("")
	return s
}

// substituted is what sed makes of lines that are not known: `s/^/rmdev -dl /` puts a
// command in front of them.
func substituted(s stream, script value) stream {
	text := strings.TrimSpace(script.text)
	if len(text) > 3 && text[0] == 's' && script.known {
		parts := strings.Split(text[2:], text[1:2])
		if len(parts) >= 2 {
			rest := s.text
			if rest == "" {
				rest = "$line"
			}
			switch {
			case parts[0] == "^":
				return stream{value: value{text: parts[1] + rest, known: s.known && !strings.Contains(s.text, "\n"), origin: firstOf(script)}, given: true}
			case parts[0] == ".*" || parts[0] == "^.*$" || parts[0] == `\(.*\)` || parts[0] == `^\(.*\)$` || parts[0] == "(.*)":
				replaced := strings.NewReplacer("&", rest, `\1`, rest).Replace(parts[1])
				return stream{value: value{text: replaced, known: s.known && !strings.Contains(s.text, "\n"), origin: firstOf(script)}, given: true}
			}
		}
	}
	return stream{value: unknown("")}
}

func firstOf(v value) origin {
	if v.origin == nil {
		return nil
	}
	return origin{{from: v.origin.offset(0)}}
}
