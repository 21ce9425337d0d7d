// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"fmt"
	"log"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
	"github.com/powervs-aix/packer-plugin-rsct/version"
)

// reportInput is what the reports of this image are made of. All but the folder's
// name and the key's fingerprint follow from evidence, policy and image.
func (p *PostProcessor) reportInput(subjects []attest.Resource, files []image.File, record *evidence.Record, result *verdict.Result) report.Input {
	sizes := map[string]int64{}
	for _, f := range files {
		sizes[f.Name] = f.Size
	}
	in := report.Input{
		Result: result, Record: record, Policy: p.policy, Version: version.PluginVersion.FormattedVersion(),
		Seal: &report.Seal{
			VerifierID: p.config.VerifierID, ReportType: attest.ReportPredicate, VerdictType: attest.VerdictPredicate, Level: attest.LevelPassed,
			ReportBundle: attest.FileReportBundle, ReportDSSE: attest.FileReportDSSE, ReportStatement: attest.FileReportStatement,
			VerdictBundle: attest.FileVerdictBundle, VerdictDSSE: attest.FileVerdictDSSE,
		},
	}
	if p.signer != nil {
		in.Seal.Fingerprint = p.signer.Fingerprint()
	}
	for _, s := range subjects {
		in.Subjects = append(in.Subjects, report.Subject{
			Name: s.Name, SHA256: s.Digest["sha256"], CloudID: s.Digest["ibm_powervs_image_id"], Size: sizes[s.Name],
		})
	}
	return in
}

// reports renders the documents of the report folder.
func reports(in report.Input) ([]attest.Document, error) {
	rendered, err := report.Documents(in)
	if err != nil {
		return nil, err
	}
	documents := make([]attest.Document, 0, len(rendered))
	for _, d := range rendered {
		documents = append(documents, attest.Document{Name: d.Name, MediaType: d.MediaType, Content: d.Content})
	}
	return documents, nil
}

// summarise appends the report to the summary of a GitHub Actions step. It never fails
// the build: the report itself is in its folder.
func summarise(ui packersdk.Ui, in report.Input) {
	if err := report.AppendStepSummary(in); err != nil {
		log.Printf("[WARN] rsct: %s", err)
		ui.Say(fmt.Sprintf("The report was not added to the step's summary: %s", err))
	}
}
