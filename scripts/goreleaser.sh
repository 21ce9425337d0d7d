#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Prints the path of the goreleaser that the nested module test/goreleaser pins,
# built into the ignored folder .tools, once.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
built=$root/.tools/goreleaser-$(sed -n 's|^require github.com/goreleaser/goreleaser/v2 ||p; s|^	github.com/goreleaser/goreleaser/v2 ||p' "$root/test/goreleaser/go.mod")
if [ ! -x "$built" ]; then
	echo "Building goreleaser from source into .tools/, once: 5 to 15 minutes on two cores, seconds afterwards." >&2
	mkdir -p "$root/.tools"
	(cd "$root/test/goreleaser" && GOWORK=off go build -trimpath -o "$built.new" github.com/goreleaser/goreleaser/v2) >&2 ||
		{ echo "building goreleaser failed" >&2; exit 1; }
	mv "$built.new" "$built"
fi
printf '%s\n' "$built"
