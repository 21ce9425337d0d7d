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
	"slices"
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
	// authority is nil when nothing is stamped.
	authority *attest.Authority
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
	passphrase, passphraseErr := c.passphrase()
	if passphraseErr != nil {
		refuse("%w", passphraseErr)
	}
	switch {
	case c.Unsigned && c.SigningKey != "":
		refuse("signing_key and unsigned = true exclude each other")
	case c.SigningKey == "" && !c.Unsigned:
		refuse("signing_key is missing: the PEM file of a private key; or say unsigned = true to write bare statements that another tool signs")
	case c.SigningKey != "" && passphraseErr == nil:
		if p.signer, err = attest.LoadSigner(c.SigningKey, passphrase); err != nil {
			refuse("signing_key: %w", err)
		}
	}
	clear(passphrase)
	p.authority = nil
	if c.TimestampURL != "" || len(c.TimestampCommand) > 0 {
		p.authority = &attest.Authority{URL: c.TimestampURL, Command: c.TimestampCommand}
		if err := p.authority.Check(); err != nil {
			refuse("%w", err)
		}
		if c.Unsigned {
			refuse("a timestamp is over a signature, so it cannot be combined with unsigned = true")
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
			if id, err := image.ParseCloudID(i.ID); err != nil {
				refuse("image: %w", err)
			} else if id.Workspace != "" && i.Workspace != "" && !strings.Contains(i.Workspace, id.Workspace) {
				refuse("image: the id is a CRN in workspace %s, workspace says %s", id.Workspace, i.Workspace)
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

// passphrase is that of the configuration, of its file, or of the environment. What is
// configured is forgotten here; Go's strings cannot be overwritten.
func (c *Config) passphrase() ([]byte, error) {
	configured := c.SigningKeyPassphrase
	c.SigningKeyPassphrase = ""
	switch {
	case configured != "" && c.SigningKeyPassphraseFile != "":
		return nil, errors.New("signing_key_passphrase and signing_key_passphrase_file exclude each other")
	case configured != "":
		return []byte(configured), nil
	case c.SigningKeyPassphraseFile != "":
		return attest.ReadPassphrase(c.SigningKeyPassphraseFile)
	}
	return []byte(os.Getenv(attest.PassphraseVariable)), nil
}

// leftBehind is said with every refusal: what the gate cannot take back.
const leftBehind = "Nothing after this post-processor in its chain runs. Packer destroys the builder's artifact where the builder can; an image that was captured in Power VS stays there, and files of earlier steps stay where they are"

// PostProcess digests the image, judges, writes the report folder, and passes the
// artifact on or refuses. The report is written in both cases, once there is
// something to judge.
func (p *PostProcessor) PostProcess(ctx context.Context, ui packersdk.Ui, source packersdk.Artifact) (packersdk.Artifact, bool, bool, error) {
	screen := report.NewUI(ui, evidence.SourceName(p.config.PackerBuilderType, p.config.PackerBuildName), " (rsct-attest)")
	if p.warnings != "" {
		screen.Say("Policy: " + p.warnings)
	}
	artifact, err := p.gate(ctx, screen, source)
	if p.signer != nil {
		p.signer.Wipe()
	}
	if err != nil {
		return nil, false, false, err
	}
	return artifact, true, true, nil
}

func shut(err error) error { return fmt.Errorf("the gate stays shut: %w. %s", err, leftBehind) }

func (p *PostProcessor) gate(ctx context.Context, ui *report.UI, source packersdk.Artifact) (*Artifact, error) {
	name, dir, err := p.place(source)
	if err != nil {
		// Which file is the image is not known then, so none of them keeps a verdict.
		for _, path := range source.Files() {
			err = errors.Join(err, attest.RemoveVerdict(attest.FolderPath(p.outputDir(filepath.Dir(path)), filepath.Base(path))))
		}
		return nil, shut(err)
	}
	folder := attest.FolderPath(dir, name)
	// Whatever happens from here on, a verdict of an earlier run must not stand.
	if err := attest.RemoveVerdict(folder); err != nil {
		return nil, shut(err)
	}
	facts, files, err := p.digest(ctx, ui, source, name)
	if err != nil {
		return nil, shut(err)
	}
	record, err := p.evidence()
	if err != nil {
		return nil, shut(err)
	}
	at := p.now()
	result, err := verdict.Judge(ctx, verdict.Input{Record: record, Image: facts, Policy: p.policy, FailOn: p.config.FailOn, AsOf: at})
	if err != nil {
		return nil, shut(err)
	}
	var main *image.File
	for i := range files {
		if files[i].Name == facts.Name {
			main = &files[i]
		}
	}
	if main != nil && result.GateOpen {
		// Before the verdict, so that there is none when this fails.
		if err := image.WriteChecksum(dir, *main); err != nil {
			return nil, shut(err)
		}
	}
	reportDigest, err := p.write(ctx, ui, folder, facts, files, record, result, source, at)
	if err != nil {
		return nil, shut(err)
	}
	ui.Tell(result)
	ui.Say("Report: " + filepath.Join(folder, attest.FileHTML))
	if !result.GateOpen {
		return nil, fmt.Errorf("the gate stays shut for %s: %s: %s. %s", facts.Name, result.Verdict, result.Because, leftBehind)
	}
	if main != nil {
		ui.Say("Checksum file for the import: " + image.ChecksumPath(dir, main.Name))
	}
	if p.signer != nil {
		ui.Say("Signed by key " + p.signer.Fingerprint())
	} else {
		ui.Say(fmt.Sprintf("Not signed: sign %s and %s with another tool before anybody relies on them", attest.FileReportStatement, attest.FileVerdictStatement))
	}
	return newArtifact(source, facts, result, reportDigest), nil
}

// place tells the image's name and the folder for what is written, before anything is
// read.
func (p *PostProcessor) place(source packersdk.Artifact) (name, dir string, err error) {
	paths := source.Files()
	if len(paths) == 0 {
		if p.config.Image == nil {
			return "", "", fmt.Errorf("the artifact of %s has no files, so there is nothing to digest: put post-processor \"artifice\" { files = [...] } before, or describe the image in an image { } block", source.BuilderId())
		}
		name, dir = p.config.Image.Name, "."
	} else {
		best, err := mainPath(paths)
		if err != nil {
			return "", "", err
		}
		name, dir = filepath.Base(best), filepath.Dir(best)
	}
	return name, p.outputDir(dir), nil
}

func (p *PostProcessor) outputDir(usual string) string {
	if p.config.OutputDir != "" {
		return p.config.OutputDir
	}
	return usual
}

// digest describes the image: the artifact's files, the configured image, or both,
// which must then agree.
func (p *PostProcessor) digest(ctx context.Context, ui packersdk.Ui, source packersdk.Artifact, name string) (*image.Facts, []image.File, error) {
	facts := &image.Facts{Name: name, Format: "other"}
	facts.NotLookedInto()
	var files []image.File
	if paths := source.Files(); len(paths) > 0 {
		var err error
		if files, err = image.Digest(ctx, paths, newProgress(ui).tell); err != nil {
			return nil, nil, err
		}
		for _, f := range files {
			if f.Name == name {
				facts = image.FactsOf(f)
			}
		}
	}
	if i := p.config.Image; i != nil {
		if facts.IsFile && i.SHA256 != "" && i.SHA256 != facts.SHA256 {
			return nil, nil, fmt.Errorf("the image %s changed since: its sha256 is %s, the image block says %s", name, facts.SHA256, i.SHA256)
		}
		if !facts.IsFile {
			facts.SHA256 = i.SHA256
		}
		facts.ID, facts.Workspace, facts.Bucket, facts.Object = i.ID, i.Workspace, i.Bucket, i.Object
	}
	return facts, files, nil
}

// mainPath is the image among the files of an artifact: the largest that Power VS
// imports, or the largest of all. Of two alike it is the first by name.
func mainPath(paths []string) (string, error) {
	best, bestSize, bestImportable := "", int64(-1), false
	for _, path := range slices.Sorted(slices.Values(paths)) {
		info, err := os.Lstat(path)
		if err != nil {
			return "", fmt.Errorf("a file of the artifact: %w", err)
		}
		importable := image.FactsOf(image.File{Name: filepath.Base(path)}).Importable
		if importable && !bestImportable || importable == bestImportable && info.Size() > bestSize {
			best, bestSize, bestImportable = path, info.Size(), importable
		}
	}
	return best, nil
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
func (p *PostProcessor) write(ctx context.Context, ui packersdk.Ui, folder string, facts *image.Facts, files []image.File, record *evidence.Record, result *verdict.Result, source packersdk.Artifact, at time.Time) (string, error) {
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
	inside, err := attest.EncodeImage(facts)
	if err != nil {
		return "", err
	}
	summarise(ui, in)
	return attest.Folder{
		Path: folder, Subjects: subjects, Result: result, At: at,
		Builder: attest.Builder{ID: source.BuilderId(), ArtifactID: source.Id()},
		Signer:  p.signer, VerifierID: p.config.VerifierID, ResourceURI: p.config.ResourceURI,
		Tests: p.config.TestResult, Authority: p.authority,
		Unchanged: func() error {
			for _, f := range files {
				if err := f.Unchanged(); err != nil {
					return err
				}
			}
			return nil
		},
		Documents: append([]attest.Document{
			{Name: attest.FileEvidence, MediaType: "application/json", Content: encoded, Private: true},
			{Name: attest.FileImage, MediaType: "application/json", Content: inside},
		}, documents...),
	}.Write(ctx)
}
