// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/hashicorp/go-cty-funcs/collection"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Function describes a function of the policy language.
type Function struct {
	Name string `json:"name"`
	// Description is one sentence.
	Description string `json:"description"`
	// Example is an expression; Result is what it gives, as JSON. The tests run it.
	Example string `json:"example"`
	Result  string `json:"result"`
	// Domain says that the function is about AIX rather than one that Packer has too.
	Domain bool `json:"domain"`
}

// entry is a function with its documentation and with what bounds its result.
type entry struct {
	Function
	impl  function.Function
	guard guard
	// raw functions take expressions instead of values and carry blame themselves.
	raw bool
}

// guard refuses arguments that would make a function's result too large or its
// work too long, before the function does it. It sees known arguments only.
type guard func(args []cty.Value) error

var callable = sync.OnceValue(func() map[string]function.Function {
	functions := map[string]function.Function{}
	for _, e := range catalogue() {
		if e.raw {
			functions[e.Name] = e.impl
			continue
		}
		functions[e.Name] = bounded(e.impl, e.guard)
	}
	return functions
})

// PackerFunctions are those functions that Packer has too, bounded as in a policy, in
// a map of the caller's own.
func PackerFunctions() map[string]function.Function {
	functions := map[string]function.Function{}
	for _, e := range catalogue() {
		if !e.Domain {
			functions[e.Name] = callable()[e.Name]
		}
	}
	return functions
}

// Functions are the functions of the policy language, sorted by name.
func Functions() []Function {
	var functions []Function
	for _, e := range catalogue() {
		functions = append(functions, e.Function)
	}
	sort.Slice(functions, func(i, j int) bool { return functions[i].Name < functions[j].Name })
	return functions
}

