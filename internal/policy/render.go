// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// render evaluates a text of a rule. What cannot be told in it reads "unknown": a
// text never decides anything, so it never fails either.
func render(e *expression, ctx *hcl.EvalContext) string {
	if e == nil {
		return ""
	}
	if e.parts == nil {
		v, diags := e.Value(ctx)
		if diags.HasErrors() {
			return "unknown"
		}
		return clip(plain(v), maxText)
	}
	var b strings.Builder
	for _, part := range e.parts {
		v, diags := part.Value(ctx)
		if diags.HasErrors() {
			b.WriteString("unknown")
			continue
		}
		b.WriteString(plain(v))
		if b.Len() > maxText {
			break
		}
	}
	return clip(b.String(), maxText)
}

// plain is a value as people write it: text as it is, a list with commas, "none"
// for nothing, "unknown" for an unknown, and JSON for the rest.
func plain(v cty.Value) string {
	v, _ = v.Unmark()
	switch ty := v.Type(); {
	case !v.IsKnown():
		return "unknown"
	case v.IsNull():
		return "none"
	case ty == cty.String:
		return v.AsString()
	case ty == cty.Number:
		return v.AsBigFloat().Text('f', -1)
	case ty == cty.Bool && v.True():
		return "true"
	case ty == cty.Bool:
		return "false"
	case ty.IsListType(), ty.IsSetType(), ty.IsTupleType():
		if v.LengthInt() == 0 {
			return "none"
		}
		var parts []string
		length := 0
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			part := plain(element)
			parts = append(parts, part)
			if length += len(part) + 2; length > maxText {
				break
			}
		}
		return strings.Join(parts, ", ")
	}
	v, _ = v.UnmarkDeep()
	if !v.IsWhollyKnown() {
		return "unknown"
	}
	text, err := jsonOf(v)
	if err != nil {
		return "unknown"
	}
	return text
}

// clip shortens a text to at most limit bytes, at a character, and says that it did.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const more = " …"
	cut := limit - len(more)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + more
}
