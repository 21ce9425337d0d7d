// SPDX-License-Identifier: MPL-2.0

package hazard

import (
	"slices"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// FileEdit is a change that a command or a module makes to a file. What edits files
// without being a command of its own (lineinfile, copy) comes in as a command with edits.
type FileEdit = policy.Edit

// Mark says of each command what it does to the guest. It fills Options, Operands,
// Attributes, Hazards, Undone and Target from Name, Words, Known, Writes and Edits;
// commands of one step have to stand in the order in which they run.
func Mark(commands []policy.Command) {
	for i := range commands {
		c := &commands[i]
		parse(c)
		c.Hazards, c.Undone, c.Target = nil, nil, ""
		if recognise, ok := recognisers[c.Name]; ok {
			recognise(c)
		}
		edits(c)
		slices.Sort(c.Hazards)
		c.Hazards = slices.Compact(c.Hazards)
	}
	undo(commands)
}

// mark adds a hazard to a command, and what it happens to.
func mark(c *policy.Command, hazard, target string) {
	c.Hazards = append(c.Hazards, hazard)
	if c.Target == "" {
		c.Target = target
	}
}
