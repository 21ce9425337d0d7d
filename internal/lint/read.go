// SPDX-License-Identifier: MPL-2.0

package lint

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/hazard"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/playbook"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/shell"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/template"
	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// read reads a unit once.
func (l *linting) read(u *unit) error {
	if u.files != nil {
		return nil
	}
	b := &builder{linting: l, unit: u, read: map[string]bool{}, uploads: map[string]text.Text{}, shown: map[string]string{}}
	switch u.kind {
	case policy.StepScript:
		b.alone(policy.StepScript, "shell", func(step string) { b.scriptFile(u.path, step, nil) })
	case policy.StepPlaybook:
		b.alone(policy.StepPlaybook, "ansible", func(step string) {
			b.playbook(u.path, step, playbook.Options{Local: true})
		})
	default:
		if err := b.template(); err != nil {
			return err
		}
	}
	hazard.Mark(u.template.Commands)
	b.recogniseAIX()
	if u.files == nil {
		u.files = []string{}
	}
	return nil
}

// builder puts the facts of one unit together.
type builder struct {
	*linting
	unit *unit
	read map[string]bool
	// uploads are the texts that steps put on the guest, by where they come to lie;
	// shown are their names for people.
	uploads map[string]text.Text
	shown   map[string]string
	// under counts how deep scripts that were uploaded run one another.
	under int
}

func (b *builder) file(shown string) {
	if !b.read[shown] {
		b.read[shown] = true
		b.unit.files = append(b.unit.files, shown)
	}
}

func (b *builder) problem(p policy.Problem) {
	if !slices.Contains(b.unit.template.Problems, p) {
		b.unit.template.Problems = append(b.unit.template.Problems, p)
	}
}

func (b *builder) unreadable(err error) {
	var cannot *files.Error
	if errors.As(err, &cannot) {
		b.problem(policy.Problem{What: cannot.What, Detail: cannot.Error(), Place: policy.Place{File: cannot.Path, Line: max(cannot.Line, 1), Column: 1}})
	}
}

// alone makes the one step of a file given on its own.
func (b *builder) alone(kind, plugin string, run func(step string)) {
	shown := b.reader.Show(b.unit.path)
	b.file(shown)
	b.unit.template.Steps = []policy.Step{{
		Key: shown, Kind: kind, Type: plugin, Chain: -1, Changes: true, Arguments: map[string]string{}, Unknown: []string{}, Blocks: []string{},
		Place: policy.Place{File: shown, Line: 1, Column: 1},
	}}
	run(shown)
}

func (b *builder) scriptFile(path, step string, variables map[string]string) {
	file, err := b.reader.Read(path)
	if err != nil {
		b.unreadable(err)
		return
	}
	b.file(file.Path)
	if file.CRLF > 0 {
		b.problem(policy.Problem{What: template.CRLF, Place: policy.Place{File: file.Path, Line: file.CRLF, Column: 1},
			Detail: "the lines end in carriage return and line feed; a shell on AIX takes the carriage return as part of the last word"})
	}
	b.shell(shell.Source{Name: file.Path, Text: file.Text, Step: step, Variables: variables}, "")
}

// shell adds the commands of a shell text. Branch is put before those of the text.
func (b *builder) shell(src shell.Source, branch string) {
	commands, problems := shell.Analyze(src)
	for _, p := range problems {
		b.problem(p)
	}
	for _, c := range commands {
		c.Text = strings.ReplaceAll(c.Text, notKnown, "${…}")
		for i := range c.Words {
			c.Words[i] = strings.ReplaceAll(c.Words[i], notKnown, "${…}")
		}
		if branch != "" {
			c.Branch = strings.Trim(branch+"/"+c.Branch, "/")
		}
		b.unit.template.Commands = append(b.unit.template.Commands, c)
		b.uploaded(c)
	}
}

// notKnown is what template and playbook put for what only a build knows.
const notKnown = "${rsct_not_known}"

// maxUnder bounds how deep uploaded scripts run one another.
const maxUnder = 5

// uploaded adds the commands of an uploaded script that a command runs.
func (b *builder) uploaded(c policy.Command) {
	if len(b.uploads) == 0 || b.under >= maxUnder || len(c.Words) == 0 || c.Within != "" {
		return
	}
	paths := []string{c.Words[0], strings.Fields(c.Text + " x")[0]}
	switch c.Name {
	case "sh", "ksh", "ksh93", "bash", "mksh", ".", "source", "exec":
		for _, word := range c.Words[1:] {
			if !strings.HasPrefix(word, "-") {
				paths = append(paths, word)
				break
			}
		}
	}
	for _, name := range paths {
		script, ok := b.uploads[path.Clean(name)]
		if !ok || name == "" {
			continue
		}
		body := script.String()
		b.under++
		b.shell(shell.Source{Name: b.shown[path.Clean(name)], Text: []byte(body), Step: c.Step, At: script.Index().At}, c.Branch)
		b.under--
		return
	}
}

