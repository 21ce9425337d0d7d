// SPDX-License-Identifier: MPL-2.0

// Package lint finds in Packer templates, shell scripts and Ansible playbooks what
// would break RMC or the boot of an AIX image, before a VM exists. It joins what the
// packages below it read, and judges it by the rules about the root `template`.
package lint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/template"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Input says what to look at, and by which policy.
type Input struct {
	// Paths are files and folders; "-" is Stdin, as the file StdinName.
	Paths     []string
	Stdin     io.Reader
	StdinName string
	// TemplatesOnly takes of a path the template in it alone, as Packer does, and not the
	// folders below it nor scripts and playbooks that no template runs.
	TemplatesOnly bool
	// Template are the variables that Packer would be given.
	Template template.Options
	Policy   *policy.Policy
	// FailOn is error, warning or never.
	FailOn string
	// AsOf is the day of judging, by which waivers expire.
	AsOf time.Time
	// Baseline are the fingerprints of findings that are known already.
	Baseline map[string]bool
}

// Finding is a finding about a place in a file.
type Finding struct {
	policy.Finding
	// EndLine and EndColumn say where the text that it is about ends, in characters from
	// 1, exclusive; 0 when that is not known.
	EndLine   int `json:"end_line,omitempty"`
	EndColumn int `json:"end_column,omitempty"`
	// Step is what runs it, for instance `build.provisioner[0] "shell"`.
	Step string `json:"step,omitempty"`
	// Lines are the lines of the file that it is about.
	Lines []string `json:"lines,omitempty"`
	// Fingerprint tells the finding from others, and stays the same when lines move.
	Fingerprint string `json:"fingerprint"`
	// Suppressed is the reason of the comment that suppresses it.
	Suppressed string `json:"suppressed,omitempty"`
	// Known says that it is in the baseline.
	Known bool `json:"known,omitempty"`

	// command says that it is about a command.
	command bool
}

// counts reports whether the finding is one to act upon.
func (f *Finding) counts() bool {
	return !f.Known && f.Suppressed == "" && (f.Status == policy.Fail || f.Status == policy.Undetermined)
}

// Result is what was found.
type Result struct {
	// Findings are those that did not pass, sorted by file, line and column; findings
	// about the whole come first.
	Findings []Finding `json:"findings"`
	// Files and Commands count what was looked at.
	Files    int `json:"files"`
	Commands int `json:"commands"`
	// Ignored are paths given that are nothing to lint, with the reason.
	Ignored []string             `json:"ignored"`
	Waivers []policy.WaiverState `json:"waivers"`
	// FailOn is the least severity that fails.
	FailOn string `json:"fail_on"`
	// Policy is the policy's digest.
	Policy string `json:"policy"`
	// Pipelines are those of the templates, in the order they stand.
	Pipelines []policy.Pipeline `json:"-"`
}

// Counts counts the findings to act upon by severity, and those that are not.
type Counts struct {
	Errors, Warnings, Notices, Suppressed, Waived, Known int
}

// Counts counts the findings.
func (r *Result) Counts() Counts {
	var c Counts
	for i := range r.Findings {
		switch f := &r.Findings[i]; {
		case f.Known:
			c.Known++
		case f.Suppressed != "":
			c.Suppressed++
		case f.Status == policy.Waived:
			c.Waived++
		case f.Severity == policy.Error:
			c.Errors++
		case f.Severity == policy.Warning:
			c.Warnings++
		default:
			c.Notices++
		}
	}
	return c
}

// Clean reports that nothing was found that fails.
func (r *Result) Clean() bool {
	c := r.Counts()
	switch r.FailOn {
	case verdict.FailOnNever:
		return true
	case verdict.FailOnWarning:
		return c.Errors+c.Warnings == 0
	}
	return c.Errors == 0
}

// Run lints. The error is not nil when a path given cannot be looked at, or the policy
// cannot be evaluated; whatever is wrong inside the files is a finding.
func Run(ctx context.Context, in Input) (*Result, error) {
	if err := verdict.CheckFailOn(in.FailOn); err != nil {
		return nil, err
	}
	l := &linting{in: in, reader: files.NewReader()}
	units, err := l.collect()
	if err != nil {
		return nil, err
	}
	if err := l.analyze(ctx, units); err != nil {
		return nil, err
	}
	return l.judge(ctx, units)
}

