// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

func (c *call) pair(names []string, complain string) (a, b []byte, ok bool) {
	var both [2][]byte
	for i := range both {
		r, err := c.input(names[i])
		if err == nil {
			both[i], err = readAll(r)
		}
		if err != nil {
			c.errorf(complain, names[i])
			return nil, nil, false
		}
	}
	return both[0], both[1], true
}

func cmp(c *call) int {
	o := getopt(c.args[1:], "ls", false)
	if len(o.rest) != 2 {
		return c.fail(2, "Usage: cmp [-l | -s] File1 File2\n")
	}
	a, b, ok := c.pair(o.rest, "cmp: 0653-760 Cannot open %s.\n")
	if !ok {
		return 2
	}
	line := 1
	for i := 0; i < min(len(a), len(b)); i++ {
		if a[i] != b[i] {
			if !o.has('s') {
				c.printf("%s %s differ: char %d, line %d\n", o.rest[0], o.rest[1], i+1, line)
			}
			return 1
		}
		if a[i] == '\n' {
			line++
		}
	}
	if len(a) != len(b) {
		if !o.has('s') {
			c.errorf("cmp: EOF on %s\n", o.rest[b2i(len(b) < len(a))])
		}
		return 1
	}
	return 0
}

// maxDiffLines bounds diff's table.
const maxDiffLines = 3000

// diff is the classic format, and -u without hunks' context merging.
func diff(c *call) int {
	o := getopt(c.args[1:], "ubwqcrN", false)
	if len(o.rest) != 2 {
		return c.fail(2, "Usage: diff [-b] [-w] [-u] File1 File2\n")
	}
	ra, rb, ok := c.pair(o.rest, "diff: 0653-827 Cannot open %s\n")
	if !ok {
		return 2
	}
	if bytes.Equal(ra, rb) {
		return 0
	}
	if o.has('q') {
		c.printf("Files %s and %s differ\n", o.rest[0], o.rest[1])
		return 1
	}
	split := func(d []byte) []string {
		if len(d) == 0 {
			return nil
		}
		return strings.Split(strings.TrimSuffix(string(d), "\n"), "\n")
	}
	a, b := split(ra), split(rb)
	if len(a) > maxDiffLines || len(b) > maxDiffLines {
		return c.fail(2, "diff: 0653-830 The files are too large.\n")
	}
	same := func(i, j int) bool {
		if o.has('w') || o.has('b') {
			return strings.Join(strings.Fields(a[i]), " ") == strings.Join(strings.Fields(b[j]), " ")
		}
		return a[i] == b[j]
	}
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		if c.ctx.Err() != nil {
			return 2
		}
		for j := len(b) - 1; j >= 0; j-- {
			if same(i, j) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	if o.has('u') {
		c.printf("--- %s\n+++ %s\n@@ -1,%d +1,%d @@\n", o.rest[0], o.rest[1], len(a), len(b))
	}
	found := 0
	ranged := func(from, to int) string {
		if to-from <= 1 {
			return strconv.Itoa(to)
		}
		return fmt.Sprintf("%d,%d", from+1, to)
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if i < len(a) && j < len(b) && same(i, j) {
			if o.has('u') {
				c.printf(" %s\n", a[i])
			}
			i, j = i+1, j+1
			continue
		}
		si, sj := i, j
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && same(i, j)) {
			if j >= len(b) || i < len(a) && common[i+1][j] >= common[i][j+1] {
				i++
			} else {
				j++
			}
		}
		found = 1
		if o.has('u') {
			for _, l := range a[si:i] {
				c.printf("-%s\n", l)
			}
			for _, l := range b[sj:j] {
				c.printf("+%s\n", l)
			}
			continue
		}
		switch {
		case si == i:
			c.printf("%da%s\n", i, ranged(sj, j))
		case sj == j:
			c.printf("%sd%d\n", ranged(si, i), j)
		default:
			c.printf("%sc%s\n", ranged(si, i), ranged(sj, j))
		}
		for _, l := range a[si:i] {
			c.printf("< %s\n", l)
		}
		if si != i && sj != j {
			c.printf("---\n")
		}
		for _, l := range b[sj:j] {
			c.printf("> %s\n", l)
		}
	}
	return found
}
