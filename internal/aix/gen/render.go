// SPDX-License-Identifier: MPL-2.0

package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed intro.md
var intro string

// source is what is read out of the package's files.
type source struct {
	structs map[string]*structType
	// probes are the names of probes by their constants' names, commands by the probes' names.
	probes   map[string]string
	commands map[string]string
	// order are the probes as the collector runs them.
	order []string
}

type structType struct {
	doc    string
	fields []field
}

// field is one exported field with a json name.
type field struct {
	name, goName, doc string
	// base is the type without what is around it.
	base          string
	unknown, list bool
}

// render reads the package in folder and returns the page.
func render(folder string) (string, error) {
	src, err := read(folder)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(intro)
	paths := map[string][]string{}
	order := []string{}
	src.walk("Facts", "guest", paths, &order, 0)
	for _, name := range order {
		if err := src.section(&b, name, paths[name]); err != nil {
			return "", err
		}
	}
	b.WriteString("\n## Probes\n\nThe read-only commands that the facts are read from, in the order in which the collector runs them.\n\n| probe | what runs |\n| --- | --- |\n")
	for _, probe := range src.order {
		fmt.Fprintf(&b, "| `%s` | %s |\n", probe, cell(src.commands[probe]))
	}
	return b.String(), nil
}

func read(folder string) (*source, error) {
	src := &source{structs: map[string]*structType{}, probes: map[string]string{}, commands: map[string]string{}}
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(files, name, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			if d, ok := declaration.(*ast.GenDecl); ok {
				src.declaration(d)
			}
		}
	}
	if src.structs["Facts"] == nil || len(src.order) == 0 {
		return nil, fmt.Errorf("%s: no type Facts, or no list of probes", folder)
	}
	return src, nil
}

func (s *source) declaration(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if t, ok := spec.Type.(*ast.StructType); ok {
				doc := spec.Doc.Text()
				if doc == "" {
					doc = d.Doc.Text()
				}
				s.structs[spec.Name.Name] = &structType{doc: oneLine(doc), fields: fieldsOf(t)}
			}
		case *ast.ValueSpec:
			s.value(spec)
		}
	}
}

// value reads the constants ProbeX and the list Probes.
func (s *source) value(spec *ast.ValueSpec) {
	if len(spec.Names) != 1 || len(spec.Values) != 1 {
		return
	}
	name := spec.Names[0].Name
	switch value := spec.Values[0].(type) {
	case *ast.BasicLit:
		if probe, err := strconv.Unquote(value.Value); err == nil && strings.HasPrefix(name, "Probe") {
			s.probes[name] = probe
			s.commands[probe] = oneLine(spec.Comment.Text())
		}
	case *ast.CompositeLit:
		if name == "Probes" {
			for _, element := range value.Elts {
				if constant, ok := element.(*ast.Ident); ok {
					s.order = append(s.order, s.probes[constant.Name])
				}
			}
		}
	}
}

func fieldsOf(t *ast.StructType) []field {
	var fields []field
	for _, f := range t.Fields.List {
		if f.Tag == nil || len(f.Names) != 1 {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			continue
		}
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		one := field{name: name, goName: f.Names[0].Name, doc: oneLine(f.Doc.Text())}
		one.setType(f.Type)
		fields = append(fields, one)
	}
	return fields
}

// setType takes Fact[…] and […] off.
func (f *field) setType(t ast.Expr) {
	switch t := t.(type) {
	case *ast.IndexExpr:
		f.unknown = true
		f.setType(t.Index)
	case *ast.ArrayType:
		f.list = true
		f.setType(t.Elt)
	case *ast.Ident:
		f.base = t.Name
	}
}

// walk lists the structs below one in the order of their fields, with the paths
// that lead to them.
func (s *source) walk(name, path string, paths map[string][]string, order *[]string, depth int) {
	if s.structs[name] == nil || depth > 10 {
		return
	}
	if !slices.Contains(*order, name) {
		*order = append(*order, name)
	}
	paths[name] = append(paths[name], path)
	for _, f := range s.structs[name].fields {
		below := path + "." + f.name
		if f.list {
			below += "[*]"
		}
		s.walk(f.base, below, paths, order, depth+1)
	}
}

func (s *source) section(b *strings.Builder, name string, paths []string) error {
	t := s.structs[name]
	fmt.Fprintf(b, "\n## `%s`\n\n%s\n\n| attribute | type | unknown? | meaning |\n| --- | --- | --- | --- |\n",
		strings.Join(paths, "`, `"), prose(name, t.doc))
	for _, f := range t.fields {
		if f.doc == "" {
			return fmt.Errorf("%s.%s has no comment", name, f.name)
		}
		unknown := ""
		if f.unknown {
			unknown = "may be"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.name, s.typeName(f), unknown, cell(prose(f.goName, f.doc)))
	}
	return nil
}

// typeName is the type as the policy language has it.
func (s *source) typeName(f field) string {
	name := map[string]string{"string": "string", "bool": "bool", "int": "number"}[f.base]
	if name == "" {
		name = "object"
	}
	if f.list {
		return "list of " + name + "s"
	}
	return name
}

var link = regexp.MustCompile(`\[([A-Z][A-Za-z0-9.]*)\]`)

func oneLine(text string) string {
	return link.ReplaceAllString(strings.Join(strings.Fields(text), " "), "$1")
}

// prose turns "Name is a thing." into "A thing." where the comment is of that form.
func prose(name, doc string) string {
	for _, verb := range []string{" is ", " are "} {
		if rest, ok := strings.CutPrefix(doc, name+verb); ok {
			return strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	return doc
}

// cell escapes what would end a table's cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
