// SPDX-License-Identifier: MPL-2.0

// Command powervs stands in for github.com/ppc64le-cloud/packer-plugin-powervs where
// that cannot be had: it knows the same options, so that Packer can validate the
// examples, and builds nothing. The options follow its builder/powervs/builder.hcl2spec.go.
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

type builder struct{}

func attribute(name string, t cty.Type) *hcldec.AttrSpec {
	return &hcldec.AttrSpec{Name: name, Type: t}
}

func texts(names ...string) hcldec.ObjectSpec {
	spec := hcldec.ObjectSpec{}
	for _, name := range names {
		spec[name] = attribute(name, cty.String)
	}
	return spec
}

func block(name string, spec hcldec.ObjectSpec) *hcldec.BlockSpec {
	return &hcldec.BlockSpec{TypeName: name, Nested: spec}
}

// ConfigSpec implements packersdk.Builder.
func (builder) ConfigSpec() hcldec.ObjectSpec {
	spec := texts("api_key", "region", "zone", "account_id", "service_instance_id", "instance_name", "key_pair_name",
		"communicator", "ssh_username", "ssh_password", "ssh_private_key_file", "ssh_timeout")
	spec["debug"], spec["dhcp_network"] = attribute("debug", cty.Bool), attribute("dhcp_network", cty.Bool)
	spec["subnet_ids"] = attribute("subnet_ids", cty.List(cty.String))
	source := texts("name")
	source["cos"] = block("cos", texts("bucket", "object", "region"))
	source["stock_image"] = block("stock_image", texts("name"))
	spec["source"] = block("source", source)
	capture := texts("name", "destination")
	capture["cos"] = block("cos", texts("bucket", "region", "access_key", "secret_key"))
	spec["capture"] = block("capture", capture)
	return spec
}

// Prepare implements packersdk.Builder.
func (builder) Prepare(...any) (generated, warnings []string, err error) { return nil, nil, nil }

// Run implements packersdk.Builder.
func (builder) Run(context.Context, packersdk.Ui, packersdk.Hook) (packersdk.Artifact, error) {
	return nil, errors.New("a stand-in for packer-plugin-powervs builds nothing")
}

func main() {
	set := plugin.NewSet()
	set.RegisterBuilder(plugin.DEFAULT_NAME, builder{})
	set.SetVersion(version.NewPluginVersion("99.0.0", "dev", ""))
	if err := set.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
