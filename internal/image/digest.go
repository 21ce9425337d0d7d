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
}

// Progress is told how many bytes of a file were read. It may be called from
// several goroutines at once.
type Progress func(path string, done, total int64)

// blockSize is large enough for the hash to run at its own speed.
const blockSize = 1 << 20

// Digest reads every file once and returns them sorted by name. It refuses what is
// no regular file (links included, since they can point elsewhere later), two files
// of one name, and a file that changes while it is read.
func Digest(ctx context.Context, paths []string, progress Progress) ([]File, error) {
	files := make([]File, len(paths))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(runtime.NumCPU(), 4)) // more would only make a spinning disk seek
	for i, path := range paths {
		group.Go(func() error {
			file, err := digest(ctx, path, progress)
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

func digest(ctx context.Context, path string, progress Progress) (File, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return File{}, fmt.Errorf("digest: %w", err)
	}
	if !before.Mode().IsRegular() {
		return File{}, fmt.Errorf("digest: %s is no regular file (%s)", path, before.Mode().Type())
	}
	file, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("digest: %w", err)
	}
	defer file.Close()
	opened, err := file.Stat()
	if err != nil {
		return File{}, fmt.Errorf("digest: %w", err)
	}
	if !os.SameFile(before, opened) {
		return File{}, fmt.Errorf("digest: %s was replaced while it was opened", path)
	}
	hash := sha256.New()
	block := make([]byte, blockSize)
	var done int64
	for {
		if err := ctx.Err(); err != nil {
			return File{}, fmt.Errorf("digest %s: %w", path, err)
		}
		n, err := file.Read(block)
		hash.Write(block[:n])
		done += int64(n)
		if progress != nil && n > 0 {
			progress(path, done, opened.Size())
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return File{}, fmt.Errorf("digest: %w", err)
		}
	}
	after, err := file.Stat()
	if err != nil {
		return File{}, fmt.Errorf("digest: %w", err)
	}
	if done != opened.Size() || after.Size() != opened.Size() || !after.ModTime().Equal(opened.ModTime()) {
		return File{}, fmt.Errorf("digest: %s changed while it was read", path)
	}
	return File{Name: filepath.Base(path), Path: path, Size: done, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}
