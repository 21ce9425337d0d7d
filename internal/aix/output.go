// SPDX-License-Identifier: MPL-2.0

package aix

import "fmt"

// Output is what one probe brought back: a read-only command, and its exit code,
// stdout and stderr, as they were.
type Output struct {
	// Probe is the probe's name, one of [Probes].
	Probe string
	// Command is the command as it ran.
	Command string
	// ExitCode is the command's own exit code.
	ExitCode int
	// Stdout and Stderr are bytes as the guest sent them: no encoding is promised.
	Stdout, Stderr []byte
	// Problem says why the output cannot be trusted to be whole, for instance
	// "timed out after 20 s"; empty when the frame closed properly.
	Problem string
}

// Outputs are the outputs of one collection by probe name.
type Outputs map[string]Output

// need returns a probe's output, or why it cannot be used: the probe did not run,
// was not found, timed out, was cut off, or ended with another exit code than the
// ones that are accepted (0 when none are named).
func (o Outputs) need(probe string, accepted ...int) (Output, *Why) {
	out, ok := o[probe]
	if !ok {
		return Output{}, &Why{Probe: probe, Reason: "not in the evidence"}
	}
	if out.Problem != "" {
		return out, &Why{Probe: probe, Reason: out.Problem}
	}
	if len(accepted) == 0 {
		accepted = []int{0}
	}
	for _, code := range accepted {
		if out.ExitCode == code {
			return out, nil
		}
	}
	switch out.ExitCode {
	case 126, 127:
		return out, &Why{Probe: probe, Reason: fmt.Sprintf("command not found or not executable (exit code %d)", out.ExitCode)}
	}
	reason := fmt.Sprintf("exit code %d", out.ExitCode)
	if line := firstLine(out.Stderr); line != "" {
		reason += ": " + line
	}
	return out, &Why{Probe: probe, Reason: reason}
}

// firstLine returns the first non-blank line, printable and capped, for reasons shown to people.
func firstLine(b []byte) string {
	const limit = 160
	line := make([]rune, 0, limit)
	for _, r := range string(b) {
		if r == '\n' || r == '\r' {
			if len(line) > 0 {
				break
			}
			continue
		}
		if len(line) == 0 && (r == ' ' || r == '\t') {
			continue
		}
		if r < ' ' || r == 0x7f || r == '\uFFFD' || (r >= 0x80 && r < 0xa0) {
			r = '?'
		}
		if len(line) == limit {
			return string(line) + "…"
		}
		line = append(line, r)
	}
	return string(line)
}
