// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"context"
	"fmt"
	"math/big"
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// meter counts what one evaluation spends. Steps and bytes are counted, not
// seconds, because the same input must give the same answer on a slow machine; the
// context is there for a caller who wants to stop earlier.
type meter struct {
	ctx          context.Context
	units, bytes int
	// checking is true for the type check, in which every root is unknown.
	checking bool
	// spent is set once a bound is reached. Every later step answers with it, so that
	// an evaluation ends quickly wherever it stands.
	spent hcl.Diagnostics
}

func newMeter(ctx context.Context, leaves int) *meter {
	return &meter{ctx: ctx, units: baseUnits + leaves*unitsPerLeaf, bytes: baseBytes + leaves*bytesPerLeaf}
}

// meterKey is the variable that carries the meter through HCL's evaluation
// contexts. It is no identifier, so no policy can name it.
const meterKey = "\x00meter"

var meterType = cty.Capsule("meter", reflect.TypeFor[meter]())

func (m *meter) variable() cty.Value { return cty.CapsuleVal(meterType, m) }

func meterOf(ctx *hcl.EvalContext) *meter {
	for ; ctx != nil; ctx = ctx.Parent() {
		if v, ok := ctx.Variables[meterKey]; ok {
			return v.EncapsulatedValue().(*meter)
		}
	}
	panic("policy: an expression was evaluated without a meter")
}

// spend takes units and bytes off, and returns the diagnostics that end the
// evaluation when nothing is left.
func (m *meter) spend(units, bytes int, at hcl.Range) hcl.Diagnostics {
	if m.spent != nil {
		return m.spent
	}
	before := m.units
	m.units -= units
	m.bytes -= bytes
	switch {
	case m.units < 0:
		m.exhaust("it takes too many steps", at)
	case m.bytes < 0:
		m.exhaust("it builds too much text", at)
	case before>>10 != m.units>>10 && m.ctx.Err() != nil:
		m.exhaust("it was stopped: "+m.ctx.Err().Error(), at)
	}
	return m.spent
}

func (m *meter) exhaust(why string, at hcl.Range) {
	m.spent = hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Policy exceeds its bounds",
		Detail: "The evaluation of this policy was ended because " + why + ".", Subject: &at,
	}}
}

// weigh charges a value that an expression produced. A value taken over from
// somewhere else was weighed in depth when it was built, so its own size is enough;
// a value built here is walked, because shared parts can make it far larger than
// the memory it takes.
func (m *meter) weigh(v cty.Value, deep bool, at hcl.Range) hcl.Diagnostics {
	units, bytes, problem := 0, 0, ""
	if deep {
		problem = size(v, &units, &bytes)
	} else {
		problem = shallowSize(v, &units, &bytes)
	}
	if problem != "" {
		if m.spent == nil {
			m.exhaust(problem, at)
		}
		return m.spent
	}
	if deep {
		// Making an element costs far more than looking at one.
		units *= 4
	}
	return m.spend(units, bytes, at)
}

func shallowSize(v cty.Value, units, bytes *int) string {
	v, _ = v.Unmark()
	*units++
	if !v.IsKnown() || v.IsNull() {
		return ""
	}
	ty := v.Type()
	switch {
	case ty == cty.String:
		n := len(v.AsString())
		if n > maxStringBytes {
			return fmt.Sprintf("a string grows beyond %d bytes", maxStringBytes)
		}
		*bytes += n
	case ty == cty.Number:
		if !numberFits(v.AsBigFloat()) {
			return fmt.Sprintf("a number has a binary exponent beyond %d", maxNumberBits)
		}
	case v.CanIterateElements():
		*units += v.LengthInt()
	}
	return ""
}

func size(v cty.Value, units, bytes *int) string {
	if problem := shallowSize(v, units, bytes); problem != "" {
		return problem
	}
	if *units > 8*maxElements {
		return fmt.Sprintf("a collection grows beyond %d elements", maxElements)
	}
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return ""
	}
	if v.LengthInt() > maxElements {
		return fmt.Sprintf("a collection grows beyond %d elements", maxElements)
	}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if key.Type() == cty.String {
			*bytes += len(key.AsString())
		}
		if problem := size(element, units, bytes); problem != "" {
			return problem
		}
	}
	return ""
}

func numberFits(f *big.Float) bool {
	if f.IsInf() {
		return false
	}
	exponent := f.MantExp(nil)
	return exponent <= maxNumberBits && exponent >= -maxNumberBits
}
