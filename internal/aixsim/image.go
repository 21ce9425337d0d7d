// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"sort"
	"time"
)

// imageFormat names the shape of an encoded [Image].
const imageFormat = "aixsim-image-1"

// An Image is what a capture takes of a host: all that is on its disks. The running
// state, the adapters and the NVRAM belong to the virtual machine and stay behind.
// Its fields are those of this package alone; it is written with [Image.Encode] and
// read with [DecodeImage].
type Image struct {
	data imageData
}

type imageData struct {
	Format     string
	Definition *Definition
	Hostname   string
	Files      []imageFile
	Devices    []imageDevice
	Extra      []imageObject
	Subsystems []imageSubsystem
	Filesets   []imageFileset
	RPMs       [][4]string
	Fixes      [][4]string
	Disks      []imageDisk
	BootList   []string
	PeerDomain string
	// NodeIDs are the node ids that are in use already: the captured host's and those
	// of the hosts it was deployed from.
	NodeIDs []string
}

type imageFile struct {
	Path     string
	Ino      uint64
	Mode     fs.FileMode
	UID, GID int
	Time     time.Time
	Data     []byte `json:",omitempty"`
	Target   string `json:",omitempty"`
	Device   string `json:",omitempty"`
	Program  string `json:",omitempty"`
}

type imageDevice struct {
	Name, Class, Subclass, Kind string
	Available                   bool
	Parent, Location, Text      string
	Attributes                  map[string]string
}

type imageObject struct {
	Class  string
	Fields [][2]string
}

type imageSubsystem struct{ Name, Group, Path, Args, Start string }

type imageFileset struct {
	Name, Level, State, Kind, Text string
	Parts                          []string
}

type imageDisk struct {
	Name, PVID, Group, State string
	Paths, SizeMB            int
}

// Capture takes an image of the host as it is now, running or not: Power VS captures
// the volumes of an active VM (IBM, power-iaas documentation, capturing).
func (h *Host) Capture() *Image {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := imageData{Format: imageFormat, Definition: h.def, Hostname: h.hostname, Files: h.fs.dump(),
		BootList: slices.Clone(h.bootList), PeerDomain: h.rmc.peerDomain, NodeIDs: slices.Clone(h.taken)}
	for _, id := range []string{h.firstLine(etcNodeID), h.firstLine(varNodeID), h.rmc.runningID} {
		if id != "" && !slices.Contains(d.NodeIDs, id) {
			d.NodeIDs = append(d.NodeIDs, id)
		}
	}
	for _, v := range h.odm.devices {
		d.Devices = append(d.Devices, imageDevice{v.name, v.class, v.subclass, v.kind, v.available, v.parent, v.location, v.text, v.copy().attrs})
	}
	for _, o := range h.odm.extra {
		d.Extra = append(d.Extra, imageObject{o.class, slices.Clone(o.fields)})
	}
	for _, s := range h.src.subsystems {
		d.Subsystems = append(d.Subsystems, imageSubsystem{s.name, s.group, s.path, s.args, s.start})
	}
	for _, f := range h.packages.filesets {
		d.Filesets = append(d.Filesets, imageFileset{f.name, f.level, f.state, f.kind, f.text, f.parts})
	}
	for _, r := range h.packages.rpms {
		d.RPMs = append(d.RPMs, [4]string{r.name, r.version, r.release, r.text})
	}
	for _, f := range h.packages.fixes {
		d.Fixes = append(d.Fixes, [4]string{f.label, f.state, f.when, f.text})
	}
	for _, v := range h.disks {
		d.Disks = append(d.Disks, imageDisk{v.name, v.pvid, v.group, v.state, v.paths, v.sizeMB})
	}
	return &Image{d}
}

// Encode writes the image as gzip'd JSON.
func (i *Image) Encode(w io.Writer) error {
	z := gzip.NewWriter(w)
	if err := json.NewEncoder(z).Encode(i.data); err != nil {
		return fmt.Errorf("encode the image: %w", err)
	}
	return z.Close()
}

// maxImage bounds an encoded image when it is read, in bytes.
const maxImage = 512 << 20

// IsImage reports whether the bytes begin like an encoded image.
func IsImage(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) }

// DecodeImage reads what [Image.Encode] wrote.
func DecodeImage(r io.Reader) (*Image, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("not an image of a simulated host: %w", err)
	}
	decoder := json.NewDecoder(io.LimitReader(z, maxImage))
	decoder.DisallowUnknownFields()
	i := &Image{}
	if err := decoder.Decode(&i.data); err != nil {
		return nil, fmt.Errorf("not an image of a simulated host: %w", err)
	}
	d := i.data.Definition
	if i.data.Format != imageFormat || d == nil || d.RMC == nil {
		return nil, fmt.Errorf("not an image of a simulated host: format %q, expected %q", i.data.Format, imageFormat)
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	return i, nil
}

