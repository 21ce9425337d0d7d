// SPDX-License-Identifier: MPL-2.0

// Package playbook reads Ansible playbooks, roles and task files, and says which
// commands they would run on the guest and which files they would change there.
package playbook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// Options say how a playbook is run.
type Options struct {
	// Variables are extra variables, which win over all others.
	Variables map[string]string
	// RolePaths are folders to look for roles in, besides those beside the playbook.
	RolePaths []string
	// Local says that the playbook runs on the guest itself, so that a play of localhost
	// is about the guest.
	Local bool
}

// Run is what one task does on the guest: shell text, or commands that stand for what
// a module does.
type Run struct {
	// Script is shell text with its places; nil for a module.
	Script text.Text
	// File is the file's name for people.
	File string
	// Commands are what a module does, without what the analysis adds to them.
	Commands []policy.Command
	// Branch is not empty for a task that runs only under a condition.
	Branch string
	// Variables are the environment variables that are known.
	Variables map[string]string
	// Place is the task.
	Place policy.Place
}

// Result is what a playbook does.
type Result struct {
	// Files are the files read, as shown to people.
	Files    []string
	Runs     []Run
	Problems []policy.Problem
}

// The bounds of one playbook with all that it includes.
const (
	maxTasks = 20_000 // tasks, each turn of a loop counted
	maxTurns = 64     // turns of one loop
	maxFiles = 30     // files that include one another
)

// Read reads a playbook, or a file of tasks.
func Read(reader *files.Reader, path string, options Options) *Result {
	r := &reading{reader: reader, options: options, extra: scope{}, out: &Result{}, read: map[string]bool{}}
	file, err := reader.Read(path)
	if err != nil {
		r.unreadable(err, policy.Place{File: reader.Show(path), Line: 1, Column: 1})
		return r.out
	}
	for name, value := range options.Variables {
		r.extra[name] = &node{kind: scalar, text: value, file: file, line: 1, col: 1}
	}
	r.playbook(path, scope{}, nil)
	return r.out
}

// LooksLike reports whether a YAML file is a playbook or a file of tasks: a list of
// mappings, each with `hosts`, a module of Ansible's, or a word of Ansible's for tasks.
func LooksLike(file *files.File) bool {
	documents, problem := parse(file)
	if problem != nil {
		// By its first lines: a broken playbook is worth telling, other YAML is not ours.
		head := string(file.Text[:min(len(file.Text), 4096)])
		return strings.Contains(head, "\n- hosts:") || strings.HasPrefix(head, "- hosts:") || strings.Contains(head, "\n  hosts:") || strings.Contains(head, "ansible.builtin.")
	}
	for _, document := range documents {
		if document.kind != list || len(document.items) == 0 {
			return false
		}
		for _, item := range document.items {
			if item.kind != mapping {
				return false
			}
			if item.get("hosts") == nil && item.get("import_playbook", "ansible.builtin.import_playbook") == nil && item.get("block") == nil && moduleOf(item) == nil {
				return false
			}
		}
	}
	return len(documents) > 0
}

type reading struct {
	reader  *files.Reader
	options Options
	extra   scope
	out     *Result
	tasks   int
	depth   int
	read    map[string]bool
	// roles says which roles are under way, so that roles that need each other end.
	roles []string
}

func (r *reading) problem(what string, place policy.Place, format string, args ...any) {
	r.out.Problems = append(r.out.Problems, policy.Problem{What: what, Detail: fmt.Sprintf(format, args...), Place: place})
}

func (r *reading) unreadable(err error, place policy.Place) {
	var cannot *files.Error
	if errors.As(err, &cannot) {
		r.problem(cannot.What, place, "%s: %s", cannot.Path, cannot.Detail)
		return
	}
	r.problem(files.Unreadable, place, "%v", err)
}

// load reads a YAML file; from is the node that names it, nil for the first one.
func (r *reading) load(path string, from *node) []*node {
	place := policy.Place{File: r.reader.Show(path), Line: 1, Column: 1}
	if from != nil {
		place = from.place()
	}
	file, err := r.reader.Read(path)
	if err != nil {
		r.unreadable(err, place)
		return nil
	}
	if !r.read[file.Path] {
		r.read[file.Path] = true
		r.out.Files = append(r.out.Files, file.Path)
	}
	documents, problem := parse(file)
	if problem != nil {
		r.out.Problems = append(r.out.Problems, *problem)
	}
	return documents
}

