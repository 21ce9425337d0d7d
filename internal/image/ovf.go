// SPDX-License-Identifier: MPL-2.0

package image

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// The states of the texts in an archive that describe its disks.
const (
	Read    = "read"
	Absent  = "absent"
	Damaged = "damaged"
	// NotRead is for an image that was not looked into.
	NotRead = "not_read"
)

// Descriptor is what the .ovf of an OVA says. Which of it Power VS reads is told by
// PowerVC's documentation of its OVA package and by pvsadm's template: the files with
// their sizes, the disks, the operating system, and in the namespace "ibmpvc" the
// architecture and which disk boots.
type Descriptor struct {
	// State is "read", "absent", "damaged" or "not_read"; Problem says why it is damaged.
	State   string `json:"state"`
	Problem string `json:"problem"`
	Name    string `json:"name"`
	// First is true when it is the first member, as the OVF specification (DSP0243) asks.
	First bool `json:"first"`
	// OSID is the operating system by number: 9 is AIX in CIM_OperatingSystem; 0 when not said.
	OSID int64 `json:"os_id"`
	// OSType is the operating system as described there.
	OSType       string `json:"os_type"`
	Architecture string `json:"architecture"`
	Disks        []Disk `json:"disks"`
}

// Disk is a disk of a descriptor.
type Disk struct {
	// File is the member that holds it.
	File string `json:"file"`
	// Size is the file's size in bytes as the descriptor says; ActualSize is that of the
	// member, -1 when there is none.
	Size       int64 `json:"size"`
	ActualSize int64 `json:"actual_size"`
	// Capacity is the disk's capacity in bytes.
	Capacity int64 `json:"capacity"`
	// Boot is true for the disk that the machine boots from.
	Boot bool `json:"boot"`
}

const (
	maxDepth = 64
	maxDisks = 64
)

// ovfReading is the state while the tokens go by.
type ovfReading struct {
	d     Descriptor
	files map[string]*Disk // by id
	order []string         // ids of disks' files in the order of the disks
	disks map[string]string
	// The item of the hardware section that is being read.
	hostResource string
	boot         bool
	booting      map[string]bool
	text         strings.Builder
}

// readOVF reads a descriptor token by token: nothing is expanded, nothing is fetched.
func readOVF(name string, content []byte) Descriptor {
	r := &ovfReading{d: Descriptor{State: Read, Name: name, Disks: []Disk{}}, files: map[string]*Disk{}, disks: map[string]string{}, booting: map[string]bool{}}
	if err := r.read(content); err != nil {
		return Descriptor{State: Damaged, Problem: err.Error(), Name: name, Disks: []Disk{}}
	}
	return r.d
}

func (r *ovfReading) read(content []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	var path []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("no XML: %w", err)
		}
		line, _ := decoder.InputPos()
		switch t := token.(type) {
		case xml.Directive:
			return fmt.Errorf("line %d: it has a document type declaration, which a descriptor does not need", line)
		case xml.StartElement:
			path = append(path, t.Name.Local)
			if len(path) > maxDepth {
				return fmt.Errorf("line %d: more than %d elements inside each other", line, maxDepth)
			}
			if len(path) == 1 && t.Name.Local != "Envelope" {
				return fmt.Errorf("line %d: its outermost element is %q, expected Envelope", line, t.Name.Local)
			}
			r.text.Reset()
			if err := r.begin(path, t); err != nil {
				return fmt.Errorf("line %d: %w", line, err)
			}
		case xml.CharData:
			if r.text.Len()+len(t) <= maxMemberName {
				r.text.Write(t)
			}
		case xml.EndElement:
			r.end(path, strings.TrimSpace(r.text.String()))
			path = path[:len(path)-1]
			r.text.Reset()
		}
	}
	if len(path) == 0 && decoder.InputOffset() == 0 {
		return errors.New("it is empty")
	}
	for _, id := range r.order {
		disk := *r.files[r.disks[id]]
		disk.Boot = r.booting[id]
		r.d.Disks = append(r.d.Disks, disk)
	}
	return nil
}

