// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"io"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"
)

// run runs another command and waits for it, as find -exec and xargs do.
func (c *call) run(args []string, stdin io.Reader) int {
	file, ok := c.host.find(args[0], c.env["PATH"], c.dir, c.proc.user)
	if !ok {
		c.errorf("%s: %s:  not found.\n", path.Base(c.args[0]), args[0])
		return 127
	}
	child, ok := c.host.fork(c.proc, c.proc.user, strings.Join(args, " "))
	if !ok {
		return c.fail(126, "%s: 0403-030 The fork function failed. There are too many processes.\n", path.Base(c.args[0]))
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-c.proc.killed:
			child.deliver(signals["TERM"])
		case <-stop:
		}
	}()
	sub := *c
	sub.proc, sub.args, sub.path, sub.stdin = child, args, file, stdin
	code := c.host.execute(&sub)
	child.finish(code)
	return code
}

// shellCommand is sh, ksh and bash: -c, a script file, or standard input.
func shellCommand(c *call) int {
	p := program{name: c.args[0], bash: path.Base(c.args[0]) == "bash"}
	args := c.args[1:]
	fromString, fromInput := false, false
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		a := args[0]
		args = args[1:]
		if a == "--" {
			break
		}
		if strings.HasPrefix(a, "--") {
			continue // bash's --norc, --login and the like
		}
		for i := 1; i < len(a); i++ {
			switch a[i] {
			case 'c':
				fromString = true
			case 's':
				fromInput = true
			case 'o':
				if len(args) > 0 {
					if strings.Contains("allexport errexit noexec noglob nounset xtrace pipefail", args[0]) {
						p.flags = append(p.flags, a[:1]+"o", args[0])
					}
					args = args[1:]
				}
			case 'a', 'e', 'f', 'n', 'u', 'x':
				p.flags = append(p.flags, a[:1]+string(a[i]))
			}
		}
	}
	switch {
	case fromString:
		if len(args) == 0 {
			return c.fail(2, "%s: 0403-010 A specified flag is not valid for this command.\n", p.name)
		}
		p.source, args = args[0], args[1:]
		if len(args) > 0 {
			p.name, args = args[0], args[1:]
		}
		p.args = args
	case len(args) > 0 && !fromInput:
		data, err := c.host.fs.readFile(c.dir, args[0], c.proc.user)
		if err != nil {
			return c.fail(127, "%s: %s:  not found.\n", p.name, args[0])
		}
		p.source, p.name, p.args = string(data), args[0], args[1:]
	default:
		// The whole program is read before it runs, where a real shell reads as it
		// goes; commands of the script therefore find an empty standard input.
		data, err := io.ReadAll(io.LimitReader(contextReader{c.ctx, c.stdin}, maxScriptBytes+1))
		if err != nil && c.ctx.Err() != nil {
			return 128 + c.proc.signal
		}
		p.source, p.args = string(data), args
		c.stdin = strings.NewReader("")
	}
	return runShell(c, p)
}

func (c *call) environment() []string {
	list := make([]string, 0, len(c.env))
	for name, value := range c.env {
		list = append(list, name+"="+value)
	}
	sort.Strings(list)
	return list
}

func envCommand(c *call) int {
	args := c.args[1:]
	env := map[string]string{}
	for k, v := range c.env {
		env[k] = v
	}
	for len(args) > 0 {
		if args[0] == "-i" || args[0] == "-" {
			env = map[string]string{}
		} else if args[0] == "-u" && len(args) > 1 {
			delete(env, args[1])
			args = args[1:]
		} else if name, value, ok := strings.Cut(args[0], "="); ok {
			env[name] = value
		} else {
			break
		}
		args = args[1:]
	}
	c.env = env
	if len(args) == 0 {
		for _, line := range c.environment() {
			c.printf("%s\n", line)
		}
		return 0
	}
	sub := *c
	sub.args = args
	var ok bool
	lookup := env["PATH"]
	if lookup == "" {
		lookup = defaultPath
	}
	if sub.path, ok = c.host.find(args[0], lookup, c.dir, c.proc.user); !ok {
		return c.fail(127, "env: %s: A file or directory in the path name does not exist.\n", args[0])
	}
	return c.host.execute(&sub)
}

