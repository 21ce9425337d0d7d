// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// The bounds of an analysis. They are counted and not timed, so that the same script
// has the same commands on a slow machine.
const (
	maxSteps      = 200_000 // statements looked at, those of loops and functions again each time
	maxCommands   = 20_000  // commands of one script
	maxIterations = 64      // rounds of one loop
	maxDepth      = 400     // commands inside one another
	maxNested     = 12      // scripts inside one another, as in ksh -c 'ksh -c …'
	maxCalls      = 24      // functions that call one another
)

// Analyze says which commands a script would run on the guest, in the order in which
// it would run them, and what of it could not be read. The commands have name, words,
// redirections, edits and positions; what they do is for hazard.Mark to say, once for
// all commands of a step.
//
// Code that is never reached has no commands: after an exit, behind a condition that
// is known to fail, or in a function that nothing calls, unless the script is a
// collection of functions or calls some that are not known.
func Analyze(src Source) (commands []policy.Command, problems []policy.Problem) {
	defer func() {
		// A mistake in here must neither end the program nor let a script pass unseen.
		if r := recover(); r != nil {
			commands = nil
			problems = []policy.Problem{{What: Failed, Detail: fmt.Sprintf("the script cannot be followed: %v; please report it", r), Place: src.at(1, 1)}}
		}
	}()
	text, problem := src.normal()
	if problem != nil {
		return nil, []policy.Problem{*problem}
	}
	a := &analysis{
		source: &src, index: newIndex(text), environment: &environment{}, files: map[string]stream{}, functions: map[string]*function{},
		aliases: map[string]value{}, seen: map[string]bool{}, ran: map[string]bool{}, out: &output{lost: true}, writer: -1,
	}
	for name, v := range src.Variables {
		a.environment.assign(name, scalar(constant(v)))
	}
	switch language := interpreter(text); {
	case foreignStrings.MatchString(language):
		a.at = fragment{text: text}
		a.foreign(constant(text).at(0, true))
		a.problem(OtherLanguage, 0, "it is a script for %s; of what it does on the guest, only commands in plain strings were looked at", language)
	case otherLanguages.MatchString(language):
		a.problem(OtherLanguage, 0, "it is a script for %s, so what it does on the guest was not looked at", language)
	default:
		a.script(fragment{text: text})
		a.traps()
		a.uncalled()
		a.later()
	}
	return a.commands, a.problems
}

type analysis struct {
	source   *Source
	index    *index
	commands []policy.Command
	problems []policy.Problem
	seen     map[string]bool // commands that are there already
	told     map[string]bool // problems that are there already

	at          fragment // what is being run
	environment *environment
	arguments   []value // $1 and on
	argued      bool    // that the arguments are known
	in          stream
	out         *output
	status      int // 0, 1 or unknownStatus
	branch      string
	within      string
	folder      value
	files       map[string]stream
	functions   map[string]*function
	aliases     map[string]value
	exits       []value // what trap runs at the end
	choice      *choice
	writes      []string        // what the redirections of the command about to be run write
	text        string          // the command about to be run with its redirections, as written
	taken       bool            // a command took them over
	writer      int             // the command that did, or -1
	laters      []later         // text that something else runs
	ran         map[string]bool // of these, what the script ran itself
	dynamic     bool            // a command of a name that is not known is run

	steps, depth, nested, calls int
}

const unknownStatus = -1

// flow says where a statement leads.
type flow int

const (
	next flow = iota
	breaks
	continues
	returns
	exits
)

type function struct {
	body   *syntax.Stmt
	at     fragment
	called bool
	order  int
}

func (a *analysis) problem(what string, offset int, format string, arguments ...any) {
	if what != Unparsable && a.told[what] {
		return // once is enough
	}
	p := policy.Problem{What: what, Detail: fmt.Sprintf(format, arguments...), Place: a.source.at(a.index.position(offset))}
	key := fmt.Sprint(what, p.Place)
	if a.told == nil {
		a.told = map[string]bool{}
	}
	if !a.told[key] {
		a.told[key], a.told[what] = true, true
		a.problems = append(a.problems, p)
	}
}

