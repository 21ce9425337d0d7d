// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"errors"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// expr evaluates POSIX expr.
func expr(c *call) int {
	p := &exprParser{args: c.args[1:]}
	value, err := p.or()
	if err == nil && p.at < len(p.args) {
		err = errors.New("syntax error")
	}
	if err != nil {
		return c.fail(2, "expr: 0402-050 %v.\n", err)
	}
	c.printf("%s\n", value)
	if value == "" || value == "0" {
		return 1
	}
	return 0
}

type exprParser struct {
	args  []string
	at    int
	depth int
}

func (p *exprParser) next(ops ...string) string {
	if p.at < len(p.args) {
		for _, op := range ops {
			if p.args[p.at] == op {
				p.at++
				return op
			}
		}
	}
	return ""
}

func truth(s string) bool { return s != "" && s != "0" }

func (p *exprParser) or() (string, error) {
	a, err := p.and()
	for err == nil && p.next("|") != "" {
		var b string
		if b, err = p.and(); !truth(a) {
			a = b
			if a == "" {
				a = "0"
			}
		}
	}
	return a, err
}

func (p *exprParser) and() (string, error) {
	a, err := p.compare()
	for err == nil && p.next("&") != "" {
		var b string
		if b, err = p.compare(); !truth(a) || !truth(b) {
			a = "0"
		}
	}
	return a, err
}

func (p *exprParser) compare() (string, error) {
	a, err := p.sum()
	for err == nil {
		op := p.next("=", "==", "!=", "<", "<=", ">", ">=")
		if op == "" {
			break
		}
		var b string
		if b, err = p.sum(); err != nil {
			break
		}
		r := strings.Compare(a, b)
		x, okX := new(big.Int).SetString(a, 10)
		y, okY := new(big.Int).SetString(b, 10)
		if okX && okY {
			r = x.Cmp(y)
		}
		holds := map[string]bool{"=": r == 0, "==": r == 0, "!=": r != 0, "<": r < 0, "<=": r <= 0, ">": r > 0, ">=": r >= 0}[op]
		a = strconv.Itoa(b2i(holds))
	}
	return a, err
}

func (p *exprParser) number(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		err = errors.New("An integer value was expected")
	}
	return n, err
}

func (p *exprParser) sum() (string, error) {
	return p.arithmetic(p.product, "+", "-")
}

func (p *exprParser) product() (string, error) {
	return p.arithmetic(p.match, "*", "/", "%")
}

func (p *exprParser) arithmetic(operand func() (string, error), ops ...string) (string, error) {
	a, err := operand()
	for err == nil {
		op := p.next(ops...)
		if op == "" {
			break
		}
		var b string
		if b, err = operand(); err != nil {
			break
		}
		x, errX := p.number(a)
		y, errY := p.number(b)
		if err = errors.Join(errX, errY); err != nil {
			return "", errors.New("An integer value was expected")
		}
		if (op == "/" || op == "%") && y == 0 {
			return "", errors.New("Division by zero")
		}
		switch op {
		case "+":
			x += y
		case "-":
			x -= y
		case "*":
			x *= y
		case "/":
			x /= y
		case "%":
			x %= y
		}
		a = strconv.FormatInt(x, 10)
	}
	return a, err
}

func (p *exprParser) match() (string, error) {
	a, err := p.primary()
	for err == nil && p.next(":") != "" {
		var pattern string
		if pattern, err = p.primary(); err != nil {
			break
		}
		src, rerr := translateRegexp(pattern, false)
		if rerr != nil {
			return "", rerr
		}
		re, rerr := regexp.Compile("^(?:" + strings.TrimPrefix(src, "^") + ")")
		if rerr != nil {
			return "", errors.New("The pattern is not valid")
		}
		m := re.FindStringSubmatch(a)
		switch {
		case re.NumSubexp() > 0 && m != nil:
			a = m[1]
		case re.NumSubexp() > 0:
			a = ""
		case m != nil:
			a = strconv.Itoa(utf8.RuneCountInString(m[0]))
		default:
			a = "0"
		}
	}
	return a, err
}

func (p *exprParser) primary() (string, error) {
	if p.at >= len(p.args) {
		return "", errors.New("syntax error")
	}
	if p.depth++; p.depth > 100 {
		return "", errors.New("syntax error")
	}
	defer func() { p.depth-- }()
	if p.next("(") != "" {
		v, err := p.or()
		if err == nil && p.next(")") == "" {
			err = errors.New("syntax error")
		}
		return v, err
	}
	a := p.args[p.at]
	p.at++
	switch {
	case a == "length" && p.at < len(p.args):
		p.at++
		return strconv.Itoa(len(p.args[p.at-1])), nil
	}
	return a, nil
}
