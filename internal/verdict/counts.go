// SPDX-License-Identifier: MPL-2.0

package verdict

import "fmt"

// Words says the counts in one line.
func (c Counts) Words() string {
	return fmt.Sprintf("%d errors, %d warnings, %d notices, %d undetermined, %d passed, %d waived, %d not applicable",
		c.Errors, c.Warnings, c.Notices, c.Undetermined, c.Passed, c.Waived, c.NotApplicable)
}
