// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/digitorus/pkcs7"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// openssl runs openssl, which CI installs, in a folder.
func openssl(t testing.TB, dir string, stdin []byte, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("RSCT_ALL_INSTALLED") != "" {
			t.Fatal(err)
		}
		t.Skipf("openssl is not installed: %v", err)
	}
	command := exec.CommandContext(t.Context(), "openssl", args...)
	command.Dir, command.Stdin = dir, bytes.NewReader(stdin)
	var out, words bytes.Buffer
	command.Stdout, command.Stderr = &out, &words
	if err := command.Run(); err != nil {
		t.Fatalf("openssl %s: %v: %s", strings.Join(args, " "), err, words.Bytes())
	}
	return out.Bytes()
}

// stampAuthority is a time-stamping authority made with openssl: a root, and below it
// the certificate that stamps.
type stampAuthority struct{ dir string }

// stampConfig is the configuration of openssl ts.
const stampConfig = `
[ tsa ]
default_tsa = here
[ here ]
dir = .
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = %s
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = %s
accuracy = secs:1
ess_cert_id_alg = sha256
[ stamping ]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = %s
`

// stampUsage is what RFC 3161 section 2.3 demands of the certificate.
const stampUsage = "critical,timeStamping"

type stampOptions struct {
	digests string
	// days is how long the stamping certificate is valid; negative for one that expired.
	days string
	key  []string
}

