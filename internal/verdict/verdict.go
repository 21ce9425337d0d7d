// SPDX-License-Identifier: MPL-2.0

// Package verdict is the one way to judge: evidence, policy and image go in;
// findings, drift, identities and the verdict come out. The provisioner, the
// post-processor and the command line all judge here, so that they cannot differ.
package verdict

import (
	"context"
	"fmt"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// The verdicts.
const (
	Passed = "PASSED"
	Warned = "WARNED"
	Failed = "FAILED"
)

// The values of fail_on: the least severity that shuts the gate.
const (
	FailOnError   = "error"
	FailOnWarning = "warning"
	FailOnNever   = "never"
)

// CheckFailOn returns an error for any other value.
func CheckFailOn(value string) error {
	switch value {
	case FailOnError, FailOnWarning, FailOnNever:
		return nil
	}
	return fmt.Errorf("fail_on is %q, expected error, warning or never", value)
}

// Input is all that a judgement depends on.
type Input struct {
	Record *evidence.Record
	// Image is nil before there is one.
	Image  *image.Facts
	Policy *policy.Policy
	// FailOn is error, warning or never.
	FailOn string
	// AsOf is the day of judging, by which waivers expire.
	AsOf time.Time
}

// Result is what a judgement concludes. The same input gives the same result.
type Result struct {
	// Verdict is PASSED, WARNED or FAILED.
	Verdict string `json:"verdict"`
	// GateOpen is true when the build may go on. With fail_on = "never" the gate is
	// open whatever the verdict.
	GateOpen bool `json:"gate_open"`
	// Because says in one sentence why the verdict is what it is.
	Because string `json:"because"`
	FailOn  string `json:"fail_on"`
	AsOf    string `json:"as_of"`
	// Health is what Power VS is expected to show for a VM deployed from the image.
	Health policy.Health `json:"health"`
	Counts Counts        `json:"counts"`
	// Findings are all findings in a fixed order.
	Findings []policy.Finding     `json:"findings"`
	Waivers  []policy.WaiverState `json:"waivers"`
	Skipped  []policy.Skipped     `json:"skipped"`
	// Drift is what differed from the baseline at any time, restored or not.
	Drift []drift.Item `json:"drift"`
	// Policy is the policy's digest, "sha256:…".
	Policy string `json:"policy"`
	// Run is the identity of the Packer run and source.
	Run evidence.Run `json:"run"`
	// Collection is the name of the collection judged, and Collected its end.
	Collection string    `json:"collection"`
	Collected  time.Time `json:"collected"`
	// Facts are those of the collection judged; Unknowns lists what it could not tell.
	Facts    *aix.Facts        `json:"facts"`
	Unknowns []aix.UnknownFact `json:"unknowns"`
	Image    *image.Facts      `json:"image"`
}

// Counts counts findings by status, failures by severity.
type Counts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Notices  int `json:"notices"`
	// Undetermined are counted apart, and shut the gate like failures of their severity.
	Undetermined  int `json:"undetermined"`
	Passed        int `json:"passed"`
	Waived        int `json:"waived"`
	NotApplicable int `json:"not_applicable"`
}

// Judge judges the last collection of the record.
func Judge(ctx context.Context, in Input) (*Result, error) {
	last := in.Record.Last()
	if last == nil {
		return nil, fmt.Errorf("judge: the evidence holds no collection")
	}
	if err := CheckFailOn(in.FailOn); err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	result := &Result{
		FailOn: in.FailOn, AsOf: in.AsOf.UTC().Format(time.DateOnly),
		Policy: in.Policy.Digest(), Run: in.Record.Run,
		Collection: last.Name(), Collected: last.Ended, Facts: last.Facts(), Image: in.Image,
	}
	result.Unknowns = aix.Unknowns(*result.Facts)
	roots := policy.Roots{Guest: result.Facts, Image: in.Image}
	result.Drift = History(in.Record)
	if baseline := in.Record.Baseline(); baseline != nil && baseline.Sequence != last.Sequence {
		roots.Baseline = &policy.Baseline{Facts: baseline.Facts(), Drift: result.Drift}
	}
	evaluated, err := in.Policy.Evaluate(ctx, roots, in.AsOf)
	if err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	result.Findings, result.Waivers, result.Skipped = evaluated.Findings, evaluated.Waivers, evaluated.Skipped
	result.Health = evaluated.Health
	result.Counts = count(result.Findings)
	result.conclude(last)
	return result, nil
}

