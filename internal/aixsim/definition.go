// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// base is the default host. Every definition states only what differs from it.
//
//go:embed base.hcl
var base []byte

// A Definition describes a simulated host. It is read from HCL with [LoadFile] or
// [Parse] and merged with the default host: a field that is nil is the default's,
// and a labelled block changes the default's block of the same label, or adds one.
// A block with remove = true takes the default's away.
type Definition struct {
	// OS is what uname says: "AIX", or "Linux" for a host without AIX commands.
	OS *string `hcl:"os,optional"`
	// Hostname is the host's name.
	Hostname *string `hcl:"hostname,optional"`
	// Level is what oslevel -s prints, VVRR-TL-SP-YYWW.
	Level *string `hcl:"level,optional"`
	// Technology are the technology levels that instfix -i lists, and whether all
	// their filesets were found.
	Technology map[string]bool `hcl:"technology,optional"`
	// MachineID is what uname -m prints.
	MachineID *string `hcl:"machine_id,optional"`
	// Gateway is the IPv4 default route.
	Gateway *string `hcl:"gateway,optional"`
	// HostKey is the SSH host key in PEM. Without one, a new Ed25519 key is made.
	HostKey *string `hcl:"host_key,optional"`
	// Sys0 are attributes of the device sys0.
	Sys0 map[string]string `hcl:"sys0,optional"`
	// BootDisk is the disk the host started from.
	BootDisk *string `hcl:"boot_disk,optional"`
	// BootList are the disks of the normal boot list.
	BootList []string `hcl:"boot_list,optional"`
	// CloudInit says that cloud-init starts at boot level 2.
	CloudInit *bool `hcl:"cloud_init,optional"`
	// Commands are further commands the host has, as PATH = NAME of a command the
	// simulator knows; an empty name takes the command at PATH away.
	Commands map[string]string `hcl:"commands,optional"`
	// Prepare is a script that root runs once, after the first boot.
	Prepare *string `hcl:"prepare,optional"`

	// RMC is the state of Resource Monitoring and Control.
	RMC *RMCBlock `hcl:"rmc,block"`
	// Users may log in.
	Users []*UserBlock `hcl:"user,block"`
	// Interfaces are Ethernet adapters with their interface, enN on entN.
	Interfaces []*InterfaceBlock `hcl:"interface,block"`
	// Disks are the physical volumes.
	Disks []*DiskBlock `hcl:"disk,block"`
	// Filesets are the installed filesets.
	Filesets []*FilesetBlock `hcl:"fileset,block"`
	// RPMs are the installed RPM packages.
	RPMs []*RPMBlock `hcl:"rpm,block"`
	// InterimFixes are what emgr -l lists.
	InterimFixes []*InterimFixBlock `hcl:"interim_fix,block"`
	// Subsystems are those of the System Resource Controller.
	Subsystems []*SubsystemBlock `hcl:"subsystem,block"`
	// Files are files, directories and links of the host.
	Files []*FileBlock `hcl:"file,block"`
	// Faults make commands misbehave.
	Faults []*FaultBlock `hcl:"fault,block"`
}

// RMCBlock is the state of Resource Monitoring and Control.
type RMCBlock struct {
	// NodeID is the node id, 16 hex digits.
	NodeID *string `hcl:"node_id,optional"`
	// EtcNodeID and VarNodeID are what /etc/ct_node_id and /var/ct/cfg/ct_node_id
	// say, where that differs from NodeID; "absent" for no file.
	EtcNodeID *string `hcl:"etc_node_id,optional"`
	VarNodeID *string `hcl:"var_node_id,optional"`
	// Management is the interface the management console is reached on.
	Management *string `hcl:"management_interface,optional"`
	// ConsoleID and ConsoleAddress are the management control point's node id and
	// IPv6 link-local address; an empty id means no console manages the host.
	ConsoleID      *string `hcl:"console_node_id,optional"`
	ConsoleAddress *string `hcl:"console_address,optional"`
	// ConsoleName is the console's name in IBM.MCP.
	ConsoleName *string `hcl:"console_name,optional"`
	// PeerDomain is the name of an online peer domain, if any.
	PeerDomain *string `hcl:"peer_domain,optional"`
	// Cluster says that the ODM holds a CAA cluster identity (cluster0).
	Cluster *bool `hcl:"cluster,optional"`
	// InBand says that the console talks through the hypervisor (mcproxy).
	InBand *bool `hcl:"in_band,optional"`
}

