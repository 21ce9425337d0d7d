// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Bounds of what people are shown; report.json and evidence.json have everything.
const (
	maxSubjects  = 40       // findings of one rule
	maxClosed    = 400      // rows of what passed
	maxUnknowns  = 200      // facts that are unknown
	maxRawLines  = 200      // lines of one raw output
	maxRawBytes  = 16 << 10 // bytes of one raw output
	maxInterface = 200      // rows of the interface table
)

// view is a report as people read it: what the page and the Markdown both show.
type view struct {
	Input
	Title, Level string
	// Health is what Power VS will show, with its status.
	Health     string
	HealthKind string
	Gate       string
	Identity   []identity
	Counts     []counter
	Open       []findingGroup
	Closed     []policy.Finding
	ClosedMore int
	Path       rmcPath
	PathWords  string
	Rows       []interfaceRow
	RowsMore   int
	Levels     levels
	Timeline   []event
	// States are the management interface at each collection, side by side.
	States      []column
	Claims      []string
	Ways        []way
	Raw         []raw
	Unknowns    []unknownRow
	UnknownRest int
	// Badges are what the verdict's word alone does not say.
	Badges []string
}

// identity is one line of what was judged.
type identity struct {
	Label, Value string
	// Exact values are digests and the like, in monospace, to be copied.
	Exact bool
}

// counter is one of the counts, leading to its list.
type counter struct {
	Label, Status, Link string
	N                   int
}

// findingGroup are the findings of one rule in one status.
type findingGroup struct {
	policy.Finding
	ID       string
	Findings []policy.Finding
	// More counts the findings that are left out.
	More     int
	Why      []string
	Remedies []string
	Probes   []probeRow
	Page     string
}

// probeRow is the evidence behind a finding: a probe of the judged collection.
type probeRow struct {
	Name, Command, Ended, Digest, Problem, Excerpt string
	ExitCode, Bytes                                int
	Shown                                          bool
}

// column is the management interface at one collection.
type column struct {
	Title  string
	Values []string
}

// raw is the raw output of a probe.
type raw struct {
	probeRow
	ID, Stdout, Stderr string
	Before             bool // of the baseline
}

type unknownRow struct{ Path, Why string }

func newView(in Input) view {
	r := in.Result
	v := view{Input: in, Level: "not known"}
	if level, known := r.Facts.System.Level.Get(); known {
		v.Level = level.Text
	}
	v.Title = r.Verdict + ": " + cmp.Or(v.image().Name, r.Run.Source)
	v.Health, v.HealthKind = healthWords(r.Health)
	v.Gate = gateWords(r)
	v.Identity = v.identities()
	v.Counts = counters(r.Counts)
	v.Badges = v.badges()
	v.group()
	v.Path = newPath(r.Facts)
	v.Rows = interfaceRows(r.Facts)
	v.Levels = newLevels(in)
	v.Timeline = timeline(in.Record)
	v.States = columns(v.Timeline)
	v.Claims = notClaimed
	v.Ways = ways(in)
	v.Raw = in.raw()
	for _, u := range r.Unknowns {
		v.Unknowns = append(v.Unknowns, unknownRow{u.Path, u.Why.String()})
	}
	v.Unknowns, v.UnknownRest = first(v.Unknowns, maxUnknowns)
	v.Closed, v.ClosedMore = first(v.Closed, maxClosed)
	v.RowsMore = len(v.Rows) - min(len(v.Rows), maxInterface)
	v.Rows = v.Rows[:min(len(v.Rows), maxInterface)]
	return v
}

// first returns at most n elements, and how many are left out.
func first[T any](list []T, n int) ([]T, int) {
	if len(list) <= n {
		return list, 0
	}
	return list[:n:n], len(list) - n
}

// image is the image that the report is about; empty without one.
func (v view) image() Subject {
	if len(v.Subjects) > 0 {
		return v.Subjects[0]
	}
	if i := v.Result.Image; i != nil {
		return Subject{Name: i.Name, SHA256: i.SHA256, Size: i.Size}
	}
	return Subject{}
}

func healthWords(h policy.Health) (words, kind string) {
	switch h.Expected {
	case policy.HealthOK:
		return "A VM deployed from this image is expected to come up with RMC healthy (OK).", policy.Pass
	case policy.HealthWarning:
		return "A VM deployed from this image is expected to stay in Warning: its RMC does not reach the management system.", policy.Fail
	}
	return "What health a VM deployed from this image will show cannot be told from the evidence.", policy.Undetermined
}

func gateWords(r *verdict.Result) string {
	rule := map[string]string{
		verdict.FailOnError:   "The gate refuses an image with a finding of severity error",
		verdict.FailOnWarning: "The gate refuses an image with a finding of severity error or warning",
		verdict.FailOnNever:   "The gate lets every image through (fail_on is never)",
	}[r.FailOn]
	state := "it is open"
	if !r.GateOpen {
		state = "it is shut"
	}
	return rule + "; what could not be determined counts like a failure; " + state + "."
}

