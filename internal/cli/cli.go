// SPDX-License-Identifier: MPL-2.0

// Package cli is the command line of the plugin's binary, for people without a
// running build. Exit 0: fine; 1: could not do it; 2: the answer is no. Data goes to
// stdout, words to stderr.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/version"
)

// The exit codes.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitNo     = 2
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errNo means that the answer is no; everything was said already.
var errNo = errors.New("the answer is no")

// errUsage means that the operands of the call are off.
var errUsage = errors.New("usage")

// commands are all subcommands, in the order they are listed.
func commands() []*command {
	return []*command{
		lintCommand(),
		collectorCommand(),
		checkCommand(),
		factsCommand(),
		rulesCommand(),
		verifyCommand(),
		auditCommand(),
		simulateCommand(),
		completionCommand(),
		versionCommand(),
	}
}

// find is the command of that name, or nil.
func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return c
		}
	}
	return nil
}

// Handles reports whether the arguments call the command line rather than the plugin.
func Handles(args []string) bool {
	if len(args) == 0 {
		return false
	}
	switch args[0] {
	case "help", "-h", "-help", "--help", "-version", "--version":
		return true
	case "start", "describe":
		return false
	}
	return find(args[0]) != nil || !strings.HasPrefix(args[0], "-")
}

// Run runs a command line and returns its exit code.
func Run(args []string, in io.Reader, out, stderr io.Writer) int {
	s := streams{in: in, out: out, err: stderr}
	if len(args) == 0 {
		help(stderr)
		return ExitFailed
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 2 && find(args[1]) != nil {
			find(args[1]).help(out)
			return ExitOK
		}
		help(out)
		return ExitOK
	case "-version", "--version":
		args = []string{"version"}
	case completeCommand:
		complete(s, args[1:])
		return ExitOK
	}
	c := find(args[0])
	if c == nil {
		var names []string
		for _, c := range commands() {
			names = append(names, c.name)
		}
		if near := nearest(args[0], names); near != "" {
			fmt.Fprintf(stderr, "%s: no command %q; did you mean %q?\n", program, args[0], near)
		} else {
			fmt.Fprintf(stderr, "%s: no command %q; %s help lists them\n", program, args[0], program)
		}
		return ExitFailed
	}
	operands, err := c.parse(args[1:])
	if errors.Is(err, flag.ErrHelp) {
		c.help(out)
		return ExitOK
	}
	if err == nil {
		err = c.run(s, operands)
	}
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, errNo):
		return ExitNo
	case errors.Is(err, errUsage):
		fmt.Fprintf(stderr, "usage: %s\n%s %s -h says more\n", c.usage(), program, c.name)
	default:
		fmt.Fprintf(stderr, "%s %s: %s\n", program, c.name, err)
	}
	return ExitFailed
}

func versionCommand() *command {
	c := newCommand("version", "", "print the version")
	c.run = func(s streams, args []string) error {
		if len(args) > 0 {
			return errUsage
		}
		fmt.Fprintln(s.out, version.PluginVersion.FormattedVersion())
		return nil
	}
	return c
}
