// SPDX-License-Identifier: MPL-2.0

// Package version holds the plugin's version, as Packer and the release build expect it.
package version

import "github.com/hashicorp/packer-plugin-sdk/version"

var (
	// Version is the released or next version, three numbers, no leading v.
	// The release build sets it with -ldflags -X.
	Version = "0.1.0"

	// VersionPrerelease is empty in a release and "dev" between releases; Packer
	// accepts no other value from a plugin installed with --path.
	VersionPrerelease = "dev"

	// VersionMetadata is free text after a plus sign. Packer drops it.
	VersionMetadata = ""

	// PluginVersion is what `describe` reports.
	PluginVersion = version.NewPluginVersion(Version, VersionPrerelease, VersionMetadata)
)
