// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatDoesNothingIsWarnedOf(t *testing.T) {
	rule := "rule \"site-rule\" {\n  severity  = \"notice\"\n  summary   = \"s\"\n  condition = %s\n}\n"
	with := func(condition string) string { return strings.Replace(rule, "%s", condition, 1) }
	for name, test := range map[string]struct {
		source string
		want   []string // nothing means no warning
	}{
		"a policy in order":               {"variable \"level\" {\n  default = \"1\"\n}\nlocals {\n  x = [var.level]\n}\n" + with("contains(local.x, guest.system.os)"), nil},
		"a variable that nothing uses":    {"variable \"levle\" {\n  default = 1\n}\n", []string{"line 1", "Variable not used", `"levle"`}},
		"a misspelt built-in variable":    {"variable \"minimum_rsct_levl\" {\n  default = \"3.2.6.2\"\n}\n", []string{"line 1", `has a variable "minimum_rsct_level"`}},
		"a built-in variable":             {"variable \"minimum_rsct_level\" {\n  default = \"3.2.6.2\"\n}\n", nil},
		"a variable by its name in text":  {"variable \"x\" {\n  default = 1\n}\n" + with("var[\"x\"] == 1 && guest.rmc.connected"), nil},
		"a local that nothing uses":       {"locals {\n  x = 1\n  y = guest.system.os\n}\n" + with("local.y == \"AIX\""), []string{"line 2", "Local not used", `"x"`}},
		"a local used by a local":         {"locals {\n  x = 1\n  y = local.x\n}\n" + with("local.y == 1 && guest.rmc.connected"), nil},
		"a rule without facts":            {with("1 == 1"), []string{"line 1", "looks at no fact"}},
		"an override without anything":    {"override \"rmc-active\" {\n  reason = \"r\"\n}\n", []string{"line 1", "changes nothing"}},
		"an override with a new severity": {"override \"rmc-active\" {\n  reason = \"r\"\n  severity = \"warning\"\n}\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "site.rsct.hcl")
			if err := os.WriteFile(path, []byte(test.source), 0o600); err != nil {
				t.Fatal(err)
			}
			p, diags := Load(Sources{Files: []string{path}})
			var text bytes.Buffer
			if err := p.WriteDiagnostics(&text, diags, 0, false); err != nil {
				t.Fatal(err)
			}
			if diags.HasErrors() || (len(diags) > 0) != (test.want != nil) {
				t.Fatalf("unexpected:\n%s", text.String())
			}
			for _, want := range test.want {
				if !strings.Contains(text.String(), want) {
					t.Errorf("%q is missing in:\n%s", want, text.String())
				}
			}
			// A warning is no obstacle.
			evaluate(t, p, healthy().roots())
		})
	}
}

// The built-in policy has nothing that does nothing either.
func TestTheBuiltinPolicyUsesAllItDeclares(t *testing.T) {
	entries, err := filepath.Glob("builtin/*.rsct.hcl")
	if err != nil {
		t.Fatal(err)
	}
	p, diags := Load(Sources{Files: entries, WithoutBuiltin: true})
	if len(diags) > 0 {
		var text bytes.Buffer
		p.WriteDiagnostics(&text, diags, 0, false)
		t.Error(text.String())
	}
}
