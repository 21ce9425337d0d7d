// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// ReadOptions are the settings that reading depends on.
type ReadOptions struct {
	// ManagementInterface names the management interface; empty to detect it.
	ManagementInterface string
}

// Read reads the outputs of one collection. It never fails: what does not read is
// unknown, with the reason.
func Read(outputs Outputs, options ReadOptions) *Facts {
	f := &Facts{Disagreements: []Disagreement{}}
	f.readSystem(outputs)
	f.readFilesets(outputs)
	f.readMaintenance(outputs)
	f.Subsystems = parsed(outputs, ProbeSubsystems, ParseSubsystems)
	f.readRMC(outputs)
	f.readNodeID(outputs)
	f.RcTCPIP = parsed(outputs, ProbeRcTCPIP, ParseRcTCPIP)
	f.Routes6 = parsed(outputs, ProbeRoutes6, ParseRoutes6)
	f.Inittab = parsed(outputs, ProbeInittab, ParseInittab)
	f.readInterfaces(outputs)
	f.readBoot(outputs)
	f.readCloudInit(outputs)
	f.readCluster(outputs)
	f.readManagement(options.ManagementInterface)
	return f
}

// parsed runs a parser on a probe that must have ended with 0.
func parsed[T any](outputs Outputs, probe string, parse func([]byte) (T, error)) Fact[T] {
	out, why := outputs.need(probe)
	if why != nil {
		return Unknown[T](*why)
	}
	value, err := parse(out.Stdout)
	if err != nil {
		return Unknown[T](Why{Probe: probe, Reason: err.Error()})
	}
	return Known(value)
}

func (f *Facts) readSystem(outputs Outputs) {
	names := parsed(outputs, ProbeUname, func(b []byte) ([]string, error) {
		fields := strings.Fields(string(b))
		if len(fields) < 3 {
			return nil, badLine(1, string(b), "what uname -a prints")
		}
		return fields, nil
	})
	if fields, known := names.Get(); known {
		f.System.OS, f.System.Hostname = Known(fields[0]), Known(fields[1])
	} else {
		f.System.OS, f.System.Hostname = Unknown[string](names.Why()), Unknown[string](names.Why())
	}
	f.System.Root = parsed(outputs, ProbeUID, func(b []byte) (bool, error) {
		var uid int
		if _, err := fmt.Sscan(string(b), &uid); err != nil {
			return false, badLine(1, string(b), "a number")
		}
		return uid == 0, nil
	})
	f.System.Time = parsed(outputs, ProbeDate, func(b []byte) (string, error) {
		t, err := time.Parse("2006-01-02T15:04:05Z", strings.TrimSpace(string(b)))
		if err != nil {
			return "", badLine(1, string(b), "a time such as 2026-01-31T12:00:00Z")
		}
		return t.Format(time.RFC3339), nil
	})
	f.System.Level = parsed(outputs, ProbeOSLevel, func(b []byte) (OSLevel, error) { return ParseOSLevel(string(b)) })
	attributes := parsed(outputs, ProbeSys0, ParseAttributes)
	get := func(name string) Fact[string] {
		a, known := attributes.Get()
		if !known {
			return Unknown[string](attributes.Why())
		}
		return Known(a[name])
	}
	f.System.Model, f.System.PartitionUUID = get("modelname"), get("partition_uuid")
	f.Boot.CloudDev, f.Boot.GhostDev = get("clouddev"), get("ghostdev")
}

func (f *Facts) readFilesets(outputs Outputs) {
	out, why := outputs.need(ProbeFilesets)
	if why == nil {
		filesets, rpms, err := ParseFilesets(out.Stdout)
		if err == nil {
			parts := f.readParts(outputs)
			for i := range filesets {
				filesets[i].Parts = parts(filesets[i].Name)
			}
			f.Filesets, f.RPMs = Known(filesets), Known(rpms)
			return
		}
		why = &Why{Probe: ProbeFilesets, Reason: err.Error()}
	}
	f.Filesets, f.RPMs = Unknown[[]Fileset](*why), Unknown[[]RPM](*why)
}