// script runs a text as a shell would.
func (a *analysis) script(f fragment) flow {
	if a.nested >= maxNested {
		a.problem(TooDeep, f.origin.offset(0), "scripts are nested more than %d deep", maxNested)
		return next
	}
	statements, err := parse(f.text)
	if err != nil {
		what := Unparsable
		if errors.Is(err, errTooDeep) {
			what = TooDeep
		}
		if a.nested == 0 || f.origin.exact(0) {
			a.problem(what, f.origin.offset(offsetOf(err)), "%s", reason(err))
		}
	}
	outer := a.at
	a.at = f
	a.nested++
	defer func() { a.at = outer; a.nested-- }()
	return a.list(statements)
}

func (a *analysis) offset(node syntax.Node) int {
	return a.at.origin.offset(int(node.Pos().Offset()))
}

// source text of a node.
func (a *analysis) written(node syntax.Node) string {
	return a.between(node.Pos(), node.End())
}

func (a *analysis) between(from, to syntax.Pos) string {
	start, end := int(from.Offset()), int(to.Offset())
	if start < 0 || end > len(a.at.text) || start > end {
		return ""
	}
	return a.at.text[start:end]
}

// asOutput is a command as $(…), which stands for what it writes.
func asOutput(command string) string {
	if len(command) > maxUnknown {
		command = strings.ToValidUTF8(command[:maxUnknown], "") + "…"
	}
	return "$(" + command + ")"
}

func (a *analysis) list(statements []*syntax.Stmt) flow {
	for _, s := range statements {
		if f := a.statement(s); f != next {
			return f
		}
	}
	return next
}

// apart runs something whose variables, folder and functions do not outlive it, as in
// a subshell.
func (a *analysis) apart(run func() flow) flow {
	environment, folder, arguments, argued := a.environment, a.folder, a.arguments, a.argued
	a.environment = environment.branch()
	f := run()
	a.environment, a.folder, a.arguments, a.argued = environment, folder, arguments, argued
	if f == exits || f == returns {
		f = next
	}
	return f
}

// under runs something in one arm of a condition.
func (a *analysis) under(offset, arm int, run func() flow) flow {
	outer := a.branch
	a.branch = strings.TrimPrefix(fmt.Sprintf("%s/%d.%d", outer, offset, arm), "/")
	if len(a.branch) > 400 {
		a.branch = outer
	}
	f := run()
	a.branch = outer
	return f
}

// captured runs something and returns what it writes.
func (a *analysis) captured(run func()) stream {
	outer := a.out
	a.out = &output{}
	run()
	s := a.out.stream
	if a.out.parts == 0 {
		s = stream{value: constant(""), given: true}
	}
	a.out = outer
	return s
}

func (a *analysis) statement(s *syntax.Stmt) flow {
	if a.steps++; a.steps > maxSteps || len(a.commands) >= maxCommands {
		a.problem(TooComplex, a.at.origin.offset(int(s.Pos().Offset())), "the script runs more statements than are followed (%d statements, %d commands); what comes after is not looked at", maxSteps, maxCommands)
		return exits
	}
	if a.depth++; a.depth > maxDepth {
		a.depth--
		a.problem(TooDeep, a.at.origin.offset(int(s.Pos().Offset())), "commands are nested more than %d deep; what is inside is not looked at", maxDepth)
		a.status = unknownStatus
		return next
	}
	defer func() { a.depth-- }()
	if len(s.Redirs) > 0 {
		return a.redirected(s)
	}
	f := a.command(s)
	if s.Background || s.Coprocess {
		a.status = 0
		f = next
	}
	if s.Negated && a.status != unknownStatus {
		a.status = 1 - a.status
	}
	return f
}

