#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# verify-openssl.sh ATTESTATION PUBLIC_KEY SHA256 PREDICATE_TYPE
#
# Verifies an attestation with nothing but openssl and jq: the signature over the exact
# bytes, then the payload type, the predicate type and the first subject's digest.
# ATTESTATION is a Sigstore bundle or a bare DSSE envelope. Exit 0: it verifies.
set -eu
[ $# -eq 4 ] || { echo "usage: $0 ATTESTATION PUBLIC_KEY SHA256 PREDICATE_TYPE" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

jq -e '.dsseEnvelope // .' "$1" >"$work/envelope"
[ "$(jq '.signatures | length' "$work/envelope")" = 1 ] || { echo "expected one signature" >&2; exit 1; }
type=$(jq -r .payloadType "$work/envelope")
[ "$type" = application/vnd.in-toto+json ] || { echo "payload type $type" >&2; exit 1; }
jq -r .payload "$work/envelope" | openssl base64 -d -A >"$work/payload"
jq -r '.signatures[0].sig' "$work/envelope" | openssl base64 -d -A >"$work/sig"

# What is signed: the type and the payload, each with its length in bytes before it.
{
	printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <"$work/payload")"
	cat "$work/payload"
} >"$work/message"

if openssl pkey -pubin -in "$2" -noout -text | grep -qi ed25519; then
	openssl pkeyutl -verify -pubin -inkey "$2" -rawin -in "$work/message" -sigfile "$work/sig"
else
	openssl dgst -sha256 -verify "$2" -signature "$work/sig" "$work/message"
fi >&2
jq -e --arg type "$4" --arg sha256 "$3" \
	'._type == "https://in-toto.io/Statement/v1" and .predicateType == $type and .subject[0].digest.sha256 == $sha256' \
	"$work/payload" >/dev/null || { echo "it is about another image, or of another type" >&2; exit 1; }
jq -r '.subject[0] | .digest.sha256 + "  " + .name' "$work/payload"
