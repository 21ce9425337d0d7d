// SPDX-License-Identifier: MPL-2.0

package template

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/text"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// NotKnown is the problem of a step whose commands depend on what only a build knows.
const NotKnown = "step-not-known"

// identity is the same for two runs of a block that do the same.
func (run Run) identity() string {
	switch {
	case run.Script != nil:
		return fmt.Sprintf("script %q %q %q", run.Script.File, run.Script.Text.String(), sorted(run.Script.Variables))
	case run.Upload != nil:
		return fmt.Sprintf("upload %q %q %q", run.Upload.Sources, run.Upload.Destination, run.Upload.Content.String())
	default:
		return fmt.Sprintf("playbook %q %q %q", run.Playbook.Path, sorted(run.Playbook.Variables), run.Playbook.RolePaths)
	}
}

func sorted(values map[string]string) []string {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, name+"="+value)
	}
	sort.Strings(pairs)
	return pairs
}

// runs are what a provisioner does on the guest.
func (r *reading) runs(step *policy.Step, set settings) []Run {
	var runs []Run
	switch step.Type {
	case "shell":
		runs = r.shell(step, set)
	case "file":
		runs = r.upload(step, set)
	case "ansible":
		runs = r.ansible(step, set, false)
	case "ansible-local":
		runs = r.ansible(step, set, true)
	}
	for i := range runs {
		runs[i].Step, runs[i].Place = step.Key, step.Place
	}
	return runs
}

// notKnown adds the problem of an argument whose value is not known.
func (r *reading) notKnown(step *policy.Step, name string, expr hcl.Expression) {
	r.problem(NotKnown, place(expr.Range()), "%s of %s is not known before the build, so what it does on the guest was not looked at", name, step.Key)
}

func (r *reading) shell(step *policy.Step, set settings) []Run {
	if step.Arguments["binary"] == "true" {
		return nil
	}
	variables := r.environment(set)
	var runs []Run
	if expr, ok := set.expressions["execute_command"]; ok {
		// The command itself runs on the guest as well; what it runs comes below.
		if command := r.text(expr, set.ctx); command.whole && !plainCommand.MatchString(command.text.String()) {
			runs = append(runs, Run{Script: &Script{File: expr.Range().Filename, Text: substituted(command.text), Variables: variables}})
		}
	}
	if expr, ok := set.expressions["inline"]; ok {
		if lines := r.list(expr, set.ctx); !lines.known {
			r.notKnown(step, "inline", expr)
		} else if len(lines.texts) > 0 {
			runs = append(runs, Run{Script: &Script{File: expr.Range().Filename, Text: text.Join(lines.texts, "\n"), Variables: variables}})
		}
	}
	for _, name := range []string{"script", "scripts"} {
		expr, ok := set.expressions[name]
		if !ok {
			continue
		}
		paths := r.list(expr, set.ctx)
		if !paths.whole || !paths.known {
			r.notKnown(step, name, expr)
		}
		for _, t := range paths.texts {
			if named := t.String(); !strings.Contains(named, unknownText) && named != "" {
				at := t.Index().At(1, 1)
				file, err := r.reader.Read(r.find(named))
				if err != nil {
					r.unreadable(err, at)
					continue
				}
				if file.CRLF > 0 {
					r.carriageReturns(file.Path, file.CRLF)
				}
				runs = append(runs, Run{Script: &Script{File: file.Path, Variables: variables, Text: text.Text{{Value: string(file.Text), At: func(line, column int) policy.Place {
					return policy.Place{File: file.Path, Line: line, Column: column}
				}}}}})
			}
		}
	}
	return runs
}

// CRLF is the problem of a script whose lines end as on Windows.
const CRLF = "script-has-crlf"

func (r *reading) carriageReturns(file string, line int) {
	r.problem(CRLF, policy.Place{File: file, Line: line, Column: 1}, "the lines end in carriage return and line feed; a shell on AIX takes the carriage return as part of the last word")
}

// plainCommand are the forms of execute_command that do nothing but run the script.
var plainCommand = regexp.MustCompile(`^\s*(?:chmod \+x \{\{ ?\.Path ?\}\};\s*)?(?:\{\{ ?\.Vars ?\}\}\s*)?(?:env\s+)?(?:\{\{ ?\.Vars ?\}\}\s*)?(?:sudo(?:\s+-\S+)*\s+)?(?:/\S+/)?(?:k?sh|bash|ksh93)?\s*\{\{ ?\.Path ?\}\}\s*$`)

var goTemplate = regexp.MustCompile(`\{\{[^}]*\}\}`)

// substituted is an execute_command with a path for what Packer puts in.
func substituted(t text.Text) text.Text {
	out := make(text.Text, len(t))
	for i, part := range t {
		out[i] = part
		out[i].Value = goTemplate.ReplaceAllStringFunc(part.Value, func(action string) string {
			// As long as what it stands for, so that columns keep.
			filler := ":"
			if strings.Contains(action, ".Path") {
				filler = "/tmp/script.sh"
			}
			if strings.Contains(action, ".Vars") {
				filler = ""
			}
			if pad := len(action) - len(filler); pad > 0 {
				filler += strings.Repeat(" ", pad)
			}
			return filler
		})
	}
	return out
}

