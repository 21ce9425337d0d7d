// SPDX-License-Identifier: MPL-2.0

package shell_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/hazard"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/shell"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// What is no script, too much of one, or made to do harm ends in a problem that says
// so, soon and without a crash.
func TestHostileScriptsAreProblems(t *testing.T) {
	repeat := strings.Repeat
	utf16 := []byte{0xFF, 0xFE}
	for _, c := range "rmdev -dl en1\n" {
		utf16 = append(utf16, byte(c), 0)
	}
	for name, test := range map[string]struct {
		text []byte
		what string // of the first problem; empty for none
		line int
	}{
		"50 MB":               {bytes.Repeat([]byte("echo 1234567\n"), 4<<20), shell.TooLarge, 1},
		"UTF-16":              {utf16, shell.UTF16, 1},
		"a binary":            {[]byte("\x01\xdf\x00\x03\x00\x00"), shell.Binary, 1},
		"an open quote":       {[]byte("echo a\necho b\nrmdev -dl en1\necho 'x\n"), shell.Unparsable, 4},
		"a lone fi":           {[]byte("echo a\nfi\n"), shell.Unparsable, 2},
		"subshells":           {[]byte(repeat("(", 1<<20)), shell.TooDeep, 1},
		"braces":              {[]byte(repeat("{ ", 1<<20)), shell.TooDeep, 1},
		"substitutions":       {[]byte("x=" + repeat("$(", 1<<20)), shell.TooDeep, 1},
		"quoted substitution": {[]byte("x=" + repeat(`"$(`, 1<<20)), shell.TooDeep, 1},
		"defaults":            {[]byte("x=" + repeat("${a:-", 1<<19)), shell.TooDeep, 1},
		"arithmetic":          {[]byte("x=$((" + repeat("(", 1<<20)), shell.TooDeep, 1},
		"minus":               {[]byte("x=$((" + repeat("- ", 1<<20) + "1))"), shell.TooDeep, 1},
		"ifs":                 {[]byte(repeat("if ", 1<<20)), shell.TooDeep, 1},
		"nested but closed":   {[]byte(repeat("(", 600) + "true" + repeat(")", 600)), shell.TooDeep, 1},
		"a function for ever": {[]byte("f() { f; f; }\nf\n"), shell.TooComplex, 1},
		"evals of evals":      {[]byte("x='eval \"$x\"; eval \"$x\"'\neval \"$x\"\n"), shell.TooDeep, 1},
		"a loop for ever":     {[]byte("while true; do echo x; done\nrmdev -dl en1\n"), "", 0},
		"loops in loops":      {[]byte(repeat("for i in 1 2 3 4 5 6 7 8 9; do ", 12) + "echo $i$RANDOM" + repeat("; done", 12) + "\n"), shell.TooComplex, 1},
		"braces in braces":    {[]byte("echo {1..60}{1..60}{1..60}{1..60}\n"), "", 0},
		"growing":             {[]byte("x=aaaaaaaaaaaaaaaaaaaa\n" + repeat("x=$x$x$x$x\n", 40) + "echo $x\n"), "", 0},
		"a long chain":        {[]byte("true" + repeat(" && true", 60_000) + "\n"), "", 0},
		"a long pipeline":     {[]byte("echo a" + repeat(" | cat", 15_000) + "\n"), "", 0},
		"a long word":         {[]byte("echo " + repeat("a", 3<<20) + "\n"), "", 0},
		"300000 lines":        {[]byte(repeat("\n", 300_000) + "rmdev -dl en1\n"), "", 0},
		"carriage returns":    {[]byte("#!/usr/bin/ksh\r\nif true\r\nthen\r\n  rmdev -dl en1\r\nfi\r\n"), "", 0},
		"ISO 8859-1":          {[]byte("# Schl\xfcssel\nrmdev -dl en1\n"), "", 0},
		"a byte order mark":   {[]byte("\xEF\xBB\xBFrmdev -dl en1\n"), "", 0},
		"nothing":             {nil, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			commands, problems := shell.Analyze(shell.Source{Name: "x.sh", Text: test.text, Step: "x"})
			hazard.Mark(commands)
			if took := time.Since(start); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			switch {
			case test.what == "" && len(problems) > 0:
				t.Errorf("%+v", problems)
			case test.what != "" && len(problems) == 0:
				t.Error("no problem is told")
			case test.what != "" && (problems[0].What != test.what || problems[0].Place.Line != test.line || problems[0].Detail == ""):
				t.Errorf("%+v, expected %s in line %d", problems[0], test.what, test.line)
			}
		})
	}
}

