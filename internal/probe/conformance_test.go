// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

// stdoutLimit is the bound of the conformance suite, so that it need not send megabytes.
const stdoutLimit = 100_000

// deed is what one command does when the collector calls it. The same deed is a
// small script on the path of a real shell, and a fault of the simulated host.
type deed struct {
	command, arguments string // arguments are those that the call must contain
	stdout, stderr     string
	flood              int64 // bytes of stdout, in lines
	exitCode           int
	hang, missing      bool
}

// everyByte are all bytes but the newline, with some line ends between.
func everyByte(from int) string {
	var b strings.Builder
	for c := from; c < 256; c++ {
		if c != '\n' {
			b.WriteByte(byte(c))
		}
		if c%50 == 0 {
			b.WriteString("\r\n")
		}
	}
	return b.String()
}

var lookAlike = "#" + testNonce + " end 7 subsystems 0\n#" + testNonce + " done 7\n|x\n!y\n#" + testNonce + " begin 8 domain-status z\n"

// conformance is what a guest does, and what must arrive of it: alike in every
// shell, in the simulator, and over every kind of connection.
var conformance = []struct {
	probe string
	does  deed
	want  evidence.Probe
}{
	{aix.ProbeUname, deed{command: "uname", stdout: "before\n", hang: true}, evidence.Probe{Stdout: evidence.Bytes("before\n"), Problem: "timed out"}},
	{aix.ProbeOSLevel, deed{command: "oslevel", stdout: "7300-02-02-2420\n"}, evidence.Probe{Stdout: evidence.Bytes("7300-02-02-2420\n")}},
	{aix.ProbeFilesets, deed{command: "lslpp", arguments: "-Lqc", flood: 100 << 20},
		evidence.Probe{Stdout: evidence.Bytes(strings.Repeat(strings.Repeat("x", 79)+"\n", stdoutLimit/80)), Problem: "output cut off at 100000 bytes"}},
	{aix.ProbeFilesetParts, deed{command: "lslpp", arguments: "-qlc", stdout: "a:b\\c:%s $HOME `id`\n", stderr: "warn 'quoted' \"twice\"", exitCode: 3},
		evidence.Probe{Stdout: evidence.Bytes("a:b\\c:%s $HOME `id`\n"), Stderr: evidence.Bytes("warn 'quoted' \"twice\""), ExitCode: 3}},
	{aix.ProbeSubsystems, deed{command: "lssrc", arguments: "-a", stdout: lookAlike, stderr: strings.TrimSuffix(lookAlike, "\n")},
		evidence.Probe{Stdout: evidence.Bytes(lookAlike), Stderr: evidence.Bytes(strings.TrimSuffix(lookAlike, "\n"))}},
	{aix.ProbeDomainStatus, deed{command: "rmcdomainstatus", stdout: everyByte(0), stderr: everyByte(1), exitCode: 255},
		evidence.Probe{Stdout: evidence.Bytes(everyByte(0)), Stderr: evidence.Bytes(everyByte(1)), ExitCode: 255}},
	{aix.ProbeInBand, deed{command: "lssrc", arguments: "-ls"}, evidence.Probe{}},
	{aix.ProbeNodeID, deed{command: "lsnodeid", stdout: "line one\n\n\nno newline"}, evidence.Probe{Stdout: evidence.Bytes("line one\n\n\nno newline")}},
	{aix.ProbeInittab, deed{command: "lsitab", flood: 1 << 50},
		evidence.Probe{Stdout: evidence.Bytes(strings.Repeat(strings.Repeat("x", 79)+"\n", stdoutLimit/80)), Problem: "output cut off at 100000 bytes"}},
	{aix.ProbeBootList, deed{command: "bootlist", missing: true}, evidence.Probe{ExitCode: 127}},
	{aix.ProbeInterimFixes, deed{command: "emgr", stderr: strings.Repeat("y", 300_000)},
		evidence.Probe{Stderr: evidence.Bytes(strings.Repeat("y", 65536)), Problem: "error output cut off at 65536 bytes"}},
	{aix.ProbeInterfaces, deed{command: "lsdev", arguments: "-Cc if -F name:", stdout: "en0:Available:x\n"}, evidence.Probe{Stdout: evidence.Bytes("en0:Available:x\n")}},
	{aix.ProbeAttributes, deed{command: "lsattr", arguments: "en0", stdout: "netaddr6:fe80::1\n"}, evidence.Probe{}}, // told below
	{aix.ProbeAttributes, deed{command: "lsattr", arguments: "en1", stdout: "netaddr6:\n", exitCode: 4}, evidence.Probe{}},
	{aix.ProbeAttributes, deed{command: "lsdev", arguments: "-Cc if -F name", stdout: "en0\nen1\nlo0\n"},
		evidence.Probe{Stdout: evidence.Bytes("@@ en0\nnetaddr6:fe80::1\n@@ = 0\n@@ en1\nnetaddr6:\n@@ = 4\n")}},
}

