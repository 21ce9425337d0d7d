// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package aixsim

import (
	"errors"
	"os"
)

// unixPaths says that the machine's paths are Unix paths, which the interpreter
// takes for granted that a script's are.
const unixPaths = false

func duplicateFile(*os.File) (*os.File, error) {
	return nil, errors.New("aixsim: not on this machine")
}
