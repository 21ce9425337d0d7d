// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"fmt"
	"strings"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// Artifact is the artifact of the step before, passed on, with what was attested.
type Artifact struct {
	packersdk.Artifact
	// verdict is PASSED, WARNED or FAILED; digest is that of the signed report.
	verdict, report string
}

var _ packersdk.Artifact = (*Artifact)(nil)

// The states that this artifact answers besides those of the one it passes on.
const (
	StateVerdict = "rsct.verdict"
	StateReport  = "rsct.report"
)

// String implements packersdk.Artifact.
func (a *Artifact) String() string {
	passed := a.Artifact.String()
	if passed == "" {
		passed = strings.Join(a.Files(), ", ")
	}
	return fmt.Sprintf("%s, attested %s (report %s)", passed, a.verdict, a.report)
}

// State implements packersdk.Artifact.
func (a *Artifact) State(name string) any {
	switch name {
	case StateVerdict:
		return a.verdict
	case StateReport:
		return a.report
	}
	return a.Artifact.State(name)
}
