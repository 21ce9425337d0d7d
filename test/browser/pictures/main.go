// SPDX-License-Identifier: MPL-2.0

// Command pictures takes pictures of the golden reports in Chromium, to be looked at:
//
//	go run ./pictures -golden ../reports/testdata/golden -out DIR
//
// It writes NAME-WIDTH-LOOK.png of each report, whole, from the top or of one section,
// and NAME.pdf as printed. Those in docs/images were taken with it: report-broken.png with
// -height 960, report-path.png with -section rmc, report-timeline.png with -section build.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

func main() {
	golden := flag.String("golden", filepath.Join("..", "reports", "testdata", "golden"), "the folder of the golden reports")
	out := flag.String("out", "", "the folder to write into")
	height := flag.Int64("height", 0, "take only so many pixels from the top; the whole page if 0")
	section := flag.String("section", "", "take only the section of this id: rmc, levels, build and so on")
	flag.Parse()
	if err := run(*golden, *out, *height, *section); err != nil {
		log.Fatal(err)
	}
}

func run(golden, out string, height int64, section string) error {
	if out == "" {
		return errors.New("-out is missing: name the folder to write the pictures into")
	}
	golden, err := filepath.Abs(golden)
	if err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(golden, "*", "report.html"))
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("%s: no report.html in a folder of it", golden)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("hide-scrollbars", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	for _, file := range found {
		name := filepath.Base(filepath.Dir(file))
		address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
		for _, width := range []int64{1280, 390} {
			for _, look := range []string{"light", "dark"} {
				var picture []byte
				take := chromedp.FullScreenshot(&picture, 100)
				switch {
				case section != "":
					take = chromedp.Screenshot("#"+section, &picture, chromedp.ByQuery)
				case height > 0:
					take = chromedp.CaptureScreenshot(&picture)
				}
				if err := chromedp.Run(ctx, emulation.SetDeviceMetricsOverride(width, max(height, 900), 1, width < 600),
					emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look}}),
					chromedp.Navigate(address), take); err != nil {
					return fmt.Errorf("%s at %d, %s: %w", name, width, look, err)
				}
				if err := os.WriteFile(filepath.Join(out, fmt.Sprintf("%s-%d-%s.png", name, width, look)), picture, 0o644); err != nil {
					return err
				}
			}
		}
		var printed []byte
		if err := chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) error {
			var err error
			printed, _, err = page.PrintToPDF().WithPrintBackground(false).Do(ctx)
			return err
		})); err != nil {
			return fmt.Errorf("print %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(out, name+".pdf"), printed, 0o644); err != nil {
			return err
		}
	}
	return nil
}
