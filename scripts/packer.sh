#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Prints the path of a Packer that the tests and the demo can use: the one on PATH
# when it is 1.14 or later, otherwise Packer 1.16.0 built from the nested module
# test/packer into the ignored folder .tools, once.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
built=$root/.tools/packer

recent() { # VERSION: 1.14 or later
	major=${1%%.*}
	rest=${1#*.}
	minor=${rest%%.*}
	case $major$minor in *[!0-9]* | '') return 1 ;; esac
	[ "$major" -gt 1 ] || { [ "$major" -eq 1 ] && [ "$minor" -ge 14 ]; }
}

if found=$(command -v packer); then
	version=$(CHECKPOINT_DISABLE=1 "$found" version 2>/dev/null | sed -n 's/^Packer v\([0-9][0-9.]*\).*/\1/p')
	if recent "${version:-0.0}"; then
		printf '%s\n' "$found"
		exit 0
	fi
	echo "packer on PATH ($found) is ${version:-of unknown version}, 1.14 or later is needed" >&2
fi

if [ ! -x "$built" ]; then
	cat >&2 <<-EOF
		Building Packer 1.16.0 from source into .tools/packer, once. It downloads some
		300 modules and compiles them: 3 to 10 minutes on two cores, seconds afterwards.
		(Packer is HashiCorp's, under the Business Source License; it is used as a tool
		and is not part of this plugin.)
	EOF
	mkdir -p "$root/.tools"
	(cd "$root/test/packer" && GOWORK=off go build -trimpath -o "$built.new" github.com/hashicorp/packer) >&2 ||
		{ echo "building Packer failed; install Packer 1.14 or later and put it on PATH instead" >&2; exit 1; }
	mv "$built.new" "$built"
fi
printf '%s\n' "$built"
