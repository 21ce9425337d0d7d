// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// mvdan.cc/sh/v3/interp has no file descriptors above 2, no process ids for
// background jobs and no kill, and asks the machine it runs on for a few things.
// Programs are therefore rewritten after parsing. Where the original has
//
//	cmd 3>&1          the program has   cmd 2>/.aixsim/dup/3/1
//	cmd >&3                             cmd >/.aixsim/dup/1/3
//	cmd 2>file                          cmd 2>/.aixsim/open/2/w/file
//	$(cmd)                              $({ cmd; } >/.aixsim/capture)
//	a | b                               { a; } >/.aixsim/pipe | { b; } 2>/.aixsim/reader
//	cmd &                               { <spawn>; { (cmd) …; } 2>/.aixsim/job/$! & }
//	$! $$ $PPID                         variables of our own
//
// and the open handler (shell_open.go) gives those paths their meaning.
const magic = "/.aixsim/"

// The variables that stand for special parameters the interpreter would answer
// from the machine.
const (
	lastJobVariable = "__aixsim_job"
	pidVariable     = "__aixsim_pid"
	parentVariable  = "__aixsim_ppid"
)

// Commands only rewritten programs can name: no word of a script holds \x01.
const (
	builtinPrefix = "\x01"
	spawnCommand  = builtinPrefix + "spawn"
	doneCommand   = builtinPrefix + "done"
)

type rewriter struct {
	shell   *shell
	changed bool
	psubst  int
}

// rewrite rewrites a parsed program in place and says whether it changed.
func (sh *shell) rewrite(node syntax.Node) bool {
	rw := &rewriter{shell: sh}
	var stack []syntax.Node
	syntax.Walk(node, func(n syntax.Node) bool {
		if n != nil {
			stack = append(stack, n)
			return true
		}
		// On the way up, so that what is put in is not walked again.
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		rw.node(top)
		return true
	})
	return rw.changed
}

func (rw *rewriter) node(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Stmt:
		rw.stmt(n)
	case *syntax.CmdSubst:
		if len(n.Stmts) > 0 && !isCatShortcut(n.Stmts) {
			n.Stmts = []*syntax.Stmt{{
				Cmd:    &syntax.Block{Stmts: n.Stmts},
				Redirs: []*syntax.Redirect{redirect("1", magic+"capture")},
			}}
			rw.changed = true
		}
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
			redirs := []*syntax.Redirect{redirect("1", magic+"pipe")}
			if n.Op == syntax.PipeAll {
				redirs = append(redirs, redirect("2", magic+"dup/2/1"))
				n.Op = syntax.Pipe
			}
			n.X = &syntax.Stmt{Cmd: &syntax.Block{Stmts: []*syntax.Stmt{n.X}}, Redirs: redirs}
			// The reader is counted as well: the interpreter takes a pipe of the
			// machine's before anything of ours can refuse.
			n.Y = &syntax.Stmt{Cmd: &syntax.Block{Stmts: []*syntax.Stmt{n.Y}}, Redirs: []*syntax.Redirect{redirect("2", magic+"reader")}}
			rw.changed = true
		}
	case *syntax.ParamExp:
		if n.Param == nil {
			return
		}
		if name := map[string]string{"!": lastJobVariable, "$": pidVariable, "PPID": parentVariable}[n.Param.Value]; name != "" {
			n.Param = &syntax.Lit{Value: name}
			n.Short = false
			rw.changed = true
		}
	case *syntax.Word:
		rw.word(n)
	case *syntax.UnaryTest:
		switch n.Op {
		case syntax.TsUsrOwn, syntax.TsGrpOwn, syntax.TsModif:
			n.Op = syntax.TsExists
			rw.changed = true
		case syntax.TsFdTerm:
			n.Op = syntax.TsNempStr
			n.X = literal(rw.shell.terminal())
			rw.changed = true
		}
	case *syntax.FuncDecl:
		if n.Name != nil {
			rw.shell.declare(n.Name.Value)
		}
	case *syntax.DeclClause:
		rw.decl(n)
	case *syntax.WhileClause:
		if !calls(n.Cond) && !calls(n.Do) {
			n.Cond = append([]*syntax.Stmt{callStmt(":")}, n.Cond...)
			rw.changed = true
		}
	case *syntax.ForClause:
		if _, ok := n.Loop.(*syntax.CStyleLoop); ok && !calls(n.Do) {
			n.Do = append([]*syntax.Stmt{callStmt(":")}, n.Do...)
			rw.changed = true
		}
	}
}

// calls says whether the statements call a command: the call handler is where a
// killed process stops, so a loop without one gets one.
func calls(stmts []*syntax.Stmt) bool {
	found := false
	for _, st := range stmts {
		syntax.Walk(st, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
				found = true
			}
			return !found
		})
	}
	return found
}

