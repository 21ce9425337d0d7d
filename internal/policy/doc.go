// SPDX-License-Identifier: MPL-2.0

// Package policy is the policy language: HCL files with variables, locals, rules,
// waivers and overrides, type-checked against the schema of the facts before any
// guest exists, and evaluated in three-valued logic, so that a fact nobody could
// read makes a rule undetermined instead of passed.
//
// A policy is data from strangers. It cannot read files, the environment, the clock
// or the network, and its evaluation is bounded in steps, bytes and depth. Given the
// same policy, roots and day, an evaluation gives the same result, byte for byte.
package policy

//go:generate go run ./gen
