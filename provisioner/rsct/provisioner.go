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
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
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
	// lint is what was found in the template that does not stop the build, for the user
	// to see when the block runs.
	lint string
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
	if c.RMCWait == 0 {
		c.RMCWait = defaultRMCWait
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
	if c.RMCWait < 0 {
		refuse("rmc_wait is %s, expected a positive duration such as 15m", c.RMCWait)
	}
	if c.ManagementInterface != "" && !aix.IsInterfaceName(c.ManagementInterface) {
		refuse("management_interface is %q, expected an interface name such as en1", c.ManagementInterface)
	}
	loaded, diags := policy.Load(policy.Sources{Files: c.Policy, Variables: c.PolicyVariables})
	if diags.HasErrors() {
		refuse("policy: %s", report.Diagnostics(loaded, diags))
	}
	p.policy, p.warnings, p.lint = loaded, "", ""
	if len(diags) > 0 && !diags.HasErrors() {
		// Packer shows nothing of a plugin at validation but errors; it is said again when
		// the block runs.
		p.warnings = report.Diagnostics(loaded, diags)
		log.Printf("[WARN] rsct: policy: %s", p.warnings)
	}
	if errs == nil && c.Template != "" {
		if p.lint, err = lintTemplate(c, loaded, p.now()); err != nil {
			return err
		}
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
	if p.lint != "" {
		ui.Say("Template: " + p.lint)
	}
	store, err := p.store()
	if err != nil {
		return err
	}
	record, err := store.LoadOrNew()
	if err != nil {
		return err
	}
	screen := report.NewUI(ui, evidence.SourceName(p.config.PackerBuilderType, p.config.PackerBuildName), "")
	run := &stage{
		Provisioner: p, ui: screen, store: store, record: record,
		guest: &probe.Guest{
			Communicator: comm, Wrap: p.wrap, Timeout: p.config.CommandTimeout,
			Progress: newProgress(screen, p.now).tell,
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
	ui     *report.UI
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
	s.ui.Note(fmt.Sprintf("%d probes in %s", len(last.Probes), last.Ended.Sub(last.Started).Round(100*time.Millisecond)))
	facts := last.Facts()
	if os, known := facts.System.OS.Get(); known && os != "AIX" {
		return nil, nil, fmt.Errorf("the guest is %s, not AIX (uname -s): the rsct provisioner belongs into builds of AIX images; use only/except to leave other sources out", report.Inert(os))
	}
	return last, facts, nil
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
	s.ui.Tell(result)
	s.ui.Say("Evidence: " + s.store.Path())
	if preserveErr != nil {
		return preserveErr
	}
	if !result.GateOpen {
		return fmt.Errorf("%s: %s (%s is expected as RMC health on Power VS)", result.Verdict, result.Because, result.Health.Expected)
	}
	return nil
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05Z") }
