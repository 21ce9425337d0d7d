// SPDX-License-Identifier: MPL-2.0

// Package reports tests the reports as people and programs get them: golden reports of
// builds on simulated hosts, validation by the formats' own schemas, hostile input.
package reports
