// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"path"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// redirected runs a statement with its redirections.
func (a *analysis) redirected(s *syntax.Stmt) flow {
	in, out, writes, taken := a.in, a.out, a.writes, a.taken
	target, appends := "", false
	a.writes = nil
	var paths []string
	for _, r := range s.Redirs {
		descriptor := ""
		if r.N != nil {
			descriptor = r.N.Value
		}
		switch r.Op {
		case syntax.RdrIn, syntax.RdrInOut:
			if descriptor == "" || descriptor == "0" {
				a.in = a.content(a.single(r.Word).text)
			}
		case syntax.Hdoc, syntax.DashHdoc:
			a.in = stream{value: a.document(r), given: true}
		case syntax.WordHdoc:
			v := a.single(r.Word)
			v.append(constant("\n"))
			a.in = stream{value: v, given: true}
		case syntax.RdrOut, syntax.RdrClob, syntax.AppOut, syntax.RdrAll, syntax.AppAll:
			name := a.resolve(a.single(r.Word).text)
			if !strings.HasPrefix(name, "/dev/") || strings.Contains(name, "disk") {
				paths = append(paths, name)
			}
			if descriptor == "" || descriptor == "1" || r.Op == syntax.RdrAll || r.Op == syntax.AppAll {
				target, appends = name, r.Op == syntax.AppOut || r.Op == syntax.AppAll
			}
		}
	}
	at := site{offset: a.at.origin.offset(int(s.Pos().Offset())), text: a.between(s.Pos(), s.Redirs[len(s.Redirs)-1].Word.End())}
	_, simple := s.Cmd.(*syntax.CallExpr)
	if simple {
		a.writes, a.text = paths, at.text
	}
	a.taken, a.writer = false, -1
	plain := *s
	plain.Redirs = nil
	if target == "" {
		f := a.statement(&plain)
		if (!simple || !a.taken) && len(paths) > 0 {
			a.writes = paths
			a.emit([]value{constant(":")}, at)
		}
		a.in, a.writes, a.taken = in, writes, taken
		return f
	}
	writer := -1
	var f flow
	result := a.captured(func() {
		f = a.statement(&plain)
		writer = a.writer
	})
	if !simple || !a.taken {
		a.writes = paths
		writer = a.emit([]value{constant(":")}, at)
	}
	a.in, a.out, a.writes, a.taken = in, out, writes, taken
	if !result.known && result.text == "" && s.Cmd != nil {
		result.text = asOutput(a.written(s.Cmd))
	}
	a.edit(writer, a.write(target, appends, result)...)
	return f
}

