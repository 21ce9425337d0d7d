// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
	"github.com/powervs-aix/packer-plugin-rsct/test/reports/cases"
)

// documents are all documents of the recorded builds, of a hostile host and of a large one.
func documents(t *testing.T, word string) map[string][]byte {
	t.Helper()
	t.Chdir(t.TempDir())
	inputs := map[string]report.Input{}
	for _, name := range cases.Names {
		in, err := cases.Input(t.Context(), name, ".")
		if err != nil {
			t.Fatal(err)
		}
		inputs[name] = in
	}
	for i, p := range cases.Payloads() {
		if i%8 != 0 { // TestHostileTextIsTextInEveryFormat has them all
			continue
		}
		in, err := cases.Hostile(t.Context(), p.Text, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		inputs[p.Name] = in
	}
	unsigned := inputs["healthy"]
	unsigned.Seal, unsigned.Record, unsigned.Policy, unsigned.Subjects = nil, nil, nil, nil
	inputs["without evidence, policy and image"] = unsigned
	rendered := map[string][]byte{}
	for name, in := range inputs {
		d, err := report.Render(word, in)
		if err != nil {
			t.Fatal(err)
		}
		rendered[name] = d.Content
	}
	return rendered
}

// check validates documents against a schema, whose file is given.
func check(t *testing.T, schemaFile string, others map[string]string, rendered map[string][]byte) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	load := func(path string) any {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	for url, path := range others {
		// A schema that the library leaves out is of something that no document has: signatures.
		var value any = map[string]any{"$id": url, "definitions": map[string]any{"signature": false}}
		if path != "" {
			value = load(path)
		}
		if err := compiler.AddResource(url, value); err != nil {
			t.Fatal(err)
		}
	}
	const url = "https://schema.example/main.json"
	main := load(schemaFile)
	if m, ok := main.(map[string]any); ok {
		id, _ := m["$id"].(string)
		if id == "" {
			id = url
		}
		if err := compiler.AddResource(id, main); err != nil {
			t.Fatal(err)
		}
		schema, err := compiler.Compile(id)
		if err != nil {
			t.Fatal(err)
		}
		for name, document := range rendered {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s: %.1500s", name, err)
			}
		}
		return schema
	}
	t.Fatal("the schema is no object")
	return nil
}

func TestJSONIsWhatOurSchemaSays(t *testing.T) {
	path, err := filepath.Abs("../../docs/schemas/report-v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	rendered := documents(t, "json")
	schema := check(t, path, nil, rendered)
	// The schema refuses what is no report.
	for name, change := range map[string][2]string{
		"another verdict": {`"verdict": "PASSED"`, `"verdict": "FINE"`}, "another status": {`"status": "pass"`, `"status": "good"`},
		"an unknown field": {`"gate_open"`, `"gate": 1, "gate_open"`}, "a field that is missing": {`"because":`, `"because_":`},
	} {
		changed := strings.Replace(string(rendered["healthy"]), change[0], change[1], 1)
		if changed == string(rendered["healthy"]) {
			t.Fatalf("%s: nothing changed", name)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

// The schemas of CycloneDX come with its library.
func TestCycloneDXIsWhatItsSchemaSays(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "schema")
	check(t, filepath.Join(dir, "bom-1.6.schema.json"), map[string]string{
		"http://cyclonedx.org/schema/spdx.schema.json":     filepath.Join(dir, "spdx.schema.json"),
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "",
	}, documents(t, "cyclonedx"))
}

// The schema of SARIF comes with its library; test/browser asks its authors' own validator.
func TestSARIFIsWhatItsSchemaSays(t *testing.T) {
	for name, document := range documents(t, "sarif") {
		log, err := sarif.FromBytes(document)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := log.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var raw struct {
			Runs []struct {
				Results []struct {
					RuleID    string
					RuleIndex int
					Locations []struct {
						PhysicalLocation struct {
							ArtifactLocation struct{ URI string }
							Region           struct{ StartLine int }
						}
					}
					PartialFingerprints map[string]string
				}
				Tool struct {
					Driver struct{ Rules []struct{ ID string } }
				}
			}
		}
		if err := json.Unmarshal(document, &raw); err != nil {
			t.Fatal(err)
		}
		// What GitHub asks for beyond the schema.
		for _, r := range raw.Runs[0].Results {
			if len(r.Locations) != 1 || r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" || r.Locations[0].PhysicalLocation.Region.StartLine < 1 {
				t.Errorf("%s: %s has no place", name, r.RuleID)
			}
			if raw.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || len(r.PartialFingerprints) == 0 {
				t.Errorf("%s: %s has another rule's index, or no fingerprint", name, r.RuleID)
			}
		}
	}
}