// enter bounds how deep files include one another.
func (r *reading) enter(from *node) (leave func(), ok bool) {
	if r.depth >= maxFiles {
		if from != nil {
			r.problem(Invalid, from.place(), "more than %d files include one another", maxFiles)
		}
		return nil, false
	}
	r.depth++
	return func() { r.depth-- }, true
}

func (r *reading) playbook(path string, vars scope, from *node) {
	leave, ok := r.enter(from)
	if !ok {
		return
	}
	defer leave()
	where := location{folder: filepath.Dir(path), playbook: filepath.Dir(path)}
	for _, document := range r.load(path, from) {
		if document.kind == null {
			continue
		}
		if document.kind != list {
			r.problem(Invalid, document.place(), "a playbook is a list of plays")
			continue
		}
		for _, item := range document.items {
			switch {
			case item.kind != mapping:
				r.problem(Invalid, item.place(), "a play or task is a mapping")
			case item.get("import_playbook", "ansible.builtin.import_playbook", "include") != nil && item.get("hosts") == nil:
				named := item.get("import_playbook", "ansible.builtin.import_playbook", "include")
				if name, ok := vars.with(r.extra).known(named); ok && item.get("include") == nil {
					r.playbook(filepath.Join(where.folder, name), vars.with(scopeOf(item.get("vars"))), named)
				} else if item.get("include") != nil {
					r.task(item, vars.with(r.extra), where, "")
				}
			case item.get("hosts") != nil:
				r.play(item, vars, where)
			default:
				r.task(item, vars.with(r.extra), where, "")
			}
		}
	}
}

// location says where a file's own paths begin.
type location struct {
	folder   string // the folder of the file being read
	playbook string // the folder of the playbook
	role     string // the folder of the role, or ""
}

func (r *reading) play(play *node, vars scope, where location) {
	hosts, known := vars.with(r.extra).known(play.get("hosts"))
	local := known && (hosts == "localhost" || hosts == "127.0.0.1") || play.get("connection").word() == "local"
	if local && !r.options.Local {
		return // it runs on Packer's host
	}
	vars = vars.with(scopeOf(play.get("vars")))
	for _, prompted := range itemsOf(play.get("vars_prompt")) {
		vars[prompted.get("name").word()] = nil
	}
	for _, named := range itemsOf(play.get("vars_files")) {
		if name, ok := vars.with(r.extra).known(named); ok {
			vars = vars.with(r.variablesFile(filepath.Join(where.folder, name), named))
		}
	}
	vars = vars.with(r.extra)
	notified := map[string]bool{}
	r.notes(play, notified, 0)
	r.taskList(play.get("pre_tasks"), vars, where, "")
	for _, entry := range itemsOf(play.get("roles")) {
		name := entry.word()
		given := scope{}
		if entry.kind == mapping {
			name = entry.get("role", "name").word()
			given = scopeOf(entry).with(scopeOf(entry.get("vars")))
			if isFalse(entry.get("when")) {
				continue
			}
		}
		r.role(name, "main", vars.with(given), where, conditional(entry), entry, notified)
	}
	r.taskList(play.get("tasks"), vars, where, "")
	r.taskList(play.get("post_tasks"), vars, where, "")
	r.handlers(play.get("handlers"), vars, where, notified)
}

func itemsOf(n *node) []*node {
	switch {
	case n == nil || n.kind == null:
		return nil
	case n.kind == list:
		return n.items
	}
	return []*node{n}
}

// notes collects the names that tasks notify; "*" when one is not a constant.
func (r *reading) notes(n *node, notified map[string]bool, depth int) {
	if n == nil || depth > 40 {
		return
	}
	for _, item := range n.items {
		r.notes(item, notified, depth+1)
	}
	for _, p := range n.pairs {
		if p.key == "notify" {
			for _, name := range itemsOf(p.value) {
				if strings.Contains(name.word(), "{{") {
					notified["*"] = true
				}
				notified[name.word()] = true
			}
			continue
		}
		if p.key != "vars" {
			r.notes(p.value, notified, depth+1)
		}
	}
}

