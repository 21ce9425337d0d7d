// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParseListeners reads the heading and the listening TCP sockets of `netstat -an`, and
// returns their ports, sorted, each once. The local address is `*.657`, or an address
// with the port after its last dot.
func ParseListeners(output []byte) ([]int, error) {
	ports := []int{}
	heading := false
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if fields[0] == "Proto" {
			heading = true
			continue
		}
		if len(fields) != 6 || !strings.HasPrefix(fields[0], "tcp") || fields[5] != "LISTEN" {
			return nil, badLine(number, line, "a listening TCP socket: protocol, two queues, two addresses and LISTEN")
		}
		local := fields[3]
		port := local[strings.LastIndexByte(local, '.')+1:]
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return nil, badLine(number, line, "a local address that ends in a dot and a port")
		}
		ports = append(ports, int(n))
	}
	if !heading {
		return nil, fmt.Errorf("no heading that begins with Proto")
	}
	slices.Sort(ports)
	return slices.Compact(ports), nil
}

// readRemoteClients tells from the sockets whether ctrmc accepts remote clients: the
// RMC daemon is bound to TCP port 657 only while it does
// (https://www.ibm.com/docs/en/rsct/3.3?topic=security-port-usage). One that does not
// run accepts none.
func (f *Facts) readRemoteClients(outputs Outputs) Fact[bool] {
	if f.Subsystems.IsKnown() && f.rmcStopped() {
		return Known(false)
	}
	return derive(parsed(outputs, ProbeListeners, ParseListeners), func(ports []int) bool { return slices.Contains(ports, rmcPort) })
}

// readArguments reads what the SRC starts ctrmc with. rmcctrl keeps its settings for
// the next start there; which of them means what is not documented, so they are only
// compared, never interpreted.
func readArguments(outputs Outputs) Fact[string] {
	return parsed(outputs, ProbeRMCObject, func(b []byte) (string, error) {
		objects, err := ParseODM(b)
		if err != nil || len(objects) == 0 {
			return "", err // no such subsystem: no arguments
		}
		o := objects[0]
		if len(objects) > 1 || o.Class != "SRCsubsys" || o.Values["subsysname"] != "ctrmc" {
			return "", fmt.Errorf("object of class %s named %q, expected one SRCsubsys named ctrmc", o.Class, firstLine([]byte(o.Values["subsysname"])))
		}
		return strings.TrimSpace(o.Values["cmdargs"]), nil
	})
}
