// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// ReadOptions are the settings that reading depends on.
type ReadOptions struct {
	// ManagementInterface names the management interface; empty to detect it.
	ManagementInterface string
	// Started and Ended are when the collection began and was over by the Packer host's
	// clock; zero where that clock did not see it.
	Started, Ended time.Time
}

// Read reads the outputs of one collection. It never fails: what does not read is
// unknown, with the reason.
func Read(outputs Outputs, options ReadOptions) *Facts {
	f := &Facts{Disagreements: []Disagreement{}}
	f.readSystem(outputs)
	f.System.ClockSkew = clockSkew(f.System.Time, options)
	f.readFilesets(outputs)
	f.readMaintenance(outputs)
	f.Subsystems = parsed(outputs, ProbeSubsystems, ParseSubsystems)
	f.readBoot(outputs)
	f.readRMC(outputs)
	f.readNodeID(outputs)
	f.RcTCPIP = parsed(outputs, ProbeRcTCPIP, ParseRcTCPIP)
	f.Routes6 = parsed(outputs, ProbeRoutes6, ParseRoutes6)
	f.Inittab = parsed(outputs, ProbeInittab, ParseInittab)
	f.readInterfaces(outputs)
	f.readPacketFilter(outputs)
	f.readCloudInit(outputs)
	f.readManagement(options.ManagementInterface)
	slices.SortStableFunc(f.Disagreements, func(a, b Disagreement) int { return strings.Compare(a.Subject, b.Subject) })
	return f
}

// parsed runs a parser on a probe that must have ended with 0.
func parsed[T any](outputs Outputs, probe string, parse func([]byte) (T, error)) Fact[T] {
	out, why := outputs.need(probe)
	if why != nil {
		return Unknown[T](*why)
	}
	value, err := parse(out.Stdout)
	if err != nil {
		return Unknown[T](Why{Probe: probe, Reason: err.Error()})
	}
	return Known(value)
}

// derive makes a fact of another one; an unknown stays unknown for the same reason.
func derive[A, B any](from Fact[A], make func(A) B) Fact[B] {
	value, known := from.Get()
	if !known {
		return Unknown[B](from.Why())
	}
	return Known(make(value))
}

// ifRoot lets an answer count only when the collection ran as root, for commands
// that show other users less, or nothing, without saying so.
func ifRoot[T any](f *Facts, probe string, fact Fact[T]) Fact[T] {
	root, known := f.System.Root.Get()
	switch {
	case !fact.IsKnown() || root:
		return fact
	case !known:
		return Unknown[T](Why{Probe: probe, Reason: "not known to be collected as root (" + f.System.Root.Why().String() + "), and other users are shown less"})
	}
	return Unknown[T](Why{Probe: probe, Reason: "not collected as root, and other users are shown less"})
}

// someOrRoot lets an empty list count only when the collection ran as root; what is
// shown to another user is there all the same.
func someOrRoot[T any](f *Facts, probe string, fact Fact[[]T]) Fact[[]T] {
	if list, _ := fact.Get(); len(list) > 0 {
		return fact
	}
	return ifRoot(f, probe, fact)
}

// anyTrue is the three-valued or.
func anyTrue(facts ...Fact[bool]) Fact[bool] {
	var why *Why
	for _, f := range facts {
		value, known := f.Get()
		if value {
			return Known(true)
		}
		if !known && why == nil {
			w := f.Why()
			why = &w
		}
	}
	if why != nil {
		return Unknown[bool](*why)
	}
	return Known(false)
}

// disagree records what sources say of one subject where two of them say different
// things. Unknown ones say nothing.
func (f *Facts) disagree(subject string, sources map[string]Fact[string]) {
	d := Disagreement{Subject: subject, Sources: []string{}}
	values := []string{}
	for source, fact := range sources {
		if value, known := fact.Get(); known {
			d.Sources = append(d.Sources, fmt.Sprintf("%s says %s", source, value))
			values = append(values, value)
		}
	}
	if len(sortedUnique(values)) < 2 {
		return
	}
	sort.Strings(d.Sources)
	f.Disagreements = append(f.Disagreements, d)
}