// handlers are tasks that run when something notifies them.
func (r *reading) handlers(handlers *node, vars scope, where location, notified map[string]bool) {
	for _, handler := range itemsOf(handlers) {
		wanted := notified["*"] || notified[handler.get("name").word()]
		for _, topic := range itemsOf(handler.get("listen")) {
			wanted = wanted || notified[topic.word()]
		}
		if wanted || moduleName(handler) == "import_tasks" || moduleName(handler) == "include_tasks" {
			r.task(handler, vars, where, fmt.Sprintf("handler:%d", handler.line))
		}
	}
}

func (r *reading) variablesFile(path string, from *node) scope {
	if _, err := os.Stat(path); err != nil {
		return scope{} // vaults and files made elsewhere are often not in the repository
	}
	out := scope{}
	for _, document := range r.load(path, from) {
		out = out.with(scopeOf(document))
	}
	return out
}

// role runs a role's tasks, its dependencies before and its handlers after.
func (r *reading) role(name, tasks string, vars scope, where location, branch string, from *node, notified map[string]bool) {
	if name == "" || strings.Contains(name, "{{") {
		return
	}
	folder := r.findRole(name, where)
	if folder == "" {
		// Roles of collections and of Galaxy are installed at run time.
		r.problem("role-not-found", from.place(), "the role %q is not beside the playbook nor in roles_path, so it was not looked at", name)
		return
	}
	for _, under := range r.roles {
		if under == folder+"/"+tasks {
			return
		}
	}
	leave, ok := r.enter(from)
	if !ok {
		return
	}
	defer leave()
	r.roles = append(r.roles, folder+"/"+tasks)
	defer func() { r.roles = r.roles[:len(r.roles)-1] }()

	inner := location{folder: filepath.Join(folder, "tasks"), playbook: where.playbook, role: folder}
	vars = scope{}.with(r.roleVariables(folder, "defaults"), vars, r.roleVariables(folder, "vars"), r.extra)
	for _, document := range r.optional(folder, "meta", "main") {
		for _, entry := range itemsOf(document.get("dependencies")) {
			needed := entry.word()
			if entry.kind == mapping {
				needed = entry.get("role", "name", "src").word()
			}
			r.role(needed, "main", vars, where, branch, entry, notified)
		}
	}
	path := yamlFile(filepath.Join(folder, "tasks", tasks))
	if path == "" {
		return // a role of files and handlers only
	}
	if notified == nil {
		notified = map[string]bool{}
	}
	for _, document := range r.load(path, from) {
		r.notes(document, notified, 0)
		r.taskList(document, vars, inner, branch)
	}
	for _, document := range r.optional(folder, "handlers", "main") {
		r.handlers(document, vars, location{folder: filepath.Join(folder, "handlers"), playbook: where.playbook, role: folder}, notified)
	}
}

func (r *reading) roleVariables(folder, part string) scope {
	out := scope{}
	for _, document := range r.optional(folder, part, "main") {
		out = out.with(scopeOf(document))
	}
	return out
}

func (r *reading) optional(folder, part, name string) []*node {
	path := yamlFile(filepath.Join(folder, part, name))
	if path == "" {
		return nil
	}
	return r.load(path, nil)
}

// yamlFile is the file of that name with an extension of YAML, or "".
func yamlFile(stem string) string {
	if extension := filepath.Ext(stem); extension == ".yml" || extension == ".yaml" {
		if isFile(stem) {
			return stem
		}
		return ""
	}
	for _, extension := range []string{".yml", ".yaml"} {
		if isFile(stem + extension) {
			return stem + extension
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (r *reading) findRole(name string, where location) string {
	candidates := []string{filepath.Join(where.playbook, "roles", name), filepath.Join(where.playbook, name)}
	if where.role != "" {
		candidates = append(candidates, filepath.Join(filepath.Dir(where.role), name))
	}
	for _, path := range r.options.RolePaths {
		candidates = append(candidates, filepath.Join(path, name), filepath.Join(path, "roles", name))
		if filepath.Base(path) == name {
			candidates = append(candidates, path)
		}
	}
	candidates = append(candidates, filepath.Join(where.playbook, "..", "roles", name))
	if filepath.IsAbs(name) {
		candidates = []string{name}
	}
	for _, folder := range candidates {
		if info, err := os.Stat(folder); err == nil && info.IsDir() && (yamlFile(filepath.Join(folder, "tasks", "main")) != "" || isDir(filepath.Join(folder, "tasks")) || isDir(filepath.Join(folder, "handlers"))) {
			return folder
		}
	}
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