// readParts returns a lookup by fileset. lslpp ends with 1 when one of the named
// filesets is missing, and prints the others.
func (f *Facts) readParts(outputs Outputs) func(string) Fact[[]FilesetPart] {
	out, why := outputs.need(ProbeFilesetParts, 0, 1)
	var parts map[string][]FilesetPart
	if why == nil {
		var err error
		if parts, err = ParseFilesetParts(out.Stdout); err != nil {
			why = &Why{Probe: ProbeFilesetParts, Reason: err.Error()}
		}
	}
	return func(name string) Fact[[]FilesetPart] {
		switch {
		case !strings.HasPrefix(name, "rsct.") && name != "devices.chrp.base.ServiceRM" && name != "bos.rte.SRC":
			return Known([]FilesetPart{})
		case why != nil:
			return Unknown[[]FilesetPart](*why)
		case parts[name] == nil:
			return Unknown[[]FilesetPart](Why{Probe: ProbeFilesetParts, Reason: "lslpp -lc does not list it, lslpp -Lc does"})
		}
		return Known(parts[name])
	}
}

func (f *Facts) readMaintenance(outputs Outputs) {
	// lppchk ends with another code than 0 when it finds something, and says what.
	out, why := outputs.need(ProbeConsistency, 0, 1, 2, 3)
	if why == nil {
		found := ParseConsistency(out.Stdout, out.Stderr)
		if out.ExitCode != 0 && len(found) == 0 {
			why = &Why{Probe: ProbeConsistency, Reason: fmt.Sprintf("exit code %d without a word", out.ExitCode)}
		} else {
			f.Maintenance.Consistent = Known(out.ExitCode == 0)
			f.Maintenance.Inconsistencies = Known(found)
		}
	}
	if why != nil {
		f.Maintenance.Consistent, f.Maintenance.Inconsistencies = Unknown[bool](*why), Unknown[[]string](*why)
	}
	f.Maintenance.IncompleteLevels = parsed(outputs, ProbeTechnologyLevel, ParseTechnologyLevels)

	out, why = outputs.need(ProbeInterimFixes, 0, 1)
	if why == nil {
		fixes, err := ParseInterimFixes(out.Stdout, out.Stderr)
		if err == nil {
			f.InterimFixes = Known(fixes)
			return
		}
		why = &Why{Probe: ProbeInterimFixes, Reason: err.Error()}
	}
	f.InterimFixes = Unknown[[]InterimFix](*why)
}

func (f *Facts) readRMC(outputs Outputs) {
	f.RMC.ControlPoints = parsed(outputs, ProbeDomainStatus, ParseDomainStatus)
	f.RMC.Records = parsed(outputs, ProbeMCP, ParseMCPRecords)
	f.RMC.InBand = f.readInBand(outputs)
	outOfBand := Unknown[bool](f.RMC.ControlPoints.Why())
	if points, known := f.RMC.ControlPoints.Get(); known {
		outOfBand = Known(false)
		for _, p := range points {
			if p.Connected {
				outOfBand = Known(true)
			}
		}
	}
	inBand := Unknown[bool](f.RMC.InBand.Why())
	if b, known := f.RMC.InBand.Get(); known {
		inBand = Known(b.Active && len(b.Consoles) > 0)
	}
	f.RMC.Connected = anyTrue(outOfBand, inBand)
}

// readInBand combines the list of subsystems with the long status of mcproxy, which
// only newer RSCT has.
func (f *Facts) readInBand(outputs Outputs) Fact[InBand] {
	subsystems, known := f.Subsystems.Get()
	if !known {
		return Unknown[InBand](f.Subsystems.Why())
	}
	in := InBand{Consoles: []string{}}
	for _, s := range subsystems {
		if s.Name == "mcproxy" {
			in.Present, in.Active = true, s.Active
		}
	}
	if !in.Active {
		return Known(in)
	}
	out, why := outputs.need(ProbeInBand)
	if why != nil {
		return Unknown[InBand](*why)
	}
	in.Consoles = ParseInBand(out.Stdout)
	return Known(in)
}

