// SPDX-License-Identifier: MPL-2.0

// Package attest is the post-processor `rsct-attest`: it joins evidence, policy and
// image into a signed report, and stops the chain when the policy is not met or when
// anything needed to decide is missing.
package attest

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hcldec"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/template/config"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
	"github.com/powervs-aix/packer-plugin-rsct/version"
)

// PostProcessor implements packersdk.PostProcessor.
type PostProcessor struct {
	config Config
	policy *policy.Policy
	// warnings are what the policy loads with, for the user to see.
	warnings string
	signer   *attest.Signer
	// now is the Packer host's clock.
	now func() time.Time
}

var _ packersdk.PostProcessor = new(PostProcessor)

// defaultMaxAge is longer than builds of AIX images take.
const defaultMaxAge = 24 * time.Hour

// ConfigSpec implements packersdk.HCL2Speccer.
func (p *PostProcessor) ConfigSpec() hcldec.ObjectSpec { return p.config.FlatMapstructure().HCL2Spec() }

// Configure checks the configuration, the policy and the key, so that `packer
// validate` finds what is wrong before a machine exists.
func (p *PostProcessor) Configure(raws ...any) error {
	p.config = Config{}
	err := config.Decode(&p.config, &config.DecodeOpts{
		PluginType:         "packer.post-processor.rsct-attest",
		Interpolate:        true,
		InterpolateContext: &p.config.ctx,
	}, raws...)
	if err != nil {
		return err
	}
	if p.now == nil {
		p.now = time.Now
	}
	c := &p.config
	packersdk.LogSecretFilter.Set(c.SigningKeyPassphrase)
	if c.FailOn == "" {
		c.FailOn = verdict.FailOnError
	}
	if c.VerifierID == "" {
		c.VerifierID = attest.DefaultVerifierID
	}
	if c.MaxEvidenceAge == 0 {
		c.MaxEvidenceAge = defaultMaxAge
	}

	var errs *packersdk.MultiError
	refuse := func(format string, args ...any) {
		errs = packersdk.MultiErrorAppend(errs, fmt.Errorf(format, args...))
	}
	if err := verdict.CheckFailOn(c.FailOn); err != nil {
		refuse("%w", err)
	}
	if c.MaxEvidenceAge < 0 {
		refuse("max_evidence_age is %s, expected a positive duration such as 24h", c.MaxEvidenceAge)
	}
	p.signer = nil
	switch {
	case c.Unsigned && c.SigningKey != "":
		refuse("signing_key and unsigned = true exclude each other")
	case c.SigningKey == "" && !c.Unsigned:
		refuse("signing_key is missing: the PEM file of a private key; or say unsigned = true to write bare statements that another tool signs")
	case c.SigningKey != "":
		if p.signer, err = attest.LoadSigner(c.SigningKey, []byte(c.SigningKeyPassphrase)); err != nil {
			refuse("signing_key: %w", err)
		}
	}
	if i := c.Image; i != nil {
		if i.Name == "" || strings.ContainsAny(i.Name, `/\`) {
			refuse("image: name is %q, expected the image's name without slashes", i.Name)
		}
		if i.SHA256 != "" && !attest.IsSHA256(i.SHA256) {
			refuse("image: sha256 is %q, expected 64 lower-case hexadecimal digits", i.SHA256)
		}
		// A value that Packer fills in later looks like this at validation.
		if i.ID != "" && !strings.Contains(i.ID, "<unknown>") && !strings.Contains(i.ID, "Build_") {
			if _, err := attest.CloudID(i.ID); err != nil {
				refuse("image: %w", err)
			}
		}
	}
	loaded, diags := policy.Load(policy.Sources{Files: c.Policy, Variables: c.PolicyVariables})
	if diags.HasErrors() {
		refuse("policy: %s", report.Diagnostics(loaded, diags))
	}
	p.policy, p.warnings = loaded, ""
	if len(diags) > 0 && !diags.HasErrors() {
		// Packer shows nothing of a plugin at validation but errors.
		p.warnings = report.Diagnostics(loaded, diags)
		log.Printf("[WARN] rsct-attest: policy: %s", p.warnings)
	}
	if errs != nil && len(errs.Errors) > 0 {
		return errs
	}
	return nil
}

// PostProcess digests the image, judges, writes the report folder, and passes the
// artifact on or refuses. The report is written in both cases.
func (p *PostProcessor) PostProcess(ctx context.Context, ui packersdk.Ui, source packersdk.Artifact) (packersdk.Artifact, bool, bool, error) {
	fail := func(err error) (packersdk.Artifact, bool, bool, error) { return nil, false, false, err }
	if p.warnings != "" {
		ui.Say("Policy: " + p.warnings)
	}
	facts, files, err := p.digest(ctx, ui, source)
	if err != nil {
		return fail(err)
	}
	dir := p.outputDir(files)
	folder := attest.FolderPath(dir, facts.Name)
	// Whatever happens from here on, a verdict of an earlier run must not stand.
	if err := attest.RemoveVerdict(folder); err != nil {
		return fail(err)
	}
	record, err := p.evidence()
	if err != nil {
		return fail(fmt.Errorf("the gate stays shut: %w", err))
	}
	at := p.now()
	result, err := verdict.Judge(ctx, verdict.Input{Record: record, Image: facts, Policy: p.policy, FailOn: p.config.FailOn, AsOf: at})
	if err != nil {
		return fail(err)
	}
	reportDigest, err := p.write(ui, folder, facts, files, record, result, at)
	if err != nil {
		return fail(err)
	}
	for _, line := range report.Screen(result) {
		if line.Grave {
			ui.Error(line.Text)
		} else {
			ui.Say(line.Text)
		}
	}
	ui.Say("Report: " + filepath.Join(folder, attest.FileHTML))
	if !result.GateOpen {
		return fail(fmt.Errorf("the gate stays shut for %s: %s: %s. Nothing after this post-processor in its chain runs; Packer destroys the builder's artifact where the builder can, and an image that was captured in Power VS stays there",
			facts.Name, result.Verdict, result.Because))
	}
	for _, f := range files {
		if f.Name != facts.Name {
			continue
		}
		if err := image.WriteChecksum(dir, f); err != nil {
			return fail(err)
		}
		ui.Say("Checksum file for the import: " + image.ChecksumPath(dir, f.Name))
	}
	if p.signer != nil {
		ui.Say("Signed by key " + p.signer.Fingerprint())
	}
	return &Artifact{Artifact: source, verdict: result.Verdict, report: reportDigest}, true, true, nil
}

// digest describes the image: the artifact's files, or the configured image.
func (p *PostProcessor) digest(ctx context.Context, ui packersdk.Ui, source packersdk.Artifact) (*image.Facts, []image.File, error) {
	if i := p.config.Image; i != nil {
		return &image.Facts{
			Name: i.Name, SHA256: i.SHA256, ID: i.ID, Workspace: i.Workspace, Bucket: i.Bucket, Object: i.Object, Format: "other",
		}, nil, nil
	}
	paths := source.Files()
	if len(paths) == 0 {
		return nil, nil, fmt.Errorf("the artifact of %s has no files, so there is nothing to digest: put post-processor \"artifice\" { files = [...] } before, or describe the image in an image { } block", source.BuilderId())
	}
	said := newProgress(ui)
	files, err := image.Digest(ctx, paths, said.tell)
	if err != nil {
		return nil, nil, err
	}
	return image.FactsOf(mainFile(files)), files, nil
}

// mainFile is the image among the files of an artifact: the largest that Power VS
// imports, or the largest of all.
func mainFile(files []image.File) image.File {
	best := files[0]
	for _, f := range files[1:] {
		a, b := image.FactsOf(f), image.FactsOf(best)
		if a.Importable != b.Importable {
			if a.Importable {
				best = f
			}
			continue
		}
		if f.Size > best.Size {
			best = f
		}
	}
	return best
}

func (p *PostProcessor) outputDir(files []image.File) string {
	switch {
	case p.config.OutputDir != "":
		return p.config.OutputDir
	case len(files) > 0:
		return filepath.Dir(mainFile(files).Path)
	}
	return "."
}

// evidence loads the evidence of this run and source, and says which of the things
// that can be wrong with it is.
func (p *PostProcessor) evidence() (*evidence.Record, error) {
	base := p.config.EvidenceDir
	if base == "" {
		cache, err := packersdk.CachePath()
		if err != nil {
			return nil, fmt.Errorf("packer's cache folder: %w", err)
		}
		base = cache
	}
	store, err := evidence.OpenStore(base, evidence.Run{
		UUID:   os.Getenv("PACKER_RUN_UUID"),
		Source: evidence.SourceName(p.config.PackerBuilderType, p.config.PackerBuildName),
		Plugin: version.PluginVersion.FormattedVersion(), Packer: p.config.PackerCoreVersion,
	})
	if err != nil {
		return nil, err
	}
	record, err := store.Load()
	if errors.Is(err, evidence.ErrNone) {
		return nil, fmt.Errorf("no provisioner \"rsct\" left evidence in this run for source %s: it was skipped (-only, -except), is missing from the build, or another evidence_dir is set (looked for %s)",
			evidence.SourceName(p.config.PackerBuilderType, p.config.PackerBuildName), store.Path())
	}
	if err != nil {
		return nil, err
	}
	final := record.Final()
	switch {
	case final == nil:
		return nil, fmt.Errorf("the evidence has no final collection at its end: put provisioner \"rsct\" { } last in the build, after everything that changes the guest (%s)", store.Path())
	case !final.Complete():
		return nil, fmt.Errorf("the final collection is incomplete: %s (%s)", final.Problem, store.Path())
	case final.Judgement == nil:
		return nil, fmt.Errorf("the provisioner did not come to a judgement; its error is above in the log (%s)", store.Path())
	case final.Judgement.Policy != p.policy.Digest():
		return nil, fmt.Errorf("the provisioner judged by policy %s, this post-processor has %s: give both the same policy and policy_variables", final.Judgement.Policy, p.policy.Digest())
	}
	age := p.now().Sub(final.Ended)
	if age > p.config.MaxEvidenceAge {
		return nil, fmt.Errorf("the evidence is %s old, max_evidence_age is %s", age.Round(time.Second), p.config.MaxEvidenceAge)
	}
	if age < -time.Minute {
		return nil, fmt.Errorf("the evidence is of %s, which is in the future: the clock of this host was set back", final.Ended.Format(time.RFC3339))
	}
	return record, nil
}

// write renders the documents and writes the report folder.
func (p *PostProcessor) write(ui packersdk.Ui, folder string, facts *image.Facts, files []image.File, record *evidence.Record, result *verdict.Result, at time.Time) (string, error) {
	subjects, err := attest.Subjects(facts, files)
	if err != nil {
		return "", err
	}
	encoded, err := record.Encode()
	if err != nil {
		return "", err
	}
	in := p.reportInput(subjects, files, record, result)
	documents, err := reports(in)
	if err != nil {
		return "", err
	}
	summarise(ui, in)
	return attest.Folder{
		Path: folder, Subjects: subjects, Result: result, Signer: p.signer, VerifierID: p.config.VerifierID, At: at,
		Documents: append([]attest.Document{
			{Name: attest.FileEvidence, MediaType: "application/json", Content: encoded, Private: true},
		}, documents...),
	}.Write()
}
