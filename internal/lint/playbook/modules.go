// SPDX-License-Identifier: MPL-2.0

package playbook

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// arguments are the arguments of a module in one turn of a task.
type arguments struct {
	node *node
	more *node // `args:` beside the module
	vars scope
	at   policy.Place
}

var assignment = regexp.MustCompile(`([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\{\{.*?\}\}|\S*)`)

// named is the node of an argument, or nil. "_raw" names the text of a module that
// was given no mapping.
func (a arguments) named(names ...string) *node {
	for _, name := range names {
		if n := a.node.get(name); n != nil {
			return n
		}
		if n := a.more.get(name); n != nil {
			return n
		}
		if a.node != nil && a.node.kind == scalar {
			if name == "_raw" {
				return a.node
			}
			for _, m := range assignment.FindAllStringSubmatch(a.node.text, -1) {
				if m[1] == name {
					n := *a.node
					n.text = strings.Trim(m[2], `"'`)
					return &n
				}
			}
		}
	}
	return nil
}

// word is the text of an argument and whether it is known in full; absent ones are
// known to be "".
func (a arguments) word(names ...string) (string, bool) {
	n := a.named(names...)
	if n == nil || n.kind == null {
		return "", true
	}
	word, ok := a.vars.known(n)
	if !ok {
		return unknownText, false
	}
	return word, true
}

func (a arguments) text(names ...string) string { word, _ := a.word(names...); return word }

func (a arguments) truth(name string, otherwise bool) bool {
	switch strings.ToLower(a.text(name)) {
	case "true", "yes", "1", "on", "y", "t":
		return true
	case "false", "no", "0", "off", "n", "f":
		return false
	}
	return otherwise
}

// freeForm is the command line of shell, command or raw.
func (a arguments) freeForm() text.Text {
	if argv := a.named("argv"); argv != nil && argv.kind == list {
		var words []text.Text
		for _, item := range argv.items {
			t, _ := item.render(a.vars)
			words = append(words, quote(t))
		}
		return text.Join(words, " ")
	}
	t, _ := a.free("cmd", "_raw_params")
	return t
}

// quote puts a word of argv between quotes where a shell would split it.
func quote(t text.Text) text.Text {
	if s := t.String(); len(t) == 0 || s != "" && !strings.ContainsAny(s, " \t\n'\"\\*?[]{}()<>|&;#~`$") || strings.Contains(s, unknownText) {
		return t
	}
	word := "'" + strings.ReplaceAll(t.String(), "'", `'\''`) + "'"
	return text.Fixed(word, t[0].At(1, 1))
}

func (a arguments) free(names ...string) (text.Text, bool) {
	for _, name := range names {
		if n := a.node.get(name); n != nil {
			return n.render(a.vars)
		}
		if n := a.more.get(name); n != nil {
			return n.render(a.vars)
		}
	}
	if a.node != nil && a.node.kind == scalar {
		return a.node.render(a.vars)
	}
	return nil, false
}

// command is a command that stands for what a module does. Words that hold
// unknownText are not known.
func command(words ...string) policy.Command {
	c := policy.Command{Name: words[0], Words: words, Known: make([]bool, len(words))}
	for i, word := range words {
		c.Known[i] = !strings.Contains(word, unknownText)
	}
	return c
}

// editing is a module as a command that only edits files.
func editing(name, file string, edits ...policy.Edit) []policy.Command {
	for i := range edits {
		edits[i].Path = file
	}
	c := command("ansible-"+name, file)
	c.Edits, c.Text = edits, name+": "+file
	return []policy.Command{c}
}

// translator says what a module does on the guest in the words of AIX.
type translator func(r *reading, a arguments, where location) []policy.Command

// modules are the modules that can change what RMC and the boot need. Those of IBM's
// collection run the commands that are built here (github.com/IBM/ansible-power-aix,
// plugins/modules); those of Ansible are described in its documentation of ansible.builtin.
var modules map[string]translator

