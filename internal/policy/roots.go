// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"reflect"

	"github.com/zclconf/go-cty/cty"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
)

// Roots are the things a policy is evaluated on. A root that is nil is not known
// here, and the rules that speak of it are not evaluated.
type Roots struct {
	Template *Template
	Baseline *Baseline
	Guest    *aix.Facts
	Image    *image.Facts
}

// known reports which roots are known, by name.
func (r Roots) known() map[string]bool {
	return map[string]bool{
		RootTemplate: r.Template != nil,
		RootBaseline: r.Baseline != nil && r.Baseline.Facts != nil,
		RootGuest:    r.Guest != nil,
		RootImage:    r.Image != nil,
	}
}

// values converts the known roots, and says how many values they hold.
func (r Roots) values() (map[string]cty.Value, int) {
	c := &converter{}
	values := map[string]cty.Value{}
	known := r.known()
	if known[RootTemplate] {
		values[RootTemplate] = c.value(reflect.ValueOf(*r.Template))
	}
	if known[RootBaseline] {
		attributes := c.value(reflect.ValueOf(*r.Baseline.Facts)).AsValueMap()
		items := r.Baseline.Drift
		if items == nil {
			items = []drift.Item{}
		}
		attributes["drift"] = c.value(reflect.ValueOf(items))
		values[RootBaseline] = cty.ObjectVal(attributes)
	}
	if known[RootGuest] {
		values[RootGuest] = c.value(reflect.ValueOf(*r.Guest))
	}
	if known[RootImage] {
		values[RootImage] = c.value(reflect.ValueOf(*r.Image))
	}
	return values, c.leaves
}

// unknownRoots are all roots as unknowns of their types, for the type check.
func unknownRoots() map[string]cty.Value {
	values := map[string]cty.Value{}
	for _, name := range RootNames {
		values[name] = cty.UnknownVal(RootType(name))
	}
	return values
}
