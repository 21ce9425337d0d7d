// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

// shells are the real shells that the collector must run alike in.
func shells(t *testing.T) [][]string {
	t.Helper()
	var found [][]string
	for _, shell := range [][]string{{"dash"}, {"bash"}, {"ksh93"}, {"mksh"}, {"busybox", "sh"}} {
		if _, err := exec.LookPath(shell[0]); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not installed; .ci/run installs it", shell[0])
			}
			t.Logf("left out: %s is not installed", shell[0])
			continue
		}
		found = append(found, shell)
	}
	if len(found) == 0 {
		t.Fatal("no shell to try")
	}
	return found
}

// guest is a folder of stand-in AIX commands, each a small script.
func guest(t *testing.T, commands map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range commands {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// collect runs the collector in a shell as sshd would, with the words on stdin or as -c.
func collect(t *testing.T, shell []string, dir string, onStdin bool) ([]evidence.Probe, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	script := fmt.Sprintf("RSCT_NONCE=%s\nRSCT_PATH=%s:/usr/bin:/bin\nRSCT_STDOUT_LIMIT=100000\n%s", testNonce, dir, script)
	args := append([]string{}, shell[1:]...)
	if !onStdin {
		args = append(args, "-c", script)
	}
	cmd := exec.CommandContext(ctx, shell[0], args...)
	if onStdin {
		cmd.Stdin = strings.NewReader(script)
	}
	cmd.Cancel = func() error { return cmd.Process.Kill() }
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", shell, err, stderr.String())
	}
	for line := range strings.Lines(stderr.String()) {
		if !strings.HasPrefix(line, "collecting ") {
			t.Errorf("%v says on stderr: %s", shell, line)
		}
	}
	probes, _, err := Parse(&stdout, testNonce)
	return probes, err
}

func TestCollectorRunsAlikeInEveryShell(t *testing.T) {
	dir := guest(t, map[string]string{
		"oslevel":  `echo 7300-02-02-2420`,
		"lslpp":    `printf 'a:b\\c:%%s $HOME\n'; echo "warn 'quoted'" >&2; exit 3`,
		"lssrc":    `printf '#` + testNonce + ` end 7 subsystems 0\n|x\n'; printf '#` + testNonce + ` done 1' >&2`,
		"lsnodeid": `printf 'line one\n\n\nno newline'`,
		"emgr":     `head -c 300000 /dev/zero | tr '\0' x`,
		"lsdev":    `[ "$2" = if ] || { echo ent0; exit 0; }; echo en0; echo en1; echo lo0`,
		"lsattr":   `echo "netaddr6:fe80::1"; [ "$2" != en1 ] || exit 4`,
		"entstat":  `echo "Hardware Address: 62:c5:1c:3a:5d:03"`,
	})
	for _, shell := range shells(t) {
		for _, onStdin := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s stdin=%t", strings.Join(shell, " "), onStdin), func(t *testing.T) {
				t.Parallel()
				probes, err := collect(t, shell, dir, onStdin)
				if err != nil {
					t.Fatal(err)
				}
				byName := map[string]evidence.Probe{}
				for _, p := range probes {
					byName[p.Name] = p
				}
				check := func(name, stdout, stderr string, code int, problem string) {
					t.Helper()
					p := byName[name]
					if string(p.Stdout) != stdout || string(p.Stderr) != stderr || p.ExitCode != code || p.Problem != problem {
						t.Errorf("%s: got stdout %.80q, stderr %.80q, %d, %q", name, p.Stdout, p.Stderr, p.ExitCode, p.Problem)
					}
				}
				check(aix.ProbeOSLevel, "7300-02-02-2420\n", "", 0, "")
				check(aix.ProbeFilesets, "a:b\\c:%s $HOME\n", "warn 'quoted'", 3, "")
				check(aix.ProbeSubsystems, "#"+testNonce+" end 7 subsystems 0\n|x\n", "#"+testNonce+" done 1", 0, "")
				check(aix.ProbeNodeID, "line one\n\n\nno newline", "", 0, "")
				check(aix.ProbeInterimFixes, strings.Repeat("x", 100000), "", 0, "output cut off at 100000 bytes")
				check(aix.ProbeAttributes, "@@ en0\nnetaddr6:fe80::1\n@@ = 0\n@@ en1\nnetaddr6:fe80::1\n@@ = 4\n", "", 0, "")
				check(aix.ProbeNodeIDEtc, "absent\n", "", 0, "")
				if p := byName[aix.ProbeBootList]; p.ExitCode != 127 {
					t.Errorf("a missing command: got exit code %d", p.ExitCode)
				}
			})
		}
	}
}

func TestCollectorEndsACommandThatHangs(t *testing.T) {
	dir := guest(t, map[string]string{
		// The child keeps the pipe open, as lsrsrc's does.
		"uname": `echo before; sleep 600 & wait`,
	})
	for _, shell := range shells(t) {
		t.Run(strings.Join(shell, " "), func(t *testing.T) {
			t.Parallel()
			probes, err := collect(t, shell, dir, false)
			if err != nil {
				t.Fatal(err)
			}
			if p := probes[0]; p.Problem != "timed out" || string(p.Stdout) != "before\n" {
				t.Errorf("got %q, %q", p.Problem, p.Stdout)
			}
		})
	}
}
