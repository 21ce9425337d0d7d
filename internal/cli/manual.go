// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
)

//go:generate go run ./gen

// Manual is the manual page in man(7)'s macros, made of the same declarations as -h.
func Manual() []byte {
	var out bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line(`.\" SPDX-License-Identifier: MPL-2.0`)
	line(`.\" Generated from the declarations in internal/cli by go generate ./internal/cli. Do not edit.`)
	line(`.TH PACKER-PLUGIN-RSCT 1 "" "packer-plugin-rsct" "User Commands"`)
	line(`.SH NAME`)
	line(`%s \- make sure an AIX golden image works in IBM Power Virtual Server`, roff(program))
	line(`.SH SYNOPSIS`)
	for i, c := range commands() {
		if i > 0 {
			line(`.br`)
		}
		line(`.B %s %s`, roff(program), roff(c.name))
		if rest := strings.TrimPrefix(c.usage(), program+" "+c.name); rest != "" {
			line(`%s`, roff(strings.TrimSpace(rest)))
		}
	}
	line(`.SH DESCRIPTION`)
	line(`%s`, roff("A Packer plugin; Packer runs it by itself. These commands are for people without a running build. Data goes to standard output, words to standard error. A file named - is standard input."))
	line(`.SH COMMANDS`)
	for _, c := range commands() {
		line(`.SS "%s"`, roff(strings.TrimPrefix(c.usage(), program+" ")))
		line(`%s.`, roff(upperFirst(c.short)))
		for paragraph := range strings.SplitSeq(strings.TrimSpace(c.long), "\n\n") {
			if paragraph != "" {
				line(".PP\n%s", roff(strings.Join(strings.Fields(paragraph), " ")))
			}
		}
		c.flags.VisitAll(func(f *flag.Flag) {
			name, text := flagWords(f)
			line(".TP\n.B %s\n%s", roff(name), roff(text))
		})
		for _, e := range c.examples {
			line(".PP\n%s:\n.PP\n.nf\n.RS\n%s\n.RE\n.fi", roff(upperFirst(e.says)), roff(e.line))
		}
	}
	line(`.SH EXIT STATUS`)
	line(".TP\n.B 0\nFine.\n.TP\n.B 1\nCould not do it: a wrong call, an unreadable file.\n.TP\n.B 2\nThe answer is no: findings, or a report that does not verify.")
	line(`.SH SEE ALSO`)
	line(`%s`, roff("https://github.com/powervs-aix/packer-plugin-rsct has the guides, the policy language and a page for each rule."))
	return out.Bytes()
}

// roff writes text so that roff shows it as it is.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `…`, `\&...`, `'`, `\(aq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
