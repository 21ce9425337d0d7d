// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/go-cty-funcs/uuid"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// encodingFunctions are the functions that read or write a form of text, or that
// reckon with times: all of Packer's that need nothing but their arguments.
func encodingFunctions() []entry {
	general := func(name string, impl function.Function, description, example, result string) entry {
		return entry{Function: Function{Name: name, Description: description, Example: example, Result: result}, impl: impl}
	}
	convert := general("convert", typeexpr.ConvertFunc, "A value converted to a type, which is written as in a variable block.", `convert("657", number)`, `657`)
	convert.raw = true
	return []entry{
		general("base64decode", encoding.Base64DecodeFunc, "The text that a base64 text stands for.", `base64decode("QUlY")`, `"AIX"`),
		general("base64encode", encoding.Base64EncodeFunc, "A text in base64.", `base64encode("AIX")`, `"QUlY"`),
		general("basename", pathFunc(path.Base), "The last part of a path.", `basename("/etc/rc.tcpip")`, `"rc.tcpip"`),
		general("cidrsubnets", cidr.SubnetsFunc, "Consecutive subnets of a prefix, by the bits that each adds.", `cidrsubnets("10.1.0.0/16", 8, 8)`, `["10.1.0.0/24","10.1.1.0/24"]`),
		convert,
		general("csvdecode", stdlib.CSVDecodeFunc, "The rows of a CSV text as objects, named by its first line.", `csvdecode("disk,vg\nhdisk0,rootvg")[0].vg`, `"rootvg"`).bound(decodeGuard),
		general("dirname", pathFunc(path.Dir), "A path without its last part.", `dirname("/etc/rc.tcpip")`, `"/etc"`),
		general("formatdate", stdlib.FormatDateFunc, "An RFC 3339 time in another form.", `formatdate("YYYY-MM-DD", "2026-11-24T10:00:00Z")`, `"2026-11-24"`),
		general("log", stdlib.LogFunc, "The logarithm of a number to a base.", `log(8, 2)`, `3`),
		general("md5", crypto.Md5Func, "The MD5 digest of a text, in hex.", `md5("")`, `"d41d8cd98f00b204e9800998ecf8427e"`),
		general("pow", stdlib.PowFunc, "A number raised to a power.", `pow(2, 10)`, `1024`),
		general("rfc3339_parse", rfc3339ParseFunc, "The parts of an RFC 3339 time: year, month, month_name, day, year_day, weekday, weekday_name, hour, minute, second, iso_year, iso_week and unix.", `rfc3339_parse("2026-11-24T10:00:00Z").month_name`, `"November"`),
		general("setproduct", stdlib.SetProductFunc, "All combinations of the elements of several collections.", `setproduct(["a"], [1, 2])`, `[["a",1],["a",2]]`).bound(productGuard),
		general("sha1", crypto.Sha1Func, "The SHA-1 digest of a text, in hex.", `sha1("")`, `"da39a3ee5e6b4b0d3255bfef95601890afd80709"`),
		general("sha256", crypto.Sha256Func, "The SHA-256 digest of a text, in hex.", `substr(sha256(""), 0, 8)`, `"e3b0c442"`),
		general("sha512", crypto.Sha512Func, "The SHA-512 digest of a text, in hex.", `substr(sha512(""), 0, 8)`, `"cf83e135"`),
		general("timeadd", stdlib.TimeAddFunc, "An RFC 3339 time moved by a duration.", `timeadd("2026-11-24T10:00:00Z", "15m")`, `"2026-11-24T10:15:00Z"`),
		general("unix_timestamp_parse", unixTimestampParseFunc, "The parts of the time that is so many seconds after 1970, in UTC; and the time itself as rfc3339.", `unix_timestamp_parse(0).rfc3339`, `"1970-01-01T00:00:00Z"`),
		general("urlencode", encoding.URLEncodeFunc, "A text as it stands in the query of a URL.", `urlencode("a b/c")`, `"a+b%2Fc"`),
		general("uuidv5", uuid.V5Func, "The UUID of a name in a namespace: dns, url, oid, x500 or another UUID.", `uuidv5("dns", "ibm.com")`, `"d5eaae93-0155-50c7-be19-4256778a5fe8"`),
		general("yamldecode", ctyyaml.YAMLDecodeFunc, "The value of a YAML text.", `yamldecode("a: 1").a`, `1`).bound(yamlGuard),
		general("yamlencode", ctyyaml.YAMLEncodeFunc, "A value as YAML text.", `yamlencode({ a = 1 })`, `"\"a\": 1\n"`),
	}
}

// LeftOut are the functions of Packer that the policy language does not have, with
// the reason. Everything else that Packer 1.16 has is here.
var LeftOut = map[string]string{
	"abspath":                readsTheHost,
	"aws_secretsmanager":     readsTheNetwork,
	"aws_secretsmanager_raw": readsTheNetwork,
	"base64gzip":             "its bytes differ from one version of the compressor to the next",
	"bcrypt":                 "gives another answer every time",
	"consul_key":             readsTheNetwork,
	"file":                   readsTheHost,
	"filebase64":             readsTheHost,
	"fileexists":             readsTheHost,
	"fileset":                readsTheHost,
	"legacy_isotime":         readsTheClock,
	"legacy_strftime":        readsTheClock,
	"pathexpand":             readsTheHost,
	"rsadecrypt":             "a policy is no place for a private key",
	"textdecodebase64":       "facts are text already",
	"textencodebase64":       "facts are text already",
	"timestamp":              readsTheClock,
	"uuidv4":                 "gives another answer every time",
	"vault":                  readsTheNetwork,
}

