// SPDX-License-Identifier: MPL-2.0

//go:generate go tool packer-sdc mapstructure-to-hcl2 -type Config
//go:generate go tool packer-sdc struct-markdown

package rsct

import (
	"time"

	"github.com/hashicorp/packer-plugin-sdk/common"
	"github.com/hashicorp/packer-plugin-sdk/template/config"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"
)

// Config is the configuration of the provisioner `rsct`.
type Config struct {
	common.PackerConfig `mapstructure:",squash"`

	// What this block is for: `baseline` (record what the guest is like, first in
	// the build), `checkpoint` (compare with the baseline, and put the management
	// interface back; anywhere), or `final` (the same, then judge the guest by the
	// policy; last in the build). Default: `final`.
	Mode string `mapstructure:"mode"`

	// Policy files or folders of `*.rsct.hcl` files, beside the built-in policy.
	Policy []string `mapstructure:"policy"`

	// Values of the policy's variables by name.
	PolicyVariables map[string]string `mapstructure:"policy_variables"`

	// The interface that RMC reaches its management system through, for instance
	// `en1`. By default it is detected: the interface that has a link-local IPv6
	// address and no IPv4 address.
	ManagementInterface string `mapstructure:"management_interface"`

	// Whether a drifted management interface is put back. With `false` the drift is
	// only reported. Default: `true`.
	Restore config.Trilean `mapstructure:"restore"`

	// The least severity of a finding that fails the build: `error`, `warning`, or
	// `never`, which reports only. Default: `error`.
	FailOn string `mapstructure:"fail_on"`

	// How a command is run on the guest, for guests where the SSH user is not root.
	// `{{.Command}}` is one command for a POSIX shell, for instance
	// `sudo -n {{.Command}}`. Default: `{{.Command}}`.
	ExecuteCommand string `mapstructure:"execute_command"`

	// How long one collection, or one command of a restoration, may take on the
	// Packer host. Default: `10m`.
	CommandTimeout time.Duration `mapstructure:"command_timeout"`

	// How long to wait for RMC to connect to its management system again, when after a
	// restoration everything else is as it was at the baseline. Default: `15m`, the time
	// that IBM's page on RSCT for AIX gives it.
	RMCWait time.Duration `mapstructure:"rmc_wait"`

	// The Packer template to lint before anything is created, a folder or a file:
	// `path.root` for the template that this block stands in. `packer validate` and
	// `packer build` fail with the findings when one is as grave as `fail_on`; lesser
	// ones are shown when the block runs. By default nothing is linted.
	Template string `mapstructure:"template"`

	// Packer variables that `template` is linted with, by name. Packer tells a plugin
	// neither `-var` nor `-var-file`; defaults, `*.auto.pkrvars.hcl` and `PKR_VAR_…` are
	// known without.
	TemplateVariables map[string]string `mapstructure:"template_variables"`

	// Files of Packer variables that `template` is linted with.
	TemplateVarFiles []string `mapstructure:"template_var_files"`

	// The folder that holds the evidence until the post-processor reads it. Needed
	// only where two sources of one build have the same type and name. Default:
	// Packer's cache folder.
	EvidenceDir string `mapstructure:"evidence_dir"`

	ctx interpolate.Context
}
