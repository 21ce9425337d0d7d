// SPDX-License-Identifier: MPL-2.0

package lint_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/template"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

var day = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func builtin(t testing.TB) *policy.Policy {
	t.Helper()
	p, diags := policy.Load(policy.Sources{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// run lints and fails the test on an error.
func run(t *testing.T, in lint.Input) *lint.Result {
	t.Helper()
	if in.Policy == nil {
		in.Policy = builtin(t)
	}
	if in.FailOn == "" {
		in.FailOn = "error"
	}
	in.AsOf = day
	result, err := lint.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// golden compares text with a golden file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run go test -update and look at what changed.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// Each folder of testdata/trees is a repository as one meets it; beside it lies what
// lint finds in it, a line each.
func TestTreesHaveTheirGoldenFindings(t *testing.T) {
	trees, err := filepath.Glob("testdata/trees/*")
	if err != nil || len(trees) == 0 {
		t.Fatal("no trees", err)
	}
	for _, tree := range trees {
		if strings.HasSuffix(tree, ".golden") {
			continue
		}
		t.Run(filepath.Base(tree), func(t *testing.T) {
			golden(t, tree+".golden", string(report.LintLines(run(t, lint.Input{Paths: []string{tree}}))))
		})
	}
}

// Every template that users are shown lints as its golden file says.
func TestExamplesLintAsTheirGoldenFileSays(t *testing.T) {
	golden(t, "testdata/examples.golden", string(report.LintLines(run(t, lint.Input{Paths: []string{"../../example"}}))))
}

func write(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// rules are the rules that findings to act upon break, with their lines, as in "stops-rmc:3".
func rules(r *lint.Result) string {
	var out []string
	for _, f := range r.Findings {
		if f.Suppressed != "" || f.Known || f.Status == policy.Waived {
			continue
		}
		line := ""
		if f.Place != nil {
			line = ":" + itoa(f.Place.Line)
		}
		out = append(out, f.Rule+line)
	}
	return strings.Join(out, " ")
}

func itoa(n int) string {
	if n >= 10 {
		return itoa(n/10) + itoa(n%10)
	}
	return string(rune('0' + n))
}

func TestSuppressionsNeedARuleAReasonAndSomethingToSuppress(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"on the line", "stopsrc -s ctrmc # rsct-ignore: stops-rmc -- started by hand\n", ""},
		{"above the line", "# rsct-ignore: stops-rmc -- started by hand\n# another comment\n\nstopsrc -s ctrmc\n", ""},
		{"of a command of several lines", "# rsct-ignore: stops-rmc -- started by hand\nstopsrc \\\n  -s ctrmc\n", ""},
		{"without a reason", "stopsrc -s ctrmc # rsct-ignore: stops-rmc\n", "stops-rmc:1 suppression-is-valid:1"},
		{"without a word as reason", "stopsrc -s ctrmc # rsct-ignore: stops-rmc --\n", "stops-rmc:1 suppression-is-valid:1"},
		{"of no rule", "stopsrc -s ctrmc # rsct-ignore: stop-rmc -- x\n", "stops-rmc:1 suppression-is-valid:1"},
		{"unused", "stopsrc -s ctrmc # rsct-ignore: removes-rsct -- x\n", "stops-rmc:1 suppression-is-used:1"},
		{"two lines above", "# rsct-ignore: stops-rmc -- x\nls\nstopsrc -s ctrmc\n", "suppression-is-used:1 stops-rmc:3"},
		{"below", "stopsrc -s ctrmc\n# rsct-ignore: stops-rmc -- x\n", "stops-rmc:1 suppression-is-used:2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rules(run(t, lint.Input{Paths: []string{write(t, t.TempDir(), "a.sh", c.script)}})); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSuppressionInATemplateAndAboveATask(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "a.pkr.hcl", `source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" { mode = "baseline" }
  provisioner "shell" {
    inline = [
      "stopsrc -s ctrmc", # rsct-ignore: stops-rmc -- the image is captured without it
      // rsct-ignore: removes-rsct -- not needed here
      "installp -u rsct.core.rmc",
    ]
  }
  provisioner "rsct" {}
}
`)
	write(t, folder, "site.yml", `- hosts: all
  tasks:
    # rsct-ignore: stops-rmc -- started at the end
    - name: stop
      ansible.builtin.command: stopsrc -s ctrmc
    - name: stop again
      ansible.builtin.command: stopsrc -s ctrmc
`)
	if got := rules(run(t, lint.Input{Paths: []string{folder}})); got != "stops-rmc:7" {
		t.Errorf("got %q", got)
	}
}

func TestRuleThatRefusesToBeIgnoredIsNotSuppressed(t *testing.T) {
	folder := t.TempDir()
	site := write(t, folder, "site.rsct.hcl", "override \"stops-rmc\" {\n  ignorable = false\n  reason = \"ours to decide\"\n}\n")
	p, diags := policy.Load(policy.Sources{Files: []string{site}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	script := write(t, folder, "a.sh", "stopsrc -s ctrmc # rsct-ignore: stops-rmc -- x\n")
	if got := rules(run(t, lint.Input{Paths: []string{script}, Policy: p})); got != "stops-rmc:1 suppression-is-valid:1" {
		t.Errorf("got %q", got)
	}
}

func TestWaiverOfThePolicyCoversAFinding(t *testing.T) {
	folder := t.TempDir()
	site := write(t, folder, "site.rsct.hcl", "waiver \"stops-rmc\" {\n  reason = \"x\"\n  approved_by = \"y\"\n  expires = \"2026-12-31\"\n}\n")
	p, diags := policy.Load(policy.Sources{Files: []string{site}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	result := run(t, lint.Input{Paths: []string{write(t, folder, "a.sh", "stopsrc -s ctrmc\n")}, Policy: p})
	if got := rules(result); got != "" || result.Counts().Waived != 1 || !result.Clean() {
		t.Errorf("got %q, %+v", got, result.Counts())
	}
}

func TestBaselineKnowsFindingsWhenLinesMove(t *testing.T) {
	folder := t.TempDir()
	path := write(t, folder, "a.sh", "stopsrc -s ctrmc\nstopsrc -s ctrmc\n")
	document, err := run(t, lint.Input{Paths: []string{path}}).Baseline()
	if err != nil {
		t.Fatal(err)
	}
	known, err := lint.ReadBaseline(document)
	if err != nil {
		t.Fatal(err)
	}
	write(t, folder, "a.sh", "#!/bin/ksh\n\n  stopsrc  -s ctrmc\nrmcctrl -d\nstopsrc -s ctrmc\nstopsrc -s ctrmc\n")
	if got := rules(run(t, lint.Input{Paths: []string{path}, Baseline: known})); got != "removes-rmc-start:4 stops-rmc:6" {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"", "{}", "[]", `{"schema":"other","findings":[]}`} {
		if _, err := lint.ReadBaseline([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a baseline", bad)
		}
	}
}

func TestTemplateVariablesComeFromWhereTheUserSays(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "a.pkr.hcl", `variable "command" { type = string }
source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" { mode = "baseline" }
  provisioner "shell" { inline = [var.command] }
  provisioner "rsct" {}
}
`)
	file := write(t, folder, "stop.pkrvars.hcl", "command = \"stopsrc -s ctrmc\"\n")
	for _, c := range []struct {
		name, want string
		options    template.Options
	}{
		{"unknown", "", template.Options{}},
		{"given", "stops-rmc:6", template.Options{Variables: map[string]string{"command": "stopsrc -s ctrmc"}}},
		{"file", "stops-rmc:1", template.Options{VarFiles: []string{file}}},
		{"environment", "stops-rmc:6", template.Options{Environment: []string{"PKR_VAR_command=stopsrc -s ctrmc"}}},
		{"given goes before file", "", template.Options{VarFiles: []string{file}, Variables: map[string]string{"command": "ls"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rules(run(t, lint.Input{Paths: []string{folder}, Template: c.options})); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	write(t, folder, "x.auto.pkrvars.hcl", "command = \"rmcctrl -d\"\n")
	if got := rules(run(t, lint.Input{Paths: []string{folder}})); got != "removes-rmc-start:1" {
		t.Errorf("*.auto.pkrvars.hcl: got %q", got)
	}
}

func TestSensitiveValuesAreNotShown(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "a.pkr.hcl", `variable "password" {
  default   = "hunter2"
  sensitive = true
}
source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  provisioner "rsct" { mode = "baseline" }
  provisioner "shell" { inline = ["rmcctrl -d ${var.password}", "chdev -l en1 -a state=detach -a x=${var.password}"] }
  provisioner "rsct" {}
}
`)
	result := run(t, lint.Input{Paths: []string{folder}})
	document, err := report.LintJSON(result)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(document), "hunter2") || len(result.Findings) == 0 {
		t.Errorf("%s", document)
	}
}

func TestStandardInputIsTheFileThatIsNamed(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "a.pkr.hcl", "source \"null\" \"aix\" {}\n")
	for _, c := range []struct{ name, content, want string }{
		{"", "stopsrc -s ctrmc\n", "stops-rmc:1"},
		{"", "- command: stopsrc -s ctrmc\n", "stops-rmc:1"},
		{filepath.Join(folder, "x.yml"), "- hosts: all\n  tasks:\n  - command: stopsrc -s ctrmc\n", "stops-rmc:3"},
		{filepath.Join(folder, "b.pkr.hcl"), "build {\n  sources = [\"source.null.aix\"]\n  provisioner \"rsct\" {}\n  provisioner \"shell\" { inline = [\"ls\"] }\n}\n", "baseline-first:4 final-check-last:4"},
	} {
		in := lint.Input{Paths: []string{"-"}, Stdin: strings.NewReader(c.content), StdinName: c.name}
		got := strings.Fields(rules(run(t, in)))
		if len(got) == 2 && got[0] > got[1] {
			got[0], got[1] = got[1], got[0]
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBadInputHasAClearDiagnostic(t *testing.T) {
	folder := t.TempDir()
	path := func(name, content string) string { return write(t, folder, name, content) }
	loop := filepath.Join(folder, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	aliases := "- hosts: all\n  vars:\n    a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'l'; i++ {
		aliases += "    " + string(i) + ": &" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(i-1)+",", 10), ",") + "]\n"
	}
	script := func(name string) string {
		return path(name+".pkr.hcl.d/a.pkr.hcl", "source \"null\" \"aix\" {}\nbuild {\n  sources = [\"source.null.aix\"]\n  provisioner \"rsct\" { mode = \"baseline\" }\n  provisioner \"shell\" { script = \""+filepath.ToSlash(filepath.Join(folder, name))+"\" }\n  provisioner \"rsct\" {}\n}\n")
	}
	big := path("big.sh", "x")
	if err := os.Truncate(big, 50<<20); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"syntax error in a template", path("t/a.pkr.hcl", "build {\n  sources = [\"a\"\n}\n"), "Missing item separator"},
		{"syntax error in a JSON template", path("j/a.pkr.json", "{\"build\": [}"), "a.pkr.json"},
		{"brackets in a template", path("n/a.pkr.hcl", "x = "+strings.Repeat("(", 100_000)), "Too complex"},
		{"brackets in a JSON template", path("m/a.pkr.json", strings.Repeat("[", 100_000)), "too complex"},
		{"brackets in a string of a JSON template", path("o/a.pkr.json", `{"locals": {"x": "${`+strings.Repeat("(", 100_000)+`"}}`), "too complex"},
		{"missing script", script("none.sh"), "does not exist"},
		{"script in a symlink loop", script("loop"), "too many levels"},
		{"script of 50 MB", big, "larger than 4 MiB"},
		{"binary", path("binary.sh", "\x7fELF\x00\x01"), "binary"},
		{"UTF-16", path("utf16.sh", "\xff\xfel\x00s\x00"), "UTF-16"},
		{"CRLF", path("crlf.sh", "#!/bin/sh\r\nls\r\n"), "carriage return"},
		{"aliases of aliases", path("bomb.yml", aliases), "aliases of aliases"},
		{"deep YAML", path("deep.yml", "- hosts: "+strings.Repeat("[", 100_000)), "nested deeper"},
		{"broken playbook", path("broken.yml", "- hosts: all\n  tasks:\n  - shell: 'x\n  - }\n"), "the YAML cannot be read"},
		{"unparsable script", path("bad.sh", "if true\necho x\n"), "then"},
	} {
		t.Run(c.name, func(t *testing.T) {
			result := run(t, lint.Input{Paths: []string{c.path}})
			if got := string(report.LintText(result, report.LintStyle{})); !strings.Contains(got, c.want) {
				t.Errorf("expected …%s… in %.2000s", c.want, got)
			}
		})
	}
	for _, missing := range []string{filepath.Join(folder, "none"), loop} {
		if _, err := lint.Run(context.Background(), lint.Input{Paths: []string{missing}, Policy: builtin(t), FailOn: "error", AsOf: day}); err == nil {
			t.Errorf("%s: no error", missing)
		}
	}
	legacy := path("old.json", `{"builders": [{"type": "null"}]}`)
	if _, err := lint.Run(context.Background(), lint.Input{Paths: []string{legacy}, Policy: builtin(t), FailOn: "error", AsOf: day}); err == nil || !strings.Contains(err.Error(), "hcl2_upgrade") {
		t.Errorf("old JSON template: %v", err)
	}
}

func TestTextsThatDoubleOneAnotherEnd(t *testing.T) {
	folder := t.TempDir()
	locals, vars := "locals {\n  a0 = [\"x\"]\n  s0 = \"x\"\n", "- hosts: all\n  vars:\n    a0: ''\n"
	for i := 1; i < 40; i++ {
		locals += "  a" + itoa(i) + " = concat(local.a" + itoa(i-1) + ", local.a" + itoa(i-1) + ")\n  s" + itoa(i) + " = \"${local.s" + itoa(i-1) + "}${local.s" + itoa(i-1) + "}\"\n"
		vars += "    a" + itoa(i) + ": \"" + strings.Repeat("{{ a"+itoa(i-1)+" }}", 10) + "\"\n"
	}
	write(t, folder, "a.pkr.hcl", locals+"  c = concat(local.c, local.c)\n}\nsource \"null\" \"aix\" {}\nbuild {\n  sources = [\"source.null.aix\"]\n  provisioner \"shell\" { inline = local.a39 }\n  provisioner \"shell\" { inline = [local.s39] }\n  provisioner \"shell\" { inline = local.c }\n}\n")
	write(t, folder, "site.yml", vars+"  tasks:\n  - shell: echo {{ a39 }}\n  - shell: rmcctrl -d\n")
	if got := rules(run(t, lint.Input{Paths: []string{folder}})); !strings.Contains(got, "removes-rmc-start") {
		t.Errorf("got %q", got)
	}
}
