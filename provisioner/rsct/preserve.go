// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/preserve"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

const (
	// maxRounds bounds how often a plan is made from what the last one left. A second
	// round is needed where a command brings several things back, of which only a new
	// collection tells: ctrmc starts its resource managers, cfgmgr defines interfaces.
	maxRounds = 3
	// defaultRMCWait is what IBM's page gives RMC after a reset
	// (https://cloud.ibm.com/docs/power-iaas?topic=power-iaas-rsct-rmc-aix).
	defaultRMCWait = 15 * time.Minute
)

// preserve names the drift since the last collection, restores what it may, and
// proves it by collecting again.
func (s *stage) preserve(ctx context.Context, collection *evidence.Collection, facts *aix.Facts) error {
	baseline := s.record.Baseline().Facts()
	items := drift.Compare(baseline, facts)
	if len(items) == 0 {
		s.ui.Say(fmt.Sprintf("RSCT %s: no drift from the baseline.", collection.Name()))
		return nil
	}
	s.tell(collection, items)
	plan := s.plan(baseline, facts, items)
	for _, refusal := range plan.Refused {
		s.ui.Error("  ! " + report.Inert(refusal.String()))
	}
	if s.config.Restore.False() {
		s.ui.Say("Not restored, since restore = false." + map[bool]string{true: " These commands would restore it:"}[len(plan.Steps) > 0])
		s.show(plan)
		return nil // the evidence of it is written, and the final verdict says so
	}
	if len(plan.Steps) == 0 {
		return s.unrestored(items, "and nothing of it can be restored by machine")
	}
	return s.restore(ctx, baseline, plan)
}

// tell says what has drifted, and in which stretch of the build.
func (s *stage) tell(collection *evidence.Collection, items []drift.Item) {
	previous := s.record.Collections[collection.Sequence-2]
	s.ui.Error(fmt.Sprintf("RSCT %s: drift from the baseline. What is new in it happened between %s (%s) and now (%s):",
		collection.Name(), previous.Name(), clock(previous.Ended), clock(collection.Ended)))
	known := map[string]bool{}
	for _, item := range verdict.History(&evidence.Record{Collections: s.record.Collections[:collection.Sequence-1], Restorations: s.record.Restorations}) {
		if !item.Restored {
			known[item.Words] = true
		}
	}
	for _, item := range items {
		text := "  - " + report.Inert(item.Words)
		if known[item.Words] {
			text += " (as before)"
		}
		s.ui.Error(text)
	}
}

func (s *stage) plan(baseline, facts *aix.Facts, items []drift.Item) preserve.Plan {
	startup := s.record.Baseline().Outputs()[aix.ProbeRcTCPIP].Stdout
	return preserve.NewPlan(baseline, facts, items, aix.FileContent(startup))
}

// show lists the commands of a plan, each with what it repairs.
func (s *stage) show(plan preserve.Plan) {
	for i, step := range plan.Steps {
		s.ui.Say(fmt.Sprintf("  %d. %s   # %s", i+1, report.Inert(step.String()), report.Inert(step.Repairs)))
	}
}

// restore runs the plan, collects again, and makes another plan of what is left until
// nothing is, or a plan is no other than the one before.
func (s *stage) restore(ctx context.Context, baseline *aix.Facts, plan preserve.Plan) error {
	for round := 1; ; round++ {
		s.ui.Say("Restoring:")
		s.show(plan)
		left, facts, runErr, err := s.attempt(ctx, baseline, plan)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			name, _ := baseline.Management.Interface.Get()
			if name == "" {
				name = "RMC"
			}
			s.ui.Say(fmt.Sprintf("Restored and proved by collecting again: %s and all else is as it was at the baseline. Mend the step that broke it all the same.", name))
			return nil
		}
		next := s.plan(baseline, facts, left)
		if len(next.Steps) == 0 || next.Same(plan) || round == maxRounds {
			return errors.Join(runErr, s.unrestored(left, "still different after the restoration"))
		}
		s.ui.Say("Collected again; this is left:")
		for _, item := range left {
			s.ui.Say("  - " + report.Inert(item.Words))
		}
		plan = next
	}
}

