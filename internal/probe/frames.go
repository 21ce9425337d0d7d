// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/evidence"
)

// MaxStream bounds what one collection may send, in bytes: every probe's limit
// would still fit, with room for framing.
const MaxStream = 128 << 20

// maxLine bounds one line of the stream, in bytes. A probe's output is cut at its
// limit by the guest, so a longer line is not ours.
const maxLine = 4 << 20

// ErrNoHeader means that nothing in the stream looked like the start of a collection.
var ErrNoHeader = errors.New("no collection found: the collector's first line (`#NONCE collector 1 …`) is missing")

var header = regexp.MustCompile(`^#([0-9a-f]{8,64}) collector ([0-9]+) stdout_limit=([0-9]{1,12}) stderr_limit=([0-9]{1,12})(\r?)$`)

// Parse reads the stream that the collector printed. The nonce must be the one the
// collector was sent; with an empty nonce (a run by hand) the stream's own is taken.
//
// The probes whose frames closed properly are returned in every case. The error
// says why the collection is not complete: no header, another nonce, a frame that
// did not close, a missing last line, a wrong count, text that belongs to no frame.
func Parse(r io.Reader, nonce string) ([]evidence.Probe, string, error) {
	p := frameParser{nonce: nonce}
	lines := bufio.NewReaderSize(io.LimitReader(r, MaxStream+1), 64<<10)
	var read int64
	for {
		line, whole, n, err := readLine(lines)
		read += n
		if read > MaxStream {
			return p.probes, p.nonce, p.incomplete(fmt.Sprintf("more than %d MiB came", MaxStream>>20))
		}
		if len(line) > 0 || whole {
			if problem := p.line(line, whole); problem != "" {
				return p.probes, p.nonce, p.incomplete(problem)
			}
		}
		if errors.Is(err, io.EOF) {
			return p.probes, p.nonce, p.end()
		}
		if err != nil {
			return p.probes, p.nonce, fmt.Errorf("read collection: %w", err)
		}
	}
}

// readLine returns the next line without its newline; whole is false for a last
// line that has none.
func readLine(r *bufio.Reader) (line []byte, whole bool, n int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		n += int64(len(part))
		if len(line)+len(part) > maxLine {
			return line, false, n, fmt.Errorf("a line is longer than %d MiB", maxLine>>20)
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if whole = bytes.HasSuffix(line, []byte{'\n'}); whole {
			line = line[:len(line)-1]
		}
		return line, whole, n, err
	}
}

type frameParser struct {
	nonce                    string
	started, done            bool
	carriageReturns          bool
	stdoutLimit, stderrLimit int
	probes                   []evidence.Probe
	open                     *evidence.Probe
	stdout, stderr           [][]byte
}

// line takes one line and returns what is wrong with it, or nothing.
func (p *frameParser) line(line []byte, whole bool) string {
	if !p.started {
		return p.start(line)
	}
	if p.carriageReturns {
		line = bytes.TrimSuffix(line, []byte{'\r'})
	}
	if control, ok := bytes.CutPrefix(line, []byte("#"+p.nonce+" ")); ok {
		if !whole {
			return "cut off inside a line of the frame"
		}
		return p.control(string(control))
	}
	if p.open == nil {
		return "" // a banner, or progress that a terminal merged in: no frame's business
	}
	switch {
	case !whole:
		return fmt.Sprintf("cut off inside probe %s", p.open.Name)
	case len(line) > 0 && line[0] == '|':
		p.stdout = append(p.stdout, bytes.Clone(line[1:]))
	case len(line) > 0 && line[0] == '!':
		p.stderr = append(p.stderr, bytes.Clone(line[1:]))
	default:
		return fmt.Sprintf("text inside probe %s that the collector did not write: %q", p.open.Name, clip(line))
	}
	return ""
}

