// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Template is what the root `template` shows: the steps that a Packer template, a
// script or a playbook would run on the guest, as far as they can be known before
// a VM exists.
type Template struct {
	// Steps are the provisioners and post-processors in the order Packer runs them; a
	// script or playbook given on its own is one step.
	Steps []Step `json:"steps"`
	// Pipelines are the ways of the sources through the builds, in the order they stand.
	Pipelines []Pipeline `json:"pipelines"`
	// Commands are the commands of all steps, in the order they stand.
	Commands []Command `json:"commands"`
	// Suppressions are the `rsct-ignore` comments, in the order they stand.
	Suppressions []Suppression `json:"suppressions"`
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

// compare orders places by file, line and column; no place comes first.
func (p *Place) compare(other *Place) int {
	if p == nil || other == nil {
		return cmp.Compare(boolRank(p != nil), boolRank(other != nil))
	}
	return cmp.Or(strings.Compare(p.File, other.File), cmp.Compare(p.Line, other.Line), cmp.Compare(p.Column, other.Column))
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// placeOf is the place that an element of a for_each stands at, or nil when it has none.
func placeOf(v cty.Value) *Place {
	v, _ = v.Unmark()
	if !v.Type().IsObjectType() || !v.IsKnown() || v.IsNull() || !v.Type().HasAttribute("place") {
		return nil
	}
	at, _ := v.GetAttr("place").UnmarkDeep()
	if !at.Type().Equals(placeType) || !at.IsWhollyKnown() || at.IsNull() {
		return nil
	}
	line, _ := at.GetAttr("line").AsBigFloat().Int64()
	column, _ := at.GetAttr("column").AsBigFloat().Int64()
	return &Place{File: at.GetAttr("file").AsString(), Line: int(line), Column: int(column)}
}

var placeType = typeOf(reflect.TypeFor[Place]())

// Pipeline is the way of one source through one build: its provisioners and its
// post-processors, without those that only or except leave out for it.
type Pipeline struct {
	// Name is the build and the source, for instance "build.aix: powervs.aix".
	Name string `json:"name"`
	// Build is the build block's name as in Step.Build; Source is for instance "powervs.aix".
	Build  string `json:"build"`
	Source string `json:"source"`
	// Builder is the builder's type, for instance "powervs".
	Builder string `json:"builder"`
	// AIX says that the guest is AIX, as far as that shows before there is one: rsct or a
	// command that only AIX has runs on it, or its source speaks of AIX.
	AIX bool `json:"aix"`
	// Provisioners are its provisioners in the order they run.
	Provisioners []Step `json:"provisioners"`
	// Chains are its chains of post-processors in the order they stand.
	Chains []Chain `json:"chains"`
	// LeftOut are the blocks of rsct and rsct-attest that only or except leave out for it.
	LeftOut []Step `json:"left_out"`
	// Place is the build block, or the reference to the source.
	Place Place `json:"place"`
}

// Chain is a `post-processors` block, or a single `post-processor` block.
type Chain struct {
	// PostProcessors are its steps in the order they run.
	PostProcessors []Step `json:"post_processors"`
	Place          Place  `json:"place"`
}

// Suppression is a comment `# rsct-ignore: RULE -- REASON`.
type Suppression struct {
	// Rule is the rule's name as written; a comment with several names is several suppressions.
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
	// State is "used", "unused", "without_reason", "unknown_rule" or "refused" (the rule
	// refuses to be ignored); only one that is used suppresses anything.
	State string `json:"state"`
	Place Place  `json:"place"`
}

// The kinds of a step.
const (
	StepProvisioner   = "provisioner"
	StepErrorCleanup  = "error-cleanup-provisioner"
	StepPostProcessor = "post-processor"
	StepScript        = "script"
	StepPlaybook      = "playbook"
)

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
	// Position counts the steps of the pipeline from 0, in the order they run.
	Position int `json:"position"`
	// Chain numbers the `post-processors` block that a post-processor stands in, from 0; -1 elsewhere.
	Chain int `json:"chain"`
	// Changes says that the step can change the guest.
	Changes bool `json:"changes"`
	// Imports says that a post-processor takes the image further: it is named so, or it
	// is a shell-local whose commands import, upload or publish something.
	Imports bool `json:"imports"`
	// Files says that a post-processor hands files on to the next one of its chain.
	Files bool `json:"files"`
	// Blocks are the names of the blocks in it, for instance "image", sorted.
	Blocks []string `json:"blocks"`
	// Arguments are the step's arguments that are known, as text.
	Arguments map[string]string `json:"arguments"`
	// Unknown are the names of the arguments whose values are not known before the build, sorted.
	Unknown []string `json:"unknown"`
	// Conditional says that `only` or `except` stands on the step.
	Conditional bool  `json:"conditional"`
	Place       Place `json:"place"`
}

// Command is one command as it would run on the guest.
type Command struct {
	// Name is the command without its folder and without prefixes such as sudo.
	Name string `json:"name"`
	// Words are the command's words with what is constant resolved, the name first. What
	// is not known stands as written; a variable as the command that it was set from,
	// for instance "$(lsdev -Cc if -F name)".
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
	// Edits are the changes that the command makes to files, whichever way it makes them.
	Edits []Edit `json:"edits"`
	// Hazards are the names of what this command does to the guest, as the analysis
	// recognises it, sorted.
	Hazards []string `json:"hazards"`
	// Undone are those hazards that a later command of the same step undoes, sorted.
	Undone []string `json:"undone"`
	// Target is what it does that to, for instance "en1" or "/etc/rc.tcpip"; as written
	// when it is not known.
	Target string `json:"target"`
	// Within is the file whose text the command stands in, when the command only writes
	// it there and something else runs it, for instance "/etc/rc.local"; otherwise empty.
	Within string `json:"within"`
	// Folder is the working folder, when the script changed into one that is known.
	Folder string `json:"folder"`
	// Branch names the arms of conditions that the command stands in, the outermost
	// first, for instance "12.1/40.2"; empty for a command that is always reached. Two
	// commands with different arms of the same condition never run both.
	Branch string `json:"branch"`
	// Text is the command as written.
	Text string `json:"text"`
	// Step is the key of the step it belongs to.
	Step  string `json:"step"`
	Place Place  `json:"place"`
}

// The kinds of an edit.
const (
	EditDeleteLines = "delete-lines" // lines that match Pattern go
	EditKeepLines   = "keep-lines"   // lines that do not match Pattern go
	EditReplace     = "replace"      // what matches Pattern becomes Text
	EditTruncate    = "truncate"     // the whole file becomes Text, if that is known
	EditAppend      = "append"       // Text is added
	EditRemove      = "remove"       // the file goes
	EditMode        = "mode"         // the file's mode becomes Text
	EditRestore     = "restore"      // the file's own content comes back, but for the edits after this one
)

// Edit is a change that a command makes to a file.
type Edit struct {
	// Path is the file, as far as it is known.
	Path string `json:"path"`
	// Kind is "delete-lines", "keep-lines", "replace", "truncate", "append", "remove", "mode"
	// or "restore".
	Kind string `json:"kind"`
	// Pattern selects what is deleted or replaced, as an extended regular expression;
	// empty when that is not known, or is everything.
	Pattern string `json:"pattern"`
	// Where selects the lines that a replacement is made in; empty for all.
	Where string `json:"where"`
	// Text is what is put in, in a replacement with \0 to \9 for what was matched; empty
	// when there is nothing or when it is not known.
	Text string `json:"text"`
	// Known says that Pattern and Text are all there is to know.
	Known bool `json:"known"`
}

// Problem is something that could not be read.
type Problem struct {
	// What is a kebab-case name, for instance "script-unreadable".
	What string `json:"what"`
	// Detail says it in a sentence.
	Detail string `json:"detail"`
	Place  Place  `json:"place"`
}
