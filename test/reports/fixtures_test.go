// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/provisioner/rsct"
)

var (
	update  = flag.Bool("update", false, "render the golden reports again")
	collect = flag.Bool("collect", false, "collect the evidence of the golden reports again, from simulated hosts")
)

// communicator is Packer's communicator over a simulated host, without a network.
type communicator struct {
	packersdk.MockCommunicator
	host *aixsim.Host
	// most bounds what one command prints, as a connection that breaks does; 0 for no bound.
	most int
}

func (c *communicator) Start(ctx context.Context, cmd *packersdk.RemoteCmd) error {
	var out bytes.Buffer
	code := c.host.Run(ctx, "root", cmd.Command, cmd.Stdin, &out, cmd.Stderr)
	content := out.Bytes()
	if c.most > 0 && len(content) > c.most {
		content = content[:c.most]
	}
	if _, err := io.Copy(cmd.Stdout, bytes.NewReader(content)); err != nil {
		return err
	}
	cmd.SetExited(code)
	return nil
}

// step is a provisioner block of a build: a mode of ours, or commands of somebody else.
type step struct {
	mode, commands string
	// most is communicator.most of this step.
	most int
}

// builds are the builds whose evidence the golden reports are made of.
var builds = map[string]struct {
	host  string
	steps []step
}{
	"healthy":  {"powervs-aix73.hcl", []step{{mode: "baseline"}, {commands: "mkdir /opt/site"}, {mode: "checkpoint"}, {mode: "final"}}},
	"broken":   {"aix71-rsct-3.2.0.0.hcl", []step{{mode: "baseline"}, {commands: "ifconfig en1 down detach; chdev -l en1 -a netaddr6='' -a state=down; stopsrc -cs ctrmc"}, {mode: "final"}}},
	"restored": {"powervs-aix73.hcl", []step{{mode: "baseline"}, {commands: "ifconfig en1 down detach"}, {mode: "checkpoint"}, {commands: "mkdir /opt/site"}, {mode: "final"}}},
	"waived":   {"aix71-rsct-3.2.0.0.hcl", []step{{mode: "baseline"}, {mode: "final"}}},
	// The connection breaks after so many bytes.
	"incomplete": {"powervs-aix73.hcl", []step{{mode: "baseline"}, {mode: "final", most: 20000}}},
}

// TestCollectTheEvidenceOfTheGoldenReports runs the builds on simulated hosts with the
// real provisioner, and keeps their evidence with a fixed clock and fixed nonces. It
// only runs when asked to: the point of the evidence is that it stays as it is.
func TestCollectTheEvidenceOfTheGoldenReports(t *testing.T) {
	if !*collect {
		t.Skip("the evidence is a fixture; -collect makes it again")
	}
	for name, build := range builds {
		t.Run(name, func(t *testing.T) {
			definition, err := aixsim.LoadFile(filepath.Join("..", "..", "example", "hosts", build.host))
			if err != nil {
				t.Fatal(err)
			}
			host, err := aixsim.New(definition)
			if err != nil {
				t.Fatal(err)
			}
			defer host.Close()
			dir := t.TempDir()
			t.Setenv("PACKER_RUN_UUID", "0c5d9f0e-7a3b-4c1d-9e2f-5b6a7c8d9e0f")
			for _, s := range build.steps {
				if s.commands != "" {
					host.Run(t.Context(), "root", s.commands, nil, nil, nil)
					continue
				}
				var p rsct.Provisioner
				if err := p.Prepare(map[string]any{
					"mode": s.mode, "evidence_dir": dir, "packer_builder_type": "powervs", "packer_build_name": "aix",
					"restore": name != "broken", "packer_core_version": "1.16.0",
				}); err != nil {
					t.Fatal(err)
				}
				err := p.Provision(t.Context(), packersdk.TestUi(t), &communicator{host: host, most: s.most}, map[string]any{})
				t.Log(s.mode, err)
			}
			found, err := filepath.Glob(filepath.Join(dir, "rsct", "*", "*", "evidence.json"))
			if err != nil || len(found) != 1 {
				t.Fatal(found, err)
			}
			file, err := os.Open(found[0])
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			record, err := evidence.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			fix(record)
			content, err := record.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join("cases", "testdata", "evidence", name+".json"), content, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// fix gives a record the times and nonces of no run in particular.
func fix(record *evidence.Record) {
	start := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	record.Run.Plugin = "0.1.0"
	for i := range record.Collections {
		c := &record.Collections[i]
		c.Started = start.Add(time.Duration(i) * 7 * time.Minute)
		c.Ended = c.Started.Add(3*time.Second + 250*time.Millisecond)
		c.Nonce = fmt.Sprintf("%032x", i+1)
	}
}
