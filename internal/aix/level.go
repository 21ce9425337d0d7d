// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Level is a fileset level, Version.Release.Modification.Fix, compared as numbers:
// 3.2.0.10 is later than 3.2.0.9.
type Level [4]int

// ParseLevel reads one to four numbers of up to nine digits with dots between them;
// what is missing is 0. Real levels have parts of four digits, as in 9.9.3015.2001.
func ParseLevel(text string) (Level, error) {
	var level Level
	parts := strings.Split(text, ".")
	if len(parts) > len(level) {
		return Level{}, fmt.Errorf("level %q: expected at most four numbers, as in 3.2.6.2", text)
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || len(part) > 9 || part[0] == '+' {
			return Level{}, fmt.Errorf("level %q: expected numbers with dots between them, as in 3.2.6.2", text)
		}
		level[i] = n
	}
	return level, nil
}

// Compare returns -1, 0 or 1.
func (l Level) Compare(other Level) int {
	for i := range l {
		if c := cmp.Compare(l[i], other[i]); c != 0 {
			return c
		}
	}
	return 0
}

// String renders all four parts.
func (l Level) String() string { return fmt.Sprintf("%d.%d.%d.%d", l[0], l[1], l[2], l[3]) }

// ParseOSLevel reads what `oslevel -s` prints: VVRR-TL-SP-YYWW.
func ParseOSLevel(text string) (OSLevel, error) {
	text = strings.TrimSpace(text)
	parts := strings.Split(text, "-")
	if len(parts) < 3 || len(parts) > 4 || len(parts[0]) != 4 {
		return OSLevel{}, fmt.Errorf("os level %q: expected VVRR-TL-SP-YYWW, as in 7300-02-02-2420", text)
	}
	for _, part := range parts {
		if _, err := strconv.ParseUint(part, 10, 16); err != nil {
			return OSLevel{}, fmt.Errorf("os level %q: expected VVRR-TL-SP-YYWW, as in 7300-02-02-2420", text)
		}
	}
	level := OSLevel{Text: text, Version: parts[0][:1] + "." + parts[0][1:2]}
	level.TechnologyLevel, _ = strconv.Atoi(parts[1])
	level.ServicePack, _ = strconv.Atoi(parts[2])
	if len(parts) == 4 {
		level.Build = parts[3]
	}
	return level, nil
}
