// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"context"
	"io"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// echo interprets escapes as AIX's does; bash's needs -e for that.
func echoBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, _ *standardError, args []string) error {
	text := echoText(args, !sh.bash)
	_, err := io.WriteString(hc.Stdout, text)
	if err != nil {
		return status(1)
	}
	return nil
}

func echoText(args []string, escapes bool) string {
	newline := true
	for len(args) > 0 {
		if args[0] == "-n" {
			newline = false
		} else if args[0] == "-e" && !escapes {
			escapes = true
		} else {
			break
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	return text
}

func printBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	newline, raw := true, false
	var out io.Writer = hc.Stdout
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "" {
		flag := args[0]
		if flag == "-" || flag == "--" {
			args = args[1:]
			break
		}
		args = args[1:]
		for i := 1; i < len(flag); i++ {
			switch flag[i] {
			case 'n':
				newline = false
			case 'r', 'R':
				raw = true
			case 'u':
				fd := flag[i+1:]
				if fd == "" && len(args) > 0 {
					fd, args = args[0], args[1:]
				}
				i = len(flag)
				n, err := strconv.Atoi(fd)
				switch {
				case err == nil && n == 1:
				case err == nil && n == 2:
					out = e
				case err == nil && e.table[n].w != nil:
					out = e.table[n].w
				default:
					sh.errorf(e, "%s: print: bad file unit number\n", sh.name)
					return status(1)
				}
			}
		}
	}
	text := strings.Join(args, " ")
	if !raw {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	_, _ = io.WriteString(out, text)
	return nil
}

func printfBuiltin(sh *shell, _ context.Context, hc interp.HandlerContext, e *standardError, args []string) error {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		sh.errorf(e, "Usage: printf Format [Argument ...]\n")
		return status(1)
	}
	text, err := formatPrintf(args[0], args[1:])
	_, _ = io.WriteString(hc.Stdout, text)
	if err != nil {
		sh.errorf(e, "printf: %v\n", err)
		return status(1)
	}
	return nil
}
