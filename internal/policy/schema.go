// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/drift"
	"github.com/powervs-aix/packer-plugin-rsct/internal/image"
)

// The roots of the policy language.
const (
	RootTemplate = "template" // what lint sees
	RootBaseline = "baseline" // the facts at the start of the build, and the drift since
	RootGuest    = "guest"    // the facts of the guest being judged
	RootImage    = "image"    // what the post-processor sees
)

// RootNames are the roots in the order in which a build reaches them.
var RootNames = []string{RootTemplate, RootBaseline, RootGuest, RootImage}

// Baseline is what the root `baseline` shows: the facts' attributes, plus `drift`.
type Baseline struct {
	// Facts are the facts at the start of the build.
	Facts *aix.Facts
	// Drift is what differs from them in the guest being judged, restored things included.
	Drift []drift.Item
}

// blame is the mark that an unknown fact carries through an evaluation.
type blame struct{ aix.Why }

// RootType is the type of a root, or cty.NilType for a name that is no root. It is
// made from the Go types of the facts by their json names, so it cannot differ from
// what an evaluation sees.
func RootType(name string) cty.Type {
	switch name {
	case RootTemplate:
		return typeOf(reflect.TypeFor[Template]())
	case RootBaseline:
		attributes := map[string]cty.Type{}
		for attribute, ty := range typeOf(reflect.TypeFor[aix.Facts]()).AttributeTypes() {
			attributes[attribute] = ty
		}
		attributes["drift"] = cty.List(typeOf(reflect.TypeFor[drift.Item]()))
		return cty.Object(attributes)
	case RootGuest:
		return typeOf(reflect.TypeFor[aix.Facts]())
	case RootImage:
		return typeOf(reflect.TypeFor[image.Facts]())
	}
	return cty.NilType
}

var anyFact = reflect.TypeFor[aix.AnyFact]()

var typeCache sync.Map // reflect.Type → cty.Type

// typeOf is the cty type of a Go type. Types that the facts do not use are a mistake
// of ours, which every test would show.
func typeOf(t reflect.Type) cty.Type {
	if cached, ok := typeCache.Load(t); ok {
		return cached.(cty.Type)
	}
	ty := makeType(t)
	typeCache.Store(t, ty)
	return ty
}

func makeType(t reflect.Type) cty.Type {
	if t.Implements(anyFact) {
		return typeOf(reflect.Zero(t).Interface().(aix.AnyFact).ValueType())
	}
	switch t.Kind() {
	case reflect.String:
		return cty.String
	case reflect.Bool:
		return cty.Bool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return cty.Number
	case reflect.Pointer:
		return typeOf(t.Elem())
	case reflect.Slice:
		return cty.List(typeOf(t.Elem()))
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return cty.Map(typeOf(t.Elem()))
		}
	case reflect.Struct:
		attributes := map[string]cty.Type{}
		for _, f := range fieldsOf(t) {
			attributes[f.name] = typeOf(t.Field(f.index).Type)
		}
		return cty.Object(attributes)
	}
	panic(fmt.Sprintf("policy: facts cannot hold a %s", t))
}

type field struct {
	name  string
	index int
}

var fieldCache sync.Map // reflect.Type → []field

func fieldsOf(t reflect.Type) []field {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		fields = append(fields, field{name: name, index: i})
	}
	fieldCache.Store(t, fields)
	return fields
}

// converter turns facts into cty values and counts the leaves it makes.
type converter struct{ leaves int }

// value converts a Go value. An unknown fact becomes an unknown of its type, marked
// with the probe to blame; a nil pointer becomes null.
func (c *converter) value(v reflect.Value) cty.Value {
	t := v.Type()
	if t.Implements(anyFact) {
		inner, known, why := v.Interface().(aix.AnyFact).Reveal()
		if !known {
			c.leaves++
			return cty.UnknownVal(typeOf(t)).Mark(blame{why})
		}
		return c.value(reflect.ValueOf(&inner).Elem().Elem())
	}
	switch t.Kind() {
	case reflect.String:
		c.leaves++
		return cty.StringVal(strings.ToValidUTF8(v.String(), "\uFFFD"))
	case reflect.Bool:
		c.leaves++
		return cty.BoolVal(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		c.leaves++
		return cty.NumberIntVal(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.leaves++
		return cty.NumberUIntVal(v.Uint())
	case reflect.Pointer:
		if v.IsNil() {
			c.leaves++
			return cty.NullVal(typeOf(t))
		}
		return c.value(v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			return cty.ListValEmpty(typeOf(t.Elem()))
		}
		elements := make([]cty.Value, v.Len())
		for i := range elements {
			elements[i] = c.value(v.Index(i))
		}
		return cty.ListVal(elements)
	case reflect.Map:
		if v.Len() == 0 {
			return cty.MapValEmpty(typeOf(t.Elem()))
		}
		elements := make(map[string]cty.Value, v.Len())
		for it := v.MapRange(); it.Next(); {
			elements[strings.ToValidUTF8(it.Key().String(), "\uFFFD")] = c.value(it.Value())
		}
		return cty.MapVal(elements)
	case reflect.Struct:
		attributes := map[string]cty.Value{}
		for _, f := range fieldsOf(t) {
			attributes[f.name] = c.value(v.Field(f.index))
		}
		return cty.ObjectVal(attributes)
	}
	panic(fmt.Sprintf("policy: facts cannot hold a %s", t))
}
