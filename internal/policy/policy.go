// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Severities of a rule, the gravest first.
const (
	Error   = "error"
	Warning = "warning"
	Notice  = "notice"
)

// severityRank orders severities, the gravest first.
var severityRank = map[string]int{Error: 0, Warning: 1, Notice: 2}

// BearsOnRMC is the mark of a rule whose failure is expected to show as `Warning`
// in the health of a VM deployed from the image.
const BearsOnRMC = "rmc"

// Policy is a loaded policy. It is never changed after Load, and may be evaluated
// by several goroutines at once.
type Policy struct {
	files     []File
	parsed    map[string]*hcl.File
	variables []Variable
	rules     []*rule
	byName    map[string]*rule
	locals    []*local // in the order in which they can be evaluated
	waivers   []*Waiver
	statics   cty.Value // the object `var`
	digest    string
}

// Variable is a variable of a policy with its resolved value.
type Variable struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description"`
	// Value is the resolved value as JSON.
	Value string `json:"value"`
	// Set says where the value comes from: "default", "policy" (a site file's default)
	// or "given" (Sources.Variables).
	Set string `json:"set"`
	// File and Line say where the variable is declared.
	File string `json:"file"`
	Line int    `json:"line"`
}

// Rule is a rule as the policy has it after all overrides. Fields that hold an
// expression hold its text as written in the policy file.
type Rule struct {
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	// Requires names a rule without which this one says nothing: where that one fails,
	// this one does not apply.
	Requires string `json:"requires,omitempty"`
	// ForEach, Applies, Condition, Subject, Expected, Found and Remedy are source text.
	ForEach   string `json:"for_each,omitempty"`
	Applies   string `json:"applies,omitempty"`
	Condition string `json:"condition"`
	Subject   string `json:"subject,omitempty"`
	Expected  string `json:"expected,omitempty"`
	Found     string `json:"found,omitempty"`
	Remedy    string `json:"remedy,omitempty"`
	// ExpectedText and RemedyText are those with the policy's variables put in; what
	// only a guest can tell stands in angle brackets, as written.
	ExpectedText string   `json:"expected_text,omitempty"`
	RemedyText   string   `json:"remedy_text,omitempty"`
	Reference    string   `json:"reference,omitempty"`
	Controls     []string `json:"controls,omitempty"`
	// Source is the whole block as written, without overrides.
	Source string `json:"-"`
	// Ignorable is false for a rule that refuses waivers, disabling and a lower severity.
	Ignorable bool `json:"ignorable"`
	// BearsOn is "rmc" for a rule that the expected health follows from.
	BearsOn string `json:"bears_on,omitempty"`
	// Roots are the roots it needs, in the order of RootNames.
	Roots []string `json:"roots"`
	// Stage is where it is evaluated: "lint", "guest", "build" (a guest compared with
	// its baseline), "image", "import" (guest and image together), or "always".
	Stage string `json:"stage"`
	// Evidence are the probes behind the facts it looks at, sorted.
	Evidence []string `json:"evidence,omitempty"`
	// File and Line say where it is written.
	File    string `json:"file"`
	Line    int    `json:"line"`
	Builtin bool   `json:"builtin"`
	// State is "enabled", "disabled" or "overridden".
	State string `json:"state"`
	// Overridden are the attributes that an override changed, sorted; Reason is the
	// override's reason.
	Overridden []string `json:"overridden,omitempty"`
	Reason     string   `json:"reason,omitempty"`
}

// rule is a rule ready for evaluation.
type rule struct {
	Rule
	forEach, applies, condition, subject *expression
	expected, found, remedy              *expression
	needs                                map[string]bool // roots
	ifEmpty                              string          // status when for_each has no elements
	block, requiresAt                    hcl.Range
}

// expression is an expression with a meter in front, and what is known about it
// from its text alone.
type expression struct {
	hclsyntax.Expression
	// parts are the parts of a template, nil for other expressions: they let a text be
	// rendered although one of its parts is unknown.
	parts     []hclsyntax.Expression
	partTexts []string        // the parts as written
	roots     map[string]bool // roots it needs, through locals too
	paths     []string        // facts it mentions, such as "guest.rmc.connected", through locals too
	names     []hcl.Traversal // the variables it mentions itself
	text      string          // as written
}

