// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func evaluate(t testing.TB, p *Policy, roots Roots) *Result {
	t.Helper()
	result, err := p.Evaluate(context.Background(), roots, day)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestAHealthyHostHasNothingToReport(t *testing.T) {
	result := evaluate(t, mustLoad(t, Sources{}), healthy().roots())
	for _, f := range result.Findings {
		if f.Status != Pass && f.Status != NotApplicable {
			t.Errorf("%s %s %q: expected %s, found %s; %s", f.Status, f.Rule, f.Subject, f.Expected, f.Found, f.Why)
		}
		t.Logf("%-14s %-36s %-40s %s", f.Status, f.Rule, f.Subject, f.Found)
	}
	if result.Health.Expected != HealthOK {
		t.Errorf("health is %q because %v", result.Health.Expected, result.Health.Because)
	}
}
