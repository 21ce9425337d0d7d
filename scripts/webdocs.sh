#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Renders docs/provisioners and docs/post-processors with the partials that were
# generated from the Go comments into .web-docs/components, which is what Packer's
# integration site reads. Called by make generate, in the repository's root.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

render() { # FOLDER TYPE: docs/FOLDER/SLUG.mdx becomes components/TYPE/SLUG/README.md
	mkdir "$work/src"
	cp "docs/$1"/*.mdx "$work/src"
	${GO:-go} tool packer-sdc renderdocs -src "$work/src" -partials docs-partials/ -dst "$work/dst" 2>"$work/log" ||
		{ cat "$work/log" >&2; exit 1; }
	for page in "$work/dst"/*.mdx; do
		to=".web-docs/components/$2/$(basename "$page" .mdx)"
		mkdir -p "$to"
		# The front matter is for the documentation site alone.
		awk 'NR == 1 && $0 == "---" { front = 1; next } front && $0 == "---" { front = 0; started = 0; next }
			front { next } !started && $0 == "" { next } { started = 1; print }' "$page" >"$to/README.md"
	done
	rm -rf "$work/src" "$work/dst"
}

rm -rf .web-docs/components
render provisioners provisioner
render post-processors post-processor