// UserBlock is a user.
type UserBlock struct {
	Name           string   `hcl:"name,label"`
	Password       *string  `hcl:"password,optional"`
	AuthorizedKeys []string `hcl:"authorized_keys,optional"`
	UID            *int     `hcl:"uid,optional"`
	GID            *int     `hcl:"gid,optional"`
	Home           *string  `hcl:"home,optional"`
	// Sudo says that the user may run any command as root without a password.
	Sudo   *bool `hcl:"sudo,optional"`
	Remove *bool `hcl:"remove,optional"`
}

// InterfaceBlock is an interface, its adapter, and what the ODM holds for both.
type InterfaceBlock struct {
	Name string `hcl:"name,label"`
	// MAC is the adapter's address, six octets with colons.
	MAC *string `hcl:"mac,optional"`
	// VLAN and Switch are the adapter's port VLAN id and virtual switch.
	VLAN   *int    `hcl:"vlan,optional"`
	Switch *string `hcl:"switch,optional"`
	// Slot is the virtual slot in the adapter's location code.
	Slot *int `hcl:"slot,optional"`
	// Attributes are the interface's attributes in the ODM. The value "eui64" for
	// netaddr6 stands for the link-local address made from MAC.
	Attributes map[string]string `hcl:"attributes,optional"`
	// RcTCPIP says that /etc/rc.tcpip holds a chdev line with the interface's IPv6
	// address, as cloud-init writes it.
	RcTCPIP *bool `hcl:"rc_tcpip,optional"`
	Remove  *bool `hcl:"remove,optional"`
}

// DiskBlock is a physical volume.
type DiskBlock struct {
	Name string `hcl:"name,label"`
	// PVID is its identifier, "none" for none.
	PVID *string `hcl:"pvid,optional"`
	// VolumeGroup is its volume group, "None" for none.
	VolumeGroup *string `hcl:"volume_group,optional"`
	// State is "active", "concurrent", or empty for a group that is varied off.
	State *string `hcl:"state,optional"`
	// Paths is the number of its MPIO paths.
	Paths *int `hcl:"paths,optional"`
	// SizeMB is its size in MiB.
	SizeMB *int  `hcl:"size_mb,optional"`
	Remove *bool `hcl:"remove,optional"`
}

// FilesetBlock is an installed fileset.
type FilesetBlock struct {
	Name  string  `hcl:"name,label"`
	Level *string `hcl:"level,optional"`
	// State is lslpp's letter: C committed, A applied, B broken, ? inconsistent.
	State *string `hcl:"state,optional"`
	// Type is F for an update, empty for a base level.
	Type        *string `hcl:"type,optional"`
	Description *string `hcl:"description,optional"`
	// Parts are usr, root and share.
	Parts  []string `hcl:"parts,optional"`
	Remove *bool    `hcl:"remove,optional"`
}

// RPMBlock is an installed RPM package.
type RPMBlock struct {
	Name        string  `hcl:"name,label"`
	Version     *string `hcl:"version,optional"`
	Release     *string `hcl:"release,optional"`
	Description *string `hcl:"description,optional"`
	Remove      *bool   `hcl:"remove,optional"`
}

// InterimFixBlock is an interim fix.
type InterimFixBlock struct {
	Label string `hcl:"label,label"`
	// State is emgr's: S, Q and so on.
	State    *string `hcl:"state,optional"`
	Time     *string `hcl:"time,optional"`
	Abstract *string `hcl:"abstract,optional"`
	Remove   *bool   `hcl:"remove,optional"`
}