// environment are the environment variables of a shell provisioner that are known.
func (r *reading) environment(set settings) map[string]string {
	variables := map[string]string{}
	if expr, ok := set.expressions["environment_vars"]; ok {
		for _, t := range r.list(expr, set.ctx).texts {
			if name, value, ok := strings.Cut(t.String(), "="); ok && !strings.Contains(value, unknownText) {
				variables[name] = value
			}
		}
	}
	if expr, ok := set.expressions["env"]; ok {
		v := r.value(expr, set.ctx)
		if v.IsKnown() && !v.IsNull() && (v.Type().IsMapType() || v.Type().IsObjectType()) {
			for it := v.ElementIterator(); it.Next(); {
				name, value := it.Element()
				if value, err := convert.Convert(value, cty.String); err == nil && isText(value) {
					variables[name.AsString()] = value.AsString()
				}
			}
		}
	}
	return variables
}

func (r *reading) upload(step *policy.Step, set settings) []Run {
	if step.Arguments["direction"] == "download" {
		return nil
	}
	destination, ok := step.Arguments["destination"]
	if !ok {
		return nil
	}
	run := Run{Upload: &Upload{Destination: destination}}
	if expr, ok := set.expressions["content"]; ok {
		content := r.text(expr, set.ctx)
		if !content.whole {
			r.notKnown(step, "content", expr)
		}
		run.Upload.Content = content.text
		return []Run{run}
	}
	for _, name := range []string{"source", "sources"} {
		expr, ok := set.expressions[name]
		if !ok {
			continue
		}
		generated := step.Arguments["generated"] == "true"
		for _, t := range r.list(expr, set.ctx).texts {
			named := t.String()
			if strings.Contains(named, unknownText) || named == "" {
				continue
			}
			found := r.find(named)
			if !exists(found) && !r.reader.Exists(found) {
				if !generated {
					r.problem("file-unreadable", t.Index().At(1, 1), "%s: the file does not exist", r.reader.Show(found))
				}
				continue
			}
			if strings.HasSuffix(named, "/") && !strings.HasSuffix(found, "/") {
				found += "/"
			}
			run.Upload.Sources = append(run.Upload.Sources, found)
		}
	}
	if len(run.Upload.Sources) == 0 {
		return nil
	}
	return []Run{run}
}

// Place is where an uploaded local file or a file of an uploaded folder comes to lie
// on the guest. A source folder that ends in "/" is its content, as for rsync.
func (u *Upload) Place(source, file string) string {
	info, err := os.Stat(source)
	name := path.Base(strings.TrimSuffix(source, "/"))
	switch {
	case err == nil && info.IsDir() && strings.HasSuffix(source, "/"):
		return path.Join(u.Destination, file)
	case err == nil && info.IsDir():
		return path.Join(u.Destination, name, file)
	case strings.HasSuffix(u.Destination, "/"):
		return path.Join(u.Destination, name)
	}
	return path.Clean(u.Destination)
}

func (r *reading) ansible(step *policy.Step, set settings, local bool) []Run {
	base := Playbook{Variables: map[string]string{}, Local: local}
	for _, name := range []string{"roles_path", "role_paths", "playbook_dir"} {
		if expr, ok := set.expressions[name]; ok {
			for _, t := range r.list(expr, set.ctx).texts {
				for _, folder := range strings.Split(t.String(), ":") {
					if folder != "" && !strings.Contains(folder, unknownText) {
						base.RolePaths = append(base.RolePaths, r.find(folder))
					}
				}
			}
		}
	}
	if expr, ok := set.expressions["extra_arguments"]; ok {
		var words []string
		for _, t := range r.list(expr, set.ctx).texts {
			words = append(words, t.String())
		}
		extraVariables(words, base.Variables)
	}
	var runs []Run
	for _, name := range []string{"playbook_file", "playbook_files"} {
		expr, ok := set.expressions[name]
		if !ok {
			continue
		}
		paths := r.list(expr, set.ctx)
		if !paths.known || !paths.whole {
			r.notKnown(step, name, expr)
		}
		for _, t := range paths.texts {
			named := t.String()
			if strings.Contains(named, unknownText) || named == "" {
				continue
			}
			playbook := base
			playbook.Path = r.find(named)
			if _, err := r.reader.Read(playbook.Path); err != nil {
				r.unreadable(err, t.Index().At(1, 1))
				continue
			}
			runs = append(runs, Run{Playbook: &playbook})
		}
	}
	return runs
}

// extraVariables reads the -e and --extra-vars arguments of ansible-playbook in the
// form NAME=VALUE NAME=VALUE.
func extraVariables(words []string, variables map[string]string) {
	for i := 0; i < len(words); i++ {
		value := ""
		switch {
		case (words[i] == "-e" || words[i] == "--extra-vars") && i+1 < len(words):
			i++
			value = words[i]
		case strings.HasPrefix(words[i], "--extra-vars="):
			value = strings.TrimPrefix(words[i], "--extra-vars=")
		case strings.HasPrefix(words[i], "-e ") || strings.HasPrefix(words[i], "-e="):
			value = words[i][3:]
		}
		for _, pair := range strings.Fields(value) {
			if name, text, ok := strings.Cut(pair, "="); ok && !strings.Contains(text, unknownText) {
				variables[name] = strings.Trim(text, `'"`)
			}
		}
	}
}
