// SPDX-License-Identifier: MPL-2.0

package image

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Meta is what the .meta of an OVA says: lines of `key = value`, as pvsadm and
// PowerVC's tools write them (os-type, architecture, vol1-file, vol1-type).
type Meta struct {
	// State is "read", "absent", "damaged" or "not_read"; Problem says why it is damaged.
	State        string   `json:"state"`
	Problem      string   `json:"problem"`
	Name         string   `json:"name"`
	OSType       string   `json:"os_type"`
	Architecture string   `json:"architecture"`
	Volumes      []Volume `json:"volumes"`
}

// Volume is a volume of a .meta.
type Volume struct {
	File string `json:"file"`
	// Type is "boot" or "data".
	Type string `json:"type"`
}

var volumeKey = regexp.MustCompile(`^vol([0-9]{1,3})-(file|type)$`)

func readMeta(name string, content []byte) Meta {
	m := Meta{State: Read, Name: name, Volumes: []Volume{}}
	damaged := func(line int, format string, args ...any) Meta {
		return Meta{State: Damaged, Problem: fmt.Sprintf("line %d: ", line) + fmt.Sprintf(format, args...), Name: name, Volumes: []Volume{}}
	}
	if !utf8.Valid(content) {
		return damaged(1, "it is no text")
	}
	volumes, seen := map[int]*Volume{}, map[string]bool{}
	for i, line := range bytes.Split(content, []byte("\n")) {
		text := strings.TrimSpace(string(line))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		key, value, ok := strings.Cut(text, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || key == "" || len(value) > maxMemberName {
			return damaged(i+1, "%.40q, expected key = value", text)
		}
		if seen[key] {
			return damaged(i+1, "%.40s stands there twice", key)
		}
		seen[key] = true
		switch match := volumeKey.FindStringSubmatch(key); {
		case key == "os-type":
			m.OSType = value
		case key == "architecture":
			m.Architecture = value
		case match != nil:
			n, _ := strconv.Atoi(match[1]) // three digits
			if volumes[n] == nil {
				volumes[n] = &Volume{}
			}
			if match[2] == "file" {
				volumes[n].File = value
			} else {
				volumes[n].Type = value
			}
		}
	}
	numbers := make([]int, 0, len(volumes))
	for n := range volumes {
		numbers = append(numbers, n)
	}
	sort.Ints(numbers)
	for _, n := range numbers {
		m.Volumes = append(m.Volumes, *volumes[n])
	}
	return m
}
