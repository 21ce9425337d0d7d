// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kernel is what `uname -a` says.
type Kernel struct {
	// OS is the kernel's name, Hostname the node's.
	OS, Hostname string
	// Version is version and release, for instance "7.3"; empty on other systems than AIX.
	Version string
}

// ParseUname reads `uname -a`. AIX prints the release before the version, as in
// "AIX host 3 7 00F6…", and the machine's id.
func ParseUname(output []byte) (Kernel, error) {
	fields := strings.Fields(string(output))
	if len(fields) < 3 || !isWord(fields[0]) || !isWord(fields[1]) {
		return Kernel{}, badLine(1, string(output), "what uname -a prints")
	}
	k := Kernel{OS: fields[0], Hostname: fields[1]}
	if k.OS == "AIX" {
		if len(fields) != 5 || !isDigits(fields[2]) || !isDigits(fields[3]) {
			return Kernel{}, badLine(1, string(output), "AIX, a host name, a release, a version and the machine's id")
		}
		k.Version = fields[3] + "." + fields[2]
	}
	return k, nil
}

// ParseUID reads `id -u` and reports whether it is root's.
func ParseUID(output []byte) (bool, error) {
	uid, err := strconv.ParseUint(strings.TrimSpace(string(output)), 10, 32)
	if err != nil {
		return false, badLine(1, string(output), "a user id")
	}
	return uid == 0, nil
}

// ParseDate reads `date -u +%Y-%m-%dT%H:%M:%SZ` and returns it in RFC 3339.
func ParseDate(output []byte) (string, error) {
	t, err := time.Parse("2006-01-02T15:04:05Z", strings.TrimSpace(string(output)))
	if err != nil {
		return "", badLine(1, string(output), "a time such as 2026-01-31T12:00:00Z")
	}
	return t.Format(time.RFC3339), nil
}

// parseOSLevelOutput reads the whole output of `oslevel -s`, one line.
func parseOSLevelOutput(output []byte) (OSLevel, error) { return ParseOSLevel(string(output)) }

// parseSys0 reads sys0's attributes; modelname is there on every machine, so that an
// output without it is not whole.
func parseSys0(output []byte) (map[string]string, error) {
	attributes, err := ParseAttributes(output)
	if err != nil {
		return nil, err
	}
	if attributes["modelname"] == "" {
		return nil, fmt.Errorf("no attribute modelname listed")
	}
	return attributes, nil
}

// clockSkew compares the guest's clock, which tells whole seconds, with the time that
// the collection took on the Packer host.
func clockSkew(guest Fact[string], options ReadOptions) Fact[int] {
	if options.Started.Year() <= 1 || options.Ended.Year() <= 1 {
		return Unknown[int](Why{Reason: "collected by hand: the time on the Packer host is not known"})
	}
	text, known := guest.Get()
	if !known {
		return Unknown[int](guest.Why())
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return Unknown[int](Why{Probe: ProbeDate, Reason: err.Error()})
	}
	switch first, last := options.Started.Truncate(time.Second), options.Ended; {
	case t.Before(first):
		return Known(int(t.Sub(first) / time.Second))
	case t.After(last):
		return Known(int((t.Sub(last) + time.Second - 1) / time.Second))
	}
	return Known(0)
}