func printenv(c *call) int {
	if len(c.args) > 1 {
		v, ok := c.env[c.args[1]]
		if !ok {
			return 1
		}
		c.printf("%s\n", v)
		return 0
	}
	c.printf("%s\n", strings.Join(c.environment(), "\n"))
	return 0
}

// testCommand is /usr/bin/test: the shell's own, run by a shell.
func testCommand(c *call) int {
	quoted := make([]string, len(c.args))
	for i, a := range c.args {
		quoted[i] = quote(a)
	}
	quoted[0] = path.Base(c.args[0])
	return runShell(c, program{source: strings.Join(quoted, " "), name: c.args[0]})
}

// sudo runs a command as root if the definition lets the user.
func sudo(c *call) int {
	args := c.args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag := args[0]
		args = args[1:]
		if flag == "--" {
			break
		}
		if (flag == "-u" || flag == "-g" || flag == "-p") && len(args) > 0 {
			if flag == "-u" && args[0] != "root" {
				return c.fail(1, "sudo: unknown user: %s\n", args[0])
			}
			args = args[1:]
		}
		if flag == "-S" {
			// The password comes on standard input; its line is read and not checked
			// for hosts that let the user run sudo without one.
			one := make([]byte, 1)
			for n := 0; n < 256; n++ {
				if _, err := c.stdin.Read(one); err != nil || one[0] == '\n' {
					break
				}
			}
		}
	}
	if !c.host.maySudo(c.proc.user) {
		return c.fail(1, "sudo: a password is required\n")
	}
	for len(args) > 0 {
		name, value, ok := strings.Cut(args[0], "=")
		if !ok || !isName(name) {
			break
		}
		c.env[name] = value
		args = args[1:]
	}
	if len(args) == 0 {
		return 0
	}
	return c.asRoot(args)
}

func (c *call) asRoot(args []string) int {
	root, _ := c.host.credentialOf("root")
	child, ok := c.host.fork(c.proc, root, strings.Join(args, " "))
	if !ok {
		return 126
	}
	sub := *c
	sub.proc, sub.args = child, args
	if sub.path, ok = c.host.find(args[0], c.env["PATH"]+":"+defaultPath, c.dir, root); !ok {
		child.finish(1)
		return c.fail(1, "sudo: %s: command not found\n", args[0])
	}
	go func() {
		select {
		case <-c.proc.killed:
			child.deliver(signals["TERM"])
		case <-child.done:
		}
	}()
	code := c.host.execute(&sub)
	child.finish(code)
	return code
}

// su runs a command as another user; only root may without a password.
func su(c *call) int {
	args := c.args[1:]
	user, command := "root", ""
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-":
		case args[i] == "-c" && i+1 < len(args):
			i++
			command = args[i]
		case !strings.HasPrefix(args[i], "-"):
			user = args[i]
		}
	}
	who, ok := c.host.credentialOf(user)
	if !ok || !c.proc.user.root() {
		return c.fail(1, "3004-501 Cannot su to %q : Account is not accessible.\n", user)
	}
	child, ok := c.host.fork(c.proc, who, "-ksh")
	if !ok {
		return 126
	}
	sub := *c
	sub.proc, sub.dir = child, who.home
	sub.env = c.host.loginEnvironment(who)
	code := runShell(&sub, program{source: command, name: "ksh"})
	child.finish(code)
	return code
}

func nohup(c *call) int {
	if len(c.args) < 2 {
		return c.fail(127, "Usage: nohup Command [Arg ...]\n")
	}
	c.proc.setTrap(signals["HUP"], "", true)
	return c.run(c.args[1:], c.stdin)
}

func nice(c *call) int {
	args := c.args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if args[0] == "-n" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return 0
	}
	return c.run(args, c.stdin)
}

// timeoutCommand is what AIX has only from the open source toolbox, so the
// default host does not have it; a definition can add it.
func timeoutCommand(c *call) int {
	args := c.args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		args = args[1:]
	}
	if len(args) < 2 {
		return 125
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(args[0], "s"), 64)
	if err != nil {
		return 125
	}
	timer := time.AfterFunc(time.Duration(seconds*float64(time.Second)), func() { c.proc.deliver(signals["TERM"]) })
	defer timer.Stop()
	return c.run(args[1:], c.stdin)
}
