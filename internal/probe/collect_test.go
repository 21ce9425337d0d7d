// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
)

// A collection over Packer's own SSH communicator: one channel, and every probe reads.
func TestCollectionIsOneChannelAndReadsTheWholeHost(t *testing.T) {
	for _, pty := range []bool{false, true} {
		host := simulate(t, aixsim.Default())
		host.pty = pty
		collection, err := host.guest(t).Collect(t.Context(), time.Now)
		if err != nil {
			t.Fatalf("pty=%t: %v", pty, err)
		}
		if host.channels() != 1 {
			t.Errorf("pty=%t: %d channels", pty, host.channels())
		}
		facts := collection.Facts()
		if name, _ := facts.Management.Interface.Get(); name != "en1" {
			t.Errorf("pty=%t: management interface %q", pty, name)
		}
		for _, u := range aix.Unknowns(*facts) {
			t.Errorf("pty=%t: %s is unknown: %s", pty, u.Path, u.Why)
		}
	}
}

// A person who is not root, or root by sudo, collects with one channel too; what is
// not shown to others than root is unknown.
func TestCollectionWithoutRootKnowsLessAndNeverOtherwise(t *testing.T) {
	host := simulate(t, aixsim.Default())
	host.user, host.wrap = "operator", "sudo -n "
	asRoot, err := host.guest(t).Collect(t.Context(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	host.wrap = ""
	asOther, err := host.guest(t).Collect(t.Context(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if host.channels() != 2 {
		t.Errorf("%d channels for two collections", host.channels())
	}
	less := asOther.Facts()
	if root, known := less.System.Root.Get(); root || !known {
		t.Errorf("root: %v, known: %v", root, known)
	}
	unknown := sameOrUnknown(t, values(t, asRoot.Facts()), values(t, less), "system.root", "system.time", "rc_tcpip")
	if unknown == 0 {
		t.Error("everything is known without root")
	}
}

// values are the facts by path; an unknown one is nil.
func values(t *testing.T, facts *aix.Facts) map[string]any {
	t.Helper()
	encoded, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(encoded, &tree); err != nil {
		t.Fatal(err)
	}
	found := map[string]any{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				walk(strings.TrimPrefix(path+"."+name, "."), value)
			}
		case []any:
			found[path+".length"] = float64(len(v))
			for i, value := range v {
				walk(fmt.Sprintf("%s.%d", path, i), value)
			}
		default:
			found[path] = v
		}
	}
	walk("", tree)
	return found
}

// sameOrUnknown fails the test where a fact has another value than it had, and
// counts those that became unknown. Paths that begin with one of the last words are
// left out, as are words that only explain.
func sameOrUnknown(t *testing.T, was, is map[string]any, except ...string) (unknown int) {
	t.Helper()
	except = append(except, "management.reason", "management.candidates", "disagreements")
	for path, value := range was {
		left := slices.ContainsFunc(except, func(e string) bool { return strings.HasPrefix(path, e) })
		now, there := is[path]
		for parent := path; !there && strings.Contains(parent, "."); {
			parent = parent[:strings.LastIndexByte(parent, '.')]
			now, there = is[parent]
		}
		switch {
		case left || value == nil:
		case there && now == nil:
			unknown++
		case now != value:
			t.Errorf("%s is %v (there: %v), was %v", path, now, there, value)
		}
	}
	return unknown
}

// cuts are about so many numbers of bytes from 1 to all, with no regular distance.
func cuts(all int64, count int64) []int64 {
	var at []int64
	for n := all / count / 2; n < all; n += all/count + n%7 {
		at = append(at, max(1, n))
	}
	return at
}

// A link that is cut anywhere leaves a collection that says so, in which no fact has
// another value than it would have.
func TestLinkCutAnywhereIsSeen(t *testing.T) {
	for _, c := range []struct {
		name   string
		server func(*testing.T) login
		count  int64
	}{
		{"simulator", func(t *testing.T) login { return simulate(t, aixsim.Default()) }, 25},
		{"sshd", openSSH, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if reason := noOpenSSH(); c.name == "sshd" && reason != "" {
				leftOut(t, "OpenSSH's server: "+reason)
				return
			}
			host := c.server(t)
			direct := newLink(t, host.address, -1, false)
			through := host
			through.address = direct.listener.Addr().String()
			whole, err := through.guest(t).Collect(t.Context(), time.Now)
			if err != nil {
				t.Fatal(err)
			}
			direct.mu.Lock()
			all := direct.passed
			direct.mu.Unlock()
			was := values(t, whole.Facts())
			seen := 0
			for _, n := range cuts(all-200, c.count) {
				cut := newLink(t, host.address, n, false)
				through.address = cut.listener.Addr().String()
				guest, err := through.connect()
				if err != nil {
					continue // cut before anything ran
				}
				seen++
				collection, err := guest.Collect(t.Context(), time.Now)
				if err == nil || collection.Problem == "" {
					t.Errorf("cut after %d of %d bytes: nothing is said of it, %d probes came", n, all, len(collection.Probes))
				}
				if !strings.Contains(collection.Problem, "incomplete") && !errors.Is(err, ErrNoHeader) {
					t.Errorf("cut after %d of %d bytes: %v", n, all, err)
				}
				sameOrUnknown(t, was, values(t, collection.Facts()), "system.time")
				cut.close()
			}
			if seen < int(c.count)/2 {
				t.Errorf("only %d cuts hit a collection", seen)
			}
		})
	}
}

// A link that falls silent without an end is given up after the timeout.
func TestLinkThatStallsIsGivenUp(t *testing.T) {
	host := simulate(t, aixsim.Default())
	stalled := newLink(t, host.address, 6000, true)
	host.address = stalled.listener.Addr().String()
	guest := host.guest(t)
	guest.Timeout = 3 * time.Second
	collection, err := guest.Collect(t.Context(), time.Now)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(collection.Problem, "no answer from the guest within 3s (command_timeout)") {
		t.Errorf("got %v, problem %q", err, collection.Problem)
	}
}

// answering is a communicator that writes bytes and reports an exit status, whatever
// happened to the link.
type answering struct {
	packersdk.Communicator
	stdout func(command string) string
	status int
	err    error
}

func (s answering) Start(_ context.Context, cmd *packersdk.RemoteCmd) error {
	if s.err != nil {
		return s.err
	}
	go func() {
		_, _ = io.WriteString(cmd.Stdout, s.stdout(cmd.Command))
		cmd.SetExited(s.status)
	}()
	return nil
}

// Packer's communicator reports 0 for some links that broke: only the last line of
// the collection proves that it is whole.
func TestExitStatusIsNoProofOfAnything(t *testing.T) {
	answer := func(part float64) func(string) string {
		return func(command string) string {
			_, nonce, _ := strings.Cut(command, "RSCT_NONCE=")
			nonce, _, _ = strings.Cut(nonce, "\n")
			text := strings.ReplaceAll(stream(plain), testNonce, nonce)
			return text[:int(part*float64(len(text)))]
		}
	}
	for _, c := range []struct {
		name    string
		says    answering
		problem string
	}{
		{"whole, status 0", answering{stdout: answer(1)}, ""},
		{"whole, another status", answering{stdout: answer(1), status: 7}, ""},
		{"whole, disconnected", answering{stdout: answer(1), status: packersdk.CmdDisconnect}, ""},
		{"half, status 0", answering{stdout: answer(0.5)}, "exit code 0: the collection is incomplete"},
		{"half, disconnected", answering{stdout: answer(0.5), status: packersdk.CmdDisconnect}, "the connection to the guest ended without an exit status (the collection is incomplete"},
		{"nothing, status 0", answering{stdout: answer(0)}, "the collector did not start (exit code 0)"},
		{"an answer of another collection", answering{stdout: func(string) string { return stream(plain) }}, "the collector did not start"},
		{"no channel", answering{err: errors.New("administratively prohibited")}, "start the command on the guest: administratively prohibited"},
	} {
		t.Run(c.name, func(t *testing.T) {
			guest := &Guest{Communicator: c.says, Timeout: time.Minute}
			collection, err := guest.Collect(t.Context(), time.Now)
			if (err == nil) != (c.problem == "") || !strings.HasPrefix(collection.Problem, c.problem) {
				t.Errorf("got %v, problem %q, want %q", err, collection.Problem, c.problem)
			}
			if collection.Probes == nil || collection.Collector != Digest() || collection.Ended.Before(collection.Started) {
				t.Errorf("a collection without its particulars: %+v", collection)
			}
		})
	}
}

// What Packer's interrupt or a used-up timeout leaves behind is said as well.
func TestInterruptIsSaid(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	guest := &Guest{Communicator: answering{stdout: func(string) string { return "" }}}
	if collection, err := guest.Collect(ctx, time.Now); err == nil || !strings.Contains(collection.Problem, "stopped by Packer") {
		t.Errorf("got %v, %q", err, collection.Problem)
	}
}

// Every cut of what a real collection sent is seen, and leaves facts as they are or unknown.
func TestEveryCutOfARealCollectionIsSeen(t *testing.T) {
	host := simulate(t, aixsim.Default())
	result, err := host.guest(t).Run(t.Context(), Command(testNonce))
	if err != nil {
		t.Fatal(err)
	}
	sent := result.Stdout
	for n := range len(sent) - 1 {
		if _, _, err := Parse(sent[:n], testNonce); err == nil {
			t.Fatalf("cut after %d of %d bytes: taken for whole", n, len(sent))
		}
	}
	if _, _, err := Parse(sent[:len(sent)-1], testNonce); err == nil {
		t.Error("the newline of the last line is missing: taken for whole")
	}
}
