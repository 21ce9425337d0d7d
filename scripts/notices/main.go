// SPDX-License-Identifier: MPL-2.0

// Command notices prints the licences of all that is linked into the plugin, for the
// archives of a release: notices > NOTICES.txt, in the repository's root. It fails where
// a module has none, rather than leave one out.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// module is what `go list` says about one.
type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// licence matches the files that carry terms or notices.
var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright|patents)([-._].*)?$`)

func main() {
	notices, err := collect(".")
	if err == nil {
		_, err = os.Stdout.Write(notices)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// collect returns the notices of the packages that the module at dir is built from.
// What is linked differs between systems; the ones that are released are all counted.
func collect(dir string) ([]byte, error) {
	modules := map[string]module{}
	for _, system := range []string{"linux", "darwin", "windows", "freebsd"} {
		if err := list(dir, system, modules); err != nil {
			return nil, err
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	goLicence, err := os.ReadFile(filepath.Join(string(bytes.TrimSpace(root)), "LICENSE"))
	if err != nil {
		return nil, fmt.Errorf("the Go licence: %w", err)
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, "packer-plugin-rsct is under the Mozilla Public License 2.0; see LICENSE.\nIt contains the software named below, under the terms that follow each name.")
	section(&out, "The Go standard library", goLicence)
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		m := modules[path]
		if m.Replace != nil {
			m = *m.Replace
		}
		terms, err := read(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		section(&out, m.Path+" "+m.Version, terms)
	}
	return out.Bytes(), nil
}

func section(out *bytes.Buffer, title string, terms []byte) {
	fmt.Fprintf(out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), title, bytes.TrimSpace(bytes.ReplaceAll(terms, []byte("\r\n"), []byte("\n"))))
}

// list adds the modules of all packages that the plugin imports on a system.
func list(dir, system string, modules map[string]module) error {
	cmd := exec.Command("go", "list", "-deps", "-json=Module", ".")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list for %s: %w", system, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var pkg struct{ Module *module }
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("go list for %s: %w", system, err)
		}
		if m := pkg.Module; m != nil && !m.Main {
			modules[m.Path] = *m
		}
	}
}

// read returns all terms and notices at the top of a module's folder.
func read(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var terms [][]byte
	for _, entry := range entries {
		if entry.IsDir() || !licence.MatchString(entry.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		terms = append(terms, bytes.TrimSpace(content))
	}
	if len(terms) == 0 {
		return nil, fmt.Errorf("no licence in %s", dir)
	}
	return bytes.Join(terms, []byte("\n\n---\n\n")), nil
}
