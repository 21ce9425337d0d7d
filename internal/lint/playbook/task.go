// SPDX-License-Identifier: MPL-2.0

package playbook

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// keywords are what a task may hold besides its module (docs.ansible.com, playbook keywords).
var keywords = map[string]bool{}

func init() {
	for _, word := range strings.Fields(`action any_errors_fatal args async become become_exe become_flags become_method become_user
		changed_when check_mode collections connection debugger delay delegate_facts delegate_to diff environment failed_when
		ignore_errors ignore_unreachable local_action loop loop_control module_defaults name no_log notify poll port register
		remote_user retries run_once tags throttle timeout until vars when listen block rescue always
		with_items with_list with_flattened with_dict with_fileglob with_sequence with_together with_nested with_subelements
		with_random_choice with_first_found with_lines with_indexed_items with_inventory_hostnames with_file`) {
		keywords[word] = true
	}
}

// moduleOf is the pair of a task that names its module, or nil.
func moduleOf(task *node) *pair {
	for i, p := range task.pairs {
		if !keywords[p.key] && !strings.HasPrefix(p.key, "with_") {
			if strings.Contains(p.key, ".") || moduleNames[p.key] {
				return &task.pairs[i]
			}
		}
	}
	return nil
}

// moduleName is a task's module without its collection.
func moduleName(task *node) string {
	if p := moduleOf(task); p != nil {
		return short(p.key)
	}
	return ""
}

func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func isFalse(n *node) bool {
	switch strings.ToLower(strings.TrimSpace(n.word())) {
	case "false", "no":
		return true
	}
	return false
}

// conditional is a branch for what runs only under a condition.
func conditional(n *node) string {
	if when := n.get("when"); when != nil && when.kind != null {
		return fmt.Sprintf("when:%d", n.line)
	}
	return ""
}

func join(outer, inner string) string {
	if outer == "" || inner == "" {
		return outer + inner
	}
	return outer + "/" + inner
}

func (r *reading) taskList(tasks *node, vars scope, where location, branch string) {
	if tasks == nil || tasks.kind == null {
		return
	}
	if tasks.kind != list {
		r.problem(Invalid, tasks.place(), "tasks are a list")
		return
	}
	// Variables that a task sets hold for the ones after it.
	vars = vars.with()
	for _, task := range tasks.items {
		if task.kind == mapping {
			r.task(task, vars, where, branch)
		}
	}
}

func (r *reading) task(task *node, vars scope, where location, branch string) {
	if r.tasks++; r.tasks > maxTasks {
		if r.tasks == maxTasks+1 {
			r.problem(Invalid, task.place(), "more than %d tasks; what follows was not looked at", maxTasks)
		}
		return
	}
	if isFalse(task.get("when")) || neverTagged(task.get("tags")) {
		return
	}
	if to, known := vars.known(task.get("delegate_to")); task.get("delegate_to") != nil && known && to != "{{ inventory_hostname }}" {
		return // it runs on another machine
	}
	if task.get("local_action") != nil || task.get("connection").word() == "local" && !r.options.Local {
		return
	}
	branch = join(branch, conditional(task))
	inner := vars.with(scopeOf(task.get("vars")), r.extra)
	if block := task.get("block"); block != nil {
		r.taskList(block, inner, where, branch)
		r.taskList(task.get("rescue"), inner, where, join(branch, fmt.Sprintf("rescue:%d", task.line)))
		r.taskList(task.get("always"), inner, where, branch)
		return
	}
	if registered := task.get("register").word(); registered != "" {
		vars[registered] = nil
	}
	module := moduleOf(task)
	if module == nil {
		if action := task.get("action"); action != nil {
			module = actionOf(action)
		}
		if module == nil {
			return
		}
	}
	for _, turn := range r.turns(task, inner) {
		if r.tasks++; r.tasks > maxTasks {
			return
		}
		r.module(task, module, inner.with(turn), where, branch, vars)
	}
}

// actionOf is the module of `action: shell rmdev -dl en1` or `action: {module: …}`.
func actionOf(action *node) *pair {
	if action.kind == mapping {
		if name := action.get("module").word(); name != "" {
			return &pair{key: name, value: action, line: action.line, col: action.col}
		}
		return nil
	}
	name, rest, _ := strings.Cut(action.word(), " ")
	value := *action
	value.text = rest
	return &pair{key: name, value: &value, line: action.line, col: action.col}
}

func neverTagged(tags *node) bool {
	for _, tag := range itemsOf(tags) {
		if strings.TrimSpace(tag.word()) == "never" {
			return true
		}
	}
	return false
}