// command runs what stands in a statement, without its redirections.
func (a *analysis) command(s *syntax.Stmt) flow {
	switch c := s.Cmd.(type) {
	case nil:
		a.status = 0
	case *syntax.CallExpr:
		return a.call(c)
	case *syntax.Block:
		return a.list(c.Stmts)
	case *syntax.Subshell:
		return a.apart(func() flow { return a.list(c.Stmts) })
	case *syntax.BinaryCmd:
		if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
			a.pipeline(s)
			return next
		}
		return a.chain(s)
	case *syntax.IfClause:
		return a.conditional(c)
	case *syntax.WhileClause:
		return a.while(c)
	case *syntax.ForClause:
		return a.loop(c)
	case *syntax.CaseClause:
		return a.choose(c)
	case *syntax.FuncDecl:
		if c.Name != nil {
			a.functions[c.Name.Value] = &function{body: c.Body, at: a.at, order: len(a.functions)}
		}
		a.status = 0
	case *syntax.DeclClause:
		a.declare(c)
	case *syntax.TestClause:
		a.status = a.tested(c.X)
	case *syntax.ArithmCmd:
		a.status = unknownStatus
		if n, ok := a.arithmetic(c.X); ok {
			a.status = truth(n != 0)
		}
	case *syntax.LetClause:
		a.status = unknownStatus
		for _, x := range c.Exprs {
			if n, ok := a.arithmetic(x); ok {
				a.status = truth(n != 0)
			}
		}
	case *syntax.TimeClause:
		if c.Stmt != nil {
			return a.statement(c.Stmt)
		}
	case *syntax.CoprocClause:
		if c.Stmt != nil {
			a.statement(c.Stmt)
		}
	default:
		a.status = unknownStatus
	}
	return next
}

func truth(holds bool) int {
	if holds {
		return 0
	}
	return 1
}

// chain runs `a && b || c`. The parser nests it to the left, as deep as it is long.
func (a *analysis) chain(s *syntax.Stmt) flow {
	type link struct {
		op   syntax.BinCmdOperator
		stmt *syntax.Stmt
	}
	var links []link
	for {
		c, ok := s.Cmd.(*syntax.BinaryCmd)
		if !ok || c.Op == syntax.Pipe || c.Op == syntax.PipeAll || len(s.Redirs) > 0 || len(links) > 0 && (s.Negated || s.Background) {
			break
		}
		links = append(links, link{c.Op, c.Y})
		s = c.X
	}
	f := a.statement(s)
	if f != next {
		return f
	}
	for _, l := range slices.Backward(links) {
		status := a.status
		if status == truth(l.op != syntax.AndStmt) {
			continue // not reached
		}
		if status != unknownStatus {
			if f := a.statement(l.stmt); f != next {
				return f
			}
			continue
		}
		before := a.environment
		a.environment = before.branch()
		f := a.statement(l.stmt)
		if f == next {
			before.merge([]*environment{a.environment}, false)
		}
		a.environment = before
		a.status = unknownStatus
		if f != next && l.op == syntax.OrStmt {
			// `x || exit`: what comes after runs when x succeeded.
			a.status = 0
		}
		if f != next && l.op == syntax.AndStmt {
			a.status = 1
		}
	}
	return next
}

func (a *analysis) conditional(c *syntax.IfClause) flow {
	var arms []*environment
	var flows []flow
	start := a.environment
	number, always := 0, false
	for clause := c; clause != nil; clause = clause.Else {
		number++
		if clause.ThenPos.IsValid() {
			if f := a.list(clause.Cond); f != next {
				return f
			}
			if a.status == 1 {
				continue
			}
		}
		certain := !clause.ThenPos.IsValid() || a.status == 0
		a.environment = start.branch()
		body := func() flow { return a.list(clause.Then) }
		var f flow
		if certain && len(arms) == 0 || a.watches(clause) {
			f = body()
		} else {
			f = a.under(a.at.origin.offset(int(c.Position.Offset())), number, body)
		}
		arms, flows = append(arms, a.environment), append(flows, f)
		a.environment = start
		if certain {
			always = true
			break
		}
	}
	a.status = unknownStatus
	return a.rejoin(arms, flows, always)
}

