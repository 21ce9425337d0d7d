// SPDX-License-Identifier: MPL-2.0

//go:generate go tool packer-sdc mapstructure-to-hcl2 -type Config,ImageConfig
//go:generate go tool packer-sdc struct-markdown

package attest

import (
	"time"

	"github.com/hashicorp/packer-plugin-sdk/common"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"
)

// Config is the configuration of the post-processor `rsct-attest`.
type Config struct {
	common.PackerConfig `mapstructure:",squash"`

	// Policy files or folders of `*.rsct.hcl` files, beside the built-in policy. They
	// must be those of the provisioner: evidence that was judged by another policy is
	// refused.
	Policy []string `mapstructure:"policy"`

	// Values of the policy's variables by name.
	PolicyVariables map[string]string `mapstructure:"policy_variables"`

	// The least severity of a finding that stops the chain: `error`, `warning`, or
	// `never`, which reports only. Default: `error`.
	FailOn string `mapstructure:"fail_on"`

	// The folder for the report folder and the checksum file. Default: beside the
	// image; for an image without a file, the current folder.
	OutputDir string `mapstructure:"output_dir"`

	// The PEM file of the private key that signs: Ed25519, ECDSA P-256, or RSA of 2048
	// bits or more. Required unless `unsigned` is `true`.
	SigningKey string `mapstructure:"signing_key"`

	// The passphrase of the key, where it has one. Without it and without
	// `signing_key_passphrase_file`, the environment variable
	// `RSCT_SIGNING_KEY_PASSPHRASE` is taken.
	SigningKeyPassphrase string `mapstructure:"signing_key_passphrase"`

	// The file that holds the passphrase, readable by its owner alone. A newline at its
	// end is not part of the passphrase.
	SigningKeyPassphraseFile string `mapstructure:"signing_key_passphrase_file"`

	// Write bare statements instead of signed ones, to be signed by another tool, such
	// as `cosign attest-blob --statement` with a key in a KMS. It cannot be combined with
	// `signing_key`.
	Unsigned bool `mapstructure:"unsigned"`

	// Also write the rules as an in-toto test result, `tests.*.json`. Default: `false`.
	TestResult bool `mapstructure:"test_result"`

	// The address of an RFC 3161 time-stamping authority that stamps the signatures.
	// It is the only thing here that uses the network. Default: none.
	TimestampURL string `mapstructure:"timestamp_url"`

	// The command of an authority for sites without a network. It gets the request in
	// DER on standard input and writes the response in DER to standard output. It cannot
	// be combined with `timestamp_url`.
	TimestampCommand []string `mapstructure:"timestamp_command"`

	// The image, for artifacts without files, such as an image that was captured
	// inside Power VS. For an artifact with files it says where else the image is.
	Image *ImageConfig `mapstructure:"image"`

	// The URI that the verdict names as its verifier. Whoever verifies accepts only
	// known pairs of key and verifier. Default: this project's.
	VerifierID string `mapstructure:"verifier_id"`

	// The URI of the image that the verdict names; whoever verifies with slsa-verifier
	// must give it. Default: `file:` and the image's name, or the image's CRN in Power VS.
	ResourceURI string `mapstructure:"resource_uri"`

	// The folder that the provisioner's `evidence_dir` names. Default: Packer's cache
	// folder.
	EvidenceDir string `mapstructure:"evidence_dir"`

	// How old the evidence may be when the image is attested. Default: `24h`.
	MaxEvidenceAge time.Duration `mapstructure:"max_evidence_age"`

	ctx interpolate.Context
}

// ImageConfig describes an image that is not a file on the Packer host.
type ImageConfig struct {
	// The image's name.
	Name string `mapstructure:"name" required:"true"`
	// The image's id in Power VS: its UUID, or its CRN.
	ID string `mapstructure:"id"`
	// The Power VS workspace that holds the image.
	Workspace string `mapstructure:"workspace"`
	// The Cloud Object Storage bucket that holds the image.
	Bucket string `mapstructure:"bucket"`
	// The image's object in the bucket.
	Object string `mapstructure:"object"`
	// The image's SHA-256, 64 lower-case hexadecimal digits, where it is known. A file
	// of the artifact with another digest is refused.
	SHA256 string `mapstructure:"sha256"`
}
