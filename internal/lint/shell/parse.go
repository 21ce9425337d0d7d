// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// The problems that Analyze reports, by Problem.What.
const (
	TooLarge   = "script-too-large"
	Binary     = "script-binary"
	UTF16      = "script-utf16"
	Unparsable = "script-unparsable"
	TooDeep    = "script-too-deep"
	TooComplex = "script-too-complex"
	Failed     = "script-not-followed" // a mistake of the analysis itself
	// OtherLanguage is a script that its first line gives to what is no shell.
	OtherLanguage = "script-other-language"
)

const (
	// maxBytes bounds a script. The largest public AIX installation scripts have a few
	// hundred kilobytes.
	maxBytes = 4 << 20
	// maxFrames bounds the parser's recursion; a level of nesting takes five to ten frames.
	maxFrames = 4000
)

// fragment is a piece of shell text, and where in the script it comes from.
type fragment struct {
	text   string
	origin origin
}

// origin maps offsets of a text to offsets of the script. Nil maps each to itself.
type origin []span

// span says that the text from `at` on comes from the script's `from`; character by
// character when exact, as a whole otherwise.
type span struct {
	at, from int
	exact    bool
}

func (o origin) offset(at int) int {
	if o == nil {
		return at
	}
	i := sort.Search(len(o), func(i int) bool { return o[i].at > at }) - 1
	if i < 0 {
		return o[0].from
	}
	if o[i].exact {
		return o[i].from + at - o[i].at
	}
	return o[i].from
}

// from is the origin of the rest of a text, from an offset on.
func (o origin) from(at int) origin {
	result := origin{{from: o.offset(at), exact: o == nil || o.exact(at)}}
	for _, s := range o {
		if s.at > at {
			s.at -= at
			result = append(result, s)
		}
	}
	return result
}

func (o origin) exact(at int) bool {
	i := sort.Search(len(o), func(i int) bool { return o[i].at > at }) - 1
	return i >= 0 && o[i].exact
}

// normal makes of a script's bytes text that the parser takes, in which each line
// and column stands where it stood. The problem is not nil when there is no such text.
func (s *Source) normal() (string, *policy.Problem) {
	refuse := func(what, format string, arguments ...any) (string, *policy.Problem) {
		return "", &policy.Problem{What: what, Detail: fmt.Sprintf(format, arguments...), Place: s.at(1, 1)}
	}
	text := s.Text
	switch {
	case len(text) > maxBytes:
		return refuse(TooLarge, "the script has %d bytes; scripts of up to %d bytes are read. Split it, or keep data out of scripts", len(text), maxBytes)
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}), bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return refuse(UTF16, "the script is written in UTF-16, which no shell of AIX reads; save it as UTF-8 or ASCII")
	case bytes.IndexByte(text, 0) >= 0:
		return refuse(Binary, "the file holds NUL bytes and is no script; what it does on the guest cannot be told")
	}
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	if !utf8.Valid(text) {
		// Old scripts have comments and messages in ISO 8859-1.
		text = bytes.Clone(text)
		for i := 0; i < len(text); {
			r, size := utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && size == 1 {
				text[i] = '?'
			}
			i += size
		}
	}
	return string(text), nil
}

// bounded reads a text and stops with an error once the parser has called itself too
// often, which it would otherwise do until the stack of the process is spent. The
// parser asks for more every few hundred bytes.
type bounded struct{ rest string }

var errTooDeep = errors.New("brackets, quotes or commands are nested too deeply")