// moduleNames are all names without a collection that are known to be modules.
var moduleNames = map[string]bool{}

func init() {
	modules = map[string]translator{
		"devices": devices, "mktcpip": mktcpip, "installp": installp, "geninstall": geninstall, "alt_disk": altDisk, "bootlist": bootlist,
		"inittab": inittab, "aix_inittab": inittab, "aix_devices": devices, "bosboot": bosboot, "nim": nim, "nimclient": nimclient,
		"mkfilt": mkfilt, "lvg": volumeGroup, "aix_lvg": volumeGroup, "reboot": reboot, "tunables": tunables,
		"lineinfile": lineInFile, "replace": replaceInFile, "blockinfile": blockInFile, "copy": whole("copy"), "template": whole("template"),
		"file": file, "package": packages, "dnf": packages, "yum": packages, "apt": packages, "pip": packages, "service": service, "systemd": service,
		"cron": cron,
	}
	for name := range modules {
		moduleNames[name] = true
	}
	for _, name := range strings.Fields(`shell command raw script set_fact include_vars include_tasks import_tasks include include_role import_role
		debug assert fail pause ping stat setup get_url unarchive user group hostname uri wait_for wait_for_connection fetch slurp
		find git mount sysctl synchronize tempfile assemble add_host group_by meta expect known_hosts authorized_key filesystem lvol
		gather_facts iptables rpm_key service_facts package_facts yum_repository dnf5 getent import_playbook async_status validate_argument_spec
		lpp_facts lvm_facts suma emgr flrtvc smtctl chsec backup user group win_shell win_command`) {
		moduleNames[name] = true
	}
}

func devices(_ *reading, a arguments, _ location) []policy.Command {
	device := a.text("device")
	if device == "" {
		device = "all"
	}
	switch state := a.text("state"); state {
	case "removed", "absent":
		words := []string{"rmdev"}
		if a.truth("recursive", false) {
			words = append(words, "-R")
		}
		return []policy.Command{command(append(words, "-d", "-l", device)...)}
	case "defined":
		words := []string{"rmdev"}
		if a.truth("recursive", false) {
			words = append(words, "-R")
		}
		if parent := a.text("parent_device"); parent != "" {
			words = append(words, "-p", parent)
		}
		if device != "all" {
			words = append(words, "-l", device)
		}
		return []policy.Command{command(words...)}
	}
	pairs := a.vars.follow(a.named("attributes")).pairsOf()
	if device == "all" || len(pairs) == 0 {
		if device == "all" {
			return []policy.Command{command("cfgmgr")}
		}
		return []policy.Command{command("cfgmgr", "-l", device)}
	}
	words := []string{"chdev", "-l", device}
	for _, p := range pairs {
		value, ok := a.vars.known(p.value)
		if p.value.kind == null {
			value, ok = "", true
		}
		if !ok {
			value = unknownText
		}
		words = append(words, "-a", p.key+"="+value)
	}
	if a.text("chtype") == "reboot" {
		words = append(words, "-P")
	}
	return []policy.Command{command(words...)}
}

func mktcpip(_ *reading, a arguments, _ location) []policy.Command {
	return []policy.Command{command("mktcpip", "-h", a.text("hostname"), "-a", a.text("address"), "-i", a.text("interface"))}
}

func installp(_ *reading, a arguments, _ location) []policy.Command {
	letters := map[string]string{"": "-a", "apply": "-a", "commit": "-c", "reject": "-r", "deinstall": "-u", "cleanup": "-C"}
	letter, ok := letters[a.text("action")]
	if !ok {
		return nil // the actions that list
	}
	words := []string{"installp", letter}
	if a.truth("dependencies", false) {
		words = append(words, "-g")
	}
	if device := a.text("device"); device != "" {
		words = append(words, "-d", device)
	}
	return []policy.Command{command(append(words, filesets(a)...)...)}
}

