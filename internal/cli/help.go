// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// help tells about the program as a whole.
func help(w io.Writer) {
	fmt.Fprintln(w, "A Packer plugin that makes sure an AIX golden image works in IBM Power Virtual Server.")
	fmt.Fprintln(w, "Packer runs it by itself; for people it has these commands:")
	fmt.Fprintln(w)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s  %s\n", c.name, c.short)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "A first try, with any AIX host that you can log in to as root:")
	fmt.Fprintln(w)
	fmt.Fprintf(w, "  %s collector > collect.sh\n", program)
	fmt.Fprintln(w, "  ssh aix ksh < collect.sh > host.evidence")
	fmt.Fprintf(w, "  %s check host.evidence\n", program)
	fmt.Fprintln(w)
	fmt.Fprintf(w, "%s COMMAND -h says more, with examples. Exit 0: fine; 1: could not do it; 2: the answer is no.\n", program)
}

// help tells about a command: usage, what it is for, examples, flags.
func (c *command) help(w io.Writer) {
	fmt.Fprintf(w, "usage: %s\n\n%s.\n", c.usage(), upperFirst(c.short))
	if c.long != "" {
		fmt.Fprintf(w, "\n%s\n", wrap(c.long, 78))
	}
	if len(c.examples) > 0 {
		fmt.Fprintln(w, "\nExamples:")
		for _, e := range c.examples {
			fmt.Fprintf(w, "\n  %s\n      %s\n", e.line, e.says)
		}
	}
	if !hasFlags(c.flags) {
		return
	}
	fmt.Fprintln(w, "\nFlags:")
	c.flags.VisitAll(func(f *flag.Flag) {
		name, text := flagWords(f)
		fmt.Fprintf(w, "\n  %s\n%s\n", name, indent(wrap(text, 72), "      "))
	})
}

// flagWords are a flag's name with what it takes, and what it is for, with its default.
func flagWords(f *flag.Flag) (name, text string) {
	takes, text := flag.UnquoteUsage(f)
	name = "-" + f.Name
	if _, ok := f.Value.(*choice); ok {
		takes = "WORD"
	}
	if takes != "" {
		name += " " + strings.ToUpper(takes)
	}
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" {
		text += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	return name, text
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// wrap breaks the lines of paragraphs.
func wrap(text string, width int) string {
	var out []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
				out, line = append(out, line), ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		out = append(out, line, "")
	}
	return strings.Join(out[:len(out)-1], "\n")
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by)
}
