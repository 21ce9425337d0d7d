// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

// TestHostileScriptsEnd runs what would take a machine down: each ends by itself,
// or when it is told to, and the host goes on.
func TestHostileScriptsEnd(t *testing.T) {
	endless := map[string]string{
		"fork bomb":                   `f() { f | f & }; f; wait`,
		"pipeline bomb":               `f() { f | f; }; f`,
		"recursion":                   `f() { f; }; f`,
		"recursion in eval":           `x='eval "$x"'; eval "$x"`,
		"recursion in a substitution": `f() { echo $(f); }; f`,
		"shells in shells":            `echo 'sh /tmp/s' >/tmp/s; sh /tmp/s`,
		"empty loop":                  `while :; do :; done`,
		"loop without a command":      `while [[ a ]]; do x=1; done`,
		"arithmetic loop":             `for ((;;)); do ((i++)); done`,
		"background loop":             `while :; do :; done & wait`,
		"yes":                         `yes >/dev/null`,
		"endless output":              `yes`,
		"reading for ever":            `cat /dev/zero >/dev/null`,
		"sleeping":                    `sleep 100000`,
		"waiting for input":           `read x; cat`,
		"sed that branches": `echo x | sed ':a
ba'`,
		"awk that loops":   `awk 'BEGIN { while (1) x++ }'`,
		"awk that prints":  `awk 'BEGIN { while (1) print "x" }' | cat >/dev/null`,
		"growing variable": `x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done`,
		"many files":       `i=0; while :; do : >/tmp/f$i; i=$((i+1)); done`,
		"a huge file":      `cat /dev/zero >/tmp/huge; yes >/tmp/huge2`,
		"deep directories": `while mkdir d && cd d; do :; done; ls -R / >/dev/null`,
		"a link to itself": `ln -s l /tmp/l; cat /tmp/l; cd /tmp/l; ls /tmp/l/l`,
		"a wide printf":    `printf '%1000000000s' x; printf '%.999999999d' 1`,
		"a nested expr":    `expr $(i=0; while [ $i -lt 300 ]; do printf '( '; i=$((i+1)); done) 1`,
		"trap that traps":  `trap 'kill -TERM $$' TERM; kill -TERM $$; while :; do :; done`,
		"immortal":         `trap '' TERM HUP INT; while :; do sleep 1; done`,
	}
	for name, script := range endless {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := New(Default())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			var stdin neverEnds
			done := make(chan int, 1)
			go func() { done <- h.Run(ctx, "root", script, stdin, &bounded{}, &bounded{}) }()
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				buf := make([]byte, 1<<20)
				t.Fatalf("still running\n%s", buf[:runtime.Stack(buf, true)])
			}
			// The host is none the worse.
			out := make(chan string, 1)
			go func() {
				var b, errs bytes.Buffer
				code := h.Run(context.Background(), "root", "rm -rf /tmp/*; echo alive", nil, &b, &errs)
				if code != 0 {
					t.Errorf("afterwards: exit status %d, %s", code, errs.String())
				}
				out <- b.String()
			}()
			select {
			case got := <-out:
				if got != "alive\n" {
					t.Errorf("afterwards: got %q", got)
				}
			case <-time.After(20 * time.Second):
				t.Error("afterwards the host does not answer")
			}
			if err := h.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// neverEnds is an input nobody writes to.
type neverEnds struct{}

func (neverEnds) Read([]byte) (int, error) { select {} }

// bounded is an output that keeps nothing.
type bounded struct{ n int }

func (b *bounded) Write(p []byte) (int, error) { b.n += len(p); return len(p), nil }

func TestCloseEndsWhatRuns(t *testing.T) {
	h := newHost(t)
	done := make(chan int, 1)
	go func() { done <- h.Run(context.Background(), "root", "sleep 1000 & sleep 1000 | cat", nil, nil, nil) }()
	time.Sleep(200 * time.Millisecond)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case code := <-done:
		if code == 0 {
			t.Error("exit status 0")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("still running")
	}
}

func TestFaults(t *testing.T) {
	def, err := Parse("h.hcl", []byte(`
fault "hang" {
  command   = "lslpp"
  arguments = "^-L"
  hang      = true
}
fault "lie" {
  command = "/usr/sbin/chdev"
  lie     = true
}
fault "missing" {
  command = "oslevel"
  missing = true
}
fault "wrong" {
  command   = "lssrc"
  stdout    = "garbage\n"
  stderr    = "and complaints\n"
  exit_code = 3
}
fault "flood" {
  command = "emgr"
  flood   = 100000
}
fault "once" {
  command   = "bootinfo"
  exit_code = 9
  after     = 1
  times     = 1
}
fault "slow" {
  command = "lspv"
  delay   = 0.2
}
`))
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(def)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	out, _, _ := run(t, h, `
lslpp -Lqc & p=$!; sleep 0.1; kill -9 $p; wait $p; echo "hang $?"
lslpp -l bos.rte >/dev/null; echo "other arguments $?"
chdev -l en1 -a state=down; echo "lie $?"
/usr/bin/oslevel -s 2>/dev/null; echo "missing $?"
lssrc -a 2>&1; echo "wrong $?"
emgr -l | wc -c
bootinfo -b; echo "first $?"; bootinfo -b; echo "second $?"; bootinfo -b; echo "third $?"
lspv | wc -l`)
	want := "hang 137\nother arguments 0\nlie 0\nmissing 127\ngarbage\nand complaints\nwrong 3\n100000\nhdisk0\nfirst 0\nsecond 9\nhdisk0\nthird 0\n1\n"
	if strings.ReplaceAll(out, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got %q\nwant %q", out, want)
	}
	if !h.Snapshot().Managed {
		t.Error("the chdev that lies changed something")
	}
}

func FuzzSed(f *testing.F) {
	for _, s := range []string{"s/a/b/g", "1,3d", "/x/!{p;N;D}", ":a;s/x/y/;ta", "y/ab/cd/", "$!N;P;D", "s/\\(a\\)/\\1/2p", "a\\\ntext", "\\,x,d", "s/[/]/x/", "{{{{"} {
		f.Add(s, "abc\nxyz\n")
	}
	h := newHost(f)
	f.Fuzz(func(t *testing.T, script, input string) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		p, ok := h.fork(nil, credential{}, "sed")
		if !ok {
			t.Skip("too many processes")
		}
		defer p.finish(0)
		var out bytes.Buffer
		c := &call{host: h, proc: p, ctx: ctx, args: []string{"sed", script}, dir: "/", stdin: strings.NewReader(input), out: &out, stdout: &out, stderr: &out}
		if sedMain(c); ctx.Err() != nil {
			t.Errorf("%q does not end", script)
		}
	})
}

