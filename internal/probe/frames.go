// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
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
// The probes whose frames closed properly are returned in every case, and share no
// memory with the stream. The error says why the collection is not complete: no
// header, another nonce, a frame that did not close, a missing last line, a wrong
// count, text that belongs to no frame.
func Parse(stream []byte, nonce string) ([]evidence.Probe, string, error) {
	p := frameParser{nonce: nonce}
	tooLong := len(stream) > MaxStream
	if tooLong {
		stream = stream[:MaxStream]
	}
	for len(stream) > 0 {
		line, rest, whole := bytes.Cut(stream, []byte{'\n'})
		problem := ""
		if len(line) > maxLine {
			problem = fmt.Sprintf("a line is longer than %d MiB", maxLine>>20)
		} else {
			problem = p.line(line, rest, whole)
		}
		if problem != "" {
			return p.probes, p.nonce, p.incomplete(problem)
		}
		stream = rest
	}
	if tooLong {
		return p.probes, p.nonce, p.incomplete(fmt.Sprintf("more than %d MiB came", MaxStream>>20))
	}
	return p.probes, p.nonce, p.end()
}

type frameParser struct {
	nonce string
	// mark begins the lines that are the frames' own.
	mark                     []byte
	started, done            bool
	carriageReturns          bool
	stdoutLimit, stderrLimit int
	probes                   []evidence.Probe
	open                     *evidence.Probe
	stdout, stderr           text
}

// text gathers the lines of one channel.
type text struct {
	bytes []byte
	lines int
}

func (t *text) add(line []byte) {
	if t.lines > 0 {
		t.bytes = append(t.bytes, '\n')
	}
	t.bytes = append(t.bytes, line...)
	t.lines++
}

// line takes one line, with what comes after it, and returns what is wrong with it,
// or nothing. A last line without its newline is not whole.
func (p *frameParser) line(line, rest []byte, whole bool) string {
	if !p.started {
		return p.start(line)
	}
	if p.carriageReturns {
		line = bytes.TrimSuffix(line, []byte{'\r'})
	}
	if control, ok := bytes.CutPrefix(line, p.mark); ok {
		if !whole {
			return "cut off inside a line of the frame"
		}
		return p.control(string(control), rest)
	}
	if p.open == nil {
		return "" // a banner, or progress that a terminal merged in: no frame's business
	}
	switch {
	case !whole:
		return fmt.Sprintf("cut off inside probe %s", p.open.Name)
	case len(line) > 0 && line[0] == '|':
		p.stdout.add(line[1:])
	case len(line) > 0 && line[0] == '!':
		p.stderr.add(line[1:])
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
	p.mark = []byte("#" + p.nonce + " ")
	p.stdoutLimit, _ = strconv.Atoi(string(m[3]))
	p.stderrLimit, _ = strconv.Atoi(string(m[4]))
	p.carriageReturns = len(m[5]) > 0
	p.started = true
	return ""
}

func (p *frameParser) control(words string, after []byte) string {
	if p.done {
		return "a frame after the last line"
	}
	verb, tail, _ := strings.Cut(words, " ")
	switch verb {
	case "begin":
		fields := strings.SplitN(tail, " ", 3)
		if p.open != nil || len(fields) != 3 || fields[0] != strconv.Itoa(len(p.probes)+1) {
			return fmt.Sprintf("a frame begins out of turn: %q", clip([]byte(words)))
		}
		// JSON holds no other text than UTF-8.
		p.open = &evidence.Probe{Name: strings.ToValidUTF8(fields[1], "\uFFFD"), Command: strings.ToValidUTF8(fields[2], "\uFFFD")}
		p.stdout, p.stderr = p.room(after), text{}
	case "end":
		fields := strings.Fields(tail)
		if p.open == nil || len(fields) < 2 || fields[0] != strconv.Itoa(len(p.probes)+1) || fields[1] != p.open.Name {
			return fmt.Sprintf("a frame ends out of turn: %q", clip([]byte(words)))
		}
		p.close(fields[2:])
	case "done":
		if p.open != nil || tail != strconv.Itoa(len(p.probes)) {
			return fmt.Sprintf("the last line counts %q probes, %d came", clip([]byte(tail)), len(p.probes))
		}
		p.done = true
	default:
		return fmt.Sprintf("a frame of unknown kind: %q", clip([]byte(words)))
	}
	return ""
}

// room makes room for the output of a frame that begins: all that comes before the
// next line of the frames' own, which in a whole stream is the frame's end.
func (p *frameParser) room(rest []byte) text {
	if end := bytes.Index(rest, append([]byte{'\n'}, p.mark...)); end >= 0 {
		return text{bytes: make([]byte, 0, end)}
	}
	return text{}
}

// close ends the open frame. The status is an exit code, with a "t" where the
// watchdog killed the command, and an "f" where the guest could not put an output
// into its frame.
func (p *frameParser) close(status []string) {
	probe := p.open
	probe.Stdout, probe.Stderr = slices.Clip(p.stdout.bytes), p.stderr.bytes
	if probe.Stdout == nil {
		probe.Stdout = evidence.Bytes{}
	}
	if probe.Stderr == nil {
		probe.Stderr = evidence.Bytes{}
	}
	code, timedOut, unframed := -1, false, false
	for _, word := range status {
		n, err := strconv.ParseUint(word, 10, 16)
		switch {
		case word == "t":
			timedOut = true
		case err == nil && code < 0:
			code = int(n)
		default:
			unframed = true
		}
	}
	probe.ExitCode = code
	switch {
	case timedOut:
		probe.Problem = "timed out"
	case len(probe.Stdout) >= p.stdoutLimit:
		probe.Problem = fmt.Sprintf("output cut off at %d bytes", p.stdoutLimit)
	case len(probe.Stderr) >= p.stderrLimit:
		probe.Problem = fmt.Sprintf("error output cut off at %d bytes", p.stderrLimit)
	case code < 0:
		probe.Problem = "its exit code did not arrive"
	case p.stdout.lines == 0, unframed:
		probe.Problem = "its output did not arrive whole (head or sed failed on the guest)"
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
