// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"fmt"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// Snapshot is one collection as history sees it.
type Snapshot struct {
	// Name is how people call it: "baseline", "checkpoint 2".
	Name string
	// Time is when it was collected.
	Time  time.Time
	Facts *aix.Facts
	// Proof is true for a collection made to prove a restoration.
	Proof bool
	// Commands are those of restorations that ran since the snapshot before it.
	Commands []string
}

// History compares every snapshot with the first one, the baseline, and returns
// each change once, with the stretch of the build in which it appeared and whether
// it was gone again at the end. With fewer than two snapshots there is none.
func History(snapshots []Snapshot) []Item {
	if len(snapshots) < 2 {
		return []Item{}
	}
	baseline := snapshots[0]
	items := []Item{}
	open := map[[4]string]int{}
	for i, s := range snapshots[1:] {
		previous := snapshots[i]
		present, opened := map[[4]string]bool{}, map[[4]string]bool{}
		for _, item := range Compare(baseline.Facts, s.Facts) {
			key := item.key()
			present[key] = true
			if at, known := open[key]; known {
				// Back after a restoration, or still there.
				items[at].Restored = false
				continue
			}
			item.Stretch = fmt.Sprintf("between %s and %s", previous.at(), s.at())
			if s.Proof {
				item.Stretch = "during the restoration before " + s.at()
			}
			open[key], opened[key] = len(items), true
			item.Commands = []string{}
			items = append(items, item)
		}
		for key, at := range open {
			if !opened[key] {
				items[at].Commands = append(items[at].Commands, s.Commands...)
			}
			if !present[key] {
				items[at].Restored = true
				delete(open, key)
			}
		}
	}
	return items
}

// at names the snapshot with its time, which evidence collected by hand does not have.
func (s Snapshot) at() string {
	if s.Time.IsZero() {
		return s.Name
	}
	return fmt.Sprintf("%s (%s)", s.Name, s.Time.UTC().Format("15:04:05Z"))
}