// watches reports that a condition looks whether RMC runs, as one does before
// starting it again: what it guards happens whenever it has to.
func (a *analysis) watches(c *syntax.IfClause) bool {
	if len(c.Cond) == 0 {
		return false
	}
	text := a.between(c.Cond[0].Pos(), c.Cond[len(c.Cond)-1].End())
	return strings.Contains(text, "lssrc") || strings.Contains(text, "rmcdomainstatus")
}

// rejoin goes on after the arms of a condition; always says that one of them is taken.
func (a *analysis) rejoin(arms []*environment, flows []flow, always bool) flow {
	var going []*environment
	strongest := exits
	for i, f := range flows {
		if f == next {
			going = append(going, arms[i])
		}
		strongest = min(strongest, f)
	}
	a.environment.merge(going, always)
	if !always || len(flows) == 0 || len(going) > 0 {
		return next
	}
	return strongest
}

func (a *analysis) choose(c *syntax.CaseClause) flow {
	word := a.single(c.Word)
	var arms []*environment
	var flows []flow
	start := a.environment
	certain := false
	for i, item := range c.Items {
		match, sure := false, true
		for _, p := range item.Patterns {
			pattern := a.single(p)
			switch {
			case pattern.known && pattern.text == "*":
				match = true
			case word.known && pattern.known:
				match = match || matches(pattern.text, word.text)
			default:
				sure = false
			}
		}
		if !match && sure {
			continue
		}
		a.environment = start.branch()
		body := func() flow { return a.list(item.Stmts) }
		var f flow
		if match && sure && len(arms) == 0 {
			f = body()
		} else {
			f = a.under(a.at.origin.offset(int(c.Case.Offset())), i+1, body)
		}
		arms, flows = append(arms, a.environment), append(flows, f)
		a.environment = start
		if match && sure && item.Op == syntax.Break {
			certain = true
			break
		}
	}
	a.status = unknownStatus
	return a.rejoin(arms, flows, certain)
}

func (a *analysis) while(c *syntax.WhileClause) flow {
	// What a loop reads goes round line by line, when it is known.
	if lines, ok := a.readsLines(c); ok {
		return a.rounds(len(lines), func(i int) flow {
			a.in = lines[i]
			if f := a.list(c.Cond); f != next {
				return f
			}
			return a.list(c.Do)
		})
	}
	for round := 0; round < maxIterations; round++ {
		if f := a.list(c.Cond); f != next {
			return f
		}
		status := a.status
		if c.Until && status != unknownStatus {
			status = 1 - status
		}
		if status == 1 {
			a.status = 0
			return next
		}
		var f flow
		if status == unknownStatus {
			before := a.environment
			a.environment = before.branch()
			f = a.under(a.at.origin.offset(int(c.WhilePos.Offset())), 1, func() flow { return a.list(c.Do) })
			changed := len(a.environment.variables) > 0
			before.merge([]*environment{a.environment}, false)
			a.environment = before
			if !changed || round > 0 || f != next && f != continues {
				a.status = unknownStatus
				return next
			}
			// A second round sees what the first one left behind, as a counter.
			continue
		}
		f = a.list(c.Do)
		switch f {
		case breaks:
			return next
		case returns, exits:
			return f
		}
	}
	return next
}

// rounds runs a loop's body for each of its elements.
func (a *analysis) rounds(n int, body func(i int) flow) flow {
	for i := range min(n, maxIterations) {
		switch f := body(i); f {
		case breaks:
			return next
		case returns, exits:
			return f
		}
	}
	return next
}

