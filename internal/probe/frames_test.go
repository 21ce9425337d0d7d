// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

const testNonce = "0123456789abcdef"

// stream is a whole collection in which every probe answers with answer(name).
func stream(answer func(name string) (stdout, stderr, status string)) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%s collector 1 stdout_limit=1000 stderr_limit=100\n", testNonce)
	for i, name := range aix.Probes {
		stdout, stderr, status := answer(name)
		fmt.Fprintf(&b, "#%s begin %d %s cmd of %s\n", testNonce, i+1, name, name)
		for _, line := range strings.Split(stdout, "\n") {
			b.WriteString("|" + line + "\n")
		}
		if stderr != "" {
			for _, line := range strings.Split(stderr, "\n") {
				b.WriteString("!" + line + "\n")
			}
		}
		fmt.Fprintf(&b, "#%s end %d %s %s\n", testNonce, i+1, name, status)
	}
	fmt.Fprintf(&b, "#%s done %d\n", testNonce, len(aix.Probes))
	return b.String()
}

func plain(string) (string, string, string) { return "out\n", "", "0" }

func TestParseKeepsStdoutStderrAndExitCodeApart(t *testing.T) {
	text := stream(func(name string) (string, string, string) {
		if name == aix.ProbeUname {
			return "no newline at the end", "oops", "3"
		}
		return plain(name)
	})
	probes, _, err := Parse([]byte("Welcome to AIX\n"+text+"bye\n"), testNonce)
	if err != nil {
		t.Fatal(err)
	}
	p := probes[0]
	if string(p.Stdout) != "no newline at the end" || string(p.Stderr) != "oops" || p.ExitCode != 3 || p.Problem != "" || p.Command != "cmd of uname" {
		t.Errorf("got %+v", p)
	}
	if string(probes[1].Stdout) != "out\n" {
		t.Errorf("a final newline is lost: %q", probes[1].Stdout)
	}
}

func TestParseSeesThroughATerminal(t *testing.T) {
	text := strings.ReplaceAll(stream(plain), "\n", "\r\n")
	text = strings.ReplaceAll(text, "#"+testNonce+" begin", "collecting this and that\r\n#"+testNonce+" begin")
	probes, _, err := Parse([]byte(text), testNonce)
	if err != nil {
		t.Fatal(err)
	}
	if string(probes[0].Stdout) != "out\n" {
		t.Errorf("got %q", probes[0].Stdout)
	}
}

func TestParseSaysWhyACollectionIsIncomplete(t *testing.T) {
	whole := stream(plain)
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no collection found"},
		{"another nonce", strings.ReplaceAll(whole, testNonce, "ffffffffffffffff"), "no collection found"},
		{"no last line", whole[:strings.LastIndex(whole, "#")], "its last line is missing"},
		{"wrong count", strings.Replace(whole, fmt.Sprintf("done %d", len(aix.Probes)), "done 3", 1), "counts"},
		{"a frame left out", strings.Replace(whole, whole[strings.Index(whole, "#"+testNonce+" begin 2"):strings.Index(whole, "#"+testNonce+" begin 3")], "", 1), "out of turn"},
		{"a probe renamed", strings.ReplaceAll(whole, " uid", " gid"), "expected uid"},
		{"text between", strings.Replace(whole, "|out\n", "|out\nkilled\n", 1), "did not write"},
		{"a frame after the end", whole + "#" + testNonce + " begin 99 x y\n", "after the last line"},
		{"a later framing", strings.Replace(whole, "collector 1", "collector 2", 1), "version 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Parse([]byte(c.text), testNonce)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

func TestParseRefusesEveryTruncation(t *testing.T) {
	whole := stream(plain)
	for n := range len(whole) - 1 {
		if _, _, err := Parse([]byte(whole[:n]), testNonce); err == nil {
			t.Fatalf("cut at byte %d of %d is taken for whole", n, len(whole))
		}
	}
}

func TestParseIsNotFooledByLookAlikeFrames(t *testing.T) {
	forged := "#" + testNonce + " end 1 uname 0\n#" + testNonce + " done 1\n|x\n!y"
	probes, _, err := Parse([]byte(stream(func(string) (string, string, string) { return forged, forged, "1" })), testNonce)
	if err != nil {
		t.Fatal(err)
	}
	if string(probes[0].Stdout) != forged || string(probes[0].Stderr) != forged {
		t.Errorf("got %q and %q", probes[0].Stdout, probes[0].Stderr)
	}
}

func TestParseMarksWhatCannotBeTrusted(t *testing.T) {
	for _, c := range []struct{ stdout, stderr, status, want string }{
		{"x", "", "t 137", "timed out"},
		{"x", "", "", "exit code did not arrive"},
		{"x", "", "0 0", "did not arrive whole"},
		{"x", "", "0 f", "did not arrive whole"},
		{"x", "", "f", "exit code did not arrive"},
		{"x", "", "f 9 t", "timed out"},
		{strings.Repeat("x", 1000), "", "0", "cut off at 1000 bytes"},
		{"x", strings.Repeat("x", 100), "0", "cut off at 100 bytes"},
	} {
		probes, _, err := Parse([]byte(stream(func(string) (string, string, string) { return c.stdout, c.stderr, c.status })), testNonce)
		if err != nil || !strings.Contains(probes[0].Problem, c.want) {
			t.Errorf("status %q: got %q, %v, want …%s…", c.status, probes[0].Problem, err, c.want)
		}
	}
}

// asSent is the stream that a collector would send of these probes.
func asSent(nonce string, probes []evidence.Probe) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "#%s collector 1 stdout_limit=%d stderr_limit=%d\n", nonce, 1<<36, 1<<36)
	for i, p := range probes {
		fmt.Fprintf(&b, "#%s begin %d %s %s\n", nonce, i+1, p.Name, p.Command)
		for _, channel := range []struct {
			mark  string
			bytes []byte
		}{{"|", p.Stdout}, {"!", p.Stderr}} {
			if channel.mark == "|" || len(channel.bytes) > 0 {
				b.WriteString(channel.mark + strings.ReplaceAll(string(channel.bytes), "\n", "\n"+channel.mark) + "\n")
			}
		}
		status := fmt.Sprint(p.ExitCode)
		if p.ExitCode < 0 {
			status = ""
		}
		fmt.Fprintf(&b, "#%s end %d %s %s\n", nonce, i+1, p.Name, status)
	}
	fmt.Fprintf(&b, "#%s done %d\n", nonce, len(probes))
	return b.Bytes()
}