// SubsystemBlock is a subsystem of the SRC.
type SubsystemBlock struct {
	Name  string  `hcl:"name,label"`
	Group *string `hcl:"group,optional"`
	Path  *string `hcl:"path,optional"`
	Args  *string `hcl:"args,optional"`
	// Start says what starts it at boot: "init" (inittab or another script),
	// "tcpip" (a start line of /etc/rc.tcpip), "ctrmc" (with the RMC daemon), or "".
	Start  *string `hcl:"start,optional"`
	Remove *bool   `hcl:"remove,optional"`
}

// FileBlock is a file.
type FileBlock struct {
	Path    string  `hcl:"path,label"`
	Content *string `hcl:"content,optional"`
	// Target makes it a symbolic link.
	Target *string `hcl:"target,optional"`
	// Directory makes it a directory.
	Directory *bool `hcl:"directory,optional"`
	// Mode is octal.
	Mode   *string `hcl:"mode,optional"`
	Owner  *string `hcl:"owner,optional"`
	Group  *string `hcl:"group,optional"`
	Remove *bool   `hcl:"remove,optional"`
}

// FaultBlock makes a command misbehave. The first fault that matches a command
// is the one that happens.
type FaultBlock struct {
	Name string `hcl:"name,label"`
	// Command is the command's name, such as "lslpp", or its full path.
	Command *string `hcl:"command,optional"`
	// Arguments is a regular expression that the arguments, joined by blanks, must
	// match; without one all do.
	Arguments *string `hcl:"arguments,optional"`
	// Times is how often the fault happens; 0 or nil for always.
	Times *int `hcl:"times,optional"`
	// After is how many calls go well first.
	After *int `hcl:"after,optional"`

	// Hang makes the command run until it is killed.
	Hang *bool `hcl:"hang,optional"`
	// Delay makes it wait, in seconds, before anything else.
	Delay *float64 `hcl:"delay,optional"`
	// Missing makes it not found (exit 127).
	Missing *bool `hcl:"missing,optional"`
	// Lie makes it exit 0 without doing anything.
	Lie *bool `hcl:"lie,optional"`
	// Stdout and Stderr are printed instead of the command's own output.
	Stdout *string `hcl:"stdout,optional"`
	Stderr *string `hcl:"stderr,optional"`
	// Flood prints this many bytes.
	Flood *int64 `hcl:"flood,optional"`
	// ExitCode is the exit code.
	ExitCode *int `hcl:"exit_code,optional"`
	// Cut closes the SSH connection after this many bytes of the channel's output,
	// counted from when the command starts.
	Cut    *int64 `hcl:"cut_connection_after,optional"`
	Remove *bool  `hcl:"remove,optional"`
}

// Default returns the healthy Power VS host: AIX 7.3 TL2, RSCT 3.3, en0 with IPv4,
// en1 with only the link-local address of its adapter, and RMC connected.
func Default() *Definition {
	def, err := decode("base.hcl", base)
	if err != nil {
		// The base is part of this package; a test reads it.
		panic(err)
	}
	return def
}

// LoadFile reads a host definition from an HCL file.
func LoadFile(path string) (*Definition, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("host definition: %w", err)
	}
	return Parse(path, src)
}

// Parse reads a host definition. Errors name the file and line.
func Parse(filename string, src []byte) (*Definition, error) {
	own, err := decode(filename, src)
	if err != nil {
		return nil, err
	}
	def := Default()
	merge(reflect.ValueOf(def).Elem(), reflect.ValueOf(own).Elem())
	if err := def.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", filename, err)
	}
	return def, nil
}

func decode(filename string, src []byte) (*Definition, error) {
	file, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diagnostics(diags)
	}
	def := &Definition{}
	if diags := gohcl.DecodeBody(file.Body, nil, def); diags.HasErrors() {
		return nil, diagnostics(diags)
	}
	return def, nil
}