// bounded puts a guard in front of a function, and carries the blame of unknown
// arguments over to an unknown result, which cty's own call drops.
func bounded(f function.Function, check guard) function.Function {
	spec := &function.Spec{
		Description: f.Description(),
		Type: func(args []cty.Value) (cty.Type, error) {
			// Some functions decode their argument already to tell its type.
			if check != nil {
				plain, known := make([]cty.Value, len(args)), true
				for i, arg := range args {
					plain[i], _ = arg.UnmarkDeep()
					known = known && plain[i].IsWhollyKnown()
				}
				if known {
					if err := check(plain); err != nil {
						return cty.NilType, err
					}
				}
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			plain := make([]cty.Value, len(args))
			var marks []cty.ValueMarks
			known := true
			for i, arg := range args {
				var argMarks cty.ValueMarks
				plain[i], argMarks = arg.UnmarkDeep()
				marks = append(marks, argMarks)
				known = known && plain[i].IsWhollyKnown()
			}
			if check != nil && known {
				if err := check(plain); err != nil {
					return cty.NilVal, err
				}
			}
			result, err := f.Call(plain)
			if err != nil {
				return cty.NilVal, err
			}
			if !result.IsWhollyKnown() {
				result = result.WithMarks(marks...)
			}
			return result, nil
		},
	}
	for _, param := range f.Params() {
		spec.Params = append(spec.Params, permissive(param))
	}
	if param := f.VarParam(); param != nil {
		relaxed := permissive(*param)
		spec.VarParam = &relaxed
	}
	return function.New(spec)
}

// permissive lets unknown and marked values through: the wrapped function decides.
func permissive(param function.Parameter) function.Parameter {
	param.AllowMarked, param.AllowUnknown, param.AllowDynamicType, param.AllowNull = true, true, true, true
	return param
}

func (e entry) bound(check guard) entry { e.guard = check; return e }

// catalogue lists all functions. The general ones have the names and meanings that
// Packer gives them.
func catalogue() []entry {
	general := func(name string, impl function.Function, description, example, result string) entry {
		return entry{Function: Function{Name: name, Description: description, Example: example, Result: result}, impl: impl}
	}
	raw := func(e entry) entry { e.raw = true; return e }
	list := []entry{
		general("abs", stdlib.AbsoluteFunc, "The absolute value of a number.", `abs(-3)`, `3`),
		general("alltrue", allTrueFunc, "Whether all elements are true; true for none.", `alltrue([true, false])`, `false`),
		general("anytrue", anyTrueFunc, "Whether one element is true; false for none.", `anytrue([true, false])`, `true`),
		general("can", tryfunc.CanFunc, "Whether an expression can be evaluated without an error.", `can(tonumber("x"))`, `false`),
		general("ceil", stdlib.CeilFunc, "The next whole number above.", `ceil(1.2)`, `2`),
		general("chomp", stdlib.ChompFunc, "The string without line breaks at its end.", `chomp("a\n")`, `"a"`),
		general("chunklist", stdlib.ChunklistFunc, "A list cut into lists of a length.", `chunklist(["a", "b", "c"], 2)`, `[["a","b"],["c"]]`),
		general("cidrhost", cidrHostFunc, "The address of a host in a network prefix.", `cidrhost("10.1.0.0/16", 5)`, `"10.1.0.5"`),
		general("cidrnetmask", cidrNetmaskFunc, "The IPv4 netmask of a prefix.", `cidrnetmask("10.1.0.0/16")`, `"255.255.0.0"`),
		general("cidrsubnet", cidrSubnetFunc, "A subnet of a prefix.", `cidrsubnet("10.1.0.0/16", 8, 2)`, `"10.1.2.0/24"`),
		general("coalesce", collection.CoalesceFunc, "The first argument that is neither null nor an empty string.", `coalesce(null, "", "a")`, `"a"`),
		general("coalescelist", stdlib.CoalesceListFunc, "The first list that is not empty.", `coalescelist([], ["a"])`, `["a"]`),
		general("compact", stdlib.CompactFunc, "A list of strings without the empty ones.", `compact(["a", "", "b"])`, `["a","b"]`),
		general("concat", stdlib.ConcatFunc, "Several lists as one.", `concat(["a"], ["b"])`, `["a","b"]`),
		general("contains", stdlib.ContainsFunc, "Whether a list or set has an element.", `contains(["a", "b"], "b")`, `true`),
		general("distinct", stdlib.DistinctFunc, "A list with each element once.", `distinct(["a", "b", "a"])`, `["a","b"]`).bound(quadratic),
		general("element", stdlib.ElementFunc, "The element at an index, counted around.", `element(["a", "b"], 3)`, `"b"`),
		general("endswith", endsWithFunc, "Whether a string ends with another.", `endswith("aix73.ova.gz", ".ova.gz")`, `true`),
		general("flatten", stdlib.FlattenFunc, "A list of lists as one list.", `flatten([["a"], ["b"]])`, `["a","b"]`),
		general("floor", stdlib.FloorFunc, "The next whole number below.", `floor(1.8)`, `1`),
		general("format", stdlib.FormatFunc, "A string made from a format and values.", `format("%s has %d", "en1", 2)`, `"en1 has 2"`).bound(formatGuard),
		general("formatlist", stdlib.FormatListFunc, "Strings made from a format and lists of values.", `formatlist("/dev/%s", ["hd5"])`, `["/dev/hd5"]`).bound(formatGuard),
		general("indent", stdlib.IndentFunc, "A string whose lines after the first are indented.", `indent(2, "a\nb")`, `"a\n  b"`).bound(indentGuard),
		general("index", indexFunc, "The position of an element in a list.", `index(["a", "b"], "b")`, `1`),
		general("join", stdlib.JoinFunc, "The elements of lists as one string with separators.", `join(", ", ["en0", "en1"])`, `"en0, en1"`).bound(joinGuard),
		general("jsondecode", stdlib.JSONDecodeFunc, "The value of a JSON text.", `jsondecode("{\"a\":1}").a`, `1`).bound(decodeGuard),
		general("jsonencode", stdlib.JSONEncodeFunc, "A value as JSON text.", `jsonencode(["a", 1])`, `"[\"a\",1]"`),
		general("keys", stdlib.KeysFunc, "The keys of a map, sorted.", `keys({ b = 1, a = 2 })`, `["a","b"]`),
		general("length", lengthFunc, "The number of elements of a collection, or of characters of a string.", `length(["a", "b"])`, `2`),
		general("lookup", stdlib.LookupFunc, "The element of a map for a key, or a default.", `lookup({ a = "x" }, "b", "none")`, `"none"`),
		general("lower", stdlib.LowerFunc, "A string in lower case.", `lower("AIX")`, `"aix"`),
		general("max", stdlib.MaxFunc, "The greatest number.", `max(1, 3, 2)`, `3`),
		general("merge", stdlib.MergeFunc, "Several maps as one; later ones win.", `merge({ a = 1 }, { a = 2 })`, `{"a":2}`),
		general("min", stdlib.MinFunc, "The least number.", `min(1, 3, 2)`, `1`),
		general("one", oneFunc, "The only element of a collection, or null for none.", `one(["a"])`, `"a"`),
		general("parseint", stdlib.ParseIntFunc, "The whole number that a string spells in a base.", `parseint("ff", 16)`, `255`).bound(shortText),
		general("range", stdlib.RangeFunc, "A list of numbers.", `range(3)`, `[0,1,2]`),
		general("regex", stdlib.RegexFunc, "The first match of an RE2 expression; an error when there is none.", `regex("[0-9]+", "en12")`, `"12"`).bound(regexGuard(1)),
		general("regex_replace", stdlib.RegexReplaceFunc, "A string with every match of an RE2 expression replaced.", `regex_replace("en12", "[0-9]+", "X")`, `"enX"`).bound(regexReplaceGuard),
		general("regexall", stdlib.RegexAllFunc, "All matches of an RE2 expression.", `regexall("[a-z]", "a1b")`, `["a","b"]`).bound(regexGuard(1)),
		general("replace", stdlib.ReplaceFunc, "A string with every occurrence of another replaced.", `replace("a.b", ".", "-")`, `"a-b"`).bound(replaceGuard),
		general("reverse", stdlib.ReverseListFunc, "A list in reverse.", `reverse(["a", "b"])`, `["b","a"]`),
		general("setintersection", stdlib.SetIntersectionFunc, "The elements that all sets have.", `setintersection(["a", "b"], ["b"])`, `["b"]`),
		general("setsubtract", stdlib.SetSubtractFunc, "The elements of the first set that the second has not.", `setsubtract(["a", "b"], ["b"])`, `["a"]`),
		general("setunion", stdlib.SetUnionFunc, "The elements of all sets.", `setunion(["a"], ["b"])`, `["a","b"]`),
		general("signum", stdlib.SignumFunc, "-1, 0 or 1, the sign of a number.", `signum(-7)`, `-1`),
		general("slice", stdlib.SliceFunc, "A part of a list.", `slice(["a", "b", "c"], 1, 3)`, `["b","c"]`),
		general("sort", stdlib.SortFunc, "A list of strings in order.", `sort(["b", "a"])`, `["a","b"]`),
		general("split", stdlib.SplitFunc, "A string cut at a separator.", `split(".", "3.2.6")`, `["3","2","6"]`).bound(splitGuard),
		general("startswith", startsWithFunc, "Whether a string starts with another.", `startswith("rsct.core.rmc", "rsct.")`, `true`),
		general("strcontains", strContainsFunc, "Whether a string contains another.", `strcontains("rsct.core.rmc", "core")`, `true`),
		general("strlen", stdlib.StrlenFunc, "The number of characters of a string.", `strlen("en1")`, `3`),
		general("strrev", stdlib.ReverseFunc, "A string in reverse.", `strrev("abc")`, `"cba"`),
		general("substr", stdlib.SubstrFunc, "A part of a string.", `substr("en10", 0, 2)`, `"en"`),
		general("sum", sumFunc, "The sum of numbers.", `sum([1, 2, 3])`, `6`),
		general("title", stdlib.TitleFunc, "A string with each word capitalised.", `title("rsct core")`, `"Rsct Core"`),
		general("tobool", stdlib.MakeToFunc(cty.Bool), "A value as true or false.", `tobool("true")`, `true`),
		general("tolist", stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "A collection as a list.", `tolist(["a"])`, `["a"]`),
		general("tomap", stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), "An object as a map.", `tomap({ a = "b" })`, `{"a":"b"}`),
		general("tonumber", stdlib.MakeToFunc(cty.Number), "A value as a number.", `tonumber("657")`, `657`),
		general("toset", stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "A list as a set.", `toset(["b", "a", "b"])`, `["a","b"]`),
		general("tostring", stdlib.MakeToFunc(cty.String), "A value as a string.", `tostring(657)`, `"657"`),
		general("trim", stdlib.TrimFunc, "A string without the given characters at its ends.", `trim("xax", "x")`, `"a"`),
		general("trimprefix", stdlib.TrimPrefixFunc, "A string without a prefix.", `trimprefix("/dev/hd5", "/dev/")`, `"hd5"`),
		general("trimspace", stdlib.TrimSpaceFunc, "A string without white space at its ends.", `trimspace(" a ")`, `"a"`),
		general("trimsuffix", stdlib.TrimSuffixFunc, "A string without a suffix.", `trimsuffix("a.gz", ".gz")`, `"a"`),
		general("try", tryfunc.TryFunc, "The first expression that can be evaluated without an error.", `try(tonumber("x"), 0)`, `0`),
		general("upper", stdlib.UpperFunc, "A string in upper case.", `upper("aix")`, `"AIX"`),
		general("values", stdlib.ValuesFunc, "The values of a map in the order of its keys.", `values({ b = 1, a = 2 })`, `[2,1]`),
		general("zipmap", stdlib.ZipmapFunc, "A map made from a list of keys and a list of values.", `zipmap(["a"], [1])`, `{"a":1}`),
	}
	for i := range list {
		if list[i].Name == "try" || list[i].Name == "can" {
			list[i] = raw(list[i])
		}
	}
	return slices.Concat(list, encodingFunctions(), domainFunctions())
}

func tooLarge(what string) error {
	return fmt.Errorf("the result would have more than %d %s", maxStringBytes, what)
}