// document is the text of a here-document.
func (a *analysis) document(r *syntax.Redirect) value {
	if r.Hdoc == nil {
		return constant("")
	}
	var v value
	quoted := false
	for _, part := range r.Word.Parts {
		switch p := part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			quoted = true
		case *syntax.Lit:
			quoted = quoted || strings.Contains(p.Value, `\`)
		}
	}
	if quoted {
		v.known = true
		for _, part := range r.Hdoc.Parts {
			if l, ok := part.(*syntax.Lit); ok {
				v.append(constant(l.Value).at(a.at.origin.offset(int(l.ValuePos.Offset())), a.exact(l)))
			}
		}
	} else {
		v = a.joined(a.pieces(r.Hdoc.Parts, true))
	}
	if r.Op == syntax.DashHdoc {
		v = a.untabbed(v)
	}
	return v
}

// untabbed takes the tabs off the front of each line, as <<- does.
func (a *analysis) untabbed(v value) value {
	result := value{known: v.known}
	for at := 0; at < len(v.text); {
		end := strings.IndexByte(v.text[at:], '\n') + 1
		if end == 0 {
			end = len(v.text) - at
		}
		start := at
		for start < at+end && v.text[start] == '\t' {
			start++
		}
		result.append(v.slice(start, at+end))
		at += end
	}
	return result
}

// content is what a file holds, as far as the script made it.
func (a *analysis) content(name string) stream {
	name = path.Clean(a.resolve(name))
	if s, ok := a.files[name]; ok {
		return s
	}
	if name == "/dev/null" {
		return stream{value: constant(""), given: true}
	}
	return stream{value: unknown("$(cat " + name + ")"), given: true, file: name}
}

// write puts a text into a file, and says what that changes.
func (a *analysis) write(name string, appends bool, s stream) []policy.Edit {
	if strings.HasPrefix(name, "/dev/") {
		return nil
	}
	name = path.Clean(a.resolve(name))
	s.given = true
	if appends {
		old, ok := a.files[name]
		if !ok {
			old = stream{value: value{known: false}, given: true, file: name}
		}
		before := len(old.text)
		if s.file == "" && before+len(s.text) < maxOutput {
			if old.text == "$(cat "+name+")" {
				old.text = ""
			}
			known := old.known
			old.append(s.value)
			old.known = known && s.known
		}
		a.files[name] = old
		a.startup(name, s.value)
		return []policy.Edit{{Path: name, Kind: policy.EditAppend, Text: clip(s.text), Known: s.known}}
	}
	if s.file == name {
		edits := []policy.Edit{{Path: name, Kind: policy.EditRestore, Known: true}}
		for _, e := range s.edits {
			e.Path = name
			edits = append(edits, e)
		}
		delete(a.files, name) // what it holds now is its own
		return edits
	}
	a.files[name] = s
	text := s.text
	if s.file != "" {
		text = ""
	} else {
		a.startup(name, s.value)
	}
	return []policy.Edit{{Path: name, Kind: policy.EditTruncate, Text: clip(text), Known: s.known && s.file == ""}}
}

var (
	// startupFiles are run by the system when it starts, or by cron.
	startupFiles = regexp.MustCompile(`^/etc/(?:rc(?:\.[a-z0-9]+)?|rc\.d/.*|inittab|firstboot|profile|environment)$|^/var/spool/cron/crontabs/`)
	scriptName   = regexp.MustCompile(`\.(?:k?sh|bash)$`)
	proseName    = regexp.MustCompile(`(?i)readme|\.(?:txt|md|html?|rst|log|doc|1|8)$|motd|issue|/man/`)
	cronLine     = regexp.MustCompile(`(?m)^[ \t]*(?:[0-9*,/-]+[ \t]+){5}(.+)$`)
	initLine     = regexp.MustCompile(`(?m)^[A-Za-z0-9_]+:[0-9]*:[a-z]*:(.+)$`)
)

// later is text that something else than this script runs.
type later struct {
	name string
	text value
}

// startup remembers text written into something that is run later: a script, what
// starts at boot, a table of cron.
func (a *analysis) startup(name string, text value) {
	if text.text == "" || proseName.MatchString(name) || len(a.laters) >= 256 {
		return
	}
	if startupFiles.MatchString(name) || scriptName.MatchString(name) || interpreterIsShell(text.text) {
		a.laters = append(a.laters, later{name, text})
	}
}

func interpreterIsShell(text string) bool {
	name := interpreter(text)
	return shells[name]
}

// later looks at the text that others run, unless the script ran it itself.
func (a *analysis) later() {
	// Looking at one may write others.
	for i := 0; i < len(a.laters) && i < 256; i++ {
		l := a.laters[i]
		if a.ran[l.name] {
			continue
		}
		text := []value{l.text}
		lines := cronLine
		switch {
		case strings.HasPrefix(l.name, "/var/spool/cron/"):
			text = nil
		case l.name == "/etc/inittab":
			text, lines = nil, initLine
		}
		if text == nil {
			for _, m := range lines.FindAllStringSubmatchIndex(l.text.text, -1) {
				text = append(text, l.text.slice(m[2], m[3]))
			}
		}
		for _, t := range text {
			a.delayed(l.name, t)
		}
	}
}

// delayed runs text as what runs it later would.
func (a *analysis) delayed(name string, text value) {
	outer := a.within
	a.within = name
	a.captured(func() {
		a.apart(func() flow {
			a.argued = false
			problems := len(a.problems)
			f := a.script(fragment{text: text.text, origin: located(text, site{})})
			if !text.known {
				a.problems = a.problems[:problems]
			}
			return f
		})
	})
	a.within = outer
}