func (v view) badges() []string {
	var badges []string
	if v.problem() != "" {
		badges = append(badges, "evidence incomplete")
	}
	if n := v.Result.Counts.Undetermined; n > 0 {
		badges = append(badges, fmt.Sprintf("%d undetermined", n))
	}
	if n := v.Result.Counts.Waived; n > 0 {
		badges = append(badges, fmt.Sprintf("%d waived", n))
	}
	restored := 0
	for _, d := range v.Result.Drift {
		if d.Restored {
			restored++
		}
	}
	if restored > 0 {
		badges = append(badges, "restored during the build")
	}
	if v.Result.GateOpen && v.Result.Verdict == verdict.Failed {
		badges = append(badges, "gate open all the same")
	}
	return badges
}

func (v view) identities() []identity {
	r := v.Result
	var list []identity
	add := func(label, value string, exact bool) {
		if value != "" {
			list = append(list, identity{label, value, exact})
		}
	}
	for i, s := range v.Subjects {
		label := "Image"
		if i > 0 {
			label = "Also in the artifact"
		}
		name := s.Name
		if s.Size > 0 {
			name += ", " + size(s.Size)
		}
		add(label, name, false)
		add("SHA-256 of "+s.Name, s.SHA256, true)
		add("Power VS image id", s.CloudID, true)
	}
	if len(v.Subjects) == 0 {
		if image := v.image(); image.Name != "" {
			add("Image", image.Name, false)
			add("SHA-256", image.SHA256, true)
		} else {
			add("Image", "none yet: a guest was judged", false)
		}
	}
	host := ""
	if name, known := r.Facts.System.Hostname.Get(); known {
		host = name
	}
	add("AIX level", v.Level, false)
	add("Host", host, false)
	add("Source", r.Run.Source, false)
	add("Packer run", r.Run.UUID, true)
	collected := r.Collection + ", " + moment(r.Collected)
	if v.Record != nil && len(v.Record.Collections) > 1 {
		collected += fmt.Sprintf(", the last of %d collections", len(v.Record.Collections))
	}
	add("Collected", collected, false)
	add("Waivers and dates as of", r.AsOf, false)
	add("Policy", r.Policy, true)
	if v.Policy != nil {
		add("Policy files", policyFiles(v.Policy), false)
	}
	versions := r.Run.Plugin
	if r.Run.Packer != "" {
		versions += ", Packer " + r.Run.Packer
	}
	add("Collected by plugin", versions, false)
	switch {
	case v.Seal == nil:
		add("Signature", "none: made on the command line", false)
	case v.Seal.Fingerprint == "":
		add("Signature", "none yet: the statements beside this report wait for a signer", false)
	default:
		add("To be signed by key", v.Seal.Fingerprint, true)
	}
	return list
}

// policyFiles says of which files a policy is made.
func policyFiles(p *policy.Policy) string {
	builtin := false
	var names []string
	for _, f := range p.Files() {
		if f.Builtin {
			builtin = true
		} else {
			names = append(names, f.Name)
		}
	}
	names, more := first(names, 6)
	text := strings.Join(names, ", ")
	if more > 0 {
		text += " and " + count(more, "more file", "more files")
	}
	switch {
	case !builtin:
		return text + ", without the built-in rules"
	case len(names) == 0:
		return "the built-in rules alone"
	}
	return "the built-in rules with " + text
}

