// SPDX-License-Identifier: MPL-2.0

package aix

import "strings"

// ODMObject is one object of an ODM class.
type ODMObject struct {
	// Class is the class's name, for instance "CuAt".
	Class string
	// Values are the descriptors' values, without quotes.
	Values map[string]string
}

// ParseODM reads `odmget`: a class's name with a colon, and indented lines of
// `descriptor = value`, with strings in quotes. Nothing found is no output and no
// error.
func ParseODM(output []byte) ([]ODMObject, error) {
	objects := []ODMObject{}
	for number, line := range lines(output) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if line[0] != ' ' && line[0] != '\t' {
			class, ok := strings.CutSuffix(strings.TrimRight(line, " \t"), ":")
			if !ok || !isWord(class) {
				return nil, badLine(number, line, "the name of an object class with a colon")
			}
			objects = append(objects, ODMObject{Class: class, Values: map[string]string{}})
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || !isWord(name) || len(objects) == 0 {
			return nil, badLine(number, line, "descriptor = value below the name of a class")
		}
		if text, quoted := strings.CutPrefix(value, `"`); quoted {
			if value, quoted = strings.CutSuffix(text, `"`); !quoted {
				return nil, badLine(number, line, "a value whose quotes close")
			}
		}
		objects[len(objects)-1].Values[name] = value
	}
	return objects, nil
}
