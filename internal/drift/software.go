// SPDX-License-Identifier: MPL-2.0

package drift

import (
	"slices"
	"sort"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

func (c *comparison) nodeID(baseline, now *aix.Facts) {
	for _, place := range []struct {
		path    string
		was, is aix.Fact[aix.IDFile]
	}{
		{"/etc/ct_node_id", baseline.NodeID.Etc, now.NodeID.Etc},
		{"/var/ct/cfg/ct_node_id", baseline.NodeID.Var, now.NodeID.Var},
	} {
		was, is, ok := both(c, place.path, place.was, place.is)
		switch {
		case !ok || !was.Present:
		case !is.Present:
			c.add(place.path, AspectNodeID, was.ID, "", "%s was deleted; cloud-init's reset of RMC at deploy needs it", place.path)
		case was.ID != is.ID:
			c.add(place.path, AspectNodeID, was.ID, is.ID, "the node id in %s is %s, it was %s", place.path, orEmpty(is.ID), was.ID)
		}
	}
}

func (c *comparison) filesets(baseline, now *aix.Facts) {
	was, is, ok := both(c, "installed filesets", baseline.Filesets, now.Filesets)
	if !ok {
		return
	}
	after := map[string]aix.Fileset{}
	for _, f := range is {
		after[f.Name] = f
	}
	for _, f := range was {
		if !strings.HasPrefix(f.Name, "rsct.") && f.Name != "devices.chrp.base.ServiceRM" && f.Name != "bos.rte.SRC" {
			continue
		}
		g, there := after[f.Name]
		switch {
		case !there:
			c.add(f.Name, AspectFileset, f.Level, "", "fileset %s %s was removed", f.Name, f.Level)
		case f.Level != g.Level && lower(g.Level, f.Level):
			c.add(f.Name, AspectFileset, f.Level, g.Level, "fileset %s went back to %s, it was %s", f.Name, g.Level, f.Level)
		case f.State != g.State && (g.State == "broken" || g.State == "inconsistent"):
			c.add(f.Name, AspectFileset, f.State, g.State, "fileset %s is %s, it was %s", f.Name, g.State, f.State)
		}
	}
}

func lower(a, b string) bool {
	x, errA := aix.ParseLevel(a)
	y, errB := aix.ParseLevel(b)
	return errA != nil || errB != nil || x.Compare(y) < 0
}

func (c *comparison) boot(baseline, now *aix.Facts) {
	if was, is, ok := both(c, "boot list", baseline.Boot.List, now.Boot.List); ok && !slices.Equal(was, is) {
		c.add("boot list", AspectBootVolume, strings.Join(was, " "), strings.Join(is, " "), "the normal boot list is %s, it was %s", orEmpty(strings.Join(is, " ")), orEmpty(strings.Join(was, " ")))
	}
	if was, is, ok := both(c, "boot device", baseline.Boot.Device, now.Boot.Device); ok && was != is {
		c.add("boot device", AspectBootVolume, was, is, "the machine booted from %s, at the baseline it was %s", is, was)
	}
}

func (c *comparison) firstBoot(baseline, now *aix.Facts) {
	if was, is, ok := both(c, "cloud-init", baseline.CloudInit.Installed, now.CloudInit.Installed); ok && was && !is {
		c.add("cloud-init", AspectFirstBoot, "installed", "", "cloud-init was removed: nothing injects the management address at deploy")
	}
	if was, is, ok := both(c, "cloud-init's links", baseline.CloudInit.Links, now.CloudInit.Links); ok {
		var gone []string
		for _, link := range was {
			if !slices.Contains(is, link) {
				gone = append(gone, link)
			}
		}
		sort.Strings(gone)
		if len(gone) > 0 {
			c.add("cloud-init", AspectFirstBoot, strings.Join(gone, " "), "", "cloud-init no longer starts at boot: %s gone from /etc/rc.d/rc2.d", strings.Join(gone, ", "))
		}
	}
	c.cloudConfig(baseline, now)
}

// cloudConfig compares what makes cloud-init inject the address and reset RMC: that it
// reads the config drive, and the module that gives a new VM its own node id.
func (c *comparison) cloudConfig(baseline, now *aix.Facts) {
	const path = "/opt/freeware/etc/cloud/cloud.cfg"
	was, is, ok := both(c, path, baseline.CloudInit.Config, now.CloudInit.Config)
	switch {
	case !ok || !was.Present:
		return
	case !is.Present:
		c.add(path, AspectFirstBoot, "present", "", "%s was deleted: cloud-init has no configuration at deploy", path)
		return
	}
	if slices.Contains(was.DataSources, "ConfigDrive") && !slices.Contains(is.DataSources, "ConfigDrive") {
		c.add(path, AspectFirstBoot, strings.Join(was.DataSources, " "), strings.Join(is.DataSources, " "),
			"cloud-init no longer reads the config drive: datasource_list in %s is %s", path, orEmpty(strings.Join(is.DataSources, " ")))
	}
	resets := func(config aix.CloudConfig) bool {
		return slices.Contains(config.Modules, "reset-rmc") || slices.Contains(config.Modules, "reset_rmc")
	}
	if resets(was) && !resets(is) {
		c.add(path, AspectFirstBoot, "reset-rmc", "", "cloud-init no longer resets RMC at deploy: the module reset-rmc is gone from %s", path)
	}
}
