// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// program is what the binary is called in usages, examples and completions.
const program = "packer-plugin-rsct"

// command is one subcommand. All that is told about it, in help, completion and the
// manual, is declared here and nowhere else.
type command struct {
	name     string
	operands string // what stands after the flags, as in "EVIDENCE" or "DIR|FILE"
	short    string // one line, without a full stop
	long     string // what else to know, in paragraphs
	examples []example

	flags   *flag.FlagSet
	hints   map[string]hint // by flag, for completion
	operand hint            // of the operands
	run     func(s streams, args []string) error
}

// example is one call of a command, and what it is for.
type example struct{ line, says string }

// hint says what a word of the command line may be.
type hint struct {
	choices func() []string // nil: any text
	files   bool            // files and folders
}

// newCommand returns a command without flags.
func newCommand(name, operands, short string) *command {
	c := &command{name: name, operands: operands, short: short, flags: flag.NewFlagSet(name, flag.ContinueOnError), hints: map[string]hint{}}
	c.flags.SetOutput(io.Discard) // what is wrong is said by parse, in one form
	c.flags.Usage = func() {}
	return c
}

// choice declares a flag that takes one of some values.
func (c *command) choice(name, value, usage string, values []string) *string {
	chosen := &choice{value: value, values: values}
	c.flags.Var(chosen, name, usage+": "+strings.Join(values, ", "))
	c.hints[name] = hint{choices: func() []string { return values }}
	return &chosen.value
}

// file declares a flag that takes a file or folder.
func (c *command) file(name, usage string) *string {
	c.hints[name] = hint{files: true}
	return c.flags.String(name, "", usage)
}

// list declares a flag that may be given several times.
func (c *command) list(name, usage string) *list {
	values := &list{}
	c.flags.Var(values, name, usage+"; may be given several times")
	return values
}

// fileList declares a flag that takes files or folders and may be given several times.
func (c *command) fileList(name, usage string) *list {
	c.hints[name] = hint{files: true}
	return c.list(name, usage)
}

// usage is the command's one line of usage.
func (c *command) usage() string {
	words := []string{program, c.name}
	if hasFlags(c.flags) {
		words = append(words, "[FLAG]…")
	}
	if c.operands != "" {
		words = append(words, c.operands)
	}
	return strings.Join(words, " ")
}

func hasFlags(f *flag.FlagSet) bool {
	any := false
	f.VisitAll(func(*flag.Flag) { any = true })
	return any
}

// parse parses flags, which may stand before, between and after the operands, and
// returns these. After "--" everything is an operand.
func (c *command) parse(args []string) ([]string, error) {
	var operands []string
	for {
		if err := c.flags.Parse(args); err != nil {
			return nil, c.explain(err)
		}
		rest := c.flags.Args()
		if consumed := len(args) - len(rest); consumed > 0 && args[consumed-1] == "--" {
			return append(operands, rest...), nil
		}
		if len(rest) == 0 {
			return operands, nil
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
}

// explain says what is wrong with a flag, and what was probably meant.
func (c *command) explain(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return err
	}
	name = strings.TrimPrefix(name, "-")
	var names []string
	c.flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near := nearest(name, names); near != "" {
		return fmt.Errorf("no flag -%s; did you mean -%s?", name, near)
	}
	return fmt.Errorf("no flag -%s; %s %s -h lists them", name, program, c.name)
}

// nearest is the name that was probably meant, or nothing where none is near.
func nearest(word string, names []string) string {
	best, distance := "", max(len(word)/3, 2)+1
	for _, name := range names {
		if d := levenshtein.Distance(word, name, nil); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// choice is a flag that takes one of some values.
type choice struct {
	value  string
	values []string
}

// String implements flag.Value.
func (c *choice) String() string { return c.value }

// Set implements flag.Value.
func (c *choice) Set(value string) error {
	if !slices.Contains(c.values, value) {
		return errors.New("expected " + oneOf(c.values))
	}
	c.value = value
	return nil
}

// oneOf writes values as "a, b or c".
func oneOf(values []string) string {
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

// list is a flag that may be given several times.
type list []string

// String implements flag.Value.
func (l *list) String() string { return strings.Join(*l, ", ") }

// Set implements flag.Value.
func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}
