// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"slices"
	"strings"
)

// Document is one rendering of a report.
type Document struct {
	// Format is the word for -format.
	Format string
	// Name is the file's name in a report folder; empty for text, which has none.
	Name string
	// MediaType is that of the content.
	MediaType string
	Content   []byte
}

// format is a way to render a report.
type format struct {
	word, name, mediaType string
	render                func(Input) ([]byte, error)
}

func formats() []format {
	return []format{
		{"text", "", "text/plain", func(in Input) ([]byte, error) { return Text(in), nil }},
		{"html", "report.html", "text/html", HTML},
		{"md", "report.md", "text/markdown", func(in Input) ([]byte, error) { return Markdown(in), nil }},
		{"json", "report.json", "application/json", JSON},
		{"sarif", "report.sarif.json", "application/sarif+json", func(in Input) ([]byte, error) { return SARIF(in.Listing()) }},
		{"junit", "report.junit.xml", "application/xml", func(in Input) ([]byte, error) { return JUnit(in.Listing()) }},
		{"cyclonedx", "filesets.cdx.json", "application/vnd.cyclonedx+json", CycloneDX},
	}
}

// Formats are the words for -format.
func Formats() []string {
	var words []string
	for _, f := range formats() {
		words = append(words, f.word)
	}
	return words
}

// CheckFormat returns an error for a word that is no format.
func CheckFormat(word string) error {
	if slices.Contains(Formats(), word) {
		return nil
	}
	words := Formats()
	return fmt.Errorf("-format %q: expected %s or %s", word, strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}

// Render renders a report in one format.
func Render(word string, in Input) (Document, error) {
	for _, f := range formats() {
		if f.word != word {
			continue
		}
		content, err := f.render(in)
		if err != nil {
			return Document{}, err
		}
		return Document{Format: f.word, Name: f.name, MediaType: f.mediaType, Content: content}, nil
	}
	return Document{}, CheckFormat(word)
}

// Documents renders all the files of a report folder, in a fixed order.
func Documents(in Input) ([]Document, error) {
	var documents []Document
	for _, f := range formats() {
		if f.name == "" {
			continue
		}
		d, err := Render(f.word, in)
		if err != nil {
			return nil, err
		}
		documents = append(documents, d)
	}
	return documents, nil
}