// History is the drift of a record: every collection after the baseline against it.
func History(record *evidence.Record) []drift.Item {
	baseline := record.Baseline()
	if baseline == nil {
		return []drift.Item{}
	}
	var snapshots []drift.Snapshot
	seen := 0 // the sequence of the snapshot before
	for i := range record.Collections {
		c := &record.Collections[i]
		if c.Sequence < baseline.Sequence || !c.Complete() {
			continue
		}
		s := drift.Snapshot{Name: c.Name(), Time: c.Ended, Facts: c.Facts(), Proof: c.Proof}
		for _, r := range record.Restorations {
			if r.After < seen || r.After >= c.Sequence {
				continue
			}
			for _, step := range r.Steps {
				if step.Ran {
					s.Commands = append(s.Commands, readable(step))
				}
			}
		}
		seen = c.Sequence
		snapshots = append(snapshots, s)
	}
	return drift.History(snapshots)
}

// readable is a step's command, or for a command that is too long to read in a
// sentence, as one with a whole file in it is, what it repaired. The evidence holds all.
func readable(step evidence.Step) string {
	const limit = 300
	if len(step.Command) <= limit {
		return step.Command
	}
	return fmt.Sprintf("an edit of %d bytes of shell, which the evidence holds (%s)", len(step.Command), step.Repairs)
}

func count(findings []policy.Finding) Counts {
	var c Counts
	for _, f := range findings {
		switch f.Status {
		case policy.Pass:
			c.Passed++
		case policy.Waived:
			c.Waived++
		case policy.NotApplicable:
			c.NotApplicable++
		case policy.Fail:
			switch f.Severity {
			case policy.Error:
				c.Errors++
			case policy.Warning:
				c.Warnings++
			case policy.Notice:
				c.Notices++
			}
		default:
			c.Undetermined++
		}
	}
	return c
}

// conclude fails closed: an incomplete collection, or no finding at all, fails.
func (r *Result) conclude(judged *evidence.Collection) {
	grave := map[string]int{}
	for _, f := range r.Findings {
		switch f.Status {
		case policy.Pass, policy.Waived, policy.NotApplicable:
		default: // fail, undetermined, and any status that this code does not know
			grave[f.Severity]++
		}
	}
	switch {
	case !judged.Complete():
		r.Verdict, r.Because = Failed, "the evidence is incomplete: "+judged.Problem
	case r.Counts.Passed+r.Counts.Waived+r.Counts.NotApplicable+r.Counts.Errors+r.Counts.Warnings+r.Counts.Notices+r.Counts.Undetermined == 0:
		r.Verdict, r.Because = Failed, "no rule was evaluated, so nothing is proved"
	case grave[policy.Error] > 0:
		r.Verdict, r.Because = Failed, fmt.Sprintf("%s of severity error failed or could not be determined", rules(grave[policy.Error]))
	case grave[policy.Warning] > 0 && r.FailOn == FailOnWarning:
		r.Verdict, r.Because = Failed, fmt.Sprintf("%s of severity warning failed or could not be determined, and fail_on is warning", rules(grave[policy.Warning]))
	case grave[policy.Warning] > 0:
		r.Verdict, r.Because = Warned, fmt.Sprintf("no error, but %s of severity warning failed or could not be determined", rules(grave[policy.Warning]))
	default:
		r.Verdict, r.Because = Passed, "every rule of severity error and warning that applies was met or waived"
	}
	r.GateOpen = r.Verdict != Failed || r.FailOn == FailOnNever
}

func rules(n int) string {
	if n == 1 {
		return "1 finding"
	}
	return fmt.Sprintf("%d findings", n)
}