func filesets(a arguments) []string {
	var names []string
	for _, name := range a.vars.words(a.named("install_list")) {
		name, level, ok := strings.Cut(name, ":")
		names = append(names, name)
		if ok {
			names = append(names, level)
		}
	}
	return names
}

func geninstall(_ *reading, a arguments, _ location) []policy.Command {
	words := []string{"geninstall"}
	if a.text("action") == "uninstall" {
		words = append(words, "-u")
	}
	if device := a.text("device"); device != "" {
		words = append(words, "-d", device)
	}
	return []policy.Command{command(append(words, filesets(a)...)...)}
}

func altDisk(_ *reading, a arguments, _ location) []policy.Command {
	disks := strings.Join(a.vars.words(a.named("targets")), " ")
	switch a.text("action") {
	case "clean":
		return []policy.Command{command("alt_rootvg_op", "-X", "altinst_rootvg")}
	case "install":
		return []policy.Command{command("alt_rootvg_op", "-C")}
	}
	words := []string{"alt_disk_copy"}
	if !a.truth("bootlist", false) {
		words = append(words, "-B")
	}
	if disks == "" {
		disks = unknownText
	}
	return []policy.Command{command(append(words, "-d", disks)...)}
}

func bootlist(_ *reading, a arguments, _ location) []policy.Command {
	var commands []policy.Command
	for _, mode := range []string{"normal", "service", "both"} {
		entries := itemsOf(a.vars.follow(a.named(mode)))
		if len(entries) == 0 {
			continue
		}
		words := []string{"bootlist", "-m", mode}
		for _, entry := range entries {
			device, ok := a.vars.known(entry.get("device"))
			if entry.kind == scalar {
				device, ok = a.vars.known(entry)
			}
			if !ok {
				device = unknownText
			}
			words = append(words, device)
		}
		commands = append(commands, command(words...))
	}
	return commands
}

func bosboot(_ *reading, a arguments, _ location) []policy.Command {
	words := []string{"bosboot", "-a"}
	if disk := a.text("device_name", "device"); disk != "" {
		words = append(words, "-d", disk)
	}
	return []policy.Command{command(words...)}
}

func inittab(_ *reading, a arguments, _ location) []policy.Command {
	name := a.text("name", "service")
	entry := strings.Join([]string{name, a.text("runlevel"), a.text("action"), a.text("command")}, ":")
	switch a.text("state") {
	case "absent":
		return []policy.Command{command("rmitab", name)}
	case "modify":
		return []policy.Command{command("chitab", entry)}
	}
	return []policy.Command{command("mkitab", entry)}
}

func nim(_ *reading, a arguments, _ location) []policy.Command {
	// A master's operations are about its clients, which hazard leaves alone; the words
	// are there for a site's own rules.
	words := []string{"nim", "-o", a.text("action")}
	return []policy.Command{command(append(words, a.vars.words(a.named("targets"))...)...)}
}

func nimclient(_ *reading, a arguments, _ location) []policy.Command {
	words := []string{"nimclient"}
	if operation := a.text("operation"); operation != "" {
		words = append(words, "-o", operation)
	}
	for _, p := range a.vars.follow(a.named("attributes")).pairsOf() {
		value, ok := a.vars.known(p.value)
		if !ok {
			value = unknownText
		}
		words = append(words, "-a", p.key+"="+value)
	}
	return []policy.Command{command(words...)}
}

// mkfilt is IBM's module of packet filters; it passes its rules to genfilt.
func mkfilt(_ *reading, a arguments, _ location) []policy.Command {
	var commands []policy.Command
	for _, version := range []string{"ipv4", "ipv6"} {
		family := a.vars.follow(a.named(version))
		number := map[string]string{"ipv4": "4", "ipv6": "6"}[version]
		for _, rule := range itemsOf(a.vars.follow(family.get("rules"))) {
			get := func(key, otherwise string) string {
				n := rule.get(key)
				if n == nil {
					return otherwise
				}
				value, ok := a.vars.known(n)
				if !ok {
					return unknownText
				}
				return value
			}
			action := get("action", "permit")
			letter := map[string]string{"permit": "P", "deny": "D"}[action]
			if letter == "" {
				letter = "D"
			}
			commands = append(commands, command("genfilt", "-v", number, "-a", letter,
				"-s", get("s_addr", "0.0.0.0"), "-d", get("d_addr", "0.0.0.0"), "-c", get("protocol", "all"),
				"-o", get("s_opr", "any"), "-p", get("s_port", "0"), "-O", get("d_opr", "any"), "-P", get("d_port", "0")))
		}
	}
	return commands
}