// linting is one Run.
type linting struct {
	in     Input
	reader *files.Reader
	out    Result
	// without holds files whose findings are not wanted; see templates.
	without map[string]bool
}

// unit is one thing to lint with what was read of it.
type unit struct {
	kind string // policy.StepScript, policy.StepPlaybook or templateKind
	// path is the file, or the folder of a template; names are the template's files.
	path  string
	names []string
	// files are all files read for it, as shown to people.
	files    []string
	template policy.Template
}

// templateKind is the kind of a unit that is a Packer template.
const templateKind = "template"

// analyze reads the units, as many at a time as there are processors.
func (l *linting) analyze(ctx context.Context, units []*unit) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, u := range units {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return l.read(u)
		})
	}
	return group.Wait()
}

// maxBatch bounds how many commands are judged at once, so that rules that look at all
// commands stay within the bounds of an evaluation.
const maxBatch = 2000

// judge evaluates the policy on the units, in batches, and sorts what did not pass.
func (l *linting) judge(ctx context.Context, units []*unit) (*Result, error) {
	seen := map[string]bool{}
	l.out = Result{Findings: []Finding{}, Ignored: l.out.Ignored, Waivers: []policy.WaiverState{}, FailOn: l.in.FailOn, Policy: l.in.Policy.Digest()}
	for _, u := range units {
		l.out.Commands += len(u.template.Commands)
		l.out.Pipelines = append(l.out.Pipelines, u.template.Pipelines...)
		for _, name := range u.files {
			if !seen[name] {
				seen[name] = true
				l.out.Files++
			}
		}
	}
	comments := l.suppressions(slices.Sorted(maps.Keys(seen)))
	var findings []Finding
	for len(units) > 0 {
		batch := policy.Template{}
		for first := true; len(units) > 0 && (first || units[0].kind != templateKind && len(batch.Commands)+len(units[0].template.Commands) <= maxBatch); first = false {
			t := units[0].template
			batch.Steps, batch.Pipelines = append(batch.Steps, t.Steps...), append(batch.Pipelines, t.Pipelines...)
			batch.Commands, batch.Problems = append(batch.Commands, t.Commands...), append(batch.Problems, t.Problems...)
			alone := units[0].kind == templateKind
			units = units[1:]
			if alone {
				break // pipelines of other templates are none of this one's
			}
		}
		result, err := l.in.Policy.Evaluate(ctx, policy.Roots{Template: &batch}, l.in.AsOf)
		if err != nil {
			return nil, fmt.Errorf("lint: %w", err)
		}
		l.mergeWaivers(result.Waivers)
		findings = append(findings, l.locate(result.Findings, &batch)...)
	}
	findings = l.unique(findings)
	l.suppress(findings, comments)
	if len(comments) > 0 {
		t := policy.Template{}
		for _, c := range comments {
			t.Suppressions = append(t.Suppressions, c.Suppression)
		}
		result, err := l.in.Policy.Evaluate(ctx, policy.Roots{Template: &t}, l.in.AsOf)
		if err != nil {
			return nil, fmt.Errorf("lint: %w", err)
		}
		for _, f := range l.locate(result.Findings, &t) {
			if f.Place != nil {
				findings = append(findings, f)
			}
		}
		findings = l.unique(findings)
	}
	fingerprint(findings)
	for i := range findings {
		findings[i].Known = l.in.Baseline[findings[i].Fingerprint]
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(comparePlaces(a.Place, b.Place), cmp.Compare(rank(a.Severity), rank(b.Severity)), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Subject, b.Subject))
	})
	l.out.Findings = append(l.out.Findings, findings...)
	return &l.out, nil
}

func rank(severity string) int {
	return slices.Index([]string{policy.Error, policy.Warning, policy.Notice}, severity)
}

