// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"strings"
)

// health derives what Power VS is expected to show for a VM deployed from the image
// from the rules that bear on it. A waiver accepts a risk; it does not change what
// a VM does, so a waived failure counts here like any other.
func (p *Policy) health(result *Result, known map[string]bool) Health {
	if !known[RootGuest] {
		return Health{Expected: HealthCannotTell, Because: []string{"the guest was not looked at"}}
	}
	var warnings, unknowns, ok []string
	for _, f := range result.Findings {
		r := p.byName[f.Rule]
		if r.BearsOn != BearsOnRMC {
			continue
		}
		line := f.Rule
		if f.Subject != "" {
			line += " (" + f.Subject + ")"
		}
		line += ": "
		told := ""
		if len(f.Evidence) > 0 {
			told = " (told by " + strings.Join(f.Evidence, ", ") + ")"
		}
		switch {
		case f.Status == Fail, f.Status == Waived && f.Unknown == nil:
			line += "expected " + or(f.Expected, f.Summary) + ", found " + or(f.Found, "otherwise") + told
			if f.Status == Waived {
				line += "; waived, which does not change what a VM does"
			}
			warnings = append(warnings, line)
		case f.Status == Undetermined, f.Status == Waived:
			unknowns = append(unknowns, line+f.Why)
		case f.Status == Pass && f.Found != "":
			ok = append(ok, line+f.Summary+"; found "+f.Found+told)
		case f.Status == Pass:
			ok = append(ok, line+f.Summary+told)
		}
	}
	for _, s := range result.Skipped {
		if p.byName[s.Rule].BearsOn == BearsOnRMC && s.Disabled {
			unknowns = append(unknowns, fmt.Sprintf("%s: the rule is disabled (%s)", s.Rule, s.Reason))
		}
	}
	switch {
	case len(warnings) > 0:
		return Health{Expected: HealthWarning, Because: warnings}
	case len(unknowns) > 0:
		return Health{Expected: HealthCannotTell, Because: unknowns}
	case len(ok) == 0:
		return Health{Expected: HealthCannotTell, Because: []string{"no rule that bears on it applied"}}
	}
	return Health{Expected: HealthOK, Because: ok}
}
