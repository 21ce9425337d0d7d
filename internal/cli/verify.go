// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

// keys loads public keys; at least one is needed.
func keys(paths []string) ([]*attest.Verifier, error) {
	if len(paths) == 0 {
		return nil, errors.New("-key is missing: the signer's public key, from a source you trust; the signer.pub beside the report is a convenience and proves nothing by itself")
	}
	var loaded []*attest.Verifier
	for _, path := range paths {
		key, err := attest.LoadVerifier(path)
		if err != nil {
			return nil, err
		}
		loaded = append(loaded, key)
	}
	return loaded, nil
}

func verifyCommand() *command {
	c := newCommand("verify", "DIR|FILE", "verify a report folder or a single attestation, and its verdict")
	c.long = "Says what was checked and what was not. The key must come from a source you trust: the signer.pub beside the report is a convenience and proves nothing."
	c.examples = []example{
		{program + " verify -key image-signing.pub -image aix73.ova.gz aix73.ova.gz.rsct", "before an import"},
		{program + " verify -key image-signing.pub -digest 9f86d081… aix73.ova.gz.rsct", "where the image is not at hand, by its SHA-256"},
		{program + " verify -key image-signing.pub -image-id 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9 aix73.rsct", "an image that is only in Power VS"},
		{program + " verify -key image-signing.pub -image aix73.ova.gz -verifier-id https://example.com/golden/v1 -max-age 720h aix73.ova.gz.rsct", "only what one pipeline judged in the last thirty days"},
	}
	c.operand = hint{files: true}
	public := c.fileList("key", "the `file` with the signer's public key, from a source you trust")
	image := c.file("image", "the image `file`")
	digest := c.flags.String("digest", "", "the image's `sha256`, where the file is not at hand")
	id := c.flags.String("image-id", "", "the image's `id` in Power VS, a UUID or a CRN")
	verifier := c.flags.String("verifier-id", "", "the only `verifier` to accept")
	policies := c.list("policy-digest", "the only `sha256` of a policy to accept")
	age := c.flags.Duration("max-age", 0, "how old the verdict may be, as in 720h")
	authority := c.file("tsa-cert", "a `file` of certificates in PEM: every signature must be stamped by an authority below one of them")
	format := c.choice("format", "text", "what to print", textOrJSON)
	c.run = func(s streams, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		if *age < 0 {
			return fmt.Errorf("-max-age %s: expected a positive duration such as 720h", *age)
		}
		for _, d := range *policies {
			if !attest.IsPolicyDigest(d) {
				return fmt.Errorf("-policy-digest %q: expected 64 lower-case hexadecimal digits", d)
			}
		}
		o := attest.VerifyOptions{
			Image: *image, Digest: *digest, ImageID: *id, VerifierID: *verifier, Policies: *policies, MaxAge: *age, Now: time.Now(),
		}
		var err error
		if o.Keys, err = keys(*public); err != nil {
			return err
		}
		if *authority != "" {
			if o.Roots, err = attest.LoadTimestampRoots(*authority); err != nil {
				return err
			}
		}
		result, err := attest.Verify(context.Background(), args[0], o)
		var refused *attest.RefusedError
		if errors.As(err, &refused) {
			if *format == "json" {
				if err := writeJSON(s, map[string]string{"result": "REFUSED", "reason": refused.Reason}); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(s.out, "REFUSED: %s\n", report.Inert(refused.Reason))
			}
			return errNo
		}
		if err != nil {
			return err
		}
		if *format == "json" {
			return writeJSON(s, result)
		}
		printVerified(s, result)
		return nil
	}
	return c
}

func printVerified(s streams, v *attest.Verified) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(s.out, "  %-12s %s\n", name, report.Inert(value))
		}
	}
	fmt.Fprintf(s.out, "PASSED: %s\n", report.Inert(v.Image))
	line("sha256", v.SHA256)
	line("signed by", "key "+v.Key)
	if v.Verdict != "" {
		line("report says", v.Verdict+": "+v.Because)
	}
	line("judged by", v.Verifier)
	line("judged at", v.JudgedAt)
	line("stamped at", v.StampedAt)
	line("policy", v.Policy)
	for _, c := range v.Checked {
		line("checked", c)
	}
	for _, c := range v.NotChecked {
		line("not checked", c)
	}
}
