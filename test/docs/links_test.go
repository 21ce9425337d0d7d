// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestLinksInsideTheRepositoryLeadSomewhere(t *testing.T) {
	root := repository(t)
	pages := map[string]page{}
	for _, p := range paths(t) {
		pages[p] = read(t, p)
	}
	for name, p := range pages {
		for _, link := range p.links {
			target, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s: link %q: %v", name, link, err)
				continue
			}
			if target.Scheme != "" {
				if target.Scheme != "https" && target.Scheme != "mailto" {
					t.Errorf("%s: link %q: expected https", name, link)
				}
				continue
			}
			if strings.HasPrefix(target.Path, "/packer/") {
				continue // of the integration's site
			}
			to := name
			if target.Path != "" {
				to = path.Join(path.Dir(name), target.Path)
				if _, err := os.Stat(filepath.Join(root, to)); err != nil {
					t.Errorf("%s: link %q: there is no %s", name, link, to)
					continue
				}
			}
			if there, ok := pages[to]; target.Fragment != "" && ok && !there.anchors[target.Fragment] {
				t.Errorf("%s: link %q: %s has no such heading", name, link, to)
			}
		}
	}
}

// A page that nothing leads to is not found by those who need it.
func TestEveryGuideIsReachedFromTheREADME(t *testing.T) {
	reached := map[string]bool{}
	var follow func(string)
	follow = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		for _, link := range read(t, name).links {
			target, err := url.Parse(link)
			if err != nil || target.Scheme != "" || target.Path == "" {
				continue
			}
			to := path.Join(path.Dir(name), target.Path)
			info, err := os.Stat(filepath.Join(repository(t), to))
			if err != nil {
				continue
			}
			if info.IsDir() {
				to = path.Join(to, "README.md")
			}
			if _, err := os.Stat(filepath.Join(repository(t), to)); err == nil && (strings.HasSuffix(to, ".md") || strings.HasSuffix(to, ".mdx")) {
				follow(to)
			}
		}
	}
	follow("README.md")
	for _, name := range paths(t) {
		if (strings.HasPrefix(name, "docs/") || strings.HasPrefix(name, "example/")) && !reached[name] {
			t.Errorf("%s: no way leads there from README.md", name)
		}
	}
}
