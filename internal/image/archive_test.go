// SPDX-License-Identifier: MPL-2.0

package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// member is a member of an archive that a test makes.
type member struct {
	name    string
	content []byte
	header  func(*tar.Header)
}

// ova packs members into a tar.
func ova(t testing.TB, members ...member) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: 0o600, Size: int64(len(m.content)), Typeflag: tar.TypeReg}
		if m.header != nil {
			m.header(h)
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write(m.content); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sha(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// ovf is a descriptor with one bootable AIX disk of a size.
func ovf(size int) []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
  <ovf:References><ovf:File href="disk1.img" id="file1" size="%d"/></ovf:References>
  <ovf:DiskSection><ovf:Info>Disks</ovf:Info><ovf:Disk capacity="20" capacityAllocationUnits="byte * 2^30" diskId="disk1" fileRef="file1"/></ovf:DiskSection>
  <ovf:VirtualSystemCollection>
    <ovf:VirtualSystem ovf:id="vs0">
      <ovf:OperatingSystemSection ovf:id="9"><ovf:Info/><ovf:Description>AIX</ovf:Description><pvc:architecture xmlns:pvc="ibmpvc">ppc64</pvc:architecture></ovf:OperatingSystemSection>
      <ovf:VirtualHardwareSection>
        <ovf:Item><rasd:HostResource>ovf:/disk/disk1</rasd:HostResource><rasd:ResourceType>17</rasd:ResourceType><pvc:boot xmlns:pvc="ibmpvc">True</pvc:boot></ovf:Item>
      </ovf:VirtualHardwareSection>
    </ovf:VirtualSystem>
  </ovf:VirtualSystemCollection>
</ovf:Envelope>
`, size)
}

const metaText = "os-type = aix\narchitecture = ppc64\nvol1-file = disk1.img\nvol1-type = boot\n"

// disk is content that no block size divides.
func disk() []byte {
	content := make([]byte, 3*blockSize+1234)
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < len(content); i += 7 {
		content[i] = byte(r.Uint32())
	}
	return content
}

func factsOf(t *testing.T, name string, content []byte) *Facts {
	t.Helper()
	files, err := Digest(t.Context(), []string{write(t, filepath.Join(t.TempDir(), name), content)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return FactsOf(files[0])
}

func TestDigestTakesAnOVAApartInOnePass(t *testing.T) {
	content := disk()
	packed := ova(t, member{name: "./aix.ovf", content: ovf(len(content))}, member{name: "aix.meta", content: []byte(metaText)}, member{name: "disk1.img", content: content})
	want := Facts{
		IsFile: true, Importable: true, OSType: "aix", Architecture: "ppc64", BootVolumes: []string{"disk1.img"},
		Members: []Member{
			{"aix.ovf", int64(len(ovf(len(content)))), sha(ovf(len(content)))}, {"aix.meta", int64(len(metaText)), sha([]byte(metaText))},
			{"disk1.img", int64(len(content)), sha(content)},
		},
		OVF: Descriptor{State: Read, Name: "aix.ovf", First: true, OSID: 9, OSType: "AIX", Architecture: "ppc64", Disks: []Disk{
			{File: "disk1.img", Size: int64(len(content)), ActualSize: int64(len(content)), Capacity: 20 << 30, Boot: true},
		}},
		Meta:     Meta{State: Read, Name: "aix.meta", OSType: "aix", Architecture: "ppc64", Volumes: []Volume{{"disk1.img", "boot"}}},
		Manifest: Manifest{State: Absent},
	}
	for name, zip := range map[string]bool{"aix.ova": false, "aix.tar": false, "aix.ova.gz": true, "aix.tar.gz": true, "aix.tgz": true} {
		t.Run(name, func(t *testing.T) {
			file, want := packed, want
			want.Container = ContainerTar
			if zip {
				file = gzipped(t, packed)
				want.Container, want.TarSHA256, want.TarSize = ContainerGzip, sha(packed), int64(len(packed))
			}
			want.Name, want.Format, want.Size, want.SHA256 = name, formatOf(name), int64(len(file)), sha(file)
			if diff := cmp.Diff(&want, factsOf(t, name, file)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMetaSpeaksWhereTheDescriptorIsSilent(t *testing.T) {
	facts := factsOf(t, "a.ova", ova(t, member{name: "a.meta", content: []byte(metaText)}, member{name: "disk1.img", content: []byte("x")}))
	if facts.OSType != "aix" || facts.Architecture != "ppc64" || len(facts.BootVolumes) != 1 || facts.OVF.State != Absent {
		t.Errorf("got %+v", facts)
	}
}

func TestDigestRefusesArchivesThatAreNotWhole(t *testing.T) {
	content := disk()
	whole := ova(t, member{name: "a.ovf", content: ovf(len(content))}, member{name: "disk1.img", content: content})
	marked := len(whole) - 1024
	zip := gzipped(t, whole)
	device := func(kind byte) []byte {
		return ova(t, member{name: "dev", header: func(h *tar.Header) { h.Typeflag, h.Linkname = kind, "/etc/passwd" }})
	}
	many := make([]member, maxMembers+1)
	for i := range many {
		many[i].name = fmt.Sprint("m", i)
	}
	damaged := bytes.Clone(zip)
	damaged[len(damaged)-6] ^= 1 // in the checksum
	for _, c := range []struct {
		name, file, want string
		content          []byte
	}{
		{"an empty file", "a.ova", "neither a tar", nil},
		{"a text", "a.ova.gz", "neither a tar", bytes.Repeat([]byte("text"), 1000)},
		{"a member cut off", "a.ova", "tar is cut off", whole[:len(whole)/2]},
		{"no end mark", "a.ova", "end-of-archive", whole[:marked]},
		{"half an end mark", "a.ova", "end-of-archive", whole[:marked+512]},
		{"garbage after the end", "a.ova", "after the end of its tar", append(bytes.Clone(whole), "x"...)},
		{"a second archive after the end", "a.ova", "after the end of its tar", append(bytes.Clone(whole), whole...)},
		{"endless zeros", "a.ova", "zeros after the end", append(bytes.Clone(whole), make([]byte, maxPadding+1)...)},
		{"a gzip cut off", "a.ova.gz", "gzip is cut off", zip[:len(zip)/2]},
		{"a gzip without its trailer", "a.ova.gz", "gzip is cut off", zip[:len(zip)-8]},
		{"a gzip's header alone", "a.ova.gz", "cut off", zip[:5]},
		{"a gzip with a wrong checksum", "a.ova.gz", "gzip is damaged", damaged},
		{"garbage after the gzip", "a.ova.gz", "after the end of its gzip", append(bytes.Clone(zip), "garbage beyond"...)},
		{"a cut tar in a whole gzip", "a.tgz", "tar is cut off", gzipped(t, whole[:len(whole)/2])},
		{"a gzip in a gzip", "a.ova.gz", "tar is", gzipped(t, zip)},
		{"a link", "a.ova", "no plain file", device(tar.TypeSymlink)},
		{"a hard link", "a.ova", "no plain file", device(tar.TypeLink)},
		{"a device", "a.ova", "no plain file", device(tar.TypeBlock)},
		{"a pipe", "a.ova", "no plain file", device(tar.TypeFifo)},
		{"a name that climbs", "a.ova", "plain name", ova(t, member{name: "../../etc/passwd"})},
		{"an absolute name", "a.ova", "plain name", ova(t, member{name: "/etc/passwd"})},
		{"a name with a newline", "a.ova", "plain name", ova(t, member{name: "a\nb"})},
		{"a name with an escape", "a.ova", "plain name", ova(t, member{name: "a\x1b[2J"})},
		{"a name that turns the reading", "a.ova", "plain name", ova(t, member{name: "a\u202eb"})},
		{"a backslash", "a.ova", "plain name", ova(t, member{name: `a\b`})},
		{"a name too long", "a.ova", "plain name", ova(t, member{name: strings.Repeat("a", 300)})},
		{"a name twice", "a.ova", "twice", ova(t, member{name: "a"}, member{name: "./a"})},
		{"too many members", "a.ova", "more than 256", ova(t, many...)},
		{"a descriptor too large", "a.ova", "at most", ova(t, member{name: "a.ovf", content: make([]byte, maxDescriptor+1)})},
		{"a member much larger than declared", "a.ova", "no image to read on", ova(t, member{name: "a.ovf", content: ovf(10)}, member{name: "disk1.img", content: make([]byte, 2<<20)})},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Digest(t.Context(), []string{write(t, filepath.Join(t.TempDir(), c.file), c.content)}, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

func TestDigestRefusesSparseMembersThatUnpackToMoreThanTheyHold(t *testing.T) {
	// GNU's sparse form 1.0: a member of one block that claims to be a file of 1 TiB. The
	// writer refuses to write such records, so they get their name afterwards.
	packed := ova(t, member{name: "disk1.img", content: append([]byte("0\n"), make([]byte, 510)...), header: func(h *tar.Header) {
		h.Format = tar.FormatPAX
		h.PAXRecords = map[string]string{"RSC.sparse.major": "1", "RSC.sparse.minor": "0", "RSC.sparse.realsize": "1099511627776"}
	}})
	packed = bytes.ReplaceAll(packed, []byte("RSC.sparse."), []byte("GNU.sparse."))
	_, err := Digest(t.Context(), []string{write(t, filepath.Join(t.TempDir(), "a.ova"), packed)}, nil)
	if err == nil || !strings.Contains(err.Error(), "sparse") {
		t.Errorf("got %v", err)
	}
}

func TestDescriptorsThatAreWrongAreFactsWithTheirLine(t *testing.T) {
	deep := strings.Repeat("<a>", maxDepth+1)
	for _, c := range []struct{ name, text, want string }{
		{"no XML", "hello <", "no XML"},
		{"empty", "", "empty"},
		{"another document", "<html/>", "expected Envelope"},
		{"entities that expand", "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<Envelope>&b;</Envelope>", "line 2: it has a document type"},
		{"an entity from a file", "<Envelope>&xxe;</Envelope>", "no XML"},
		{"too deep", "<Envelope>" + deep, "inside each other"},
		{"a size that is no number", `<Envelope><References><File id="f" href="d" size="1e9"/></References></Envelope>`, "size in bytes"},
		{"a negative size", `<Envelope><References><File id="f" href="d" size="-1"/></References></Envelope>`, "size in bytes"},
		{"a file twice", `<Envelope><References><File id="f" href="d" size="1"/><File id="f" href="d" size="1"/></References></Envelope>`, "twice"},
		{"a disk without its file", `<Envelope><DiskSection><Disk diskId="d" fileRef="f" capacity="1"/></DiskSection></Envelope>`, "not in References"},
		{"an unknown unit", `<Envelope><References><File id="f" href="d" size="1"/></References><DiskSection><Disk diskId="d" fileRef="f" capacity="1" capacityAllocationUnits="bushels"/></DiskSection></Envelope>`, "bushels"},
		{"a capacity that overflows", `<Envelope><References><File id="f" href="d" size="1"/></References><DiskSection><Disk diskId="d" fileRef="f" capacity="9999999999" capacityAllocationUnits="byte * 2^50"/></DiskSection></Envelope>`, "no disk"},
		{"another encoding", `<?xml version="1.0" encoding="EBCDIC"?><Envelope/>`, "no XML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := readOVF("a.ovf", []byte(c.text))
			if d.State != Damaged || !strings.Contains(d.Problem, c.want) {
				t.Errorf("got %+v, want …%s…", d, c.want)
			}
		})
	}
	facts := factsOf(t, "a.ova", ova(t, member{name: "a.ovf", content: ovf(4)}, member{name: "disk1.img", content: []byte("four and more")}))
	if d := facts.OVF.Disks[0]; d.Size != 4 || d.ActualSize != 13 {
		t.Errorf("got %+v", d)
	}
	facts = factsOf(t, "b.ova", ova(t, member{name: "a.ovf", content: ovf(4)}, member{name: "b.ovf", content: ovf(4)}))
	if facts.OVF.State != Damaged {
		t.Errorf("got %+v", facts.OVF)
	}
}

func TestMetaThatIsWrongIsAFactWithItsLine(t *testing.T) {
	for text, want := range map[string]string{"os-type = aix\nnonsense\n": "line 2", "os-type=aix\nos-type=ibmi\n": "twice", "\xff": "no text"} {
		if m := readMeta("a.meta", []byte(text)); m.State != Damaged || !strings.Contains(m.Problem, want) {
			t.Errorf("%q: got %+v", text, m)
		}
	}
}

func TestManifestIsCheckedAgainstTheMembers(t *testing.T) {
	content := []byte("the disk")
	sum1 := sha1.Sum(content)
	one := hex.EncodeToString(sum1[:])
	d := member{name: "disk1.img", content: content}
	mf := func(text string) member { return member{name: "a.mf", content: []byte(text)} }
	for _, c := range []struct {
		name, state, problem string
		members              []member
	}{
		{"none", Absent, "", []member{d}},
		{"SHA256", ManifestMatch, "", []member{d, mf("SHA256(disk1.img)= " + sha(content) + "\n")}},
		{"SHA256 in another spelling", ManifestMatch, "", []member{d, mf("SHA256 (disk1.img) = " + strings.ToUpper(sha(content)) + "\r\n")}},
		{"SHA1 before the disks", ManifestMatch, "", []member{mf("SHA1(disk1.img)= " + one), d}},
		{"a wrong SHA1 before the disks", ManifestMismatch, "SHA1 of disk1.img", []member{mf("SHA1(disk1.img)= " + strings.Repeat("0", 40)), d}},
		{"SHA1 after the disks", ManifestUnchecked, "came before", []member{d, mf("SHA1(disk1.img)= " + one)}},
		{"another digest", ManifestMismatch, "SHA256 of disk1.img is", []member{d, mf("SHA256(disk1.img)= " + sha([]byte("x")))}},
		{"a digest of the wrong length", ManifestMismatch, "no SHA256", []member{d, mf("SHA256(disk1.img)= ab")}},
		{"a file that is not there", ManifestMismatch, "not in the archive", []member{d, mf("SHA256(disk1.img)= " + sha(content) + "\nSHA256(disk2.img)= " + sha(content))}},
		{"a file that is not listed", ManifestMismatch, "not in the manifest", []member{d, {name: "extra"}, mf("SHA256(disk1.img)= " + sha(content))}},
		{"no manifest at all", ManifestMismatch, "line 1", []member{d, mf("hello")}},
		{"MD5", ManifestMismatch, "line 1", []member{d, mf("MD5(disk1.img)= " + strings.Repeat("0", 32))}},
		{"two manifests", ManifestMismatch, "two manifests", []member{d, mf(""), {name: "b.mf"}}},
		{"an unchecked line, then a wrong one", ManifestMismatch, "not in the archive", []member{d, mf("SHA1(disk1.img)= " + one + "\nSHA1(none)= " + one)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := factsOf(t, "a.ova", ova(t, c.members...)).Manifest
			if got.State != c.state || !strings.Contains(got.Problem, c.problem) {
				t.Errorf("got %+v, want %s …%s…", got, c.state, c.problem)
			}
		})
	}
}

func TestDigestRefusesDevicesAndPipesWithoutOpeningThem(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo.ova")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, path := range []string{fifo, "/dev/zero"} {
		if _, err := Digest(ctx, []string{path}, nil); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestUnchangedNoticesWhatHappensAfterDigesting(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "image.raw"), []byte("the image"))
	files, err := Digest(t.Context(), []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := files[0].Unchanged(); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour)
	for _, change := range []struct {
		name string
		make func() error
	}{
		{"written to", func() error { return os.Chtimes(path, later, later) }},
		{"replaced", func() error { return os.Rename(write(t, path+".new", []byte("the image")), path) }},
		{"removed", func() error { return os.Remove(path) }},
	} {
		if err := change.make(); err != nil {
			t.Fatal(err)
		}
		if err := files[0].Unchanged(); err == nil || !strings.Contains(err.Error(), "changed since") {
			t.Errorf("%s: got %v", change.name, err)
		}
	}
}

// A bomb unpacks to a thousand times its size; the memory must not follow.
func TestDigestOfAGzipBombTakesBoundedMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.ova.gz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const size = 256 << 20
	zip := gzip.NewWriter(file)
	w := tar.NewWriter(zip)
	if err := w.WriteHeader(&tar.Header{Name: "disk1.img", Size: size, Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range size >> 20 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []io.Closer{w, zip, file} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	files, err := Digest(t.Context(), []string{path}, nil)
	runtime.ReadMemStats(&after)
	if err != nil || files[0].Archive.Members[0].Size != size {
		t.Fatalf("got %+v, %v", files, err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 16<<20 {
		t.Errorf("allocated %d MiB for %d MiB", allocated>>20, size>>20)
	}
}

func FuzzArchivesOfAnyBytesEndInFactsOrAnError(f *testing.F) {
	f.Add(ova(f, member{name: "a.ovf", content: ovf(3)}, member{name: "a.meta", content: []byte(metaText)}, member{name: "disk1.img", content: []byte("abc")}))
	f.Add(gzipped(f, ova(f, member{name: "a.mf", content: []byte("SHA1(x)= 00")})))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "a.ova")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := Digest(t.Context(), []string{path}, nil)
		if err == nil && files[0].SHA256 != sha(content) {
			t.Error("another digest")
		}
	})
}

func FuzzDescriptors(f *testing.F) {
	f.Add(ovf(3))
	f.Add([]byte(metaText))
	f.Add([]byte("SHA1(x)= 00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, d := range readOVF("a.ovf", content).Disks {
			if d.Size < 0 || d.Capacity < 0 || d.File == "" {
				t.Errorf("got %+v", d)
			}
		}
		readMeta("a.meta", content)
		readManifest("a.mf", content, nil).check(nil, nil)
	})
}

// BenchmarkOVA compares one pass with the passes that it replaces.
func BenchmarkOVA(b *testing.B) {
	const size = 256 << 20
	content := make([]byte, size)
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < size; i += 64 {
		content[i] = byte(r.Uint32())
	}
	plain := filepath.Join(b.TempDir(), "a.ova")
	packed := ova(b, member{name: "a.ovf", content: ovf(size)}, member{name: "disk1.img", content: content})
	if err := os.WriteFile(plain, packed, 0o600); err != nil {
		b.Fatal(err)
	}
	zip := filepath.Join(b.TempDir(), "a.ova.gz")
	if err := os.WriteFile(zip, gzipped(b, packed), 0o600); err != nil {
		b.Fatal(err)
	}
	pass := func(b *testing.B, read func(io.Reader) error, path string) {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		if err := read(file); err != nil {
			b.Fatal(err)
		}
	}
	hashAll := func(r io.Reader) error { _, err := io.Copy(sha256.New(), r); return err }
	members := func(r io.Reader) error {
		for archive := tar.NewReader(r); ; {
			if _, err := archive.Next(); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			if err := hashAll(archive); err != nil {
				return err
			}
		}
	}
	unzipped := func(then func(io.Reader) error) func(io.Reader) error {
		return func(r io.Reader) error {
			z, err := gzip.NewReader(r)
			if err != nil {
				return err
			}
			return then(z)
		}
	}
	for _, c := range []struct {
		name, path string
		passes     []func(io.Reader) error
	}{
		{"ova", plain, []func(io.Reader) error{hashAll, members}},
		{"ova.gz", zip, []func(io.Reader) error{hashAll, unzipped(hashAll), unzipped(members)}},
	} {
		b.Run(c.name+"/OnePass", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := Digest(context.Background(), []string{c.path}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("%s/%dPasses", c.name, len(c.passes)), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				for _, p := range c.passes {
					pass(b, p, c.path)
				}
			}
		})
	}
}
