// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/sys/atomicwriter"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// The files of a report folder.
const (
	FileHTML          = "report.html"
	FileJSON          = "report.json"
	FileEvidence      = "evidence.json"
	FileImage         = "image.json"
	FileReportBundle  = "report.sigstore.json"
	FileReportDSSE    = "report.dsse.json"
	FileVerdictBundle = "verdict.sigstore.json"
	FileVerdictDSSE   = "verdict.dsse.json"
	FileTestsBundle   = "tests.sigstore.json"
	FileTestsDSSE     = "tests.dsse.json"
	FileSigner        = "signer.pub"
	// Without a key the bare statements are written, for another tool to sign.
	FileReportStatement  = "report.statement.json"
	FileVerdictStatement = "verdict.statement.json"
	FileTestsStatement   = "tests.statement.json"
)

// verdictFiles say PASSED or FAILED: they go first and come last.
var verdictFiles = []string{FileVerdictBundle, FileVerdictDSSE, FileVerdictStatement, FileTestsBundle, FileTestsDSSE, FileTestsStatement}

// temporary begins the names under which files are written before they get their own.
const temporary = ".tmp-"

// FolderPath is where the report folder of an image lies.
func FolderPath(dir, imageName string) string { return filepath.Join(dir, imageName+".rsct") }

// Document is a file that the report refers to by digest.
type Document struct {
	Name, MediaType string
	Content         []byte
	// Private documents are readable by their owner alone.
	Private bool
}

// Folder is what a report folder is made of.
type Folder struct {
	Path      string
	Subjects  []Resource
	Result    *verdict.Result
	Documents []Document
	// Builder is the artifact that the image came from.
	Builder Builder
	// Signer is nil for bare statements.
	Signer     *Signer
	VerifierID string
	// ResourceURI is the image's URI in the verdict; see [ResourceURI] for the usual one.
	ResourceURI string
	// Tests adds the in-toto test result.
	Tests bool
	// Authority stamps the signatures; nil for none.
	Authority *Authority
	// At is the time of judging, by the Packer host's clock.
	At time.Time
	// Unchanged, when not nil, is asked directly before the verdict is written, and stops it.
	Unchanged func() error
}

// Write writes the folder and returns the digest of the report statement's file.
// An older verdict is removed first and the new one written last, each file under
// another name until it is whole and on disk, so that a crash at any moment leaves
// neither half a file nor a verdict without the report that it refers to. When
// anything fails, no verdict stands.
func (f Folder) Write(ctx context.Context) (digest string, err error) {
	if err := os.MkdirAll(f.Path, 0o755); err != nil {
		return "", fmt.Errorf("report folder: %w", err)
	}
	if err := f.removeOld(); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, RemoveVerdict(f.Path))
		}
	}()
	var references []Resource
	for _, d := range f.Documents {
		mode := fs.FileMode(0o644)
		if d.Private {
			mode = 0o600
		}
		if err := f.put(d.Name, d.Content, mode); err != nil {
			return "", err
		}
		references = append(references, Resource{Name: d.Name, Digest: map[string]string{"sha256": sum(d.Content)}, MediaType: d.MediaType})
	}
	names := [3][3]string{
		{FileReportStatement, FileReportDSSE, FileReportBundle},
		{FileTestsStatement, FileTestsDSSE, FileTestsBundle},
		{FileVerdictStatement, FileVerdictDSSE, FileVerdictBundle},
	}
	write, referTo := f.statement, FileReportStatement
	if f.Signer != nil {
		write, referTo = f.signed, FileReportDSSE
		if err := f.put(FileSigner, f.Signer.PublicKeyPEM(), 0o644); err != nil {
			return "", err
		}
	}
	content, err := write(ctx, NewReport(f.Subjects, f.Result, references, f.Builder, f.At), names[0])
	if err != nil {
		return "", err
	}
	if f.Unchanged != nil {
		if err := f.Unchanged(); err != nil {
			return "", err
		}
	}
	if f.Tests {
		if _, err := write(ctx, NewTestResult(f.Subjects, f.Result), names[1]); err != nil {
			return "", err
		}
	}
	uri := f.ResourceURI
	if uri == "" {
		uri = ResourceURI(f.Subjects)
	}
	if _, err := write(ctx, NewVerdict(f.Subjects, f.Result, f.VerifierID, uri, referTo, content, f.At), names[2]); err != nil {
		return "", err
	}
	return "sha256:" + sum(content), syncFolder(f.Path)
}

// removeOld removes what an earlier run left, the verdict first, and what one that was
// killed left half written.
func (f Folder) removeOld() error {
	others := []string{FileReportBundle, FileReportDSSE, FileReportStatement, FileSigner}
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), temporary) && e.Type().IsRegular() {
			others = append(others, e.Name())
		}
	}
	return RemoveVerdict(f.Path, others...)
}

// RemoveVerdict removes an older verdict from a report folder, and the other named
// files after it. A folder that is not there holds none.
func RemoveVerdict(path string, others ...string) error {
	removed := false
	for _, name := range append(append([]string{}, verdictFiles...), others...) {
		err := os.Remove(filepath.Join(path, name))
		removed = removed || err == nil
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s of an earlier run stands in the report folder and cannot be removed: %w", name, err)
		}
	}
	if !removed {
		return nil
	}
	return syncFolder(path)
}

// syncFolder brings the folder's entries to disk. Systems that cannot sync a folder
// order its changes themselves.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("report folder: %w", err)
	}
	return nil
}

func (f Folder) put(name string, content []byte, mode fs.FileMode) error {
	if err := atomicwriter.WriteFile(filepath.Join(f.Path, name), content, mode); err != nil {
		return fmt.Errorf("report folder: %s: %w", name, err)
	}
	return nil
}

// statement writes a bare statement; names are those of the statement, the bare
// envelope and the bundle.
func (f Folder) statement(_ context.Context, s Statement, names [3]string) ([]byte, error) {
	content, err := s.encode()
	if err != nil {
		return nil, err
	}
	return content, f.put(names[0], content, 0o644)
}

// signed writes both wrappings and returns the bare one's bytes.
func (f Folder) signed(ctx context.Context, s Statement, names [3]string) ([]byte, error) {
	signed, err := Sign(s, f.Signer)
	if err != nil {
		return nil, err
	}
	if f.Authority != nil {
		if signed.response, err = f.Authority.stamp(ctx, signed.signature); err != nil {
			return nil, err
		}
	}
	wrapped, err := signed.Bundle()
	if err != nil {
		return nil, err
	}
	bare, err := signed.DSSE()
	if err != nil {
		return nil, err
	}
	if err := f.put(names[2], wrapped, 0o644); err != nil {
		return nil, err
	}
	return bare, f.put(names[1], bare, 0o644)
}
