// SPDX-License-Identifier: MPL-2.0

// Package rsct is the provisioner `rsct`: it collects evidence from an AIX guest,
// preserves its IPv6 management interface, and judges it by the policy.
package rsct

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hcldec"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/template/config"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/preserve"
	"github.com/powervs-aix/packer-plugin-rsct/internal/probe"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
	"github.com/powervs-aix/packer-plugin-rsct/version"
)

// Provisioner implements packersdk.Provisioner.
type Provisioner struct {
	config Config
	policy *policy.Policy
	// warnings are what the policy loads with, for the user to see.
	warnings string
	// now is the Packer host's clock.
	now func() time.Time
}

var _ packersdk.Provisioner = new(Provisioner)

// ConfigSpec implements packersdk.HCL2Speccer.
func (p *Provisioner) ConfigSpec() hcldec.ObjectSpec { return p.config.FlatMapstructure().HCL2Spec() }

// Prepare checks the configuration and the policy. Packer calls it twice, at
// validation and again before Provision; it changes nothing outside.
func (p *Provisioner) Prepare(raws ...any) error {
	p.config = Config{}
	err := config.Decode(&p.config, &config.DecodeOpts{
		PluginType:         "packer.provisioner.rsct",
		Interpolate:        true,
		InterpolateContext: &p.config.ctx,
		InterpolateFilter:  &interpolate.RenderFilter{Exclude: []string{"execute_command"}},
	}, raws...)
	if err != nil {
		return err
	}
	if p.now == nil {
		p.now = time.Now
	}
	c := &p.config
	if c.Mode == "" {
		c.Mode = evidence.ModeFinal
	}
	if c.FailOn == "" {
		c.FailOn = verdict.FailOnError
	}
	if c.ExecuteCommand == "" {
		c.ExecuteCommand = "{{.Command}}"
	}
	if c.CommandTimeout == 0 {
		c.CommandTimeout = probe.DefaultTimeout
	}

	var errs *packersdk.MultiError
	refuse := func(format string, args ...any) {
		errs = packersdk.MultiErrorAppend(errs, fmt.Errorf(format, args...))
	}
	switch c.Mode {
	case evidence.ModeBaseline, evidence.ModeCheckpoint, evidence.ModeFinal:
	default:
		refuse("mode is %q, expected baseline, checkpoint or final", c.Mode)
	}
	if err := verdict.CheckFailOn(c.FailOn); err != nil {
		refuse("%w", err)
	}
	if !strings.Contains(c.ExecuteCommand, ".Command") {
		refuse("execute_command is %q, it must contain {{.Command}}", c.ExecuteCommand)
	} else if _, err := p.wrap("true"); err != nil {
		refuse("execute_command: %w", err)
	}
	if c.CommandTimeout < 0 {
		refuse("command_timeout is %s, expected a positive duration such as 10m", c.CommandTimeout)
	}
	if c.ManagementInterface != "" && !aix.IsInterfaceName(c.ManagementInterface) {
		refuse("management_interface is %q, expected an interface name such as en1", c.ManagementInterface)
	}
	loaded, diags := policy.Load(policy.Sources{Files: c.Policy, Variables: c.PolicyVariables})
	if diags.HasErrors() {
		refuse("policy: %s", report.Diagnostics(loaded, diags))
	}
	p.policy, p.warnings = loaded, ""
	if len(diags) > 0 && !diags.HasErrors() {
		// Packer shows nothing of a plugin at validation but errors; it is said again when
		// the block runs.
		p.warnings = report.Diagnostics(loaded, diags)
		log.Printf("[WARN] rsct: policy: %s", p.warnings)
	}
	if errs != nil && len(errs.Errors) > 0 {
		return errs
	}
	return nil
}

// wrap puts execute_command around a command.
func (p *Provisioner) wrap(command string) (string, error) {
	ctx := p.config.ctx
	ctx.Data = struct{ Command string }{command}
	return interpolate.Render(p.config.ExecuteCommand, &ctx)
}

// Provision collects, and does what the mode asks for. Evidence is on disk before
// any error is returned.
func (p *Provisioner) Provision(ctx context.Context, ui packersdk.Ui, comm packersdk.Communicator, _ map[string]any) error {
	if p.warnings != "" {
		ui.Say("Policy: " + p.warnings)
	}
	store, err := p.store()
	if err != nil {
		return err
	}
	record, err := store.LoadOrNew()
	if err != nil {
		return err
	}
	run := &stage{
		Provisioner: p, ui: ui, store: store, record: record,
		guest: &probe.Guest{
			Communicator: comm, Wrap: p.wrap, Timeout: p.config.CommandTimeout,
			Progress: func(line string) { log.Printf("[DEBUG] rsct: %q", line) },
		},
	}
	switch p.config.Mode {
	case evidence.ModeBaseline:
		return run.baseline(ctx)
	case evidence.ModeCheckpoint:
		return run.checkpoint(ctx)
	default:
		return run.final(ctx)
	}
}

