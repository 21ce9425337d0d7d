// SPDX-License-Identifier: MPL-2.0

//go:build packer

// Package packer names the Packer that the tests and the demo run, so that its
// version and all its dependencies are pinned in this nested module.
package packer

import _ "github.com/hashicorp/packer"
