// SPDX-License-Identifier: MPL-2.0

// Package aixsim simulates an AIX virtual server on IBM Power Virtual Server
// behind a real SSH server, for tests, demonstrations and offline work.
//
// A [Host] is built from a [Definition], an HCL file that states only what
// differs from the default host. It serves SSH with [Host.Serve]: password and
// key login, exec with exit codes, stdin, a pty, scp and SFTP. [Host.Run] runs a
// command in the same shell without a network.
//
// The shell is mvdan.cc/sh/v3/interp over a file system that lives in memory.
// Nothing of the machine the simulator runs on can be read or written through
// it: no file, no user name, no process, no network interface. Where the
// interpreter would ask the machine, this package rewrites the program first
// (see rewrite.go) or answers itself.
//
// State is kept the way AIX keeps it: the ODM says what is configured, the
// kernel's interfaces say what is up, the SRC says which subsystems run, and
// [Host.Reboot] builds the latter two again from what persists. The connection
// to a management console is never stored. It is derived, at the moment it is
// asked for, from what RMC needs.
//
// The package imports nothing else of this module, so that it cannot agree with
// the parsers by sharing their code.
package aixsim
