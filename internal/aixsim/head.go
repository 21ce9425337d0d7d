// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

func head(c *call) int {
	args := c.args[1:]
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0][1] >= '0' && args[0][1] <= '9' {
		args = append([]string{"-n", args[0][1:]}, args[1:]...)
	}
	o := getopt(args, "n:c:q", false)
	if o.bad != 0 {
		return c.fail(1, "Usage: head [-n Number | -Number | -c Number] [File ...]\n")
	}
	count, bytesMode := 10, o.has('c')
	for _, f := range []byte{'n', 'c'} {
		if v := o.value(f); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 {
				return c.fail(1, "head: 0652-101 %s is not a valid number.\n", v)
			}
			count = n
		}
	}
	first := true
	return c.inputs(o.rest, "head: 0653-341 The file %s does not exist.\n", func(name string, r io.Reader) error {
		if len(o.rest) > 1 {
			if !first {
				c.printf("\n")
			}
			c.printf("==> %s <==\n", name)
			first = false
		}
		if bytesMode {
			_, err := io.CopyN(c.out, r, int64(count))
			if err == io.EOF {
				err = nil
			}
			return err
		}
		// Byte by byte: what comes after the last line stays for the next reader.
		left := count
		if _, ok := r.(contextReader).r.(*handle); ok {
			return lines(r, func(line string, newline bool) bool {
				if left == 0 {
					return false
				}
				left--
				return c.write(line+strings.Repeat("\n", b2i(newline))) && left > 0
			})
		}
		var buf bytes.Buffer
		one := make([]byte, 1)
		for left > 0 {
			n, err := r.Read(one)
			if n > 0 {
				buf.WriteByte(one[0])
				if one[0] == '\n' {
					left--
				}
				if buf.Len() >= 4096 || left == 0 || one[0] == '\n' {
					if !c.write(buf.String()) {
						return nil
					}
					buf.Reset()
				}
			}
			if err != nil {
				c.write(buf.String())
				if err == io.EOF {
					return nil
				}
				return err
			}
		}
		return nil
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func tail(c *call) int {
	args := c.args[1:]
	count, from, bytesMode := 10, false, false
	if len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') && args[0][1] >= '0' && args[0][1] <= '9' {
		args = append([]string{"-n", strings.TrimPrefix(args[0], "-")}, args[1:]...)
	}
	o := getopt(args, "n:c:frb:", false)
	for _, f := range []byte{'n', 'c'} {
		if v := o.value(f); v != "" {
			bytesMode = f == 'c'
			from = strings.HasPrefix(v, "+")
			n, err := strconv.Atoi(strings.TrimLeft(v, "+-"))
			if err != nil {
				return c.fail(1, "Usage: tail [-f] [-c Number | -n Number] [File]\n")
			}
			count = n
		}
	}
	return c.inputs(o.rest, "tail: 0653-341 The file %s does not exist.\n", func(_ string, r io.Reader) error {
		data, err := readAll(r)
		if err != nil {
			return err
		}
		var unit [][]byte
		if bytesMode {
			if from {
				count = min(max(count-1, 0), len(data))
				c.write(string(data[count:]))
				return nil
			}
			c.write(string(data[max(0, len(data)-count):]))
			return nil
		}
		unit = bytes.SplitAfter(data, []byte("\n"))
		if len(unit) > 0 && len(unit[len(unit)-1]) == 0 {
			unit = unit[:len(unit)-1]
		}
		start := max(0, len(unit)-count)
		if from {
			start = min(max(count-1, 0), len(unit))
		}
		c.write(string(bytes.Join(unit[start:], nil)))
		return nil
	})
}

// readAll reads to the end, within a file's limit.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = errors.New("too much input")
	}
	return data, err
}
