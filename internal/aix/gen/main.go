// SPDX-License-Identifier: MPL-2.0

// Command gen writes docs/facts.md from the Go types of the facts and their comments.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	// go generate runs in the folder of the package.
	page, err := render(".")
	if err == nil {
		err = os.WriteFile(filepath.Join("..", "..", "docs", "facts.md"), []byte(page), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate docs/facts.md:", err)
		os.Exit(1)
	}
}
