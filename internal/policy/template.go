// SPDX-License-Identifier: MPL-2.0

package policy

// Template is what the root `template` shows: the steps that a Packer template, a
// script or a playbook would run on the guest, as far as they can be known before
// a VM exists.
type Template struct {
	// Steps are the provisioners and post-processors in the order Packer runs them; a
	// script or playbook given on its own is one step.
	Steps []Step `json:"steps"`
	// Commands are the commands of all steps, in the order they stand.
	Commands []Command `json:"commands"`
	// Problems are what could not be read: syntax errors, unreadable files.
	Problems []Problem `json:"problems"`
}

// Place is a position in a file.
type Place struct {
	// File is the path as the user would write it.
	File string `json:"file"`
	// Line and Column count from 1; Column counts characters.
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Step is a provisioner, a post-processor, or a file given on its own.
type Step struct {
	// Key names the step for people, for instance `build.aix.provisioner[2] "shell"`.
	Key string `json:"key"`
	// Kind is "provisioner", "error-cleanup-provisioner", "post-processor", "script" or "playbook".
	Kind string `json:"kind"`
	// Type is the plugin's name, for instance "shell", "rsct" or "rsct-attest".
	Type string `json:"type"`
	// Build is the build block's name; empty for a file given on its own.
	Build string `json:"build"`
	// Source is the source it runs for, for instance "powervs.aix".
	Source string `json:"source"`
	// Index counts the steps of the same kind, build and source from 0.
	Index int `json:"index"`
	// Chain numbers the `post-processors` block that a post-processor stands in, from 0; -1 elsewhere.
	Chain int `json:"chain"`
	// Changes says that the step can change the guest.
	Changes bool `json:"changes"`
	// Arguments are the step's arguments that are known, as text.
	Arguments map[string]string `json:"arguments"`
	// Conditional says that `only` or `except` stands on the step.
	Conditional bool  `json:"conditional"`
	Place       Place `json:"place"`
}

// Command is one command as it would run on the guest.
type Command struct {
	// Name is the command without its folder and without prefixes such as sudo.
	Name string `json:"name"`
	// Words are the command's words with what is constant resolved, the name first.
	Words []string `json:"words"`
	// Known says for each word whether it is known in full.
	Known []bool `json:"known"`
	// Options are the option letters and their values; an option without one maps to "".
	// A letter that stands several times has its values joined by a line feed.
	Options map[string]string `json:"options"`
	// Operands are the words that are neither the name, an option nor an option's value.
	Operands []string `json:"operands"`
	// Attributes are the name=value pairs of -a options.
	Attributes map[string]string `json:"attributes"`
	// Writes are the files that the command's redirections truncate or append to.
	Writes []string `json:"writes"`
	// Hazards are the names of what this command does to the guest, as the analysis
	// recognises it, sorted.
	Hazards []string `json:"hazards"`
	// Undone are those hazards that a later command of the same step undoes, sorted.
	Undone []string `json:"undone"`
	// Target is what it does that to, for instance "en1" or "/etc/rc.tcpip"; empty when not known.
	Target string `json:"target"`
	// Text is the command as written.
	Text string `json:"text"`
	// Step is the key of the step it belongs to.
	Step  string `json:"step"`
	Place Place  `json:"place"`
}

// Problem is something that could not be read.
type Problem struct {
	// What is a kebab-case name, for instance "script-unreadable".
	What string `json:"what"`
	// Detail says it in a sentence.
	Detail string `json:"detail"`
	Place  Place  `json:"place"`
}
