// SPDX-License-Identifier: MPL-2.0

package lint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/playbook"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/template"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// maxWalk bounds how many files of folders are looked at.
const maxWalk = 200_000

// skipped are folders that hold what others wrote, besides those whose names begin
// with a dot.
var skipped = map[string]bool{"node_modules": true, "vendor": true, "__pycache__": true, "site-packages": true, "ansible_collections": true}

// collect finds what the paths stand for. A file that a template or playbook runs is
// linted as part of it and not once more on its own.
func (l *linting) collect() ([]*unit, error) {
	var found candidates
	for _, given := range l.in.Paths {
		if err := l.candidate(&found, given); err != nil {
			return nil, err
		}
	}
	units := l.templates(&found)
	// Templates are read first: they say which scripts and playbooks are theirs.
	taken := map[string]bool{}
	read := func(u *unit) error {
		if err := l.read(u); err != nil {
			return err
		}
		for _, name := range u.files {
			taken[name] = true
		}
		return nil
	}
	for _, u := range units {
		if err := read(u); err != nil {
			return nil, err
		}
	}
	add := func(kind, path string) *unit {
		u := &unit{kind: kind, path: path}
		units = append(units, u)
		return u
	}
	// Playbooks next, those with plays before files of tasks, because these are theirs.
	for _, plays := range []bool{true, false} {
		for _, path := range found.playbooks {
			if file, err := l.reader.Read(path); taken[l.reader.Show(path)] || err == nil && hasPlays(file) != plays || err != nil && !plays {
				continue
			}
			if err := read(add(policy.StepPlaybook, path)); err != nil {
				return nil, err
			}
		}
	}
	for _, path := range found.scripts {
		if !taken[l.reader.Show(path)] {
			add(policy.StepScript, path)
		}
	}
	if len(units) == 0 && len(l.out.Ignored) == 0 {
		return nil, errNothing
	}
	return units, nil
}

// candidates are files by what they look like.
type candidates struct {
	templates map[string][]string // files by folder
	playbooks []string
	scripts   []string
	walked    int
}

func (l *linting) candidate(found *candidates, given string) error {
	if given == "-" {
		content, err := io.ReadAll(io.LimitReader(l.in.Stdin, files.MaxBytes+1))
		if err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
		name := l.in.StdinName
		if name == "" {
			name = "stdin.sh"
			if bytes.HasPrefix(bytes.TrimSpace(content), []byte("---")) || bytes.HasPrefix(bytes.TrimSpace(content), []byte("- ")) {
				name = "stdin.yml"
			}
		}
		l.reader.Add(name, content)
		return l.file(found, name, true)
	}
	info, err := os.Stat(given)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return l.file(found, given, true)
	}
	if l.in.TemplatesOnly {
		names, err := template.Files(given)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return fmt.Errorf("%s holds no template: no *.pkr.hcl or *.pkr.json file", given)
		}
		for _, name := range names {
			if err := l.file(found, name, true); err != nil {
				return err
			}
		}
		return nil
	}
	return filepath.WalkDir(given, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			if path == given {
				return err
			}
			l.out.Ignored = append(l.out.Ignored, fmt.Sprintf("%s: cannot be read", l.reader.Show(path)))
			return nil
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != given && (strings.HasPrefix(name, ".") || skipped[name]) {
				return filepath.SkipDir
			}
			return nil
		}
		if found.walked++; found.walked > maxWalk {
			return fmt.Errorf("%s: more than %d files; name the folders that hold the templates and scripts", given, maxWalk)
		}
		if strings.HasPrefix(name, ".") {
			return nil
		}
		if !entry.Type().IsRegular() {
			is, err := pointsToFile(path, entry)
			if err != nil {
				l.ignore(path, fmt.Sprintf("it is a link that leads nowhere (%v)", describe(err)))
			}
			if !is {
				return nil
			}
		}
		return l.file(found, path, false)
	})
}

