// SPDX-License-Identifier: MPL-2.0

package aix

// any1 forgets a parser's type.
func any1[T any](parse func([]byte) (T, error)) func([]byte) (any, error) {
	return func(b []byte) (any, error) { return parse(b) }
}

// parsers are all parsers by the name of what they read.
var parsers = map[string]func([]byte) (any, error){
	"filesets": func(b []byte) (any, error) {
		filesets, rpms, err := ParseFilesets(b)
		return []any{filesets, rpms}, err
	},
	"parts":              any1(ParseFilesetParts),
	"subsystems":         any1(ParseSubsystems),
	"domain status":      any1(ParseDomainStatus),
	"in-band":            any1(ParseInBand),
	"records":            any1(ParseMCPRecords),
	"peer domains":       any1(ParsePeerDomains),
	"odm":                any1(ParseODM),
	"node id":            func(b []byte) (any, error) { return ParseNodeID(string(b)) },
	"node id file":       any1(ParseNodeIDFile),
	"ifconfig":           any1(ParseIfconfig),
	"netstat":            any1(ParseNetstatInterfaces),
	"routes":             any1(ParseRoutes6),
	"devices":            any1(ParseDevices),
	"attributes":         any1(ParseAttributes),
	"attribute columns":  any1(ParseAttributesColumns),
	"attribute sections": any1(parseConfigured),
	"entstat":            func(b []byte) (any, error) { return ParseEntstat("ent0", b) },
	"entstat sections":   any1(parseAdapters),
	"rc.tcpip":           any1(ParseRcTCPIP),
	"inittab":            any1(ParseInittab),
	"cloud config":       any1(ParseCloudConfig),
	"rc2 links":          any1(ParseRc2Links),
	"boot list":          any1(ParseBootList),
	"boot device":        any1(ParseBootDevice),
	"disks":              any1(ParseDisks),
	"interim fixes":      func(b []byte) (any, error) { return ParseInterimFixes(b, nil) },
	"technology level":   any1(ParseTechnologyLevels),
	"filter rules":       any1(ParseFilterRules),
	"oslevel":            func(b []byte) (any, error) { return ParseOSLevel(string(b)) },
	"uname":              any1(ParseUname),
	"uid":                any1(ParseUID),
	"date":               any1(ParseDate),
	"sys0":               any1(parseSys0),
}
