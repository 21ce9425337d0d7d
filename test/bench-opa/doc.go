// SPDX-License-Identifier: MPL-2.0

// Package benchopa compares judging with the policy language and judging with OPA:
// the same three rules, in HCL and in Rego, on the same facts. It is a module of its
// own, so that OPA is no dependency of the plugin.
package benchopa