type local struct {
	name  string
	expr  *expression
	value cty.Value
	at    hcl.Range
}

// Waiver accepts the findings of a rule for a while.
type Waiver struct {
	Rule string `json:"rule"`
	// Subject limits the waiver to one subject; empty means all subjects of the rule.
	Subject    string `json:"subject"`
	Reason     string `json:"reason"`
	ApprovedBy string `json:"approved_by"`
	// Expires is the last day on which the waiver holds, in UTC, as YYYY-MM-DD.
	Expires string `json:"expires"`
	File    string `json:"file"`
	Line    int    `json:"line"`
}

// Files are the files of the policy, the built-in ones first, each group in the
// order given.
func (p *Policy) Files() []File { return append([]File(nil), p.files...) }

// Variables are the variables with their resolved values, sorted by name.
func (p *Policy) Variables() []Variable { return append([]Variable(nil), p.variables...) }

// Waivers are the waivers of the policy, sorted by rule and subject.
func (p *Policy) Waivers() []Waiver {
	waivers := make([]Waiver, len(p.waivers))
	for i, w := range p.waivers {
		waivers[i] = *w
	}
	return waivers
}

// Rules are the rules, sorted by name.
func (p *Policy) Rules() []Rule {
	rules := make([]Rule, len(p.rules))
	for i, r := range p.rules {
		rules[i] = r.Rule
	}
	return rules
}

// Rule returns the rule of that name. When there is none, the error says which
// name was probably meant.
func (p *Policy) Rule(name string) (Rule, error) {
	if r, ok := p.byName[name]; ok {
		return r.Rule, nil
	}
	return Rule{}, fmt.Errorf("there is no rule %q%s", name, didYouMean(name, p.ruleNames()))
}

func (p *Policy) ruleNames() []string {
	names := make([]string, len(p.rules))
	for i, r := range p.rules {
		names[i] = r.Name
	}
	return names
}

func didYouMean(given string, names []string) string {
	if suggestion := nearest(given, names); suggestion != "" {
		return fmt.Sprintf("; did you mean %q?", suggestion)
	}
	return ""
}

// Digest identifies the policy: "sha256:" and the hex digest over the canonical
// content of all files and the resolved values of all variables. Neither the names
// nor the order of the files matter.
func (p *Policy) Digest() string { return p.digest }

func (p *Policy) computeDigest() error {
	lines := make([]string, 0, len(p.files)+len(p.variables))
	for _, f := range p.files {
		lines = append(lines, "file "+f.SHA256)
	}
	sort.Strings(lines)
	for _, v := range p.variables {
		lines = append(lines, "var "+v.Name+" "+v.Value)
	}
	sum := sha256.Sum256([]byte("rsct-policy-v1\n" + strings.Join(lines, "\n") + "\n"))
	p.digest = "sha256:" + hex.EncodeToString(sum[:])
	return nil
}

// WriteDiagnostics writes diagnostics of this policy with the lines of its files
// that they speak of. Width is the terminal's width in columns, or 0 for no wrapping.
func (p *Policy) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width uint, color bool) error {
	if len(diags) > maxDiagnostics {
		left := len(diags) - maxDiagnostics
		diags = append(diags[:maxDiagnostics:maxDiagnostics], &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "More errors", Detail: fmt.Sprintf("%d more errors are not shown.", left),
		})
	}
	var b bytes.Buffer
	if err := hcl.NewDiagnosticTextWriter(&b, p.parsed, width, color).WriteDiagnostics(diags); err != nil {
		return err
	}
	// The snippet is the whole line, which a policy from a stranger can make very long.
	for line := range strings.Lines(b.String()) {
		if text, ended := strings.CutSuffix(line, "\n"); ended && len(text) > maxDiagnosticLine && !color {
			line = clip(text, maxDiagnosticLine) + "\n"
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

// maxDiagnosticLine is the length in bytes at which a line of a diagnostic is cut.
const maxDiagnosticLine = 500

// jsonOf renders a known value as JSON.
func jsonOf(v cty.Value) (string, error) {
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return "", fmt.Errorf("render a value as JSON: %w", err)
	}
	return string(text), nil
}
