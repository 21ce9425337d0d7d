// SPDX-License-Identifier: MPL-2.0

package shell

import (
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/hazard"
)

func TestACommandIsFoundWithItsPosition(t *testing.T) {
	commands, problems := Analyze(Source{Name: "harden.sh", Text: []byte("#!/usr/bin/ksh\n\n  /usr/sbin/rmdev -dl en1\n"), Step: "s"})
	if len(problems) > 0 || len(commands) != 1 {
		t.Fatalf("%+v %+v", commands, problems)
	}
	hazard.Mark(commands)
	c := commands[0]
	if c.Name != "rmdev" || c.Target != "en1" || c.Place.Line != 3 || c.Place.Column != 3 || c.Place.File != "harden.sh" || len(c.Hazards) != 1 {
		t.Errorf("%+v", c)
	}
}
