// SPDX-License-Identifier: MPL-2.0

package cases

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Payload is hostile text.
type Payload struct {
	// Name says what it tries.
	Name, Text string
}

// Payloads try to be more than text in HTML, CSS, script, SVG, Markdown, XML, JSON, a
// spreadsheet, a terminal and a shell. Each holds the word "attack" where it can.
func Payloads() []Payload {
	return []Payload{
		// HTML and script
		{"script element", `<script>attack()</script>`},
		{"script element closed early", `</script><script>attack()</script>`},
		{"style closed", `</style><script>attack()</script>`},
		{"title closed", `</title><script>attack()</script>`},
		{"textarea closed", `</textarea><img src=x onerror=attack()>`},
		{"image handler", `<img src=x onerror="attack()">`},
		{"svg handler", `<svg onload=attack()>`},
		{"svg closed", `</svg><script>attack()</script>`},
		{"svg text closed", `</text><foreignObject><body onload=attack()></foreignObject>`},
		{"svg use", `<use href="data:image/svg+xml,<svg id='x'><script>attack()</script></svg>#x"/>`},
		{"attribute closed with quotes", `" onmouseover="attack()" x="`},
		{"attribute closed with apostrophes", `' onfocus='attack()' autofocus='`},
		{"attribute closed with blanks", `x onmouseover=attack() y`},
		{"comment closed", `--><script>attack()</script><!--`},
		{"conditional comment", `<!--[if IE]><script>attack()</script><![endif]-->`},
		{"iframe", `<iframe src="javascript:attack()"></iframe>`},
		{"iframe with a document", `<iframe srcdoc="<script>attack()</script>"></iframe>`},
		{"object", `<object data="https://attack.example/x"></object>`},
		{"link to a style sheet", `<link rel=stylesheet href="https://attack.example/x.css">`},
		{"base", `<base href="https://attack.example/">`},
		{"meta refresh", `<meta http-equiv="refresh" content="0;url=https://attack.example/">`},
		{"form", `<form action="https://attack.example/"><button>attack</button></form>`},
		{"details", `<details open ontoggle=attack()>`},
		{"template literal", "${attack()}`${attack()}`"},
		{"Go template", `{{.Secret}}{{printf "%s" "attack"}}`},
		{"javascript address", `javascript:attack()//`},
		{"javascript address, hidden", "java\tscript:attack()"},
		{"data address", `data:text/html,<script>attack()</script>`},
		{"https address with a quote", `https://attack.example/"onclick="attack()`},
		{"https address with a user", `https://user:secret@attack.example/`},
		{"entities", `&lt;script&gt;attack()&lt;/script&gt;&#x3c;script&#62;`},
		{"CSS", `</style><style>*{background:url(https://attack.example/x)}`},
		{"CSS expression", `x;background:url(https://attack.example/)`},
		// Markdown
		{"Markdown link", `[attack](https://attack.example/)`},
		{"Markdown script link", `[attack](javascript:attack())`},
		{"Markdown image", `![attack](https://attack.example/x.png)`},
		{"Markdown reference", "[attack]: https://attack.example/ \"x\"\n[attack]"},
		{"Markdown autolink", `<https://attack.example/> https://attack.example/ www.attack.example`},
		{"Markdown table", "a | attack | b |\n| --- | --- |\n| c | d |"},
		{"Markdown heading", "x\n# attack\nattack\n======"},
		{"Markdown fence closed", "```\n# attack\n```"},
		{"Markdown code closed", "`attack` ``attack`` ` **attack**"},
		{"Markdown HTML block", "x\n\n<details><summary>attack</summary>\n\n</details>"},
		{"Markdown mention", `@attack attack/attack#1 #1 GH-1 attack@attack.example`},
		{"Markdown task and quote", "- [ ] attack\n> attack\n1. attack\n---"},
		{"Markdown mathematics", `$\href{javascript:attack()}{x}$ $$attack$$`},
		// XML and JSON
		{"CDATA closed", `]]><testcase name="attack"/><![CDATA[`},
		{"XML entity", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>&a;`},
		{"XML processing", `<?xml-stylesheet href="https://attack.example/"?>`},
		{"XML forbidden characters", "attack\x00\x01\x0b\ufffe\uffff"},
		{"JSON closed", `"},{"attack":"x`},
		{"JSON prototype", `__proto__": {"attack": true}, "`},
		{"line separators", "attack\u2028attack()\u2029"},
		// Terminal and text
		{"ANSI colour", "\x1b[31mattack\x1b[0m"},
		{"ANSI title and clipboard", "\x1b]0;attack\x07\x1b]52;c;YXR0YWNr\x07"},
		{"ANSI clear and overwrite", "FAILED\x1b[2K\rPASSED attack"},
		{"C1 control", "\u009b31mattack\u0090"},
		{"carriage returns and backspaces", "attack\rPASSED\b\b\b\b\b\bPASSED"},
		{"bidirectional override", "attack\u202e)DESSAP( \u2066x\u2069\u200f"},
		{"bidirectional isolates", "\u2067attack\u2069 \u202aattack\u202c"},
		{"invisible characters", "att\u200back\u2060\ufeff\u00ad\u034f\u3164"},
		{"tags and variation selectors", "attack\U000e0041\U000e0042\ufe0f\U000e0101"},
		{"bytes that are no UTF-8", "attack\xff\xfe\xc0\xaf\xed\xa0\x80"},
		{"combining marks", "attack" + strings.Repeat("\u0301", 200)},
		{"very long", strings.Repeat("attack ", 3000)},
		{"very long without a blank", strings.Repeat("attack", 3000)},
		{"many lines", strings.Repeat("attack\n", 1000)},
		// Spreadsheets, shells, paths, CI
		{"formula", `=cmd|'/c attack'!A1`},
		{"formula with plus", `+attack()`},
		{"formula with at", `@SUM(attack)`},
		{"formula after a tab", "\t=attack()"},
		{"formula with a minus", `-2+3+attack()`},
		{"shell substitution", "$(attack) `attack` ; attack # && attack | attack"},
		{"shell quote closed", `'; attack; '`},
		{"option", `--attack`},
		{"path up", `../../../../etc/attack`},
		{"absolute path", `/etc/attack`},
		{"workflow command", "\n::error file=attack::attack\n::set-output name=attack::x"},
		{"SARIF link and placeholder", `[attack](1) {0} {1} {{0}}`},
		{"format verbs", `%s %d %!x(MISSING) %n attack`},
	}
}

// Hostile is a report's input with the text in every field that a guest, a file's name
// or a waiver can reach. dir is a folder for a policy of its own.
func Hostile(ctx context.Context, text, dir string) (report.Input, error) {
	record := hostileRecord(text)
	p, err := hostilePolicy(text, dir)
	if err != nil {
		return report.Input{}, err
	}
	facts := hostileFacts(text)
	waiver := policy.Waiver{Rule: "rmc-active", Subject: text, Reason: text, ApprovedBy: text, Expires: text, File: text, Line: 1}
	var findings []policy.Finding
	for _, f := range []policy.Finding{
		{Rule: "rsct-minimum-level", Severity: policy.Error, Status: policy.Fail},
		{Rule: "rsct-minimum-level", Severity: policy.Error, Status: policy.Fail},
		{Rule: "rmc-connected", Severity: policy.Error, Status: policy.Undetermined},
		{Rule: "site-rule", Severity: policy.Warning, Status: policy.Fail},
		{Rule: "other-site-rule", Severity: policy.Notice, Status: policy.Fail},
		{Rule: "rmc-active", Severity: policy.Error, Status: policy.Waived, Waiver: &waiver},
		{Rule: "guest-is-aix", Severity: policy.Error, Status: policy.Pass},
		{Rule: "no-peer-domain", Severity: policy.Error, Status: policy.NotApplicable},
		{Rule: "in-a-file", Severity: policy.Warning, Status: policy.Fail, Place: &policy.Place{File: text, Line: 3, Column: 2}},
	} {
		f.Subject, f.Summary, f.Expected, f.Found, f.Remedy, f.Why, f.Reference = text, text, text, text, text, text, text
		f.Controls, f.Evidence = []string{text}, []string{aix.ProbeFilesets, aix.ProbeIfconfig}
		f.Unknown = []aix.Why{{Probe: text, Reason: text}}
		findings = append(findings, f)
	}
	result := &verdict.Result{
		Verdict: verdict.Failed, Because: text, FailOn: verdict.FailOnError, AsOf: "2026-11-20",
		Health:   policy.Health{Expected: policy.HealthWarning, Because: []string{text}},
		Counts:   verdict.Counts{Errors: 2, Warnings: 2, Notices: 1, Undetermined: 1, Passed: 1, Waived: 1, NotApplicable: 1},
		Findings: findings,
		Waivers:  []policy.WaiverState{{Waiver: waiver, State: policy.WaiverUsed, Findings: 1}, {Waiver: waiver, State: policy.WaiverExpired}},
		Skipped:  []policy.Skipped{{Rule: "skipped", Disabled: true, Reason: text}, {Rule: "needs-image", Missing: []string{"image"}}},
		Drift: []drift.Item{
			{Subject: text, Aspect: drift.AspectUp, Was: text, Is: text, Words: text, Stretch: text},
			{Subject: text, Aspect: drift.AspectAddress, Was: text, Is: text, Words: text, Stretch: text, Restored: true},
		},
		Policy: p.Digest(), Run: record.Run, Collection: record.Last().Name(), Collected: record.Last().Ended,
		Facts: facts, Unknowns: []aix.UnknownFact{{Path: text, Why: aix.Why{Probe: text, Reason: text}}},
		Image: &image.Facts{Name: text, IsFile: true, Size: 1, SHA256: Image().SHA256},
	}
	seal := Seal
	seal.Folder, seal.VerifierID, seal.Fingerprint = text, text, text
	return report.Input{
		Result: result, Record: record, Policy: p, Seal: &seal, Version: text,
		Subjects: []report.Subject{{Name: text, SHA256: Image().SHA256, Size: 1}, {Name: text, SHA256: Image().SHA256, Size: 2}},
	}, nil
}

func hostileRecord(text string) *evidence.Record {
	raw := evidence.Bytes(text)
	probes := func() []evidence.Probe {
		var list []evidence.Probe
		for i, name := range aix.Probes {
			p := evidence.Probe{Name: name, Command: text, Stdout: raw, Stderr: raw}
			if i%3 == 1 {
				p.Problem, p.ExitCode = text, 1
			}
			list = append(list, p)
		}
		return list
	}
	record := &evidence.Record{
		Schema: evidence.Schema, Run: evidence.Run{UUID: text, Source: text, Plugin: text, Packer: text},
		Collections: []evidence.Collection{
			{Mode: evidence.ModeBaseline, Sequence: 1, Probes: probes(), ManagementInterface: text},
			{Mode: evidence.ModeCheckpoint, Sequence: 2, Probes: probes()[:3], Problem: text},
			{Mode: evidence.ModeFinal, Sequence: 3, Probes: probes(), Problem: text},
		},
		Restorations: []evidence.Restoration{{
			After: 2, ProvedBy: 3, Problem: text, Steps: []evidence.Step{{Repairs: text, Command: text, Ran: true, Output: raw}},
		}, {
			After: 1, ProvedBy: 0, Problem: text, Steps: []evidence.Step{{Repairs: text, Command: text, Output: raw}},
		}},
	}
	for i := range record.Collections {
		record.Collections[i].Started, record.Collections[i].Ended = Day, Day
		record.Collections[i].Probes[0].Stdout = evidence.Bytes(fmt.Sprintf("%s %d", text, i))
	}
	return record
}

// hostilePolicy is the built-in policy with a waiver whose file's name and texts are hostile.
func hostilePolicy(text, dir string) (*policy.Policy, error) {
	name := strings.Map(func(r rune) rune {
		if r == '/' || r == 0 || r == '\\' {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(text, "_"))
	if len(name) > 200 {
		name = strings.ToValidUTF8(name[:200], "_")
	}
	quoted := func(s string) string {
		return string(hclwrite.TokensForValue(cty.StringVal(strings.ToValidUTF8(s, "_"))).Bytes())
	}
	short := text
	if len(short) > 3000 {
		short = short[:3000]
	}
	path := filepath.Join(dir, name+".rsct.hcl")
	content := fmt.Sprintf("waiver \"rmc-active\" {\n  reason = %s\n  approved_by = %s\n  expires = \"2027-01-01\"\n}\n", quoted(short), quoted(short))
	if _, diags := hclsyntax.ParseConfig([]byte(content), "x", hcl.InitialPos); diags.HasErrors() {
		return nil, diags
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return nil, err
	}
	p, diags := policy.Load(policy.Sources{Files: []string{path}})
	if diags.HasErrors() {
		// A text that the policy refuses does not get into a report by this way.
		if p, diags = policy.Load(policy.Sources{}); diags.HasErrors() {
			return nil, diags
		}
	}
	return p, nil
}

func hostileFacts(text string) *aix.Facts {
	facts := aix.Read(aix.Outputs{}, aix.ReadOptions{})
	known := aix.Known(text)
	facts.System = aix.System{OS: known, Hostname: known, Root: aix.Known(true), Time: known, Model: known, PartitionUUID: known, OSUUID: known, SystemID: known, Firmware: known,
		Level: aix.Known(aix.OSLevel{Text: text, Version: text, Build: text})}
	parts := aix.Known([]aix.FilesetPart{{Part: text, Level: text, State: text}})
	facts.Filesets = aix.Known([]aix.Fileset{
		{Name: "rsct.core.rmc", Level: text, State: text, Kind: text, Parts: parts}, {Name: "rsct." + text, Level: "3.2.6.2", State: "applied", Kind: text, Parts: parts},
		{Name: text, Level: text, State: text, Kind: text, Parts: parts},
	})
	facts.RPMs = aix.Known([]aix.RPM{{Name: text, Version: text}})
	facts.Subsystems = aix.Known([]aix.Subsystem{{Name: "ctrmc", Group: text, Status: text}})
	facts.RMC.ControlPoints = aix.Known([]aix.ControlPoint{{Token1: text, Token2: text, NodeID: text, Address: text}})
	facts.RMC.InBand = aix.Known(aix.InBand{Present: true, Active: true, Consoles: []string{text}})
	facts.RMC.Connected = aix.Known(false)
	facts.RMC.PacketFilter.BlocksRMC = aix.Unknown[bool](aix.Why{Probe: text, Reason: text})
	running := aix.Known(aix.Running{Present: true, Flags: []string{text}, IPv4: []aix.IPv4Address{{Address: text, Netmask: text}}, IPv6: []aix.IPv6Address{{Address: text, PrefixLength: 64, Scope: "link-local"}}})
	configured := aix.Known(aix.Configured{Defined: true, State: text, NetAddr: text, NetAddr6: text, Alias6: text})
	adapter := aix.Known(aix.Adapter{Name: text, Type: text, MAC: text, Switch: text})
	facts.Interfaces = aix.Known([]aix.Interface{
		{Name: "en0", Running: running, Configured: configured, Adapter: adapter, LinkLocal: aix.Known(false), MatchesMAC: aix.Known(false)},
		{Name: text, Running: running, Configured: configured, Adapter: adapter, LinkLocal: aix.Known(true), MatchesMAC: aix.Known(false)},
	})
	facts.Management = aix.Management{
		Interface: known, Reason: text, Candidates: []string{text, text}, Address: known, PrefixLength: aix.Known(64), Up: aix.Known(false),
		PersistedInODM: aix.Known(true), PersistedInRcTCPIP: aix.Known(false), PersistedByAutoconf6: aix.Known(false), Persistent: aix.Known(true),
	}
	facts.Disagreements = []aix.Disagreement{{Subject: text, Sources: []string{text}}}
	return facts
}
