#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# sbom.sh BINARY DOCUMENT: what a built plugin consists of, as CycloneDX, read out of the
# binary itself, with the licences of its modules. But for the time it was written, the
# same binary gives the same bytes.
set -eu
binary=${1:?usage: sbom.sh BINARY DOCUMENT}
document=${2:?usage: sbom.sh BINARY DOCUMENT}
root=$(cd "$(dirname "$0")/.." && pwd)
built=$root/.tools/cyclonedx-gomod
if [ ! -x "$built" ]; then
	mkdir -p "$root/.tools"
	(cd "$root/test/sbom" && GOWORK=off GOOS='' GOARCH='' GOFLAGS='' go build -trimpath -o "$built.new.$$" github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod) >&2
	mv "$built.new.$$" "$built"
fi
exec "$built" bin -json -licenses -noserial -output "$document" "$binary"
