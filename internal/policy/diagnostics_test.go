// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// loadText loads the built-in policy with a site file, and returns the errors as
// a user sees them.
func loadText(t testing.TB, source string, variables map[string]string) (*Policy, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.rsct.hcl")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	p, diags := Load(Sources{Files: []string{path}, Variables: variables})
	if !diags.HasErrors() {
		return p, ""
	}
	var text bytes.Buffer
	if err := p.WriteDiagnostics(&text, diags, 0, false); err != nil {
		t.Fatal(err)
	}
	return p, strings.ReplaceAll(text.String(), filepath.ToSlash(path), "site.rsct.hcl")
}

func TestMistakesAreToldWithFileAndLine(t *testing.T) {
	rule := func(lines string) string {
		return "rule \"site-rule\" {\n  severity  = \"error\"\n  summary   = \"s\"\n" + lines + "\n}\n"
	}
	tests := map[string]struct {
		source string
		want   []string
	}{
		"misspelt attribute":                {rule("  condition = guest.rmc.conected"), []string{"site.rsct.hcl line 4", "conected", `Did you mean "connected"?`}},
		"misspelt attribute in a loop":      {rule("  condition = alltrue([for f in guest.filesets : f.nam == \"x\"])"), []string{"line 4", `Did you mean "name"?`}},
		"misspelt attribute in a filter":    {rule("  condition = length([for f in guest.filesets : f if f.stat == \"x\"]) == 0"), []string{"line 4", `Did you mean "state"?`}},
		"misspelt attribute after and":      {rule("  condition = guest.rmc.connected && guest.rmc.conected"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute after or":       {rule("  condition = guest.rmc.connected || guest.rmc.conected"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute after false":    {rule("  condition = false && guest.rmc.conected"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute and a loop":     {rule("  condition = !anytrue([for s in guest.subsystems : s.name == \"x\" && s.actve])"), []string{"line 4", `Did you mean "active"?`}},
		"misspelt attribute when true":      {rule("  condition = guest.rmc.connected ? guest.rmc.conected : true"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute when false":     {rule("  condition = guest.rmc.connected ? true : guest.rmc.conected"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute never reached":  {rule("  condition = true ? true : guest.rmc.conected"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute in try":         {rule("  condition = try(guest.rmc.conected, true)"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute in can":         {rule("  condition = can(guest.rmc.conected)"), []string{"line 4", `Did you mean "connected"?`}},
		"misspelt attribute in a loop, try": {rule("  condition = alltrue([for f in guest.filesets : try(f.nam, \"\") == \"\"])"), []string{"line 4", `Did you mean "name"?`}},
		"unknown function after and":        {rule("  condition = guest.rmc.connected && level_at_last(\"1\", \"2\")"), []string{"line 4", `Did you mean "level_at_least"?`}},
		"wrong type after and":              {rule("  condition = guest.rmc.connected && guest.filesets"), []string{"line 4", "operand"}},
		"misspelt attribute of a splat":     {rule("  condition = contains(guest.filesets[*].nme, \"x\")"), []string{"line 4", `Did you mean "name"?`}},
		"misspelt attribute of each":        {rule("  for_each = { for f in guest.filesets : f.name => f }\n  condition = each.value.levle == \"1\""), []string{"line 5", `Did you mean "level"?`}},
		"misspelt attribute in a text":      {rule("  condition = true\n  found = guest.managment.address"), []string{"line 5", `Did you mean "management"?`}},
		"misspelt attribute in a local":     {"locals {\n  x = guest.node_id.ect.id\n}\n" + rule("  condition = local.x == \"\""), []string{"line 2", `Did you mean "etc"?`}},
		"misspelt root":                     {rule("  condition = gest.rmc.connected"), []string{"line 4", `Did you mean "guest"?`}},
		"misspelt variable":                 {rule("  condition = level_at_least(\"1\", var.minimum_rsct_levle)"), []string{"line 4", `Did you mean "minimum_rsct_level"?`}},
		"misspelt local":                    {rule("  condition = length(local.rootvg_disk) == 1"), []string{"line 4", `Did you mean "rootvg_disks"?`}},
		"misspelt argument":                 {rule("  condtion = true"), []string{"line 4", `Did you mean "condition"?`}},
		"unknown function":                  {rule("  condition = level_at_last(\"1\", \"2\")"), []string{"line 4", `Did you mean "level_at_least"?`}},
		"wrong type":                        {rule("  condition = guest.rmc.connected + 1 == 2"), []string{"line 4", "number required"}},
		"condition that is text":            {rule("  condition = guest.system.os"), []string{"line 4", "must be true or false, not a string"}},
		"applies that is a number":          {rule("  condition = true\n  applies = 1"), []string{"line 5", "must be true or false"}},
		"wrong argument type":               {rule("  condition = level_at_least(guest.filesets, \"1\")"), []string{"line 4", "string required"}},
		"cyclic local":                      {"locals {\n  a = local.b\n  b = local.a\n}\n", []string{"line 2", "a → b → a"}},
		"rule without severity":             {"rule \"x-y\" {\n  summary = \"s\"\n  condition = true\n}\n", []string{"line 1", `"severity" is required`}},
		"rule without condition":            {"rule \"x-y\" {\n  summary = \"s\"\n  severity = \"error\"\n}\n", []string{"line 1", `"condition" is required`}},
		"invalid severity":                  {strings.Replace(rule("  condition = true"), `"error"`, `"eror"`, 1), []string{"line 2", `did you mean "error"`}},
		"severity that depends on facts":    {strings.Replace(rule("  condition = true"), `"error"`, `guest.system.os`, 1), []string{"line 2", "before any guest exists"}},
		"rule name":                         {"rule \"Site_Rule\" {\n  severity = \"error\"\n  summary = \"s\"\n  condition = true\n}\n", []string{"line 1", "kebab-case"}},
		"built-in rule again":               {"rule \"rmc-active\" {\n  severity = \"error\"\n  summary = \"s\"\n  condition = true\n}\n", []string{"line 1", "already defined at builtin/rmc.rsct.hcl", "override block"}},
		"each without for_each":             {rule("  condition = each.value == \"\""), []string{"line 4", "for_each"}},
		"for_each over text":                {rule("  for_each = guest.system.os\n  condition = true"), []string{"line 4", "must be a map"}},
		"bears_on":                          {rule("  condition = true\n  bears_on = \"rcm\""), []string{"line 5", `"rmc"`}},
		"if_empty":                          {rule("  condition = true\n  for_each = guest.filesets\n  if_empty = \"fail\""), []string{"line 6", "not_applicable"}},
		"waiver without reason":             {"waiver \"rmc-active\" {\n  expires = \"2027-01-31\"\n}\n", []string{"line 1", `"reason" is required`}},
		"waiver without expiry":             {"waiver \"rmc-active\" {\n  reason = \"r\"\n}\n", []string{"line 1", `"expires" is required`}},
		"waiver with a blank reason":        {"waiver \"rmc-active\" {\n  reason = \" \"\n  expires = \"2027-01-31\"\n}\n", []string{"line 2", "must not be empty"}},
		"waiver with an impossible day":     {"waiver \"rmc-active\" {\n  reason = \"r\"\n  expires = \"2027-02-30\"\n}\n", []string{"line 3", "2027-01-31"}},
		"waiver of no rule":                 {"waiver \"rmc-actve\" {\n  reason = \"r\"\n  expires = \"2027-01-31\"\n}\n", []string{"line 1", `did you mean "rmc-active"`}},
		"waiver of a rule that has none":    {"waiver \"guest-is-aix\" {\n  reason = \"r\"\n  expires = \"2027-01-31\"\n}\n", []string{"line 1", "ignorable = false"}},
		"waiver twice":                      {strings.Repeat("waiver \"rmc-active\" {\n  reason = \"r\"\n  expires = \"2027-01-31\"\n}\n", 2), []string{"line 5", "already waived at"}},
		"override without reason":           {"override \"rmc-active\" {\n  severity = \"warning\"\n}\n", []string{"line 1", `"reason" is required`}},
		"override of a condition":           {"override \"rmc-active\" {\n  reason = \"r\"\n  condition = true\n}\n", []string{"line 3", "condition"}},
		"override that weakens":             {"override \"guest-is-aix\" {\n  reason = \"r\"\n  enabled = false\n}\n", []string{"line 1", "ignorable = false"}},
		"override that lowers":              {"override \"guest-is-aix\" {\n  reason = \"r\"\n  severity = \"notice\"\n}\n", []string{"line 1", "ignorable = false"}},
		"override twice":                    {strings.Repeat("override \"rmc-active\" {\n  reason = \"r\"\n  severity = \"warning\"\n}\n", 2), []string{"line 5", "already overridden"}},
		"variable of another type":          {"variable \"minimum_rsct_level\" {\n  type = number\n}\n", []string{"line 2", "not its type"}},
		"default of another type":           {"variable \"x\" {\n  type = list(string)\n  default = 1\n}\n", []string{"line 3", "list of string"}},
		"variable without value":            {"variable \"x\" {\n  type = string\n}\n", []string{"line 1", "no default"}},
		"variable twice":                    {strings.Repeat("variable \"x\" {\n  default = 1\n}\n", 2), []string{"line 4", "already declared"}},
		"invalid type":                      {"variable \"x\" {\n  type = text\n  default = 1\n}\n", []string{"line 2", "text"}},
		"default that uses a value":         {"variable \"x\" {\n  default = guest.system.os\n}\n", []string{"line 2", "cannot use other values"}},
		"validation that fails":             {"variable \"x\" {\n  default = 1\n  validation {\n    condition = var.x > 1\n    error_message = \"It must be more than one.\"\n  }\n}\n", []string{"line 1", "more than one"}},
		"local twice":                       {"locals {\n  x = 1\n}\nlocals {\n  x = 2\n}\n", []string{"line 5", "already defined"}},
		"requires no rule":                  {rule("  condition = true\n  requires = \"guest-is-ax\""), []string{"line 5", `did you mean "guest-is-aix"`}},
		"requires a waivable one":           {rule("  condition = true\n  requires = \"rmc-active\""), []string{"line 5", "ignorable = false"}},
		"unknown block":                     {"rul \"x\" {\n}\n", []string{"line 1", `Did you mean "rule"?`}},
		"syntax":                            {"rule \"x-y\" {\n  severity = \n}\n", []string{"line 2"}},
		"no file function":                  {rule("  condition = file(\"/etc/passwd\") == \"\""), []string{"line 4", `no function named "file"`}},
		"no environment":                    {rule("  condition = env(\"HOME\") == \"\""), []string{"line 4", `no function named "env"`}},
		"no clock":                          {rule("  condition = timestamp() == \"\""), []string{"line 4", `no function named "timestamp"`}},
		"several mistakes are told at once": {rule("  condition = guest.rmc.conected\n  found = guest.system.oss"), []string{"line 4", "line 5"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, got := loadText(t, test.source, nil)
			if got == "" {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in:\n%s", want, got)
				}
			}
		})
	}
}

// What is protected by what stands before it is no mistake.
func TestWhatIsNeverReachedMayBeAnything(t *testing.T) {
	for _, condition := range []string{
		`length(var.none) == 0 || var.none[0] == guest.system.os`,
		`length(var.none) > 0 && var.none[0] == guest.system.os`,
		`length(var.none) > 0 ? var.none[0] == guest.system.os : guest.rmc.connected`,
		`try(var.none[0], guest.system.os) == "AIX"`,
		`can(var.thing.b) || guest.rmc.connected`,
		`try(tonumber("x"), 0) == 0 && guest.rmc.connected`,
		`guest.system.os == "AIX" && (guest.system.root || can(regex("(", guest.system.os)))`,
	} {
		_, errors := loadText(t, "variable \"none\" {\n  type = list(string)\n  default = []\n}\nvariable \"thing\" {\n  default = { a = 1 }\n}\n"+
			"rule \"site-rule\" {\n  severity = \"error\"\n  summary = \"s\"\n  condition = "+condition+"\n}\n", nil)
		if errors != "" {
			t.Errorf("%s:\n%s", condition, errors)
		}
	}
}

func TestValuesGivenForVariables(t *testing.T) {
	const declare = "variable \"names\" {\n  type = list(string)\n  default = []\n}\nvariable \"any\" {\n  default = 1\n}\n"
	value := func(p *Policy, name string) string {
		for _, v := range p.Variables() {
			if v.Name == name {
				return v.Value + " " + v.Set
			}
		}
		return ""
	}
	p, errors := loadText(t, declare, map[string]string{"names": `["a", "b"]`, "minimum_rsct_level": "3.1.0.0", "any": "word"})
	if errors != "" {
		t.Fatal(errors)
	}
	for name, want := range map[string]string{"names": `["a","b"] given`, "minimum_rsct_level": `"3.1.0.0" given`, "any": `"word" given`, "recommended_rsct_level": `"3.2.6.2" default`} {
		if got := value(p, name); got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
	for given, want := range map[string]string{"minimum_rsct_levl": `did you mean "minimum_rsct_level"`, "names": "list of string"} {
		if _, got := loadText(t, declare, map[string]string{given: "{}"}); !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}

func TestUnreadableFilesAreErrors(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{
		filepath.Join(dir, "absent.rsct.hcl"): "no such file", dir: "holds no *.rsct.hcl file", os.DevNull: "not a regular file",
	} {
		_, diags := Load(Sources{Files: []string{name}})
		if !diags.HasErrors() || !strings.Contains(diags.Error(), want) {
			t.Errorf("%s: %v, expected %q", name, diags, want)
		}
	}
}
