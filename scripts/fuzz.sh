#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Runs every fuzz target of the module for a short while, each from its seeds:
#
#   fuzz.sh AMOUNT [PACKAGE...]     AMOUNT is a duration (10s) or a number of inputs (1000x)
#
# A number of inputs ends at the same place on a busy machine; CI uses one. An input
# that fails is printed, with the command that tries it again.
set -eu
amount=${1:-1000x}
[ $# -eq 0 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go list -f '{{.Dir}} {{.ImportPath}}' "${@:-./...}" >"$work/packages"
while read -r folder package; do
	grep -hs '^func Fuzz[A-Za-z0-9_]*(' "$folder"/*_test.go >"$work/found" || continue
	go test -c -fuzz=Fuzz -o "$work/fuzzing" "$package"
	for target in $(sed 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/' "$work/found"); do
		rm -rf "$work/corpus"
		if (cd "$folder" && timeout 600 "$work/fuzzing" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$amount" \
			-test.fuzzcachedir "$work/corpus" -test.fuzzminimizetime 10x -test.parallel 2) >"$work/said" 2>&1; then
			echo "fuzz ${package##*/}.$target: $(sed -n 's/^fuzz: elapsed: \([^,]*\), execs: \([0-9]*\).*/\2 inputs in \1/p' "$work/said" | tail -1)"
			continue
		fi
		cat "$work/said"
		input=$(sed -n 's/^ *Failing input written to \(testdata.*\)/\1/p' "$work/said" | tail -1)
		if [ -n "$input" ]; then
			echo "the input, $folder/$input:"
			cat "$folder/$input"
			echo "try it again, with that file in its place:"
			echo "  go test -run '^${target}\$/^${input##*/}\$' $package"
		fi
		echo "fuzz ${package##*/}.$target: FAILED"
		exit 1
	done
done <"$work/packages"
