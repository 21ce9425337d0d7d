// SPDX-License-Identifier: MPL-2.0

// Command packer-plugin-rsct is a Packer plugin, and a command line for people
// without a running build.
package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/packer-plugin-sdk/plugin"

	"github.com/powervs-aix/packer-plugin-rsct/internal/cli"
	"github.com/powervs-aix/packer-plugin-rsct/post-processor/attest"
	"github.com/powervs-aix/packer-plugin-rsct/provisioner/rsct"
	"github.com/powervs-aix/packer-plugin-rsct/version"
)

func main() {
	// Packer starts the plugin with "start" or "describe"; everything else is a person.
	if cli.Handles(os.Args[1:]) {
		os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	set := plugin.NewSet()
	set.RegisterProvisioner(plugin.DEFAULT_NAME, new(rsct.Provisioner))
	set.RegisterPostProcessor("attest", new(attest.PostProcessor))
	set.SetVersion(version.PluginVersion)
	if err := set.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
