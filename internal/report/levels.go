// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// rmcFileset is the fileset that tells the level of RMC.
const rmcFileset = "rsct.core.rmc"

// maxFilesets bounds the table of RSCT's filesets.
const maxFilesets = 60

// levels is where the image's RSCT stands between what the policy asks for.
type levels struct {
	// Minimum and Recommended are the policy's; empty when it has no such variables.
	Minimum, Recommended string
	// Have is the level of rsct.core.rmc; empty when it is not installed or not known.
	Have string
	// Status is pass from the recommended level on, waived (worth a look) between the
	// two, fail below the minimum and without the fileset, undetermined otherwise.
	Status string
	// Words say it in a sentence without a full stop.
	Words string
	// Others are the levels of RSCT's other core filesets, each once.
	Others []string
	Rows   []filesetRow
	// More counts the rows that are left out.
	More int
}

// filesetRow is a fileset that RMC needs, or another one of RSCT.
type filesetRow struct {
	Name, Level, State, Need, Status string
}

func newLevels(in Input) levels {
	l := levels{Minimum: in.variable("minimum_rsct_level"), Recommended: in.variable("recommended_rsct_level")}
	list, known := in.Result.Facts.Filesets.Get()
	if !known {
		l.Status = policy.Undetermined
		l.Words = "the installed filesets are not known: " + in.Result.Facts.Filesets.Why().String()
		return l
	}
	var needed []string
	in.decodeVariable("required_filesets", &needed)
	installed := map[string]aix.Fileset{}
	for _, f := range list {
		installed[f.Name] = f
	}
	for _, name := range needed {
		if _, ok := installed[name]; !ok {
			l.Rows = append(l.Rows, filesetRow{Name: name, Level: "–", State: "not installed", Need: "needed by RMC", Status: policy.Fail})
		}
	}
	for _, f := range list {
		need := slices.Contains(needed, f.Name)
		if !need && !strings.HasPrefix(f.Name, "rsct.") {
			continue
		}
		row := filesetRow{Name: f.Name, Level: f.Level, State: f.State, Status: policy.Pass}
		if need {
			row.Need = "needed by RMC"
		}
		switch f.State {
		case "applied", "committed", "efix locked", "obsolete":
		default:
			row.Status = policy.Fail
		}
		if f.Name == rmcFileset {
			l.Have = f.Level
		} else if strings.HasPrefix(f.Name, "rsct.core.") && !slices.Contains(l.Others, f.Level) {
			l.Others = append(l.Others, f.Level)
		}
		l.Rows = append(l.Rows, row)
	}
	l.judge()
	for i := range l.Rows {
		if l.Rows[i].Name == rmcFileset && l.Rows[i].Status == policy.Pass && l.Status != policy.Undetermined {
			l.Rows[i].Status = l.Status
			if l.Minimum != "" {
				l.Rows[i].Need += ", at " + l.Minimum + " or later"
			}
		}
	}
	slices.SortStableFunc(l.Rows, func(a, b filesetRow) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Name, b.Name))
	})
	if l.More = len(l.Rows) - maxFilesets; l.More > 0 {
		l.Rows = l.Rows[:maxFilesets]
	} else {
		l.More = 0
	}
	return l
}

// rank puts what is wrong first and what RMC needs before the rest.
func rank(r filesetRow) int {
	switch {
	case r.Status == policy.Fail:
		return 0
	case r.Need != "":
		return 1
	}
	return 2
}

func (l *levels) judge() {
	if l.Have == "" {
		l.Status, l.Words = policy.Fail, rmcFileset+" is not installed"
		return
	}
	l.Words = rmcFileset + " is at " + l.Have
	have, err := aix.ParseLevel(l.Have)
	if err != nil {
		l.Status = policy.Undetermined
		return
	}
	below := func(text string) bool {
		level, err := aix.ParseLevel(text)
		return err == nil && have.Compare(level) < 0
	}
	switch {
	case l.Minimum == "" && l.Recommended == "":
		l.Status = policy.Undetermined
		l.Words += "; the policy names no minimum"
	case below(l.Minimum):
		l.Status = policy.Fail
		l.Words += ", below the minimum " + l.Minimum
	case below(l.Recommended):
		l.Status = policy.Waived
		l.Words += ", enough for Power VS, but below the recommended " + l.Recommended
	default:
		l.Status = policy.Pass
		l.Words += ", which is recommended"
	}
}
