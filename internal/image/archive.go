// SPDX-License-Identifier: MPL-2.0

package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1" // only to check a manifest that says SHA1
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
)

// The containers of an image file, told by its content.
const (
	ContainerTar  = "tar"
	ContainerGzip = "tar+gzip"
)

// The bounds of an archive. A real OVA holds a descriptor and a few disks.
const (
	maxMembers    = 256
	maxMemberName = 255
	maxDescriptor = 1 << 20 // .ovf, .meta, .mf: text of a few kilobytes
	maxPadding    = 1 << 20 // zeros after the end of the archive
	maxTar        = 10 << 40
	tarBlock      = 512
)

// Archive is what one pass over an OVA finds.
type Archive struct {
	// Container is [ContainerTar] or [ContainerGzip].
	Container string
	// TarSHA256 and TarSize are those of the tar inside a gzip; empty for a plain tar,
	// which is the file itself.
	TarSHA256 string
	TarSize   int64
	// Members are the files in the archive, in its order.
	Members    []Member
	Descriptor Descriptor
	Meta       Meta
	Manifest   Manifest
}

// Member is a file in an archive.
type Member struct {
	// Name is as in the archive, without a leading "./". It is never used as a path.
	Name string `json:"name"`
	// Size is in bytes.
	Size int64 `json:"size"`
	// SHA256 is 64 lower-case hexadecimal digits.
	SHA256 string `json:"sha256"`
}

// containerOf tells by a file's first block what the file is, when its name is one
// that Power VS imports as an archive. Other files are not looked into.
func containerOf(name string, head []byte) (string, error) {
	switch format := formatOf(name); {
	case format == "raw" || format == "other":
		return "", nil
	case len(head) > 2 && head[0] == 0x1f && head[1] == 0x8b:
		return ContainerGzip, nil
	case isTarHeader(head):
		return ContainerTar, nil
	default:
		return "", fmt.Errorf("its name ends in .%s, but it is neither a tar archive nor a gzip of one; Power VS could not import it", format)
	}
}

// isTarHeader checks the header's own checksum: the sum of its bytes with the
// checksum's field taken as blanks. Unlike the magic, the oldest tars have it too.
func isTarHeader(head []byte) bool {
	if len(head) < tarBlock {
		return false
	}
	var sum int64
	for i, b := range head[:tarBlock] {
		if i >= 148 && i < 156 {
			b = ' '
		}
		sum += int64(b)
	}
	field := strings.Trim(string(head[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 64)
	return err == nil && want == sum && head[0] != 0
}

// opening takes one archive apart while it is read.
type opening struct {
	archive Archive
	inner   hash.Hash
	// manifest is kept until all members were seen.
	manifest *manifestFile
	other    map[string]map[string]string // member → algorithm → digest, where a manifest asks for others
}

func newOpening(container string) *opening {
	return &opening{archive: Archive{Container: container, Members: []Member{}}, other: map[string]map[string]string{}}
}

// start starts the goroutines that read the archive from a tap.
func (o *opening) start(ctx context.Context, group *errgroup.Group, from *tap) {
	source := from.reader(ctx)
	if o.archive.Container == ContainerTar {
		group.Go(func() error { return o.walk(ctx, source) })
		return
	}
	o.inner = sha256.New()
	unpacked := newFlow(-1)
	hashed, walked := unpacked.tap(), unpacked.tap()
	group.Go(func() error { return hashed.feed(ctx, o.inner) })
	group.Go(func() error { return o.walk(ctx, walked.reader(ctx)) })
	group.Go(func() error {
		var err error
		o.archive.TarSize, err = unpacked.spread(ctx, &gunzip{source: source}, nil)
		return err
	})
}

// gunzip gives the ends of a gzip names of their own.
type gunzip struct {
	source io.Reader
	z      *gzip.Reader
	read   int64
}

// Read implements io.Reader.
func (g *gunzip) Read(p []byte) (int, error) {
	if g.z == nil {
		z, err := gzip.NewReader(g.source)
		if err != nil {
			return 0, g.name(err)
		}
		g.z = z
	}
	n, err := g.z.Read(p)
	if g.read += int64(n); g.read > maxTar {
		return n, fmt.Errorf("it unpacks to more than %d TiB, more than Power VS imports", maxTar>>40)
	}
	return n, g.name(err)
}

func (g *gunzip) name(err error) error {
	switch {
	case err == nil, err == io.EOF:
		return err
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), g.z == nil && errors.Is(err, io.EOF):
		return errors.New("its gzip is cut off: export or copy it again")
	case errors.Is(err, gzip.ErrHeader) && g.read > 0:
		return errors.New("there is something after the end of its gzip")
	}
	return fmt.Errorf("its gzip is damaged: %w", err)
}

// counting counts what the tar reader took.
type counting struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// walk reads the tar to its very end.
func (o *opening) walk(ctx context.Context, r io.Reader) error {
	source := &counting{r: r}
	archive := tar.NewReader(source)
	buffer := make([]byte, blockSize)
	seen := map[string]bool{}
	var total, last int64
	for {
		before := source.n
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			// archive/tar takes the mere end of the stream as the end of the archive; the
			// format ends in two blocks of zeros, without which it may be cut off.
			if source.n-before-(-last)&(tarBlock-1) < 2*tarBlock {
				return errors.New("its tar has no end-of-archive mark, so it may be cut off: export or copy it again")
			}
			break
		}
		if err != nil {
			return tarError(err)
		}
		name, err := memberName(h)
		if err != nil {
			return err
		}
		last = h.Size
		if h.Typeflag == tar.TypeDir {
			continue
		}
		if seen[name] {
			return fmt.Errorf("its tar holds %s twice, so which one counts is not clear", name)
		}
		seen[name] = true
		if len(o.archive.Members) == maxMembers {
			return fmt.Errorf("its tar holds more than %d files; an OVA holds a descriptor and some disks", maxMembers)
		}
		if total += h.Size; h.Size > maxTar || total > maxTar {
			return fmt.Errorf("its tar holds more than %d TiB, more than Power VS imports", maxTar>>40)
		}
		if err := o.member(name, h.Size, archive, buffer); err != nil {
			return err
		}
	}
	if err := onlyZeros(source, buffer); err != nil {
		return err
	}
	o.conclude()
	return ctx.Err()
}