func volumeGroup(_ *reading, a arguments, _ location) []policy.Command {
	group := a.text("vg_name", "vg")
	if a.text("state") == "absent" {
		disks := a.vars.words(a.named("pvs"))
		if len(disks) == 0 {
			return []policy.Command{command("exportvg", group)}
		}
		return []policy.Command{command(append([]string{"reducevg", group}, disks...)...)}
	}
	return nil
}

func reboot(*reading, arguments, location) []policy.Command {
	return []policy.Command{command("shutdown", "-Fr")}
}

func tunables(_ *reading, a arguments, _ location) []policy.Command {
	component := a.text("component")
	if component != "no" {
		return nil
	}
	words := []string{"no"}
	for _, p := range a.vars.follow(a.named("tunable_params_with_value")).pairsOf() {
		words = append(words, "-o", p.key+"="+p.value.word())
	}
	return []policy.Command{command(words...)}
}

var pythonClass = regexp.MustCompile(`\(\?P<\w+>`)

// pattern is a regular expression of Python in the syntax of Go's, which is nearly
// the same for what playbooks use.
func pattern(s string) string { return pythonClass.ReplaceAllString(s, "(") }

func lineInFile(_ *reading, a arguments, _ location) []policy.Command {
	name := a.text("path", "dest", "destfile", "name")
	expression, expressionKnown := a.word("regexp", "regex")
	search, searchKnown := a.word("search_string")
	line, lineKnown := a.word("line", "value")
	if search != "" {
		expression, expressionKnown = regexp.QuoteMeta(search), searchKnown
	}
	whole := expressionKnown && lineKnown
	if a.text("state") == "absent" {
		if expression == "" {
			expression = "^" + regexp.QuoteMeta(line) + "$"
		}
		return editing("lineinfile", name, policy.Edit{Kind: policy.EditDeleteLines, Pattern: known(pattern(expression), whole), Known: whole})
	}
	if expression == "" {
		return editing("lineinfile", name, policy.Edit{Kind: policy.EditAppend, Text: line, Known: lineKnown})
	}
	// The last line that matches becomes the line; without one it is added. With
	// backrefs it is not.
	edits := []policy.Edit{{Kind: policy.EditReplace, Pattern: known(".*(?:"+pattern(expression)+").*", whole), Text: shifted(line, a.truth("backrefs", false)), Known: whole}}
	if !a.truth("backrefs", false) {
		edits = append(edits, policy.Edit{Kind: policy.EditAppend, Text: line, Known: lineKnown})
	}
	return editing("lineinfile", name, edits...)
}

func known(s string, ok bool) string {
	if !ok {
		return ""
	}
	return s
}

