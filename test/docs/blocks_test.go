// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// desk is the folder that a page's commands run in, with what its reader has at hand:
// the plugin, Packer, openssl, an AIX host named aix, and this repository.
type desk struct {
	t   *testing.T
	dir string
	env []string
}

func tool(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		t.Fatalf("%s is not set; run these tests with make test-docs", variable)
	}
	return path
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir()}
	home, tools, work := filepath.Join(d.dir, "home"), filepath.Join(d.dir, "tools"), filepath.Join(d.dir, "work")
	for _, dir := range []string{home, tools, work} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"packer-plugin-rsct": tool(t, "RSCT_PLUGIN"), "packer": tool(t, "RSCT_PACKER")} {
		if err := os.Symlink(target, filepath.Join(tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	// An image in the shape of an OVA; nothing in it is of AIX.
	d.write("tools/make-ova", `#!/bin/sh
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/aix.ovf" <<'OVF'
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1">
<References><File id="file1" href="disk1.img" size="65536"/></References>
<DiskSection><Info/><Disk diskId="disk1" fileRef="file1" capacity="65536"/></DiskSection>
<VirtualSystem id="vs0"><OperatingSystemSection id="9"><Info/><Description>AIX</Description></OperatingSystemSection>
<VirtualHardwareSection><Info/><Item><HostResource>ovf:/disk/disk1</HostResource><ResourceType>17</ResourceType></Item></VirtualHardwareSection></VirtualSystem>
</Envelope>
OVF
head -c 65536 /dev/zero >"$dir/disk1.img"
tar cf - -C "$dir" aix.ovf disk1.img | gzip -n >"$1"
`, 0o700)
	d.write("tools/askpass", "#!/bin/sh\necho aix\n", 0o700)
	for _, name := range []string{"ssh", "scp"} {
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		d.write("tools/"+name, "#!/bin/sh\nexec "+real+" -F \"$RSCT_DESK/ssh_config\" \"$@\"\n", 0o700)
	}
	d.env = append(os.Environ(), "HOME="+home, "RSCT_DESK="+d.dir, "REPOSITORY="+repository(t), "CHECKPOINT_DISABLE=1", "NO_COLOR=1", "PACKER_NO_COLOR=1",
		"PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "SSH_ASKPASS="+filepath.Join(tools, "askpass"), "SSH_ASKPASS_REQUIRE=force",
		"PACKER_CONFIG_DIR="+home, "PACKER_CACHE_DIR="+filepath.Join(d.dir, "cache"), "PACKER_PLUGIN_PATH="+filepath.Join(d.dir, "plugins"))
	return d
}

func (d *desk) write(name, content string, mode os.FileMode) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(content), mode); err != nil {
		d.t.Fatal(err)
	}
}

// aix serves a simulated host and makes it what ssh calls aix.
func (d *desk) aix() {
	d.t.Helper()
	cmd := exec.Command(tool(d.t, "RSCT_PLUGIN"), "simulate", "-listen", "127.0.0.1:0", filepath.Join(repository(d.t), "example", "hosts", "powervs-aix73.hcl"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, port, ok := strings.Cut(lines.Text(), "listening on 127.0.0.1:"); ok {
			d.write("ssh_config", "Host aix\n  HostName 127.0.0.1\n  Port "+port+"\n  User root\nHost *\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n", 0o600)
			d.env = append(d.env, "AIX_PORT="+port)
			return
		}
	}
	d.t.Fatal("the simulated host did not say where it listens")
}

// run runs commands in the desk's folder and returns what they said and how they ended.
func (d *desk) run(commands string) (string, int) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-eu", "-c", commands)
	cmd.Dir, cmd.Env = filepath.Join(d.dir, "work"), d.env
	// A command left in the background keeps the pipe open; what it says is of no interest.
	cmd.WaitDelay = 2 * time.Second
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		d.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// exits is the comment that says how the last command of a line ends where it is not 0.
var exits = regexp.MustCompile(`# exit (\d+)\b`)

func TestCommandsInTheDocumentationRun(t *testing.T) {
	ran := 0
	for _, name := range paths(t) {
		p := read(t, name)
		// The commands on a rule's page are what the rule warns of: they are for the
		// simulated host, in the tests of internal/lint, and not for this machine.
		if !hasCommands(p) || strings.HasPrefix(name, "docs/rules/") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.aix()
			for _, b := range p.blocks {
				switch {
				case b.language == "console" || b.language == "bash" || b.language == "shell":
					t.Errorf("%s:%d: a block of commands is called sh", name, b.line)
				case b.language != "sh" && b.language != "given":
				case b.untested() != "":
				default:
					ran++
					want := 0
					if match := exits.FindStringSubmatch(b.text); match != nil {
						want, _ = strconv.Atoi(match[1])
					}
					if out, code := d.run(b.text); code != want {
						t.Errorf("%s:%d: exit code %d, expected %d\n%s\n%s", name, b.line, code, want, b.text, out)
						return
					}
				}
			}
		})
	}
	if ran < 10 {
		t.Errorf("ran only %d blocks", ran)
	}
}

func hasCommands(p page) bool {
	for _, b := range p.blocks {
		if (b.language == "sh" || b.language == "console" || b.language == "bash" || b.language == "shell") && b.untested() == "" {
			return true
		}
	}
	return false
}

