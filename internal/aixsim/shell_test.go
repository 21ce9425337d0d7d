// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func newHost(t testing.TB) *Host {
	t.Helper()
	h, err := New(Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// run runs a command as root and fails the test if it takes too long.
func run(t testing.TB, h *Host, command string) (string, string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	code := h.Run(ctx, "root", command, nil, &out, &errs)
	if ctx.Err() != nil {
		t.Fatalf("%s: did not end\nstdout:\n%s\nstderr:\n%s", command, out.String(), errs.String())
	}
	return out.String(), errs.String(), code
}

// The shape of the collector's core: bounded and run, as internal/probe has them.
const collectorCore = `
bounded() { t=$1; shift
  "$@" </dev/null & p=$!
  ( i=0; while [ "$i" -lt "$t" ]; do sleep 1; kill -0 "$p" 2>/dev/null || exit 0; i=$((i+1)); done; echo t >&4; kill -9 "$p" ) </dev/null >/dev/null 2>&1 & w=$!
  wait "$p" 2>/dev/null; r=$?; kill "$w" 2>/dev/null; return "$r"; }
run() { n=$1; t=$2; shift 2
  printf 'B %s %s\n' "$n" "$*"
  rc=$( { err=$( { { bounded "$t" "$@" 2>&5 3>&- 5>&-; echo "$?" >&4; } | { head -c 1000000; echo; cat >/dev/null; } | sed 's/^/|/' >&3; } 5>&1 | { head -c 65536; cat >/dev/null; } )
          printf '%s\n' "$err" | sed 's/^/!/' >&3; } 4>&1 )
  printf 'E %s %s\n' "$n" "$rc"; }
`

// shellTable are programs whose output and exit status dash and the simulator
// must agree on.
var shellTable = map[string]string{
	"fd 3 is the outer stdout":                    `{ echo a >&3; echo b; } 3>&1`,
	"a function sees its caller's descriptors":    `f() { echo in f >&3; }; { f; } 3>&1`,
	"nested substitutions capture fd 1 as it was": `x=$( { echo one >&3; y=$(echo two >&3; echo three); echo "y=$y"; } 3>&1 ); echo "[$x]"`,
	"both sides of a pipeline inherit":            `{ { echo left >&3; echo data; } | { read d; echo "right $d" >&3; }; } 3>&1`,
	"closing a descriptor":                        `{ { echo x >&3; } 3>&- 2>/dev/null || echo closed; } 3>&1`,
	"exec makes it last":                          `exec 3>&1; echo y >&3; exec 3>&-; echo z`,
	"exec to a file":                              `exec 4>/tmp/aixsim-fd4; echo q >&4; exec 4>&-; cat /tmp/aixsim-fd4; rm -f /tmp/aixsim-fd4`,
	"stderr swapped with stdout":                  `x=$( { echo out; echo err >&2; } 3>&1 1>&2 2>&3 3>&- ); echo "x=$x"`,
	"order of redirections":                       `{ echo out; echo err >&2; } 2>&1 >/dev/null`,
	"stderr to a file keeps fd 3":                 `{ { echo a >&3; ls /nonexistent-aixsim 2>/dev/null; } 2>/dev/null; } 3>&1; true`,
	"a child shell inherits":                      `{ sh -c 'echo child >&3'; } 3>&1`,
	"background with wait":                        `sleep 0 & p=$!; wait $p; echo $?`,
	"exit status of a job":                        `(exit 7) & p=$!; wait $p; echo $?`,
	"killed command":                              `sleep 1000 & p=$!; kill -9 $p; wait $p 2>/dev/null; echo $?`,
	"terminated command":                          `sleep 1000 & p=$!; kill $p; wait $p 2>/dev/null; echo $?`,
	"kill -0 of a living and a dead process":      `sleep 1000 & p=$!; kill -0 $p && echo alive; kill -9 $p; wait $p 2>/dev/null; kill -0 $p 2>/dev/null || echo dead`,
	"killed subshell":                             `( sleep 1000 ) & p=$!; kill -9 $p; wait $p 2>/dev/null; echo $?`,
	"numeric pids":                                `case $$ in *[!0-9]*) echo no;; *) echo yes;; esac; sleep 0 & case $! in *[!0-9]*) echo no;; *) echo yes;; esac; wait`,
	"set -e":                                      `set -e; true; false; echo not reached`,
	"set -u":                                      `set -u; echo ${unset_variable-default}; x=$( (echo $unset_variable) 2>/dev/null ) || echo failed`,
	"trap on exit":                                `trap 'echo bye' 0; echo hi; exit 3`,
	"here-document":                               "cat <<EOF\nhello $((1+2))\nEOF\ncat <<'EOF'\n$x\nEOF",
	"read loop":                                   `printf 'a b\nc d\n' | while read x y; do echo "$y $x"; done`,
	"head -c":                                     `printf abcdef | head -c 3`,
	"arithmetic":                                  `i=0; while [ $i -lt 5 ]; do i=$((i+1)); done; echo $i`,
	"case and functions":                          `f() { case $1 in a*) return 4;; *) return 5;; esac; }; f abc; echo $?; f xyz; echo $?`,
	"eval":                                        `x='echo evaluated >&3'; { eval "$x"; } 3>&1`,
	"eval in the background":                      `eval 'sleep 0 & wait $!; echo $?'`,
	"printf again and again":                      `printf '%s-%d\n' a 1 b 2; printf '%5.2s|%-4s|%04d\n' abc x 7`,
	"positional parameters":                       `set -- a 'b c' d; shift; echo "$#" "$1"; for i; do echo "<$i>"; done`,
	"redirect in a loop":                          `for i in 1 2; do echo $i; done >/tmp/aixsim-loop; cat /tmp/aixsim-loop; rm /tmp/aixsim-loop`,
	"pipeline status":                             `true | false; echo $?; false | true; echo $?; ! false; echo $?`,
	"parameter expansion":                         `p=/a/b/c.txt; echo ${p##*/} ${p%/*} ${p%.txt} ${#p}`,
	"broken pipe ends the writer":                 `while :; do echo y; done | head -n 2`,
	"substitution waits for a job that holds it":  `x=$( (sleep 1; echo late) & echo now ); echo "$x"`,
	"command not found":                           `no-such-command-aixsim 2>/dev/null; echo $?`,
	"sed":                                         `printf 'abc\nxyz\n' | sed -e 's/b/[&]/' -e '/x/d'; printf 'a\nb\nc\n' | sed -n '2,$p'; printf 'k=v\n' | sed 's/\(.*\)=\(.*\)/\2=\1/'`,
	"sed with hold space":                         `printf '1\n2\n3\n' | sed -n '1!G;h;$p'; printf 'a\n\nb\n' | sed '/^$/d'; printf 'x' | sed 's/^/|/'`,
	"sed edits with a, i, c":                      "printf '1\\n2\\n' | sed -e '1i\\\nbefore' -e '2a\\\nafter' -e '2c\\\nchanged'",
	"awk":                                         `printf 'a 1\nb 2\n' | awk '{ s += $2; print $1 } END { print s }'; printf 'x:y\n' | awk -F: -v n=2 '{print $n}'`,
	"grep":                                        `printf 'foo\nbar\n' | grep -v foo; printf 'a.c\nabc\n' | grep 'a\.c'; printf 'x\n' | grep -q y; echo $?; printf 'aa\nb\n' | grep -c a; printf 'ab1\n' | grep -E '^[a-z]+[0-9]$'`,
	"sort and uniq":                               `printf 'b\na\nb\n' | sort | uniq; printf '10\n9\n' | sort -n; printf 'a 2\nb 1\n' | sort -k2,2n; printf 'x\nx\n' | sort -u`,
	"tr and cut":                                  `printf 'hello\n' | tr a-z A-Z; printf 'a:b:c\n' | cut -d: -f2,3; printf 'aabbc\n' | tr -s a-b; printf 'a1b2\n' | tr -d 0-9; echo abcdef | cut -c2-4`,
	"od":                                          `printf 'AB\n' | od -An -tx1 | tr -s ' '`,
	"basename and dirname":                        `basename /a/b.c .c; dirname /a/b; dirname x; basename /`,
	"expr":                                        `expr 3 + 4; expr 2 \* 3; expr abc : 'a\(.\)c'; expr 1 = 2; echo $?; expr length hello`,
	"find and xargs":                              `mkdir -p /tmp/aixsim-d/s; : >/tmp/aixsim-d/s/f; find /tmp/aixsim-d -type f | xargs -n 1 basename; rm -r /tmp/aixsim-d`,
	"cksum":                                       `printf hello | cksum`,
	"diff":                                        `printf '1\n2\n' >/tmp/aixsim-a; printf '1\n3\n' >/tmp/aixsim-b; diff /tmp/aixsim-a /tmp/aixsim-b; echo $?; cmp -s /tmp/aixsim-a /tmp/aixsim-b; echo $?; rm /tmp/aixsim-a /tmp/aixsim-b`,
	"tail":                                        `printf '1\n2\n3\n' | tail -n 2; printf '1\n2\n3\n' | tail -n +2`,
	"tee":                                         `echo t | tee /tmp/aixsim-t; cat /tmp/aixsim-t; rm /tmp/aixsim-t`,
	"the collector's core": collectorCore + `
{ run a 5 echo plain; run b 2 /bin/sleep 100; run c 5 /bin/sh -c 'echo out; echo err >&2; exit 3'; } 3>&1`,
	"a timed out command's children do not keep the collector": collectorCore + `{ run b 1 /bin/sh -c 'sleep 3; echo never'; } 3>&1`,
}

// TestShellAgreesWithDash runs each program in the simulator and in dash, the
// oracle, and compares standard output and exit status.
func TestShellAgreesWithDash(t *testing.T) {
	dash, err := exec.LookPath("dash")
	if err != nil {
		t.Fatal("dash is needed as the oracle: install it")
	}
	h := newHost(t)
	for name, program := range shellTable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(dash, "-c", program)
			var want, wantErr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &want, &wantErr
			cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
			_ = cmd.Run()
			got, gotErr, code := run(t, h, "/bin/sh -c "+quote(program))
			if got != want.String() || code != cmd.ProcessState.ExitCode() {
				t.Errorf("got %q and status %d, dash has %q and %d\nstderr: %s\ndash's stderr: %s", got, code, want.String(), cmd.ProcessState.ExitCode(), gotErr, wantErr.String())
			}
			// The same through eval, which takes the program through the printer.
			evaluated, gotErr, code := run(t, h, "/bin/sh -c "+quote("eval "+quote(program)))
			if evaluated != want.String() || code != cmd.ProcessState.ExitCode() {
				t.Errorf("through eval: got %q and status %d, dash has %q and %d\nstderr: %s", evaluated, code, want.String(), cmd.ProcessState.ExitCode(), gotErr)
			}
			// And on standard input.
			var out, errs strings.Builder
			code = h.Run(context.Background(), "root", "ksh", strings.NewReader(program), &out, &errs)
			if out.String() != want.String() || code != cmd.ProcessState.ExitCode() {
				t.Errorf("on standard input: got %q and status %d, dash has %q\nstderr: %s", out.String(), code, want.String(), errs.String())
			}
		})
	}
}
