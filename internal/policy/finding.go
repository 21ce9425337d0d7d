// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// Statuses of a finding.
const (
	Pass          = "pass"
	Fail          = "fail"
	Waived        = "waived"
	Undetermined  = "undetermined"
	NotApplicable = "not_applicable"
)

// Finding is one rule applied to one subject.
type Finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Status   string `json:"status"`
	// Subject is what the rule was applied to, for instance "en1"; empty when the rule
	// is about the whole.
	Subject  string `json:"subject"`
	Summary  string `json:"summary"`
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
	Remedy   string `json:"remedy,omitempty"`
	// Reference is the address of the document that the rule follows.
	Reference string   `json:"reference,omitempty"`
	Controls  []string `json:"controls,omitempty"`
	// Evidence are the names of the probes behind the facts that the rule looks at, sorted.
	Evidence []string `json:"evidence,omitempty"`
	// Unknown says for an undetermined finding which facts were unknown and why.
	Unknown []aix.Why `json:"unknown,omitempty"`
	// Waiver is the waiver of a waived finding.
	Waiver *Waiver `json:"waiver,omitempty"`
	// Why says in a sentence why the finding is undetermined, waived or not applicable.
	Why string `json:"why,omitempty"`
	// Place is where the subject stands in a file: that of the element of for_each that
	// has an attribute `place`, such as a command, a step or a pipeline of the root template.
	Place *Place `json:"place,omitempty"`
}

// States of a waiver on the day of judging.
const (
	WaiverUsed         = "used"
	WaiverUnused       = "unused"
	WaiverExpired      = "expired"
	WaiverNotEvaluated = "not_evaluated" // its rule was not evaluated here, so nothing can be said
)

// WaiverState is a waiver and what became of it.
type WaiverState struct {
	Waiver
	State string `json:"state"`
	// Findings counts the findings it covers, or would cover had it not expired.
	Findings int `json:"findings"`
}

// Skipped is a rule that was not evaluated.
type Skipped struct {
	Rule string `json:"rule"`
	// Disabled says that an override disabled it, for Reason. Otherwise roots it needs
	// are not known here.
	Disabled bool     `json:"disabled"`
	Reason   string   `json:"reason,omitempty"`
	Missing  []string `json:"missing,omitempty"`
}

// What Power VS is expected to show as the health of a VM deployed from the image.
const (
	HealthOK         = "OK"
	HealthWarning    = "Warning"
	HealthCannotTell = "cannot tell"
)

// Health is the expected health, in the words of Power VS, and what it follows from.
type Health struct {
	Expected string `json:"expected"`
	// Because are the facts that lead there, one sentence each, in the order of the
	// rules: the rule, the subject, what was found, and the probes that told it. For
	// `Warning` they are the facts that break RMC, for "cannot tell" those that are
	// missing, and for `OK` all that bear on it.
	Because []string `json:"because"`
}

// Result is what an evaluation found.
type Result struct {
	// Findings are sorted by rule, subject and what was found.
	Findings []Finding `json:"findings"`
	// Waivers are all waivers of the policy with their states, sorted by rule and subject.
	Waivers []WaiverState `json:"waivers"`
	// Skipped are the rules that were not evaluated, sorted by name.
	Skipped []Skipped `json:"skipped"`
	Health  Health    `json:"health"`
}

func sortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Found, b.Found),
			strings.Compare(a.Status, b.Status), strings.Compare(a.Expected, b.Expected), strings.Compare(a.Remedy, b.Remedy),
			strings.Compare(a.Why, b.Why), a.Place.compare(b.Place),
		)
	})
}
