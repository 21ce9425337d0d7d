// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// partOf names the part of a fileset by the object repository that lists it.
func partOf(path string) string {
	switch path {
	case "/usr/lib/objrepos":
		return "usr"
	case "/etc/objrepos":
		return "root"
	case "/usr/share/lib/objrepos":
		return "share"
	}
	return ""
}

// partState turns a state word of the C locale into the word that Fileset uses.
func partState(word string) string {
	switch word {
	case "COMMITTED":
		return "committed"
	case "APPLIED":
		return "applied"
	case "BROKEN":
		return "broken"
	case "OBSOLETE":
		return "obsolete"
	case "EFIXLOCKED", "EFIX LOCKED":
		return "efix locked"
	case "APPLYING":
		return "applying"
	case "COMMITTING":
		return "committing"
	case "REJECTING":
		return "rejecting"
	case "DEINSTALLING":
		return "deinstalling"
	}
	return ""
}

// ParseFilesetParts reads `lslpp -qlc`: path, fileset, level, PTF, state, type,
// description, which may hold colons, and the efix lock, which old levels leave
// out. The header of six or seven names, without the path, is passed over. The
// state is a word of the C locale; one of another language is refused, since a word
// that is not known must not read as "not broken".
func ParseFilesetParts(output []byte) (map[string][]FilesetPart, error) {
	parts := map[string][]FilesetPart{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.SplitN(line, ":", 7)
		if len(fields) < 7 || partOf(fields[0]) == "" || !isPrintable(fields[1]) {
			return nil, badLine(number, line, "a path, a fileset, a level and a state with colons between them, as lslpp -qlc prints")
		}
		part := FilesetPart{Part: partOf(fields[0]), Level: fields[2], State: partState(strings.TrimSpace(fields[4]))}
		if part.State == "" {
			return nil, badLine(number, line, "a state of the C locale such as COMMITTED")
		}
		if _, err := ParseLevel(part.Level); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		for _, before := range parts[fields[1]] {
			if before.Part == part.Part {
				return nil, badLine(number, line, "each part of a fileset once")
			}
		}
		parts[fields[1]] = append(parts[fields[1]], part)
	}
	for _, list := range parts {
		slices.SortStableFunc(list, func(a, b FilesetPart) int { return cmp.Compare(a.Part, b.Part) })
	}
	return parts, nil
}
