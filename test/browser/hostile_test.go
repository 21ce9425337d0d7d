// SPDX-License-Identifier: MPL-2.0

package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// shape counts the elements of the page as Chromium built it. Text decides about code
// and links itself; the script's copy buttons are there or not with the clipboard.
const shape = `(() => {
  const n = {};
  for (const e of document.querySelectorAll('*')) if (!['code', 'a', 'button'].includes(e.localName)) n[e.localName] = (n[e.localName] || 0) + 1;
  return n;
})()`

// trouble names what hostile text could have brought about.
const trouble = `(() => {
  const out = [];
  if (typeof attack !== 'undefined' || window.attacked) out.push('something ran');
  for (const e of document.querySelectorAll('*')) for (const a of e.attributes)
    if (/^on|^style$|^src/i.test(a.name) || (a.name === 'href' && !/^(#|https:)/.test(a.value))) out.push(e.localName + ' ' + a.name + '=' + a.value.slice(0, 60));
  if (document.scripts.length !== 1) out.push(document.scripts.length + ' scripts');
  return out;
})()`

// Hostile text in every field runs nothing, asks for nothing and adds no element.
func TestHostileTextIsTextInChromium(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(pages, "hostile", "names.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]string
	if err := json.Unmarshal(content, &names); err != nil || len(names) < 51 {
		t.Fatalf("%d pages, %v", len(names), err)
	}
	ctx := browser(t)
	look := func(t *testing.T, name string) map[string]int {
		tab, watcher := open(t, ctx, filepath.Join("hostile", name, "report.html"), width(360), emulation.SetFocusEmulationEnabled(true))
		counted, out, wide := map[string]int{}, []string{}, []string{}
		if err := chromedp.Run(tab, chromedp.Evaluate(unfold, nil), chromedp.Evaluate(shape, &counted), chromedp.Evaluate(trouble, &out), chromedp.Evaluate(overflow, &wide)); err != nil {
			t.Fatal(err)
		}
		for _, o := range append(out, wide...) {
			t.Error(o)
		}
		watcher.check(t)
		return counted
	}
	want := look(t, "harmless")
	keys := make([]string, 0, len(names))
	for key := range names {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		t.Run(names[key], func(t *testing.T) {
			got := look(t, key)
			for element, n := range want {
				if got[element] != n {
					t.Errorf("%d elements %s, where harmless text gives %d", got[element], element, n)
				}
				delete(got, element)
			}
			for element, n := range got {
				t.Errorf("%d elements %s, where harmless text gives none", n, element)
			}
		})
	}
}
