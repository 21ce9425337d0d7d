// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		program: func() { os.Exit(Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// The scripts are calls as people make them, in testdata/script; a healthy and a broken
// host's evidence lie beside them.
func TestScripts(t *testing.T) {
	// A script leaves out the shells that are not here; CI installs them all.
	if os.Getenv("RSCT_ALL_INSTALLED") != "" {
		for _, name := range []string{"bash", "zsh", "fish", "mandoc"} {
			if _, err := exec.LookPath(name); err != nil {
				t.Errorf("%s is not installed: %v", name, err)
			}
		}
	}
	manual, err := filepath.Abs("../../docs/man/packer-plugin-rsct.1")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, before := range map[string]string{"healthy.evidence": "", "broken.evidence": "ifconfig en1 down detach"} {
		if err := os.WriteFile(filepath.Join(dir, name), collect(t, before), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EVIDENCE", dir)
			e.Setenv("MANUAL", manual)
			return nil
		},
	})
}
