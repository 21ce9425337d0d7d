// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Go's regular expressions take time linear in the text, with the expression's size
// as the factor, and repetitions multiply that size. Both are bounded.
const (
	maxRegexBytes = 2048
	maxRegexSize  = 4096
	maxRegexWork  = 16 << 20 // size × bytes of text of one match

	// workPerUnit is the part of it that counts as one step of an evaluation, so that
	// many matches are bounded as one is.
	workPerUnit = 200
)

// regexWork checks a pattern against a text it is to be matched with.
func regexWork(position int, pattern, text string) error {
	if len(pattern) > maxRegexBytes {
		return function.NewArgErrorf(position, "a regular expression may have at most %d bytes", maxRegexBytes)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return function.NewArgErrorf(position, "invalid regular expression: %s", err)
	}
	size := regexSize(tree)
	if size > maxRegexSize {
		return function.NewArgErrorf(position, "the regular expression's repetitions multiply to more than %d parts", maxRegexSize)
	}
	if size*(len(text)+1) > maxRegexWork {
		return fmt.Errorf("the regular expression is too large for a text of %d bytes", len(text))
	}
	return nil
}

// regexSize estimates the instructions that a pattern compiles to, without
// compiling it.
func regexSize(tree *syntax.Regexp) int {
	total := 1 + len(tree.Rune)
	for _, sub := range tree.Sub {
		if total += regexSize(sub); total > maxRegexSize {
			return maxRegexSize + 1
		}
	}
	if tree.Op == syntax.OpRepeat {
		times := max(tree.Min, tree.Max, 1)
		total *= times
	}
	return min(total, maxRegexSize+1)
}

// regexGuard checks functions whose first argument is the pattern.
func regexGuard(textAt int) guard {
	return func(args []cty.Value) error {
		if err := regexWork(0, text(args[0]), text(args[textAt])); err != nil {
			return err
		}
		if len(text(args[textAt])) > maxElements {
			return function.NewArgErrorf(textAt, "may have at most %d bytes", maxElements)
		}
		return nil
	}
}

func regexReplaceGuard(args []cty.Value) error {
	s, pattern, replacement := text(args[0]), text(args[1]), text(args[2])
	if err := regexWork(1, pattern, s); err != nil {
		return err
	}
	// Each match gives the replacement, in which each $ may stand for the match.
	grown := (len(s)+1)*len(replacement) + strings.Count(replacement, "$")*len(s)
	if grown > 4*maxStringBytes {
		return tooLarge("bytes")
	}
	return nil
}