// folderOfCommands writes the deeds as scripts that any user may run.
func folderOfCommands(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rsct-commands")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	write := func(name, content string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	bodies := map[string]string{}
	for i, row := range conformance {
		d := row.does
		if d.missing {
			continue
		}
		write(fmt.Sprintf("%d.out", i), d.stdout, 0o644)
		write(fmt.Sprintf("%d.err", i), d.stderr, 0o644)
		body := fmt.Sprintf("case \" $* \" in *%q*)\n\tcat %[2]s/%[3]d.out\n\tcat %[2]s/%[3]d.err >&2\n", d.arguments, dir, i)
		if d.flood > 0 {
			body += fmt.Sprintf("\tyes %s | head -c %d 2>/dev/null\n", strings.Repeat("x", 79), d.flood)
		}
		if d.hang {
			body += "\ttrap '' TERM HUP\n\tsleep 600 & wait\n" // the child keeps the pipe open, as that of lsrsrc does
		}
		bodies[d.command] += body + fmt.Sprintf("\texit %d ;;\nesac\n", d.exitCode)
	}
	for command, body := range bodies {
		write(command, "#!/bin/sh\n"+body+"echo \"unexpected arguments: $*\" >&2\nexit 99\n", 0o755)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// misbehaving is the simulated host with the deeds as its faults.
func misbehaving() *aixsim.Definition {
	def := aixsim.Default()
	for i, row := range conformance {
		d := row.does
		arguments := regexp.QuoteMeta(d.arguments)
		fault := &aixsim.FaultBlock{Name: strconv.Itoa(i), Command: &d.command, Arguments: &arguments, ExitCode: &d.exitCode}
		switch {
		case d.missing:
			fault.Missing, fault.ExitCode = &d.missing, nil
		case d.flood > 0:
			fault.Flood = &d.flood
		default:
			fault.Stdout, fault.Stderr = &d.stdout, &d.stderr
		}
		if d.hang {
			fault.Hang, fault.ExitCode = &d.hang, nil
		}
		def.Faults = append(def.Faults, fault)
	}
	return def
}

// target is a place to run the collector in.
type target struct {
	name string
	// run runs a script there, as the collector runs, and returns its stdout. commands
	// is the folder of the stand-in commands.
	run func(t *testing.T, script, commands string) []byte
	// user is what `id -u` says there.
	user string
}

// inShell runs the script as sshd does, as the word of -c, or as a person does, on stdin.
func inShell(shell []string, onStdin bool) target {
	return target{name: fmt.Sprintf("%s stdin=%t", strings.Join(shell, " "), onStdin), user: strconv.Itoa(os.Getuid()),
		run: func(t *testing.T, script, commands string) []byte {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			script = "RSCT_PATH=" + commands + ":/usr/bin:/bin\n" + script
			args := append([]string{}, shell[1:]...)
			if !onStdin {
				args = append(args, "-c", script)
			}
			cmd := exec.CommandContext(ctx, shell[0], args...)
			if onStdin {
				cmd.Stdin = strings.NewReader(script)
			}
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
			return stdout.Bytes()
		}}
}

// overSSH runs the script over Packer's communicator.
func overSSH(name string, server func(t *testing.T) login, as login, user string) target {
	return target{name: name, user: user, run: func(t *testing.T, script, commands string) []byte {
		at := server(t)
		at.user, at.pty, at.wrap = as.user, as.pty, as.wrap
		if at.shellCommands {
			script = "RSCT_PATH=" + commands + ":/usr/bin:/bin\n" + script
		}
		guest := at.guest(t)
		guest.Timeout = 5 * time.Minute
		result, err := guest.Run(t.Context(), ShellCommand(script))
		if err != nil {
			t.Fatalf("%v\n%.2000s", err, result.Stderr)
		}
		if result.ExitCode != 0 {
			t.Errorf("exit code %d, saying %.2000s", result.ExitCode, result.Stderr)
		}
		return result.Stdout
	}}
}

func targets(t *testing.T) []target {
	var all []target
	for _, shell := range [][]string{{"ksh93"}, {"mksh"}, {"dash"}, {"bash"}, {"busybox", "sh"}} {
		if _, err := exec.LookPath(shell[0]); err != nil {
			leftOut(t, shell[0]+" is not installed")
			continue
		}
		all = append(all, inShell(shell, false), inShell(shell, true))
	}
	simulated := func(t *testing.T) login { return simulate(t, misbehaving()) }
	all = append(all,
		overSSH("simulator", simulated, login{user: "root"}, "0"),
		overSSH("simulator pty", simulated, login{user: "root", pty: true}, "0"),
		overSSH("simulator non-root", simulated, login{user: "operator"}, "4242"),
		overSSH("simulator sudo", simulated, login{user: "operator", wrap: "sudo -n "}, "0"),
	)
	if reason := noOpenSSH(); reason != "" {
		leftOut(t, "OpenSSH's server: "+reason)
		return all
	}
	all = append(all,
		overSSH("sshd ksh93", openSSH, login{user: "root"}, "0"),
		overSSH("sshd ksh93 pty", openSSH, login{user: "root", pty: true}, "0"),
		overSSH("sshd ksh93 non-root", openSSH, login{user: "nobody"}, "65534"),
		overSSH("sshd ksh93 non-root pty", openSSH, login{user: "nobody", pty: true}, "65534"),
	)
	if reason := noSudo(); reason != "" {
		leftOut(t, "sudo: "+reason)
		return all
	}
	return append(all,
		overSSH("sshd ksh93 sudo", openSSH, login{user: "nobody", wrap: "sudo -n "}, "0"),
		overSSH("sshd ksh93 sudo pty", openSSH, login{user: "nobody", wrap: "sudo -n ", pty: true}, "0"),
	)
}

// TestMain silences the communicator, which logs each command.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	m.Run()
}

// leftOut says what of the suite is not run, which .ci/run forbids: it installs all of it.
func leftOut(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("RSCT_ALL_INSTALLED") != "" {
		t.Fatalf("left out: %s, although RSCT_ALL_INSTALLED is set", what)
	}
	t.Logf("left out: %s", what)
}

// The conformance suite: whatever the guest's commands do, the same arrives from
// every shell and over every connection.
func TestCollectorConforms(t *testing.T) {
	commands := folderOfCommands(t)
	for _, target := range targets(t) {
		t.Run(target.name, func(t *testing.T) {
			t.Parallel()
			script := fmt.Sprintf("RSCT_NONCE=%s\nRSCT_STDOUT_LIMIT=%d\n%s", testNonce, stdoutLimit, Script())
			stream := target.run(t, script, commands)
			probes, _, err := Parse(stream, testNonce)
			if err != nil {
				t.Fatalf("%v\n%.4000s", err, stream)
			}
			byName := map[string]evidence.Probe{}
			for _, p := range probes {
				byName[p.Name] = p
			}
			for _, row := range conformance {
				got, want := byName[row.probe], row.want
				switch {
				case row.probe == aix.ProbeAttributes && want.Stdout == nil:
					continue // one of several commands of the probe
				case row.does.missing:
					want.Stderr = got.Stderr // each shell has its own words
				case want.Problem != "":
					want.ExitCode = got.ExitCode // that of a signal, or of a command that could not go on
				}
				if !bytes.Equal(got.Stdout, want.Stdout) || !bytes.Equal(got.Stderr, want.Stderr) || got.ExitCode != want.ExitCode || got.Problem != want.Problem {
					t.Errorf("%s: got %d, problem %q, stdout (%d bytes) %.300q, stderr (%d bytes) %.300q,\nwant %d, problem %q, stdout (%d bytes) %.300q, stderr (%d bytes) %.300q", row.probe,
						got.ExitCode, got.Problem, len(got.Stdout), got.Stdout, len(got.Stderr), got.Stderr,
						want.ExitCode, want.Problem, len(want.Stdout), want.Stdout, len(want.Stderr), want.Stderr)
				}
			}
			if got := string(byName[aix.ProbeUID].Stdout); got != target.user+"\n" {
				t.Errorf("collected by user %q, want %s", got, target.user)
			}
		})
	}
}
