#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# usage: scripts/bench-lint.sh [FOLDER]
#
# Lines per second of lint's reading of shell scripts, and of ShellCheck on the same
# files: the scripts below FOLDER, or those that came with the Go modules.
set -eu
cd "$(dirname "$0")/.."
if ! command -v shellcheck >/dev/null; then
	echo "installing shellcheck" >&2
	apt-get update -qq && apt-get install -y -qq shellcheck >/dev/null
fi
RSCT_LINT_TREE="${1:-$(go env GOMODCACHE)}" exec go test ./internal/lint/shell -run '^$' -bench TreeAgainstShellCheck -benchtime 3x -timeout 30m
