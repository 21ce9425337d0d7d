// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestManualPageIsFresh(t *testing.T) {
	page, err := os.ReadFile("../../docs/man/packer-plugin-rsct.1")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, Manual()) {
		t.Error("docs/man/packer-plugin-rsct.1 is stale: run make generate")
	}
}

func TestEveryCommandTeaches(t *testing.T) {
	for _, c := range commands() {
		if c.short == "" || strings.HasSuffix(c.short, ".") || c.short != strings.ToLower(c.short[:1])+c.short[1:] {
			t.Errorf("%s: its line is %q, expected one without capital and full stop", c.name, c.short)
		}
		if c.name != "version" && len(c.examples) == 0 {
			t.Errorf("%s has no example", c.name)
		}
		c.flags.VisitAll(func(f *flag.Flag) {
			if f.Usage == "" || f.Name != strings.ToLower(f.Name) {
				t.Errorf("%s -%s: %q", c.name, f.Name, f.Usage)
			}
		})
	}
}

// The flags of an example are flags of its command.
func TestExamplesAreCallsThatParse(t *testing.T) {
	call := regexp.MustCompile(program + ` ([a-z]+)([^|>]*)`)
	for _, c := range commands() {
		for _, e := range c.examples {
			for _, match := range call.FindAllStringSubmatch(e.line, -1) {
				target := find(match[1])
				if target == nil {
					t.Errorf("%s: example %q: no such command", c.name, e.line)
					continue
				}
				if _, err := target.parse(strings.Fields(strings.Trim(match[2], ` ")`))); err != nil {
					t.Errorf("%s: example %q: %v", c.name, e.line, err)
				}
			}
		}
	}
}

func TestFlagsMayStandAnywhere(t *testing.T) {
	for _, c := range []struct{ args, operands []string }{
		{[]string{"-format", "json", "a"}, []string{"a"}},
		{[]string{"a", "-format", "json"}, []string{"a"}},
		{[]string{"a", "--format=json", "b"}, []string{"a", "b"}},
		{[]string{"-", "-format", "json"}, []string{"-"}},
		{[]string{"-format", "json", "--", "-a", "b"}, []string{"-a", "b"}},
		{[]string{"a", "--", "-format"}, []string{"a", "-format"}},
	} {
		got, err := rulesCommand().parse(c.args)
		if err != nil || !slices.Equal(got, c.operands) {
			t.Errorf("%v: got %v, %v, want %v", c.args, got, err, c.operands)
		}
	}
}
