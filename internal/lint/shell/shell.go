// SPDX-License-Identifier: MPL-2.0

// Package shell reads shell scripts and says which commands they would run, without
// running them.
package shell

import (
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// Source is a script as it would run on the guest.
type Source struct {
	// Name is the file's name for people, as the user would write it.
	Name string
	// Text is the script. An inline list is joined with line feeds.
	Text []byte
	// Step is the key of the step that runs the script.
	Step string
	// At says where a position of Text stands in the file that the user wrote; line and
	// column count from 1, the column in characters. Nil means that Text is that file.
	At func(line, column int) policy.Place
	// Variables are the environment variables that are known, by name.
	Variables map[string]string
}

func (s *Source) at(line, column int) policy.Place {
	if s.At != nil {
		return s.At(line, column)
	}
	return policy.Place{File: s.Name, Line: line, Column: column}
}
