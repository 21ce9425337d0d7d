// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/moby/sys/atomicwriter"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// The files of a report folder.
const (
	FileHTML          = "report.html"
	FileJSON          = "report.json"
	FileEvidence      = "evidence.json"
	FileReportBundle  = "report.sigstore.json"
	FileReportDSSE    = "report.dsse.json"
	FileVerdictBundle = "verdict.sigstore.json"
	FileVerdictDSSE   = "verdict.dsse.json"
	FileSigner        = "signer.pub"
	// Without a key the bare statements are written, for another tool to sign.
	FileReportStatement  = "report.statement.json"
	FileVerdictStatement = "verdict.statement.json"
)

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
	// Signer is nil for bare statements.
	Signer     *Signer
	VerifierID string
	// At is the time of judging, by the Packer host's clock.
	At time.Time
}

// Write writes the folder and returns the digest of the report statement's file.
// An older verdict is removed first and the new one written last, so that a crash
// at any moment leaves no verdict without the report that it refers to.
func (f Folder) Write() (string, error) {
	if err := os.MkdirAll(f.Path, 0o755); err != nil {
		return "", fmt.Errorf("report folder: %w", err)
	}
	if err := f.removeOld(); err != nil {
		return "", err
	}
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
	report := NewReport(f.Subjects, f.Result, references, f.At)
	if f.Signer == nil {
		content, err := f.statement(FileReportStatement, report)
		if err != nil {
			return "", err
		}
		summary := NewVerdict(f.Subjects, f.Result, f.VerifierID, FileReportStatement, content, f.At)
		_, err = f.statement(FileVerdictStatement, summary)
		return "sha256:" + sum(content), err
	}
	if err := f.put(FileSigner, f.Signer.PublicKeyPEM(), 0o644); err != nil {
		return "", err
	}
	content, err := f.signed(report, FileReportDSSE, FileReportBundle)
	if err != nil {
		return "", err
	}
	summary := NewVerdict(f.Subjects, f.Result, f.VerifierID, FileReportDSSE, content, f.At)
	_, err = f.signed(summary, FileVerdictDSSE, FileVerdictBundle)
	return "sha256:" + sum(content), err
}

// removeOld removes what an earlier run left, the verdict first.
func (f Folder) removeOld() error {
	return RemoveVerdict(f.Path, FileReportBundle, FileReportDSSE, FileReportStatement, FileSigner)
}

// RemoveVerdict removes an older verdict from a report folder, and the other named
// files after it. A folder that is not there holds none.
func RemoveVerdict(path string, others ...string) error {
	for _, name := range append([]string{FileVerdictBundle, FileVerdictDSSE, FileVerdictStatement}, others...) {
		if err := os.Remove(filepath.Join(path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the file of an earlier run: %w", err)
		}
	}
	return nil
}

func (f Folder) put(name string, content []byte, mode fs.FileMode) error {
	if err := atomicwriter.WriteFile(filepath.Join(f.Path, name), content, mode); err != nil {
		return fmt.Errorf("report folder: %w", err)
	}
	return nil
}

func (f Folder) statement(name string, s Statement) ([]byte, error) {
	content, err := s.encode()
	if err != nil {
		return nil, err
	}
	return content, f.put(name, content, 0o644)
}

// signed writes both wrappings and returns the bare one's bytes.
func (f Folder) signed(s Statement, bareName, bundleName string) ([]byte, error) {
	signed, err := Sign(s, f.Signer)
	if err != nil {
		return nil, err
	}
	wrapped, err := signed.Bundle()
	if err != nil {
		return nil, err
	}
	bare, err := signed.DSSE()
	if err != nil {
		return nil, err
	}
	if err := f.put(bundleName, wrapped, 0o644); err != nil {
		return nil, err
	}
	return bare, f.put(bareName, bare, 0o644)
}
