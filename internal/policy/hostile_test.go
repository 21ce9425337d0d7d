// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
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
	"nested brackets":    func() string { return judging(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)) },
	"nested parentheses": func() string { return judging(strings.Repeat("(", 100_000) + "true" + strings.Repeat(")", 100_000)) },
	"nested braces":      func() string { return judging(strings.Repeat("{a=", 100_000) + "1" + strings.Repeat("}", 100_000)) },
	"nested templates":   func() string { return judging(strings.Repeat(`"${`, 50_000) + "1" + strings.Repeat(`}"`, 50_000)) },
	"nested calls":       func() string { return judging(strings.Repeat("upper(", 50_000) + `"x"` + strings.Repeat(")", 50_000)) },
	"nested blocks":      func() string { return strings.Repeat("rule \"a-b\" {\n", 10_000) + strings.Repeat("}\n", 10_000) },
	"nested template if": func() string {
		return judging(`"` + strings.Repeat("%{ if true }", 20_000) + strings.Repeat("%{ endif }", 20_000) + `"` + ` == ""`)
	},
	"negations":             func() string { return judging(strings.Repeat("!", 500_000) + "true") },
	"minus signs":           func() string { return judging(strings.Repeat("-", 500_000) + "1 == 1") },
	"conditionals":          func() string { return judging(strings.Repeat("true ? false : ", 60_000) + "true") },
	"conditionals on lines": func() string { return judging("(" + strings.Repeat("true ?\nfalse :\n", 30_000) + "true)") },
	"a sum of many":         func() string { return judging("1" + strings.Repeat("+1", 200_000) + " == 1") },
	"a chain of and":        func() string { return judging("true" + strings.Repeat(" && true", 100_000)) },
	"indexes":               func() string { return judging("[1]" + strings.Repeat("[0]", 100_000) + " == 1") },
	"dots":                  func() string { return judging("guest" + strings.Repeat(".system", 100_000)) },
	"splats":                func() string { return judging("guest" + strings.Repeat(".*", 100_000) + " == 1") },
	"unclosed brackets":     func() string { return strings.Repeat("a [", 100_000) },
	"unclosed quotes":       func() string { return "a = " + strings.Repeat(`"${`, 100_000) },
	"a large file":          func() string { return "# " + strings.Repeat("x", 2<<20) },
	"many tokens":           func() string { return judging("contains([" + strings.Repeat("1,", 400_000) + "], 1)") },
	"many rules": func() string {
		var b strings.Builder
		for i := range 3000 {
			fmt.Fprintf(&b, "rule \"r-%d\" {\nseverity=\"error\"\nsummary=\"s\"\ncondition=true\n}\n", i)
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
	"a null operand":        func() string { return judging(`null && true`) },
	"a null comparison":     func() string { return judging(`null > 1`) },
	"division by zero":      func() string { return judging(`1 / 0 == 1`) },
	"infinity minus itself": func() string { return judging(`(1 / 0) - (1 / 0) == 1`) },
	"zero times infinity":   func() string { return judging(`0 * (1 / 0) == 1`) },
	"modulo zero":           func() string { return judging(`1 % 0 == 1`) },
	"a deep type": func() string {
		return "variable \"x\" {\n type = " + strings.Repeat("list(", 20_000) + "string" + strings.Repeat(")", 20_000) + "\n default = []\n}\n"
	},
	"a self-made meter": func() string { return "locals {\n x = var[\"\\u0000meter\"]\n}\n" },
	"binary":            func() string { return "\x00\x01\xff\xfe rule" },
	"a rule for many": func() string {
		return "rule \"site-rule\" {\n severity=\"error\"\n summary=\"s\"\n for_each = [for x in range(1000) : x]\n condition = false\n found = local.x5\n}\n" + strings.TrimSuffix(doubling(`"aaaaaaaaaaaaaaaa"`, `"${X}${X}${X}${X}"`, 5), judging(`local.x5 == guest.system.os`))
	},
}

// A policy from a stranger ends in an error or a result within a second and 100 MB,
// whatever it holds. The test allows a busy machine four seconds.
func TestHostilePoliciesEndSoon(t *testing.T) {
	for name, source := range hostile {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hostile.rsct.hcl")
			if err := os.WriteFile(path, []byte(source()), 0o600); err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			p, diags := Load(Sources{Files: []string{path}})
			outcome := "loads"
			if diags.HasErrors() {
				outcome = diags.Error()
			} else {
				result, err := p.Evaluate(context.Background(), healthy().roots(), day)
				switch {
				case err != nil:
					outcome = err.Error()
				default:
					outcome = "evaluates"
					for _, f := range result.Findings {
						if f.Rule == "site-rule" || f.Rule == "other-rule" {
							outcome = f.Status + " " + f.Why
						}
					}
				}
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			// What was ever allocated is far more than what was held at once.
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%v, %d MB allocated in all: %.160s", took.Round(time.Millisecond), allocated, outcome)
			if took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
			if allocated > 800 {
				t.Errorf("it allocated %d MB in all", allocated)
			}
		})
	}
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
