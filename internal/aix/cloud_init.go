// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// ParseCloudConfig reads the "file" probe of cloud.cfg as far as it matters: the
// lists datasource_list, cloud_init_modules, cloud_config_modules and
// cloud_final_modules. It reads the forms of YAML in which cloud-init's own
// templates and documents write them: block lists of names and of [name, frequency]
// pairs, and flow lists. Another form below one of these keys, and a key that comes
// twice, are errors. Of the key network it reads whether its config is disabled; all
// other keys are passed over.
func ParseCloudConfig(output []byte) (CloudConfig, error) {
	f, err := parseFile(output)
	if err != nil {
		return CloudConfig{}, err
	}
	config := CloudConfig{Present: f.present, DataSources: []string{}, Modules: []string{}}
	if !f.present {
		return config, nil
	}
	var reader cloudList
	seen := map[string]bool{}
	finish := func() error {
		if reader.key == "network" && networkDisabled.MatchString(strings.Join(reader.text, " ")) {
			config.NetworkDisabled = true
		}
		names, err := reader.names()
		if reader.key == "datasource_list" {
			config.DataSources = append(config.DataSources, names...)
		} else {
			config.Modules = append(config.Modules, names...)
		}
		reader = cloudList{}
		return err
	}
	for number, line := range lines(f.content) {
		text := withoutComment(line)
		if text == "" || text == "---" {
			continue
		}
		// A list item may stand as far left as its key.
		if text[0] == ' ' || text[0] == '\t' || text[0] == '-' || text[0] == ']' {
			reader.text = append(reader.text, text)
			continue
		}
		key, value, ok := strings.Cut(text, ":")
		if !ok || value != "" && value[0] != ' ' && value[0] != '\t' {
			return CloudConfig{}, badLine(number, line, `"key: value" or a list item`)
		}
		if err := finish(); err != nil {
			return CloudConfig{}, err
		}
		key = strings.Trim(strings.TrimSpace(key), `"'`)
		if seen[key] && isCloudList(key) {
			return CloudConfig{}, badLine(number, line, "each key once")
		}
		seen[key] = true
		reader = cloudList{key: key, line: number, text: []string{value}}
	}
	return config, finish()
}

// networkDisabled is how cloud.cfg keeps cloud-init from configuring the network
// (https://cloudinit.readthedocs.io/en/latest/reference/network-config.html).
var networkDisabled = regexp.MustCompile(`(?:^|[\s{,])["']?config["']?\s*:\s*["']?disabled["']?(?:$|[\s},])`)

func isCloudList(key string) bool {
	switch key {
	case "datasource_list", "cloud_init_modules", "cloud_config_modules", "cloud_final_modules":
		return true
	}
	return false
}

// withoutComment drops a comment and trailing blanks. None of the names that are
// read holds a number sign.
func withoutComment(line string) string {
	if at := strings.Index(line, " #"); at >= 0 {
		line = line[:at]
	}
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return ""
	}
	return strings.TrimRight(line, " \t")
}

// cloudList is the text of one top-level key.
type cloudList struct {
	key  string
	line int
	text []string
}

// names returns the names in the list, the first one of each pair.
func (l cloudList) names() ([]string, error) {
	if !isCloudList(l.key) {
		return nil, nil
	}
	names := []string{}
	bad := func(text string) error {
		return fmt.Errorf("%s in line %d: %q: expected a list of names", l.key, l.line, firstLine([]byte(text)))
	}
	first := strings.TrimSpace(l.text[0])
	if strings.HasPrefix(first, "[") {
		whole := strings.TrimSpace(strings.Join(l.text, " "))
		items, ok := flowList(whole)
		if !ok {
			return nil, bad(whole)
		}
		return items, nil
	}
	if first != "" {
		return nil, bad(first)
	}
	for _, text := range l.text[1:] {
		item, ok := strings.CutPrefix(strings.TrimSpace(text), "-")
		if !ok || item != "" && item[0] != ' ' && item[0] != '\t' {
			return nil, bad(text)
		}
		item = strings.TrimSpace(item)
		if strings.HasPrefix(item, "[") {
			pair, ok := flowList(item)
			if !ok || len(pair) == 0 {
				return nil, bad(text)
			}
			names = append(names, pair[0])
			continue
		}
		name, ok := cloudName(item)
		if !ok {
			return nil, bad(text)
		}
		names = append(names, name)
	}
	return names, nil
}

// flowList reads [a, 'b', "c"].
func flowList(text string) ([]string, bool) {
	inner, opens := strings.CutPrefix(text, "[")
	inner, closes := strings.CutSuffix(inner, "]")
	if !opens || !closes {
		return nil, false
	}
	items := []string{}
	if strings.TrimSpace(inner) == "" {
		return items, true
	}
	parts := strings.Split(inner, ",")
	if strings.TrimSpace(parts[len(parts)-1]) == "" {
		parts = parts[:len(parts)-1] // YAML allows a comma after the last item
	}
	for _, part := range parts {
		name, ok := cloudName(strings.TrimSpace(part))
		if !ok {
			return nil, false
		}
		items = append(items, name)
	}
	return items, true
}

// cloudName reads a plain or quoted name.
func cloudName(text string) (string, bool) {
	if len(text) >= 2 && (text[0] == '\'' || text[0] == '"') && text[len(text)-1] == text[0] {
		text = text[1 : len(text)-1]
	}
	return text, isWord(text)
}

// ParseRc2Links reads `ls -l /etc/rc.d/rc2.d` and returns the names that start
// cloud-init at run level 2, sorted: S, digits, and a name with "cloud" in it.
func ParseRc2Links(output []byte) ([]string, error) {
	links := []string{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" || number == 1 && strings.HasPrefix(line, "total ") {
			continue
		}
		text, _, _ := strings.Cut(line, " -> ")
		fields := strings.Fields(text)
		if len(fields) < 9 || len(fields[0]) < 10 {
			return nil, badLine(number, line, "what ls -l prints of a file")
		}
		name := fields[len(fields)-1]
		if rest, ok := strings.CutPrefix(name, "S"); ok && strings.Contains(name, "cloud") && strings.TrimLeft(rest, "0123456789") != rest {
			links = append(links, name)
		}
	}
	sort.Strings(links)
	return links, nil
}