func (b *builder) playbook(path, step string, options playbook.Options) {
	result := playbook.Read(b.reader, path, options)
	for _, name := range result.Files {
		b.file(name)
	}
	for _, p := range result.Problems {
		b.problem(p)
	}
	for _, run := range result.Runs {
		if run.Script != nil {
			b.shell(shell.Source{Name: run.File, Text: []byte(run.Script.String()), Step: step, At: run.Script.Index().At, Variables: run.Variables}, run.Branch)
			b.file(run.File)
			continue
		}
		for _, c := range run.Commands {
			c.Step = step
			b.unit.template.Commands = append(b.unit.template.Commands, c)
		}
	}
}

func (b *builder) template() error {
	t, err := template.ReadFiles(b.reader, b.unit.path, b.unit.names, b.in.Template)
	if err != nil {
		return err
	}
	for _, name := range t.Files {
		b.file(name)
	}
	b.unit.template.Steps, b.unit.template.Pipelines = t.Steps, t.Pipelines
	for _, p := range t.Problems {
		b.problem(p)
	}
	for _, run := range t.Runs {
		switch {
		case run.Script != nil:
			b.file(run.Script.File)
			body := run.Script.Text.String()
			b.shell(shell.Source{Name: run.Script.File, Text: []byte(body), Step: run.Step, At: run.Script.Text.Index().At, Variables: run.Script.Variables}, "")
		case run.Upload != nil:
			b.upload(run)
		case run.Playbook != nil:
			b.playbook(run.Playbook.Path, run.Step, playbook.Options{Variables: run.Playbook.Variables, RolePaths: run.Playbook.RolePaths, Local: run.Playbook.Local})
		}
	}
	return nil
}

// maxUpload bounds how many files of one uploaded folder are looked at.
const maxUpload = 2000

// upload notes what a file provisioner puts where, and what that replaces.
func (b *builder) upload(run template.Run) {
	put := func(destination string, content text.Text, shown string) {
		b.uploads[destination], b.shown[destination] = content, shown
		body := content.String()
		b.unit.template.Commands = append(b.unit.template.Commands, policy.Command{
			Name: "packer-file", Words: []string{"packer-file", destination}, Known: []bool{true, true},
			Edits: []policy.Edit{{Path: destination, Kind: policy.EditTruncate, Text: body, Known: true}},
			Text:  "file: " + shown + " to " + destination, Step: run.Step, Place: run.Place,
		})
	}
	if run.Upload.Content != nil {
		put(path.Clean(run.Upload.Destination), run.Upload.Content, run.Place.File)
		return
	}
	for _, source := range run.Upload.Sources {
		n := 0
		err := filepath.WalkDir(strings.TrimSuffix(source, "/"), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if n++; n > maxUpload {
				return fs.SkipAll
			}
			info, err := os.Stat(name)
			if err != nil || !info.Mode().IsRegular() || info.Size() > files.MaxBytes {
				return nil // an installation image, not a script
			}
			file, err := b.reader.Read(name)
			if err != nil {
				return nil // binary
			}
			relative, err := filepath.Rel(strings.TrimSuffix(source, "/"), name)
			if err != nil {
				return err
			}
			b.file(file.Path)
			put(run.Upload.Place(source, filepath.ToSlash(relative)), text.Text{{Value: string(file.Text), At: func(line, column int) policy.Place {
				return policy.Place{File: file.Path, Line: line, Column: column}
			}}}, file.Path)
			return nil
		})
		if err != nil {
			b.problem(policy.Problem{What: files.Unreadable, Detail: b.reader.Show(source) + ": " + err.Error(), Place: run.Place})
		}
	}
}

// onlyAIX are commands that no other system has.
var onlyAIX = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`alt_disk_copy alt_disk_install alt_disk_mksysb alt_rootvg_op autoconf6 bootlist bosboot cfgmgr chcons chdev
		chfs chitab chlv chps chpv chrctcp chsec chssys chvg crfs emgr exportvg extendvg geninstall genfilt getconf_aix importvg inutoc
		installp instfix lsattr lsdev lslpp lspv lssrc lsvg mkitab mklv mkps mkssys mksysb mktcpip mkuser mkvg mkvgdata odmadd odmchange
		odmdelete odmget oslevel reducevg refresh rmcctrl rmdev rmitab rmtcpip savebase savevg smit smitty startsrc stopsrc suma
		sysdumpdev topas varyonvg varyoffvg`) {
		onlyAIX[name] = true
	}
}

// recogniseAIX marks the pipelines whose guest is AIX: what rsct runs on, and what
// runs commands that only AIX has.
func (b *builder) recogniseAIX() {
	runs := map[string]bool{}
	for i := range b.unit.template.Commands {
		if c := &b.unit.template.Commands[i]; onlyAIX[c.Name] {
			runs[c.Step] = true
		}
	}
	for i := range b.unit.template.Pipelines {
		p := &b.unit.template.Pipelines[i]
		for _, s := range p.Provisioners {
			p.AIX = p.AIX || runs[s.Key] || s.Type == "rsct"
		}
		for _, c := range p.Chains {
			for _, s := range c.PostProcessors {
				p.AIX = p.AIX || s.Type == "rsct-attest"
			}
		}
	}
}
