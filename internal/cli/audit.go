// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// auditOptions are the flags of an audit.
type auditOptions struct {
	attest.AuditOptions
	format, resume string
	summary        bool
}

func auditCommand() *command {
	c := newCommand("audit", "DIR…", "verify and judge again any number of report folders, under today's policy")
	c.long = "DIR is a report folder, or a folder with report folders anywhere below it; - reads folders from standard input, one a line. " +
		"Each folder is verified, and its evidence is judged again by the policy given and the day of -as-of; what comes out otherwise than was signed is shown, and why. " +
		"Exits 2 when any image falls short, is refused or cannot be read."
	c.examples = []example{
		{program + " audit -key image-signing.pub /images", "every image below a folder, by the built-in policy as of today"},
		{program + " audit -key image-signing.pub -policy site.rsct.hcl -as-of 2027-06-30 -summary /images", "what a policy would say on a day to come, as a table"},
		{program + " audit -key image-signing.pub -format ndjson -resume audit.ndjson /images >> audit.ndjson", "go on where an audit was stopped"},
	}
	c.operand = hint{files: true}
	public := c.fileList("key", "the `file` with a signer's public key, from a source you trust")
	policies, variables := c.policyFlags("var")
	verifier := c.flags.String("verifier-id", "", "the only `verifier` to accept")
	asOf := c.flags.String("as-of", "", "the `date` of judging, YYYY-MM-DD; today when left out")
	failOn := c.choice("fail-on", verdict.FailOnError, "the least severity that falls short", []string{verdict.FailOnError, verdict.FailOnWarning})
	jobs := c.flags.Int("jobs", 0, "how `many` folders to look at side by side; as many as there are processors when 0 or left out")
	format := c.choice("format", "text", "what to print", []string{"text", "ndjson"})
	resume := c.file("resume", "the ndjson `file` of an audit that was stopped: go on after its last line")
	summary := c.flags.Bool("summary", false, "print a table instead of every folder")
	c.run = func(s streams, args []string) error {
		if len(args) == 0 {
			return errUsage
		}
		o := &auditOptions{format: *format, resume: *resume, summary: *summary}
		o.FailOn, o.Workers, o.AsOf, o.Verify.VerifierID = *failOn, *jobs, time.Now(), *verifier
		switch {
		case *jobs == 0:
			o.Workers = runtime.NumCPU()
		case *jobs < 0:
			return fmt.Errorf("-jobs %d: expected 0 or more", *jobs)
		}
		switch {
		case *resume != "" && *format != "ndjson":
			return errors.New("-resume goes on with an ndjson file; add -format ndjson")
		}
		var err error
		if *asOf != "" {
			if o.AsOf, err = time.Parse(time.DateOnly, *asOf); err != nil {
				return fmt.Errorf("-as-of %q: expected a date as YYYY-MM-DD", *asOf)
			}
		}
		if o.Verify.Keys, err = keys(*public); err != nil {
			return err
		}
		if o.Policy, err = loadPolicy(s, *policies, *variables); err != nil {
			return err
		}
		return o.audit(s, args)
	}
	return c
}

func (o *auditOptions) audit(s streams, roots []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tally := newTally()
	folders := newFolders(s, roots)
	if o.resume != "" {
		if err := o.skip(folders, tally); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(s.out)
	err := attest.Audit(ctx, o.AuditOptions, folders.next, func(a attest.Audited) error {
		tally.add(a)
		if o.summary {
			return nil
		}
		if err := o.tell(out, a); err != nil {
			return err
		}
		return out.Flush() // whole lines, so that whoever reads along sees them
	})
	if err == nil {
		err = folders.err
	}
	if err == nil && tally.total == 0 {
		err = fmt.Errorf("no report folder in %s: expected folders that hold a %s or a %s", strings.Join(roots, ", "), attest.FileReportDSSE, attest.FileReportBundle)
	}
	if err != nil {
		return err
	}
	if o.summary {
		tally.print(s.out, o.format)
	}
	fmt.Fprintf(s.err, "%d images: %s\n", tally.total, tally.words())
	if tally.outcomes[attest.OutcomePasses] != tally.total {
		return errNo
	}
	return nil
}

// tell prints one folder.
func (o *auditOptions) tell(out io.Writer, a attest.Audited) error {
	if o.format == "ndjson" {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(a)
	}
	word := strings.ToUpper(strings.ReplaceAll(a.Outcome, "_", " "))
	fmt.Fprintf(out, "%s: %s: %s\n", word, report.Inert(a.Folder), report.Inert(a.Reason))
	if a.Signed != nil && a.Signed.Verdict != a.Now.Verdict {
		fmt.Fprintf(out, "  was signed as %s at %s, is %s as of %s\n", report.Inert(a.Signed.Verdict), report.Inert(a.Signed.JudgedAt), a.Now.Verdict, a.Now.AsOf)
	}
	for _, c := range a.Changes {
		fmt.Fprintf(out, "  %s %s: was %s, is %s: %s\n", report.Inert(c.Rule), report.Inert(c.Subject), report.Inert(c.Was), report.Inert(c.Is), report.Inert(c.Why))
	}
	return nil
}

// folders finds report folders below the roots one after the other, each root in the
// order of its names, so that an audit can go on where another one stopped. A root
// "-" is a list of folders on standard input, one a line.
type folders struct {
	found chan string
	err   error
	after string // when not empty, everything up to this folder is passed over
}

func newFolders(s streams, roots []string) *folders {
	f := &folders{found: make(chan string)}
	go func() {
		defer close(f.found)
		for _, root := range roots {
			if root == "-" {
				lines := bufio.NewScanner(s.in)
				for lines.Scan() {
					if line := strings.TrimSpace(lines.Text()); line != "" {
						f.found <- line
					}
				}
				if err := lines.Err(); err != nil {
					f.err = fmt.Errorf("standard input: %w", err)
					return
				}
				continue
			}
			err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
				if err != nil {
					if path == root {
						return err
					}
					f.found <- path // the audit says that it cannot be read
					return fs.SkipDir
				}
				if e.IsDir() && isReportFolder(path) {
					f.found <- path
					return fs.SkipDir
				}
				return nil
			})
			if err != nil {
				f.err = err
				return
			}
		}
	}()
	return f
}