// restore puts what the image holds onto a host that is being made.
func (i *Image) restore(h *Host) error {
	d := i.data
	h.hostname, h.taken = d.Hostname, slices.Clone(d.NodeIDs)
	if err := h.fs.load(d.Files); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	h.odm.restore(d.Devices)
	h.odm.extra = nil
	for _, o := range d.Extra {
		h.odm.extra = append(h.odm.extra, &object{o.Class, slices.Clone(o.Fields)})
	}
	h.src.subsystems = nil
	for _, s := range d.Subsystems {
		h.src.subsystems = append(h.src.subsystems, &subsystem{name: s.Name, group: s.Group, path: s.Path, args: s.Args, start: s.Start})
	}
	h.packages = &packages{}
	for _, f := range d.Filesets {
		h.packages.filesets = append(h.packages.filesets, &fileset{f.Name, f.Level, f.State, f.Kind, f.Text, f.Parts})
	}
	for _, r := range d.RPMs {
		h.packages.rpms = append(h.packages.rpms, &rpmPackage{r[0], r[1], r[2], r[3]})
	}
	for _, f := range d.Fixes {
		h.packages.fixes = append(h.packages.fixes, &interimFix{f[0], f[1], f[2], f[3]})
	}
	h.disks = nil
	for _, v := range d.Disks {
		h.disks = append(h.disks, &disk{v.Name, v.PVID, v.Group, v.State, v.Paths, v.SizeMB})
	}
	// The boot list is NVRAM's; a new VM boots from its boot volume.
	h.bootList = []string{str(h.def.BootDisk)}
	h.rmc.peerDomain = d.PeerDomain
	return nil
}

// restore replaces the devices by captured ones. What an attribute may be is code and
// not data: it comes from the device of the same name or class.
func (o *odm) restore(devices []imageDevice) {
	defaults := func(d imageDevice) map[string]attribute {
		if known := o.device(d.Name); known != nil {
			return known.defaults
		}
		switch {
		case d.Class == "if":
			return interfaceDefaults
		case d.Class == "adapter" && d.Kind == "IBM,l-lan":
			return adapterDefaults
		case d.Class == "disk":
			return diskDefaults
		}
		return map[string]attribute{}
	}
	list := make([]*device, 0, len(devices))
	for _, d := range devices {
		restored := &device{name: d.Name, class: d.Class, subclass: d.Subclass, kind: d.Kind, available: d.Available, parent: d.Parent,
			location: d.Location, text: d.Text, defaults: defaults(d), attrs: map[string]string{}}
		for name, value := range d.Attributes {
			restored.attrs[name] = value
		}
		list = append(list, restored)
	}
	o.devices = list
}

// dump lists all files, directories before what is in them.
func (f *fileSystem) dump() []imageFile {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []imageFile
	var walk func(at string, n *node)
	walk = func(at string, n *node) {
		list = append(list, imageFile{at, n.ino, n.mode, n.uid, n.gid, n.mtime, slices.Clone(n.data), n.target, n.device, n.program})
		names := make([]string, 0, len(n.children))
		for name := range n.children {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			walk(path.Join(at, name), n.children[name])
		}
	}
	walk("/", f.root)
	return list
}

// load replaces the file system by what dump listed. Names of one file share it.
func (f *fileSystem) load(list []imageFile) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(list) == 0 || list[0].Path != "/" || len(list) > maxNodes {
		return errors.New("files: no root directory, or too many")
	}
	byPath, byIno := map[string]*node{}, map[uint64]*node{}
	f.bytes, f.nodes = 0, len(list)
	for i, e := range list {
		n := byIno[e.Ino]
		if n == nil {
			n = &node{ino: e.Ino, mode: e.Mode, uid: e.UID, gid: e.GID, mtime: e.Time, data: slices.Clone(e.Data), target: e.Target, device: e.Device, program: e.Program}
			if n.isDir() {
				n.children = map[string]*node{}
			}
			byIno[e.Ino] = n
			f.bytes += int64(len(n.data))
			f.next = max(f.next, e.Ino)
		}
		byPath[e.Path] = n
		if i == 0 {
			f.root = n
			continue
		}
		parent := byPath[path.Dir(e.Path)]
		if parent == nil || !parent.isDir() || e.Path != path.Clean(e.Path) {
			return fmt.Errorf("files: %q has no directory", e.Path)
		}
		parent.children[path.Base(e.Path)] = n
	}
	if !f.root.isDir() {
		return errors.New("files: / is no directory")
	}
	return nil
}
