// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Schema names the shape of report.json; docs/schemas/report-v1.schema.json describes it.
const Schema = "packer-plugin-rsct/report/v1"

// JSON renders a report for programs: everything, not cut. Characters that would act
// on a terminal or a page stand as \u escapes, which is the same to a parser.
func JSON(in Input) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(true)
	encoder.SetIndent("", "  ")
	document := struct {
		Schema  string `json:"schema"`
		Version string `json:"version"`
		*verdict.Result
		Subjects []Subject `json:"subjects"`
		// Timeline is the build; null when the evidence is not at hand.
		Timeline []timelineEntry `json:"timeline"`
	}{Schema, in.Version, in.Result, append([]Subject{}, in.Subjects...), entries(timeline(in.Record))}
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("render json: %w", err)
	}
	return visible(out.Bytes()), nil
}

// timelineEntry is an event of the build, for programs.
type timelineEntry struct {
	Kind   string   `json:"kind"`
	Status string   `json:"status"`
	Title  string   `json:"title"`
	Time   string   `json:"time"`
	Words  []string `json:"words"`
	// Commands are those of a restoration that ran.
	Commands []string `json:"commands,omitempty"`
	// Interface is the management interface as a collection saw it.
	Interface *interfaceState `json:"interface,omitempty"`
}

func entries(events []event) []timelineEntry {
	list := make([]timelineEntry, 0, len(events))
	for _, e := range events {
		entry := timelineEntry{Kind: e.Kind, Status: e.Status, Title: e.Title, Time: e.Time, Words: append([]string{}, e.Words...)}
		for _, s := range e.Steps {
			if s.Ran {
				entry.Commands = append(entry.Commands, s.Command)
			}
		}
		if e.State.Name != "" {
			state := e.State
			entry.Interface = &state
		}
		list = append(list, entry)
	}
	return list
}
