// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"regexp/syntax"

	"github.com/zclconf/go-cty/cty"
)

// comparisonCost is that of functions that compare elements, each of which takes far
// longer than a step of an evaluation.
func comparisonCost(args []cty.Value) int {
	total := 0
	for _, arg := range args {
		if arg, _ = arg.Unmark(); arg.IsKnown() && !arg.IsNull() && arg.CanIterateElements() {
			total += 8 * arg.LengthInt()
		}
	}
	return total
}

// costs are the functions whose work is more than the size of what they take and give.
var costs = map[string]func(args []cty.Value) int{
	"contains":        comparisonCost,
	"index":           comparisonCost,
	"setintersection": comparisonCost,
	"setsubtract":     comparisonCost,
	"setunion":        comparisonCost,
	"sort":            comparisonCost,
	"toset":           comparisonCost,

	"regex":         regexCost(0, 1),
	"regexall":      regexCost(0, 1),
	"regex_replace": regexCost(1, 0),
}

// regexCost is what a call of a regular expression function spends, by the place of
// the text among its arguments.
func regexCost(patternAt, textAt int) func(args []cty.Value) int {
	return func(args []cty.Value) int {
		if len(args) <= max(patternAt, textAt) || !plainOf(args[patternAt], cty.String) || !plainOf(args[textAt], cty.String) {
			return 0
		}
		tree, err := syntax.Parse(args[patternAt].AsString(), syntax.Perl)
		if err != nil || len(args[patternAt].AsString()) > maxRegexBytes {
			return 0
		}
		return regexSize(tree) * (len(args[textAt].AsString()) + 1) / workPerUnit
	}
}
