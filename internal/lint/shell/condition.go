// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arithmetic is the value of an arithmetic expression, if it is known.
func (a *analysis) arithmetic(x syntax.ArithmExpr) (int64, bool) {
	if a.depth++; a.depth > maxDepth {
		a.depth--
		return 0, false
	}
	defer func() { a.depth-- }()
	switch x := x.(type) {
	case *syntax.Word:
		return a.number(x)
	case *syntax.ParenArithm:
		return a.arithmetic(x.X)
	case *syntax.UnaryArithm:
		n, ok := a.arithmetic(x.X)
		switch x.Op {
		case syntax.Inc, syntax.Dec:
			step := int64(1)
			if x.Op == syntax.Dec {
				step = -1
			}
			a.store(x.X, n+step, ok)
			if !x.Post {
				n += step
			}
		case syntax.Not:
			n = int64(truth(n != 0))
		case syntax.Minus:
			n = -n
		case syntax.BitNegation:
			n = ^n
		}
		return n, ok
	case *syntax.BinaryArithm:
		return a.binary(x)
	}
	return 0, false
}

func (a *analysis) binary(x *syntax.BinaryArithm) (int64, bool) {
	if x.Op == syntax.Assgn {
		n, ok := a.arithmetic(x.Y)
		a.store(x.X, n, ok)
		return n, ok
	}
	if x.Op == syntax.TernQuest {
		n, ok := a.arithmetic(x.X)
		arms, isTernary := x.Y.(*syntax.BinaryArithm)
		if !ok || !isTernary {
			return 0, false
		}
		if n != 0 {
			return a.arithmetic(arms.X)
		}
		return a.arithmetic(arms.Y)
	}
	left, known := a.arithmetic(x.X)
	right, ok := a.arithmetic(x.Y)
	known = known && ok
	test := func(holds bool) int64 { return int64(1 - truth(holds)) }
	n := int64(0)
	switch x.Op {
	case syntax.Add, syntax.AddAssgn:
		n = left + right
	case syntax.Sub, syntax.SubAssgn:
		n = left - right
	case syntax.Mul, syntax.MulAssgn:
		n = left * right
	case syntax.Quo, syntax.Rem:
		if !known || right == 0 || right == -1 {
			return 0, false
		}
		if n = left / right; x.Op == syntax.Rem {
			n = left % right
		}
	case syntax.Eql:
		n = test(left == right)
	case syntax.Neq:
		n = test(left != right)
	case syntax.Lss:
		n = test(left < right)
	case syntax.Leq:
		n = test(left <= right)
	case syntax.Gtr:
		n = test(left > right)
	case syntax.Geq:
		n = test(left >= right)
	case syntax.AndArit:
		n = test(left != 0 && right != 0)
	case syntax.OrArit:
		n = test(left != 0 || right != 0)
	case syntax.Comma:
		return right, ok
	default:
		known = false
	}
	switch x.Op {
	case syntax.AddAssgn, syntax.SubAssgn, syntax.MulAssgn:
		a.store(x.X, n, known)
	}
	return n, known
}

func (a *analysis) store(x syntax.ArithmExpr, n int64, known bool) {
	word, ok := x.(*syntax.Word)
	if !ok {
		return
	}
	name := word.Lit()
	if name == "" {
		return
	}
	v := unknown("$" + name)
	if known {
		v = constant(strconv.FormatInt(n, 10))
	}
	a.environment.assign(name, scalar(v))
}

func (a *analysis) number(word *syntax.Word) (int64, bool) {
	v := a.single(word)
	if !v.known {
		return 0, false
	}
	text := strings.TrimSpace(v.text)
	for range 4 {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, true
		}
		if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			return n, true
		}
		named, ok := a.environment.lookup(text)
		if !ok || named.array || len(named.values) != 1 || !named.values[0].known {
			return 0, false
		}
		text = strings.TrimSpace(named.values[0].text)
	}
	return 0, false
}

// tested is the status of [[ … ]].
func (a *analysis) tested(x syntax.TestExpr) int {
	if a.depth++; a.depth > maxDepth {
		a.depth--
		return unknownStatus
	}
	defer func() { a.depth-- }()
	switch x := x.(type) {
	case *syntax.ParenTest:
		return a.tested(x.X)
	case *syntax.Word:
		if v := a.single(x); v.known {
			return truth(v.text != "")
		}
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			if status := a.tested(x.X); status != unknownStatus {
				return 1 - status
			}
			return unknownStatus
		}
		word, ok := x.X.(*syntax.Word)
		if !ok {
			return unknownStatus
		}
		v := a.single(word)
		if !v.known {
			return unknownStatus
		}
		switch x.Op {
		case syntax.TsEmpStr:
			return truth(v.text == "")
		case syntax.TsNempStr:
			return truth(v.text != "")
		}
	case *syntax.BinaryTest:
		switch x.Op {
		case syntax.AndTest, syntax.OrTest:
			left := a.tested(x.X)
			decides := truth(x.Op == syntax.OrTest)
			if left == decides {
				return left
			}
			right := a.tested(x.Y)
			if right == decides {
				return right
			}
			if left == unknownStatus || right == unknownStatus {
				return unknownStatus
			}
			return right
		}
		left, isWord := x.X.(*syntax.Word)
		right, ok := x.Y.(*syntax.Word)
		if !isWord || !ok {
			return unknownStatus
		}
		l, r := a.single(left), a.single(right)
		if !l.known || !r.known {
			return unknownStatus
		}
		switch x.Op {
		case syntax.TsMatch, syntax.TsMatchShort:
			return truth(matches(r.text, l.text))
		case syntax.TsNoMatch:
			return truth(!matches(r.text, l.text))
		}
		return compare(l.text, x.Op.String(), r.text)
	}
	return unknownStatus
}

// compare is the status of a comparison of two known words.
func compare(left, operator, right string) int {
	switch operator {
	case "=", "==":
		return truth(left == right)
	case "!=":
		return truth(left != right)
	}
	l, err := strconv.ParseInt(strings.TrimSpace(left), 10, 64)
	r, other := strconv.ParseInt(strings.TrimSpace(right), 10, 64)
	if err != nil || other != nil {
		return unknownStatus
	}
	switch operator {
	case "-eq":
		return truth(l == r)
	case "-ne":
		return truth(l != r)
	case "-lt":
		return truth(l < r)
	case "-le":
		return truth(l <= r)
	case "-gt":
		return truth(l > r)
	case "-ge":
		return truth(l >= r)
	}
	return unknownStatus
}

// test is the status of `test` or `[`.
func test(words []value) int {
	for i, word := range words {
		if word.known && (word.text == "-a" || word.text == "-o") && i > 0 && i < len(words)-1 {
			left, right := test(words[:i]), test(words[i+1:])
			decides := truth(word.text == "-o")
			switch {
			case left == decides || right == decides:
				return decides
			case left == unknownStatus || right == unknownStatus:
				return unknownStatus
			}
			return right
		}
	}
	if len(words) > 0 && words[0].known && words[0].text == "!" {
		if status := test(words[1:]); status != unknownStatus {
			return 1 - status
		}
		return unknownStatus
	}
	for _, word := range words {
		if !word.known {
			return unknownStatus
		}
	}
	switch len(words) {
	case 0:
		return 1
	case 1:
		return truth(words[0].text != "")
	case 2:
		switch words[0].text {
		case "-z":
			return truth(words[1].text == "")
		case "-n":
			return truth(words[1].text != "")
		}
	case 3:
		return compare(words[0].text, words[1].text, words[2].text)
	}
	return unknownStatus
}
