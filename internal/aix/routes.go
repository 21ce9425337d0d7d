// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"strings"
)

// ParseRoutes6 reads the IPv6 part of `netstat -rn`: destination, gateway, flags,
// references, use, interface. Local routes have an empty gateway column and long
// addresses break the columns, so that the flags are found by what follows them:
// two numbers. The heading must be there, since an output without it is not known
// to be without routes.
func ParseRoutes6(output []byte) ([]Route, error) {
	routes := []Route{}
	inside, heading := false, false
	for number, line := range lines(output) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		// "Route Tree for Protocol Family 24 (Internet v6):" on AIX 7.1, "Route tree"
		// later; only the bracket is left where netstat quarrels about its Z flag.
		if last := strings.TrimSpace(line); strings.HasSuffix(last, "):") {
			inside = strings.HasSuffix(last, "(Internet v6):")
			heading = heading || inside
			continue
		}
		if !inside || strings.HasPrefix(line, "Only the root user can specify") {
			continue
		}
		at := 0
		for i := 1; i <= 2 && i+3 < len(fields); i++ {
			if isRouteFlags(fields[i]) && isDigits(fields[i+1]) && isDigits(fields[i+2]) {
				at = i
				break
			}
		}
		// A long destination can run into the gateway: then the two are one word, which
		// must not read as a route without a gateway.
		if at == 0 || !isWord(fields[at+3]) || !isDestination6(fields[0]) {
			return nil, badLine(number, line, "a destination, a gateway or none, flags, references, use and an interface")
		}
		r := Route{Destination: fields[0], Flags: fields[at], Interface: fields[at+3]}
		if at == 2 {
			r.Gateway = fields[1]
		}
		routes = append(routes, r)
	}
	if !heading {
		return nil, fmt.Errorf("no heading of the IPv6 route tree")
	}
	return routes, nil
}

// isDestination6 reports whether text is "default", or an IPv6 address that may have a
// zone and a prefix length, as in ff01::%1/16.
func isDestination6(text string) bool {
	address, length, prefixed := strings.Cut(text, "/")
	if _, err := parseAddress6(address); err != nil {
		return text == "default"
	}
	return !prefixed || isDigits(length) && len(length) <= 3
}

func isRouteFlags(text string) bool {
	return text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}
