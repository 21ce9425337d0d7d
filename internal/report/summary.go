// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"os"
)

// stepSummary names the file that GitHub Actions shows as a step's summary.
const stepSummary = "GITHUB_STEP_SUMMARY"

// maxStepSummary is the most that GitHub takes of one step, in bytes: what is larger
// it drops whole, with what was there before
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary).
const maxStepSummary = 1 << 20

// AppendStepSummary appends the Markdown report to the file that the environment
// variable GITHUB_STEP_SUMMARY names. It does nothing where that is not set, and says
// so in an error where there is no room left.
func AppendStepSummary(in Input) error {
	path := os.Getenv(stepSummary)
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("%s: %w", stepSummary, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("%s: %w", stepSummary, err)
	}
	content := append(Markdown(in), '\n')
	if info.Size()+int64(len(content)) > maxStepSummary {
		return fmt.Errorf("%s: %d bytes of the report do not fit behind the %d that are there: GitHub takes %d", stepSummary, len(content), info.Size(), maxStepSummary)
	}
	if _, err := file.Write(content); err != nil {
		return fmt.Errorf("%s: %w", stepSummary, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("%s: %w", stepSummary, err)
	}
	return nil
}
