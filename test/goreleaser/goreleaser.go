// SPDX-License-Identifier: MPL-2.0

//go:build goreleaser

// Package goreleaser names the goreleaser that releases are built with, so that its
// version and all its dependencies are pinned in this nested module.
package goreleaser

import _ "github.com/goreleaser/goreleaser/v2"
