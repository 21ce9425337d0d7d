// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A fault is a FaultBlock that counts.
type fault struct {
	*FaultBlock
	arguments *regexp.Regexp
	mu        sync.Mutex
	seen      int
	happened  int
}

func compileFault(f *FaultBlock) (*fault, error) {
	compiled := &fault{FaultBlock: f}
	if f.Arguments != nil {
		re, err := regexp.Compile(*f.Arguments)
		if err != nil {
			return nil, err
		}
		compiled.arguments = re
	}
	return compiled, nil
}

// faultFor finds the fault that happens to a call, if one does.
func (h *Host) faultFor(c *call) (*fault, bool) {
	h.mu.Lock()
	faults := h.faults
	h.mu.Unlock()
	for _, f := range faults {
		name := str(f.Command)
		if name != c.path && name != c.args[0] && name != path.Base(c.args[0]) {
			continue
		}
		if f.arguments != nil && !f.arguments.MatchString(strings.Join(c.args[1:], " ")) {
			continue
		}
		f.mu.Lock()
		f.seen++
		happens := f.seen > num(f.After, 0) && (num(f.Times, 0) == 0 || f.happened < num(f.Times, 0))
		if happens {
			f.happened++
		}
		f.mu.Unlock()
		if happens {
			return f, true
		}
	}
	return nil, false
}

// run makes the fault happen. It says whether the command is done with; a delay
// or a cut alone lets it run.
func (f *fault) run(c *call) (int, bool) {
	if f.Delay != nil {
		if pause(c.ctx, time.Duration(*f.Delay*float64(time.Second))) != nil {
			return 128 + c.proc.signal, true
		}
	}
	if f.Cut != nil {
		c.host.cutConnection(c.proc, *f.Cut)
	}
	if yesno(f.Missing) {
		return c.fail(127, "ksh: %s:  not found.\n", c.args[0]), true
	}
	if f.Stdout != nil {
		c.write(*f.Stdout)
	}
	if f.Stderr != nil {
		c.errorf("%s", *f.Stderr)
	}
	if f.Flood != nil {
		line := append(bytes.Repeat([]byte("x"), 79), '\n')
		for left := *f.Flood; left > 0; left -= int64(len(line)) {
			if left < int64(len(line)) {
				line = line[:left]
			}
			if _, err := c.out.Write(line); err != nil {
				return 1, true
			}
		}
	}
	if yesno(f.Hang) {
		<-c.ctx.Done()
		return 128 + c.proc.signal, true
	}
	if f.ExitCode != nil {
		return *f.ExitCode, true
	}
	return 0, yesno(f.Lie) || f.Stdout != nil || f.Stderr != nil || f.Flood != nil
}

// Fault makes commands misbehave from now on, in place of the faults so far; with none
// all commands are as they should be again.
func (h *Host) Fault(blocks ...*FaultBlock) error {
	var faults []*fault
	for _, b := range blocks {
		f, err := compileFault(b)
		if err != nil {
			return err
		}
		faults = append(faults, f)
	}
	h.mu.Lock()
	h.faults = faults
	h.mu.Unlock()
	return nil
}
