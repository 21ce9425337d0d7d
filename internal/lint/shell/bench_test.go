// SPDX-License-Identifier: MPL-2.0

package shell_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/hazard"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/shell"
)

// BenchmarkAnalyze reads the corpus.
func BenchmarkAnalyze(b *testing.B) {
	all := forms(b)
	lines := 0
	for _, f := range all {
		lines += bytes.Count([]byte(f.script), []byte("\n"))
	}
	for b.Loop() {
		for _, f := range all {
			commands, _ := shell.Analyze(shell.Source{Text: []byte(f.script)})
			hazard.Mark(commands)
		}
	}
	b.ReportMetric(float64(lines*b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkTreeAgainstShellCheck reads the scripts of a folder, RSCT_LINT_TREE, and has
// ShellCheck read the same ones. scripts/bench-lint.sh runs it.
func BenchmarkTreeAgainstShellCheck(b *testing.B) {
	tree := os.Getenv("RSCT_LINT_TREE")
	checker, err := exec.LookPath("shellcheck")
	if tree == "" || err != nil {
		b.Skip("it needs a folder of scripts in RSCT_LINT_TREE, and shellcheck; scripts/bench-lint.sh has both")
	}
	var files []string
	var texts [][]byte
	lines := 0
	err = filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".sh", ".ksh", ".bash":
			text, err := os.ReadFile(path)
			if err != nil || !entry.Type().IsRegular() || len(texts) >= 2000 {
				return nil
			}
			files, texts, lines = append(files, path), append(texts, text), lines+bytes.Count(text, []byte("\n"))
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		b.Fatalf("no scripts below %s: %v", tree, err)
	}
	start := time.Now()
	for at := 0; at < len(files); at += 100 {
		// It exits with 1 where it finds something.
		_ = exec.Command(checker, append([]string{"-f", "quiet", "--norc", "-s", "ksh"}, files[at:min(at+100, len(files))]...)...).Run()
	}
	theirs := float64(lines) / time.Since(start).Seconds()
	problems := 0
	for b.Loop() {
		problems = 0
		for i, text := range texts {
			commands, p := shell.Analyze(shell.Source{Name: files[i], Text: text, Step: files[i]})
			hazard.Mark(commands)
			problems += len(p)
			if len(p) > 0 && p[0].What == shell.Failed {
				b.Errorf("%s: %s", files[i], p[0].Detail)
			}
		}
	}
	ours := float64(lines*b.N) / b.Elapsed().Seconds()
	b.ReportMetric(ours, "lines/s")
	b.ReportMetric(theirs, "shellcheck-lines/s")
	b.ReportMetric(ours/theirs, "times-shellcheck")
	b.ReportMetric(float64(len(files)), "files")
	b.ReportMetric(float64(problems), "problems")
}