func (a *analysis) loop(c *syntax.ForClause) flow {
	switch l := c.Loop.(type) {
	case *syntax.WordIter:
		var items []value
		switch {
		case l.InPos.IsValid():
			items = a.words(l.Items)
		case a.argued:
			items = a.arguments
		default:
			items = []value{unknown("$@")}
		}
		return a.rounds(len(items), func(i int) flow {
			a.environment.assign(l.Name.Value, scalar(items[i]))
			return a.list(c.Do)
		})
	case *syntax.CStyleLoop:
		if l.Init != nil {
			a.arithmetic(l.Init)
		}
		for range maxIterations {
			if l.Cond != nil {
				n, ok := a.arithmetic(l.Cond)
				if ok && n == 0 {
					return next
				}
				if !ok {
					a.under(a.at.origin.offset(int(c.ForPos.Offset())), 1, func() flow { return a.list(c.Do) })
					return next
				}
			}
			switch f := a.list(c.Do); f {
			case breaks:
				return next
			case returns, exits:
				return f
			}
			if l.Post != nil {
				a.arithmetic(l.Post)
			}
		}
	}
	return next
}

// pipeline runs `a | b | c`: what each writes is read by the one after it.
func (a *analysis) pipeline(s *syntax.Stmt) {
	var parts []*syntax.Stmt
	var flatten func(s *syntax.Stmt, depth int)
	flatten = func(s *syntax.Stmt, depth int) {
		if c, ok := s.Cmd.(*syntax.BinaryCmd); ok && (c.Op == syntax.Pipe || c.Op == syntax.PipeAll) && len(s.Redirs) == 0 && depth < maxDepth {
			flatten(c.X, depth+1)
			flatten(c.Y, depth+1)
			return
		}
		parts = append(parts, s)
	}
	flatten(s, 0)
	if len(parts) == 1 {
		// Too deep to be taken apart.
		a.problem(TooDeep, a.at.origin.offset(int(s.Pos().Offset())), "commands are nested more than %d deep; what is inside is not looked at", maxDepth)
		return
	}
	outer := a.in
	for i, part := range parts {
		if i == len(parts)-1 {
			a.apart(func() flow { return a.statement(part) })
			break
		}
		s := a.captured(func() { a.apart(func() flow { return a.statement(part) }) })
		if !s.known && s.text == "" {
			s.text = asOutput(a.between(parts[0].Pos(), part.End()))
		}
		s.given = true
		a.in = s
	}
	a.in = outer
}

// uncalled looks at functions that nothing calls where something else may call them.
func (a *analysis) uncalled() {
	if len(a.functions) == 0 || !a.dynamic && len(a.commands) > 0 {
		return
	}
	var left []*function
	for _, f := range a.functions {
		if !f.called {
			left = append(left, f)
		}
	}
	slices.SortFunc(left, func(x, y *function) int { return x.order - y.order })
	for i, f := range left {
		if f.called {
			continue
		}
		a.argued, a.arguments = false, nil
		a.under(len(a.at.text), i+1, func() flow { return a.invoke(f) })
	}
}

func (a *analysis) invoke(f *function) flow {
	if a.calls >= maxCalls {
		a.status = unknownStatus
		return next
	}
	f.called = true
	a.calls++
	outer := a.at
	a.at = f.at
	result := a.statement(f.body)
	a.at = outer
	a.calls--
	if result == returns {
		return next
	}
	return result
}

// traps runs what a trap for the script's end holds.
func (a *analysis) traps() {
	for _, code := range a.exits {
		a.run([]value{constant("eval"), code}, site{offset: code.origin.offset(0), text: code.text})
	}
}

// resolve makes a name a path from the current folder, as far as that is known.
func (a *analysis) resolve(name string) string {
	if name == "" || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "$") || !a.folder.known || a.folder.text == "" {
		return name
	}
	return path.Join(a.folder.text, name)
}
