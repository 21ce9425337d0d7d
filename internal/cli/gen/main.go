// SPDX-License-Identifier: MPL-2.0

// Command gen writes the manual page, docs/man/packer-plugin-rsct.1.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/powervs-aix/packer-plugin-rsct/internal/cli"
)

func main() {
	// go generate runs in the folder of the package.
	page := filepath.Join("..", "..", "docs", "man", "packer-plugin-rsct.1")
	err := os.MkdirAll(filepath.Dir(page), 0o755)
	if err == nil {
		err = os.WriteFile(page, cli.Manual(), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate the manual page:", err)
		os.Exit(1)
	}
}