func FuzzShell(f *testing.F) {
	for _, s := range shellTable {
		f.Add(s)
	}
	h := newHost(f)
	f.Fuzz(func(t *testing.T, program string) {
		if strings.ContainsAny(program, "#\f\v\r") {
			return // the parser takes these for comments and blanks in some places only
		}
		file, err := parse(program, "plain")
		if err != nil {
			return
		}
		var plain bytes.Buffer
		if err := syntax.NewPrinter().Print(&plain, file); err != nil {
			return
		}
		if _, err := parse(plain.String(), "plain"); err != nil {
			return // the printer cannot print this even unchanged
		}
		sh := &shell{host: h, proc: &process{host: h, tty: "-"}, name: "ksh", functions: map[string]bool{}}
		text, err := sh.prepare(program)
		if err != nil {
			return
		}
		// What rewriting prints must parse again.
		if _, err := parse(text, "again"); err != nil {
			t.Errorf("%q was rewritten to %q: %v", program, text, err)
		}
	})
}

func FuzzTranslateRegexp(f *testing.F) {
	for _, s := range []string{"a*", `\(x\)\{1,2\}`, "[[:alpha:]]", "^*a$", "a|b", "[]x]", `\`, "[a-", "{1}"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(_ *testing.T, s string, extended bool) { _, _ = translateRegexp(s, extended) })
}

func FuzzPrintf(f *testing.F) {
	f.Add(`%s %5.2d\n\101`, "x")
	f.Fuzz(func(t *testing.T, format, arg string) {
		if text, _ := formatPrintf(format, []string{arg, arg}); len(text) > 2*maxVariableBytes {
			t.Errorf("%d bytes", len(text))
		}
	})
}