// attempt runs a plan once and returns what is different afterwards. runErr is why the
// plan did not run to its end; err ends the provisioner.
func (s *stage) attempt(ctx context.Context, baseline *aix.Facts, plan preserve.Plan) (left []drift.Item, facts *aix.Facts, runErr, err error) {
	at, after := len(s.record.Restorations), s.record.Last().Sequence
	s.record.Restorations = append(s.record.Restorations, evidence.Restoration{})
	save := func(restoration evidence.Restoration) error {
		restoration.After = after
		s.record.Restorations[at] = restoration
		return s.store.Save(s.record)
	}
	restoration, runErr := preserve.Run(ctx, s.guest, plan, save)
	if err := save(restoration); err != nil {
		return nil, nil, nil, errors.Join(runErr, err)
	}
	if runErr != nil && ctx.Err() != nil {
		return nil, nil, nil, fmt.Errorf("%w; the guest is between two commands of the plan, and the next rsct block of this build carries on from there", runErr)
	}
	// A failed step is not the end: only a new collection says what the guest is like now.
	proof, facts, err := s.collect(ctx, true)
	if err != nil {
		return nil, nil, nil, errors.Join(runErr, fmt.Errorf("the restoration could not be proved: %w", err))
	}
	left = drift.Compare(baseline, facts)
	if onlyConsole(left) && s.waitForRMC(ctx) {
		if proof, facts, err = s.collect(ctx, true); err != nil {
			return nil, nil, nil, fmt.Errorf("the restoration could not be proved: %w", err)
		}
		left = drift.Compare(baseline, facts)
	}
	attempt := &s.record.Restorations[at]
	attempt.ProvedBy = proof.Sequence
	attempt.Restored = len(left) == 0
	return left, facts, runErr, s.store.Save(s.record)
}

func onlyConsole(items []drift.Item) bool {
	return len(items) > 0 && !slices.ContainsFunc(items, func(i drift.Item) bool { return i.Aspect != drift.AspectConsole })
}

// waitForRMC waits for RMC to connect to its management system, which takes minutes on
// a real system, and says whether it did.
func (s *stage) waitForRMC(ctx context.Context) bool {
	const status = "PATH=$PATH:/opt/rsct/bin:/usr/sbin/rsct/bin; rmcdomainstatus -s ctrmc"
	s.ui.Say(fmt.Sprintf("Everything else is as it was; waiting up to %s for RMC to connect to its management system again.", s.config.RMCWait))
	ctx, cancel := context.WithTimeout(ctx, s.config.RMCWait)
	defer cancel()
	ticker := time.NewTicker(min(10*time.Second, s.config.RMCWait))
	defer ticker.Stop()
	for {
		result, err := s.guest.Run(ctx, probe.ShellCommand(status))
		if domains, bad := aix.ParseDomainStatus(result.Stdout); err == nil && bad == nil && result.ExitCode == 0 {
			if slices.ContainsFunc(domains.ControlPoints, func(p aix.ControlPoint) bool { return p.Connected }) {
				return true
			}
		}
		result, err = s.guest.Run(ctx, probe.ShellCommand("lssrc -ls mcproxy"))
		if consoles, bad := aix.ParseInBand(result.Stdout); err == nil && bad == nil && result.ExitCode == 0 && len(consoles) > 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}

// unrestored is an error that names what is left, unless the configuration says to
// report only. The evidence of it is written already and fails the gate later.
func (s *stage) unrestored(items []drift.Item, why string) error {
	if s.config.FailOn == verdict.FailOnNever {
		return nil
	}
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = report.Inert(item.Words)
	}
	return fmt.Errorf("the guest has drifted from its baseline, %s: %s", why, strings.Join(words, "; "))
}