func tarError(err error) error {
	switch {
	case errors.Is(err, context.Canceled), strings.HasPrefix(err.Error(), "its "), strings.HasPrefix(err.Error(), "there is "):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("its tar is cut off: export or copy it again")
	}
	return fmt.Errorf("its tar is damaged: %w", err)
}

func onlyZeros(r io.Reader, buffer []byte) error {
	var padding int64
	for {
		n, err := r.Read(buffer)
		if len(bytes.Trim(buffer[:n], "\x00")) > 0 {
			return errors.New("there is something after the end of its tar")
		}
		if padding += int64(n); padding > maxPadding {
			return fmt.Errorf("there are more than %d MiB of zeros after the end of its tar", maxPadding>>20)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// memberName refuses what no OVA holds. The name is shown to people and written into
// statements, so it must be plain text; it is never used as a path.
func memberName(h *tar.Header) (string, error) {
	name := strings.TrimPrefix(h.Name, "./")
	switch h.Typeflag {
	case tar.TypeReg:
	case tar.TypeDir:
		return name, nil
	case tar.TypeGNUSparse:
		return "", fmt.Errorf("its tar holds %.80q in sparse form; pack it again without that option", name)
	default:
		return "", fmt.Errorf("its tar holds %.80q, which is no plain file (a link or a device, type %q)", name, h.Typeflag)
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return "", fmt.Errorf("its tar holds %.80q in sparse form; pack it again without that option", name)
		}
	}
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if name == "" || len(name) > maxMemberName || !utf8.ValidString(name) || strings.ContainsFunc(name, unprintable) ||
		strings.Contains(name, `\`) || path.IsAbs(name) || path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../") {
		return "", fmt.Errorf("its tar holds a file named %.80q, expected a plain name such as disk1.img", h.Name)
	}
	return name, nil
}

// member digests one member, and keeps the text of those that describe the others.
func (o *opening) member(name string, size int64, r io.Reader, buffer []byte) error {
	var keep *bytes.Buffer
	kind := strings.ToLower(path.Ext(name))
	switch kind {
	case ".ovf", ".meta", ".mf":
		if size > maxDescriptor {
			return fmt.Errorf("%s in it is %d bytes, expected at most %d", name, size, maxDescriptor)
		}
		keep = &bytes.Buffer{}
	default:
		if declared, ok := o.archive.Descriptor.declared(name); ok && size > 2*declared+maxDescriptor {
			return fmt.Errorf("%s in it is %d bytes, its .ovf says %d: that is no image to read on", name, size, declared)
		}
	}
	sum := sha256.New()
	writers := []io.Writer{sum}
	if keep != nil {
		writers = append(writers, keep)
	}
	extra := map[string]hash.Hash{}
	for _, algorithm := range o.manifest.algorithms(name) {
		h := newHash(algorithm)
		extra[algorithm] = h
		writers = append(writers, h)
	}
	to := writers[0]
	if len(writers) > 1 {
		to = io.MultiWriter(writers...)
	}
	// Hide tar.Reader's WriterTo, which would take a buffer of its own size.
	if _, err := io.CopyBuffer(to, struct{ io.Reader }{r}, buffer); err != nil {
		return tarError(err)
	}
	digest := hex.EncodeToString(sum.Sum(nil))
	o.archive.Members = append(o.archive.Members, Member{Name: name, Size: size, SHA256: digest})
	o.other[name] = map[string]string{"sha256": digest}
	for algorithm, h := range extra {
		o.other[name][algorithm] = hex.EncodeToString(h.Sum(nil))
	}
	switch {
	case kind == ".ovf" && o.archive.Descriptor.State == "":
		o.archive.Descriptor = readOVF(name, keep.Bytes())
		o.archive.Descriptor.First = len(o.archive.Members) == 1
	case kind == ".ovf":
		o.archive.Descriptor = Descriptor{State: Damaged, Problem: "there is more than one .ovf", Name: name, Disks: []Disk{}}
	case kind == ".meta" && o.archive.Meta.State == "":
		o.archive.Meta = readMeta(name, keep.Bytes())
	case kind == ".meta":
		o.archive.Meta = Meta{State: Damaged, Problem: "there is more than one .meta", Name: name, Volumes: []Volume{}}
	case kind == ".mf":
		o.manifest = readManifest(name, keep.Bytes(), o.manifest)
	}
	return nil
}

func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "sha1":
		return sha1.New()
	case "sha512":
		return sha512.New()
	}
	return sha256.New()
}

// conclude compares the members with what the descriptor and the manifest say of them.
func (o *opening) conclude() {
	a := &o.archive
	if a.Descriptor.State == "" {
		a.Descriptor = Descriptor{State: Absent, Disks: []Disk{}}
	}
	if a.Meta.State == "" {
		a.Meta = Meta{State: Absent, Volumes: []Volume{}}
	}
	a.Descriptor.compare(a.Members)
	a.Manifest = o.manifest.check(a.Members, o.other)
}

func (o *opening) result() *Archive {
	if o.inner != nil {
		o.archive.TarSHA256 = hex.EncodeToString(o.inner.Sum(nil))
	}
	return &o.archive
}
