// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"testing"
)

func mustLoad(t testing.TB, sources Sources) *Policy {
	t.Helper()
	p, diags := Load(sources)
	if diags.HasErrors() {
		var text bytes.Buffer
		p.WriteDiagnostics(&text, diags, 0, false)
		t.Fatalf("the policy does not load:\n%s", text.String())
	}
	return p
}

func TestTheBuiltinPolicyLoads(t *testing.T) {
	p := mustLoad(t, Sources{})
	if len(p.Rules()) < 15 {
		t.Errorf("only %d rules", len(p.Rules()))
	}
	for _, r := range p.Rules() {
		if r.Remedy == "" || r.Reference == "" || r.Expected == "" || r.Found == "" {
			t.Errorf("%s:%d: rule %s lacks a remedy, reference, expected or found", r.File, r.Line, r.Name)
		}
	}
}