// size is a number of bytes for people, with the exact number.
func size(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	f, unit := float64(n), 0
	for f >= 1024 && unit < len(units)-1 {
		f /= 1024
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s (%d bytes)", f, units[unit], n)
}

func counters(c verdict.Counts) []counter {
	return []counter{
		{"Errors", policy.Fail, "#attention", c.Errors},
		{"Warnings", policy.Waived, "#attention", c.Warnings},
		{"Notices", "note", "#attention", c.Notices},
		{"Undetermined", policy.Undetermined, "#attention", c.Undetermined},
		{"Waived", policy.Waived, "#attention", c.Waived},
		{"Passed", policy.Pass, "#passed", c.Passed},
		{"Not applicable", policy.NotApplicable, "#passed", c.NotApplicable},
	}
}

// group sorts the findings into those that need attention, by rule, and the rest.
func (v *view) group() {
	known := map[string]policy.Rule{}
	for _, r := range v.rules() {
		known[r.Name] = r
	}
	at := map[string]int{}
	for _, f := range Ordered(v.Result.Findings) {
		if f.Status == policy.Pass || f.Status == policy.NotApplicable {
			v.Closed = append(v.Closed, f)
			continue
		}
		key := f.Rule + " " + f.Status
		i, ok := at[key]
		if !ok {
			i = len(v.Open)
			at[key] = i
			g := findingGroup{Finding: f, ID: strings.ReplaceAll(key, " ", "--"), Why: whyItMatters(f.Rule), Page: rulePage(f.Rule)}
			g.Probes = v.probes(f.Evidence)
			v.Open = append(v.Open, g)
		}
		g := &v.Open[i]
		if f.Remedy != "" && !slices.Contains(g.Remedies, f.Remedy) && len(g.Remedies) < 10 {
			g.Remedies = append(g.Remedies, f.Remedy)
		}
		if len(g.Findings) == maxSubjects {
			g.More++
			continue
		}
		g.Findings = append(g.Findings, f)
	}
}

// Single reports whether the group is one finding.
func (g findingGroup) Single() bool { return len(g.Findings) == 1 && g.More == 0 }

// Explained is why the finding has its status, but for what the waiver's box says already.
func (g findingGroup) Explained() string {
	if g.Waiver == nil {
		return g.Finding.Why
	}
	said := fmt.Sprintf("waived until %s: %s", g.Waiver.Expires, g.Waiver.Reason)
	return strings.TrimLeft(strings.TrimPrefix(g.Finding.Why, said), "; ")
}

// probes are the named probes as the judged collection has them.
func (in Input) probes(names []string) []probeRow {
	last := in.last()
	if last == nil {
		return nil
	}
	var rows []probeRow
	for _, name := range names {
		for _, p := range last.Probes {
			if p.Name == name {
				rows = append(rows, newProbeRow(last, p))
			}
		}
	}
	return rows
}

func newProbeRow(c *evidence.Collection, p evidence.Probe) probeRow {
	sum := sha256.Sum256(p.Stdout)
	return probeRow{
		Name: p.Name, Command: p.Command, ExitCode: p.ExitCode, Problem: p.Problem, Bytes: len(p.Stdout),
		Digest: hex.EncodeToString(sum[:]), Ended: clock(c.Ended), Excerpt: clipRaw(p.Stdout, 8, 800), Shown: true,
	}
}

// raw are the raw outputs: those of the judged collection, and those of the baseline
// that were different.
func (in Input) raw() []raw {
	last := in.last()
	if last == nil {
		return nil
	}
	var list []raw
	digests := map[string]string{}
	add := func(c *evidence.Collection, p evidence.Probe, id string, before bool) {
		list = append(list, raw{
			probeRow: newProbeRow(c, p), ID: id, Before: before,
			Stdout: clipRaw(p.Stdout, maxRawLines, maxRawBytes), Stderr: clipRaw(p.Stderr, 20, 2000),
		})
	}
	for i, p := range last.Probes {
		add(last, p, fmt.Sprintf("raw-%d", i+1), false)
		digests[p.Name] = list[len(list)-1].Digest
	}
	if before := in.Record.Baseline(); before != nil && before.Sequence != last.Sequence {
		for i, p := range before.Probes {
			row := newProbeRow(before, p)
			if p.Name != "date" && digests[p.Name] != row.Digest {
				add(before, p, fmt.Sprintf("baseline-%d", i+1), true)
			}
		}
	}
	return list
}

// clipRaw bounds a raw output in lines and bytes, with a note, and makes it inert.
func clipRaw(output []byte, lines, size int) string {
	text := strings.TrimRight(string(output), "\n")
	if text == "" {
		return ""
	}
	all := strings.Split(text, "\n")
	kept, used := []string{}, 0
	for _, line := range all {
		line = inert(strings.TrimSuffix(line, "\r"), 500)
		if len(kept) == lines || used+len(line) > size && len(kept) > 0 {
			kept = append(kept, fmt.Sprintf("… (cut: %d more lines)", len(all)-len(kept)))
			break
		}
		kept = append(kept, line)
		used += len(line) + 1
	}
	return strings.Join(kept, "\n")
}

// columns are the states of the management interface side by side: the first, the
// last, and at most four between them.
func columns(events []event) []column {
	var list []column
	for _, e := range events {
		if e.Kind != eventCollection || e.State.Name == "" {
			continue
		}
		c := column{Title: e.Title}
		for _, row := range e.State.rows() {
			c.Values = append(c.Values, row[1])
		}
		list = append(list, c)
	}
	if len(list) > 6 {
		list = append(list[:5:5], list[len(list)-1])
	}
	return list
}

// Aspects are the names of the rows of States.
func (v view) Aspects() []string {
	var names []string
	for _, row := range (interfaceState{}).rows() {
		names = append(names, row[0])
	}
	return names
}

// notClaimed is what a reader must not conclude.
var notClaimed = []string{
	"Everything said about the guest was said by the guest itself, over Packer's connection. Somebody who controls the guest can make it lie; nothing here vouches for it beyond that.",
	"The checks ran before the image was captured. Later provisioners, the shutdown, and the capture itself may have changed it. A check of a VM deployed from the image says more.",
	"The signature says who made this report and that it was not changed. It says nothing about how the image was built: no SLSA build level is claimed, and times are those of the Packer host's clock.",
}
