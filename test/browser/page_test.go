// SPDX-License-Identifier: MPL-2.0

package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// overflow names what sticks out of the window at the right, but for what lies in a
// box that scrolls by itself.
const overflow = `(() => {
  const wide = document.documentElement.clientWidth, out = [];
  if (document.documentElement.scrollWidth > wide) out.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  for (const e of document.body.querySelectorAll('*')) {
    if (e.closest('.scroll, pre, svg, .skip')) continue;
    const r = e.getBoundingClientRect();
    if (r.width && r.right > wide + 0.5) out.push(e.tagName + '.' + e.className + ' ends at ' + Math.round(r.right) + ': ' + e.textContent.slice(0, 40));
  }
  return out.slice(0, 5);
})()`

// unfold opens everything that is folded.
const unfold = `document.querySelectorAll('details').forEach((d) => { d.open = true; }); document.querySelectorAll('details').length`

func TestPageFitsEveryWidthAndStaysQuiet(t *testing.T) {
	ctx := browser(t)
	for _, page := range append(recorded(t), "large/report.html") {
		for _, look := range []string{"light", "dark", "print"} {
			t.Run(page+" "+look, func(t *testing.T) {
				tab, watcher := open(t, ctx, page, scheme(look))
				var folded int
				if err := chromedp.Run(tab, chromedp.Evaluate(unfold, &folded)); err != nil || folded < 3 {
					t.Fatalf("%d details, %v", folded, err)
				}
				for _, pixels := range []int64{360, 414, 600, 768, 1024, 1280, 1920, 2560} {
					var out []string
					if err := chromedp.Run(tab, width(pixels), chromedp.Evaluate(overflow, &out)); err != nil {
						t.Fatal(err)
					}
					if len(out) > 0 {
						t.Errorf("at %d pixels: %s", pixels, strings.Join(out, "; "))
					}
				}
				watcher.check(t)
			})
		}
	}
}

func TestPageHasNoAccessibilityViolation(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join(modules(t), "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, c := range []struct {
		build, look string
		pixels      int64
	}{
		{"broken", "light", 1280}, {"broken", "dark", 360}, {"broken", "print", 800}, {"restored", "dark", 1280},
		{"restored", "light", 360}, {"waived", "light", 1280}, {"healthy", "dark", 1280}, {"incomplete", "light", 360},
	} {
		t.Run(fmt.Sprintf("%s %s %d", c.build, c.look, c.pixels), func(t *testing.T) {
			tab, _ := open(t, ctx, "recorded/"+c.build+"/report.html", scheme(c.look), width(c.pixels))
			var found string
			script := string(axe) + `;axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) =>
				v.id + ' (' + v.impact + '): ' + v.help + ' at ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.failureSummary || '')).join(' | '))))`
			if err := chromedp.Run(tab, chromedp.Evaluate(unfold, nil), chromedp.Evaluate(script, &found, chromedp.EvalAsValue, awaitPromise)); err != nil {
				t.Fatal(err)
			}
			var violations []string
			if err := json.Unmarshal([]byte(found), &violations); err != nil {
				t.Fatalf("%v in %.200s", err, found)
			}
			for _, v := range violations {
				t.Error(v)
			}
		})
	}
}

// Without a script the page is whole; with it there are a filter and copy buttons, and
// the filter hides what does not match.
func TestPageIsWholeWithoutItsScript(t *testing.T) {
	ctx := browser(t)
	const page = "recorded/broken/report.html"
	count := func(without bool) (articles, sections, buttons int) {
		tab, watcher := open(t, ctx, page, emulation.SetScriptExecutionDisabled(without))
		for selector, n := range map[string]*int{"article.finding": &articles, "main section": &sections, "button.copy": &buttons} {
			// Asked by the debugger, which runs whether the page may run scripts or not.
			if err := chromedp.Run(tab, emulation.SetScriptExecutionDisabled(false), chromedp.Evaluate(fmt.Sprintf("document.querySelectorAll(%q).length", selector), n)); err != nil {
				t.Fatal(err)
			}
		}
		watcher.check(t)
		return articles, sections, buttons
	}
	articles, sections, buttons := count(true)
	if articles < 5 || sections != 9 || buttons != 0 {
		t.Errorf("without script: %d findings, %d sections, %d buttons", articles, sections, buttons)
	}
	withArticles, withSections, _ := count(false)
	if withArticles != articles || withSections != sections {
		t.Errorf("with script: %d findings, %d sections", withArticles, withSections)
	}
	tab, watcher := open(t, ctx, page, scheme("light"), width(1280))
	var shown int
	if err := chromedp.Run(tab,
		chromedp.SendKeys(".filter input", "ctrmc active", chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelectorAll('article.finding:not([hidden])').length`, &shown),
	); err != nil {
		t.Fatal(err)
	}
	if shown == 0 || shown >= articles {
		t.Errorf("the filter shows %d of %d", shown, articles)
	}
	watcher.check(t)
}
