// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"errors"
	"path"

	"mvdan.cc/sh/v3/syntax"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// Analyze says which commands a script would run on the guest, in the order in which
// it would run them, and what of it could not be read. The commands have name, words,
// redirections, edits and positions; what they do is for hazard.Mark to say, once for
// all commands of a step.
func Analyze(src Source) ([]policy.Command, []policy.Problem) {
	text, problem := src.normal()
	if problem != nil {
		return nil, []policy.Problem{*problem}
	}
	a := &analysis{source: &src, index: newIndex(text)}
	a.fragment(fragment{text: text})
	return a.commands, a.problems
}

type analysis struct {
	source   *Source
	index    *index
	commands []policy.Command
	problems []policy.Problem
}

func (a *analysis) place(offset int) policy.Place {
	return a.source.at(a.index.position(offset))
}

func (a *analysis) fragment(f fragment) {
	statements, err := parse(f.text)
	if err != nil {
		what := Unparsable
		if errors.Is(err, errTooDeep) {
			what = TooDeep
		}
		a.problems = append(a.problems, policy.Problem{What: what, Detail: reason(err), Place: a.place(f.origin.offset(offsetOf(err)))})
	}
	for _, statement := range statements {
		syntax.Walk(statement, func(node syntax.Node) bool {
			if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
				c := policy.Command{Step: a.source.Step, Place: a.place(f.origin.offset(int(call.Args[0].Pos().Offset())))}
				for _, word := range call.Args {
					c.Words = append(c.Words, word.Lit())
					c.Known = append(c.Known, word.Lit() != "")
				}
				c.Name = path.Base(c.Words[0])
				c.Text = f.text[call.Pos().Offset():call.End().Offset()]
				a.commands = append(a.commands, c)
			}
			return true
		})
	}
}
