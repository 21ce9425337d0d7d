// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

// hostCommunicator runs commands in a simulated host without a network.
type hostCommunicator struct {
	packersdk.Communicator
	host *aixsim.Host
	// before is told each command before it runs, with its number from 1; an error
	// keeps it from running, as a link that is gone does.
	before func(number int, command string) error
	// after is told when it has run; an error loses its exit status.
	after func(number int, command string) error
	count int
}

func (c *hostCommunicator) Start(ctx context.Context, cmd *packersdk.RemoteCmd) error {
	c.count++
	number := c.count
	if c.before != nil {
		if err := c.before(number, cmd.Command); err != nil {
			return err
		}
	}
	go func() {
		code := c.host.Run(ctx, "root", cmd.Command, nil, cmd.Stdout, cmd.Stderr)
		if c.after != nil {
			if err := c.after(number, cmd.Command); err != nil {
				code = packersdk.CmdDisconnect
			}
		}
		cmd.SetExited(code)
	}()
	return nil
}

// screenText is a Ui that keeps what it is told.
type screenText struct {
	packersdk.Ui
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screenText) say(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.WriteString(message + "\n")
}

func (s *screenText) Say(message string)                { s.say(message) }
func (s *screenText) Sayf(format string, args ...any)   { s.say(fmt.Sprintf(format, args...)) }
func (s *screenText) Error(message string)              { s.say(message) }
func (s *screenText) Errorf(format string, args ...any) { s.say(fmt.Sprintf(format, args...)) }
func (s *screenText) Machine(string, ...string)         {}
func (s *screenText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

const testRun = "0f8c2b1e-4a53-4d62-9b1f-3d8a7c5e9b10"

func TestMain(m *testing.M) {
	os.Setenv("PACKER_RUN_UUID", testRun)
	defaultChecks(500)
	log.SetOutput(io.Discard) // the collector's progress
	os.Exit(m.Run())
}

// block is one rsct block of a template, run against a communicator.
type block struct {
	mode    string
	dir     string
	options map[string]any
}

// prepare makes the block's provisioner.
func (b block) prepare() (*Provisioner, error) {
	p := &Provisioner{}
	config := map[string]any{"mode": b.mode, "evidence_dir": b.dir, "rmc_wait": "1ms", "packer_build_name": "aix", "packer_builder_type": "null"}
	for name, value := range b.options {
		config[name] = value
	}
	return p, p.Prepare(config)
}

// run runs the block and returns what the screen shows.
func (b block) run(ctx context.Context, comm packersdk.Communicator) (string, error) {
	p, err := b.prepare()
	if err != nil {
		return "", err
	}
	ui := &screenText{}
	err = p.Provision(ctx, ui, comm, nil)
	return ui.String(), err
}

// record reads the evidence that blocks left in a folder.
func record(t interface{ Fatalf(string, ...any) }, dir string) *evidence.Record {
	files, _ := filepath.Glob(filepath.Join(dir, "rsct", "*", "*", "evidence.json"))
	if len(files) != 1 {
		t.Fatalf("%d evidence files in %s", len(files), dir)
	}
	file, err := os.Open(files[0])
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer file.Close()
	r, err := evidence.Decode(file)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

func says(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		// The screen folds and aligns: what counts are the words.
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(w), " ")) {
			t.Errorf("expected to see %q in:\n%s", w, text)
		}
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	return ctx
}
