// SPDX-License-Identifier: MPL-2.0

//go:build sbom

// Package sbom names the tool that writes the releases' SBOMs, so that its version and
// all its dependencies are pinned in this nested module.
package sbom

import _ "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod"
