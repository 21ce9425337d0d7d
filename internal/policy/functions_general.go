// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

var (
	cidrHostFunc    = cidr.HostFunc
	cidrNetmaskFunc = cidr.NetmaskFunc
	cidrSubnetFunc  = cidr.SubnetFunc
)

// stringTest makes a function that tests a string against another.
func stringTest(other string, test func(s, other string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "string", Type: cty.String}, {Name: other, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(test(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

var (
	startsWithFunc  = stringTest("prefix", strings.HasPrefix)
	endsWithFunc    = stringTest("suffix", strings.HasSuffix)
	strContainsFunc = stringTest("substring", strings.Contains)
)

// foldBool makes alltrue and anytrue: the deciding value decides even when other
// elements are unknown, and only without it does an unknown make the result unknown.
func foldBool(deciding bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			unknown := false
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				switch {
				case !v.IsKnown():
					unknown = true
				case v.IsNull():
					return cty.NilVal, function.NewArgErrorf(0, "an element is null")
				case v.True() == deciding:
					return cty.BoolVal(deciding), nil
				}
			}
			if unknown {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(!deciding), nil
		},
	})
}

var (
	allTrueFunc = foldBool(false)
	anyTrueFunc = foldBool(true)
)

var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Number)}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			if !v.IsKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if v.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "an element is null")
			}
			total = total.Add(v)
		}
		return total, nil
	},
})

var oneFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		switch {
		case ty.IsListType(), ty.IsSetType():
			return ty.ElementType(), nil
		case ty.IsTupleType() && ty.Length() == 0:
			return cty.DynamicPseudoType, nil
		case ty.IsTupleType() && ty.Length() == 1:
			return ty.TupleElementType(0), nil
		case ty.IsTupleType():
			return cty.NilType, function.NewArgErrorf(0, "must have one element or none, not %d", ty.Length())
		}
		return cty.NilType, function.NewArgErrorf(0, "must be a list or a set")
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		switch n := args[0].LengthInt(); n {
		case 0:
			return cty.NullVal(ty), nil
		case 1:
			it := args[0].ElementIterator()
			it.Next()
			_, v := it.Element()
			return v, nil
		default:
			return cty.NilVal, function.NewArgErrorf(0, "must have one element or none, not %d", n)
		}
	},
})

// indexFunc is Packer's index(list, value); cty's function of that name is the [] operator.
var indexFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType, AllowNull: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		if ty := args[0].Type(); !ty.IsListType() && !ty.IsTupleType() {
			return cty.NilType, function.NewArgErrorf(0, "must be a list")
		}
		return cty.Number, nil
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		unknown := false
		for it := args[0].ElementIterator(); it.Next(); {
			key, v := it.Element()
			equal, err := stdlib.Equal(v, args[1])
			if err != nil {
				return cty.NilVal, err
			}
			if !equal.IsKnown() {
				unknown = true
				continue
			}
			if equal.True() && !unknown {
				return key, nil
			}
		}
		if unknown {
			return cty.UnknownVal(cty.Number), nil
		}
		return cty.NilVal, errors.New("the list does not have the element")
	},
})

// lengthFunc counts the characters of a string too, as Packer's does.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		if ty == cty.DynamicPseudoType || ty == cty.String || ty.IsCollectionType() || ty.IsTupleType() || ty.IsObjectType() {
			return cty.Number, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "must be a collection or a string, not %s", friendly(ty))
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v := args[0]
		switch ty := v.Type(); {
		case ty.IsTupleType():
			return cty.NumberIntVal(int64(ty.Length())), nil
		case ty.IsObjectType():
			return cty.NumberIntVal(int64(len(ty.AttributeTypes()))), nil
		case !v.IsKnown():
			return cty.UnknownVal(cty.Number), nil
		case ty == cty.String:
			return stdlib.Strlen(v)
		}
		return v.Length(), nil
	},
})

func text(v cty.Value) string {
	if v.IsNull() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

func replaceGuard(args []cty.Value) error {
	s, from, to := text(args[0]), text(args[1]), text(args[2])
	if growth := len(to) - len(from); growth > 0 && len(s)+strings.Count(s, from)*growth > maxStringBytes {
		return tooLarge("bytes")
	}
	return nil
}

func joinGuard(args []cty.Value) error {
	separator, total := len(text(args[0])), 0
	for _, list := range args[1:] {
		if list.IsNull() || !list.CanIterateElements() {
			continue
		}
		for it := list.ElementIterator(); it.Next(); {
			_, v := it.Element()
			if total += separator + len(text(v)); total > maxStringBytes {
				return tooLarge("bytes")
			}
		}
	}
	return nil
}

func splitGuard(args []cty.Value) error {
	if strings.Count(text(args[1]), text(args[0])) > maxElements {
		return fmt.Errorf("the result would have more than %d elements", maxElements)
	}
	return nil
}

func indentGuard(args []cty.Value) error {
	width, _ := args[0].AsBigFloat().Int64()
	if width < 0 || width > 1000 {
		return function.NewArgErrorf(0, "must be between 0 and 1000")
	}
	if s := text(args[1]); len(s)+strings.Count(s, "\n")*int(width) > maxStringBytes {
		return tooLarge("bytes")
	}
	return nil
}

// formatGuard refuses widths and precisions of four digits and more, and the ones
// taken from arguments.
func formatGuard(args []cty.Value) error {
	format := text(args[0])
	verbs := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		verbs++
		digits := 0
		for i++; i < len(format) && strings.IndexByte("0123456789.+-# []*", format[i]) >= 0; i++ {
			switch {
			case format[i] == '*':
				return function.NewArgErrorf(0, "widths must be written out")
			case format[i] >= '0' && format[i] <= '9':
				if digits++; digits > 3 {
					return function.NewArgErrorf(0, "widths may have at most three digits")
				}
			default:
				digits = 0
			}
		}
	}
	longest, rows := 1000, 1
	for _, arg := range args[1:] {
		if arg.IsNull() || !arg.CanIterateElements() {
			n, units := 0, 0
			size(arg, &units, &n)
			longest = max(longest, n)
			continue
		}
		n, units := 0, 0
		size(arg, &units, &n)
		longest = max(longest, 2*n+32*units)
		rows = max(rows, arg.LengthInt())
	}
	if (len(format)+verbs*longest)*rows > 16*maxStringBytes {
		return tooLarge("bytes")
	}
	return nil
}

// shortText bounds the work of turning digits into a number.
func shortText(args []cty.Value) error {
	if v, err := convert.Convert(args[0], cty.String); err == nil && len(text(v)) > 1024 {
		return function.NewArgErrorf(0, "may have at most 1024 digits")
	}
	return nil
}

// quadratic bounds functions that compare every element with every other.
func quadratic(args []cty.Value) error {
	if !args[0].IsNull() && args[0].CanIterateElements() && args[0].LengthInt() > 2000 {
		return function.NewArgErrorf(0, "may have at most 2000 elements; use toset for more")
	}
	return nil
}
