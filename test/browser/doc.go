// SPDX-License-Identifier: MPL-2.0

// Package browser looks at the reports as their readers do: in Chromium, with
// axe-core for accessibility, and by the validators of the machine formats. It is a
// module of its own, since nothing of what it needs belongs into the plugin.
package browser
