// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// The outcomes of an audit of one report folder.
const (
	// OutcomePasses: everything verified, and the image meets the policy.
	OutcomePasses = "passes"
	// OutcomeFallsShort: everything verified, and the image does not meet the policy.
	OutcomeFallsShort = "falls_short"
	// OutcomeRefused: something was read and found false, so there is no proof.
	OutcomeRefused = "refused"
	// OutcomeUnreadable: it could not be told.
	OutcomeUnreadable = "unreadable"
)

// AuditOptions say what to hold report folders against.
type AuditOptions struct {
	// Verify is what to verify each folder by; its verdict may be any, since the folder
	// is judged again.
	Verify VerifyOptions
	// Policy, FailOn and AsOf are what to judge by.
	Policy *policy.Policy
	FailOn string
	AsOf   time.Time
	// Workers is how many folders are looked at side by side.
	Workers int
}

// Audited is one report folder, verified and judged again. It is one line of an
// audit's ndjson; docs/schemas/audit-v1.schema.json describes it.
type Audited struct {
	// Folder is the path as given or found.
	Folder  string `json:"folder"`
	Outcome string `json:"outcome"`
	// Reason says why, in one sentence.
	Reason string `json:"reason"`
	Image  string `json:"image"`
	SHA256 string `json:"sha256"`
	// Signed is what the signed report says; null when it was refused or unreadable.
	Signed *SignedJudgement `json:"signed"`
	// Now is today's judgement of the same evidence; null likewise.
	Now *NewJudgement `json:"now"`
	// Changes are the findings that come out otherwise, in the order of the rules.
	Changes []Change `json:"changes"`
}

// SignedJudgement is the judgement that was signed.
type SignedJudgement struct {
	Verdict  string `json:"verdict"`
	Policy   string `json:"policy"`
	JudgedAt string `json:"judged_at"`
	Verifier string `json:"verifier"`
	Key      string `json:"key"`
}

// NewJudgement is the judgement that the audit makes.
type NewJudgement struct {
	Verdict string `json:"verdict"`
	Because string `json:"because"`
	Policy  string `json:"policy"`
	AsOf    string `json:"as_of"`
	// Health is what Power VS is expected to show.
	Health string `json:"expected_health"`
}

// Change is a finding that comes out otherwise than was signed.
type Change struct {
	Rule     string `json:"rule"`
	Subject  string `json:"subject"`
	Severity string `json:"severity"`
	// Was and Is are statuses, or "not_judged" where the rule or the subject is not there.
	Was string `json:"was"`
	Is  string `json:"is"`
	// Why says what the policy now expects and found, or why it cannot be told.
	Why string `json:"why"`
}

// NotJudged is the status of a finding that a judgement does not have.
const NotJudged = "not_judged"

// maxImage bounds image.json, in bytes.
const maxImage = 4 << 20

