// SPDX-License-Identifier: MPL-2.0

// Package workflows checks .github: by actionlint, and against the Makefile, so that
// CI runs what a developer runs.
package workflows

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"gopkg.in/yaml.v3"
)

const root = "../.."

// workflowFiles are the project's own workflows and the recipe for others' pipelines.
func workflowFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{".github/workflows/*.yml", "example/ci/github/*.yml"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 3 {
		t.Fatalf("found only %d workflows", len(files))
	}
	return files
}

func TestWorkflowsPassActionlint(t *testing.T) {
	var out bytes.Buffer
	// Without shellcheck and pyflakes: these may or may not be on the machine.
	linter, err := actionlint.NewLinter(&out, &actionlint.LinterOptions{Oneline: true, LogWriter: io.Discard, ConfigFile: "actionlint.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range workflowFiles(t) {
		// Without a project, actions in the repository are not looked up: the one that
		// notify-integration-release.yml checks out is no file of ours.
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		problems, err := linter.Lint(filepath.Base(file), content, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Error(p)
		}
	}
}

func TestActionlintWouldSeeAMistake(t *testing.T) {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	problems, err := linter.Lint("bad.yml", []byte("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nonsense.x }}\n"), nil)
	if err != nil || len(problems) == 0 {
		t.Errorf("got %v, %v", problems, err)
	}
}

var (
	usesLine   = regexp.MustCompile(`uses:\s*(\S+)(.*)`)
	pinned     = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	comment    = regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`)
	makeTarget = regexp.MustCompile(`(?m)\bmake ((?:[a-z][a-z0-9-]*\s*)+)`)
)

func TestActionsArePinnedByDigestAndNameTheirVersion(t *testing.T) {
	for _, file := range workflowFiles(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range usesLine.FindAllStringSubmatch(string(content), -1) {
			if strings.HasPrefix(match[1], "./") {
				continue
			}
			if !pinned.MatchString(match[1]) || !comment.MatchString(match[2]) {
				t.Errorf("%s: %s%s: expected owner/name@40 hexadecimal digits # vX.Y.Z", filepath.Base(file), match[1], match[2])
			}
		}
	}
}

func TestEveryTargetThatAWorkflowCallsIsInTheMakefile(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "GNUmakefile"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range append(files, filepath.Join(root, ".ci/run")) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(content), "\n") {
			if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "#") || strings.Contains(trimmed, "for tool in make") {
				continue
			}
			for _, match := range makeTarget.FindAllStringSubmatch(line, -1) {
				for _, target := range strings.Fields(match[1]) {
					seen++
					if !regexp.MustCompile(`(?m)^` + target + `:`).Match(makefile) {
						t.Errorf("%s: make %s: no such target in GNUmakefile", filepath.Base(file), target)
					}
				}
			}
		}
	}
	if seen < 5 {
		t.Errorf("found only %d calls of make", seen)
	}
}

func TestOtherFilesOfTheRepositoryAreYAML(t *testing.T) {
	for _, pattern := range []string{".github/*.yml", ".github/ISSUE_TEMPLATE/*.yml", ".golangci.yml", ".goreleaser.yml", ".pre-commit-hooks.yaml", "example/ci/*/*.yml", "example/ci/*/*.yaml", "example/*/*.yml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			decoder := yaml.NewDecoder(bytes.NewReader(content))
			documents := 0
			for {
				var document any
				err := decoder.Decode(&document)
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Errorf("%s: %v", file, err)
					break
				}
				documents++
			}
			if documents == 0 {
				t.Errorf("%s: no document", file)
			}
		}
	}
}

func TestGoVersionsAgree(t *testing.T) {
	want, err := os.ReadFile(filepath.Join(root, ".go-version"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	if declared == nil || !bytes.HasPrefix(want, append(declared[1], '.')) {
		t.Errorf(".go-version is %s and go.mod says %s", bytes.TrimSpace(want), declared)
	}
}
