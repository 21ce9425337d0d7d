// SPDX-License-Identifier: MPL-2.0

//go:build unix

package aixsim

import (
	"os"
	"syscall"
)

// unixPaths says that the machine's paths are Unix paths, which the interpreter
// takes for granted that a script's are.
const unixPaths = true

// duplicateFile gives an input a second owner, as dup(2) does.
func duplicateFile(f *os.File) (*os.File, error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd, dupErr := -1, error(nil)
	if err := raw.Control(func(old uintptr) { fd, dupErr = syscall.Dup(int(old)) }); err != nil {
		return nil, err
	}
	if dupErr != nil {
		return nil, dupErr
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "input"), nil
}
