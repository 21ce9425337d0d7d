// SPDX-License-Identifier: MPL-2.0

package report

import (
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/docs"
)

// home is where the project and its pages are.
const home = "https://github.com/powervs-aix/packer-plugin-rsct"

// whyHeading stands over the part of a rule's page that says why it matters.
const whyHeading = "## Why it matters on Power VS"

// link is a Markdown link, which would lead nowhere outside docs/rules.
var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// whyItMatters returns the paragraphs of a built-in rule's page that say why it
// matters on Power VS, as Markdown; a rule without a page has none. The pages are
// embedded, so that a report says the same on any machine.
func whyItMatters(rule string) []string {
	page, err := docs.Rules.ReadFile("rules/" + rule + ".md")
	if err != nil {
		return nil // a site's own rule
	}
	_, text, found := strings.Cut(string(page), "\n"+whyHeading+"\n")
	if !found {
		return nil
	}
	text, _, _ = strings.Cut(text, "\n## ")
	var paragraphs []string
	for _, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if p = link.ReplaceAllString(strings.Join(strings.Fields(p), " "), "$1"); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return paragraphs
}

// rulePage is the address of a built-in rule's page, or nothing for a site's own rule.
func rulePage(rule string) string {
	if whyItMatters(rule) == nil {
		return ""
	}
	return home + "/blob/main/docs/rules/" + rule + ".md"
}