func (b *bounded) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	var frames [maxFrames]uintptr
	if runtime.Callers(0, frames[:]) == maxFrames {
		return 0, errTooDeep
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

var shebang = regexp.MustCompile(`^#![ \t]*(?:\S*/env[ \t]+(?:-\S+[ \t]+)*(?:\w+=\S*[ \t]+)*)?(?:\S*/)?([A-Za-z0-9_.+-]+)`)

// foreignStrings are languages whose programs are looked at for what they hand to a shell.
var foreignStrings = regexp.MustCompile(`^(?:perl|python|ruby)[0-9.]*$`)

// otherLanguages are what else a first line names that is no shell the parser knows.
var otherLanguages = regexp.MustCompile(`^(?:expect|[gmn]?awk|tclsh[0-9.]*|wish[0-9.]*|rexx|regina|php[0-9.]*|node|nodejs|lua[0-9.]*|t?csh|fish|pwsh|make|gmake|sed|groovy|java)$`)

// interpreter is the name in a script's first line; empty when it has none.
func interpreter(text string) string {
	if match := shebang.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}

// shellVariable is `${.sh.name}` of ksh93, which the parser has no word for.
var shellVariable = regexp.MustCompile(`\$\{[#!]?\.sh\.`)

// parse reads a text in the dialect that it is most likely written in, and in the
// others when that does not work. The statements before an error are returned with it.
func parse(text string) ([]*syntax.Stmt, error) {
	if strings.Contains(text, ".sh.") {
		text = shellVariable.ReplaceAllStringFunc(text, func(match string) string { return strings.ReplaceAll(match, ".", "_") })
	}
	dialects := []syntax.LangVariant{syntax.LangMirBSDKorn, syntax.LangBash, syntax.LangPOSIX}
	switch interpreter(text) {
	case "bash":
		dialects[0], dialects[1] = dialects[1], dialects[0]
	case "sh", "dash", "bsh":
		dialects = []syntax.LangVariant{syntax.LangBash, syntax.LangMirBSDKorn, syntax.LangPOSIX}
	}
	var best []*syntax.Stmt
	var furthest error
	for _, dialect := range dialects {
		statements, err := parseAs(text, dialect)
		if err == nil {
			return statements, nil
		}
		if errors.Is(err, errTooDeep) {
			return statements, err
		}
		if furthest == nil || offsetOf(err) > offsetOf(furthest) {
			best, furthest = statements, err
		}
	}
	return best, furthest
}

func parseAs(text string, dialect syntax.LangVariant) (statements []*syntax.Stmt, err error) {
	parser := syntax.NewParser(syntax.Variant(dialect), syntax.KeepComments(false))
	for statement, problem := range parser.StmtsSeq(&bounded{text}) {
		if problem != nil {
			return statements, problem
		}
		statements = append(statements, statement)
	}
	return statements, nil
}

// offsetOf is how far the parser came.
func offsetOf(err error) int {
	var parse syntax.ParseError
	if errors.As(err, &parse) {
		return int(parse.Pos.Offset())
	}
	var lang syntax.LangError
	if errors.As(err, &lang) {
		return int(lang.Pos.Offset())
	}
	return 0
}

// words of a parser's error without the position in front.
func reason(err error) string {
	var parse syntax.ParseError
	if errors.As(err, &parse) {
		return parse.Text
	}
	var lang syntax.LangError
	if errors.As(err, &lang) {
		return lang.Feature + " is not known here"
	}
	return err.Error()
}

// index finds lines and columns of offsets in a text.
type index struct {
	text   string
	starts []int
	// The position found last, from which the next one on the same line is counted on:
	// scripts of one long line are looked up as often as they have commands.
	line, offset, column int
}

func newIndex(text string) *index {
	x := &index{text: text, starts: []int{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			x.starts = append(x.starts, i+1)
		}
	}
	return x
}

// position is the line and column, in characters, of an offset; both count from 1.
func (x *index) position(offset int) (line, column int) {
	offset = max(0, min(offset, len(x.text)))
	line = sort.Search(len(x.starts), func(i int) bool { return x.starts[i] > offset })
	from, before := x.starts[line-1], 0
	if line == x.line && offset >= x.offset {
		from, before = x.offset, x.column-1
	}
	column = before + utf8.RuneCountInString(x.text[from:offset]) + 1
	x.line, x.offset, x.column = line, offset, column
	return line, column
}