// isReportFolder: a folder that is meant to hold a report is audited even when what it
// should hold is not there.
func isReportFolder(path string) bool {
	if strings.HasSuffix(path, ".rsct") {
		return true
	}
	return slices.ContainsFunc([]string{attest.FileReportDSSE, attest.FileReportBundle, attest.FileVerdictDSSE, attest.FileVerdictBundle}, func(name string) bool {
		_, err := os.Lstat(filepath.Join(path, name))
		return err == nil
	})
}

func (f *folders) next() (string, bool) {
	for folder := range f.found {
		if f.after != "" {
			if folder == f.after {
				f.after = ""
			}
			continue
		}
		return folder, true
	}
	if f.after != "" && f.err == nil {
		f.err = fmt.Errorf("-resume: its last folder %s is not among the folders given", f.after)
	}
	return "", false
}

// skip reads what an audit that was stopped left, counts it, and passes over its
// folders. It must have been made by the same policy and for the same day.
func (o *auditOptions) skip(f *folders, t *tally) error {
	file, err := os.Open(o.resume)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was done yet
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if len(line) > 0 {
				return fmt.Errorf("-resume %s: line %d is not whole; remove it first: sed -i '$d' %s", o.resume, n, o.resume)
			}
			return nil
		}
		if err != nil {
			return err
		}
		var a attest.Audited
		if err := json.Unmarshal(line, &a); err != nil || a.Folder == "" {
			return fmt.Errorf("-resume %s: line %d is no line of an audit", o.resume, n)
		}
		if a.Now != nil && (a.Now.Policy != o.Policy.Digest() || a.Now.AsOf != o.AsOf.UTC().Format(time.DateOnly)) {
			return fmt.Errorf("-resume %s: line %d was judged by policy %s as of %s, this audit is by policy %s as of %s", o.resume, n,
				a.Now.Policy, a.Now.AsOf, o.Policy.Digest(), o.AsOf.UTC().Format(time.DateOnly))
		}
		t.add(a)
		f.after = a.Folder
	}
}

// tally counts what an audit found.
type tally struct {
	total    int
	outcomes map[string]int
	verdicts map[[2]string]int
	rules    map[string]int
}

func newTally() *tally {
	return &tally{outcomes: map[string]int{}, verdicts: map[[2]string]int{}, rules: map[string]int{}}
}

func (t *tally) add(a attest.Audited) {
	t.total++
	t.outcomes[a.Outcome]++
	if a.Signed == nil || a.Now == nil {
		return
	}
	t.verdicts[[2]string{a.Signed.Verdict, a.Now.Verdict}]++
	seen := map[string]bool{}
	for _, c := range a.Changes {
		if !seen[c.Rule] && (strings.Contains(c.Is, "fail") || strings.Contains(c.Is, "undetermined")) {
			seen[c.Rule] = true
			t.rules[c.Rule]++
		}
	}
}

var outcomes = []string{attest.OutcomePasses, attest.OutcomeFallsShort, attest.OutcomeRefused, attest.OutcomeUnreadable}

func (t *tally) words() string {
	var parts []string
	for _, o := range outcomes {
		parts = append(parts, fmt.Sprintf("%d %s", t.outcomes[o], strings.ReplaceAll(o, "_", " ")))
	}
	return strings.Join(parts, ", ")
}

// auditSummary is the summary as JSON.
type auditSummary struct {
	Images   int            `json:"images"`
	Outcomes map[string]int `json:"outcomes"`
	// Rules are the rules that newly fail or cannot be told, by the number of images.
	Rules map[string]int `json:"rules"`
}

func (t *tally) print(out io.Writer, format string) {
	if format == "ndjson" {
		encoder := json.NewEncoder(out)
		_ = encoder.Encode(auditSummary{t.total, t.outcomes, t.rules})
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OUTCOME\tIMAGES")
	for _, o := range outcomes {
		fmt.Fprintf(w, "%s\t%d\n", strings.ReplaceAll(o, "_", " "), t.outcomes[o])
	}
	pairs := make([][2]string, 0, len(t.verdicts))
	for p := range t.verdicts {
		pairs = append(pairs, p)
	}
	sort.Slice(pairs, func(a, b int) bool { return pairs[a][0]+pairs[a][1] < pairs[b][0]+pairs[b][1] })
	fmt.Fprintln(w, "\nSIGNED AS\tIS NOW\tIMAGES")
	for _, p := range pairs {
		fmt.Fprintf(w, "%s\t%s\t%d\n", report.Inert(p[0]), p[1], t.verdicts[p])
	}
	rules := make([]string, 0, len(t.rules))
	for r := range t.rules {
		rules = append(rules, r)
	}
	sort.Slice(rules, func(a, b int) bool {
		if t.rules[rules[a]] != t.rules[rules[b]] {
			return t.rules[rules[a]] > t.rules[rules[b]]
		}
		return rules[a] < rules[b]
	})
	fmt.Fprintln(w, "\nNEWLY NOT MET\tIMAGES")
	for _, r := range rules {
		fmt.Fprintf(w, "%s\t%d\n", r, t.rules[r])
	}
	_ = w.Flush()
}
