// SPDX-License-Identifier: MPL-2.0

package image

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// The states of a manifest.
const (
	ManifestMatch    = "match"
	ManifestMismatch = "mismatch"
	// ManifestUnchecked is for digests that one pass could not compute any more: SHA-1 or
	// SHA-512 in a manifest that comes after the disks.
	ManifestUnchecked = "unchecked"
)

// Manifest is the .mf of an OVA against its members. It is about integrity only: who
// changes a disk can change the manifest too.
type Manifest struct {
	// State is "match", "mismatch", "absent", "unchecked" or "not_read"; Problem says why.
	State   string `json:"state"`
	Problem string `json:"problem"`
	Name    string `json:"name"`
}

// The blanks differ between the tools that write manifests.
var manifestLine = regexp.MustCompile(`^(SHA1|SHA256|SHA512) ?\((.{1,255})\) ?= ?([0-9A-Fa-f]+)$`)

type manifestEntry struct {
	line                    int
	algorithm, name, digest string
}

type manifestFile struct {
	name    string
	problem string
	entries []manifestEntry
}

func readManifest(name string, content []byte, earlier *manifestFile) *manifestFile {
	m := &manifestFile{name: name}
	if earlier != nil {
		m.problem = fmt.Sprintf("there are two manifests, %s and %s", earlier.name, name)
		return m
	}
	for i, line := range bytes.Split(content, []byte("\n")) {
		text := strings.TrimRight(string(line), " \t\r")
		if text == "" {
			continue
		}
		match := manifestLine.FindStringSubmatch(text)
		if match == nil {
			m.problem = fmt.Sprintf("line %d is %.60q, expected SHA256(name)= digest", i+1, text)
			return m
		}
		e := manifestEntry{line: i + 1, algorithm: strings.ToLower(match[1]), name: strings.TrimPrefix(match[2], "./"), digest: strings.ToLower(match[3])}
		if hex.DecodedLen(len(e.digest)) != newHash(e.algorithm).Size() {
			m.problem = fmt.Sprintf("line %d: its digest is no %s", i+1, match[1])
			return m
		}
		m.entries = append(m.entries, e)
	}
	return m
}

// algorithms are those that the manifest asks for a member besides SHA-256.
func (m *manifestFile) algorithms(member string) []string {
	if m == nil {
		return nil
	}
	found := map[string]bool{}
	for _, e := range m.entries {
		if e.name == member && e.algorithm != "sha256" {
			found[e.algorithm] = true
		}
	}
	list := make([]string, 0, len(found))
	for algorithm := range found {
		list = append(list, algorithm)
	}
	sort.Strings(list)
	return list
}

func (m *manifestFile) check(members []Member, digests map[string]map[string]string) Manifest {
	if m == nil {
		return Manifest{State: Absent}
	}
	result := Manifest{State: ManifestMatch, Name: m.name}
	set := func(state, format string, args ...any) {
		if result.State != ManifestMismatch && result.Problem == "" || state == ManifestMismatch && result.State != ManifestMismatch {
			result.State, result.Problem = state, fmt.Sprintf(format, args...)
		}
	}
	if m.problem != "" {
		set(ManifestMismatch, "%s", m.problem)
	}
	listed := map[string]bool{}
	for _, e := range m.entries {
		listed[e.name] = true
		have, ok := digests[e.name]
		switch got := have[e.algorithm]; {
		case !ok:
			set(ManifestMismatch, "line %d names %s, which is not in the archive", e.line, e.name)
		case got == "":
			set(ManifestUnchecked, "line %d gives a %s of %s, which came before the manifest; SHA256 could have been checked", e.line, strings.ToUpper(e.algorithm), e.name)
		case got != e.digest:
			set(ManifestMismatch, "line %d: %s of %s is %s", e.line, strings.ToUpper(e.algorithm), e.name, got)
		}
	}
	for _, member := range members {
		switch {
		case listed[member.Name], strings.HasSuffix(strings.ToLower(member.Name), ".mf"), strings.HasSuffix(strings.ToLower(member.Name), ".cert"):
		default:
			set(ManifestMismatch, "%s is in the archive, but not in the manifest", member.Name)
		}
	}
	return result
}