func isCatShortcut(stmts []*syntax.Stmt) bool {
	return len(stmts) == 1 && stmts[0].Cmd == nil && len(stmts[0].Redirs) == 1 && stmts[0].Redirs[0].Op == syntax.RdrIn &&
		!stmts[0].Background && !stmts[0].Negated
}

// stmt rewrites redirections, then background jobs.
func (rw *rewriter) stmt(st *syntax.Stmt) {
	if call, ok := st.Cmd.(*syntax.CallExpr); ok {
		rw.readDescriptor(st, call)
	}
	var redirs []*syntax.Redirect
	for _, rd := range st.Redirs {
		redirs = append(redirs, rw.redirect(rd)...)
	}
	st.Redirs = redirs
	if !st.Background && !st.Coprocess && !st.Disown {
		return
	}
	rw.changed = true
	simple := ""
	if call, ok := st.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 && !st.Negated {
		simple = "/simple"
	}
	job := *st
	job.Background, job.Coprocess, job.Disown, job.Negated = false, false, false, false
	job.Semicolon = syntax.Pos{} // else the printer breaks the line there
	// The job's own redirections come first, so that what it holds open is what it
	// has after them.
	job.Redirs = append(append([]*syntax.Redirect(nil), job.Redirs...), redirect("2", magic+"hold"))
	inner := job
	inner.Redirs = nil
	inner.Negated = st.Negated
	job.Cmd = &syntax.Subshell{Stmts: []*syntax.Stmt{&inner}}
	if simple == "" {
		// A block between two parentheses, lest the printer make them (( for eval.
		job.Cmd = &syntax.Subshell{Stmts: []*syntax.Stmt{{Cmd: &syntax.Block{Stmts: []*syntax.Stmt{&inner}}}}}
	}
	status := &syntax.Word{Parts: []syntax.WordPart{&syntax.ParamExp{Param: &syntax.Lit{Value: "?"}}}}
	report := &syntax.Stmt{Cmd: &syntax.BinaryCmd{Op: syntax.OrStmt,
		X: &syntax.Stmt{Cmd: &syntax.BinaryCmd{Op: syntax.AndStmt, X: &job, Y: callStmt(doneCommand, literal("0"))}},
		Y: callStmt(doneCommand, status)}}
	// A background job of a shell without job control reads from /dev/null.
	jobPath := &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: magic + "job/"},
		&syntax.ParamExp{Param: &syntax.Lit{Value: lastJobVariable}}, &syntax.Lit{Value: simple}}}
	background := &syntax.Stmt{Background: true, Cmd: &syntax.Block{Stmts: []*syntax.Stmt{report}}, Redirs: []*syntax.Redirect{
		{Op: syntax.RdrIn, Word: literal("/dev/null")},
		{N: &syntax.Lit{Value: "2"}, Op: syntax.RdrOut, Word: jobPath},
	}}
	*st = syntax.Stmt{Position: st.Position, Cmd: &syntax.Block{Stmts: []*syntax.Stmt{
		callStmt(spawnCommand, literal(rw.shell.source(&inner))), background}}}
}

// readDescriptor turns ksh's `read -u3` into `read <&3`.
func (rw *rewriter) readDescriptor(st *syntax.Stmt, call *syntax.CallExpr) {
	if len(call.Args) == 0 || call.Args[0].Lit() != "read" {
		return
	}
	for i := 1; i < len(call.Args); i++ {
		arg := call.Args[i].Lit()
		fd, ok := strings.CutPrefix(arg, "-u")
		if !ok {
			continue
		}
		last := i + 1
		if fd == "" && last < len(call.Args) {
			fd, last = call.Args[last].Lit(), last+1
		}
		if len(fd) != 1 || fd[0] < '0' || fd[0] > '9' {
			return
		}
		call.Args = append(append([]*syntax.Word(nil), call.Args[:i]...), call.Args[last:]...)
		st.Redirs = append(st.Redirs, &syntax.Redirect{Op: syntax.DplIn, Word: literal(fd)})
		rw.changed = true
		return
	}
}

