#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Runs every fuzz target of the module for a short while: fuzz.sh 5s
set -eu
for_each=${1:-5s}
go list ./... | while read -r package; do
	folder=$(go list -f '{{.Dir}}' "$package")
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$folder"/*_test.go 2>/dev/null); do
		echo "fuzz ${package##*/}.$target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$for_each" "$package" >/tmp/rsct-fuzz.$$ 2>&1 ||
			{ cat /tmp/rsct-fuzz.$$; rm -f /tmp/rsct-fuzz.$$; exit 1; }
		rm -f /tmp/rsct-fuzz.$$
	done
done
