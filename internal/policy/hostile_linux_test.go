// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childVariable names the policy file that a process of its own judges, so that what
// it spends can be measured.
const childVariable = "RSCT_TEST_HOSTILE_POLICY"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		fmt.Println(judgeHostile(path))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// judgeHostile says in one line what comes of a policy.
func judgeHostile(path string) string {
	p, diags := Load(Sources{Files: []string{path}})
	if diags.HasErrors() {
		var text bytes.Buffer
		if err := p.WriteDiagnostics(&text, diags, 0, false); err != nil {
			return "no text: " + err.Error()
		}
		return fmt.Sprintf("refused in %d bytes: %s", text.Len(), strings.Join(strings.Fields(text.String()), " "))
	}
	result, err := p.Evaluate(context.Background(), healthy().roots(), day)
	if err != nil {
		return "ended: " + err.Error()
	}
	outcome := "evaluated"
	for _, f := range result.Findings {
		if f.Rule == "site-rule" || f.Rule == "other-rule" {
			outcome += ", " + f.Rule + " " + f.Status + " " + f.Why
		}
	}
	return clip(outcome, 1000)
}

// spent is what a process used.
type spent struct {
	cpu      time.Duration
	resident int // MiB at most
	said     string
}

func judgeInAProcess(t *testing.T, source string) spent {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hostile.rsct.hcl")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return spent{
		cpu:      cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		resident: int(usage.Maxrss >> 10), said: strings.TrimSpace(string(out)),
	}
}

// A policy from a stranger ends in an error or a result within a second and 100 MB,
// whatever it holds, and what is said of it is short. Measured are processor time
// and memory of a process of its own, as a ratio to what an empty policy takes too;
// the bound of time is wide, because a busy machine stretches processor time as well.
func TestHostilePoliciesEndSoon(t *testing.T) {
	empty := judgeInAProcess(t, "# nothing\n")
	t.Logf("an empty policy: %v, %d MB", empty.cpu, empty.resident)
	for name, source := range hostile {
		t.Run(name, func(t *testing.T) {
			got := judgeInAProcess(t, source())
			t.Logf("%v (%.1f times an empty policy), %d MB: %.200s", got.cpu, got.cpu.Seconds()/empty.cpu.Seconds(), got.resident, got.said)
			if got.cpu > 5*time.Second {
				t.Errorf("it took %v of processor time", got.cpu)
			}
			if got.resident > 100 {
				t.Errorf("it took %d MB", got.resident)
			}
			if len(got.said) > 20_000 {
				t.Errorf("%d bytes are said of it", len(got.said))
			}
			if strings.Contains(got.said, "site-rule pass") {
				t.Errorf("the rule passes: %s", got.said)
			}
		})
	}
}