func TestUntestedBlocksSayWhy(t *testing.T) {
	for _, name := range paths(t) {
		for _, b := range read(t, name).blocks {
			if strings.Contains(b.text, "# not tested here") && len(b.untested()) < 10 {
				t.Errorf("%s:%d: expected \"# not tested here: REASON\" in the first line", name, b.line)
			}
		}
	}
}

func TestTemplatesAndPoliciesInTheDocumentationAreValid(t *testing.T) {
	for _, name := range paths(t) {
		if strings.HasPrefix(name, "docs/rules/") {
			continue // generated from the policy, with test cases of internal/policy
		}
		for _, b := range read(t, name).blocks {
			at := fmt.Sprintf("%s:%d", name, b.line)
			switch b.language {
			case "json":
				if err := json.Unmarshal([]byte(b.text), new(any)); err != nil {
					t.Errorf("%s: %v", at, err)
				}
			case "yaml":
				if err := yaml.NewDecoder(strings.NewReader(b.text)).Decode(new(any)); err != nil && !errors.Is(err, io.EOF) {
					t.Errorf("%s: %v", at, err)
				}
			case "hcl":
				file, diags := hclsyntax.ParseConfig([]byte(b.text), at, hcl.InitialPos)
				if diags.HasErrors() {
					t.Errorf("%s: %v", at, diags)
					continue
				}
				validate(t, at, b.text, file)
			}
		}
	}
}

// validate has the tools read a block: the plugin policies, Packer templates.
func validate(t *testing.T, at, content string, file *hcl.File) {
	t.Helper()
	kinds := map[string]bool{}
	for _, b := range file.Body.(*hclsyntax.Body).Blocks {
		kinds[b.Type] = true
	}
	d := newDesk(t)
	switch {
	case kinds["rule"] || kinds["waiver"] || kinds["override"]:
		d.write("work/page.rsct.hcl", content, 0o600)
		if out, code := d.run("packer-plugin-rsct rules -policy page.rsct.hcl"); code != 0 {
			t.Errorf("%s: the policy does not load\n%s", at, out)
		}
	case kinds["provisioner"] || kinds["post-processor"] || kinds["post-processors"]:
		content = "build {\n  sources = [\"source.null.aix\"]\n" + content + "\n}\n"
		fallthrough
	case kinds["packer"] || kinds["build"] || kinds["source"]:
		if !strings.Contains(content, "build {") {
			content += "\nbuild {\n  sources = [\"source.null.aix\"]\n}\n"
		}
		if out, code := d.validateTemplate(content); code != 0 {
			t.Errorf("%s: packer does not accept it\n%s", at, out)
		}
	}
}

// sourceName finds the sources that a build names.
var sourceName = regexp.MustCompile(`"source\.(\w+)\.(\w+)"`)

// validateTemplate has Packer validate a template, with the plugin installed and with
// what the page speaks of at hand: files, and sources that are defined elsewhere, which
// the null builder stands in for.
func (d *desk) validateTemplate(content string) (string, int) {
	d.t.Helper()
	for _, match := range sourceName.FindAllStringSubmatch(content, -1) {
		if !strings.Contains(content, fmt.Sprintf("source %q %q", match[1], match[2])) {
			content = strings.ReplaceAll(content, match[0], fmt.Sprintf(`"source.null.%s"`, match[2]))
			content += fmt.Sprintf("\nsource \"null\" %q {\n  communicator = \"none\"\n}\n", match[2])
		}
	}
	// A variable without a default is given on the command line.
	content = regexp.MustCompile(`(?s)(variable "\w+" \{[^}]*?type += string\n)`).ReplaceAllString(content, "$1  default = \"passphrase\"\n")
	d.write("work/page.pkr.hcl", content, 0o600)
	return d.run(`
		packer plugins install --path "$(readlink -f "$(command -v packer-plugin-rsct)")" github.com/powervs-aix/rsct >/dev/null
		mkdir -p keys
		openssl genpkey -algorithm ed25519 -out keys/image-signing.pem 2>/dev/null
		openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:passphrase -in keys/image-signing.pem -out keys/protected.pem
		chmod 600 keys/*.pem
		touch harden.sh import.sh site.yml
		cp "$REPOSITORY/example/policies/site.rsct.hcl" .
		mkdir -p policies && cp site.rsct.hcl policies
		packer validate page.pkr.hcl`)
}

func TestABadBlockWouldBeFound(t *testing.T) {
	d := newDesk(t)
	if _, code := d.run("packer-plugin-rsct check none.evidence"); code != 1 {
		t.Errorf("exit code %d of a command that fails", code)
	}
	d.write("work/page.rsct.hcl", "rule \"x-y\" {}\n", 0o600)
	if _, code := d.run("packer-plugin-rsct rules -policy page.rsct.hcl"); code == 0 {
		t.Error("a rule without severity is accepted")
	}
	for _, content := range []string{
		"build {\n  sources = [\"source.null.aix\"]\n  nonsense {}\n}\n",
		"build {\n  sources = [\"source.null.aix\"]\n  provisioner \"rsct\" {\n    mood = \"final\"\n  }\n}\n",
	} {
		if out, code := d.validateTemplate(content); code == 0 {
			t.Errorf("accepted:\n%s\n%s", content, out)
		}
	}
}
