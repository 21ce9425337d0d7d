// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

// The published schema takes what a real collection makes, in all its forms, and
// refuses what is not evidence.
func TestEvidenceFollowsItsPublishedSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join("..", "..", "docs", "schemas", "evidence-v1.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	accepts := func(document string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	host := simulate(t, aixsim.Default())
	collection, err := host.guest(t).Collect(t.Context(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := collection.Probes[0].Stdout.UnmarshalJSON([]byte(`{"base64":"/wA="}`)); err != nil {
		t.Fatal(err)
	}
	collection.Mode, collection.Sequence = evidence.ModeFinal, 1
	collection.Judgement = &evidence.Judgement{Policy: Digest(), FailOn: "error", Verdict: "PASSED"}
	byHand := evidence.Collection{Mode: evidence.ModeCheckpoint, Sequence: 2, Nonce: testNonce, Problem: "the collection is incomplete"}
	record := &evidence.Record{
		Schema:      evidence.Schema,
		Run:         evidence.Run{UUID: "0b8a2b1e-0000-4000-8000-000000000001", Source: "null.aix", Plugin: "0.1.0", PluginDigest: evidence.PluginDigest(), Packer: "1.16.0"},
		Collections: []evidence.Collection{collection, byHand},
		Restorations: []evidence.Restoration{{After: 1, ProvedBy: 2, Steps: []evidence.Step{
			{Repairs: "the address", Command: "chdev -l en1", Ran: true, Output: evidence.Bytes("en1 changed\n")}}}},
	}
	encoded, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	document := string(encoded)
	if err := accepts(document); err != nil {
		t.Fatalf("%v\n%.3000s", err, document)
	}
	if _, err := evidence.Decode(bytes.NewReader(encoded)); err != nil {
		t.Errorf("the schema takes it, the plugin does not: %v", err)
	}
	for _, change := range []struct{ name, from, to string }{
		{"another schema", `"packer-plugin-rsct/evidence/v1"`, `"packer-plugin-rsct/evidence/v2"`},
		{"a mode that is none", `"mode": "final"`, `"mode": "last"`},
		{"a surprise", `"proof": false`, `"proof": false, "surprise": 1`},
		{"a field left out", `"proof": false,`, ``},
		{"a time that is none", `"started": "`, `"started": "yesterday `},
		{"a digest that is none", `"collector": "sha256:`, `"collector": "md5:`},
		{"a digest of the plugin that is none", `"plugin_digest": "sha256:`, `"plugin_digest": "sha256:x`},
		{"a nonce that is none", `"nonce": "`, `"nonce": "x`},
		{"an exit code in words", `"exit_code": 0`, `"exit_code": "zero"`},
		{"an exit code that is none", `"exit_code": 0`, `"exit_code": -2`},
		{"bytes that are none", `"base64": "/wA="`, `"base64": "%%%"`},
		{"bytes of another form", `"base64": "/wA="`, `"hex": "ff00"`},
		{"no output", `"stderr": ""`, `"stderr": null`},
		{"no probes", `"probes": []`, `"probes": null`},
		{"a probe with a name of two words", `"name": "uid"`, `"name": "u id"`},
		{"a verdict that is none", `"verdict": "PASSED"`, `"verdict": "OK"`},
		{"sequence 0", `"sequence": 1`, `"sequence": 0`},
		{"a run that would leave its folder", `"uuid": "0b8a2b1e`, `"uuid": "../`},
	} {
		mutated := strings.Replace(document, change.from, change.to, 1)
		if mutated == document {
			t.Errorf("%s: %s is not in the document", change.name, change.from)
			continue
		}
		if err := accepts(mutated); err == nil {
			t.Errorf("%s: accepted", change.name)
		}
	}
}
