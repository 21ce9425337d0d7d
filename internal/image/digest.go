// SPDX-License-Identifier: MPL-2.0

package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sort"

	"golang.org/x/sync/errgroup"
)

// File is a file of an artifact with its digest.
type File struct {
	// Name is the base name; Path is where it was read.
	Name, Path string
	// Size is in bytes.
	Size int64
	// SHA256 is 64 lower-case hexadecimal digits.
	SHA256 string
	// Archive is what was found inside a file that Power VS imports; nil for any other.
	Archive *Archive

	info os.FileInfo
}

// Progress is told how many bytes of a file were read. It may be called from
// several goroutines at once.
type Progress func(path string, done, total int64)

// Digest reads every file once and returns them sorted by name. Files whose names
// Power VS imports are taken apart on the way: the digests of the whole file, of the
// tar inside a gzip and of every member come out of the same pass. It refuses what is
// no regular file (links included, since they can point elsewhere later), two files
// of one name, a file that changes while it is read, and an archive that is cut off
// or has anything after its end.
func Digest(ctx context.Context, paths []string, progress Progress) ([]File, error) {
	files := make([]File, len(paths))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(runtime.NumCPU(), 4)) // more would only make a spinning disk seek
	for i, path := range paths {
		group.Go(func() error {
			file, err := digest(ctx, path, true, progress)
			files[i] = file
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	sort.Slice(files, func(a, b int) bool { return files[a].Name < files[b].Name })
	for i := 1; i < len(files); i++ {
		if files[i].Name == files[i-1].Name {
			return nil, fmt.Errorf("digest: %s and %s have the same name", files[i-1].Path, files[i].Path)
		}
	}
	return files, nil
}

// openRegular opens a regular file, and makes sure that what was opened is what
// stood there: a FIFO would block for ever, a link could be turned meanwhile.
func openRegular(path string) (*os.File, os.FileInfo, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("digest: %w", err)
	}
	if !before.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("digest: %s is no regular file (%s): name the file itself, not a link, a device, a pipe or a folder", path, before.Mode().Type())
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("digest: %w", err)
	}
	opened, err := file.Stat()
	if err == nil && !os.SameFile(before, opened) {
		err = fmt.Errorf("%s was replaced while it was opened", path)
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, fmt.Errorf("digest: %w", err)
	}
	return file, opened, nil
}

// Sum digests one file without looking into it, whatever its name: to hold it against
// a digest that is known.
func Sum(ctx context.Context, path string) (File, error) { return digest(ctx, path, false, nil) }

func digest(ctx context.Context, path string, inside bool, progress Progress) (File, error) {
	file, opened, err := openRegular(path)
	if err != nil {
		return File{}, err
	}
	defer file.Close()
	result := File{Name: filepath.Base(path), Path: path, info: opened}
	container := ""
	if inside {
		head := make([]byte, tarBlock)
		n, err := file.ReadAt(head, 0)
		if err == nil || errors.Is(err, io.EOF) {
			container, err = containerOf(result.Name, head[:n])
		}
		if err != nil {
			return File{}, fmt.Errorf("digest %s: %w", path, err)
		}
	}

	group, ctx := errgroup.WithContext(ctx)
	whole := newFlow(opened.Size())
	sum := sha256.New()
	hashed := whole.tap()
	group.Go(func() error { return hashed.feed(ctx, sum) })
	var archive *opening
	if container != "" {
		archive = newOpening(container)
		archive.start(ctx, group, whole.tap())
	}
	group.Go(func() error {
		var err error
		result.Size, err = whole.spread(ctx, file, func(done int64) {
			if progress != nil {
				progress(path, done, opened.Size())
			}
		})
		return err
	})
	err = group.Wait()
	// What changed meanwhile explains whatever else went wrong.
	if changed := unchanged(file, opened, result.Size, err == nil); changed != nil {
		return File{}, fmt.Errorf("digest: %s %w", path, changed)
	}
	if err != nil {
		return File{}, fmt.Errorf("digest %s: %w", path, err)
	}
	result.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if archive != nil {
		result.Archive = archive.result()
	}
	return result, nil
}

func unchanged(file *os.File, before os.FileInfo, read int64, whole bool) error {
	after, err := file.Stat()
	if err != nil {
		return err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) || whole && read != before.Size() {
		return fmt.Errorf("changed while it was read: let whatever writes it finish first")
	}
	return nil
}

// Unchanged returns an error when the file at the path is not the one that was
// digested any more: another file, another size, or written to since.
func (f File) Unchanged() error {
	now, err := os.Lstat(f.Path)
	if err != nil {
		return fmt.Errorf("the image %s changed since it was digested: %w", f.Path, err)
	}
	if f.info == nil || !os.SameFile(now, f.info) || now.Size() != f.Size || !now.ModTime().Equal(f.info.ModTime()) {
		return fmt.Errorf("the image %s changed since it was digested", f.Path)
	}
	return nil
}
