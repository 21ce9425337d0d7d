// SPDX-License-Identifier: MPL-2.0

// Package docs holds the documentation that the plugin itself shows: the rules' pages.
package docs

import "embed"

// Rules are the pages of the built-in rules, rules/NAME.md.
//
//go:embed rules/*.md
var Rules embed.FS
