// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"sort"
	"strings"
)

// stateLetters are the letters of lslpp's Fix State column and their words; the
// table is the one that Puppet's aix package provider keeps
// (puppetlabs/puppet, lib/puppet/provider/package/aix.rb, STATE_CODE).
var stateLetters = map[string]string{
	"A": "applied", "B": "broken", "C": "committed", "E": "efix locked", "O": "obsolete", "?": "inconsistent",
}

var kinds = map[string]string{
	"": "base", "F": "update", "P": "product", "C": "component", "T": "feature", "E": "interim fix",
}

// ParseFilesets reads `lslpp -Lqc`: 18 fields with colons between them, of which
// 2 is the fileset, 3 the level, 6 the state letter (4 is always blank), 7 the type
// (R for RPMs, whose last field has colons of its own) and 16 the efix lock.
// A fileset that is listed for several parts appears once. Both lists come sorted.
func ParseFilesets(output []byte) ([]Fileset, []RPM, error) {
	filesets := []Fileset{}
	rpms := []RPM{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if number == 1 && strings.HasPrefix(line, "#") {
			continue // the header, where -q was not given
		}
		fields := strings.SplitN(line, ":", 18)
		if len(fields) < 18 {
			return nil, nil, badLine(number, line, "18 fields with colons between them, as lslpp -Lqc prints")
		}
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		name, level, letter, kind := fields[1], fields[2], fields[5], fields[6]
		state, known := stateLetters[letter]
		if name == "" || level == "" || !known {
			return nil, nil, badLine(number, line, "a fileset, a level, and one of the states A B C E O ?")
		}
		if kind == "R" {
			rpms = append(rpms, RPM{Name: strings.TrimSuffix(name, "-"+level), Version: level})
			continue
		}
		if kinds[kind] == "" {
			return nil, nil, badLine(number, line, "one of the types F P C T E R, or none")
		}
		if _, err := ParseLevel(level); err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", number, err)
		}
		filesets = append(filesets, Fileset{Name: name, Level: level, State: state, Kind: kinds[kind], EFIXLocked: fields[15] == "1"})
	}
	if len(filesets) == 0 {
		return nil, nil, fmt.Errorf("no fileset listed, expected at least those of AIX itself")
	}
	sort.SliceStable(filesets, func(i, j int) bool { return filesets[i].Name < filesets[j].Name })
	sort.SliceStable(rpms, func(i, j int) bool { return rpms[i].Name < rpms[j].Name })
	return filesets, rpms, nil
}

var partPaths = map[string]string{"/usr/lib/objrepos": "usr", "/etc/objrepos": "root", "/usr/share/lib/objrepos": "share"}

// ParseFilesetParts reads `lslpp -qlc`: path, fileset, level, PTF, state, type,
// description (which may hold colons) and efix lock. The state is a word of the C
// locale; a word of another language is refused rather than misread.
func ParseFilesetParts(output []byte) (map[string][]FilesetPart, error) {
	parts := map[string][]FilesetPart{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.SplitN(line, ":", 7)
		if len(fields) < 7 || partPaths[fields[0]] == "" {
			return nil, badLine(number, line, "a path, a fileset, a level and a state with colons between them, as lslpp -qlc prints")
		}
		state := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(fields[4]), "EFIXLOCKED", "efix locked"))
		switch state {
		case "committed", "applied", "broken", "obsolete", "efix locked", "applying", "committing", "rejecting", "deinstalling", "available":
		default:
			return nil, badLine(number, line, "a state of the C locale such as COMMITTED")
		}
		if _, err := ParseLevel(fields[2]); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		parts[fields[1]] = append(parts[fields[1]], FilesetPart{Part: partPaths[fields[0]], Level: fields[2], State: state})
	}
	for _, list := range parts {
		sort.SliceStable(list, func(i, j int) bool { return list[i].Part < list[j].Part })
	}
	return parts, nil
}
