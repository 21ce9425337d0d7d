// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

// Guest runs one command at a time on a guest through a Packer communicator.
type Guest struct {
	// Communicator is Packer's.
	Communicator packersdk.Communicator
	// Wrap puts the configured execute_command around a command; nil leaves it as it is.
	Wrap func(command string) (string, error)
	// Timeout bounds one exec on the Packer host, since neither the communicator nor
	// the guest can be relied on to end one. Zero means [DefaultTimeout].
	Timeout time.Duration
	// Progress is told what the collector says on stderr, line by line; nil drops it.
	Progress func(line string)
}

// DefaultTimeout is longer than all probes' own bounds that are likely to be used
// up together.
const DefaultTimeout = 10 * time.Minute

// maxStderr bounds what is kept of the stderr of one exec, in bytes.
const maxStderr = 1 << 20

// ErrDisconnected means that the guest's connection ended before the command did.
var ErrDisconnected = errors.New("the connection to the guest ended")

// Result is how one exec ended.
type Result struct {
	// ExitCode is what the communicator says. 0 is no proof that the command ran to
	// its end: Packer's SSH communicator also says 0 for some broken connections.
	ExitCode int
	// Stdout is at most [MaxStream] bytes.
	Stdout []byte
	// Stderr is at most 1 MiB.
	Stderr []byte
}

// Run runs one command and returns what came, also with an error: when the context
// or the timeout ended it, the guest may still be working, since a communicator
// cannot stop a command.
func (g *Guest) Run(ctx context.Context, command string) (Result, error) {
	if g.Wrap != nil {
		wrapped, err := g.Wrap(command)
		if err != nil {
			return Result{}, fmt.Errorf("execute_command: %w", err)
		}
		command = wrapped
	}
	timeout := g.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return Result{}, g.ended(err, timeout)
	}

	stdout := &boundedBuffer{limit: MaxStream}
	stderr := &boundedBuffer{limit: maxStderr, lines: g.Progress}
	cmd := &packersdk.RemoteCmd{Command: command, Stdout: stdout, Stderr: stderr}

	// Start and Wait know no context: they are left behind when it ends, and their
	// buffers take no more.
	done := make(chan error, 1)
	go func() {
		if err := g.Communicator.Start(context.WithoutCancel(ctx), cmd); err != nil {
			done <- fmt.Errorf("start the command on the guest: %w", err)
			return
		}
		cmd.Wait()
		done <- nil
	}()
	select {
	case err := <-done:
		result := Result{Stdout: stdout.close(), Stderr: stderr.close()}
		if err != nil {
			return result, err
		}
		result.ExitCode = cmd.ExitStatus()
		if result.ExitCode == packersdk.CmdDisconnect {
			return result, fmt.Errorf("%w without an exit status", ErrDisconnected)
		}
		return result, nil
	case <-ctx.Done():
		return Result{ExitCode: -1, Stdout: stdout.close(), Stderr: stderr.close()}, g.ended(ctx.Err(), timeout)
	}
}

// ended words why the context is over. Packer gives a provisioner that it retries
// the context of the first try, which is over before the second begins.
func (g *Guest) ended(err error, timeout time.Duration) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer from the guest within %s (command_timeout): %w", timeout, err)
	}
	return fmt.Errorf("stopped by Packer: an interrupt, or the provisioner's own timeout, which stays used up when max_retries tries again: %w", err)
}

// Collect runs the collector in one exec. The collection is returned in every
// case, with what came; its Problem says why it is not complete.
func (g *Guest) Collect(ctx context.Context, now func() time.Time) (evidence.Collection, error) {
	nonce, err := NewNonce()
	if err != nil {
		return evidence.Collection{}, err
	}
	collection := evidence.Collection{
		Started: stamp(now()), Collector: Digest(), Nonce: nonce,
	}
	result, runErr := g.Run(ctx, Command(nonce))
	collection.Ended = stamp(now())
	probes, _, parseErr := Parse(result.Stdout, nonce)
	collection.Probes = probes
	if collection.Probes == nil {
		collection.Probes = []evidence.Probe{}
	}
	switch {
	case parseErr == nil:
		// The last line arrived: that is the proof, whatever the communicator says.
	case runErr != nil:
		err = fmt.Errorf("%w (%w)", runErr, parseErr)
	case errors.Is(parseErr, ErrNoHeader):
		err = fmt.Errorf("the collector did not start (exit code %d%s); a POSIX shell at /bin/sh, and an execute_command that runs {{.Command}}, are needed: %w",
			result.ExitCode, saying(result.Stderr), parseErr)
	default:
		err = fmt.Errorf("exit code %d%s: %w", result.ExitCode, saying(result.Stderr), parseErr)
	}
	if err != nil {
		collection.Problem = err.Error()
	}
	return collection, err
}

// saying quotes the last line of stderr that is not progress.
func saying(stderr []byte) string {
	lines := bytes.Split(bytes.TrimSpace(stderr), []byte{'\n'})
	for i := len(lines) - 1; i >= 0; i-- {
		line := bytes.TrimSpace(lines[i])
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("collecting ")) {
			return fmt.Sprintf(", saying %q", clip(line))
		}
	}
	return ""
}

// stamp is the form of times in evidence: UTC, to the millisecond, no monotonic clock.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// boundedBuffer keeps the first limit bytes, swallows the rest, and takes nothing
// more once closed, since a communicator may go on writing after it was given up.
type boundedBuffer struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	limit  int
	closed bool
	lines  func(string)
	line   []byte
}

var _ io.Writer = (*boundedBuffer)(nil)

// Write implements io.Writer; it never fails, so that the guest's command is not
// stopped by our bound.
func (b *boundedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return len(p), nil
	}
	// One byte over the limit is kept, so that the parser can tell "cut" from "just full".
	if room := b.limit + 1 - b.buf.Len(); room > 0 {
		b.buf.Write(p[:min(room, len(p))])
	}
	if b.lines != nil {
		b.tell(p)
	}
	return len(p), nil
}

func (b *boundedBuffer) tell(p []byte) {
	const longest = 512
	for _, c := range p {
		switch {
		case c == '\n':
			b.lines(string(b.line))
			b.line = b.line[:0]
		case len(b.line) < longest:
			b.line = append(b.line, c)
		}
	}
}

func (b *boundedBuffer) close() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.buf.Bytes()
}
