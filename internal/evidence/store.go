// SPDX-License-Identifier: MPL-2.0

package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/moby/sys/atomicwriter"
)

// FileName is the name of a record on disk.
const FileName = "evidence.json"

var (
	uuidShape   = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{7,63}$`)
	sourceShape = regexp.MustCompile(`^[0-9A-Za-z_][0-9A-Za-z_.-]{0,199}$`)
)

// ErrNone means that there is no record for the run and source.
var ErrNone = errors.New("no evidence")

// Store keeps the record of one source of one Packer run on the Packer host: the
// only way from a provisioner to a post-processor, since Packer itself hands
// nothing on between them.
type Store struct {
	dir string
	run Run
}

// OpenStore returns the store below base (Packer's cache folder, or the configured
// evidence_dir) for a run. It creates nothing yet. The run's UUID and source become
// folder names, so they are refused when they could leave base.
func OpenStore(base string, run Run) (*Store, error) {
	if !uuidShape.MatchString(run.UUID) {
		return nil, fmt.Errorf("evidence: PACKER_RUN_UUID is %q, expected letters, digits and dashes; run the plugin through packer build", run.UUID)
	}
	if !sourceShape.MatchString(run.Source) {
		return nil, fmt.Errorf("evidence: source name %q: expected letters, digits, _ . and -", run.Source)
	}
	return &Store{dir: filepath.Join(base, "rsct", run.UUID, run.Source), run: run}, nil
}

// Path is where the record lies or will lie.
func (s *Store) Path() string { return filepath.Join(s.dir, FileName) }

// Load returns the record, or an error wrapping [ErrNone] when there is none. A
// record of another run or source is refused: it was copied there.
func (s *Store) Load() (*Record, error) {
	file, err := os.Open(s.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s", ErrNone, s.Path())
	}
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	defer file.Close()
	record, err := Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Path(), err)
	}
	if record.Run.UUID != s.run.UUID {
		return nil, fmt.Errorf("%s is evidence of Packer run %s, this is run %s: it was copied from another run", s.Path(), record.Run.UUID, s.run.UUID)
	}
	if record.Run.Source != s.run.Source {
		return nil, fmt.Errorf("%s is evidence of source %s, this is source %s", s.Path(), record.Run.Source, s.run.Source)
	}
	return record, nil
}

// LoadOrNew returns the record, or a new one of the store's run when there is none.
func (s *Store) LoadOrNew() (*Record, error) {
	record, err := s.Load()
	if errors.Is(err, ErrNone) {
		return &Record{Schema: Schema, Run: s.run, Collections: []Collection{}, Restorations: []Restoration{}}, nil
	}
	return record, err
}

// Save writes the record atomically, readable by its owner alone: raw outputs may
// hold what only the build's owner should see.
func (s *Store) Save(record *Record) error {
	encoded, err := record.Encode()
	if err != nil {
		return err
	}
	if _, err := Decode(bytes.NewReader(encoded)); err != nil {
		return fmt.Errorf("refusing to write evidence that could not be read back: %w", err)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("evidence folder: %w", err)
	}
	if err := atomicwriter.WriteFile(s.Path(), encoded, 0o600); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return nil
}

// SourceName is the source's name in evidence: the builder's type and the name
// that the template gives it, as in "powervs.aix"; empty when Packer tells neither,
// as it does to enforced provisioners.
func SourceName(builderType, buildName string) string {
	if builderType == "" || buildName == "" {
		return ""
	}
	return builderType + "." + buildName
}