// diagnostics joins all errors, one a line, each with file and line.
func diagnostics(diags hcl.Diagnostics) error {
	var all []error
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		where := ""
		if d.Subject != nil {
			where = fmt.Sprintf("%s:%d,%d: ", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column)
		}
		all = append(all, fmt.Errorf("%s%s; %s", where, d.Summary, d.Detail))
	}
	return errors.Join(all...)
}

// merge lays own over the default: set fields win, labelled blocks meet by label.
func merge(into, own reflect.Value) {
	for i := 0; i < own.NumField(); i++ {
		src, dst := own.Field(i), into.Field(i)
		if (src.Kind() == reflect.Pointer || src.Kind() == reflect.Slice || src.Kind() == reflect.Map) && src.IsNil() {
			continue
		}
		switch {
		case src.Kind() == reflect.Pointer && src.Elem().Kind() == reflect.Struct:
			if dst.IsNil() {
				dst.Set(src)
			} else {
				merge(dst.Elem(), src.Elem())
			}
		case src.Kind() == reflect.Slice && src.Type().Elem().Kind() == reflect.Pointer:
			mergeBlocks(dst, src)
		case src.Kind() == reflect.Map && !dst.IsNil() && own.Type().Field(i).Name != "Technology":
			// Maps meet by key, but for the technology levels: a host of another
			// release has none of the default's.
			for _, key := range src.MapKeys() {
				dst.SetMapIndex(key, src.MapIndex(key))
			}
		default:
			dst.Set(src)
		}
	}
}

func mergeBlocks(dst, src reflect.Value) {
	for i := 0; i < src.Len(); i++ {
		block := src.Index(i)
		at := -1
		for j := 0; j < dst.Len(); j++ {
			if dst.Index(j).Elem().Field(0).String() == block.Elem().Field(0).String() {
				at = j
			}
		}
		remove := block.Elem().FieldByName("Remove")
		switch {
		case !remove.IsNil() && remove.Elem().Bool():
			if at >= 0 {
				dst.Set(reflect.AppendSlice(dst.Slice(0, at), dst.Slice(at+1, dst.Len())))
			}
		case at >= 0:
			merge(dst.Index(at).Elem(), block.Elem())
		default:
			dst.Set(reflect.Append(dst, block))
		}
	}
}

// str and its like read an optional field.
func str(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func num(p *int, fallback int) int {
	if p == nil {
		return fallback
	}
	return *p
}

func yesno(p *bool) bool { return p != nil && *p }

// check finds what decoding cannot: values of the wrong form.
func (d *Definition) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if os := str(d.OS); os != "AIX" && os != "Linux" {
		bad("os: %q is neither AIX nor Linux", os)
	}
	if str(d.Hostname) == "" {
		bad("hostname: must not be empty")
	}
	if strings.Count(str(d.Level), "-") != 3 {
		bad("level: %q is not of the form VVRR-TL-SP-YYWW", str(d.Level))
	}
	for _, i := range d.Interfaces {
		if _, err := parseMAC(str(i.MAC)); err != nil {
			bad("interface %q: mac: %w", i.Name, err)
		}
		if !strings.HasPrefix(i.Name, "en") {
			bad("interface %q: the name must be en and a number", i.Name)
		}
		for name := range i.Attributes {
			if _, ok := interfaceDefaults[name]; !ok {
				bad("interface %q: attributes: AIX has no attribute %q", i.Name, name)
			}
		}
	}
	for _, f := range d.Files {
		if !strings.HasPrefix(f.Path, "/") {
			bad("file %q: the path must be absolute", f.Path)
		}
	}
	for _, f := range d.Faults {
		if str(f.Command) == "" {
			bad("fault %q: command: must not be empty", f.Name)
		}
		if _, err := compileFault(f); err != nil {
			bad("fault %q: arguments: %w", f.Name, err)
		}
	}
	for _, id := range []*string{d.RMC.NodeID, d.RMC.ConsoleID} {
		if s := str(id); s != "" && !isNodeID(s) {
			bad("rmc: %q is not a node id of 16 hex digits", s)
		}
	}
	return errors.Join(errs...)
}

func isNodeID(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789abcdef") == ""
}
