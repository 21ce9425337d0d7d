// SPDX-License-Identifier: MPL-2.0

// Package evidence is the record of what a guest said during one Packer build: raw
// outputs, bound to the run and its source, never edited afterwards.
package evidence

//go:generate go run ./gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// Schema names the shape of a record; docs/schemas/evidence-v1.schema.json describes it.
const Schema = "packer-plugin-rsct/evidence/v1"

// MaxSize bounds a record read from disk, in bytes.
const MaxSize = 512 << 20

// The modes of a collection.
const (
	ModeBaseline   = "baseline"
	ModeCheckpoint = "checkpoint"
	ModeFinal      = "final"
)

// Record is the evidence of one source of one Packer run.
type Record struct {
	// Schema names the shape of the record.
	Schema string `json:"schema" jsonschema:"enum=packer-plugin-rsct/evidence/v1"`
	// Run identifies the Packer run and source that the evidence belongs to.
	Run Run `json:"run"`
	// Collections are in the order they were made.
	Collections []Collection `json:"collections"`
	// Restorations are in the order they ran.
	Restorations []Restoration `json:"restorations"`
}

// Run identifies the Packer run and source that the evidence belongs to. All but
// Source are empty for evidence collected by hand.
type Run struct {
	// UUID is PACKER_RUN_UUID.
	UUID string `json:"uuid" jsonschema:"pattern=^([0-9A-Za-z][0-9A-Za-z-]{7\\,63})?$"`
	// Source is the builder type and the source's name, as in "powervs.aix", or the
	// file's name for evidence collected by hand.
	Source string `json:"source"`
	// Plugin is the version of this plugin.
	Plugin string `json:"plugin"`
	// PluginDigest is the digest of the plugin's own binary, "sha256:" and lower-case
	// hex; empty where the operating system does not let it be read.
	PluginDigest string `json:"plugin_digest" jsonschema:"pattern=^(sha256:[0-9a-f]{64})?$"`
	// Packer is the version of Packer.
	Packer string `json:"packer"`
}

// Collection is what one run of the collector brought back.
type Collection struct {
	// Mode is baseline, checkpoint or final.
	Mode string `json:"mode" jsonschema:"enum=baseline,enum=checkpoint,enum=final"`
	// Sequence counts the collections of the record from 1.
	Sequence int `json:"sequence" jsonschema:"minimum=1"`
	// Proof is true for the collection that was made to prove a restoration.
	Proof bool `json:"proof"`
	// Started is when the collection began, by the Packer host's clock, in UTC, to the
	// millisecond. For a collection by hand, of which that clock knows nothing, it and
	// Ended are the year 1.
	Started time.Time `json:"started"`
	// Ended is when the collection was over, by the same clock.
	Ended time.Time `json:"ended"`
	// Collector is the digest of the collector script, "sha256:" and lower-case hex;
	// empty for a collection by hand, of which nobody knows with what script it was made.
	Collector string `json:"collector" jsonschema:"pattern=^(sha256:[0-9a-f]{64})?$"`
	// Nonce is the nonce of the frames.
	Nonce string `json:"nonce" jsonschema:"pattern=^[0-9a-f]{8\\,64}$"`
	// ManagementInterface is the interface that the configuration named; empty when detected.
	ManagementInterface string `json:"management_interface"`
	// Problem says why the collection is not complete; empty when it is.
	Problem string `json:"problem"`
	// Probes are in the order they ran; of an incomplete collection, those that came whole.
	Probes []Probe `json:"probes"`
	// Judgement is what the provisioner concluded from it; nil when it did not judge.
	Judgement *Judgement `json:"judgement"`
}

// Judgement is what the provisioner concluded during the build. The post-processor
// judges again; it refuses when the policy is not the same.
type Judgement struct {
	// Policy is the digest of the policy, "sha256:…".
	Policy string `json:"policy" jsonschema:"pattern=^sha256:[0-9a-f]{64}$"`
	// FailOn is "error", "warning" or "never".
	FailOn string `json:"fail_on" jsonschema:"enum=error,enum=warning,enum=never"`
	// Verdict is "PASSED", "WARNED" or "FAILED".
	Verdict string `json:"verdict" jsonschema:"enum=PASSED,enum=WARNED,enum=FAILED"`
}

