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
	"slices"
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

// errUsage means that the words of the call are off; they were said already.
var errUsage = errors.New("usage")

// command is one subcommand.
type command struct {
	name, usage, short string
	run                func(s streams, args []string) error
}

func commands() []command {
	return []command{
		{"check", "check [-policy FILE]… [-var NAME=VALUE]… [-as-of DATE] [-fail-on SEVERITY] [-baseline EVIDENCE] [-format FORMAT] [-out DIR] EVIDENCE", "judge evidence: the collector's raw output, or an evidence.json", runCheck},
		{"collector", "collector", "print the collector script, to run by hand: ssh aix ksh < collect.sh > host.evidence", runCollector},
		{"facts", "facts EVIDENCE", "print the facts as JSON, unknowns as null with the reason", runFacts},
		{"lint", "lint [-var-file FILE]… [-var NAME=VALUE]… [-policy FILE]… [-fail-on SEVERITY] [-baseline FILE] [-format text|json|sarif|junit|github] [-out FORMAT=FILE]… PATH…", "lint Packer templates, shell scripts and Ansible playbooks", runLint},
		{"rules", "rules [-policy FILE]… [-var NAME=VALUE]… [-format text|json] [RULE]", "list the rules, or explain one", runRules},
		{"simulate", "simulate [-listen ADDRESS] HOST.hcl", "serve a simulated AIX host over SSH", runSimulate},
		{"verify", "verify -key PUB [-image FILE | -digest SHA256] DIR|FILE", "verify a report folder or a single attestation, and its verdict", runVerify},
		{"version", "version", "print the version", runVersion},
	}
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
	return slices.ContainsFunc(commands(), func(c command) bool { return c.name == args[0] }) || !strings.HasPrefix(args[0], "-")
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
		help(out)
		return ExitOK
	case "-version", "--version":
		args = []string{"version"}
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		switch err := c.run(s, args[1:]); {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return ExitOK
		case errors.Is(err, errNo):
			return ExitNo
		case errors.Is(err, errUsage):
			fmt.Fprintf(stderr, "usage: packer-plugin-rsct %s\n", c.usage)
			return ExitFailed
		default:
			fmt.Fprintf(stderr, "packer-plugin-rsct %s: %s\n", c.name, err)
			return ExitFailed
		}
	}
	fmt.Fprintf(stderr, "packer-plugin-rsct: no command %q; packer-plugin-rsct help lists them\n", args[0])
	return ExitFailed
}

func help(w io.Writer) {
	fmt.Fprintln(w, "A Packer plugin that makes sure an AIX golden image works in IBM Power Virtual Server.")
	fmt.Fprintln(w, "Packer runs it by itself; for people it has these commands:")
	fmt.Fprintln(w)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.short)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "packer-plugin-rsct COMMAND -h says more. Exit 0: fine; 1: could not do it; 2: the answer is no.")
}

// flags returns a flag set that says its usage in one form.
func flags(s streams, name, usage string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(s.err)
	f.Usage = func() {
		fmt.Fprintf(s.err, "usage: packer-plugin-rsct %s\n", usage)
		f.PrintDefaults()
	}
	return f
}

// parse parses flags; the words about a bad one were said by the flag package.
func parse(f *flag.FlagSet, args []string) error {
	err := f.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errUsage
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

func usageOf(name string) string {
	for _, c := range commands() {
		if c.name == name {
			return c.usage
		}
	}
	return name
}

func runVersion(s streams, args []string) error {
	if len(args) > 0 {
		return errUsage
	}
	fmt.Fprintln(s.out, version.PluginVersion.FormattedVersion())
	return nil
}