// turns are the loop variables of each turn of a task's loop; one turn without any for
// a task without a loop, and one with an unknown item where the loop is not known.
func (r *reading) turns(task *node, vars scope) []scope {
	var over *node
	found := false
	for _, p := range task.pairs {
		switch p.key {
		case "loop", "with_items", "with_list", "with_flattened":
			over, found = vars.follow(p.value), true
		default:
			if strings.HasPrefix(p.key, "with_") {
				over, found = nil, true
			}
		}
	}
	if !found {
		return []scope{{}}
	}
	name := "item"
	if given := task.get("loop_control").get("loop_var").word(); given != "" {
		name = given
	}
	if over == nil || over.kind != list {
		if over != nil && over.kind == scalar && !strings.Contains(over.text, "{{") {
			return []scope{{name: over}}
		}
		return []scope{{name: nil}}
	}
	var turns []scope
	for _, item := range over.items {
		item = vars.follow(item)
		if item != nil && item.kind == list {
			// with_items takes one level of lists apart.
			for _, inner := range item.items {
				turns = append(turns, scope{name: vars.follow(inner)})
			}
			continue
		}
		turns = append(turns, scope{name: item})
	}
	if len(turns) > maxTurns {
		turns = turns[:maxTurns]
	}
	return turns
}

// module does what one turn of a task does. Outer is the scope of the tasks that follow.
func (r *reading) module(task *node, module *pair, vars scope, where location, branch string, outer scope) {
	args := arguments{node: module.value, vars: vars, more: task.get("args"), at: policy.Place{File: task.file.Path, Line: module.line, Column: module.col}}
	run := Run{File: task.file.Path, Branch: branch, Place: args.at, Variables: map[string]string{}}
	for _, p := range vars.follow(orEmpty(task.get("environment"))).pairsOf() {
		if value, ok := vars.known(p.value); ok {
			run.Variables[p.key] = value
		}
	}
	add := func(commands ...policy.Command) {
		for i := range commands {
			c := &commands[i]
			c.Place = args.at
			if c.Text == "" {
				c.Text = short(module.key) + ": " + strings.Join(c.Words, " ")
			}
			c.Branch = branch
		}
		if len(commands) > 0 {
			run.Commands = commands
			r.out.Runs = append(r.out.Runs, run)
		}
	}
	script := func(t text.Text) {
		if strings.TrimSpace(t.String()) != "" {
			run.Script = t
			r.out.Runs = append(r.out.Runs, run)
		}
	}
	switch name := short(module.key); name {
	case "shell", "command", "raw", "win_shell", "win_command":
		if !strings.HasPrefix(name, "win_") {
			script(args.freeForm())
		}
	case "script":
		r.script(args, where, run)
	case "set_fact":
		for _, p := range args.node.pairsOf() {
			outer[p.key] = nil
			if branch == "" {
				outer[p.key] = p.value
			}
		}
	case "include_vars":
		named := args.named("file", "name", "_raw")
		if name, ok := vars.known(named); ok && name != "" {
			for key, value := range r.variablesFile(firstFile(where, "vars", name), named) {
				outer[key] = value
			}
		}
	case "include_tasks", "import_tasks", "include":
		named := args.named("file", "_raw_params", "_raw")
		name, ok := vars.known(named)
		if !ok || name == "" {
			r.problem("tasks-not-known", args.at, "which file is included is not known before the build, so its tasks were not looked at")
			return
		}
		r.taskFile(firstFile(where, "tasks", strings.Fields(name)[0]), vars, where, branch, named)
	case "include_role", "import_role":
		name, ok := vars.known(args.named("name"))
		tasks, known := vars.known(args.named("tasks_from"))
		if !known || tasks == "" {
			tasks = "main"
		}
		if !ok {
			r.problem("tasks-not-known", args.at, "which role is included is not known before the build, so its tasks were not looked at")
			return
		}
		r.role(name, tasks, vars, where, branch, task, nil)
	default:
		if translate, ok := modules[name]; ok {
			add(translate(r, args, where)...)
		}
	}
}

func orEmpty(n *node) *node {
	if n == nil {
		return &node{}
	}
	return n
}

func (n *node) pairsOf() []pair {
	if n == nil {
		return nil
	}
	return n.pairs
}

// firstFile is where a file named in a task lies: beside the task, in a folder of the
// role, or beside the playbook.
func firstFile(where location, part, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	candidates := []string{filepath.Join(where.folder, name)}
	if where.role != "" {
		candidates = append([]string{filepath.Join(where.role, part, name)}, candidates...)
	}
	candidates = append(candidates, filepath.Join(where.playbook, part, name), filepath.Join(where.playbook, name))
	for _, path := range candidates {
		if isFile(path) {
			return path
		}
	}
	return candidates[0]
}

func (r *reading) taskFile(path string, vars scope, where location, branch string, from *node) {
	leave, ok := r.enter(from)
	if !ok {
		return
	}
	defer leave()
	inner := where
	inner.folder = filepath.Dir(path)
	for _, document := range r.load(path, from) {
		r.taskList(document, vars, inner, branch)
	}
}

// script is the module that copies a local script to the guest and runs it.
func (r *reading) script(args arguments, where location, run Run) {
	t, _ := args.free("cmd")
	fields := strings.Fields(t.String())
	if len(fields) == 0 || strings.Contains(fields[0], unknownText) {
		return
	}
	path := firstFile(where, "files", fields[0])
	file, err := r.reader.Read(path)
	if err != nil {
		r.unreadable(err, args.at)
		return
	}
	run.File = file.Path
	run.Script = text.Text{{Value: string(file.Text), At: func(line, column int) policy.Place {
		return policy.Place{File: file.Path, Line: line, Column: column}
	}}}
	r.out.Runs = append(r.out.Runs, run)
}