func (f *Facts) readNodeID(outputs Outputs) {
	f.NodeID.Reported = parsed(outputs, ProbeNodeID, func(b []byte) (string, error) { return ParseNodeID(string(b)) })
	f.NodeID.Etc = parsed(outputs, ProbeNodeIDEtc, ParseNodeIDFile)
	f.NodeID.Var = parsed(outputs, ProbeNodeIDVar, ParseNodeIDFile)
	// Below /var/ct a user without root may not see what is there.
	if root, known := f.System.Root.Get(); !known || !root {
		if file, read := f.NodeID.Var.Get(); read && !file.Present {
			f.NodeID.Var = Unknown[IDFile](Why{Probe: ProbeNodeIDVar, Reason: "not collected as root, so a missing file proves nothing"})
		}
	}
	reported, reportedKnown := f.NodeID.Reported.Get()
	etc, etcKnown := f.NodeID.Etc.Get()
	variable, varKnown := f.NodeID.Var.Get()
	differ := func(a, b string, bothKnown bool) bool { return bothKnown && a != b }
	switch {
	case differ(etc.ID, variable.ID, etcKnown && varKnown), differ(reported, etc.ID, reportedKnown && etcKnown),
		differ(reported, variable.ID, reportedKnown && varKnown):
		f.NodeID.Consistent = Known(false)
		f.disagree("node id", map[string]Fact[string]{
			"lsnodeid": f.NodeID.Reported, "/etc/ct_node_id": idOf(f.NodeID.Etc), "/var/ct/cfg/ct_node_id": idOf(f.NodeID.Var),
		})
	case !reportedKnown:
		f.NodeID.Consistent = Unknown[bool](f.NodeID.Reported.Why())
	case !etcKnown:
		f.NodeID.Consistent = Unknown[bool](f.NodeID.Etc.Why())
	case !varKnown:
		f.NodeID.Consistent = Unknown[bool](f.NodeID.Var.Why())
	default:
		f.NodeID.Consistent = Known(true)
	}
}

func idOf(f Fact[IDFile]) Fact[string] {
	file, known := f.Get()
	switch {
	case !known:
		return Unknown[string](f.Why())
	case !file.Present:
		return Known("no such file")
	}
	return Known(file.ID)
}

func (f *Facts) disagree(subject string, sources map[string]Fact[string]) {
	d := Disagreement{Subject: subject, Sources: []string{}}
	for source, fact := range sources {
		if value, known := fact.Get(); known {
			d.Sources = append(d.Sources, fmt.Sprintf("%s says %s", source, value))
		}
	}
	sort.Strings(d.Sources)
	f.Disagreements = append(f.Disagreements, d)
}

func (f *Facts) readBoot(outputs Outputs) {
	f.Boot.List = parsed(outputs, ProbeBootList, ParseBootList)
	f.Boot.Device = parsed(outputs, ProbeBootDevice, func(b []byte) (string, error) { return ParseBootDevice(b) })
	f.Boot.Disks = parsed(outputs, ProbeDisks, ParseDisks)
}

func (f *Facts) readCloudInit(outputs Outputs) {
	if rpms, known := f.RPMs.Get(); known {
		f.CloudInit.Installed, f.CloudInit.Version = Known(false), Known("")
		for _, r := range rpms {
			if r.Name == "cloud-init" {
				f.CloudInit.Installed, f.CloudInit.Version = Known(true), Known(r.Version)
			}
		}
	} else {
		f.CloudInit.Installed, f.CloudInit.Version = Unknown[bool](f.RPMs.Why()), Unknown[string](f.RPMs.Why())
	}
	f.CloudInit.Links = parsed(outputs, ProbeRc2Links, func(b []byte) ([]string, error) { return ParseRc2Links(b), nil })
	f.CloudInit.Config = parsed(outputs, ProbeCloudConfig, ParseCloudConfig)
}

func (f *Facts) readCluster(outputs Outputs) {
	// lsrpdomain prints a table of domains, or nothing.
	f.Cluster.PeerDomain = parsed(outputs, ProbePeerDomain, func(b []byte) (string, error) {
		for _, line := range lines(b) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[1] == "Online" {
				return fields[0], nil
			}
		}
		return "", nil
	})
	cluster0 := parsed(outputs, ProbeCluster0, func(b []byte) (bool, error) {
		return strings.Contains(string(b), `"cluster0"`), nil
	})
	repository := Unknown[bool](f.Boot.Disks.Why())
	if disks, known := f.Boot.Disks.Get(); known {
		repository = Known(false)
		for _, d := range disks {
			if d.VolumeGroup == "caavg_private" {
				repository = Known(true)
			}
		}
	}
	f.Cluster.CAA = anyTrue(cluster0, repository)
}
