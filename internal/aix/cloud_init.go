// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"regexp"
	"sort"
	"strings"
)

var (
	listItem   = regexp.MustCompile(`^\s*-\s+\[?\s*['"]?([A-Za-z0-9_-]+)`)
	topKey     = regexp.MustCompile(`^([A-Za-z0-9_]+)\s*:\s*(.*)$`)
	sourceName = regexp.MustCompile(`[A-Za-z0-9]+`)
)

// ParseCloudConfig reads the "file" probe of cloud.cfg as far as it matters:
// datasource_list, and the names in the three module lists.
func ParseCloudConfig(output []byte) (CloudConfig, error) {
	f, err := parseFile(output)
	if err != nil {
		return CloudConfig{}, err
	}
	config := CloudConfig{Present: f.present, DataSources: []string{}, Modules: []string{}}
	key := ""
	for _, line := range lines(f.content) {
		text, _, _ := strings.Cut(line, " #")
		if strings.HasPrefix(strings.TrimSpace(text), "#") || strings.TrimSpace(text) == "" {
			continue
		}
		if m := topKey.FindStringSubmatch(text); m != nil {
			key = m[1]
			if key == "datasource_list" {
				config.DataSources = append(config.DataSources, sourceName.FindAllString(m[2], -1)...)
			}
			continue
		}
		m := listItem.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		switch key {
		case "datasource_list":
			config.DataSources = append(config.DataSources, m[1])
		case "cloud_init_modules", "cloud_config_modules", "cloud_final_modules":
			config.Modules = append(config.Modules, m[1])
		}
	}
	return config, nil
}

// ParseRc2Links reads `ls -l /etc/rc.d/rc2.d` and returns the names of entries that
// start cloud-init: S, two digits, and a name with "cloud" in it.
func ParseRc2Links(output []byte) []string {
	links := []string{}
	for _, line := range lines(output) {
		text, _, _ := strings.Cut(line, " -> ")
		fields := strings.Fields(text)
		if len(fields) < 9 {
			continue
		}
		name := fields[len(fields)-1]
		if len(name) > 3 && name[0] == 'S' && strings.Contains(name, "cloud") {
			links = append(links, name)
		}
	}
	sort.Strings(links)
	return links
}
