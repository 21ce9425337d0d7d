// SPDX-License-Identifier: MPL-2.0

package aix

// The probes' names: the collector's frames carry them, evidence stores them and
// the parsers ask for them. A name is never reused for another command.
const (
	ProbeUname           = "uname"            // uname -a
	ProbeUID             = "uid"              // id -u
	ProbeDate            = "date"             // date -u +%Y-%m-%dT%H:%M:%SZ
	ProbeOSLevel         = "oslevel"          // oslevel -s
	ProbeFilesets        = "filesets"         // lslpp -Lqc
	ProbeFilesetParts    = "fileset-parts"    // lslpp -qlc of the filesets RMC needs
	ProbeConsistency     = "consistency"      // lppchk -v
	ProbeTechnologyLevel = "technology-level" // instfix -i | grep ML
	ProbeInterimFixes    = "interim-fixes"    // emgr -l
	ProbeSubsystems      = "subsystems"       // lssrc -a
	ProbeDomainStatus    = "domain-status"    // rmcdomainstatus -s ctrmc
	ProbeInBand          = "in-band"          // lssrc -ls mcproxy
	ProbeRMCObject       = "rmc-object"       // odmget -q subsysname=ctrmc SRCsubsys
	ProbeListeners       = "listeners"        // netstat -an, listening TCP sockets only
	ProbeMCP             = "mcp"              // lsrsrc IBM.MCP
	ProbePeerDomain      = "peer-domain"      // lsrpdomain
	ProbeCluster0        = "cluster0"         // odmget -q name=cluster0 CuAt
	ProbeNodeID          = "node-id"          // lsnodeid
	ProbeNodeIDEtc       = "node-id-etc"      // file /etc/ct_node_id
	ProbeNodeIDVar       = "node-id-var"      // file /var/ct/cfg/ct_node_id
	ProbeIfconfig        = "ifconfig"         // ifconfig -a
	ProbeNetstat         = "netstat"          // netstat -in
	ProbeRoutes6         = "routes6"          // netstat -rn -f inet6
	ProbeInterfaces      = "interfaces"       // lsdev -Cc if -F name:status:description
	ProbeAdapters        = "adapters"         // lsdev -Cc adapter -F name:status:description
	ProbeAttributes      = "attributes"       // lsattr -El of every enN, one section each
	ProbeEntstat         = "entstat"          // entstat -d of every entN, one section each
	ProbeRcTCPIP         = "rc-tcpip"         // file /etc/rc.tcpip
	ProbeInittab         = "inittab"          // lsitab -a
	ProbeCloudConfig     = "cloud-config"     // file /opt/freeware/etc/cloud/cloud.cfg
	ProbeRc2Links        = "rc2-links"        // ls -l /etc/rc.d/rc2.d
	ProbeSys0            = "sys0"             // lsattr -El sys0 -F attribute:value
	ProbeBootList        = "boot-list"        // bootlist -m normal -o
	ProbeBootDevice      = "boot-device"      // bootinfo -b
	ProbeDisks           = "disks"            // lspv
	ProbeIPSec           = "ipsec"            // lsdev -Cc ipsec -F name:status:description
	ProbeFilter4         = "filter4"          // lsfilt -v 4 -O
	ProbeFilter6         = "filter6"          // lsfilt -v 6 -O
)

// Probes are all probe names in the order the collector runs them.
var Probes = []string{
	ProbeUname, ProbeUID, ProbeDate, ProbeOSLevel,
	ProbeFilesets, ProbeFilesetParts,
	ProbeSubsystems, ProbeRMCObject, ProbeListeners, ProbeDomainStatus, ProbeInBand,
	ProbeNodeID, ProbeNodeIDEtc, ProbeNodeIDVar,
	ProbeIfconfig, ProbeNetstat, ProbeRoutes6, ProbeInterfaces, ProbeAdapters, ProbeAttributes, ProbeEntstat,
	ProbeRcTCPIP, ProbeInittab, ProbeCloudConfig, ProbeRc2Links,
	ProbeSys0, ProbeBootList, ProbeBootDevice, ProbeDisks,
	ProbePeerDomain, ProbeCluster0, ProbeMCP,
	ProbeIPSec, ProbeFilter4, ProbeFilter6,
	ProbeInterimFixes, ProbeTechnologyLevel, ProbeConsistency,
}
