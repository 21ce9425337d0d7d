// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"slices"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// provenance says which probes tell a fact, by the fact's path without its root. The
// longest path that matches counts. A finding names these probes as its evidence.
var provenance = map[string][]string{
	"system":                            {aix.ProbeUname},
	"system.root":                       {aix.ProbeUID},
	"system.time":                       {aix.ProbeDate},
	"system.level":                      {aix.ProbeOSLevel},
	"system.model":                      {aix.ProbeSys0},
	"system.partition_uuid":             {aix.ProbeSys0},
	"filesets":                          {aix.ProbeFilesets},
	"rpms":                              {aix.ProbeFilesets},
	"interim_fixes":                     {aix.ProbeInterimFixes},
	"maintenance":                       {aix.ProbeConsistency},
	"maintenance.incomplete_levels":     {aix.ProbeTechnologyLevel},
	"subsystems":                        {aix.ProbeSubsystems},
	"rmc":                               {aix.ProbeDomainStatus},
	"rmc.remote_clients":                {aix.ProbeListeners, aix.ProbeSubsystems},
	"rmc.arguments":                     {aix.ProbeRMCObject},
	"rmc.in_band":                       {aix.ProbeInBand, aix.ProbeSubsystems},
	"rmc.records":                       {aix.ProbeMCP},
	"rmc.packet_filter":                 {aix.ProbeFilter4, aix.ProbeFilter6, aix.ProbeIPSec},
	"rmc.packet_filter.ipv6":            {aix.ProbeFilter6, aix.ProbeIPSec},
	"rmc.packet_filter.blocks_rmc":      {aix.ProbeFilter6, aix.ProbeIPSec},
	"rmc.connected":                     {aix.ProbeDomainStatus, aix.ProbeInBand},
	"node_id":                           {aix.ProbeNodeID, aix.ProbeNodeIDEtc, aix.ProbeNodeIDVar},
	"node_id.reported":                  {aix.ProbeNodeID},
	"node_id.etc":                       {aix.ProbeNodeIDEtc},
	"node_id.var":                       {aix.ProbeNodeIDVar},
	"interfaces":                        {aix.ProbeIfconfig, aix.ProbeAttributes, aix.ProbeEntstat},
	"adapters":                          {aix.ProbeAdapters},
	"management":                        {aix.ProbeIfconfig, aix.ProbeAttributes},
	"management.address":                {aix.ProbeIfconfig},
	"management.up":                     {aix.ProbeIfconfig},
	"management.persisted_in_odm":       {aix.ProbeAttributes},
	"management.persisted_in_rc_tcpip":  {aix.ProbeRcTCPIP},
	"management.persisted_by_autoconf6": {aix.ProbeRcTCPIP},
	"management.persistent":             {aix.ProbeAttributes, aix.ProbeRcTCPIP},
	"routes6":                           {aix.ProbeRoutes6},
	"rc_tcpip":                          {aix.ProbeRcTCPIP},
	"inittab":                           {aix.ProbeInittab},
	"cloud_init":                        {aix.ProbeFilesets},
	"cloud_init.links":                  {aix.ProbeRc2Links},
	"cloud_init.config":                 {aix.ProbeCloudConfig},
	"disagreements":                     {aix.ProbeAttributes, aix.ProbeEntstat, aix.ProbeIfconfig, aix.ProbeNetstat},
	"boot":                              {aix.ProbeSys0, aix.ProbeBootList, aix.ProbeBootDevice, aix.ProbeDisks},
	"boot.clouddev":                     {aix.ProbeSys0},
	"boot.ghostdev":                     {aix.ProbeSys0},
	"boot.list":                         {aix.ProbeBootList},
	"boot.device":                       {aix.ProbeBootDevice},
	"boot.disks":                        {aix.ProbeDisks},
	"cluster":                           {aix.ProbePeerDomain, aix.ProbeCluster0},
	"cluster.peer_domain":               {aix.ProbePeerDomain},
	"cluster.caa":                       {aix.ProbeCluster0},
}

// probesBehind are the probes behind the facts that a rule mentions, sorted. Drift,
// templates and images have none.
func probesBehind(paths []string) []string {
	var probes []string
	for _, path := range paths {
		root, fact, _ := strings.Cut(path, ".")
		if root != RootGuest && root != RootBaseline {
			continue
		}
		for fact != "" {
			if named, ok := provenance[fact]; ok {
				probes = append(probes, named...)
				break
			}
			cut := strings.LastIndexByte(fact, '.')
			if cut < 0 {
				break
			}
			fact = fact[:cut]
		}
	}
	slices.Sort(probes)
	return slices.Compact(probes)
}
