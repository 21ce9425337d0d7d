// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"slices"
	"strings"
)

func (f *Facts) readRMC(outputs Outputs) {
	status := f.readDomainStatus(outputs)
	f.RMC.ControlPoints = someOrRoot(f, ProbeDomainStatus, derive(status, func(s DomainStatus) []ControlPoint { return s.ControlPoints }))
	f.RMC.Peers = someOrRoot(f, ProbeDomainStatus, derive(status, func(s DomainStatus) []DomainNode { return s.Peers }))
	f.RMC.ManagedNodes = someOrRoot(f, ProbeDomainStatus, derive(status, func(s DomainStatus) []DomainNode { return s.ManagedNodes }))
	f.RMC.Records = someOrRoot(f, ProbeMCP, explainRSCT(f, ProbeMCP, outputs, parsed(outputs, ProbeMCP, ParseMCPRecords)))
	f.RMC.InBand = f.readInBand(outputs)
	f.RMC.RemoteClients = f.readRemoteClients(outputs)
	f.RMC.Arguments = readArguments(outputs)
	outOfBand := derive(f.RMC.ControlPoints, func(points []ControlPoint) bool {
		return slices.ContainsFunc(points, func(p ControlPoint) bool { return p.Connected })
	})
	inBand := derive(f.RMC.InBand, func(b InBand) bool { return b.Active && len(b.Consoles) > 0 })
	f.RMC.Connected = anyTrue(outOfBand, inBand)
	if !f.RMC.Connected.IsKnown() && f.rmcStopped() {
		f.RMC.Connected = Known(false)
	}
	f.readCluster(outputs)
}

// rmcStopped reports whether lssrc says that the RMC daemon does not run.
func (f *Facts) rmcStopped() bool {
	subsystems, known := f.Subsystems.Get()
	if !known {
		return false
	}
	return !slices.ContainsFunc(subsystems, func(s Subsystem) bool { return s.Name == "ctrmc" && s.Active })
}

func (f *Facts) readDomainStatus(outputs Outputs) Fact[DomainStatus] {
	return explainRSCT(f, ProbeDomainStatus, outputs, parsed(outputs, ProbeDomainStatus, ParseDomainStatus))
}

// explainRSCT adds to the reason of an unknown fact what is known of RSCT: that it
// is not installed, or that its daemon does not run.
func explainRSCT[T any](f *Facts, probe string, outputs Outputs, fact Fact[T]) Fact[T] {
	out, there := outputs[probe]
	if fact.IsKnown() || !there || out.Problem != "" || out.ExitCode == 0 {
		return fact
	}
	why := fact.Why()
	filesets, known := f.Filesets.Get()
	switch {
	case known && !slices.ContainsFunc(filesets, func(x Fileset) bool { return x.Name == "rsct.core.rmc" }):
		why.Reason += "; rsct.core.rmc is not installed"
	case f.rmcStopped():
		why.Reason += "; ctrmc does not run"
	}
	return Unknown[T](why)
}

// readInBand combines the list of subsystems with the long status of mcproxy, which
// only newer RSCT has. Where the list is unknown, the words of lssrc that it knows
// no such subsystem are as good.
func (f *Facts) readInBand(outputs Outputs) Fact[InBand] {
	in := InBand{Consoles: []string{}}
	subsystems, known := f.Subsystems.Get()
	if !known {
		out, there := outputs[ProbeInBand]
		if there && out.Problem == "" && out.ExitCode != 0 && strings.Contains(string(out.Stdout)+string(out.Stderr), "0513-085") {
			return Known(in)
		}
		return Unknown[InBand](f.Subsystems.Why())
	}
	for _, s := range subsystems {
		if s.Name == "mcproxy" {
			in.Present, in.Active = true, in.Active || s.Active
		}
	}
	if !in.Active {
		return Known(in)
	}
	consoles := someOrRoot(f, ProbeInBand, parsed(outputs, ProbeInBand, ParseInBand))
	return derive(consoles, func(consoles []string) InBand {
		in.Consoles = consoles
		return in
	})
}

func (f *Facts) readNodeID(outputs Outputs) {
	f.NodeID.Reported = explainRSCT(f, ProbeNodeID, outputs, parsed(outputs, ProbeNodeID, func(b []byte) (string, error) { return ParseNodeID(string(b)) }))
	f.NodeID.Etc = parsed(outputs, ProbeNodeIDEtc, ParseNodeIDFile)
	f.NodeID.Var = parsed(outputs, ProbeNodeIDVar, ParseNodeIDFile)
	// Below /var/ct another user than root may not see what is there.
	if file, known := f.NodeID.Var.Get(); known && !file.Present {
		f.NodeID.Var = ifRoot(f, ProbeNodeIDVar, f.NodeID.Var)
	}
	places := map[string]Fact[string]{
		"lsnodeid": f.NodeID.Reported, "/etc/ct_node_id": idOf(f.NodeID.Etc), "/var/ct/cfg/ct_node_id": idOf(f.NodeID.Var),
	}
	before := len(f.Disagreements)
	f.disagree("node id", places)
	differ := Known(len(f.Disagreements) > before)
	f.NodeID.Consistent = derive(anyTrue(differ,
		derive(f.NodeID.Reported, isFalse[string]), derive(f.NodeID.Etc, isFalse[IDFile]), derive(f.NodeID.Var, isFalse[IDFile]),
	), func(differ bool) bool { return !differ })
	f.compareSelf(outputs)
}

