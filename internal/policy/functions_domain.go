// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"net"
	"net/netip"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// domainFunctions are the functions about AIX and its network.
func domainFunctions() []entry {
	domain := func(name string, impl function.Function, description, example, result string) entry {
		return entry{Function: Function{Name: name, Description: description, Example: example, Result: result, Domain: true}, impl: impl}
	}
	return []entry{
		domain("level_compare", levelCompareFunc, "-1, 0 or 1 as the first level is before, equal to or after the second; the parts are compared as numbers, and missing ones count as 0.", `level_compare("3.2.0.10", "3.2.0.9")`, `1`),
		domain("level_at_least", levelAtLeastFunc, "Whether a level is the given one or a later one.", `level_at_least("3.2.6.2", "3.2.1.0")`, `true`),
		domain("ip_scope", ipScopeFunc, "The scope of an address: link-local, global, loopback, unspecified, multicast, unique-local, ipv4-compatible, or ipv4-NAME; empty for text that is no address.", `ip_scope("fe80::1")`, `"link-local"`),
		domain("is_link_local", isLinkLocalFunc, "Whether a text is an IPv6 link-local address (fe80::/10); a prefix length or zone may follow.", `is_link_local("2001:db8::1/64")`, `false`),
		domain("eui64", eui64Func, "The link-local address that an adapter's MAC address gives (modified EUI-64, RFC 4291).", `eui64("22:5f:df:3e:dc:56")`, `"fe80::205f:dfff:fe3e:dc56"`),
		domain("same_address", sameAddressFunc, "Whether two texts write the same IP address.", `same_address("fe80:0::1", "FE80::1")`, `true`),
	}
}

func levelFunction(returns cty.Type, second string, result func(order int) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "level", Type: cty.String}, {Name: second, Type: cty.String}},
		Type:   function.StaticReturnType(returns),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			a, err := aix.ParseLevel(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			b, err := aix.ParseLevel(args[1].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(1, err)
			}
			return result(a.Compare(b)), nil
		},
	})
}

var (
	levelCompareFunc = levelFunction(cty.Number, "other", func(order int) cty.Value { return cty.NumberIntVal(int64(order)) })
	levelAtLeastFunc = levelFunction(cty.Bool, "minimum", func(order int) cty.Value { return cty.BoolVal(order >= 0) })
)

// address reads an IP address, leaving out a prefix length and a zone.
func address(s string) (netip.Addr, bool) {
	s, _, _ = strings.Cut(s, "/")
	s, _, _ = strings.Cut(s, "%")
	a, err := netip.ParseAddr(s)
	return a, err == nil
}

func scope(s string) string {
	a, ok := address(s)
	if !ok {
		return ""
	}
	family := ""
	if a.Is4() || a.Is4In6() {
		a, family = a.Unmap(), "ipv4-"
	}
	switch {
	case a.IsUnspecified():
		return family + "unspecified"
	case a.IsLoopback():
		return family + "loopback"
	case a.IsLinkLocalUnicast():
		return family + "link-local"
	case a.IsMulticast():
		return family + "multicast"
	case family == "" && a.IsPrivate():
		return "unique-local"
	case family == "" && netip.MustParsePrefix("::/96").Contains(a):
		return "ipv4-compatible"
	case a.IsPrivate():
		return family + "private"
	}
	return family + "global"
}

var ipScopeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "address", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.StringVal(scope(args[0].AsString())), nil
	},
})

var isLinkLocalFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "address", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.BoolVal(scope(args[0].AsString()) == "link-local"), nil
	},
})

var sameAddressFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "address", Type: cty.String}, {Name: "other", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		a, okA := address(args[0].AsString())
		b, okB := address(args[1].AsString())
		return cty.BoolVal(okA && okB && a == b), nil
	},
})

// eui64Func turns a MAC address into the link-local address that nova-powervm's
// config drive gives the RMC adapter (openstack/nova-powervm, virt/powervm/media.py):
// fe80::/64 with the modified EUI-64 of RFC 4291, appendix A.
var eui64Func = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "mac", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		mac, err := net.ParseMAC(args[0].AsString())
		if err != nil || len(mac) != 6 {
			return cty.NilVal, function.NewArgErrorf(0, "%.40q is not a MAC address of six octets", args[0].AsString())
		}
		a := [16]byte{0: 0xfe, 1: 0x80, 8: mac[0] ^ 2, 9: mac[1], 10: mac[2], 11: 0xff, 12: 0xfe, 13: mac[3], 14: mac[4], 15: mac[5]}
		return cty.StringVal(netip.AddrFrom16(a).String()), nil
	},
})
