// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// doubling is a chain of locals, each made of several times the one before.
func doubling(first, step string, steps int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "locals {\n  x0 = %s\n", first)
	for i := 1; i <= steps; i++ {
		fmt.Fprintf(&b, "  x%d = %s\n", i, strings.ReplaceAll(step, "X", fmt.Sprintf("local.x%d", i-1)))
	}
	return b.String() + "}\n" + judging(fmt.Sprintf("local.x%d == guest.system.os", steps))
}

func judging(condition string) string {
	return "rule \"site-rule\" {\n  severity = \"error\"\n  summary = \"s\"\n  condition = " + condition + "\n}\n"
}

var hostile = map[string]func() string{
	"nested brackets":    func() string { return judging(strings.Repeat("[", 60_000) + strings.Repeat("]", 60_000)) },
	"nested parentheses": func() string { return judging(strings.Repeat("(", 60_000) + "true" + strings.Repeat(")", 60_000)) },
	"nested braces":      func() string { return judging(strings.Repeat("{a=", 30_000) + "1" + strings.Repeat("}", 30_000)) },
	"nested templates":   func() string { return judging(strings.Repeat(`"${`, 25_000) + "1" + strings.Repeat(`}"`, 25_000)) },
	"nested calls":       func() string { return judging(strings.Repeat("upper(", 18_000) + `"x"` + strings.Repeat(")", 18_000)) },
	"nested blocks":      func() string { return strings.Repeat("rule \"a-b\" {\n", 7_000) + strings.Repeat("}\n", 7_000) },
	"nested template if": func() string {
		return judging(`"` + strings.Repeat("%{ if true }", 5_000) + strings.Repeat("%{ endif }", 5_000) + `"` + ` == ""`)
	},
	"negations":             func() string { return judging(strings.Repeat("!", 120_000) + "true") },
	"minus signs":           func() string { return judging(strings.Repeat("-", 120_000) + "1 == 1") },
	"conditionals":          func() string { return judging(strings.Repeat("true ? false : ", 8_000) + "true") },
	"conditionals on lines": func() string { return judging("(" + strings.Repeat("true ?\nfalse :\n", 8_000) + "true)") },
	"a sum of many":         func() string { return judging("1" + strings.Repeat("+1", 60_000) + " == 1") },
	"a chain of and":        func() string { return judging("true" + strings.Repeat(" && true", 14_000)) },
	"indexes":               func() string { return judging("[1]" + strings.Repeat("[0]", 40_000) + " == 1") },
	"dots":                  func() string { return judging("guest" + strings.Repeat(".system", 18_000)) },
	"splats":                func() string { return judging("guest" + strings.Repeat(".*", 60_000) + " == 1") },
	"unclosed brackets":     func() string { return strings.Repeat("a [", 40_000) },
	"unclosed quotes":       func() string { return "a = " + strings.Repeat(`"${`, 40_000) },
	"a large file":          func() string { return "# " + strings.Repeat("x", 2<<20) },
	"many tokens":           func() string { return judging("contains([" + strings.Repeat("1,", 32_000) + "], 1)") },
	"many rules": func() string {
		var b strings.Builder
		for i := range 2200 {
			fmt.Fprintf(&b, "rule \"r%d\" {\nseverity=\"error\"\nsummary=\"s\"\ncondition=true\n}\n", i)
		}
		return b.String()
	},
	"a string doubling":      func() string { return doubling(`"0123456789abcdef"`, `"${X}${X}${X}${X}"`, 40) },
	"a list doubling":        func() string { return doubling(`["a"]`, `[X, X, X, X]`, 40) },
	"a flat list doubling":   func() string { return doubling(`["a"]`, `concat(X, X, X, X)`, 40) },
	"an object doubling":     func() string { return doubling(`{ a = 1 }`, `{ a = X, b = X, c = X }`, 40) },
	"a join doubling":        func() string { return doubling(`"0123456789abcdef"`, `join(X, [X, X, X, X])`, 40) },
	"a replace doubling":     func() string { return doubling(`"aaaaaaaaaaaaaaaa"`, `replace(X, "a", X)`, 12) },
	"a format doubling":      func() string { return doubling(`"0123456789abcdef"`, `format("%s%s%s%s", X, X, X, X)`, 40) },
	"json doubling":          func() string { return doubling(`"\"\"\"\""`, `jsonencode(X)`, 60) },
	"regex replace doubling": func() string { return doubling(`"aaaaaaaaaaaaaaaa"`, `regex_replace(X, "a", X)`, 12) },
	"numbers squaring":       func() string { return doubling(`10`, `X * X`, 40) },
	"a huge number":          func() string { return judging(`"${1e100000000}" == "1"`) },
	"a huge number as text":  func() string { return judging(`tostring(tonumber("1e100000000")) == "1"`) },
	"a huge json number":     func() string { return judging(`jsonencode(jsondecode("[1e100000000]")) == "1"`) },
	"a wide format":          func() string { return judging(`format("%1000000000d", 1) == "1"`) },
	"a starred format":       func() string { return judging(`format("%*d", 1000000000, 1) == "1"`) },
	"a precise format":       func() string { return judging(`format("%.1000000000f", 1) == "1"`) },
	"a deep indent":          func() string { return judging(`indent(1000000000, "a\nb") == "1"`) },
	"a long range":           func() string { return judging(`length(range(1000000000)) == 1`) },
	"loops in loops": func() string {
		return judging(`length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : "${a}${b}${c}"]]]) == 1`)
	},
	"loops without a body": func() string {
		return judging(`length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]) == 1`)
	},
	"a regex of repetitions": func() string { return judging(`can(regex("((((a{1,100}){1,100}){1,100}){1,100})", guest.system.os))`) },
	"a long regex": func() string {
		return judging(`can(regex("` + strings.Repeat("(a|b)", 10_000) + `", guest.system.os))`)
	},
	"a slow regex": func() string {
		return doubling(`"aaaaaaaaaaaaaaaa"`, `"${X}${X}${X}${X}"`, 5) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = length(regexall(\"(a?){500}a{500}\", local.x5)) == 0\n}\n"
	},
	"a split into bytes": func() string {
		return doubling(`"aaaaaaaaaaaaaaaa"`, `"${X}${X}${X}${X}"`, 7) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = length(split(\"\", local.x7)) == 0\n}\n"
	},
	"distinct of many": func() string {
		return judging(`length(distinct([for a in range(1000) : [for b in range(15) : "${a}-${b}"]]...)) == 0`)
	},
	"try around exhaustion": func() string {
		return judging(`try(length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]) == 1, true)`)
	},
	"a slow regex in a loop": func() string {
		return doubling(`"aaaaaaaaaaaaaaaa"`, `"${X}${X}${X}${X}"`, 5) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = alltrue([for i in range(1000) : length(regexall(\"(a?){60}a{60}\", local.x5)) == 0])\n}\n"
	},
	"slow replacements in a loop": func() string {
		return doubling(`"aaaaaaaaaaaaaaaa"`, `"${X}${X}${X}${X}"`, 4) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = alltrue([for i in range(1000) : regex_replace(local.x4, \"(a?){40}b\", \"c\") == \"\"])\n}\n"
	},
	"a long JSON list": func() string {
		return doubling(`"1,1,1,1,1,1,1,1,"`, `"${X}${X}${X}${X}"`, 8) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = length(jsondecode(\"[${local.x8}1]\")) == 0\n}\n"
	},
	"a deep JSON list": func() string {
		return doubling(`"[[[[[[[[[[[[[[[["`, `"${X}${X}${X}${X}"`, 7) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = can(jsondecode(local.x7))\n}\n"
	},
	"a deep YAML list": func() string {
		return doubling(`"- - - - - - - - "`, `"${X}${X}${X}${X}"`, 7) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = can(yamldecode(local.x7))\n}\n"
	},
	"a YAML bomb": func() string {
		var b strings.Builder
		b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x]\\n")
		for i := 1; i < 12; i++ {
			fmt.Fprintf(&b, "a%d: &a%d [%s]\\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 8), ", "))
		}
		return judging("length(yamldecode(\"" + b.String() + "\")) == 0")
	},
	"a small YAML bomb": func() string {
		return judging("length(yamldecode(\"a: &a [x, x, x, x, x, x, x, x]\\nb: &b [*a, *a]\\nc: &c [*b, *b]\\nd: &d [*c, *c]\\ne: [*d, *d]\\n\")) == 0")
	},
	"a wide CSV": func() string {
		return doubling(`"a,b,c,d,e,f,g,h,"`, `"${X}${X}${X}${X}"`, 8) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = length(csvdecode(\"${local.x8}\\n${local.x8}\\n\")) == 0\n}\n"
	},
	"a product of sets": func() string { return judging(`length(setproduct(range(1000), range(1000), range(1000))) == 0`) },
	"a huge power":      func() string { return judging(`pow(10, 100000000) == 1`) },
	"no logarithm":      func() string { return judging(`log(-1, 0) == 1`) },
	"base64 doubling":   func() string { return doubling(`"0123456789abcdef"`, `base64encode(X)`, 80) },
	"url doubling":      func() string { return doubling(`"%%%%%%%%%%%%%%%%"`, `urlencode(X)`, 40) },
	"yaml doubling":     func() string { return doubling(`"\"\"\"\""`, `yamlencode([X, X])`, 40) },
	"many digests": func() string {
		return doubling(`"aaaaaaaaaaaaaaaa"`, `"${X}${X}${X}${X}"`, 8) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = alltrue([for i in range(1000) : sha512(local.x8) == \"\"])\n}\n"
	},
	"many locals": func() string {
		var b strings.Builder
		b.WriteString("locals {\n")
		for i := range 12_000 {
			fmt.Fprintf(&b, "l%d=1\n", i)
		}
		return b.String() + "}\n"
	},
	"a chain of locals": func() string { return doubling(`"a"`, `X`, 1900) },
	"locals that use all before them": func() string {
		var b strings.Builder
		b.WriteString("locals {\n  l0 = 1\n")
		for i := 1; i < 150; i++ {
			fmt.Fprintf(&b, "  l%d = [", i)
			for j := range min(i, 60) {
				fmt.Fprintf(&b, "local.l%d,", i-j-1)
			}
			b.WriteString("]\n")
		}
		return b.String() + "}\n" + judging("length(local.l149) == 0")
	},
	"many variables": func() string {
		var b strings.Builder
		for i := range 3_000 {
			fmt.Fprintf(&b, "variable \"v%d\" {\ndefault=1\n}\n", i)
		}
		return b.String()
	},
	"many waivers": func() string {
		var b strings.Builder
		for i := range 2_100 {
			fmt.Fprintf(&b, "waiver \"rmc-active\" {\nsubject=\"%d\"\nreason=\"r\"\nexpires=\"\"\n}\n", i)
		}
		return b.String()
	},
	"nested loops": func() string {
		return judging("length(" + strings.Repeat("[for x in [1,2,3] : ", 22) + "x" + strings.Repeat("]", 22) + ") == 0")
	},
	"a long name": func() string { return judging("local." + strings.Repeat("x", 120_000) + " == 1") },
	"a long rule name": func() string {
		return "rule \"" + strings.Repeat("a-", 60_000) + "a\" {\n severity = \"error\"\n summary = \"s\"\n condition = true\n}\n"
	},
	"a comparison of large lists": func() string {
		return doubling(`range(1000)`, `[for x in X : x]`, 2) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = alltrue([for i in range(1000) : local.x2 != local.x1])\n}\n"
	},
	"membership in a large list": func() string {
		return doubling(`range(1000)`, `[for x in X : x]`, 1) + "rule \"other-rule\" {\n severity = \"error\"\n summary = \"s\"\n condition = alltrue([for i in range(1000) : contains(local.x1, -1)])\n}\n"
	},
	"a set of many objects": func() string {
		return judging(`length(toset([for a in range(1000) : [for b in range(20) : { a = a, b = b }]])) == 0`)
	},
	"a text that grows by its format": func() string { return judging(`length(format("%999s%999s%999s", "a", "b", "c")) == 0`) },
	"a heredoc":                       func() string { return judging("contains([<<E\n" + strings.Repeat("${1}", 30_000) + "\nE\n], \"\")") },
	"a null operand":                  func() string { return judging(`null && true`) },
	"a null comparison":               func() string { return judging(`null > 1`) },
	"division by zero":                func() string { return judging(`1 / 0 == 1`) },
	"infinity minus itself":           func() string { return judging(`(1 / 0) - (1 / 0) == 1`) },
	"zero times infinity":             func() string { return judging(`0 * (1 / 0) == 1`) },
	"modulo zero":                     func() string { return judging(`1 % 0 == 2`) },
	"a deep type": func() string {
		return "variable \"x\" {\n type = " + strings.Repeat("list(", 20_000) + "string" + strings.Repeat(")", 20_000) + "\n default = []\n}\n"
	},
	"a self-made meter": func() string { return "locals {\n x = var[\"\\u0000meter\"]\n}\n" },
	"binary":            func() string { return "\x00\x01\xff\xfe rule" },
	"a rule for many": func() string {
		return "rule \"site-rule\" {\n severity=\"error\"\n summary=\"s\"\n for_each = [for x in range(1000) : x]\n condition = false\n found = local.x5\n}\n" + strings.TrimSuffix(doubling(`"aaaaaaaaaaaaaaaa"`, `"${X}${X}${X}${X}"`, 5), judging(`local.x5 == guest.system.os`))
	},
}

func TestAnEvaluationCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := mustLoad(t, Sources{}).Evaluate(ctx, healthy().roots(), day); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("error %v", err)
	}
}

func FuzzLoadAndEvaluate(f *testing.F) {
	for _, source := range hostile {
		if text := source(); len(text) < 4<<10 {
			f.Add(text)
		}
	}
	f.Add(judging(`contains(guest.filesets[*].name, "rsct.core.rmc")`))
	f.Add("waiver \"rmc-active\" {\n  reason = \"r\"\n  expires = \"2027-01-31\"\n}\n")
	roots := healthy().roots()
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, source string) {
		path := filepath.Join(dir, "fuzz.rsct.hcl")
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		p, diags := Load(Sources{Files: []string{path}, WithoutBuiltin: true})
		if diags.HasErrors() {
			return
		}
		// What loads has the same answer every time.
		first, errFirst := p.Evaluate(context.Background(), roots, day)
		second, errSecond := p.Evaluate(context.Background(), roots, day)
		if encode(t, first) != encode(t, second) || (errFirst == nil) != (errSecond == nil) {
			t.Errorf("two answers: %v, %v", errFirst, errSecond)
		}
	})
}