// shifted keeps a backslash and digit of a line from being a group where backrefs is off.
func shifted(line string, backrefs bool) string {
	if backrefs {
		return strings.ReplaceAll(line, `\g<`, `\`)
	}
	return regexp.MustCompile(`\\([0-9])`).ReplaceAllString(line, `$1`)
}

func replaceInFile(_ *reading, a arguments, _ location) []policy.Command {
	expression, one := a.word("regexp")
	with, two := a.word("replace")
	return editing("replace", a.text("path", "dest", "destfile", "name"),
		policy.Edit{Kind: policy.EditReplace, Pattern: known("(?m)"+pattern(expression), one), Text: with, Known: one && two})
}

func blockInFile(_ *reading, a arguments, _ location) []policy.Command {
	block, ok := a.word("block", "content")
	if a.text("state") == "absent" || ok && block == "" {
		return nil // only the module's own block goes
	}
	return editing("blockinfile", a.text("path", "dest", "destfile", "name"), policy.Edit{Kind: policy.EditAppend, Text: block, Known: ok})
}

// whole is copy or template: the whole file becomes what is copied.
func whole(module string) translator {
	return func(r *reading, a arguments, where location) []policy.Command { return copyFile(r, a, where, module) }
}

func copyFile(r *reading, a arguments, where location, module string) []policy.Command {
	destination := a.text("dest")
	if a.text("force") == "false" || a.text("force") == "no" {
		return nil
	}
	source := a.text("src")
	if strings.HasSuffix(destination, "/") && source != "" {
		destination = path.Join(destination, strings.TrimSuffix(path.Base(source), ".j2"))
	}
	content, ok := a.word("content")
	switch {
	case a.named("content") != nil:
	case source == "" || strings.Contains(source, unknownText) || a.truth("remote_src", false):
		content, ok = "", false
	default:
		content, ok = "", false
		if local := r.localFile(where, source); local != "" {
			if f, err := r.reader.Read(local); err == nil {
				content, ok = string(f.Text), !strings.HasSuffix(local, ".j2") && !jinja.Match(f.Text)
				if !ok {
					// What the template's statements choose is not known; what stands in it is.
					content = jinja.ReplaceAllString(content, unknownText)
					ok = true
				}
			}
		}
	}
	// How the module replaces a file is known only with its new content: a truncation to
	// text that is not known says nothing about what is lost.
	return editing(module, destination, policy.Edit{Kind: policy.EditTruncate, Text: content, Known: ok})
}

func (r *reading) localFile(where location, name string) string {
	for _, part := range []string{"files", "templates"} {
		if found := firstFile(where, part, name); isFile(found) {
			return found
		}
	}
	return ""
}

func file(_ *reading, a arguments, _ location) []policy.Command {
	name := a.text("path", "dest", "name")
	switch a.text("state") {
	case "absent":
		return []policy.Command{withText(command("rm", "-rf", name), "file: state=absent "+name)}
	case "link", "hard":
		return []policy.Command{withText(command("ln", "-sf", a.text("src"), name), "file: state=link "+name)}
	}
	if mode := a.text("mode"); mode != "" {
		return []policy.Command{withText(command("chmod", mode, name), "file: mode="+mode+" "+name)}
	}
	return nil
}

func withText(c policy.Command, text string) policy.Command { c.Text = text; return c }

func packages(_ *reading, a arguments, _ location) []policy.Command {
	if state := a.text("state"); state != "absent" && state != "removed" {
		return nil
	}
	names := a.vars.words(a.named("name", "pkg", "package"))
	return []policy.Command{command(append([]string{"dnf", "-y", "remove"}, names...)...)}
}

func service(_ *reading, a arguments, _ location) []policy.Command {
	name := a.text("name", "service")
	var commands []policy.Command
	switch a.text("state") {
	case "stopped":
		commands = append(commands, command("stopsrc", "-s", name))
	case "started", "restarted", "reloaded":
		commands = append(commands, command("startsrc", "-s", name))
	}
	if enabled := a.named("enabled"); enabled != nil && !a.truth("enabled", true) && name == "ctrmc" {
		commands = append(commands, command("rmitab", name))
	}
	return commands
}

// cron puts a command into a table; what it would do there, it does later.
func cron(_ *reading, a arguments, _ location) []policy.Command {
	job, ok := a.word("job", "value")
	if a.text("state") == "absent" || !ok || job == "" {
		return nil
	}
	words := slices.DeleteFunc(strings.Fields(job), func(word string) bool { return word == "" })
	if len(words) == 0 {
		return nil
	}
	words[0] = path.Base(words[0])
	c := command(words...)
	c.Text, c.Within = "cron: "+job, "crontab"
	return []policy.Command{c}
}
