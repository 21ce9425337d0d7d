// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, content []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, content)
	}
}

func TestPredicateAndAuditAreAsTheirSchemasSay(t *testing.T) {
	f := newFleet(t)
	path := f.add(t, "aix73", nil)
	content, err := os.ReadFile(filepath.Join(path, FileReportDSSE))
	if err != nil {
		t.Fatal(err)
	}
	o, err := open(content)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseStatement(o.payload)
	if err != nil {
		t.Fatal(err)
	}
	valid(t, schema(t, "report-predicate-v1.schema.json"), s.Predicate)
	lines := schema(t, "audit-v1.schema.json")
	for _, a := range f.audit(t, f.options, path, path+".none") {
		line, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		valid(t, lines, line)
	}
}
