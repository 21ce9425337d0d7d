// SPDX-License-Identifier: MPL-2.0

package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// pages is the folder that the command test/reports/pages wrote.
var pages string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if pages = os.Getenv("RSCT_PAGES"); pages != "" {
			return m.Run()
		}
		dir, err := os.MkdirTemp("", "rsct-pages")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		pages = dir
		cmd := exec.Command("go", "run", "./test/reports/pages", dir)
		cmd.Dir = filepath.Join("..", "..")
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "write the pages: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// modules is the folder of the npm packages of test/node.
func modules(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("RSCT_NODE_MODULES")
	if dir == "" {
		t.Fatal("RSCT_NODE_MODULES is not set; run these tests with make test-browser")
	}
	return dir
}

// browser starts one Chromium for a test.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
	)
	if path := os.Getenv("RSCT_CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx
}

// watcher collects what a page does that a report must not do.
type watcher struct {
	mu   sync.Mutex
	said []string
}

// watch listens to a tab: console messages, errors, dialogs and every request but the
// one for the document itself.
func watch(ctx context.Context, document string) *watcher {
	w := &watcher{}
	say := func(format string, args ...any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, fmt.Sprintf(format, args...))
	}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			say("console message of type %s", e.Type)
		case *runtime.EventExceptionThrown:
			say("exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			say("log entry: %s (%s)", e.Entry.Text, e.Entry.Source)
		case *network.EventRequestWillBeSent:
			if e.Request.URL != document {
				say("request for %.200s", e.Request.URL)
			}
		}
	})
	return w
}

func (w *watcher) check(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.said {
		t.Error(s)
	}
}

// open opens a page of the folder in a new tab, watched.
func open(t *testing.T, parent context.Context, page string, actions ...chromedp.Action) (context.Context, *watcher) {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	document := address(page)
	w := watch(ctx, document)
	all := append([]chromedp.Action{network.Enable(), log.Enable(), runtime.Enable()}, actions...)
	if err := chromedp.Run(ctx, append(all, chromedp.Navigate(document))...); err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	return ctx, w
}

func address(page string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(pages, page))}).String()
}

// scheme emulates light, dark or print.
func scheme(name string) chromedp.Action {
	if name == "print" {
		return emulation.SetEmulatedMedia().WithMedia("print")
	}
	return emulation.SetEmulatedMedia().WithMedia("screen").WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
	})
}

func width(pixels int64) chromedp.Action {
	return emulation.SetDeviceMetricsOverride(pixels, 900, 1, pixels < 600)
}

// recorded are the pages of the recorded builds.
func recorded(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(pages, "recorded", "*", "report.html"))
	if err != nil || len(found) < 5 {
		t.Fatal(found, err)
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = strings.TrimPrefix(f, pages+string(filepath.Separator))
	}
	return names
}
