// SPDX-License-Identifier: MPL-2.0

package browser

import "github.com/chromedp/cdproto/runtime"

// awaitPromise makes an evaluation wait for its promise.
func awaitPromise(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
