// SPDX-License-Identifier: MPL-2.0

package lint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

// problemName is what a problem is called, as in script-too-large.
var problemName = regexp.MustCompile(`^(?:script|file|playbook|template|step|tasks|role)(?:-[a-z0-9]+)+$`)

// problemNames are the names of problems in the sources of the readers.
func problemNames(t *testing.T) []string {
	t.Helper()
	names := map[string]bool{}
	for _, folder := range []string{"files", "shell", "playbook", "template"} {
		sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(sources) == 0 {
			t.Fatal("no sources in", folder, err)
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if s, err := strconv.Unquote(literal.Value); err == nil && problemName.MatchString(s) {
						names[s] = true
					}
				}
				return true
			})
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// A problem that no rule reports would let a file pass that nobody looked at.
func TestEveryProblemIsReportedByExactlyOneRule(t *testing.T) {
	names := problemNames(t)
	for _, must := range []string{
		"script-too-large", "script-binary", "script-utf16", "script-unparsable", "script-too-deep", "script-too-complex", "script-not-followed",
		"script-other-language", "script-has-crlf", "file-unreadable", "playbook-invalid", "template-invalid", "step-not-known", "tasks-not-known", "role-not-found",
	} {
		if !slices.Contains(names, must) {
			t.Errorf("the sources do not name %s; found %v", must, names)
		}
	}
	p := builtin(t)
	for _, name := range names {
		facts := policy.Template{Problems: []policy.Problem{{What: name, Detail: "x", Place: policy.Place{File: "a.sh", Line: 7, Column: 3}}}}
		var said []string
		result, err := p.Evaluate(t.Context(), policy.Roots{Template: &facts}, day)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range result.Findings {
			if f.Status == policy.Fail && f.Subject == name {
				said = append(said, f.Rule)
			}
		}
		if len(said) != 1 {
			t.Errorf("%s is reported by %v, expected one rule", name, said)
		}
	}
}

func TestScriptsOfOtherLanguagesAreToldWhereverTheyRun(t *testing.T) {
	for _, c := range []struct{ interpreter, body, want string }{
		{"/usr/bin/expect -f", "spawn rmdev -dl en1\n", "lint-sees-all:1"},
		{"/usr/bin/awk -f", "BEGIN { x = 1 }\n", "lint-sees-all:1"},
		{"/usr/bin/env tclsh", "exec rmdev -dl en1\n", "lint-sees-all:1"},
		{"/usr/bin/rexx", "say hello\n", "lint-sees-all:1"},
		{"/usr/bin/php", "<?php echo 1;\n", "lint-sees-all:1"},
		{"/usr/bin/env -S node --no-warnings", "x()\n", "lint-sees-all:1"},
		{"/bin/csh -f", "foreach x (a b)\nend\n", "lint-sees-all:1"},
		{"/usr/bin/perl -w", "system(\"rmdev -dl en1\");\n", "lint-sees-all:1 removes-interface:2"},
		{"/usr/bin/env python3", "import os\nos.system('rmdev -dl en1')\n", "lint-sees-all:1 removes-interface:3"},
		{"/usr/bin/env -S ksh -e", "rmdev -dl en1\n", "removes-interface:2"},
		{"/opt/freeware/bin/bash", "rmdev -dl en1\n", "removes-interface:2"},
	} {
		t.Run(c.interpreter, func(t *testing.T) {
			folder := t.TempDir()
			script := write(t, folder, "s/x.sh", "#!"+c.interpreter+"\n"+c.body)
			template := func(name, steps string) string {
				return write(t, folder, name+"/a.pkr.hcl", "source \"null\" \"aix\" {}\nbuild {\n  sources = [\"source.null.aix\"]\n  provisioner \"rsct\" { mode = \"baseline\" }\n"+steps+"  provisioner \"rsct\" {}\n}\n")
			}
			for name, path := range map[string]string{
				"alone":   script,
				"shell":   template("shell", "  provisioner \"shell\" { script = \""+filepath.ToSlash(script)+"\" }\n"),
				"upload":  template("upload", "  provisioner \"file\" {\n    source = \""+filepath.ToSlash(script)+"\"\n    destination = \"/tmp/x\"\n  }\n  provisioner \"shell\" { inline = [\"/tmp/x\"] }\n"),
				"ansible": write(t, folder, "ansible/site.yml", "- hosts: all\n  tasks:\n    - ansible.builtin.script: "+script+"\n"),
			} {
				result := run(t, lint.Input{Paths: []string{path}})
				if got := rules(&lint.Result{Findings: slices.DeleteFunc(result.Findings, func(f lint.Finding) bool {
					return f.Rule == "checkpoints-between-changes"
				})}); got != c.want {
					t.Errorf("%s: got %q, want %q\n%s", name, got, c.want, report.LintLines(result))
				}
			}
		})
	}
}

// Not to be read is what a file's mode says, to everybody but root.
func TestUnreadableFileIsToldWhoeverRunsLint(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "ok.sh", "ls\n")
	if err := os.Symlink("nowhere", filepath.Join(folder, "dangling.sh")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := os.Mkdir(filepath.Join(folder, "folder.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	secret := write(t, folder, "secret.sh", "rmdev -dl en1\n")
	if err := os.Chmod(secret, fs.FileMode(0)); err != nil {
		t.Fatal(err)
	}
	result := run(t, lint.Input{Paths: []string{folder}})
	if len(result.Ignored) != 1 || !strings.Contains(result.Ignored[0], "dangling.sh: it is a link that leads nowhere") {
		t.Errorf("got %q", result.Ignored)
	}
	want := "lint-can-read:1"
	if os.Geteuid() == 0 {
		want = "removes-interface:1"
	}
	if got := rules(result); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
