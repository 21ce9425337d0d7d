// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
)

func verifyCommand() *command {
	c := newCommand("verify", "DIR|FILE", "verify a report folder or a single attestation, and its verdict")
	c.long = "Says what was checked and what was not. The key must come from a source you trust: the signer.pub beside the report is a convenience and proves nothing."
	c.examples = []example{
		{program + " verify -key image-signing.pub -image aix73.ova.gz aix73.ova.gz.rsct", "before an import"},
		{program + " verify -key image-signing.pub -digest 9f86d081… aix73.ova.gz.rsct", "where the image is not at hand, by its SHA-256"},
	}
	c.operand = hint{files: true}
	key := c.file("key", "the `file` with the signer's public key, from a source you trust")
	image := c.file("image", "the image `file`")
	digest := c.flags.String("digest", "", "the image's `sha256`, where the file is not at hand")
	verifier := c.flags.String("verifier-id", "", "the only `verifier` to accept")
	format := c.choice("format", "text", "what to print", textOrJSON)
	c.run = func(s streams, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		if *key == "" {
			return errors.New("-key is missing: the signer's public key, from a source you trust; the signer.pub beside the report is a convenience and proves nothing by itself")
		}
		if *image != "" && *digest != "" {
			return errors.New("-image and -digest exclude each other")
		}
		public, err := attest.LoadVerifier(*key)
		if err != nil {
			return err
		}
		result, err := attest.Verify(context.Background(), args[0], attest.VerifyOptions{Key: public, Image: *image, Digest: *digest, VerifierID: *verifier})
		var refused *attest.RefusedError
		if errors.As(err, &refused) {
			if *format == "json" {
				if err := writeJSON(s, map[string]string{"result": "REFUSED", "reason": refused.Reason}); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(s.out, "REFUSED: %s\n", refused.Reason)
			}
			return errNo
		}
		if err != nil {
			return err
		}
		if *format == "json" {
			return writeJSON(s, result)
		}
		fmt.Fprintf(s.out, "PASSED, signed by key %s\n  checked: %s\n", result.Key, strings.Join(result.Checked, "; "))
		if len(result.NotChecked) > 0 {
			fmt.Fprintf(s.out, "  not checked: %s\n", strings.Join(result.NotChecked, "; "))
		}
		return nil
	}
	return c
}