// Complete reports whether every frame and the last line arrived.
func (c *Collection) Complete() bool { return c.Problem == "" }

// Name says which collection this is, for people: "baseline", "checkpoint 2", "final".
func (c *Collection) Name() string {
	name := c.Mode
	if c.Mode == ModeCheckpoint {
		name = fmt.Sprintf("checkpoint %d", c.Sequence)
	}
	if c.Proof {
		name += " (after restoring)"
	}
	return name
}

// Outputs are the probes as the parsers want them.
func (c *Collection) Outputs() aix.Outputs {
	outputs := make(aix.Outputs, len(c.Probes))
	for _, p := range c.Probes {
		outputs[p.Name] = aix.Output{
			Probe: p.Name, Command: p.Command, ExitCode: p.ExitCode,
			Stdout: p.Stdout, Stderr: p.Stderr, Problem: p.Problem,
		}
	}
	return outputs
}

// Facts reads the collection.
func (c *Collection) Facts() *aix.Facts {
	return aix.Read(c.Outputs(), aix.ReadOptions{ManagementInterface: c.ManagementInterface, Started: c.Started, Ended: c.Ended})
}

// Probe is the raw output of one read-only command.
type Probe struct {
	// Name is the probe's name; docs/facts.md lists them.
	Name string `json:"name" jsonschema:"pattern=^[a-z0-9][a-z0-9-]*$"`
	// Command is what ran, as the collector was told to run it.
	Command string `json:"command"`
	// ExitCode is the command's own exit code; -1 where it did not arrive.
	ExitCode int `json:"exit_code" jsonschema:"minimum=-1"`
	// Problem says why the output cannot be trusted to be whole; empty when it is.
	Problem string `json:"problem"`
	// Stdout is what the command wrote, up to the collector's limit.
	Stdout Bytes `json:"stdout"`
	// Stderr is what the command wrote beside it, without the last newline.
	Stderr Bytes `json:"stderr"`
}

// Bytes are bytes of a guest in JSON: a string when they are UTF-8, and otherwise
// {"base64": "…"}, since guests answer in other encodings too and nothing may be lost.
type Bytes []byte

// MarshalJSON implements json.Marshaler.
func (b Bytes) MarshalJSON() ([]byte, error) {
	if utf8.Valid(b) {
		return marshal(string(b))
	}
	return marshal(map[string]string{"base64": base64.StdEncoding.EncodeToString(b)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*b = []byte(text)
		return nil
	}
	var encoded struct {
		Base64 *string `json:"base64"`
	}
	if err := json.Unmarshal(data, &encoded); err != nil || encoded.Base64 == nil {
		return fmt.Errorf(`expected a string or {"base64": "…"}, got %.40s`, data)
	}
	raw, err := base64.StdEncoding.DecodeString(*encoded.Base64)
	if err != nil {
		return fmt.Errorf("base64: %w", err)
	}
	*b = raw
	return nil
}

// Restoration is one attempt to put the management interface back.
type Restoration struct {
	// After is the sequence of the collection whose drift it repairs.
	After int `json:"after"`
	// ProvedBy is the sequence of the collection made afterwards; 0 when none was made.
	ProvedBy int `json:"proved_by"`
	// Restored is true when that collection equals the baseline again.
	Restored bool `json:"restored"`
	// Problem says what stopped it; empty when every step ran.
	Problem string `json:"problem"`
	// Steps are the commands in their order.
	Steps []Step `json:"steps"`
}

// Step is one command of a restoration.
type Step struct {
	// Repairs says what it puts back, in words.
	Repairs string `json:"repairs"`
	// Command is what ran, or would have run.
	Command string `json:"command"`
	// Ran is false for a step that was not reached.
	Ran bool `json:"ran"`
	// ExitCode is the command's exit code.
	ExitCode int `json:"exit_code"`
	// Output is what it printed on both channels.
	Output Bytes `json:"output"`
}

// Baseline returns the first complete baseline, or nil.
func (r *Record) Baseline() *Collection {
	for i := range r.Collections {
		if c := &r.Collections[i]; c.Mode == ModeBaseline && c.Complete() {
			return c
		}
	}
	return nil
}

// Final returns the last collection if its mode is final, or nil: a later
// checkpoint means that the build went on after it.
func (r *Record) Final() *Collection {
	if len(r.Collections) == 0 {
		return nil
	}
	if c := &r.Collections[len(r.Collections)-1]; c.Mode == ModeFinal {
		return c
	}
	return nil
}

// Last returns the last collection, or nil.
func (r *Record) Last() *Collection {
	if len(r.Collections) == 0 {
		return nil
	}
	return &r.Collections[len(r.Collections)-1]
}

// canonical returns the record with lists that are empty rather than null, and with
// times in UTC, so that what is the same is written the same.
func (r *Record) canonical() *Record {
	c := *r
	c.Collections = append([]Collection{}, r.Collections...)
	for i := range c.Collections {
		collection := &c.Collections[i]
		collection.Started, collection.Ended = collection.Started.UTC(), collection.Ended.UTC()
		collection.Probes = append([]Probe{}, collection.Probes...)
	}
	c.Restorations = append([]Restoration{}, r.Restorations...)
	for i := range c.Restorations {
		c.Restorations[i].Steps = append([]Step{}, c.Restorations[i].Steps...)
	}
	return &c
}

// Encode returns the canonical bytes: the same record gives the same bytes, however
// it was written down before.
func (r *Record) Encode() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r.canonical()); err != nil {
		return nil, fmt.Errorf("encode evidence: %w", err)
	}
	return out.Bytes(), nil
}