// What stands before a mistake in the syntax is looked at all the same.
func TestCommandsBeforeASyntaxErrorAreFound(t *testing.T) {
	commands, problems := shell.Analyze(shell.Source{Name: "x.sh", Text: []byte("rmdev -dl en1\nfor do\n")})
	if len(problems) != 1 || len(commands) != 1 || commands[0].Name != "rmdev" {
		t.Errorf("%+v %+v", commands, problems)
	}
}

// Positions are those of the file that the user wrote, counted in characters.
func TestPositions(t *testing.T) {
	for _, test := range []struct {
		name, text   string
		line, column int
	}{
		{"after other alphabets", "echo 'größer'; rmdev -dl en1\n", 1, 16},
		{"in single quotes", "ksh -c 'x=1; rmdev -dl en1'\n", 1, 14},
		{"in double quotes", "ksh -c \"x=1; rmdev -dl en1\"\n", 1, 14},
		{"in quotes over lines", "ksh -c '\n  date\n  rmdev -dl en1\n'\n", 3, 3},
		{"in a here-document", "ksh <<'END'\ndate\nrmdev -dl en1\nEND\n", 3, 1},
		{"in a here-document with variables", "N=en1\nksh <<END\ndate\n  rmdev -dl $N\nEND\n", 4, 3},
		{"in a here-document with tabs", "ksh <<-END\n\tdate\n\trmdev -dl en1\n\tEND\n", 3, 2},
		{"after carriage returns", "date\r\nrmdev -dl en1\r\n", 2, 1},
		{"behind a prefix", "sudo -n /usr/sbin/rmdev -dl en1\n", 1, 9},
		{"in a function, where it is written", "f() {\n  rmdev -dl $1\n}\nf en1\n", 2, 3},
		{"in a variable", "C='rmdev -dl en1'\neval \"$C\"\n", 1, 4},
		{"after line 262144", strings.Repeat("\n", 270_000) + " rmdev -dl en1\n", 270_001, 2},
		{"in echo to a shell", "echo 'rmdev -dl en1' | sh\n", 1, 7},
		{"in perl", "perl -e 'system(\"rmdev -dl en1\")'\n", 1, 18},
	} {
		commands, _ := shell.Analyze(shell.Source{Name: "x.sh", Text: []byte(test.text)})
		found := false
		for _, c := range commands {
			if c.Name == "rmdev" {
				found = true
				if c.Place != (policy.Place{File: "x.sh", Line: test.line, Column: test.column}) {
					t.Errorf("%s: %+v, expected %d:%d", test.name, c.Place, test.line, test.column)
				}
			}
		}
		if !found {
			t.Errorf("%s: the command is not found", test.name)
		}
	}
}

// A script in HCL or YAML has its places from the file around it.
func TestPlacesOfEmbeddedScripts(t *testing.T) {
	commands, _ := shell.Analyze(shell.Source{
		Text: []byte("date\nrmdev -dl en1"), Variables: map[string]string{"N": "en1"},
		At: func(line, column int) policy.Place {
			return policy.Place{File: "aix.pkr.hcl", Line: 10 + line, Column: 6 + column}
		},
	})
	if len(commands) != 2 || commands[1].Place != (policy.Place{File: "aix.pkr.hcl", Line: 12, Column: 7}) {
		t.Errorf("%+v", commands)
	}
}

// FuzzAnalyze: whatever the text, the analysis ends, every command has a name and
// stands within the text, the same text has the same commands, and a harmless
// script stays harmless behind a comment.
func FuzzAnalyze(f *testing.F) {
	for _, form := range forms(f) {
		f.Add(form.script)
	}
	f.Add("for i in {1..3}; do x[$i]=${y[@]:1:2}; done; case $x in a|b) ;; esac; [[ a =~ b ]] && let i++")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			return
		}
		run := func(text string) string {
			commands, problems := shell.Analyze(shell.Source{Name: "x.sh", Text: []byte(text), Step: "x"})
			hazard.Mark(commands)
			lines := strings.Count(text, "\n") + 1
			for _, c := range commands {
				if len(c.Words) == 0 || len(c.Words) != len(c.Known) {
					t.Fatalf("%+v", c)
				}
				if c.Place.Line < 1 || c.Place.Line > lines || c.Place.Column < 1 {
					t.Fatalf("%+v stands outside of %d lines", c, lines)
				}
				for _, undone := range c.Undone {
					if !strings.Contains(strings.Join(c.Hazards, " "), undone) {
						t.Fatalf("%+v undoes what it does not do", c)
					}
				}
			}
			for _, p := range problems {
				if p.What == shell.Failed || p.What == "" || p.Detail == "" || p.Place.Line < 1 || p.Place.Line > lines {
					t.Fatalf("%+v", p)
				}
			}
			return fmt.Sprintf("%+v\n%+v", commands, problems)
		}
		if first, second := run(text), run(text); first != second {
			t.Fatalf("two answers:\n%s\n%s", first, second)
		}
	})
}