// pointsToFile reports that a link in a folder leads to a regular file. Links to
// folders are not followed, so that no loop is.
func pointsToFile(path string, entry fs.DirEntry) (bool, error) {
	if entry.Type()&fs.ModeSymlink == 0 {
		return false, nil
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular(), err
}

// describe leaves out of a file error what the message around it says already.
func describe(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

var scriptExtension = regexp.MustCompile(`\.(?:sh|ksh|ksh93|bash|mksh)$`)

// file sorts one file. Named says that it was given itself: then what it is nothing of
// is said, and a text without any mark of a shell is taken for a script.
func (l *linting) file(found *candidates, path string, named bool) error {
	name := filepath.Base(path)
	switch extension := strings.ToLower(filepath.Ext(name)); {
	case template.IsTemplate(name):
		folder := filepath.Dir(path)
		if found.templates == nil {
			found.templates = map[string][]string{}
		}
		found.templates[folder] = append(found.templates[folder], path)
	case extension == ".yml" || extension == ".yaml":
		file, err := l.reader.Read(path)
		switch {
		case err != nil:
			if named {
				found.playbooks = append(found.playbooks, path)
			}
		case playbook.LooksLike(file):
			found.playbooks = append(found.playbooks, path)
		case named:
			l.ignore(path, "it is YAML, but no playbook nor tasks of Ansible's")
		}
	case scriptExtension.MatchString(name):
		found.scripts = append(found.scripts, path)
	case extension == ".json" && named:
		file, err := l.reader.Read(path)
		if err == nil && bytes.Contains(file.Text, []byte(`"builders"`)) && bytes.Contains(file.Text, []byte(`"type"`)) {
			return fmt.Errorf("%s is a template in Packer's old JSON format; convert it with `packer hcl2_upgrade %s` and lint the result", path, path)
		}
		l.ignore(path, "it is no *.pkr.json template")
	case extension == ".hcl" || extension == ".tf" || extension == ".json" || extension == ".md" || extension == ".txt" && !named:
		if named {
			l.ignore(path, "it is no *.pkr.hcl template")
		}
	default:
		shebang := l.shebang(path)
		switch {
		case shellShebang.MatchString(shebang):
			found.scripts = append(found.scripts, path)
		case !named:
		case strings.HasPrefix(shebang, "#!"):
			l.ignore(path, "it is a script of another language than shell")
		default:
			found.scripts = append(found.scripts, path)
		}
	}
	return nil
}

func (l *linting) ignore(path, reason string) {
	l.out.Ignored = append(l.out.Ignored, l.reader.Show(path)+": "+reason)
}

var shellShebang = regexp.MustCompile(`^#!\s*(?:/\S*/)?(?:env\s+(?:-\S+\s+)?(?:/\S*/)?)?(?:k?sh|ksh93|ksh88|bash|mksh|dash|psh|bsh)(?:\s|$)`)

// shebang is the first line of a file without reading the rest, or "".
func (l *linting) shebang(path string) string {
	if l.reader.Exists(path) && !isFile(path) {
		if file, err := l.reader.Read(path); err == nil {
			line, _, _ := strings.Cut(string(file.Text[:min(len(file.Text), 256)]), "\n")
			return line
		}
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 256)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return ""
	}
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return strings.TrimRight(line, "\r")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func hasPlays(file *files.File) bool {
	return bytes.Contains(file.Text, []byte("hosts:")) || bytes.Contains(file.Text, []byte("import_playbook:"))
}

// templates makes units of the template files. A file that was named itself stands for
// the template it is part of, as an editor and a git hook need it; then only findings
// of the files named, and of what is no template file, are wanted.
func (l *linting) templates(found *candidates) []*unit {
	var units []*unit
	for _, folder := range slices.Sorted(maps.Keys(found.templates)) {
		given := found.templates[folder]
		names, err := template.Files(folder)
		if err != nil {
			names = nil
		}
		for _, name := range given {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		sort.SliceStable(names, func(i, j int) bool {
			return strings.HasSuffix(names[i], ".hcl") && !strings.HasSuffix(names[j], ".hcl")
		})
		for _, unitNames := range template.Units(l.reader, names) {
			wanted := slices.ContainsFunc(unitNames, func(name string) bool { return slices.Contains(given, name) })
			if !wanted {
				continue
			}
			u := &unit{kind: templateKind, path: folder, names: unitNames}
			if len(unitNames) < len(names) {
				u.path = unitNames[0]
			}
			units = append(units, u)
			for _, name := range unitNames {
				if !slices.Contains(given, name) {
					l.unwanted(name)
				}
			}
		}
	}
	return units
}

// unwanted leaves findings of a file out.
func (l *linting) unwanted(name string) {
	if l.without == nil {
		l.without = map[string]bool{}
	}
	l.without[l.reader.Show(name)] = true
}

func (l *linting) pathOf(shown string) string { return filepath.FromSlash(path.Clean(shown)) }
