#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# verify-before-import.sh IMAGE SIGNER.pub
#
# Stands before an import, in a job of its own. Nothing of packer-plugin-rsct is
# needed: cosign 3.0.4 or later checks signature, kind and image; jq reads the verdict
# out of the very bytes that were signed. Exit 0: import it.
set -eu
image=${1:?usage: verify-before-import.sh IMAGE SIGNER.pub}
key=${2:?usage: verify-before-import.sh IMAGE SIGNER.pub}
verdict=$image.rsct/verdict.sigstore.json

refuse() {
	echo "not imported: $*" >&2
	exit 1
}

for tool in cosign jq openssl; do
	command -v "$tool" >/dev/null || refuse "$tool is not installed"
done
[ -f "$verdict" ] || refuse "there is no $verdict"

# The digest goes to cosign rather than the file: cosign reads files into memory.
digest=$(openssl dgst -sha256 -r "$image" | cut -d' ' -f1)
cosign verify-blob-attestation --bundle "$verdict" --key "$key" --insecure-ignore-tlog \
	--type https://slsa.dev/verification_summary/v1 --digest "$digest" --digestAlg sha256 ||
	refuse "cosign does not accept the verdict for this image and this key"

# cosign says who signed it, and for which image. What was signed is in the payload.
result=$(jq -r .dsseEnvelope.payload "$verdict" | openssl base64 -d -A | jq -r .predicate.verificationResult)
[ "$result" = PASSED ] || refuse "the verdict is $result"

# Power VS will check the import against this file.
[ "$(cut -d' ' -f1 "$image.sha256")" = "$digest" ] || refuse "$image.sha256 is about another file"
echo "verified: $image ($digest) passed"
