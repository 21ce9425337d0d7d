// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

//go:embed builtin/*.rsct.hcl
var builtinFiles embed.FS

// Extension is what the names of policy files end in.
const Extension = ".rsct.hcl"

// Sources say what a policy is made of.
type Sources struct {
	// Files are policy files, or directories whose *.rsct.hcl files are taken.
	Files []string
	// Variables are values for variables by name: the text itself for a variable of
	// type string, an HCL expression for every other type.
	Variables map[string]string
	// WithoutBuiltin leaves the built-in policy out.
	WithoutBuiltin bool
}

// File is one file of a policy.
type File struct {
	// Name is the path as given; built-in files are named "builtin/NAME.rsct.hcl".
	Name string `json:"name"`
	// SHA256 is the digest of the canonical content, in hex.
	SHA256 string `json:"sha256"`
	// Builtin says that the file came with the plugin.
	Builtin bool `json:"builtin"`

	content []byte
}

// canonical removes what an editor or a version control system may change on its
// own: a byte order mark, the style of line ends, and blank lines at the end.
func canonical(content []byte) []byte {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	if content = bytes.TrimRight(content, "\n"); len(content) > 0 {
		content = append(content[:len(content):len(content)], '\n')
	}
	return content
}

func newFile(name string, content []byte, builtin bool) File {
	content = canonical(content)
	sum := sha256.Sum256(content)
	return File{Name: name, SHA256: hex.EncodeToString(sum[:]), Builtin: builtin, content: content}
}

// readSources reads all files within their bounds.
func readSources(sources Sources) ([]File, hcl.Diagnostics) {
	var files []File
	var diags hcl.Diagnostics
	fail := func(summary, detail string) {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail})
	}
	if !sources.WithoutBuiltin {
		entries, err := fs.Glob(builtinFiles, "builtin/*"+Extension)
		if err != nil {
			fail("Built-in policy unreadable", err.Error())
		}
		for _, name := range entries {
			content, err := builtinFiles.ReadFile(name)
			if err != nil {
				fail("Built-in policy unreadable", err.Error())
				continue
			}
			files = append(files, newFile(name, content, true))
		}
	}
	seen, total := map[string]bool{}, 0
	for _, given := range sources.Files {
		paths, err := policyPaths(given)
		if err != nil {
			fail("Policy file unreadable", fmt.Sprintf("%s: %s.", given, describe(err)))
			continue
		}
		for _, path := range paths {
			if seen[filepath.Clean(path)] {
				continue
			}
			seen[filepath.Clean(path)] = true
			if len(seen) > maxFiles {
				fail("Policy too large", fmt.Sprintf("A policy may have at most %d files.", maxFiles))
				return files, diags
			}
			content, err := readBounded(path)
			if err != nil {
				fail("Policy file unreadable", fmt.Sprintf("%s: %s.", path, describe(err)))
				continue
			}
			if total += len(content); total > maxTotalBytes {
				fail("Policy too large", fmt.Sprintf("The files of a policy may have at most %d bytes together.", maxTotalBytes))
				return files, diags
			}
			files = append(files, newFile(filepath.ToSlash(path), content, false))
		}
	}
	return files, diags
}

// policyPaths are the files that a path stands for: itself, or the policy files
// directly in it.
func policyPaths(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), Extension) {
			paths = append(paths, filepath.Join(path, entry.Name()))
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("the directory holds no *%s file", Extension)
	}
	sort.Strings(paths)
	return paths, nil
}

func readBounded(path string) ([]byte, error) {
	// Looked at before it is opened: opening a FIFO would wait for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFileBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	return content, nil
}

// describe leaves out of a file error what the message around it says already.
func describe(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return err.Error()
}
