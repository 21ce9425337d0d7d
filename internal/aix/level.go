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
	part, digits := 0, 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9' && digits < 9:
			level[part] = level[part]*10 + int(c-'0')
			digits++
		case c == '.' && digits > 0 && part < len(level)-1:
			part, digits = part+1, 0
		default:
			return Level{}, badLevel(text)
		}
	}
	if digits == 0 {
		return Level{}, badLevel(text)
	}
	return level, nil
}

func badLevel(text string) error {
	return fmt.Errorf("level %q: expected one to four numbers with dots between them, as in 3.2.6.2", firstLine([]byte(text)))
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

// ParseOSLevel reads what `oslevel -s` prints: VVRR-TL-SP-YYWW, of which the last
// part may be missing.
func ParseOSLevel(text string) (OSLevel, error) {
	text = strings.TrimSpace(text)
	parts := strings.Split(text, "-")
	bad := fmt.Errorf("os level %q: expected VVRR-TL-SP-YYWW, as in 7300-02-02-2420", firstLine([]byte(text)))
	if len(parts) < 3 || len(parts) > 4 {
		return OSLevel{}, bad
	}
	for i, part := range parts {
		if len(part) != [...]int{4, 2, 2, 4}[i] || !isDigits(part) {
			return OSLevel{}, bad
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

// isDigits reports whether text is one or more of 0 to 9.
func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