// store opens the evidence of this run and source.
func (p *Provisioner) store() (*evidence.Store, error) {
	base := p.config.EvidenceDir
	if base == "" {
		cache, err := packersdk.CachePath()
		if err != nil {
			return nil, fmt.Errorf("packer's cache folder: %w", err)
		}
		base = cache
	}
	return evidence.OpenStore(base, evidence.Run{
		UUID:   os.Getenv("PACKER_RUN_UUID"),
		Source: evidence.SourceName(p.config.PackerBuilderType, p.config.PackerBuildName),
		Plugin: version.PluginVersion.FormattedVersion(), PluginDigest: evidence.PluginDigest(), Packer: p.config.PackerCoreVersion,
	})
}

// stage is one Provision: one block of the template at work.
type stage struct {
	*Provisioner
	ui     packersdk.Ui
	store  *evidence.Store
	record *evidence.Record
	guest  *probe.Guest
}

// collect makes one collection and writes it down, whatever came of it.
func (s *stage) collect(ctx context.Context, proof bool) (*evidence.Collection, *aix.Facts, error) {
	collection, collectErr := s.guest.Collect(ctx, s.now)
	collection.Mode = s.config.Mode
	collection.Sequence = len(s.record.Collections) + 1
	collection.Proof = proof
	collection.ManagementInterface = s.config.ManagementInterface
	s.record.Collections = append(s.record.Collections, collection)
	if err := s.store.Save(s.record); err != nil {
		return nil, nil, errors.Join(collectErr, err)
	}
	if collectErr != nil {
		return nil, nil, fmt.Errorf("collect from the guest: %w", collectErr)
	}
	last := s.record.Last()
	facts := last.Facts()
	if os, known := facts.System.OS.Get(); known && os != "AIX" {
		return nil, nil, fmt.Errorf("the guest is %s, not AIX (uname -s): the rsct provisioner belongs into builds of AIX images; use only/except to leave other sources out", report.Inert(os))
	}
	return last, facts, nil
}

// baseline records what the guest is like before the build changes it.
func (s *stage) baseline(ctx context.Context) error {
	if old := s.record.Baseline(); old != nil {
		return fmt.Errorf("a baseline of %s was already recorded in this run at %s: one `mode = \"baseline\"` block a source; give sources of the same type and name an evidence_dir each",
			s.record.Run.Source, old.Ended.Format(time.RFC3339))
	}
	_, facts, err := s.collect(ctx, false)
	if err != nil {
		return err
	}
	management := facts.Management
	name, known := management.Interface.Get()
	switch {
	case !known:
		return fmt.Errorf("the management interface cannot be determined: %s", management.Interface.Why())
	case name == "" && len(management.Candidates) > 1:
		return fmt.Errorf("%d interfaces could be the management interface: %s; name one with management_interface",
			len(management.Candidates), strings.Join(management.Candidates, ", "))
	case name == "":
		s.ui.Say("RSCT baseline recorded. No management interface found: no interface has a link-local IPv6 address without an IPv4 address. " +
			"On Power VS this guest's RMC cannot reach its management system; the final check will fail.")
		return nil
	}
	address, _ := management.Address.Get()
	length, _ := management.PrefixLength.Get()
	s.ui.Say(fmt.Sprintf("RSCT baseline recorded: management interface %s with %s/%d (%s).", name, address, length, report.Inert(management.Reason)))
	return nil
}

// checkpoint compares with the baseline and puts the management interface back.
func (s *stage) checkpoint(ctx context.Context) error {
	collection, facts, err := s.collect(ctx, false)
	if err != nil {
		return err
	}
	if s.record.Baseline() == nil {
		return errors.New("there is no baseline to compare with: put a provisioner \"rsct\" { mode = \"baseline\" } block first in the build")
	}
	return s.preserve(ctx, collection, facts)
}

