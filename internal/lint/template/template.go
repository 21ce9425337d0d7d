// SPDX-License-Identifier: MPL-2.0

// Package template reads Packer templates as Packer reads them, as far as that is
// possible without Packer, its plugins and a machine: which steps run for which
// source, in which order, and what they run on the guest. What depends on something
// that is known only during a build stays unknown.
package template

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// What Packer's files are called.
const (
	hclExtension      = ".pkr.hcl"
	jsonExtension     = ".pkr.json"
	autoVarsExtension = ".auto.pkrvars.hcl"
	autoVarsJSON      = ".auto.pkrvars.json"
)

// Options are what Packer would be told on its command line.
type Options struct {
	// VarFiles are files of variables in the order given, as packer build -var-file.
	VarFiles []string
	// Variables are values by name, as packer build -var.
	Variables map[string]string
	// Environment holds NAME=VALUE pairs of which PKR_VAR_… set variables; nil for none.
	Environment []string
}

// Template is what was read.
type Template struct {
	// Files are the files read, as shown to people, in the order read.
	Files     []string
	Steps     []policy.Step
	Pipelines []policy.Pipeline
	// Runs are what the steps run on the guest, in order. A block that runs the same for
	// several sources has its runs once.
	Runs     []Run
	Problems []policy.Problem
}

// Run is one thing that a step does on the guest: exactly one of its pointers is set.
type Run struct {
	// Step is the key of the step, Place its block.
	Step     string
	Place    policy.Place
	Script   *Script
	Upload   *Upload
	Playbook *Playbook
}

// Script is shell text that runs on the guest.
type Script struct {
	// File is the script's file as shown to people, or that of the template for an inline one.
	File string
	Text text.Text
	// Variables are the environment variables that are known.
	Variables map[string]string
}

// Upload is a file that is put on the guest.
type Upload struct {
	// Sources are the local files or folders, as paths that can be opened.
	Sources []string
	// Content is set instead for a file whose text stands in the template.
	Content text.Text
	// Destination is the path on the guest; one that ends in "/" is a folder.
	Destination string
}

// Playbook is an Ansible playbook that runs against the guest.
type Playbook struct {
	// Path can be opened.
	Path string
	// Variables are the extra variables that are known.
	Variables map[string]string
	// RolePaths are folders to look for roles in, besides those that Ansible knows itself.
	RolePaths []string
	// Local says that it runs on the guest itself (ansible-local), so that plays of
	// localhost are about the guest.
	Local bool
}

// IsTemplate reports whether the name is that of a Packer template.
func IsTemplate(name string) bool {
	return strings.HasSuffix(name, hclExtension) || strings.HasSuffix(name, jsonExtension)
}

// IsVariables reports whether the name is that of a file of Packer variables.
func IsVariables(name string) bool {
	return strings.HasSuffix(name, ".pkrvars.hcl") || strings.HasSuffix(name, ".pkrvars.json")
}

// Files are the template files that a path stands for, as Packer takes them: the file
// itself, or those directly in the folder, HCL before JSON.
func Files(path string) ([]string, error) {
	return namesIn(path, hclExtension, jsonExtension)
}

func namesIn(path string, extensions ...string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	var found []string
	if !info.IsDir() {
		for _, extension := range extensions {
			if strings.HasSuffix(path, extension) {
				return []string{path}, nil
			}
		}
		return nil, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	for _, extension := range extensions {
		for _, entry := range entries {
			if name := entry.Name(); strings.HasSuffix(name, extension) && !entry.IsDir() && !ignoredName(name) {
				found = append(found, filepath.Join(path, name))
			}
		}
	}
	return found, nil
}

// ignoredName reports that a name is that of an editor's leftover, which Packer skips.
func ignoredName(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#")
}

// Read reads the template at a path, a file or a folder. What is wrong with the
// template is among the problems of the result; the error is for a path that holds
// no template at all.
func Read(reader *files.Reader, path string, options Options) (*Template, error) {
	names, err := Files(path)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", path, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("template %s: there is no *%s or *%s file", path, hclExtension, jsonExtension)
	}
	return ReadFiles(reader, path, names, options)
}

// ReadFiles is Read for a template whose files are known already.
func ReadFiles(reader *files.Reader, path string, names []string, options Options) (*Template, error) {
	root := path
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		root = filepath.Dir(path)
	}
	work, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", path, err)
	}
	r := &reading{reader: reader, root: root, work: work, sources: map[string][]byte{}, out: &Template{}}
	var bodies []hcl.Body
	for _, name := range names {
		if body := r.parse(name); body != nil {
			bodies = append(bodies, body)
		}
	}
	if len(r.out.Problems) == 0 {
		r.variables(bodies, path, options)
		r.blocksOf(bodies)
	}
	slices.SortStableFunc(r.out.Problems, func(a, b policy.Problem) int {
		return cmp.Or(strings.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	r.out.Problems = slices.Compact(r.out.Problems)
	return r.out, nil
}

// reading is one template being read.
type reading struct {
	reader  *files.Reader
	root    string            // the template's folder, as path.root
	work    string            // the working folder, as path.cwd
	sources map[string][]byte // the text of HCL files by the name in their ranges
	scope   scope
	out     *Template
	// followed counts the expressions whose text was followed.
	followed int
}

func (r *reading) problem(what string, place policy.Place, format string, args ...any) {
	r.out.Problems = append(r.out.Problems, policy.Problem{What: what, Detail: fmt.Sprintf(format, args...), Place: place})
}

// unreadable adds the problem of a file that cannot be read, at the place that names it.
func (r *reading) unreadable(err error, place policy.Place) {
	var cannot *files.Error
	if errors.As(err, &cannot) {
		r.problem(cannot.What, place, "%s: %s", cannot.Path, cannot.Detail)
		return
	}
	r.problem(files.Unreadable, place, "%v", err)
}

func place(at hcl.Range) policy.Place {
	return policy.Place{File: at.Filename, Line: at.Start.Line, Column: at.Start.Column}
}

// find is the path to open for a path in a template. Packer looks from its working
// folder; from there or from the template's own folder is where people keep files.
func (r *reading) find(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if beside := filepath.Join(r.root, path); exists(beside) || r.reader.Exists(beside) {
		return beside
	}
	return path
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Units are the templates in a folder: usually one, made of all its files. Where two
// files declare the same source or variable, each file is a template of its own, as
// folders of examples have them.
func Units(reader *files.Reader, names []string) [][]string {
	if len(names) < 2 {
		return [][]string{names}
	}
	seen := map[string]bool{}
	for _, name := range names {
		file, err := reader.Read(name)
		if err != nil {
			continue
		}
		body, diags := parseFile(file)
		if diags.HasErrors() {
			continue
		}
		r := &reading{reader: reader, sources: map[string][]byte{}, out: &Template{}}
		for _, b := range r.blocks(body, &hcl.EvalContext{}, rootSchema...) {
			if len(b.labels) == 0 {
				continue
			}
			id := b.kind + "\x00" + strings.Join(b.labels, "\x00")
			if seen[id] {
				units := make([][]string, len(names))
				for i, name := range names {
					units[i] = []string{name}
				}
				return units
			}
			seen[id] = true
		}
	}
	return [][]string{names}
}
