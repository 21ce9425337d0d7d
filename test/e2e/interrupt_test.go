// SPDX-License-Identifier: MPL-2.0

//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Packer does not wait for a plugin that it interrupts, so what was being done must
// lie in the evidence already.
func TestAnInterruptedRestorationStopsAtOnceAndIsOnRecord(t *testing.T) {
	s := newSite(t)
	port := s.simulateFile(hostFile(t, s, `
fault "hang" {
  command   = "ifconfig"
  arguments = "inet6 fe80"
  hang      = true
}`))
	log, err := os.Create(filepath.Join(s.dir, "build.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(s.packer, "build", s.template(port, wholeWay))
	// A file, not a pipe: nothing that outlives Packer keeps the test waiting.
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = s.env, s.dir, log, log
	// Packer runs below a process of its own that leaves interrupts to it; Ctrl-C on a
	// terminal reaches both, as it reaches the whole group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	text := func() string {
		out, _ := os.ReadFile(log.Name())
		return string(out)
	}
	const problem = "the plugin was ended in step 1 of "
	recorded := func() string {
		found, _ := filepath.Glob(filepath.Join(s.cache, "rsct", "*", "*", "evidence.json"))
		if len(found) != 1 {
			return ""
		}
		content, _ := os.ReadFile(found[0])
		return string(content)
	}
	deadline := time.After(3 * time.Minute)
	for !strings.Contains(recorded(), problem) {
		select {
		case err := <-ended:
			t.Fatalf("packer ended before the restoration began: %v\n%s", err, text())
		case <-deadline:
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			t.Fatalf("no restoration began\n%s", text())
		case <-time.After(100 * time.Millisecond):
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		t.Fatalf("packer is still running a minute after the interrupt\n%s", text())
	}
	if cmd.ProcessState.ExitCode() != 1 || s.hasImported() {
		t.Errorf("exit code %d, imported: %v\n%s", cmd.ProcessState.ExitCode(), s.hasImported(), text())
	}
	if evidence := recorded(); !strings.Contains(evidence, "step 1 of ") || strings.Contains(evidence, `"restored": true`) {
		t.Errorf("the evidence does not say where the restoration stopped:\n%s", evidence)
	}
}
