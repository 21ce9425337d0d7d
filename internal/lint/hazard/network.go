// SPDX-License-Identifier: MPL-2.0

package hazard

import (
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// recognisers say what a command does, by its name.
var recognisers map[string]func(*policy.Command)

func init() {
	recognisers = map[string]func(*policy.Command){
		"ifconfig": ifconfig, "rmdev": rmdev, "udefif": removesLogical, "ucfgif": removesLogical, "chdev": chdev, "mktcpip": mktcpip,
		"rmtcpip": func(c *policy.Command) { mark(c, RemovesTCPIP, "TCP/IP") }, "smit": smit, "smitty": smit,
		"odmdelete": odm, "odmchange": odm, "chrctcp": chrctcp,
		"stopsrc": stopsrc, "rmcctrl": rmcctrl, "recfgct": recfgct, "rmitab": rmitab, "chitab": chitab, "rmssys": rmssys, "chssys": chssys, "kill": kill, "pkill": kill, "killall": kill,
		"installp": installp, "geninstall": installp, "rpm": rpm, "dnf": dnf, "yum": dnf,
		"alt_disk_copy": altDisk, "alt_disk_install": altDisk, "alt_disk_mksysb": altDisk, "nimadm": altDisk,
		"nim": nim, "nimclient": nim, "bootlist": bootlist, "bosboot": bosboot, "exportvg": volumeGroup, "reducevg": volumeGroup,
		"chpv": chpv, "rmlv": rmlv, "dd": dd,
		"genfilt": genfilt, "mkfilt": mkfilt,
		"rm": rm, "unlink": rm, "rmdir": rm, "mv": mv, "chmod": chmod,
	}
}

var (
	logicalInterface = regexp.MustCompile(`^(?:en|et|ent)(?:[0-9]+|[0-9*?\[{$].*)$`)
	namedInterface   = regexp.MustCompile(`(?i)^\$\{?(?:_?(?:if|iface|interface|intf|int|nic|en|ent|et|eth|adapter|adpt|netif|net_?if|inet|lan)s?)(?:_?(?:name|device|dev|num|no|[0-9]+))?\}?$|(?i)^\$\{?[a-z0-9]+_(?:if|iface|interface|intf|nic|ent?|adapter)s?[0-9]*\}?$`)
	listsInterfaces  = regexp.MustCompile(`lsdev\b.*(?:-[A-Za-z]*c ?(?:if|adapter)\b|\bent?\b|\bent?\[|\^ent?)|\bifconfig\b|netstat -i|\ben[0-9]|\bent[0-9]|\^ent?\b`)
	defaultRoute     = regexp.MustCompile(`\bdefault\b|route -n get|\broute get\b`)
)

// known reports that the command's word at an index is known in full.
func known(c *policy.Command, index int) bool {
	return index < len(c.Known) && c.Known[index]
}

// whole reports whether a word of the command is known in full, wherever it stands.
func whole(c *policy.Command, text string) bool {
	for i, word := range c.Words {
		if word == text {
			return known(c, i)
		}
	}
	// A value that is written onto its option is not a word of its own.
	for i, word := range c.Words {
		if text != "" && strings.HasSuffix(word, text) {
			return known(c, i)
		}
	}
	return !strings.Contains(text, "$")
}

// interfaceNamed reports that a word names a network interface or an adapter, and
// not clearly the one that the build itself is connected through. A word that is not
// known names one when it says so by its name or by the command that it comes from;
// sure says that the command takes nothing but interfaces there.
func interfaceNamed(c *policy.Command, word string, sure bool) bool {
	word = strings.TrimPrefix(word, "/dev/")
	if logicalInterface.MatchString(word) {
		return true
	}
	if whole(c, word) {
		return false
	}
	if defaultRoute.MatchString(word) {
		return false
	}
	if strings.HasPrefix(word, "$") || strings.HasPrefix(word, "`") {
		return sure || namedInterface.MatchString(word) || listsInterfaces.MatchString(word)
	}
	return false
}

func ifconfig(c *policy.Command) {
	if len(c.Operands) < 2 {
		return
	}
	name, rest := c.Operands[0], c.Operands[1:]
	if !interfaceNamed(c, name, true) {
		return
	}
	family := ""
	for i, word := range rest {
		switch word {
		case "inet", "inet6":
			family = word
		case "down", "detach":
			mark(c, DetachesInterface, name)
		case "delete", "-alias":
			// Both orders are in use: `inet6 ADDRESS delete` and `inet6 delete ADDRESS`.
			if family == "inet6" || strings.Contains(strings.Join(rest, " "), ":") {
				mark(c, DeletesAddress, name)
			}
		default:
			if i <= 1 && family != "inet6" && ipv4.MatchString(word) && !has(rest, "delete") && !has(rest, "-alias") {
				mark(c, GivesIPv4Address, name)
			}
		}
	}
}

var global6 = regexp.MustCompile(`^(?:(?:[23][0-9A-Fa-f]{3}|[fF][cCdD][0-9A-Fa-f]{2}):|::[0-9A-Fa-f])`)
var ipv4 = regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]+)?$`)

func has(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

func option(c *policy.Command, letters string) bool {
	for _, letter := range letters {
		if _, ok := c.Options[string(letter)]; ok {
			return true
		}
	}
	return false
}

// device is the device that a command is about: the value of -l, or its operand.
func device(c *policy.Command) string {
	if name := c.Options["l"]; name != "" {
		return name
	}
	if len(c.Operands) > 0 {
		return c.Operands[0]
	}
	return ""
}

func rmdev(c *policy.Command) {
	name := device(c)
	if name == "" {
		name = c.Options["p"]
	}
	if option(c, "h") || name == "" {
		return
	}
	switch {
	case interfaceNamed(c, name, false):
		mark(c, RemovesInterface, name)
	case option(c, "R") && parents.MatchString(name), option(c, "p") && parents.MatchString(name):
		mark(c, RemovesInterface, name)
	case option(c, "d") && hdisk.MatchString(name):
		mark(c, HarmsBootVolume, name)
	}
}

var (
	// parents are what Ethernet adapters hang on; with -R they take their children along.
	parents = regexp.MustCompile(`^(?:vio[0-9]+|pci[0-9]+|sysplanar0)$`)
	hdisk   = regexp.MustCompile(`^(?:/dev/r?)?hdisk[0-9]+$`)
)

func removesLogical(c *policy.Command) {
	if name := device(c); name != "" && interfaceNamed(c, name, true) {
		mark(c, RemovesInterface, name)
	}
}

func chdev(c *policy.Command) {
	name := device(c)
	if option(c, "h") || name == "" {
		return
	}
	if name == "sys0" {
		if value, ok := c.Attributes["clouddev"]; ok && value == "0" {
			mark(c, ClearsClouddev, name)
		}
		if value, ok := c.Attributes["ghostdev"]; ok && value == "1" {
			mark(c, SetsGhostdev, name)
		}
		return
	}
	_, net4 := c.Attributes["netaddr"]
	_, net6 := c.Attributes["netaddr6"]
	if !interfaceNamed(c, name, net4 || net6) {
		return
	}
	for attribute, value := range c.Attributes {
		switch attribute {
		case "netaddr6", "prefixlen":
			// Another address than a link-local one takes the place of the injected one.
			if value == "" || attribute == "netaddr6" && global6.MatchString(value) {
				mark(c, ClearsAddressAttribute, name)
			}
		case "delalias6":
			mark(c, ClearsAddressAttribute, name)
		case "state":
			if value == "down" || value == "detach" {
				mark(c, DetachesInterface, name)
			}
		case "netaddr":
			if value != "" && value != "0.0.0.0" {
				mark(c, GivesIPv4Address, name)
			}
		}
	}
}

func mktcpip(c *policy.Command) {
	if name := c.Options["i"]; name != "" && interfaceNamed(c, name, true) {
		mark(c, GivesIPv4Address, name)
	}
}

// networkPaths are the fast paths of smit that change the network; those that show
// something are left out.
var networkPaths = regexp.MustCompile(`^(?:mk|ch|rm|config|min|further)?_?(?:tcpip|inet6?|netif|chif|rminet|chinet|mkinet|hostconf)`)

func smit(c *policy.Command) {
	if option(c, "h") {
		return
	}
	for _, path := range append(append([]string{}, c.Operands...), c.Options["f"]) {
		if networkPaths.MatchString(path) {
			mark(c, UsesSmitty, path)
			return
		}
		switch {
		case strings.Contains(path, "alt_mksysb"), strings.Contains(path, "restmksysb"):
			mark(c, RestoresMksysb, path)
		case strings.HasPrefix(path, "alt_clone"), strings.HasPrefix(path, "alt_disk"), strings.HasPrefix(path, "alt_install"):
			mark(c, BootsAnotherVolume, path)
		case strings.HasPrefix(path, "bootlist"):
			mark(c, ChangesBootList, path)
		}
	}
}

var odmDevice = regexp.MustCompile(`\b(?:name|value|dependency)\s*(?:=|like)\s*["']?((?:en|et|ent|vio|sys|inet)[0-9*?$\[][^"' ]*)|\b(?:name|attribute)\s*(?:=|like)\s*["']?(netaddr6|inet0)`)

func odm(c *policy.Command) {
	class := c.Options["o"]
	if class == "SRCsubsys" && strings.Contains(c.Options["q"], "ctrmc") {
		mark(c, RemovesRMCStart, "ctrmc")
	}
	if !strings.HasPrefix(class, "Cu") {
		return
	}
	criteria := c.Options["q"]
	if criteria == "" && c.Name == "odmdelete" {
		mark(c, DeletesDeviceODM, class)
		return
	}
	if match := odmDevice.FindStringSubmatch(criteria); match != nil {
		mark(c, DeletesDeviceODM, match[1]+match[2])
		return
	}
	if i := strings.IndexAny(criteria, "$`"); i >= 0 && interfaceNamed(c, strings.Trim(criteria[i:], `"' `), false) {
		mark(c, DeletesDeviceODM, strings.Trim(criteria[i:], `"' `))
	}
}

func chrctcp(c *policy.Command) {
	for _, daemon := range strings.Fields(strings.ReplaceAll(c.Options["d"], ",", " ")) {
		if daemon == "autoconf6" || daemon == "ndpd-host" {
			mark(c, DisablesAutoconf6, daemon)
		}
	}
}