// isFalse answers false for any value, to let only what is unknown count.
func isFalse[T any](T) bool { return false }

// compareSelf compares lsnodeid with the id that rmcdomainstatus gives this node.
func (f *Facts) compareSelf(outputs Outputs) {
	status, known := f.readDomainStatus(outputs).Get()
	if self := status.self(); known && self != "" {
		f.disagree("node id of the running RMC daemon", map[string]Fact[string]{
			"lsnodeid": f.NodeID.Reported, "rmcdomainstatus": Known(self),
		})
	}
}

func idOf(f Fact[IDFile]) Fact[string] {
	return derive(f, func(file IDFile) string {
		switch {
		case !file.Present:
			return "no such file"
		case file.ID == "":
			return "nothing in its first line"
		}
		return file.ID
	})
}

func (f *Facts) readCluster(outputs Outputs) {
	f.Cluster.PeerDomains = f.readPeerDomains(outputs)
	f.Cluster.PeerDomain = derive(f.Cluster.PeerDomains, func(domains []PeerDomain) string {
		for _, d := range domains {
			if d.State != "Offline" {
				return d.Name
			}
		}
		return ""
	})
	f.comparePeerDomain()
	f.Cluster.Cluster0 = parsed(outputs, ProbeCluster0, func(b []byte) (bool, error) {
		objects, err := ParseODM(b)
		for _, o := range objects {
			if o.Class != "CuAt" || o.Values["name"] != "cluster0" {
				return false, fmt.Errorf("object of class %s named %q, expected CuAt and cluster0", o.Class, firstLine([]byte(o.Values["name"])))
			}
		}
		return len(objects) > 0, err
	})
	repository := derive(f.Boot.VolumeGroups, func(names []string) bool { return slices.Contains(names, "caavg_private") })
	f.Cluster.CAA = anyTrue(f.Cluster.Cluster0, repository)
}

// readPeerDomains reads lsrpdomain. Where that command is missing, as rsct.basic
// need not be installed, RMC's own word that the node has no peers is as good: it is
// then in no online peer domain, and without the command none can be defined.
func (f *Facts) readPeerDomains(outputs Outputs) Fact[[]PeerDomain] {
	domains := someOrRoot(f, ProbePeerDomain, explainRSCT(f, ProbePeerDomain, outputs, parsed(outputs, ProbePeerDomain, ParsePeerDomains)))
	out := outputs[ProbePeerDomain]
	peers, known := f.RMC.Peers.Get()
	if !domains.IsKnown() && out.Problem == "" && (out.ExitCode == 126 || out.ExitCode == 127) && known && len(peers) == 0 {
		return Known([]PeerDomain{})
	}
	return domains
}

// comparePeerDomain compares what three commands say of the peer domain. IBM.MCP
// names it; rmcdomainstatus only shows that there is one, by its nodes.
func (f *Facts) comparePeerDomain() {
	named := func(name string) string {
		if name == "" {
			return "none"
		}
		return name
	}
	member := func(is bool) string {
		if is {
			return "yes"
		}
		return "no"
	}
	f.disagree("name of the peer domain", map[string]Fact[string]{
		"lsrpdomain": derive(f.Cluster.PeerDomain, named), "IBM.MCP": f.recordedPeerDomain(named),
	})
	f.disagree("membership in a peer domain", map[string]Fact[string]{
		"lsrpdomain":      derive(f.Cluster.PeerDomain, func(name string) string { return member(name != "") }),
		"rmcdomainstatus": derive(f.RMC.Peers, func(peers []DomainNode) string { return member(len(peers) > 0) }),
	})
}

// recordedPeerDomain returns the peer domain that the records name; it is unknown
// without a record.
func (f *Facts) recordedPeerDomain(named func(string) string) Fact[string] {
	records, _ := f.RMC.Records.Get()
	if len(records) == 0 {
		return Unknown[string](Why{Probe: ProbeMCP, Reason: "no record"})
	}
	name := ""
	for _, r := range records {
		name = max(name, r.PeerDomain)
	}
	return Known(named(name))
}
