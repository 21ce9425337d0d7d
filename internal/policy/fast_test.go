// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"
)

// The direct answers are those of the functions they stand in for.
func TestDirectAnswersAgreeWithTheFunctions(t *testing.T) {
	functions := callable()
	text := rapid.SampledFrom([]string{"", "a", "ab", "b", "rsct.core.rmc", "rsct."})
	scalar := func(t *rapid.T) cty.Value {
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0:
			return cty.True
		case 1:
			return cty.False
		case 2:
			return cty.NumberIntVal(1)
		case 3:
			return cty.UnknownVal(cty.String)
		case 4:
			return cty.UnknownVal(cty.Bool)
		}
		return cty.StringVal(text.Draw(t, "text"))
	}
	value := func(t *rapid.T) cty.Value {
		switch rapid.IntRange(0, 4).Draw(t, "shape") {
		case 0:
			return scalar(t)
		case 1:
			n := rapid.IntRange(0, 4).Draw(t, "n")
			elements := make([]cty.Value, n)
			for i := range elements {
				elements[i] = cty.StringVal(text.Draw(t, "text"))
			}
			if n == 0 {
				return cty.ListValEmpty(cty.String)
			}
			return cty.ListVal(elements)
		case 2:
			elements := make([]cty.Value, rapid.IntRange(0, 4).Draw(t, "n"))
			for i := range elements {
				elements[i] = cty.BoolVal(rapid.Bool().Draw(t, "bool"))
			}
			return cty.TupleVal(elements)
		}
		elements := make([]cty.Value, rapid.IntRange(0, 4).Draw(t, "n"))
		for i := range elements {
			elements[i] = scalar(t)
		}
		return cty.TupleVal(elements)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"alltrue", "anytrue", "contains", "endswith", "length", "startswith", "strcontains"}).Draw(t, "name")
		args := make([]cty.Value, rapid.IntRange(1, 2).Draw(t, "arguments"))
		for i := range args {
			args[i] = value(t)
		}
		direct, ok := directs[name](args)
		if !ok {
			return
		}
		// HCL converts arguments to the parameters' types before it calls.
		f := functions[name]
		for i, param := range f.Params() {
			converted, err := convertTo(args[i], param.Type)
			if err != nil {
				t.Fatalf("%s%#v: a direct answer %#v, but the argument is refused: %v", name, args, direct, err)
			}
			args[i] = converted
		}
		usual, err := f.Call(args)
		if err != nil || !usual.RawEquals(direct) {
			t.Fatalf("%s%#v: directly %#v, usually %#v (%v)", name, args, direct, usual, err)
		}
	})
}
