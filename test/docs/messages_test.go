// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each message that the guide explains is one that the plugin says.
func TestTroubleshootingExplainsMessagesThatExist(t *testing.T) {
	root := repository(t)
	var sources strings.Builder
	for _, top := range []string{"provisioner", "post-processor", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := os.ReadFile(path)
			sources.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	guide, err := os.ReadFile(filepath.Join(root, "docs/guides/troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	headings, found := regexp.MustCompile(`(?m)^### (.*)$`), 0
	for _, heading := range headings.FindAllStringSubmatch(string(guide), -1) {
		for _, message := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(heading[1], -1) {
			found++
			if !strings.Contains(sources.String(), message[1]) {
				t.Errorf("no message of the plugin has %q", message[1])
			}
		}
	}
	if found < 15 {
		t.Errorf("found only %d messages", found)
	}
}
