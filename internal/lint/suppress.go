// SPDX-License-Identifier: MPL-2.0

package lint

import (
	"path"
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// comment is a suppression with the lines that it holds for.
type comment struct {
	policy.Suppression
	// from and to are the first and last line.
	from, to int
}

// States of a suppression; policy.Suppression describes them.
const (
	stateUsed          = "used"
	stateUnused        = "unused"
	stateWithoutReason = "without_reason"
	stateUnknownRule   = "unknown_rule"
	stateRefused       = "refused"
)

var ignoreComment = regexp.MustCompile(`(?:#|//)\s*rsct-ignore:[ \t]*([^\n]*)`)

// suppressions finds the comments `# rsct-ignore: RULE[, RULE] -- REASON` in files.
func (l *linting) suppressions(names []string) []*comment {
	rules := map[string]policy.Rule{}
	for _, r := range l.in.Policy.Rules() {
		rules[r.Name] = r
	}
	var comments []*comment
	for _, name := range names {
		file, err := l.reader.Read(l.pathOf(name))
		if err != nil || !strings.Contains(string(file.Text), "rsct-ignore:") {
			continue
		}
		lines := strings.Split(string(file.Text), "\n")
		for i, line := range lines {
			m := ignoreComment.FindStringSubmatchIndex(line)
			if m == nil {
				continue
			}
			names, reason, _ := strings.Cut(line[m[2]:m[3]], "--")
			from, to := i+1, i+1
			if strings.TrimSpace(line[:m[0]]) == "" {
				// A line of its own stands above what it is about, with other comments between.
				for to < len(lines) && (strings.TrimSpace(lines[to]) == "" || isComment(lines[to])) {
					to++
				}
				if extension := path.Ext(name); to < len(lines) && (extension == ".yml" || extension == ".yaml") {
					to = taskEnd(lines, to)
				}
				to++
			}
			for _, rule := range strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
				c := &comment{from: from, to: to, Suppression: policy.Suppression{
					Rule: rule, Reason: strings.TrimSpace(reason), State: stateUnused,
					Place: policy.Place{File: name, Line: i + 1, Column: len([]rune(line[:m[0]])) + 1},
				}}
				switch r, known := rules[rule]; {
				case !known:
					c.State = stateUnknownRule
				case c.Reason == "":
					c.State = stateWithoutReason
				case !r.Ignorable:
					c.State = stateRefused
				}
				comments = append(comments, c)
			}
		}
	}
	return comments
}

// taskEnd is the index of the last line of the task that begins at an index: a
// comment above a task of a playbook speaks of the whole task.
func taskEnd(lines []string, first int) int {
	if !strings.HasPrefix(strings.TrimSpace(lines[first]), "- ") {
		return first
	}
	indent := len(lines[first]) - len(strings.TrimLeft(lines[first], " "))
	last := first
	for i := first + 1; i < len(lines); i++ {
		text := strings.TrimLeft(lines[i], " ")
		if text == "" {
			continue
		}
		if len(lines[i])-len(text) <= indent {
			break
		}
		last = i
	}
	return last
}

func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
}

// suppress marks the findings that a comment suppresses, and the comments that do so.
func (l *linting) suppress(findings []Finding, comments []*comment) {
	for i := range findings {
		f := &findings[i]
		if f.Place == nil || f.Status != policy.Fail && f.Status != policy.Undetermined {
			continue
		}
		for _, c := range comments {
			if c.covers(f) && (c.State == stateUnused || c.State == stateUsed) {
				c.State = stateUsed
				f.Suppressed = c.Reason
			}
		}
	}
}

// covers reports that the comment speaks of the finding: it stands above its first
// line, or on one of its lines.
func (c *comment) covers(f *Finding) bool {
	if c.Rule != f.Rule || c.Place.File != f.Place.File {
		return false
	}
	if c.from == c.to {
		return c.from >= f.Place.Line && c.from <= max(f.EndLine, f.Place.Line)
	}
	return f.Place.Line > c.from && f.Place.Line <= c.to
}
