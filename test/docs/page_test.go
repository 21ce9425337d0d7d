// SPDX-License-Identifier: MPL-2.0

// Package docs tests the documentation: every command is run, every template and policy
// is validated, every link inside the repository leads somewhere.
//
// A fenced block is tested by its language: sh is run, hcl is a template, a policy or a
// definition and is validated as such, json and yaml are parsed, text is only shown. The
// blocks of a page run in their order, in one folder, as a reader would run them. A block
// that cannot be run says so to its reader in its first line, and why:
//
//	# not tested here: REASON
//
// What the reader is expected to have already is prepared by a comment before the
// block, which is run but not shown: <!-- given: COMMANDS -->
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// block is one fenced block of a page, or what is given before one.
type block struct {
	language string // the info string's first word, or "given"
	info     string // the rest of it
	text     string
	line     int
}

// untested is the reason why a block is not run; empty where it is.
func (b block) untested() string {
	first, _, _ := strings.Cut(b.text, "\n")
	_, reason, _ := strings.Cut(first, "# not tested here: ")
	return reason
}

// page is one Markdown file of the repository.
type page struct {
	path    string // relative to the repository
	blocks  []block
	links   []string
	anchors map[string]bool
}

func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// paths are all Markdown pages that people read, relative to the repository.
func paths(t *testing.T) []string {
	t.Helper()
	var found []string
	root := repository(t)
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := entry.Name()
		switch {
		case entry.IsDir() && (name == ".git" || name == ".tools" || name == "testdata" || name == "node_modules" || name == "dist" || name == "docs-partials" || name == "gen"):
			return filepath.SkipDir
		case !entry.IsDir() && (strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".mdx")):
			found = append(found, filepath.ToSlash(relative))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if len(found) < 50 {
		t.Fatalf("found only %d pages", len(found))
	}
	return found
}

var given = regexp.MustCompile(`(?s)^<!--\s*given:\s*(.*?)\s*-->`)

// read parses a page.
func read(t *testing.T, path string) page {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(repository(t), path))
	if err != nil {
		t.Fatal(err)
	}
	p := page{path: path, anchors: map[string]bool{}}
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	line := func(offset int) int { return 1 + strings.Count(string(source[:offset]), "\n") }
	err = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.FencedCodeBlock:
			b := block{text: string(n.Lines().Value(source))}
			if n.Info != nil {
				b.language, b.info, _ = strings.Cut(string(n.Info.Value(source)), " ")
			}
			if n.Lines().Len() > 0 {
				b.line = line(n.Lines().At(0).Start)
			}
			p.blocks = append(p.blocks, b)
		case *ast.HTMLBlock:
			lines := string(n.Lines().Value(source))
			if n.HasClosure() {
				lines += string(n.ClosureLine.Value(source))
			}
			if match := given.FindStringSubmatch(lines); match != nil {
				p.blocks = append(p.blocks, block{language: "given", text: match[1] + "\n", line: line(n.Lines().At(0).Start)})
			}
			for _, match := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(lines, -1) {
				p.links = append(p.links, match[1])
			}
		case *ast.Link:
			p.links = append(p.links, string(n.Destination))
		case *ast.Image:
			p.links = append(p.links, string(n.Destination))
		case *ast.Heading:
			p.addAnchor(plain(n, source))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// plain is a heading's text without its markup.
func plain(node ast.Node, source []byte) string {
	var out strings.Builder
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		switch n := child.(type) {
		case *ast.Text:
			out.Write(n.Value(source))
		case *ast.String:
			out.Write(n.Value)
		default:
			out.WriteString(plain(child, source))
		}
	}
	return out.String()
}

var notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}\p{M} _-]`)

// addAnchor adds the anchor that GitHub gives a heading.
func (p *page) addAnchor(heading string) {
	anchor := strings.ReplaceAll(notInAnchors.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
	for i := 1; p.anchors[anchor]; i++ {
		anchor = strings.TrimSuffix(anchor, "-"+string(rune('0'+i-1))) + "-" + string(rune('0'+i))
	}
	p.anchors[anchor] = true
}
