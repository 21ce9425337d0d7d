// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"time"
)

// waive applies the waivers to the findings that did not pass, and says what became
// of each waiver. The waiver of one subject goes before the waiver of all.
func (e *evaluation) waive(result *Result) []WaiverState {
	states := make([]WaiverState, len(e.policy.waivers))
	evaluated := map[string]bool{}
	for _, f := range result.Findings {
		evaluated[f.Rule] = true
	}
	for i, w := range e.policy.waivers {
		states[i] = WaiverState{Waiver: *w, State: WaiverUnused}
		switch {
		case expired(w.Expires, e.asOf):
			states[i].State = WaiverExpired
		case !evaluated[w.Rule]:
			states[i].State = WaiverNotEvaluated
		}
	}
	for n := range result.Findings {
		f := &result.Findings[n]
		if f.Status != Fail && f.Status != Undetermined {
			continue
		}
		chosen, lapsed := -1, -1
		for i := range states {
			w := &states[i]
			if w.Rule != f.Rule || (w.Subject != "" && w.Subject != f.Subject) {
				continue
			}
			// Sorted by subject, so a waiver of this very subject comes last and wins.
			if w.State == WaiverExpired {
				lapsed = i
			} else {
				chosen = i
			}
		}
		if chosen < 0 {
			if lapsed >= 0 {
				states[lapsed].Findings++
			}
			continue
		}
		states[chosen].State = WaiverUsed
		states[chosen].Findings++
		w := states[chosen].Waiver
		was := ""
		if f.Status == Undetermined {
			was = "; it was " + f.Why
		}
		f.Status, f.Waiver = Waived, &w
		f.Why = fmt.Sprintf("waived until %s: %s%s", w.Expires, w.Reason, was)
	}
	return states
}

// expired reports that the last day of a waiver is over, in UTC.
func expired(day string, asOf time.Time) bool {
	last, err := time.Parse(time.DateOnly, day)
	return err != nil || !asOf.Before(last.AddDate(0, 0, 1))
}
