// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"embed"
	"flag"
	"fmt"
	"slices"
	"strings"
)

// The shells' scripts know nothing of the commands: they ask the program itself, so
// that they are right for the version that is installed.
//
//go:embed completion
var completionScripts embed.FS

// completeCommand is what the shells' scripts call; it is for no person.
const completeCommand = "__complete"

// filesCandidate is the line that asks the shell for file names.
const filesCandidate = ":file"

func completionCommand() *command {
	shells := []string{"bash", "zsh", "fish"}
	c := newCommand("completion", "SHELL", "print the completion for a shell: "+oneOf(shells))
	c.long = "Completes commands, flags, the words that a flag takes, rule names and files."
	c.examples = []example{
		{`. <(` + program + ` completion bash)`, "in this bash; in ~/.bashrc for every one"},
		{program + ` completion zsh > "${fpath[1]}/_` + program + `"`, "for zsh, before compinit"},
		{program + ` completion fish > ~/.config/fish/completions/` + program + `.fish`, "for fish"},
	}
	c.operand = hint{choices: func() []string { return shells }}
	c.run = func(s streams, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		if !slices.Contains(shells, args[0]) {
			return fmt.Errorf("no completion for %q: expected %s", args[0], oneOf(shells))
		}
		script, err := completionScripts.ReadFile("completion/" + args[0])
		if err != nil {
			return err
		}
		_, err = s.out.Write(script)
		return err
	}
	return c
}

// complete prints the candidates for the last of some words, one a line, with a tab
// and what it is.
func complete(s streams, words []string) {
	if len(words) == 0 {
		words = []string{""}
	}
	current := words[len(words)-1]
	offer := func(value, says string) {
		if strings.HasPrefix(value, current) {
			fmt.Fprintf(s.out, "%s\t%s\n", value, says)
		}
	}
	if len(words) == 1 {
		for _, c := range commands() {
			offer(c.name, c.short)
		}
		return
	}
	c := find(words[0])
	if c == nil {
		return
	}
	given := func(h hint) {
		if h.choices != nil {
			for _, value := range h.choices() {
				offer(value, "")
			}
		}
		if h.files {
			fmt.Fprintln(s.out, filesCandidate)
		}
	}
	if before := words[len(words)-2]; len(words) > 2 && strings.HasPrefix(before, "-") && before != "-" && before != "--" {
		if f := c.flags.Lookup(strings.TrimLeft(before, "-")); f != nil && !isBool(f) {
			given(c.hints[f.Name])
			return
		}
	}
	if strings.HasPrefix(current, "-") && current != "-" {
		dashes := current[:1]
		if strings.HasPrefix(current, "--") {
			dashes = "--"
		}
		c.flags.VisitAll(func(f *flag.Flag) {
			_, text := flag.UnquoteUsage(f)
			offer(dashes+f.Name, text)
		})
		return
	}
	given(c.operand)
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}