func (p *frameParser) start(line []byte) string {
	m := header.FindSubmatch(line)
	if m == nil {
		return "" // a login banner
	}
	if p.nonce != "" && p.nonce != string(m[1]) {
		return "" // somebody else's header
	}
	if string(m[2]) != "1" {
		return fmt.Sprintf("the collector speaks version %s of the framing, this plugin knows 1", m[2])
	}
	p.nonce = string(m[1])
	p.stdoutLimit, _ = strconv.Atoi(string(m[3]))
	p.stderrLimit, _ = strconv.Atoi(string(m[4]))
	p.carriageReturns = len(m[5]) > 0
	p.started = true
	return ""
}

func (p *frameParser) control(text string) string {
	if p.done {
		return "a frame after the last line"
	}
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "begin":
		fields := strings.SplitN(rest, " ", 3)
		if p.open != nil || len(fields) != 3 || fields[0] != strconv.Itoa(len(p.probes)+1) {
			return fmt.Sprintf("a frame begins out of turn: %q", clip([]byte(text)))
		}
		p.open = &evidence.Probe{Name: fields[1], Command: fields[2]}
		p.stdout, p.stderr = nil, nil
	case "end":
		fields := strings.Fields(rest)
		if p.open == nil || len(fields) < 2 || fields[0] != strconv.Itoa(len(p.probes)+1) || fields[1] != p.open.Name {
			return fmt.Sprintf("a frame ends out of turn: %q", clip([]byte(text)))
		}
		p.close(fields[2:])
	case "done":
		if p.open != nil || rest != strconv.Itoa(len(p.probes)) {
			return fmt.Sprintf("the last line counts %q probes, %d came", clip([]byte(rest)), len(p.probes))
		}
		p.done = true
	default:
		return fmt.Sprintf("a frame of unknown kind: %q", clip([]byte(text)))
	}
	return ""
}

// close ends the open frame. The status is an exit code, with a "t" before it when
// the watchdog killed the command.
func (p *frameParser) close(status []string) {
	probe := p.open
	probe.Stdout = bytes.Join(p.stdout, []byte{'\n'})
	probe.Stderr = bytes.Join(p.stderr, []byte{'\n'})
	timedOut := len(status) > 0 && status[0] == "t"
	if timedOut {
		status = status[1:]
	}
	code := -1
	if len(status) == 1 {
		if n, err := strconv.Atoi(status[0]); err == nil && n >= 0 {
			code = n
		}
	}
	probe.ExitCode = code
	switch {
	case timedOut:
		probe.Problem = "timed out"
	case code < 0:
		probe.Problem = "its exit code did not arrive"
	case len(probe.Stdout) >= p.stdoutLimit:
		probe.Problem = fmt.Sprintf("output cut off at %d bytes", p.stdoutLimit)
	case len(probe.Stderr) >= p.stderrLimit:
		probe.Problem = fmt.Sprintf("error output cut off at %d bytes", p.stderrLimit)
	case len(p.stdout) == 0:
		probe.Problem = "its output did not arrive"
	}
	p.probes = append(p.probes, *probe)
	p.open = nil
}

func (p *frameParser) end() error {
	switch {
	case !p.started:
		return ErrNoHeader
	case p.done:
		return p.missing()
	case p.open != nil:
		return p.incomplete("it stopped inside probe " + p.open.Name)
	}
	return p.incomplete("its last line is missing")
}

// missing compares with the probes that this plugin's collector runs.
func (p *frameParser) missing() error {
	if len(p.probes) != len(aix.Probes) {
		return p.incomplete(fmt.Sprintf("%d probes expected", len(aix.Probes)))
	}
	for i, want := range aix.Probes {
		if p.probes[i].Name != want {
			return p.incomplete(fmt.Sprintf("probe %d is %q, expected %s", i+1, p.probes[i].Name, want))
		}
	}
	return nil
}

func (p *frameParser) incomplete(why string) error {
	return fmt.Errorf("the collection is incomplete after %d probes: %s", len(p.probes), why)
}

func clip(b []byte) string {
	if len(b) > 80 {
		return string(b[:80]) + "…"
	}
	return string(b)
}
