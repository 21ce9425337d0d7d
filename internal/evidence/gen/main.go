// SPDX-License-Identifier: MPL-2.0

// Command gen writes the JSON Schema of evidence from its Go types and their comments.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	// go generate runs in the folder of the package.
	schema, err := schema(".")
	if err == nil {
		err = os.WriteFile(filepath.Join("..", "..", filepath.FromSlash(page)), schema, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate "+page+":", err)
		os.Exit(1)
	}
}
