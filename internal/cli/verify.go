// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
)

func runVerify(s streams, args []string) error {
	f := flags(s, "verify", usageOf("verify"))
	key := f.String("key", "", "the `file` with the signer's public key, from a source you trust")
	image := f.String("image", "", "the image `file`")
	digest := f.String("digest", "", "the image's `sha256`, where the file is not at hand")
	verifier := f.String("verifier-id", "", "the only `verifier` to accept")
	format := f.String("format", "text", "text or json")
	if err := parse(f, args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errUsage
	}
	if *format != "text" && *format != "json" {
		return fmt.Errorf("-format %q: expected text or json", *format)
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
	result, err := attest.Verify(context.Background(), f.Arg(0), attest.VerifyOptions{Key: public, Image: *image, Digest: *digest, VerifierID: *verifier})
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
