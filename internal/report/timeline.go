// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// The kinds of events of a build.
const (
	eventCollection  = "collection"
	eventDrift       = "drift"
	eventRestoration = "restoration"
)

// event is something that happened to the guest during the build, or was seen of it.
type event struct {
	// Kind is collection, drift or restoration.
	Kind string
	// Status is pass, fail or undetermined.
	Status string
	// Title names it; Time is when, in UTC; empty when it is not known.
	Title, Time string
	// Words are sentences without a full stop.
	Words []string
	// State is the management interface as a collection saw it.
	State interfaceState
	// Steps are the commands of a restoration.
	Steps []evidence.Step
}

// interfaceState is the management interface at one collection.
type interfaceState struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Up      string `json:"running"`
	MAC     string `json:"mac"`
	ODM     string `json:"configured"`
	Reboot  string `json:"back_after_reboot"`
}

// unknown is shown for what could not be determined.
const unknown = "not known"

// timeline is the build as the evidence shows it. Drift is placed before the
// collection that saw it first, since that is all that can be known of its time.
func timeline(record *evidence.Record) []event {
	if record == nil {
		return nil
	}
	baseline := record.Baseline()
	var before *aix.Facts
	name := ""
	if baseline != nil {
		before = baseline.Facts()
		name, _ = before.Management.Interface.Get()
	}
	var events []event
	present := map[string]bool{}
	var previous *evidence.Collection
	for i := range record.Collections {
		c := &record.Collections[i]
		e := event{Kind: eventCollection, Title: c.Name(), Time: clock(c.Ended), Status: policy.Pass}
		if !c.Complete() {
			e.Status, e.Words = policy.Undetermined, []string{c.Problem}
			events = append(events, e)
			continue
		}
		facts := c.Facts()
		e.State = stateOf(facts, name)
		e.Status = e.State.status()
		if baseline != nil && c.Sequence > baseline.Sequence {
			items := drift.Compare(before, facts)
			now := map[string]bool{}
			var appeared []string
			for _, item := range items {
				now[item.Words] = true
				if !present[item.Words] {
					appeared = append(appeared, item.Words)
				}
			}
			if len(appeared) > 0 {
				events = append(events, event{
					Kind: eventDrift, Status: policy.Fail, Title: "Drift", Words: appeared, Time: between(previous, c),
				})
			}
			switch {
			case len(items) == 0 && len(present) > 0:
				e.Words = append(e.Words, "everything is as it was at the baseline again")
			case len(items) == 0:
				e.Words = append(e.Words, "no drift from the baseline")
			case len(items) > 0:
				e.Status = policy.Fail
				e.Words = append(e.Words, fmt.Sprintf("differs from the baseline in %s", count(len(items), "way", "ways")))
			}
			present = now
		}
		events = append(events, e)
		previous = c
		for _, r := range record.Restorations {
			if r.After == c.Sequence {
				events = append(events, restored(r))
			}
		}
	}
	return events
}

// between says in which stretch of the build something happened.
func between(before, after *evidence.Collection) string {
	if before == nil || before.Ended.IsZero() || after.Ended.IsZero() {
		return ""
	}
	return clock(before.Ended) + " – " + clock(after.Ended)
}

func restored(r evidence.Restoration) event {
	e := event{Kind: eventRestoration, Title: "Restoration", Steps: r.Steps, Status: policy.Pass}
	ran := 0
	for _, s := range r.Steps {
		if s.Ran {
			ran++
		}
	}
	e.Words = append(e.Words, fmt.Sprintf("%d of %s ran", ran, count(len(r.Steps), "command", "commands")))
	switch {
	case r.Restored:
		e.Words = append(e.Words, "proved by collecting again")
	case r.ProvedBy == 0:
		e.Status = policy.Undetermined
		e.Words = append(e.Words, "not proved: no collection was made afterwards")
	default:
		e.Status = policy.Fail
		e.Words = append(e.Words, "the guest still differs from the baseline")
	}
	if r.Problem != "" {
		e.Status = policy.Fail
		e.Words = append(e.Words, r.Problem)
	}
	return e
}

// stateOf describes the management interface; name is that of the baseline, for the
// case that this collection does not find it any more.
func stateOf(facts *aix.Facts, name string) interfaceState {
	m := facts.Management
	own, known := m.Interface.Get()
	s := interfaceState{Name: own, Address: unknown, Up: unknown, MAC: unknown, ODM: unknown, Reboot: unknown}
	switch {
	case !known:
		s.Name = unknown
		return s
	case own == "" && name != "":
		s.Name = name
	case own == "":
		return interfaceState{Name: "none", Address: "none", Up: "no", MAC: "none", ODM: "none", Reboot: "no"}
	}
	list, _ := facts.Interfaces.Get()
	for _, i := range list {
		if i.Name != s.Name {
			continue
		}
		if running, known := i.Running.Get(); known {
			s.Up = yesNo(running.Up, "up", "down")
			if !running.Present {
				s.Up = notInKernel
			}
			s.Address = linkLocal(running)
		}
		if odm, known := i.Configured.Get(); known {
			s.ODM = configured(odm)
		}
		if adapter, known := i.Adapter.Get(); known && adapter.MAC != "" {
			s.MAC = adapter.MAC
		}
	}
	if own == "" {
		s.Reboot = "no"
		if len(list) > 0 && s.Up == unknown {
			s.Up, s.Address, s.ODM = "gone", "none", "not defined"
		}
		return s
	}
	if persistent, known := m.Persistent.Get(); known {
		s.Reboot = yesNo(persistent, "yes", "no")
	}
	return s
}

// linkLocal are the link-local addresses of a running interface.
func linkLocal(r aix.Running) string {
	var addresses []string
	for _, a := range r.IPv6 {
		if a.Scope == "link-local" {
			addresses = append(addresses, fmt.Sprintf("%s/%d", a.Address, a.PrefixLength))
		}
	}
	if len(addresses) == 0 {
		return "none"
	}
	return strings.Join(addresses, ", ")
}

// status is pass for an interface that is up with an address that comes back.
func (s interfaceState) status() string {
	switch {
	case s.Name == "none" || s.Address == "none" || s.Reboot == "no" || s.Up != "up" && s.Up != unknown:
		return policy.Fail
	case s.Name == unknown || s.Address == unknown || s.Up == unknown || s.Reboot == unknown:
		return policy.Undetermined
	}
	return policy.Pass
}

// Words says the state in a line.
func (s interfaceState) Words() string {
	if s.Name == "" {
		return ""
	}
	if s.Name == "none" {
		return "no management interface"
	}
	address := s.Address
	switch address {
	case "none":
		address = noAddress
	case unknown:
		address = "link-local address not known"
	}
	return fmt.Sprintf("%s %s, %s, back after a reboot: %s", s.Name, s.Up, address, s.Reboot)
}

// rows are the aspects of the state with their names, for a table.
func (s interfaceState) rows() [][2]string {
	return [][2]string{{"Interface", s.Name}, {"Running", s.Up}, {"Link-local address", s.Address}, {"Adapter's MAC", s.MAC}, {"In the ODM", s.ODM}, {"Back after a reboot", s.Reboot}}
}

func yesNo(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
