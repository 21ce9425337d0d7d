// SPDX-License-Identifier: MPL-2.0

//go:build unix

package attest

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// What a child of these tests does, and where.
const (
	childTask   = "RSCT_TEST_CHILD"
	childFolder = "RSCT_TEST_FOLDER"
	childKey    = "RSCT_TEST_KEY"
)

// crashFolder is a report folder whose documents take some writing.
func crashFolder(path string, signer *Signer, result string) Folder {
	large := []byte(strings.Repeat("a line of evidence\n", 20000))
	return Folder{
		Path: path, Signer: signer, VerifierID: DefaultVerifierID, At: signedAt, Tests: true,
		Subjects:  []Resource{{Name: "aix73.ova.gz", Digest: map[string]string{"sha256": strings.Repeat("ab", 32)}}},
		Result:    &verdict.Result{Verdict: result, Policy: "sha256:" + strings.Repeat("cd", 32)},
		Documents: []Document{{Name: FileEvidence, Content: large, Private: true}, {Name: FileJSON, Content: large}},
	}
}

// TestChildWritesFolders is no test: it is what the children below run.
func TestChildWritesFolders(t *testing.T) {
	task := os.Getenv(childTask)
	if task == "" {
		return
	}
	signer, err := LoadSigner(os.Getenv(childKey), nil)
	if err != nil {
		t.Fatal(err)
	}
	if task == "full" {
		// Every write beyond 64 KiB fails, as on a disk that is full.
		signal.Ignore(syscall.SIGXFSZ)
		limit := syscall.Rlimit{Cur: 64 << 10, Max: 64 << 10}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			t.Fatal(err)
		}
		if _, err := crashFolder(os.Getenv(childFolder), signer, verdict.Passed).Write(t.Context()); err == nil || !strings.Contains(err.Error(), FileEvidence) {
			t.Fatalf("got %v", err)
		}
		return
	}
	_, _ = os.Stdout.WriteString("ready\n")
	for i := 0; ; i++ {
		result := verdict.Passed
		if i%2 == 1 {
			result = verdict.Failed
		}
		if _, err := crashFolder(os.Getenv(childFolder), signer, result).Write(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func child(t *testing.T, task, folder, key string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildWritesFolders$")
	cmd.Env = append(os.Environ(), childTask+"="+task, childFolder+"="+folder, childKey+"="+key)
	return cmd
}

func crashKey(t *testing.T) (string, *Verifier) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, keyPEM(t, "ed25519"), 0o600); err != nil {
		t.Fatal(err)
	}
	signer, err := LoadSigner(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ParseVerifier(signer.PublicKeyPEM())
	if err != nil {
		t.Fatal(err)
	}
	return path, v
}

// Killed at any moment: what stands under a final name is whole, and a verdict stands
// only beside the whole report that it refers to.
func TestKilledAtAnyMomentLeavesNoHalfFileAndNoVerdictWithoutItsReport(t *testing.T) {
	key, public := crashKey(t)
	folder := filepath.Join(t.TempDir(), "a.rsct")
	verdicts := 0
	for range 25 {
		cmd := child(t, "write", folder, key)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 16)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(60_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for _, name := range []string{FileReportDSSE, FileReportBundle, FileTestsDSSE, FileTestsBundle, FileVerdictDSSE, FileVerdictBundle} {
			content, err := os.ReadFile(filepath.Join(folder, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			o, openErr := open(content)
			if err != nil || openErr != nil || !o.signedBy(public) {
				t.Errorf("%s is not whole: %v, %v", name, err, openErr)
			}
		}
		for _, name := range []string{FileVerdictDSSE, FileVerdictBundle} {
			if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
				continue
			}
			verdicts++
			if _, err := Verify(t.Context(), folder, VerifyOptions{Keys: []*Verifier{public}, AnyVerdict: true}); err != nil {
				t.Errorf("there is a %s, but: %v", name, err)
			}
		}
	}
	t.Logf("%d verdict files stood after 25 kills", verdicts)
	// The next run tidies up.
	signer, err := LoadSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := crashFolder(folder, signer, verdict.Passed).Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, temporary+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFullDiskIsAnErrorThatLeavesNoVerdict(t *testing.T) {
	key, _ := crashKey(t)
	folder := filepath.Join(t.TempDir(), "a.rsct")
	signer, err := LoadSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := crashFolder(folder, signer, verdict.Passed).Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, err := child(t, "full", folder, key).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range append([]string{FileReportDSSE, FileReportBundle}, verdictFiles...) {
		if _, err := os.Stat(filepath.Join(folder, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s stands: %v", name, err)
		}
	}
}

func TestFolderThatCannotBeWrittenIsAnError(t *testing.T) {
	key, _ := crashKey(t)
	signer, err := LoadSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A file where the folder should be: root may write into any read-only folder.
	path := filepath.Join(t.TempDir(), "a.rsct")
	if err := os.WriteFile(path, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	if _, err := crashFolder(path, signer, verdict.Passed).Write(t.Context()); err == nil || !strings.Contains(err.Error(), "report folder") {
		t.Errorf("got %v", err)
	}
}