// redirect rewrites one redirection into those the interpreter can do.
func (rw *rewriter) redirect(rd *syntax.Redirect) []*syntax.Redirect {
	fd := ""
	if rd.N != nil {
		fd = rd.N.Value
	}
	out := fd
	if out == "" {
		out = "1"
	}
	// carrier is the descriptor whose redirection carries the change: 2 for all
	// that only standardError knows.
	carrier := "2"
	if out == "1" {
		carrier = "1"
	}
	changed := func(list ...*syntax.Redirect) []*syntax.Redirect {
		rw.changed = true
		return list
	}
	switch rd.Op {
	case syntax.DplOut:
		return changed(redirectTo(carrier, syntax.RdrOut, magic+"dup/"+out+"/", rd.Word))
	case syntax.DplIn:
		if fd == "" || fd == "0" {
			return changed(redirectTo("0", syntax.RdrIn, magic+"dup/0/", rd.Word))
		}
		return changed(redirectTo("2", syntax.RdrOut, magic+"dup/"+fd+"/", rd.Word))
	case syntax.RdrOut, syntax.RdrClob, syntax.AppOut, syntax.AppClob:
		mode := "w/"
		op := syntax.RdrOut
		if rd.Op == syntax.AppOut || rd.Op == syntax.AppClob {
			mode, op = "a/", syntax.AppOut
		}
		if out == "1" {
			if op != rd.Op {
				c := *rd
				c.Op = op
				return changed(&c)
			}
			return []*syntax.Redirect{rd}
		}
		return changed(redirectTo("2", syntax.RdrOut, magic+"open/"+out+"/"+mode, rd.Word))
	case syntax.RdrAll, syntax.AppAll, syntax.RdrAllClob, syntax.AppAllClob:
		op := syntax.RdrOut
		if rd.Op == syntax.AppAll || rd.Op == syntax.AppAllClob {
			op = syntax.AppOut
		}
		return changed(&syntax.Redirect{Op: op, Word: rd.Word}, redirect("2", magic+"dup/2/1"))
	case syntax.RdrIn, syntax.RdrInOut:
		if fd != "" && fd != "0" {
			return changed(redirectTo("2", syntax.RdrOut, magic+"open/"+fd+"/r/", rd.Word))
		}
		if rd.Op == syntax.RdrInOut {
			c := *rd
			c.Op = syntax.RdrIn
			return changed(&c)
		}
	}
	return []*syntax.Redirect{rd}
}

// word rewrites what a word would have the interpreter ask of the machine:
// another user's home, and process substitution, which it does with a fifo.
func (rw *rewriter) word(w *syntax.Word) {
	if len(w.Parts) == 0 {
		return
	}
	if lit, ok := w.Parts[0].(*syntax.Lit); ok && strings.HasPrefix(lit.Value, "~") {
		name, rest, slash := strings.Cut(lit.Value[1:], "/")
		if slash {
			rest = "/" + rest
		}
		if name != "" {
			value := "\\~" + name + rest
			if home, ok := rw.shell.host.homeOf(name); ok {
				value = home + rest
			}
			w.Parts[0] = &syntax.Lit{Value: value}
			rw.changed = true
		}
	}
	for i, part := range w.Parts {
		ps, ok := part.(*syntax.ProcSubst)
		if !ok || ps.Op != syntax.CmdIn {
			continue
		}
		rw.psubst++
		path := magic + "psubst/" + strconv.Itoa(rw.shell.proc.pid) + "/" + strconv.Itoa(rw.psubst)
		w.Parts[i] = &syntax.CmdSubst{Stmts: []*syntax.Stmt{
			{Cmd: &syntax.Block{Stmts: ps.Stmts}, Redirs: []*syntax.Redirect{redirect("1", path)}},
			callStmt("printf", literal("%s"), literal(path)),
		}}
		rw.changed = true
	}
}

// decl drops the attributes of ksh's typeset that the interpreter refuses:
// integers, case, justification. Values stay strings.
func (rw *rewriter) decl(d *syntax.DeclClause) {
	var args []*syntax.Assign
	for _, as := range d.Args {
		if as.Name == nil && as.Value != nil {
			if flags := as.Value.Lit(); len(flags) > 1 && (flags[0] == '-' || flags[0] == '+') {
				kept := ""
				for _, c := range flags[1:] {
					if strings.ContainsRune("xraAngfp", c) {
						kept += string(c)
					}
				}
				if kept != flags[1:] || flags[0] == '+' {
					rw.changed = true
					if kept == "" || flags[0] == '+' {
						continue
					}
					as = &syntax.Assign{Naked: true, Value: literal("-" + kept)}
				}
			}
		}
		args = append(args, as)
	}
	d.Args = args
}

// literal quotes a string in a way that also survives printing.
func literal(s string) *syntax.Word {
	w := &syntax.Word{}
	for i, part := range strings.Split(s, "'") {
		if i > 0 {
			w.Parts = append(w.Parts, &syntax.Lit{Value: `\'`})
		}
		w.Parts = append(w.Parts, &syntax.SglQuoted{Value: part})
	}
	return w
}

func redirect(fd, path string) *syntax.Redirect {
	return &syntax.Redirect{N: &syntax.Lit{Value: fd}, Op: syntax.RdrOut, Word: &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: path}}}}
}

func redirectTo(fd string, op syntax.RedirOperator, prefix string, w *syntax.Word) *syntax.Redirect {
	parts := append([]syntax.WordPart{&syntax.Lit{Value: prefix}}, w.Parts...)
	return &syntax.Redirect{N: &syntax.Lit{Value: fd}, Op: op, Word: &syntax.Word{Parts: parts}}
}

func callStmt(name string, args ...*syntax.Word) *syntax.Stmt {
	first := &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: name}}}
	return &syntax.Stmt{Cmd: &syntax.CallExpr{Args: append([]*syntax.Word{first}, args...)}}
}
