// SPDX-License-Identifier: MPL-2.0

package preserve

import (
	"context"
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
)

// Runner runs one shell command on the guest.
type Runner interface {
	Run(ctx context.Context, command string) (probe.Result, error)
}

// outputLimit bounds what is kept of a step's output, in bytes.
const outputLimit = 4096

// Run runs the steps of the plan one by one, and stops at the first that fails or
// when the context ends: always between two commands, so that a later run finds a
// guest it can carry on from. What happened is in the returned record in every case.
//
// Before each command, note is given the record as it stands, with the problem it
// has if nothing more is ever heard: an interrupted Packer ends its plugins without
// waiting for them, so what is not written down before a command is lost. When note
// fails, the command does not run. Nil notes nothing.
func Run(ctx context.Context, guest Runner, plan Plan, note func(evidence.Restoration) error) (evidence.Restoration, error) {
	record := evidence.Restoration{Steps: make([]evidence.Step, len(plan.Steps))}
	for i, step := range plan.Steps {
		record.Steps[i] = evidence.Step{Repairs: step.Repairs, Command: step.Command}
	}
	for i, step := range plan.Steps {
		if err := ctx.Err(); err != nil {
			record.Problem = fmt.Sprintf("stopped before step %d of %d", i+1, len(plan.Steps))
			return record, fmt.Errorf("restore: %s: %w", record.Problem, err)
		}
		record.Problem = fmt.Sprintf("the plugin was ended in step %d of %d, and did not see how it went", i+1, len(plan.Steps))
		if note != nil {
			if err := note(record); err != nil {
				record.Problem = fmt.Sprintf("stopped before step %d of %d: it could not be written down", i+1, len(plan.Steps))
				return record, fmt.Errorf("restore: %s: %w", record.Problem, err)
			}
		}
		result, err := guest.Run(ctx, probe.ShellCommand(step.Command))
		ran := &record.Steps[i]
		ran.ExitCode = result.ExitCode
		ran.Output = append(cut(result.Stdout), cut(result.Stderr)...)
		if err != nil {
			record.Problem = fmt.Sprintf("step %d of %d: %s", i+1, len(plan.Steps), err)
			return record, fmt.Errorf("restore: step %d of %d (%s): %w", i+1, len(plan.Steps), step, err)
		}
		ran.Ran = true
		if result.ExitCode != 0 {
			record.Problem = fmt.Sprintf("step %d of %d ended with exit code %d", i+1, len(plan.Steps), result.ExitCode)
			return record, fmt.Errorf("restore: %s: %s%s; the steps after it did not run", record.Problem, step, said(ran.Output))
		}
	}
	record.Problem = ""
	return record, nil
}

// said is the first line of what a command printed, in parentheses.
func said(output []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	if line == "" {
		return ""
	}
	return fmt.Sprintf(" (it said %q)", line[:min(len(line), 200)])
}

func cut(b []byte) []byte { return append([]byte{}, b[:min(len(b), outputLimit)]...) }