// DigestOf returns "sha256:" and the lower-case hex digest of encoded evidence.
func DigestOf(encoded []byte) string {
	sum := sha256.Sum256(encoded)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Decode reads a record. It refuses another schema, unknown fields, trailing text,
// and a record that contradicts itself.
func Decode(r io.Reader) (*Record, error) {
	limited := &io.LimitedReader{R: r, N: MaxSize + 1}
	decoder := json.NewDecoder(limited)
	decoder.DisallowUnknownFields()
	var record Record
	if err := decoder.Decode(&record); err != nil {
		return nil, fmt.Errorf("decode evidence: %w", err)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("decode evidence: larger than %d MiB", MaxSize>>20)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("decode evidence: text after the end of the document")
	}
	if record.Schema != Schema {
		return nil, fmt.Errorf("decode evidence: schema is %q, this plugin reads %q", record.Schema, Schema)
	}
	for i, c := range record.Collections {
		switch c.Mode {
		case ModeBaseline, ModeCheckpoint, ModeFinal:
		default:
			return nil, fmt.Errorf("decode evidence: collection %d: mode is %q, expected baseline, checkpoint or final", i+1, c.Mode)
		}
		if c.Sequence != i+1 {
			return nil, fmt.Errorf("decode evidence: collection %d says it is number %d", i+1, c.Sequence)
		}
		if err := sound(c.Probes, c.Complete()); err != nil {
			return nil, fmt.Errorf("decode evidence: collection %d: %w", i+1, err)
		}
	}
	return &record, nil
}

// sound checks that no probe stands in a collection twice, and that a collection
// that calls itself complete is not empty. It does not ask for every probe that this
// plugin knows: evidence of an earlier plugin lacks the newer ones, and is judged
// again all the same, with the facts of a probe that is not there unknown
// ([aix.Read]). So a probe that was taken out of a record hides nothing: what it
// would have told is undetermined, and never passes.
func sound(probes []Probe, complete bool) error {
	if complete && len(probes) == 0 {
		return errors.New("it says that it is complete, but holds no probe")
	}
	seen := map[string]bool{}
	for _, p := range probes {
		if seen[p.Name] {
			return fmt.Errorf("probe %s stands in it twice", p.Name)
		}
		seen[p.Name] = true
	}
	return nil
}

// marshal is json.Marshal without HTML escaping, so that evidence stays readable.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), nil
}
