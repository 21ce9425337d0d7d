// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"fmt"
	"slices"
	"strings"
)

func (f *Facts) readSystem(outputs Outputs) {
	kernel := parsed(outputs, ProbeUname, ParseUname)
	f.System.OS = derive(kernel, func(k Kernel) string { return k.OS })
	f.System.Hostname = derive(kernel, func(k Kernel) string { return k.Hostname })
	f.System.Root = parsed(outputs, ProbeUID, ParseUID)
	f.System.Time = parsed(outputs, ProbeDate, ParseDate)
	f.System.Level = parsed(outputs, ProbeOSLevel, parseOSLevelOutput)
	if k, known := kernel.Get(); known && k.Version != "" {
		f.disagree("AIX version", map[string]Fact[string]{
			"uname": Known(k.Version), "oslevel": derive(f.System.Level, func(l OSLevel) string { return l.Version }),
		})
	}
	attributes := parsed(outputs, ProbeSys0, parseSys0)
	get := func(name string) Fact[string] {
		return derive(attributes, func(a map[string]string) string { return a[name] })
	}
	f.System.Model, f.System.PartitionUUID = get("modelname"), get("partition_uuid")
	f.System.OSUUID, f.System.SystemID, f.System.Firmware = get("os_uuid"), get("systemid"), get("fwversion")
	f.Boot.CloudDev, f.Boot.GhostDev = get("clouddev"), get("ghostdev")
}

func (f *Facts) readFilesets(outputs Outputs) {
	out, why := outputs.need(ProbeFilesets)
	if why == nil {
		filesets, rpms, err := ParseFilesets(out.Stdout)
		if err == nil {
			filesets = slices.DeleteFunc(filesets, func(x Fileset) bool { return x.Kind == "interim fix" })
			for i := range filesets {
				if locked, _ := filesets[i].EFIXLocked.Get(); !locked {
					filesets[i].EFIXLocked = ifRoot(f, ProbeFilesets, filesets[i].EFIXLocked)
				}
			}
			f.readParts(outputs, filesets)
			f.Filesets, f.RPMs = Known(filesets), Known(rpms)
			return
		}
		why = &Why{Probe: ProbeFilesets, Reason: err.Error()}
	}
	f.Filesets, f.RPMs = Unknown[[]Fileset](*why), Unknown[[]RPM](*why)
}

// hasParts reports whether the probe asks for the parts of a fileset: those that
// RMC needs.
func hasParts(name string) bool {
	return strings.HasPrefix(name, "rsct.") || name == "devices.chrp.base.ServiceRM" || name == "bos.rte.SRC"
}

// readParts fills in the parts. lslpp ends with 1 when one of the named filesets is
// not installed, and prints the others.
func (f *Facts) readParts(outputs Outputs, filesets []Fileset) {
	out, why := outputs.need(ProbeFilesetParts, 0, 1)
	var parts map[string][]FilesetPart
	if why == nil {
		var err error
		if parts, err = ParseFilesetParts(out.Stdout); err != nil {
			why = &Why{Probe: ProbeFilesetParts, Reason: err.Error()}
		}
	}
	none := Known([]FilesetPart{})
	for i := range filesets {
		fileset := &filesets[i]
		list := parts[fileset.Name]
		switch {
		case list == nil && !hasParts(fileset.Name):
			fileset.Parts = none
		case why != nil:
			fileset.Parts = Unknown[[]FilesetPart](*why)
		case list == nil:
			fileset.Parts = Unknown[[]FilesetPart](Why{Probe: ProbeFilesetParts, Reason: "lslpp -lc does not list it, lslpp -Lc does"})
		default:
			fileset.Parts = Known(list)
			f.compareLevels(*fileset, list)
		}
	}
}

// compareLevels says so when no part has the level that the whole is listed with.
func (f *Facts) compareLevels(fileset Fileset, parts []FilesetPart) {
	sources := map[string]Fact[string]{"lslpp -L": Known(fileset.Level)}
	for _, part := range parts {
		if part.Level == fileset.Level {
			return
		}
		sources["lslpp -l, "+part.Part+" part,"] = Known(part.Level)
	}
	f.disagree(fileset.Name+" level", sources)
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
	// Another user may be refused the files that the check reads, so that neither answer counts.
	f.Maintenance.Consistent = ifRoot(f, ProbeConsistency, f.Maintenance.Consistent)
	f.Maintenance.Inconsistencies = ifRoot(f, ProbeConsistency, f.Maintenance.Inconsistencies)
	f.Maintenance.IncompleteLevels = parsed(outputs, ProbeTechnologyLevel, ParseTechnologyLevels)
	f.InterimFixes = someOrRoot(f, ProbeInterimFixes, readInterimFixes(outputs))
}

func readInterimFixes(outputs Outputs) Fact[[]InterimFix] {
	out, why := outputs.need(ProbeInterimFixes, 0, 1)
	if why != nil {
		return Unknown[[]InterimFix](*why)
	}
	fixes, err := ParseInterimFixes(out.Stdout, out.Stderr)
	if err != nil {
		return Unknown[[]InterimFix](Why{Probe: ProbeInterimFixes, Reason: err.Error()})
	}
	return Known(fixes)
}

func (f *Facts) readCloudInit(outputs Outputs) {
	version := derive(f.RPMs, func(rpms []RPM) string {
		found := ""
		for _, r := range rpms {
			if r.Name == "cloud-init" {
				found = r.Version
			}
		}
		return found
	})
	f.CloudInit.Version = version
	f.CloudInit.Installed = derive(version, func(v string) bool { return v != "" })
	f.CloudInit.Links = parsed(outputs, ProbeRc2Links, ParseRc2Links)
	f.CloudInit.Config = parsed(outputs, ProbeCloudConfig, ParseCloudConfig)
	// A folder above it that another user may not search looks like no file.
	if config, known := f.CloudInit.Config.Get(); known && !config.Present {
		f.CloudInit.Config = ifRoot(f, ProbeCloudConfig, f.CloudInit.Config)
	}
}
