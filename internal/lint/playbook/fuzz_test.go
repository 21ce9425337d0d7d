// SPDX-License-Identifier: MPL-2.0

package playbook

import (
	"path/filepath"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
)

// Whatever stands in a playbook: reading it ends, does not crash, and what it does has
// a place.
func FuzzPlaybook(f *testing.F) {
	for _, seed := range []string{
		"- hosts: all\n  vars: {a: en1, l: [x, y]}\n  tasks:\n  - shell: |\n      ifconfig {{ a }} down\n      echo {{ item }}\n    loop: \"{{ l }}\"\n",
		"- hosts: all\n  tasks:\n  - lineinfile: path=/etc/rc.tcpip regexp='a(' state=absent\n  - copy: {dest: /etc/x/, content: \"{{ x }}\"}\n",
		"- shell: >-\n    a\n    b\n  when: x\n- block: [{raw: \"x\\ty\"}]\n  rescue: [{command: {argv: [a, 'b c']}}]\n",
		"a: &a [*a]\n", "- &x {hosts: all, tasks: [*x]}\n", "- hosts: all\n  <<: [*y, {tasks: []}]\n", "- ibm.power_aix.devices: {device: en1, attributes: {a: ~}}\n",
		"? - - a\n: |2-\n    x\n", "- hosts: \"\\u00e9\\x41\"\n  tasks: [{action: shell ls}, {include_tasks: a.yml}, {import_role: {name: x}}]\n",
	} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "site.yml")
	f.Fuzz(func(t *testing.T, content []byte) {
		reader := files.NewReader()
		reader.Add(path, content)
		result := Read(reader, path, Options{Local: true})
		for _, p := range result.Problems {
			if p.What == "" || p.Detail == "" || p.Place.Line < 1 {
				t.Errorf("a problem without what, detail or line: %+v", p)
			}
		}
		for _, run := range result.Runs {
			if run.Place.Line < 1 || run.Script == nil && len(run.Commands) == 0 {
				t.Errorf("a run without a place or without anything to run: %+v", run)
			}
			for _, c := range run.Commands {
				if len(c.Words) == 0 || len(c.Words) != len(c.Known) || c.Name == "" && c.Words[0] != "" {
					t.Errorf("a command without its words: %+v", c)
				}
			}
			if len(run.Script) > 0 {
				run.Script.Index().At(3, 4)
			}
		}
	})
}