// final preserves too, and judges what the guest is like at the end.
func (s *stage) final(ctx context.Context) error {
	collection, facts, err := s.collect(ctx, false)
	if err != nil {
		return err
	}
	var preserveErr error
	if s.record.Baseline() == nil {
		s.ui.Say("No baseline was recorded in this build, so drift cannot be told: put a provisioner \"rsct\" { mode = \"baseline\" } block first.")
	} else {
		preserveErr = s.preserve(ctx, collection, facts)
	}
	result, err := verdict.Judge(ctx, verdict.Input{Record: s.record, Policy: s.policy, FailOn: s.config.FailOn, AsOf: s.now()})
	if err != nil {
		return errors.Join(preserveErr, err)
	}
	s.record.Last().Judgement = &evidence.Judgement{Policy: result.Policy, FailOn: result.FailOn, Verdict: result.Verdict}
	if err := s.store.Save(s.record); err != nil {
		return errors.Join(preserveErr, err)
	}
	for _, line := range report.Screen(result) {
		if line.Grave {
			s.ui.Error(line.Text)
		} else {
			s.ui.Say(line.Text)
		}
	}
	s.ui.Say("Evidence: " + s.store.Path())
	if preserveErr != nil {
		return preserveErr
	}
	if !result.GateOpen {
		return fmt.Errorf("%s: %s (%s is expected as RMC health on Power VS)", result.Verdict, result.Because, result.Health.Expected)
	}
	return nil
}

// preserve names the drift since the last collection, restores what it may, and
// proves it by collecting again.
func (s *stage) preserve(ctx context.Context, collection *evidence.Collection, facts *aix.Facts) error {
	baseline := s.record.Baseline()
	baselineFacts := baseline.Facts()
	items := drift.Compare(baselineFacts, facts)
	if len(items) == 0 {
		s.ui.Say(fmt.Sprintf("RSCT %s: no drift from the baseline.", collection.Name()))
		return nil
	}
	previous := s.record.Collections[collection.Sequence-2]
	s.ui.Error(fmt.Sprintf("RSCT %s: drift from the baseline. What follows happened between %s (%s) and now (%s):",
		collection.Name(), previous.Name(), clock(previous.Ended), clock(collection.Ended)))
	for _, item := range items {
		s.ui.Error("  - " + report.Inert(item.Words))
	}
	startup := baseline.Outputs()[aix.ProbeRcTCPIP].Stdout
	plan := preserve.NewPlan(baselineFacts, items, aix.FileContent(startup))
	for _, refusal := range plan.Refused {
		s.ui.Error("  ! " + report.Inert(refusal.String()))
	}
	if s.config.Restore.False() {
		s.ui.Say("Not restored, since restore = false.")
		return s.unrestored(items, "restore is false")
	}
	if len(plan.Steps) == 0 {
		return s.unrestored(items, "nothing of it can be restored by machine")
	}
	s.ui.Say("Restoring:")
	for i, step := range plan.Steps {
		s.ui.Say(fmt.Sprintf("  %d. %s   # %s", i+1, report.Inert(step.Command), report.Inert(step.Repairs)))
	}
	restoration, runErr := preserve.Run(ctx, s.guest, plan, nil)
	restoration.After = collection.Sequence
	s.record.Restorations = append(s.record.Restorations, restoration)
	if err := s.store.Save(s.record); err != nil {
		return errors.Join(runErr, err)
	}
	if runErr != nil && ctx.Err() != nil {
		return runErr
	}
	// A failed step is not the end: only a new collection says what the guest is like now.
	proof, after, err := s.collect(ctx, true)
	if err != nil {
		return errors.Join(runErr, fmt.Errorf("the restoration could not be proved: %w", err))
	}
	left := drift.Compare(baselineFacts, after)
	attempt := &s.record.Restorations[len(s.record.Restorations)-1]
	attempt.ProvedBy = proof.Sequence
	attempt.Restored = len(left) == 0
	if err := s.store.Save(s.record); err != nil {
		return err
	}
	if len(left) > 0 {
		return errors.Join(runErr, s.unrestored(left, "still different after the restoration"))
	}
	name, _ := baselineFacts.Management.Interface.Get()
	s.ui.Say(fmt.Sprintf("Restored and proved by collecting again: %s and all else is as it was at the baseline. Mend the step that broke it all the same.", name))
	return nil
}

// unrestored is an error that names what is left, unless the configuration says to
// report only. The evidence of it is written already and fails the gate later.
func (s *stage) unrestored(items []drift.Item, why string) error {
	if s.config.FailOn == verdict.FailOnNever || s.config.Restore.False() {
		return nil
	}
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = report.Inert(item.Words)
	}
	return fmt.Errorf("the guest has drifted from its baseline, %s: %s", why, strings.Join(words, "; "))
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05Z") }