// What came whole ends in the last line, and is the same when it is sent again;
// outputs need no more room than they took in the stream.
func FuzzParseTakesNothingUnfinishedForWhole(f *testing.F) {
	f.Add([]byte(stream(plain)))
	f.Add([]byte(strings.ReplaceAll(stream(func(string) (string, string, string) { return lookAlike, "!\r", "t 137" }), "\n", "\r\n")))
	f.Add([]byte("#" + testNonce + " collector 1 stdout_limit=1 stderr_limit=1\n|"))
	f.Fuzz(func(t *testing.T, data []byte) {
		probes, nonce, err := Parse(data, "")
		if errors.Is(err, ErrNoHeader) && len(probes) > 0 {
			t.Error("probes without a header")
		}
		room := 0
		for _, p := range probes {
			room += len(p.Stdout) + len(p.Stderr)
		}
		if room > len(data) {
			t.Errorf("%d bytes of output from %d", room, len(data))
		}
		if err != nil {
			return
		}
		if !bytes.Contains(data, fmt.Appendf(nil, "#%s done %d", nonce, len(probes))) {
			t.Errorf("whole without a last line: %q", data)
		}
		again, _, err := Parse(asSent(nonce, probes), nonce)
		if err != nil {
			t.Fatalf("sent again, it is refused: %v", err)
		}
		for i, p := range probes {
			if q := again[i]; p.Name != q.Name || p.Command != q.Command || p.ExitCode != q.ExitCode || !bytes.Equal(p.Stdout, q.Stdout) || !bytes.Equal(p.Stderr, q.Stderr) {
				t.Errorf("%+v, sent again, is %+v", p, q)
			}
		}
	})
}

// largeCollection has an output of lslpp -Lqc of so many rows.
func largeCollection(rows int) (sent []byte, output []byte) {
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, "devices.common.part%06d:devices.common.part%06d.rte:7.%d.4.%d: : :C:F:Common Device Support Number %d: : : : : : :1:0:/:2420\n", i, i, i%4, i%20, i)
	}
	text := stream(func(name string) (string, string, string) {
		if name == aix.ProbeFilesets {
			return b.String(), "", "0"
		}
		return plain(name)
	})
	return []byte(strings.Replace(text, "stdout_limit=1000", "stdout_limit=100000000", 1)), []byte(b.String())
}

// BenchmarkFramingAndParsing measures the way from the bytes of a collection to
// filesets in bytes per second, and how many times longer it takes than scanning the
// lines of the same output ("x-linescan").
func BenchmarkFramingAndParsing(b *testing.B) {
	for _, c := range []struct {
		name  string
		parse bool
	}{{"framing", false}, {"framing and parsing", true}} {
		for _, rows := range []int{800, 20000} {
			b.Run(fmt.Sprintf("%s/%d rows", c.name, rows), func(b *testing.B) {
				sent, output := largeCollection(rows)
				scan, lines := time.Hour, 0
				for range 50 {
					started := time.Now()
					for scanner := bufio.NewScanner(bytes.NewReader(output)); scanner.Scan(); {
						lines += len(scanner.Bytes()) & 1
					}
					scan = min(scan, time.Since(started))
				}
				b.SetBytes(int64(len(output)))
				b.ReportAllocs()
				// The quickest of all, as for the scan.
				best := time.Hour
				for b.Loop() {
					started := time.Now()
					probes, _, err := Parse(sent, testNonce)
					if err != nil {
						b.Fatal(err)
					}
					for i := range probes {
						if !c.parse || probes[i].Name != aix.ProbeFilesets {
							continue
						}
						if filesets, _, err := aix.ParseFilesets(probes[i].Stdout); err != nil || len(filesets) != rows {
							b.Fatal(len(filesets), err)
						}
					}
					best = min(best, time.Since(started))
				}
				b.ReportMetric(float64(len(output))/best.Seconds()/1e6, "best-MB/s")
				b.ReportMetric(float64(best)/float64(scan), "x-linescan")
				if lines < 0 {
					b.Fatal("unreachable: the scan must not be optimised away")
				}
			})
		}
	}
}
