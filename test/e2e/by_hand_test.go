// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the README tells a person without a build to do: OpenSSH's own client, the
// collector on its standard input, and the plugin's binary behind a pipe.
func TestCollectionByHandOverOpenSSHIsJudged(t *testing.T) {
	s := newSite(t)
	key := filepath.Join(s.dir, "login")
	s.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	collector := filepath.Join(s.dir, "collect.sh")
	if err := os.WriteFile(collector, []byte(s.must(s.plugin, "collector")), 0o600); err != nil {
		t.Fatal(err)
	}
	byHand := func(prepare, after string) (string, int) {
		t.Helper()
		definition := filepath.Join(s.dir, "host.hcl")
		text := "user \"root\" {\n  authorized_keys = [\"" + strings.TrimSpace(string(public)) + "\"]\n}\n" + prepare
		if err := os.WriteFile(definition, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at, err := filepath.Rel(filepath.Join(repository(t), "example", "hosts"), definition)
		if err != nil {
			t.Fatal(err)
		}
		ssh := "ssh -p " + s.simulate(at) + " -i " + key + " -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1"
		return s.run("/bin/sh", "-c", ssh+" ksh < "+collector+" 2>progress | "+after)
	}
	out, code := byHand("", s.plugin+" check -")
	if code != 0 {
		t.Errorf("healthy: exit code %d\n%s", code, out)
	}
	saysAll(t, out, "PASSED")
	progress, err := os.ReadFile(filepath.Join(s.dir, "progress"))
	if err != nil || !strings.Contains(string(progress), "collecting filesets: lslpp -Lqc\n") {
		t.Errorf("no progress is said: %v\n%s", err, progress)
	}
	if out, code = byHand("prepare = \"ifconfig en1 down detach\"\n", s.plugin+" check -"); code != 2 {
		t.Errorf("broken: exit code %d, want 2\n%s", code, out)
	}
	saysAll(t, out, "FAILED", "management-interface")
	if out, code = byHand("", "tee host.evidence | "+s.plugin+" facts -"); code != 0 {
		t.Errorf("facts: exit code %d\n%s", code, out)
	}
	saysAll(t, out, `"interface": "en1"`, `"unknown"`)
	if again := s.must(s.plugin, "facts", "host.evidence"); !strings.Contains(out, again) {
		t.Error("the file and the pipe give other facts")
	}
	if out, code = byHand("", "head -c 9000 | "+s.plugin+" check -"); code != 2 {
		t.Errorf("cut off: exit code %d, want 2\n%s", code, out)
	}
	saysAll(t, out, "incomplete")
}
