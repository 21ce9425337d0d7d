// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The columns of `lslpp -Lc` that are read, counted from 0. The fourth, "State", is
// blank on every row: the state letter stands under "Fix State".
const (
	columnFileset = 1
	columnLevel   = 2
	columnState   = 5
	columnType    = 6
	columnLocked  = 15
	columns       = 18
)

// stateOf turns a letter of lslpp's Fix State column into its word; the table is
// the one that Puppet's aix package provider keeps (puppetlabs/puppet,
// lib/puppet/provider/package/aix.rb, STATE_CODE).
func stateOf(letter string) string {
	switch letter {
	case "A":
		return "applied"
	case "B":
		return "broken"
	case "C":
		return "committed"
	case "E":
		return "efix locked"
	case "O":
		return "obsolete"
	case "?":
		return "inconsistent"
	}
	return ""
}

// kindOf turns lslpp's type letter into its word; base levels have none.
func kindOf(letter string) string {
	switch letter {
	case "":
		return "base"
	case "F":
		return "update"
	case "P":
		return "product"
	case "C":
		return "component"
	case "T":
		return "feature"
	case "E":
		return "interim fix"
	}
	return ""
}

// ParseFilesets reads `lslpp -Lqc`: 18 fields with colons between them. A field
// that is not used holds one blank. RPM packages, of type R, have a build date with
// colons of its own, so that they have more fields; a description may have some as
// well, so the field of the efix lock is counted from the end. Both lists come
// sorted by name.
//
// An unknown state or type letter, a level that is no level, and a fileset that
// is listed twice are errors.
func ParseFilesets(output []byte) ([]Fileset, []RPM, error) {
	text := string(output)
	// A row has at least 40 bytes, so that an output of empty lines takes no room.
	filesets := make([]Fileset, 0, min(strings.Count(text, "\n"), len(text)/40)+1)
	rpms := []RPM{}
	for number := 1; text != ""; number++ {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		line = strings.TrimSuffix(line, "\r")
		if number == 1 && strings.HasPrefix(line, "#") {
			continue // the header, where -q was not given
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, level, letter, kind, tail := filesetFields(line)
		state := stateOf(letter)
		if tail == "" || !isPrintable(name) || !isPrintable(level) || state == "" {
			return nil, nil, badLine(number, line, "18 fields with colons between them, as lslpp -Lqc prints, with one of the states A B C E O ?")
		}
		if kind == "R" {
			rpms = append(rpms, RPM{Name: strings.TrimSuffix(name, "-"+level), Version: level})
			continue
		}
		fileset := Fileset{Name: name, Level: level, State: state, Kind: kindOf(kind)}
		locked, ok := efixLock(tail)
		if fileset.Kind == "" || !ok {
			return nil, nil, badLine(number, line, "one of the types F P C T E R or none, and an efix lock of 0 or 1")
		}
		fileset.EFIXLocked = Known(locked)
		if _, err := ParseLevel(level); err != nil && fileset.Kind != "interim fix" {
			return nil, nil, fmt.Errorf("line %d: %w", number, err)
		}
		filesets = append(filesets, fileset)
	}
	if len(filesets) == 0 {
		return nil, nil, fmt.Errorf("no fileset listed, expected at least those of AIX itself")
	}
	byName := func(a, b Fileset) int {
		if c := cmp.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return cmp.Compare(a.Kind, b.Kind)
	}
	if !slices.IsSortedFunc(filesets, byName) {
		slices.SortFunc(filesets, byName)
	}
	for i := 1; i < len(filesets); i++ {
		if filesets[i].Name == filesets[i-1].Name && filesets[i].Kind == filesets[i-1].Kind {
			return nil, nil, fmt.Errorf("fileset %q is listed twice", firstLine([]byte(filesets[i].Name)))
		}
	}
	slices.SortFunc(rpms, func(a, b RPM) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return filesets, rpms, nil
}

// filesetFields returns the fields before the description, trimmed, and the tail
// that begins with the description; an empty tail means that the row has too few
// fields.
func filesetFields(line string) (name, level, state, kind, tail string) {
	for column := 0; column <= columnType; column++ {
		end := strings.IndexByte(line, ':')
		if end < 0 {
			return "", "", "", "", ""
		}
		field := strings.Trim(line[:end], " ")
		line = line[end+1:]
		switch column {
		case columnFileset:
			name = field
		case columnLevel:
			level = field
		case columnState:
			state = field
		case columnType:
			kind = field
		}
	}
	if strings.Count(line, ":") < columns-columnType-2 {
		return "", "", "", "", ""
	}
	return name, level, state, kind, line
}

// efixLock finds the efix lock from the end of a row: the install path and the
// build date come after it.
func efixLock(tail string) (locked, ok bool) {
	for range columns - columnLocked - 1 {
		end := strings.LastIndexByte(tail, ':')
		if end < 0 {
			return false, false
		}
		tail = tail[:end]
	}
	switch strings.Trim(tail[strings.LastIndexByte(tail, ':')+1:], " ") {
	case "0":
		return false, true
	case "1":
		return true, true
	}
	return false, false
}
