#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Builds the release that a tag on the committed state would make, in a clone of its
# own, without signing or publishing, and tests it: scripts/release-check.sh
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
goreleaser=$("$root/scripts/goreleaser.sh")
packer=$("$root/scripts/packer.sh")
version=$(sed -n 's/^	Version = "\(.*\)"$/\1/p' "$root/version/version.go")
API_VERSION=$(cd "$root" && go run . describe | sed -n 's/.*"api_version":"\([^"]*\)".*/\1/p')
export API_VERSION
[ -n "$version" ] && [ -n "$API_VERSION" ] || { echo "release-check: no version ($version) or API version ($API_VERSION)" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
git clone -q "$root" "$work/source"
cd "$work/source"
git remote set-url origin https://github.com/powervs-aix/packer-plugin-rsct
git tag "v$version"
mkdir .tools
for tool in "$root"/.tools/*; do
	[ -f "$tool" ] && ln -s "$tool" .tools/
done

"$goreleaser" check
# What make exports is for make.
env -u MAKEFLAGS -u MAKELEVEL GOFLAGS= "$goreleaser" release --clean --skip=sign,publish,announce

cd "$root"
RSCT_DIST=$work/source/dist RSCT_SOURCE=$work/source RSCT_VERSION=$version RSCT_API=$API_VERSION RSCT_PACKER=$packer \
	go test -count 1 -timeout 30m -v ./test/release
