// SPDX-License-Identifier: MPL-2.0

package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDigestReadsEachFileOnceAndSortsByName(t *testing.T) {
	dir := t.TempDir()
	big := make([]byte, 3*blockSize+5)
	b := write(t, filepath.Join(dir, "b.raw"), big)
	a := write(t, filepath.Join(dir, "a.ovf"), []byte("x"))
	var read int64
	files, err := Digest(t.Context(), []string{b, a}, func(path string, done, total int64) {
		if path == b {
			read = done
			if total != int64(len(big)) {
				t.Errorf("total %d", total)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(big)
	if files[0].Name != "a.ovf" || files[1].SHA256 != hex.EncodeToString(sum[:]) || files[1].Size != int64(len(big)) || read != int64(len(big)) {
		t.Errorf("got %+v after %d bytes", files, read)
	}
}

func TestDigestRefusesWhatIsNoPlainFile(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "file"), []byte("x"))
	link := filepath.Join(dir, "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other")
	if err := os.Mkdir(other, 0o755); err != nil {
		t.Fatal(err)
	}
	twin := write(t, filepath.Join(other, "file"), []byte("y"))
	for _, c := range []struct {
		want  string
		paths []string
	}{
		{"no regular file", []string{link}},
		{"no regular file", []string{dir}},
		{"no such file", []string{filepath.Join(dir, "none")}},
		{"same name", []string{file, twin}},
	} {
		if _, err := Digest(t.Context(), c.paths, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want …%s…", c.paths, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Digest(ctx, []string{file}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDigestNoticesAFileThatGrowsWhileItIsRead(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "image"), make([]byte, 2*blockSize))
	grown := false
	_, err := Digest(t.Context(), []string{path}, func(string, int64, int64) {
		if !grown {
			grown = true
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString("more")
			}
			if err != nil {
				t.Error(err)
			}
			_ = f.Close()
		}
	})
	if err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %v", err)
	}
}

func TestFactsSayWhatPowerVSImports(t *testing.T) {
	for name, want := range map[string]bool{
		"a.ova": true, "a.ova.gz": true, "a.tar": true, "a.tar.gz": true, "a.tgz": true, "A.OVA": true,
		"a.raw": false, "a.qcow2": false, "a b.ova": false, "ova": false,
	} {
		if got := FactsOf(File{Name: name}).Importable; got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestChecksumFileNamesDigestAndFile(t *testing.T) {
	dir := t.TempDir()
	if err := WriteChecksum(dir, File{Name: "a.ova", SHA256: "ab"}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "a.ova.sha256")); err != nil || string(got) != "ab  a.ova\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func BenchmarkDigest(b *testing.B) {
	path := filepath.Join(b.TempDir(), "image")
	content := make([]byte, 64<<20)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(content)))
	b.Run("Digest", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			if _, err := Digest(context.Background(), []string{path}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("SHA256OfTheSameBytesInMemory", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			sha256.Sum256(content)
		}
	})
}
