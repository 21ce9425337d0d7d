// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// Why says why a fact is unknown: which probe was to tell, and what went wrong.
type Why struct {
	// Probe is the name of the probe to blame, for instance "lslpp"; empty when no
	// probe was ever meant to tell.
	Probe string `json:"probe"`
	// Reason is one lower-case sentence without a full stop, for instance
	// "timed out after 20 s".
	Reason string `json:"reason"`
}

// String renders the reason with its probe in front.
func (w Why) String() string {
	if w.Probe == "" {
		return w.Reason
	}
	return fmt.Sprintf("probe %s: %s", w.Probe, w.Reason)
}

// Fact is a value read from a guest, or the reason why the value is unknown.
// The zero Fact is unknown: forgetting to read something can never look like
// having read an absence.
type Fact[T any] struct {
	value T
	known bool
	why   Why
}

// Known makes a fact of a value.
func Known[T any](value T) Fact[T] { return Fact[T]{value: value, known: true} }

// Unknown makes a fact that could not be determined, with the reason.
func Unknown[T any](why Why) Fact[T] { return Fact[T]{why: why} }

// Get returns the value and true, or the zero value and false when it is unknown.
func (f Fact[T]) Get() (T, bool) { return f.value, f.known }

// IsKnown reports whether the fact has a value.
func (f Fact[T]) IsKnown() bool { return f.known }

// Why returns the reason for an unknown fact, and the zero Why for a known one.
func (f Fact[T]) Why() Why {
	if f.known {
		return Why{}
	}
	if f.why == (Why{}) {
		return Why{Reason: "not collected"}
	}
	return f.why
}

// Reveal returns the value without its type parameter, for code that walks facts
// by reflection; known is false when there is none.
func (f Fact[T]) Reveal() (value any, known bool, why Why) { return f.value, f.known, f.Why() }

// ValueType returns the type that Reveal's value has when it is known.
func (f Fact[T]) ValueType() reflect.Type { return reflect.TypeFor[T]() }

// MarshalJSON writes the value, or null when it is unknown. [Unknowns] tells the
// reasons; the two belong together wherever facts are shown.
func (f Fact[T]) MarshalJSON() ([]byte, error) {
	if !f.known {
		return []byte("null"), nil
	}
	return json.Marshal(f.value)
}

// AnyFact is what every Fact implements, whatever its type.
type AnyFact interface {
	Reveal() (value any, known bool, why Why)
	ValueType() reflect.Type
}

// UnknownFact names one unknown fact by its path from the root, as in
// "rmc.control_points" or "interfaces[1].adapter".
type UnknownFact struct {
	Path string `json:"path"`
	Why
}

// Unknowns lists every unknown fact below root, sorted by path.
func Unknowns(root any) []UnknownFact {
	var found []UnknownFact
	walkUnknowns(reflect.ValueOf(root), nil, &found)
	sort.SliceStable(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	return found
}

func walkUnknowns(v reflect.Value, path []string, found *[]UnknownFact) {
	if !v.IsValid() {
		return
	}
	if v.CanInterface() {
		if fact, ok := v.Interface().(AnyFact); ok {
			value, known, why := fact.Reveal()
			if !known {
				*found = append(*found, UnknownFact{Path: strings.Join(path, ""), Why: why})
				return
			}
			walkUnknowns(reflect.ValueOf(value), path, found)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkUnknowns(v.Elem(), path, found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkUnknowns(v.Index(i), append(path[:len(path):len(path)], fmt.Sprintf("[%d]", i)), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !field.IsExported() || name == "" || name == "-" {
				continue
			}
			step := name
			if len(path) > 0 {
				step = "." + name
			}
			walkUnknowns(v.Field(i), append(path[:len(path):len(path)], step), found)
		}
	}
}
