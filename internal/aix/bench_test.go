// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"bufio"
	"bytes"
	"fmt"
	"testing"
	"time"
)

// manyFilesets is an output of lslpp -Lqc with many rows, sorted as lslpp sorts them, one in seven an RPM.
func manyFilesets(rows int) []byte {
	var b bytes.Buffer
	for i := range rows {
		if i%7 == 0 {
			fmt.Fprintf(&b, "pkg%06d:pkg%06d-%d.4-2:%d.4-2: : :C:R:A package that does one thing well: :/bin/rpm -e pkg%d: : : : :0: :(none):Fri Aug 13 04:33:12 EDT 2021\n", i, i, i, i, i)
			continue
		}
		fmt.Fprintf(&b, "devices.common.part%06d:devices.common.part%06d.rte:7.%d.4.%d: : :C:F:Common Device Support Number %d: : : : : : :1:0:/:2420\n", i, i, i%4, i%20, i)
	}
	return b.Bytes()
}

// scanLines is the least that reading lines can cost.
func scanLines(input []byte) int {
	lines := 0
	scanner := bufio.NewScanner(bytes.NewReader(input))
	for scanner.Scan() {
		lines += len(scanner.Bytes()) & 1
	}
	return lines
}

// BenchmarkParseFilesets measures parsing in bytes per second, and how many times
// longer it takes than scanning the same lines ("x-linescan").
func BenchmarkParseFilesets(b *testing.B) {
	for _, rows := range []int{800, 20000} {
		b.Run(fmt.Sprintf("%d rows", rows), func(b *testing.B) {
			input := manyFilesets(rows)
			// The quickest of many scans, since other work disturbs short ones most.
			scan, scanned := time.Hour, 0
			for range 50 {
				started := time.Now()
				scanned += scanLines(input)
				scan = min(scan, time.Since(started))
			}
			b.SetBytes(int64(len(input)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := ParseFilesets(input); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(scan), "x-linescan")
			if scanned < 0 {
				b.Fatal("unreachable: the scan must not be optimised away")
			}
		})
	}
}

// BenchmarkRead measures reading a whole collection.
func BenchmarkRead(b *testing.B) {
	outputs := outputsOf(guest)
	b.ReportAllocs()
	for b.Loop() {
		Read(outputs, ReadOptions{})
	}
}

// Parsing time grows with the input, not with its square: a regression here would
// let a guest stall the build.
func TestParsingTimeIsLinear(t *testing.T) {
	least := func(input []byte) time.Duration {
		best := time.Hour
		for range 5 {
			started := time.Now()
			if _, _, err := ParseFilesets(input); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(started))
		}
		return best
	}
	small, large := least(manyFilesets(2000)), least(manyFilesets(32000))
	if large > 100*small+50*time.Millisecond {
		t.Errorf("16 times the rows take %s instead of %s", large, small)
	}
}

// Outputs made to take long: each parser gets as much as a probe may send.
func TestHostileOutputsAreReadInTime(t *testing.T) {
	const size = 128 << 10
	interfaces := ""
	for i := range 12000 {
		interfaces += fmt.Sprintf("%c%c%d: flags=1<UP>\n\tinet6 fe80::1/64\n", 'a'+i%26, 'a'+i/26%26, i/676)
	}
	for name, unit := range map[string]string{
		"interfaces":   interfaces,
		"empty lines":  "\n",
		"colons":       ":",
		"blanks":       " ",
		"quotes":       `"`,
		"brackets":     "[,",
		"one token":    "a",
		"dots":         ".",
		"list items":   "\n - [a, b]",
		"sections":     "@@ a\n@@ = 0\n",
		"fileset rows": "x:a:1: : :C: :d: : : : : : :0:0:/:\n",
		"chdev":        "chdev -l en1 -a netaddr6=fe80::1;",
		"ifconfig":     "en0: flags=1<UP>\n\tinet6 fe80::1/64\n",
	} {
		input := bytes.Repeat([]byte(unit), size/len(unit))
		for parser, parse := range parsers {
			started := time.Now()
			_, _ = parse(input)
			_, _ = parse(append([]byte(rcHead), input...))
			if took := time.Since(started); took > 10*time.Second {
				t.Errorf("%s takes %s for %s", parser, took, name)
			}
		}
	}
}
