// SPDX-License-Identifier: MPL-2.0

package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// Microsoft's validator, which SARIF's authors keep, knows more rules than the schema.
// Its SARIF1001 to SARIF1999 are errors; its SARIF2004 finds fault with the -1 that the
// library writes for an index that is not set, which the standard allows (section 3.4).
func TestSARIFSatisfiesItsAuthorsValidator(t *testing.T) {
	tool := filepath.Join(modules(t), "@microsoft", "sarif-multitool-linux", "Sarif.Multitool")
	validate := func(file string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), tool, "validate", file, "--output", filepath.Join(t.TempDir(), "out.sarif"), "--log", "ForceOverwrite")
		cmd.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
		out, err := cmd.CombinedOutput()
		if !regexp.MustCompile(`1 files? scanned`).Match(out) {
			t.Fatalf("%s: %v\n%s", file, err, out)
		}
		return string(out)
	}
	errors := regexp.MustCompile(`(?m)^.*: error .*$|^.* SARIF1[0-9]{3}.*$`)
	golden := filepath.Join("..", "reports", "testdata", "golden")
	for _, name := range []string{"broken", "waived", "incomplete"} {
		for _, line := range errors.FindAllString(validate(filepath.Join(golden, name, "report.sarif.json")), -1) {
			t.Error(line)
		}
	}
	// It does find errors.
	content, err := os.ReadFile(filepath.Join(golden, "broken", "report.sarif.json"))
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.sarif.json")
	changed := regexp.MustCompile(`"ruleIndex": [0-9]+`).ReplaceAll(content, []byte(`"ruleIndex": 4000`))
	if err := os.WriteFile(wrong, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	if errors.FindString(validate(wrong)) == "" {
		t.Error("the validator takes indices of rules that are not there")
	}
}
