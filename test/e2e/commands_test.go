// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wayOfPage finds the commands that a page prints under "How to verify".
var wayOfPage = regexp.MustCompile(`(?s)<div class="way"><h3>(.*?)</h3>.*?<pre[^>]*>(.*?)</pre>`)

// The commands that a report prints are run as a reader would: copied from the page, in
// the report's folder, with the signer's key under the name that they give it.
func verifyAsThePageSays(t *testing.T, s *site, folder string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(folder, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]string{}
	for _, m := range wayOfPage.FindAllStringSubmatch(string(page), -1) {
		ways[html.UnescapeString(m[1])] = html.UnescapeString(m[2])
	}
	public, err := os.ReadFile(s.public)
	if err != nil {
		t.Fatal(err)
	}
	// Beside the image, as the folder itself; a copy, since openssl's way writes files.
	copied := filepath.Join(s.dir, "copy of the report")
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied, "image-signing.pub"), public, 0o600); err != nil {
		t.Fatal(err)
	}
	checksum, err := os.ReadFile(s.image + ".sha256")
	if err != nil {
		t.Fatal(err)
	}
	digest, _, _ := strings.Cut(string(checksum), " ")
	path := "PATH=" + filepath.Dir(s.plugin) + ":" + filepath.Dir(s.packer) + ":" + os.Getenv("PATH")
	run := func(command string) (string, int) {
		return s.run("env", path, "sh", "-e", "-c", "cd \"$1\"\n"+command, "sh", copied)
	}
	for _, c := range []struct {
		title string
		// says are words of a good end.
		says []string
	}{
		{"With openssl and jq", []string{"Signature Verified Successfully", digest, "PASSED"}},
		{"With this plugin", []string{"PASSED"}},
		{"With Packer 1.16 or later", nil},
	} {
		command, ok := ways[c.title]
		if !ok {
			t.Errorf("the page does not say how to verify %q", c.title)
			continue
		}
		if c.title == "With openssl and jq" {
			// Of two lines the reader takes the one for the kind of key, which is Ed25519 here.
			command = regexp.MustCompile(`(?m)^.*# ECDSA or RSA$`).ReplaceAllString(command, "")
		}
		out, code := run(command)
		if code != 0 {
			t.Errorf("%s: exit code %d\n%s\n%s", c.title, code, command, out)
		}
		saysAll(t, out, c.says...)
	}
	// Each of them refuses another signer's key.
	other := filepath.Join(s.dir, "other.pem")
	s.must("openssl", "genpkey", "-algorithm", "ed25519", "-out", other)
	s.must("openssl", "pkey", "-in", other, "-pubout", "-out", filepath.Join(copied, "image-signing.pub"))
	for title, command := range ways {
		if title == "With openssl and jq" || title == "With this plugin" || title == "With Packer 1.16 or later" {
			if out, code := run(command); code == 0 {
				t.Errorf("%s takes another signer's key:\n%s", title, out)
			}
		}
	}
}
