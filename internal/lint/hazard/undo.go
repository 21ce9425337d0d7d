// SPDX-License-Identifier: MPL-2.0

package hazard

import (
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// undone says which commands take a hazard back. Hazards that are not here stay:
// cfgmgr brings a removed interface back, but not its address.
var undone = map[string]func(hazard, later *policy.Command) bool{
	StopsRMC: func(_, later *policy.Command) bool {
		switch later.Name {
		case "startsrc":
			return has(lines(later.Options["s"]), "ctrmc") || has(lines(later.Options["g"]), "rsct")
		case "rmcctrl":
			return option(later, "sA")
		case "recfgct":
			// It starts ctrmc again when it is done.
			return !option(later, "h")
		}
		return false
	},
	RemovesRMCStart: func(hazard, later *policy.Command) bool {
		if later.Name == "rmcctrl" {
			return option(later, "aA")
		}
		if bringsBack(hazard, later) {
			return true
		}
		return later.Name == "mkitab" && slices.ContainsFunc(later.Operands, func(entry string) bool { return strings.HasPrefix(entry, "ctrmc:") })
	},
	RemovesChdevLine:      bringsBack,
	RemovesCloudInit:      bringsBack,
	DisablesRemoteClients: func(_, later *policy.Command) bool { return later.Name == "rmcctrl" && option(later, "pq") },
	DeletesNodeID: func(hazard, later *policy.Command) bool {
		return later.Name == "recfgct" && !option(later, "h") || bringsBack(hazard, later)
	},
	DetachesInterface: restoresAddress,
	DeletesAddress:    restoresAddress,
	ClearsAddressAttribute: func(hazard, later *policy.Command) bool {
		return later.Name == "chdev" && restoresAddress(hazard, later)
	},
	BootsAnotherVolume: leadsBack,
	ChangesBootList:    leadsBack,
	ClearsClouddev: func(_, later *policy.Command) bool {
		return later.Name == "chdev" && device(later) == "sys0" && later.Attributes["clouddev"] == "1"
	},
	SetsGhostdev: func(_, later *policy.Command) bool {
		return later.Name == "chdev" && device(later) == "sys0" && later.Attributes["ghostdev"] == "0"
	},
	DisablesAutoconf6: func(hazard, later *policy.Command) bool {
		return bringsBack(hazard, later) || later.Name == "chrctcp" && strings.Contains(later.Options["a"], hazard.Target) && hazard.Target != ""
	},
}

// linkLocal reports that an address is a link-local one, or is not known.
func linkLocal(address string) bool {
	return strings.HasPrefix(strings.ToLower(address), "fe80:") || strings.ContainsAny(address, "$`")
}

// leadsBack reports that a command points the boot list elsewhere again; where that is
// somewhere else than rootvg, the command has the hazard itself.
func leadsBack(hazard, later *policy.Command) bool {
	if later.Name != "bootlist" || option(later, "i") || len(later.Operands) == 0 || later.Options["m"] == "service" {
		return false
	}
	for _, name := range later.Operands {
		if has(strings.Fields(hazard.Target), name) {
			return false
		}
	}
	return true
}

// bringsBack reports that a command puts a file's own content back in its place.
func bringsBack(hazard, later *policy.Command) bool {
	for i, edit := range later.Edits {
		if edit.Kind == policy.EditRestore && edit.Path == hazard.Target && i == len(later.Edits)-1 {
			return true
		}
	}
	return false
}

// restoresAddress reports that a command enters the IPv6 address of the interface again.
func restoresAddress(hazard, later *policy.Command) bool {
	switch later.Name {
	case "chdev":
		return device(later) == hazard.Target && linkLocal(later.Attributes["netaddr6"])
	case "autoconf6":
		return later.Options["i"] == hazard.Target || has(later.Operands, hazard.Target)
	case "ifconfig":
		if len(later.Operands) > 1 && later.Operands[0] == hazard.Target && has(later.Operands[1:], "up") {
			return !has(hazard.Operands, "detach") && !has(hazard.Operands, "delete")
		}
		return len(later.Operands) > 2 && later.Operands[0] == hazard.Target && later.Operands[1] == "inet6" && !has(later.Operands, "delete") && linkLocal(later.Operands[2])
	}
	return false
}

// undo fills Undone. A later command of the same step takes a hazard back when it is
// reached whenever the hazard is.
func undo(commands []policy.Command) {
	for i := range commands {
		c := &commands[i]
		for _, hazard := range c.Hazards {
			takesBack, ok := undone[hazard]
			if !ok {
				continue
			}
			for j := i + 1; j < len(commands); j++ {
				later := &commands[j]
				if later.Step == c.Step && later.Within == c.Within && reached(c.Branch, later.Branch) && takesBack(c, later) {
					c.Undone = append(c.Undone, hazard)
					break
				}
			}
		}
	}
}

// reached reports that a command in the second branch runs whenever one before it in
// the first branch does.
func reached(first, second string) bool {
	return second == "" || first == second || strings.HasPrefix(first, second+"/")
}