const (
	readsTheHost    = "looks at the host that judges"
	readsTheNetwork = "asks the network"
	readsTheClock   = "looks at the clock"
)

// pathFunc makes a function of a path in the guest, which is a Unix path whatever
// the host that judges is.
func pathFunc(part func(string) string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(part(args[0].AsString())), nil
		},
	})
}

var timeParts = map[string]func(t time.Time) cty.Value{
	"year":         func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.Year())) },
	"month":        func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.Month())) },
	"month_name":   func(t time.Time) cty.Value { return cty.StringVal(t.Month().String()) },
	"day":          func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.Day())) },
	"year_day":     func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.YearDay())) },
	"weekday":      func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.Weekday())) },
	"weekday_name": func(t time.Time) cty.Value { return cty.StringVal(t.Weekday().String()) },
	"hour":         func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.Hour())) },
	"minute":       func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.Minute())) },
	"second":       func(t time.Time) cty.Value { return cty.NumberIntVal(int64(t.Second())) },
	"unix":         func(t time.Time) cty.Value { return cty.NumberIntVal(t.Unix()) },
	"iso_year":     func(t time.Time) cty.Value { year, _ := t.ISOWeek(); return cty.NumberIntVal(int64(year)) },
	"iso_week":     func(t time.Time) cty.Value { _, week := t.ISOWeek(); return cty.NumberIntVal(int64(week)) },
	"rfc3339":      func(t time.Time) cty.Value { return cty.StringVal(t.Format(time.RFC3339)) },
}

// timePartsFunc makes a function that takes a time apart.
func timePartsFunc(param function.Parameter, without string, read func(v cty.Value) (time.Time, error)) function.Function {
	types := map[string]cty.Type{}
	for name, part := range timeParts {
		if name != without {
			types[name] = part(time.Time{}).Type()
		}
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{param},
		Type:   function.StaticReturnType(cty.Object(types)),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			t, err := read(args[0])
			if err != nil {
				return cty.NilVal, err
			}
			parts := map[string]cty.Value{}
			for name := range types {
				parts[name] = timeParts[name](t)
			}
			return cty.ObjectVal(parts), nil
		},
	})
}

var rfc3339ParseFunc = timePartsFunc(function.Parameter{Name: "timestamp", Type: cty.String}, "rfc3339", func(v cty.Value) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, v.AsString()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, function.NewArgErrorf(0, "%.40q is no RFC 3339 time", v.AsString())
})

var unixTimestampParseFunc = timePartsFunc(function.Parameter{Name: "seconds", Type: cty.Number}, "unix", func(v cty.Value) (time.Time, error) {
	// What RFC 3339 can write: the years 0 to 9999.
	seconds, _ := v.AsBigFloat().Int64()
	if t := time.Unix(seconds, 0).UTC(); v.AsBigFloat().IsInt() && t.Year() >= 0 && t.Year() <= 9999 {
		return t, nil
	}
	return time.Time{}, function.NewArgErrorf(0, "must be a whole number of seconds in the years 0 to 9999")
})

// decodeGuard bounds the values that a text may decode to, by the characters that
// separate them, and how deep they stand inside one another.
func decodeGuard(args []cty.Value) error {
	separators, depth := 0, 0
	for _, r := range []byte(text(args[0])) {
		switch r {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',', ':', '\n', '-':
		default:
			continue
		}
		if separators++; separators > maxElements {
			return fmt.Errorf("the text may decode to more than %d elements", maxElements)
		}
		if depth > maxDepth {
			return fmt.Errorf("the text nests values deeper than %d", maxDepth)
		}
	}
	return nil
}

// maxAliases bounds YAML's aliases, with which a short text can stand for an endless one.
const maxAliases = 8

func yamlGuard(args []cty.Value) error {
	if strings.Count(text(args[0]), "*") > maxAliases {
		return function.NewArgErrorf(0, "may have at most %d asterisks: aliases can make a short text endless", maxAliases)
	}
	// Values of a block stand inside one another by indentation, and by "- - -".
	for line := range strings.Lines(text(args[0])) {
		if indent := len(line) - len(strings.TrimLeft(line, " \t-?:")); indent > 2*maxDepth {
			return fmt.Errorf("the text indents values by more than %d characters", 2*maxDepth)
		}
	}
	return decodeGuard(args)
}

// productGuard bounds the combinations that setproduct would make.
func productGuard(args []cty.Value) error {
	total := 1
	for _, arg := range args {
		if arg.IsNull() || !arg.CanIterateElements() {
			continue
		}
		if total *= arg.LengthInt(); total > maxElements {
			return fmt.Errorf("the result would have more than %d elements", maxElements)
		}
	}
	return nil
}