func newStampAuthority(t testing.TB, o stampOptions) stampAuthority {
	t.Helper()
	a := stampAuthority{t.TempDir()}
	for _, d := range []struct {
		at    *string
		usual string
	}{{&o.digests, "sha256, sha384, sha512"}, {&o.days, "30"}} {
		if *d.at == "" {
			*d.at = d.usual
		}
	}
	if o.key == nil {
		o.key = []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}
	}
	config := fmt.Sprintf(stampConfig, "root.pem", o.digests, stampUsage)
	for name, content := range map[string]string{"tsa.cnf": config, "serial": "01\n"} {
		if err := os.WriteFile(filepath.Join(a.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openssl(t, a.dir, nil, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "root.key",
		"-out", "root.pem", "-subj", "/CN=Root", "-days", "3650", "-addext", "keyUsage=critical,keyCertSign")
	openssl(t, a.dir, nil, append([]string{"genpkey", "-out", "tsa.key"}, o.key...)...)
	openssl(t, a.dir, nil, "req", "-new", "-key", "tsa.key", "-subj", "/CN=Stamps", "-out", "tsa.csr")
	openssl(t, a.dir, nil, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "2",
		"-days", o.days, "-extfile", "tsa.cnf", "-extensions", "stamping", "-out", "tsa.pem")
	return a
}

// command is the authority as an offline site configures it.
func (a stampAuthority) command() []string {
	return []string{"sh", "-c", `cd "$0" && openssl ts -reply -config tsa.cnf -section here -queryfile /dev/stdin`, a.dir}
}

// serve is the authority behind HTTP.
func (a stampAuthority) serve(t testing.TB) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "no timestamp query", http.StatusBadRequest)
			return
		}
		command := exec.CommandContext(r.Context(), a.command()[0], a.command()[1:]...)
		command.Stdin = bytes.NewReader(query)
		reply, err := command.Output()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(reply)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (a stampAuthority) roots(t testing.TB, name string) *TimestampRoots {
	t.Helper()
	roots, err := LoadTimestampRoots(filepath.Join(a.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

func (m made) verifyStamped(t testing.TB, path string, roots *TimestampRoots) (*Verified, error) {
	return Verify(t.Context(), path, VerifyOptions{Keys: []*Verifier{m.key}, Digest: m.made.Subjects[0].Digest["sha256"], Roots: roots})
}

func TestSignaturesAreStampedByAnAuthorityThatVerifyTrusts(t *testing.T) {
	for name, o := range map[string]stampOptions{
		"P-256":    {},
		"RSA 2048": {key: []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}},
	} {
		a := newStampAuthority(t, o)
		for how, authority := range map[string]*Authority{"over HTTP": {URL: a.serve(t)}, "by a command": {Command: a.command()}} {
			t.Run(name+" "+how, func(t *testing.T) {
				if err := authority.Check(); err != nil {
					t.Fatal(err)
				}
				m := make1(t, "p256", verdict.Passed)
				m.write(t, func(f *Folder) { f.Authority = authority })
				// The root is what a site pins; the stamping certificate alone will do as well.
				for _, pem := range []string{"root.pem", "tsa.pem"} {
					v, err := m.verifyStamped(t, m.folder, a.roots(t, pem))
					if err != nil {
						t.Fatalf("%s: %v", pem, err)
					}
					said := strings.Join(v.Checked, "\n")
					if v.StampedAt == "" || !strings.Contains(said, "the timestamp of "+FileReportBundle) || !strings.Contains(said, "the timestamp of "+FileVerdictBundle) {
						t.Errorf("%s: stamped at %q, checked:\n%s", pem, v.StampedAt, said)
					}
					if strings.Contains(strings.Join(v.NotChecked, "\n"), "the time:") {
						t.Errorf("the time counts as not checked: %q", v.NotChecked)
					}
				}
				if _, err := m.verifyStamped(t, filepath.Join(m.folder, FileVerdictBundle), a.roots(t, "root.pem")); err != nil {
					t.Errorf("the verdict alone: %v", err)
				}
				// openssl finds the same in our bundle.
				o, err := open(read(t, filepath.Join(m.folder, FileVerdictBundle)))
				if err != nil {
					t.Fatal(err)
				}
				for name, content := range map[string][]byte{"signature": o.signature, "reply": o.responses[0]} {
					if err := os.WriteFile(filepath.Join(a.dir, name), content, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				openssl(t, a.dir, nil, "ts", "-verify", "-data", "signature", "-in", "reply", "-CAfile", "root.pem")
			})
		}
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// changeTimestamps changes the timestamps of a bundle.
func changeTimestamps(t *testing.T, path string, change func(*timestamps)) {
	t.Helper()
	var b bundle
	if err := json.Unmarshal(read(t, path), &b); err != nil {
		t.Fatal(err)
	}
	change(b.VerificationMaterial.Timestamps)
	content, err := json.Marshal(b)
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestVerifyRefusesTimestampsThatProveNothing(t *testing.T) {
	good := newStampAuthority(t, stampOptions{})
	trusted := good.roots(t, "root.pem")
	stamped := func(t *testing.T, a stampAuthority) made {
		m := make1(t, "ed25519", verdict.Passed)
		m.write(t, func(f *Folder) { f.Authority = &Authority{Command: a.command()} })
		return m
	}
	refusedIn := func(t *testing.T, m made, roots *TimestampRoots, want string) {
		t.Helper()
		_, err := m.verifyStamped(t, m.folder, roots)
		refused(t, err, want)
	}
	t.Run("none", func(t *testing.T) {
		m := make1(t, "ed25519", verdict.Passed)
		refusedIn(t, m, trusted, "it has no timestamp")
		_, err := m.verifyStamped(t, filepath.Join(m.folder, FileVerdictDSSE), trusted)
		refused(t, err, "it has no timestamp")
	})
	t.Run("the bundles that hold them are missing", func(t *testing.T) {
		m := stamped(t, good)
		if err := os.Remove(filepath.Join(m.folder, FileVerdictBundle)); err != nil {
			t.Fatal(err)
		}
		refusedIn(t, m, trusted, FileVerdictBundle+" is missing, which would hold the timestamp")
	})
	t.Run("one of another bundle", func(t *testing.T) {
		m := stamped(t, good)
		report, err := open(read(t, filepath.Join(m.folder, FileReportBundle)))
		if err != nil {
			t.Fatal(err)
		}
		other := base64.StdEncoding.EncodeToString(report.responses[0])
		verdictPath := filepath.Join(m.folder, FileVerdictBundle)
		changeTimestamps(t, verdictPath, func(s *timestamps) { s.RFC3161 = append(s.RFC3161, signedTimestamp{other}) })
		refusedIn(t, m, trusted, "the timestamp is about another signature")
		changeTimestamps(t, verdictPath, func(s *timestamps) { s.RFC3161 = s.RFC3161[1:] })
		refusedIn(t, m, trusted, "the timestamp is about another signature")
	})
	t.Run("one bit changed", func(t *testing.T) {
		m := stamped(t, good)
		path := filepath.Join(m.folder, FileVerdictBundle)
		whole := read(t, path)
		o, err := open(whole)
		if err != nil {
			t.Fatal(err)
		}
		response := o.responses[0]
		for i := range response {
			bad := bytes.Clone(response)
			bad[i] ^= 1
			changeTimestamps(t, path, func(s *timestamps) { s.RFC3161[0].Signed = base64.StdEncoding.EncodeToString(bad) })
			v, err := m.verifyStamped(t, path, trusted)
			// Some bytes of the root's copy in the reply, of the encoding's frame, and of what no
			// one reads are not signed by the authority; none of them changes the time.
			if err == nil && v.StampedAt != stampedAt(t, response) {
				t.Errorf("byte %d: accepted with another time", i)
			}
		}
	})
	t.Run("of an unknown authority", func(t *testing.T) {
		refusedIn(t, stamped(t, newStampAuthority(t, stampOptions{})), trusted, "not of a trusted authority")
	})
	t.Run("by a certificate that may not, or for something else", func(t *testing.T) {
		// openssl ts refuses to stamp so; openssl cms signs anything.
		a := newStampAuthority(t, stampOptions{})
		config := strings.Replace(string(read(t, filepath.Join(a.dir, "tsa.cnf"))), stampUsage, "critical,codeSigning", 1)
		if err := os.WriteFile(filepath.Join(a.dir, "code.cnf"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		openssl(t, a.dir, nil, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "3",
			"-days", "30", "-extfile", "code.cnf", "-extensions", "stamping", "-out", "code.pem")
		openssl(t, a.dir, nil, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "4",
			"-days", "-1", "-extfile", "tsa.cnf", "-extensions", "stamping", "-out", "expired.pem")
		m := stamped(t, a)
		o, err := open(read(t, filepath.Join(m.folder, FileVerdictBundle)))
		if err != nil {
			t.Fatal(err)
		}
		good, err := parseToken(o.responses[0])
		if err != nil {
			t.Fatal(err)
		}
		p7, err := pkcs7.Parse(good.RawToken)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ certificate, contentType, want string }{
			{"tsa.pem", "1.2.840.113549.1.9.16.1.4", ""},
			{"expired.pem", "1.2.840.113549.1.9.16.1.4", "outside of certificate validity"},
			{"code.pem", "1.2.840.113549.1.9.16.1.4", "incompatible key usage"},
			{"tsa.pem", "1.2.840.113549.1.7.1", "expected a time-stamp token"},
		} {
			forged := openssl(t, a.dir, p7.Content, "cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-outform", "DER",
				"-econtent_type", c.contentType, "-signer", c.certificate, "-inkey", "tsa.key")
			response, err := asn1.Marshal(struct {
				Status struct{ Status int }
				Token  asn1.RawValue
			}{Token: asn1.RawValue{FullBytes: forged}})
			if err != nil {
				t.Fatal(err)
			}
			changeTimestamps(t, filepath.Join(m.folder, FileVerdictBundle), func(s *timestamps) {
				s.RFC3161[0].Signed = base64.StdEncoding.EncodeToString(response)
			})
			if c.want != "" {
				refusedIn(t, m, a.roots(t, "root.pem"), c.want)
			} else if _, err := m.verifyStamped(t, m.folder, a.roots(t, "root.pem")); err != nil {
				t.Error(err)
			}
		}
	})
}

// stampedAt is the time in a response.
func stampedAt(t testing.TB, response []byte) string {
	t.Helper()
	token, err := parseToken(response)
	if err != nil {
		t.Fatal(err)
	}
	return stamp(token.Time)
}

// No verdict stands without the timestamp that was asked for, and the error says what
// the authority did.
func TestWriteLeavesNoVerdictWhenTheAuthorityFails(t *testing.T) {
	a := newStampAuthority(t, stampOptions{})
	refusing := newStampAuthority(t, stampOptions{digests: "sha512"})
	serve := func(status int, body string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	replay := append(a.command()[:2:2], `cd "$0" && if [ -s saved ]; then cat saved; else openssl ts -reply -config tsa.cnf -section here -queryfile /dev/stdin | tee saved; fi`, a.dir)
	for _, c := range []struct {
		name      string
		authority Authority
		want      string
	}{
		{"answers with an error", Authority{URL: serve(http.StatusServiceUnavailable, "")}, "503"},
		{"is not there", Authority{URL: gone.URL}, "refused"},
		{"answers with a page", Authority{URL: serve(http.StatusOK, "<html>")}, "no valid timestamp response"},
		{"answers with nothing", Authority{URL: serve(http.StatusOK, "")}, "no valid timestamp response"},
		{"answers without end", Authority{URL: serve(http.StatusOK, strings.Repeat("x", maxToken+1))}, "longer than 64 KiB"},
		{"refuses the digest", Authority{Command: refusing.command()}, "rejected"},
		{"answers what it answered another", Authority{Command: replay}, "another"},
		{"stamps with an expired certificate", Authority{Command: newStampAuthority(t, stampOptions{days: "-1"}).command()}, "outside of certificate validity"},
		{"is a command that fails", Authority{Command: []string{"sh", "-c", "echo no key in the drive >&2; exit 3"}}, "no key in the drive"},
		{"is a command that says nothing", Authority{Command: []string{"true"}}, "no valid timestamp response"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := make1(t, "ed25519", verdict.Passed)
			f := m.made
			f.Authority = &c.authority
			_, err := f.Write(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "timestamp authority") {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
			for _, name := range verdictFiles {
				if _, err := os.Lstat(filepath.Join(m.folder, name)); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s stands: %v", name, err)
				}
			}
		})
	}
}

func TestAuthorityCheckRefusesWhatCannotStamp(t *testing.T) {
	for _, c := range []struct {
		authority Authority
		want      string
	}{
		{Authority{URL: "http://x", Command: []string{"true"}}, "exclude each other"},
		{Authority{URL: "tsa.example.com"}, "http:// or https://"},
		{Authority{URL: "ftp://tsa.example.com"}, "http:// or https://"},
		{Authority{Command: []string{""}}, "timestamp_command"},
		{Authority{Command: []string{"no-such-command-anywhere"}}, "timestamp_command"},
	} {
		if err := c.authority.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want …%s…", c.authority, err, c.want)
		}
	}
}

func TestLoadTimestampRootsSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	a := newStampAuthority(t, stampOptions{})
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"key.pem":   {read(t, filepath.Join(a.dir, "tsa.key")), "PRIVATE KEY"},
		"empty.pem": {nil, "BEGIN CERTIFICATE"},
		"der.pem":   {openssl(t, a.dir, nil, "x509", "-in", "root.pem", "-outform", "DER"), "openssl x509"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadTimestampRoots(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want …%s…", name, err, c.want)
		}
	}
}
