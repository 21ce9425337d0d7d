// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingOfTheMachineIsReachable tries every door the interpreter and the
// libraries would leave open.
func TestNothingOfTheMachineIsReachable(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "sh-interp-secret")
	if err := os.WriteFile(secret, []byte("the machine's secret"), 0o755); err != nil {
		t.Fatal(err)
	}
	canary := filepath.Join(dir, "canary")
	t.Setenv("AIXSIM_SECRET", "the machine's secret")
	name, _ := os.Hostname()
	me, _ := user.Current()
	commands := []string{
		"cat " + secret, "read x <" + secret + "; echo $x", "x=$(<" + secret + "); echo $x", ". " + secret, "source " + secret,
		// The interpreter opens its own fifos, sh-interp-*, outside of any handler.
		"export TMPDIR=" + dir + "; cat <" + secret, "TMPDIR=" + dir + " sh -c 'cat <" + secret + "'", "env TMPDIR=" + dir + " ksh -c 'read x <" + secret + "; echo $x'",
		"cat </tmp/sh-interp-secret", "echo x >/tmp/sh-interp-canary", "TMPDIR=" + dir + " ksh -c 'echo x >" + dir + "/sh-interp-canary'",
		"cat <(echo " + secret + "); cat <(cat " + secret + ")", "echo x > >(cat >" + canary + ")", "diff <(ls /) <(ls " + dir + ")",
		"awk 'BEGIN { while ((getline l < \"" + secret + "\") > 0) print l }'", "awk 'BEGIN { print \"x\" > \"" + canary + "\" }'", "awk 'BEGIN { system(\"cat " + secret + "\") }'",
		"awk 'BEGIN { \"cat " + secret + "\" | getline l; print l }'", "awk '{ print }' " + secret, "awk -f " + secret, "awk 'BEGIN { print ENVIRON[\"AIXSIM_SECRET\"] }'", "awk 'BEGIN { ARGV[1] = \"" + secret + "\"; ARGC = 2 } { print }'",
		"echo | sed 'r " + secret + "'", "echo x | sed 'w " + canary + "'", "sed p " + secret, "sed -f " + secret + " /etc/hosts", "echo x | sed 's/x/y/w " + canary + "'",
		"echo $AIXSIM_SECRET; env; set; export -p", "command -v " + secret, "type " + secret, "whence " + secret, "which go", "command -v go", "cd " + dir + " && pwd", "cd / && pwd -P",
		"test -e " + secret + " && echo there", "[[ -e " + secret + " ]] && echo there", "[ -f " + secret + " ] && echo there", "ls " + dir, "echo " + dir + "/*", "find " + dir,
		"cp " + secret + " /tmp/x; cat /tmp/x", "ln -s " + secret + " /tmp/l; cat /tmp/l", "echo x >" + canary, "mkdir -p " + dir + "; cat " + secret, "rm -rf " + secret + " " + dir,
		"sh " + secret, secret, "grep . " + secret, "head " + secret, "od -c " + secret, "find / -name sh-interp-secret",
		"hostname; uname -a; id; who; ps -ef", "cat /proc/self/environ /proc/version /etc/os-release", "bash -c 'cat </dev/tcp/127.0.0.1/22'", "exec 3<" + secret + "; cat <&3", "exec 3<>" + secret + "; cat <&3",
		"echo ~" + me.Username + " ~nobody ~daemon | cat", "(x=~games/y; echo $x) & wait", "echo ~$USER; a=~backup; echo $a", "echo $PPID $$ $UID $EUID",
		"read x </.aixsim/psubst/x", "cat /.aixsim/dup/1/9", "echo $(</.aixsim/source/1)", "exec 9>/.aixsim/open/2/w" + canary,
		"mapfile a <" + secret + "; echo ${a[0]}", "select x in a; do break; done <" + secret, "sort " + secret, "diff " + secret + " /etc/hosts", "scp -f " + secret + " </dev/null", "xargs cat <<EOF\n" + secret + "\nEOF",
	}
	h := newHost(t)
	for _, command := range commands {
		for _, form := range []string{command, "ksh -c " + quote(command), "eval " + quote(command)} {
			out, errs, _ := run(t, h, form)
			all := out + errs
			if strings.Contains(all, "the machine's secret") || strings.Contains(out, "there\n") {
				t.Errorf("%s: reached the machine: %q", form, all)
			}
			if name != "" && name != "aix73" && strings.Contains(out, name) {
				t.Errorf("%s: the machine's name came out: %q", form, out)
			}
			if strings.Contains(out, "/usr/games") || strings.Contains(out, "/nonexistent") || strings.Contains(out, "/var/backups") {
				t.Errorf("%s: the machine's users came out: %q", form, out)
			}
		}
	}
	for _, file := range []string{canary, filepath.Join(dir, "sh-interp-canary"), "/tmp/sh-interp-canary"} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s was written on the machine", file)
			_ = os.Remove(file)
		}
	}
	if data, err := os.ReadFile(secret); err != nil || string(data) != "the machine's secret" {
		t.Errorf("the machine's file was changed: %q, %v", data, err)
	}
}
