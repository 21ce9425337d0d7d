// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

func stringsCommand(c *call) int {
	printable := regexp.MustCompile(`[\x20-\x7e\t]{4,}`)
	return c.inputs(getopt(c.args[1:], "an:o", false).rest, "strings: 0653-350 Cannot open %s\n", func(_ string, r io.Reader) error {
		data, err := readAll(r)
		for _, m := range printable.FindAll(data, -1) {
			c.write(string(m) + "\n")
		}
		return err
	})
}

// od dumps bytes; the address and the types the collector and scripts use.
func od(c *call) int {
	o := getopt(c.args[1:], "A:t:N:j:vbcdoxX", false)
	if o.bad != 0 {
		return c.fail(1, "Usage: od [-v] [-A AddressBase] [-N Count] [-j Skip] [-t TypeString ...] [File ...]\n")
	}
	format := o.value('t')
	for flag, t := range map[byte]string{'b': "o1", 'c': "c", 'd': "u2", 'o': "o2", 'x': "x2", 'X': "x4"} {
		if o.has(flag) {
			format = t
		}
	}
	if format == "" {
		format = "o2"
	}
	var limit, skip int64 = -1, 0
	if v := o.value('N'); v != "" {
		limit, _ = strconv.ParseInt(v, 0, 64)
	}
	if v := o.value('j'); v != "" {
		skip, _ = strconv.ParseInt(v, 0, 64)
	}
	unit := 1
	if len(format) > 1 {
		unit, _ = strconv.Atoi(format[1:])
	} else if format != "c" && format != "a" {
		unit = 4
	}
	if unit != 1 && unit != 2 && unit != 4 && unit != 8 {
		return c.fail(1, "od: 0652-070 %s is not a valid type.\n", format)
	}
	address := func(at int64) string {
		switch o.value('A') {
		case "n":
			return ""
		case "d":
			return fmt.Sprintf("%07d", at)
		case "x":
			return fmt.Sprintf("%07x", at)
		}
		return fmt.Sprintf("%07o", at)
	}
	var at int64
	var row []byte
	flush := func() bool {
		if len(row) == 0 {
			return true
		}
		var b strings.Builder
		b.WriteString(address(at))
		for i := 0; i < len(row); i += unit {
			var v uint64
			for j := 0; j < unit; j++ { // big endian, as POWER is
				v <<= 8
				if i+j < len(row) {
					v |= uint64(row[i+j])
				}
			}
			switch format[0] {
			case 'x':
				fmt.Fprintf(&b, " %0*x", unit*2, v)
			case 'u':
				fmt.Fprintf(&b, " %*d", map[int]int{1: 3, 2: 5, 4: 10, 8: 20}[unit], v)
			case 'd':
				shift := 64 - 8*unit
				fmt.Fprintf(&b, " %*d", map[int]int{1: 4, 2: 6, 4: 11, 8: 20}[unit], int64(v<<shift)>>shift)
			case 'c', 'a':
				ch := byte(v)
				text := string(rune(ch))
				if esc := strings.IndexByte("\x00\a\b\f\n\r\t\v", ch); esc >= 0 {
					text = []string{`\0`, `\a`, `\b`, `\f`, `\n`, `\r`, `\t`, `\v`}[esc]
				} else if ch < 32 || ch > 126 {
					text = fmt.Sprintf("%03o", ch)
				}
				fmt.Fprintf(&b, " %3s", text)
			default:
				fmt.Fprintf(&b, " %0*o", map[int]int{1: 3, 2: 6, 4: 11, 8: 22}[unit], v)
			}
		}
		b.WriteString("\n")
		at += int64(len(row))
		row = row[:0]
		return c.write(b.String())
	}
	code := c.inputs(o.rest, "od: 0652-072 Cannot open %s.\n", func(_ string, r io.Reader) error {
		br := bufio.NewReader(r)
		for limit != 0 {
			b, err := br.ReadByte()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if skip > 0 {
				skip--
				at++
				continue
			}
			row = append(row, b)
			if limit > 0 {
				limit--
			}
			if len(row) == 16 && !flush() {
				return nil
			}
		}
		return nil
	})
	flush()
	if a := address(at); a != "" {
		c.printf("%s\n", a)
	}
	return code
}

// cksum is POSIX's CRC.
func cksum(c *call) int {
	return c.inputs(c.args[1:], "cksum: 0653-100 Cannot open %s\n", func(name string, r io.Reader) error {
		data, err := readAll(r)
		if err != nil {
			return err
		}
		var crc uint32
		step := func(b byte) {
			crc ^= uint32(b) << 24
			for i := 0; i < 8; i++ {
				if crc&(1<<31) != 0 {
					crc = crc<<1 ^ 0x04C11DB7
				} else {
					crc <<= 1
				}
			}
		}
		for _, b := range data {
			step(b)
		}
		for n := len(data); n > 0; n >>= 8 {
			step(byte(n))
		}
		if name == "-" {
			c.printf("%d %d\n", ^crc, len(data))
		} else {
			c.printf("%d %d %s\n", ^crc, len(data), name)
		}
		return nil
	})
}