func comparePlaces(a, b *policy.Place) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// unique makes one of the findings of a rule about one place: of a file that several
// steps run, of a loop whose turns do the same to several interfaces. Their subjects
// are joined.
func (l *linting) unique(findings []Finding) []Finding {
	type id struct {
		rule, found, status string
		place               policy.Place
	}
	seen := map[id]int{}
	var out []Finding
	for _, f := range findings {
		if f.Place == nil {
			out = append(out, f)
			continue
		}
		if l.without[f.Place.File] {
			continue
		}
		key := id{rule: f.Rule, status: f.Status, place: *f.Place}
		if !f.command {
			key.found = f.Found // two things that stand at one place
		}
		at, ok := seen[key]
		if !ok {
			seen[key] = len(out)
			out = append(out, f)
			continue
		}
		if known := strings.Split(out[at].Subject, ", "); f.Subject != "" && !slices.Contains(known, f.Subject) && len(known) < maxSubjects {
			out[at].Subject += ", " + f.Subject
		}
	}
	return out
}

// maxSubjects bounds how many subjects of one finding are named.
const maxSubjects = 8

// mergeWaivers keeps of each waiver the state that says most.
func (l *linting) mergeWaivers(states []policy.WaiverState) {
	if len(l.out.Waivers) == 0 {
		l.out.Waivers = append(l.out.Waivers, states...)
		return
	}
	order := []string{policy.WaiverNotEvaluated, policy.WaiverUnused, policy.WaiverUsed, policy.WaiverExpired}
	for i := range states {
		w := &l.out.Waivers[i]
		w.Findings += states[i].Findings
		if slices.Index(order, states[i].State) > slices.Index(order, w.State) {
			w.State = states[i].State
		}
	}
}

// locate keeps the findings that did not pass, with the text that they are about.
func (l *linting) locate(found []policy.Finding, t *policy.Template) []Finding {
	commands := map[policy.Place]*policy.Command{}
	for i := range t.Commands {
		c := &t.Commands[i]
		if commands[c.Place] == nil {
			commands[c.Place] = c
		}
	}
	var findings []Finding
	for _, f := range found {
		if f.Status == policy.Pass || f.Status == policy.NotApplicable {
			continue
		}
		finding := Finding{Finding: f}
		if f.Place != nil {
			c := commands[*f.Place]
			if c != nil {
				finding.Step, finding.command = c.Step, true
			}
			l.extent(&finding, c)
		}
		findings = append(findings, finding)
	}
	return findings
}

// maxExtent bounds how many lines of a file a finding shows.
const maxExtent = 8

// extent fills in the lines of the file that a finding is about, and where in them the
// text ends.
func (l *linting) extent(f *Finding, c *policy.Command) {
	file, err := l.reader.Read(l.pathOf(f.Place.File))
	if err != nil || f.Place.Line < 1 {
		return
	}
	lines := linesOf(file.Text, f.Place.Line, maxExtent)
	if len(lines) == 0 {
		return
	}
	f.EndLine, f.EndColumn = f.Place.Line, len([]rune(lines[0]))+1
	f.Lines = lines[:1]
	if c == nil {
		return
	}
	// A command's text as written ends where it ends in the file, unless the file writes
	// it otherwise (escapes, folded lines).
	rest, written := []rune(strings.Join(lines, "\n")), []rune(c.Text)
	start := f.Place.Column - 1
	if start < 0 || start > len(rest) || start+len(written) > len(rest) || string(rest[start:start+len(written)]) != c.Text {
		return
	}
	for i := range written {
		if written[i] == '\n' {
			f.EndLine++
			f.EndColumn = 1
		} else if f.EndLine > f.Place.Line {
			f.EndColumn++
		}
	}
	if f.EndLine == f.Place.Line {
		f.EndColumn = f.Place.Column + len(written)
	}
	f.Lines = lines[:f.EndLine-f.Place.Line+1]
}

// linesOf are up to n lines of a text from a line on.
func linesOf(text []byte, first, n int) []string {
	rest := string(text)
	for line := 1; line < first; line++ {
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			return nil
		}
		rest = rest[i+1:]
	}
	var lines []string
	for len(lines) < n {
		line, after, more := strings.Cut(rest, "\n")
		lines = append(lines, line)
		if !more {
			break
		}
		rest = after
	}
	return lines
}

// errNothing says that no path given is anything to lint.
var errNothing = errors.New("there is nothing to lint: no Packer template, shell script or Ansible playbook")
