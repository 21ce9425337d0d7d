// SPDX-License-Identifier: MPL-2.0

// Command ansible stands in for github.com/hashicorp/packer-plugin-ansible where that
// cannot be had: it knows the options that the examples use, so that Packer can validate
// them, and runs nothing. The options follow its provisioner/ansible/provisioner.hcl2spec.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2/hcldec"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/plugin"
	"github.com/hashicorp/packer-plugin-sdk/version"
	"github.com/zclconf/go-cty/cty"
)

type provisioner struct{}

// ConfigSpec implements packersdk.Provisioner.
func (provisioner) ConfigSpec() hcldec.ObjectSpec {
	spec := hcldec.ObjectSpec{}
	for name, t := range map[string]cty.Type{
		"playbook_file": cty.String, "command": cty.String, "user": cty.String, "galaxy_file": cty.String, "roles_path": cty.String,
		"extra_arguments": cty.List(cty.String), "ansible_env_vars": cty.List(cty.String), "groups": cty.List(cty.String),
		"use_proxy": cty.Bool, "use_sftp": cty.Bool,
	} {
		spec[name] = &hcldec.AttrSpec{Name: name, Type: t}
	}
	return spec
}

// Prepare implements packersdk.Provisioner.
func (provisioner) Prepare(...any) error { return nil }

// Provision implements packersdk.Provisioner.
func (provisioner) Provision(context.Context, packersdk.Ui, packersdk.Communicator, map[string]any) error {
	return errors.New("a stand-in for packer-plugin-ansible runs nothing")
}

func main() {
	set := plugin.NewSet()
	set.RegisterProvisioner(plugin.DEFAULT_NAME, provisioner{})
	set.SetVersion(version.NewPluginVersion("99.0.0", "dev", ""))
	if err := set.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