// Audit looks at every folder that next returns, until it returns false, and hands
// the results to tell in the same order. Any number of folders takes the memory of
// Workers of them. It stops when tell returns an error, or the context ends.
func Audit(ctx context.Context, o AuditOptions, next func() (string, bool), tell func(Audited) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.Verify.AnyVerdict = true
	type job struct {
		folder string
		done   chan Audited
	}
	workers := max(o.Workers, 1)
	jobs, order := make(chan job), make(chan job, 2*workers)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for j := range jobs {
				j.done <- o.audit(ctx, j.folder)
			}
		})
	}
	group.Go(func() {
		defer close(order)
		defer close(jobs)
		for {
			folder, ok := next()
			if !ok {
				return
			}
			j := job{folder, make(chan Audited, 1)}
			for _, to := range []chan job{order, jobs} {
				select {
				case to <- j:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	var err error
	for j := range order {
		select {
		case a := <-j.done:
			err = tell(a)
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			break
		}
	}
	cancel()
	for j := range order { // until the sender has seen the end
		_ = j
	}
	group.Wait()
	return err
}

func (o AuditOptions) audit(ctx context.Context, folder string) Audited {
	a := Audited{Folder: folder, Changes: []Change{}}
	err := o.judge(ctx, folder, &a)
	var refused *RefusedError
	switch {
	case errors.As(err, &refused):
		a.Outcome, a.Reason, a.Signed, a.Now = OutcomeRefused, refused.Reason, nil, nil
	case err != nil:
		a.Outcome, a.Reason, a.Signed, a.Now = OutcomeUnreadable, err.Error(), nil, nil
	}
	return a
}

func (o AuditOptions) judge(ctx context.Context, folder string, a *Audited) error {
	v, err := Verify(ctx, folder, o.Verify)
	if err != nil {
		return err
	}
	if v.report == nil {
		return fmt.Errorf("%s is a single file; an audit needs the report folder with its evidence", folder)
	}
	a.Image, a.SHA256 = v.Image, v.SHA256
	a.Signed = &SignedJudgement{Verdict: v.Verdict, Policy: v.Policy, JudgedAt: v.JudgedAt, Verifier: v.Verifier, Key: v.Key}
	record, err := signedRecord(folder, v.report)
	if err != nil {
		return err
	}
	facts, err := signedImage(folder, v.report)
	if err != nil {
		return err
	}
	result, err := verdict.Judge(ctx, verdict.Input{Record: record, Image: facts, Policy: o.Policy, FailOn: o.FailOn, AsOf: o.AsOf})
	if err != nil {
		return err
	}
	a.Now = &NewJudgement{Verdict: result.Verdict, Because: result.Because, Policy: result.Policy, AsOf: result.AsOf, Health: result.Health.Expected}
	a.Changes = changes(v.report.Findings, result.Findings)
	a.Outcome, a.Reason = OutcomePasses, result.Because
	if result.Verdict == verdict.Failed {
		a.Outcome = OutcomeFallsShort
	}
	return nil
}

// signedBytes reads a file that the report names, and checks the very bytes that are
// used afterwards.
func signedBytes(folder string, report *Report, name string, limit int64) ([]byte, error) {
	i := slices.IndexFunc(report.Files, func(r Resource) bool { return r.Name == name })
	if i < 0 {
		return nil, refuse("the report names no %s, so it cannot be judged again", name)
	}
	file, size, err := openPlain(filepath.Join(folder, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, refuse("%s is missing, so it cannot be judged again", name)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if size > limit {
		return nil, refuse("%s is larger than %d MiB", name, limit>>20)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(file, content); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if sum(content) != report.Files[i].Digest["sha256"] {
		return nil, refuse("%s was changed: its sha256 is %s, the report says %s", name, sum(content), report.Files[i].Digest["sha256"])
	}
	return content, nil
}

func signedRecord(folder string, report *Report) (*evidence.Record, error) {
	content, err := signedBytes(folder, report, FileEvidence, evidence.MaxSize)
	if err != nil {
		return nil, err
	}
	record, err := evidence.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", FileEvidence, err)
	}
	if record.Run.UUID != report.Run.PackerRunUUID || record.Run.Source != report.Run.Source {
		return nil, refuse("the evidence is of run %s, source %s, the report is of run %s, source %s", record.Run.UUID, record.Run.Source, report.Run.PackerRunUUID, report.Run.Source)
	}
	if record.Final() == nil {
		return nil, refuse("the evidence has no final collection at its end")
	}
	return record, nil
}

func signedImage(folder string, report *Report) (*image.Facts, error) {
	content, err := signedBytes(folder, report, FileImage, maxImage)
	if err != nil {
		return nil, err
	}
	var facts image.Facts
	if err := json.Unmarshal(content, &facts); err != nil {
		return nil, fmt.Errorf("%s: %w", FileImage, err)
	}
	return &facts, nil
}

// changes compares what was signed with what comes out now, by rule and subject.
func changes(signed []Finding, now []policy.Finding) []Change {
	type key struct{ rule, subject string }
	type pair struct {
		was  []string
		is   []string
		last policy.Finding
		old  Finding
	}
	pairs := map[key]*pair{}
	var order []key
	at := func(k key) *pair {
		if pairs[k] == nil {
			pairs[k] = &pair{}
			order = append(order, k)
		}
		return pairs[k]
	}
	for _, f := range signed {
		p := at(key{f.Rule, f.Subject})
		p.was, p.old = append(p.was, f.Status), f
	}
	for _, f := range now {
		p := at(key{f.Rule, f.Subject})
		if len(p.is) == 0 || f.Status != policy.Pass {
			p.last = f
		}
		p.is = append(p.is, f.Status)
	}
	slices.SortFunc(order, func(a, b key) int {
		return strings.Compare(a.rule+"\x00"+a.subject, b.rule+"\x00"+b.subject)
	})
	list := []Change{}
	for _, k := range order {
		p := pairs[k]
		slices.Sort(p.was)
		slices.Sort(p.is)
		if slices.Equal(p.was, p.is) {
			continue
		}
		c := Change{Rule: k.rule, Subject: k.subject, Severity: p.last.Severity, Was: words(p.was), Is: words(p.is), Why: why(p.last)}
		if len(p.is) == 0 {
			c.Severity, c.Why = p.old.Severity, "the policy has no such rule any more, or it does not apply to this subject"
		}
		list = append(list, c)
	}
	return list
}

func words(statuses []string) string {
	if len(statuses) == 0 {
		return NotJudged
	}
	return strings.Join(slices.Compact(statuses), ", ")
}

func why(f policy.Finding) string {
	switch {
	case f.Why != "":
		return f.Why
	case f.Expected != "" || f.Found != "":
		return fmt.Sprintf("expected %s, found %s", f.Expected, f.Found)
	}
	return f.Summary
}
