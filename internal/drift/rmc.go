// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// rmcSubsystems are the daemon, the in-band proxy, and the resource managers that the
// management system works with (linux-ras/ServiceReport, branch next,
// validate/plugins/rsct.py). Others come and go with what asks for them.
var rmcSubsystems = []string{"ctrmc", "mcproxy", "IBM.DRM", "IBM.HostRM", "IBM.MgmtDomainRM", "IBM.ServiceRM"}

func (c *comparison) rmc(baseline, now *aix.Facts) {
	runs := false
	if was, is, ok := both(c, "SRC subsystems", baseline.Subsystems, now.Subsystems); ok {
		for _, name := range rmcSubsystems {
			before, had := subsystem(was, name)
			if !had || !before.Active {
				continue
			}
			after, has := subsystem(is, name)
			switch {
			case !has:
				c.add(name, AspectRMCDefined, "active", "", "%s is no longer a subsystem", name)
			case !after.Active:
				c.add(name, AspectRMCActive, "active", after.Status, "%s is %s, it was active", name, after.Status)
			case name == "ctrmc":
				runs = true
			}
		}
	}
	if was, is, ok := both(c, "the arguments of ctrmc", baseline.RMC.Arguments, now.RMC.Arguments); ok && was != is && was != "" && is != "" {
		c.add("ctrmc", AspectRMCArguments, was, is, "ctrmc will be started with the arguments %q, they were %q", is, was)
	} else if ok && was != "" && is == "" && runs {
		c.add("ctrmc", AspectRMCArguments, was, is, "ctrmc will be started without arguments, they were %q", was)
	}
	if !runs {
		return // what a daemon that does not run does not do is no news
	}
	if was, is, ok := both(c, "whether ctrmc accepts remote clients", baseline.RMC.RemoteClients, now.RMC.RemoteClients); ok && was != is {
		words := map[bool]string{true: "ctrmc accepts remote clients; it did not", false: "ctrmc accepts no remote clients any more: it does not listen on TCP port 657"}
		c.add("ctrmc", AspectRemoteClients, enabled(was), enabled(is), "%s", words[is])
	}
	if was, is, ok := both(c, "RMC's connection to the management system", baseline.RMC.Connected, now.RMC.Connected); ok && was && !is {
		names := consoles(baseline)
		c.add("RMC", AspectConsole, names, "", "RMC is no longer connected to its management system (%s)", names)
	}
}

func enabled(yes bool) string {
	if yes {
		return "enabled"
	}
	return "disabled"
}

// consoles names the consoles that a guest is connected to.
func consoles(f *aix.Facts) string {
	var names []string
	points, _ := f.RMC.ControlPoints.Get()
	for _, p := range points {
		if p.Connected {
			names = append(names, p.Address)
		}
	}
	if in, _ := f.RMC.InBand.Get(); in.Active {
		names = append(names, in.Consoles...)
	}
	return strings.Join(names, ", ")
}

func subsystem(list []aix.Subsystem, name string) (aix.Subsystem, bool) {
	for _, s := range list {
		if s.Name == name {
			return s, true
		}
	}
	return aix.Subsystem{}, false
}
