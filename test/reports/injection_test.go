// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/test/reports/cases"
)

// shapeOf counts the elements of a page, and returns what is wrong with its attributes.
func shapeOf(t *testing.T, page []byte) map[string]int {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	shape := map[string]int{}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			shape[n.Data]++
			for _, a := range n.Attr {
				key := strings.ToLower(a.Key)
				if strings.HasPrefix(key, "on") || key == "style" || key == "src" || key == "srcdoc" || key == "autofocus" {
					t.Errorf("<%s> has an attribute %s=%.60q", n.Data, a.Key, a.Val)
				}
				if key == "href" && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://") {
					t.Errorf("<%s> leads to %.60q", n.Data, a.Val)
				}
			}
		}
		if n.Type == html.CommentNode {
			t.Errorf("a comment: %.60q", n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	// Text decides about these itself: `commands` are shown as code, https addresses as links.
	delete(shape, "code")
	delete(shape, "a")
	return shape
}

// visibleOnly fails for characters that act on a terminal or reorder text.
func visibleOnly(t *testing.T, name string, content []byte) {
	t.Helper()
	if !utf8.Valid(content) {
		t.Errorf("%s is no UTF-8", name)
	}
	for i, r := range string(content) {
		if r == '\n' || r == '\t' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Co, r) {
			t.Errorf("%s holds %U at %d: …%q…", name, r, i, content[max(i-20, 0):min(i+20, len(content))])
			return
		}
	}
}

// xmlShape counts the elements of an XML document.
func xmlShape(t *testing.T, content []byte) map[string]int {
	t.Helper()
	shape := map[string]int{}
	decoder := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return shape
		}
		if err != nil {
			t.Errorf("junit: %v", err)
			return shape
		}
		switch token := token.(type) {
		case xml.StartElement:
			shape[token.Name.Local]++
		case xml.Directive, xml.Comment:
			t.Errorf("junit holds %T", token)
		}
	}
}

// jsonShape counts the keys of a JSON document.
func jsonShape(t *testing.T, name string, content []byte) map[string]int {
	t.Helper()
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	shape := map[string]int{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				shape[key]++
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(value)
	delete(shape, "helpUri") // there for references that are https addresses
	return shape
}

func same(t *testing.T, name string, want, got map[string]int) {
	t.Helper()
	for key, n := range got {
		if want[key] != n {
			t.Errorf("%s: %d of %q, where harmless text gives %d", name, n, key, want[key])
		}
	}
	for key, n := range want {
		if got[key] != n {
			t.Errorf("%s: %d of %q, where harmless text gives %d", name, got[key], key, n)
		}
	}
}

// Hostile text in every field that a guest, a file's name or a waiver can reach gives
// documents of the same shape as harmless text, in every format. test/browser does
// the same with the page in Chromium, and with the Markdown rendered.
func TestHostileTextIsTextInEveryFormat(t *testing.T) {
	if n := len(cases.Payloads()); n < 50 {
		t.Fatalf("only %d payloads", n)
	}
	t.Chdir(t.TempDir())
	render := func(text string) map[string]report.Document {
		in, err := cases.Hostile(t.Context(), text, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		documents := map[string]report.Document{}
		for _, word := range report.Formats() {
			d, err := report.Render(word, in)
			if err != nil {
				t.Fatalf("%s: %v", word, err)
			}
			documents[word] = d
		}
		return documents
	}
	harmless := render("harmless")
	htmlWant, xmlWant := shapeOf(t, harmless["html"].Content), xmlShape(t, harmless["junit"].Content)
	jsonWant := map[string]map[string]int{}
	for _, word := range []string{"json", "sarif", "cyclonedx"} {
		jsonWant[word] = jsonShape(t, word, harmless[word].Content)
	}
	for _, payload := range cases.Payloads() {
		t.Run(payload.Name, func(t *testing.T) {
			documents := render(payload.Text)
			for word, d := range documents {
				visibleOnly(t, word, d.Content)
			}
			same(t, "html", htmlWant, shapeOf(t, documents["html"].Content))
			if page := string(documents["html"].Content); strings.Contains(page, "ZgotmplZ") {
				t.Error("html: the template met text in a place where it cannot be made safe")
			}
			same(t, "junit", xmlWant, xmlShape(t, documents["junit"].Content))
			for word, want := range jsonWant {
				same(t, word, want, jsonShape(t, word, documents[word].Content))
				if strings.ContainsAny(string(documents[word].Content), "<>&") {
					t.Errorf("%s holds a character that means something in HTML", word)
				}
			}
			if size := len(documents["html"].Content); size > 3<<20 {
				t.Errorf("html is %d bytes", size)
			}
			if size := len(documents["md"].Content); size > 64<<10 {
				t.Errorf("md is %d bytes", size)
			}
		})
	}
}
