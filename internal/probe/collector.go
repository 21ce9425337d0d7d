// SPDX-License-Identifier: MPL-2.0

// Package probe collects from a guest: the collector script, the framing of what
// it prints, and running it over a Packer communicator in one exec.
package probe

import (
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
)

//go:embed collect.sh
var script string

// Script returns the collector, a POSIX shell script to be run by hand on any AIX
// host; it makes its own nonce.
func Script() string { return script }

// Digest returns the collector's identity: "sha256:" and the lower-case hex digest of [Script].
func Digest() string {
	sum := sha256.Sum256([]byte(script))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// NewNonce returns 32 random lower-case hex digits.
func NewNonce() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("nonce for the collection: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// Command returns the one shell command that runs the collector with a nonce. It
// uploads nothing and needs nothing on the guest but /bin/sh and its own commands;
// a prefix such as "sudo -n " may stand before it.
func Command(nonce string) string {
	return ShellCommand("RSCT_NONCE=" + nonce + "\n" + script)
}

// ShellCommand returns one shell command that runs script with /bin/sh.
func ShellCommand(script string) string { return "/bin/sh -c " + Quote(script) }

// Quote makes one word of s for any POSIX shell.
func Quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
