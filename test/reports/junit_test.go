// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The schema is our own, written after the one of Jenkins' xunit plugin and at least as strict.
func TestJUnitIsWhatJenkinsTakes(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("RSCT_ALL_INSTALLED") != "" {
			t.Fatal("xmllint is not installed: ", err)
		}
		t.Skip("xmllint is not installed; it is in Debian's libxml2-utils")
	}
	schema, err := filepath.Abs(filepath.Join("testdata", "junit.xsd"))
	if err != nil {
		t.Fatal(err)
	}
	validate := func(document []byte) (string, error) {
		cmd := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", schema, "-")
		cmd.Stdin = bytes.NewReader(document)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	rendered := documents(t, "junit")
	for name, document := range rendered {
		if out, err := validate(document); err != nil {
			t.Errorf("%s: %v\n%.1500s", name, err, out)
		}
	}
	// It refuses what Jenkins refuses.
	broken := string(rendered["broken"])
	for name, change := range map[string][2]string{
		"a suite without its tests":               {` tests="6"`, ``},
		"an attribute that Jenkins does not know": {`<testsuites `, `<testsuites skipped="1" `},
		"an element that Jenkins does not know":   {`<properties>`, `<labels></labels><properties>`},
		"a time that is none":                     {`time="0"`, `time="soon"`},
		"a case without a name":                   {`<testcase name=`, `<testcase title=`},
	} {
		changed := strings.Replace(broken, change[0], change[1], 1)
		if changed == broken {
			t.Fatalf("%s: nothing changed", name)
		}
		if out, err := validate([]byte(changed)); err == nil {
			t.Errorf("%s is taken: %s", name, out)
		}
	}
}
