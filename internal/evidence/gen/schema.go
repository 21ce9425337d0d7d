// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

// page is where the schema is published.
const page = "docs/schemas/evidence-v1.schema.json"

// schema makes the schema of [evidence.Record]. The folder is that of its package,
// whose comments become the descriptions; a field without one is an error.
func schema(folder string) ([]byte, error) {
	const module = "github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
	reflector := jsonschema.Reflector{
		Anonymous: true,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if t == reflect.TypeFor[evidence.Bytes]() {
				return bytesSchema()
			}
			return nil
		},
	}
	if err := reflector.AddGoComments(module, folder, jsonschema.WithFullComment()); err != nil {
		return nil, err
	}
	comments := map[string]string{}
	for name, comment := range reflector.CommentMap {
		// The names begin with a path that depends on the folder.
		_, name, _ = strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ".")
		comments[module+"."+name] = strings.Join(strings.Fields(comment), " ")
	}
	reflector.CommentMap = comments
	made := reflector.Reflect(&evidence.Record{})
	made.ID = "https://github.com/powervs-aix/packer-plugin-rsct/raw/main/" + page
	made.Title = "Evidence of packer-plugin-rsct"
	made.Description = "What a guest said during one Packer build: the raw outputs of read-only commands, bound to the run and its source, never edited afterwards. Generated from the Go types in internal/evidence."
	for name, definition := range made.Definitions {
		for field := definition.Properties.Oldest(); field != nil; field = field.Next() {
			if field.Value.Description == "" && field.Value.Ref == "" {
				return nil, fmt.Errorf("%s.%s has no comment", name, field.Key)
			}
			nullable(field.Value)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(made); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// nullable lets the judgement be null, as a pointer is.
func nullable(property *jsonschema.Schema) {
	if property.Ref != "" && strings.HasSuffix(property.Ref, "/Judgement") {
		reference := &jsonschema.Schema{Ref: property.Ref}
		property.Ref = ""
		property.AnyOf = []*jsonschema.Schema{reference, {Type: "null"}}
	}
}

// bytesSchema is the two forms of bytes of a guest.
func bytesSchema() *jsonschema.Schema {
	properties := jsonschema.NewProperties()
	properties.Set("base64", &jsonschema.Schema{Type: "string", ContentEncoding: "base64", Pattern: "^[A-Za-z0-9+/]*={0,2}$"})
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
		{Type: "string"},
		{Type: "object", Properties: properties, Required: []string{"base64"}, AdditionalProperties: jsonschema.FalseSchema},
	}}
}