// attribute finds an attribute by its local name: writers differ about the prefix.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func parent(path []string) string {
	if len(path) < 2 {
		return ""
	}
	return path[len(path)-2]
}

func (r *ovfReading) begin(path []string, e xml.StartElement) error {
	switch {
	case e.Name.Local == "File" && parent(path) == "References":
		id, href := attribute(e, "id"), attribute(e, "href")
		size, err := strconv.ParseInt(attribute(e, "size"), 10, 64)
		if id == "" || href == "" || err != nil || size < 0 {
			return fmt.Errorf("a File needs an id, an href and a size in bytes, got id %.40q, href %.40q, size %.40q", id, href, attribute(e, "size"))
		}
		if r.files[id] != nil || len(r.files) == maxDisks {
			return fmt.Errorf("the File %.40q stands there twice, or is one of more than %d", id, maxDisks)
		}
		r.files[id] = &Disk{File: href, Size: size, ActualSize: -1}
	case e.Name.Local == "Disk" && parent(path) == "DiskSection":
		id, file := attribute(e, "diskId"), r.files[attribute(e, "fileRef")]
		if id == "" || file == nil || r.disks[id] != "" {
			return fmt.Errorf("the Disk %.40q refers to the file %.40q, which is not in References, or it stands there twice", id, attribute(e, "fileRef"))
		}
		capacity, err := capacityOf(attribute(e, "capacity"), attribute(e, "capacityAllocationUnits"))
		if err != nil {
			return err
		}
		file.Capacity = capacity
		r.disks[id] = attribute(e, "fileRef")
		r.order = append(r.order, id)
	case e.Name.Local == "OperatingSystemSection":
		if id := attribute(e, "id"); id != "" {
			number, err := strconv.ParseInt(id, 10, 32)
			if err != nil {
				return fmt.Errorf("the operating system's id is %.40q, expected a number", id)
			}
			r.d.OSID = number
		}
	case e.Name.Local == "Item":
		r.hostResource, r.boot = "", false
	}
	return nil
}

func (r *ovfReading) end(path []string, text string) {
	switch name := path[len(path)-1]; {
	case name == "Description" && parent(path) == "OperatingSystemSection":
		r.d.OSType = text
	case name == "architecture" && parent(path) == "OperatingSystemSection":
		r.d.Architecture = text
	case name == "HostResource" && parent(path) == "Item":
		r.hostResource = text[strings.LastIndexByte(text, '/')+1:]
	case name == "boot" && parent(path) == "Item":
		r.boot = strings.EqualFold(text, "true")
	case name == "Item" && r.boot:
		r.booting[r.hostResource] = true
	}
}

var unitsShape = regexp.MustCompile(`^byte(?: ?\* ?2\^([0-9]{1,2}))?$`)

// capacityOf turns a capacity and its unit, "byte" or "byte * 2^30", into bytes.
func capacityOf(number, units string) (int64, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("a disk's capacity is %.40q, expected a number", number)
	}
	shift := int64(0)
	if units != "" {
		m := unitsShape.FindStringSubmatch(units)
		if m == nil {
			return 0, fmt.Errorf("a disk's capacity is in %.40q, expected byte or byte * 2^N", units)
		}
		if m[1] != "" {
			shift, _ = strconv.ParseInt(m[1], 10, 8) // two digits
		}
	}
	if shift > 50 || n > (1<<62)>>shift {
		return 0, fmt.Errorf("a disk's capacity is %.40s times 2^%d bytes, which no disk has", number, shift)
	}
	return n << shift, nil
}

// declared is the size of a member as the descriptor says.
func (d *Descriptor) declared(name string) (int64, bool) {
	for _, disk := range d.Disks {
		if strings.TrimPrefix(disk.File, "./") == name {
			return disk.Size, true
		}
	}
	return 0, false
}

// compare notes the sizes that the members really have.
func (d *Descriptor) compare(members []Member) {
	for i := range d.Disks {
		for _, m := range members {
			if strings.TrimPrefix(d.Disks[i].File, "./") == m.Name {
				d.Disks[i].ActualSize = m.Size
			}
		}
	}
}
