// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"io"
	"path"
	"strconv"
	"strings"
)

func init() {
	register(map[string]runFunc{
		"sh": shellCommand, "ksh": shellCommand, "ksh93": shellCommand, "bash": shellCommand, "env": envCommand, "printenv": printenv,
		"true": trueCommand, "false": func(*call) int { return 1 }, "echo": echoCommand, "printf": printfCommand, "test": testCommand, "[": testCommand,
		"basename": basename, "dirname": dirname, "hostname": hostname, "id": id, "whoami": whoami, "logname": whoami, "date": date, "ps": ps, "kill": killCommand,
		"sudo": sudo, "su": su, "xargs": xargs, "sleep": sleep, "expr": expr, "pwd": pwdCommand, "nohup": nohup, "tty": ttyCommand, "uptime": uptime,
		"which": which, "timeout": timeoutCommand, "nice": nice, "groups": groups, "who": whoCommand, "getent": falseCommand, "stty": trueCommand,
		"logger": trueCommand, "errpt": trueCommand, "alog": alog, "time": nice,
	})
}

func falseCommand(*call) int { return 1 }

func echoCommand(c *call) int {
	c.write(echoText(c.args[1:], true))
	return 0
}

func printfCommand(c *call) int {
	if len(c.args) < 2 {
		return c.fail(1, "Usage: printf Format [Argument ...]\n")
	}
	text, err := formatPrintf(c.args[1], c.args[2:])
	c.write(text)
	if err != nil {
		return c.fail(1, "printf: %v\n", err)
	}
	return 0
}

func basename(c *call) int {
	args := c.args[1:]
	if len(args) == 0 {
		return c.fail(1, "Usage: basename String [Suffix]\n")
	}
	name := path.Base(args[0])
	if args[0] == "" {
		name = ""
	}
	if len(args) > 1 && name != args[1] {
		name = strings.TrimSuffix(name, args[1])
	}
	c.printf("%s\n", name)
	return 0
}

func dirname(c *call) int {
	if len(c.args) < 2 {
		return c.fail(1, "Usage: dirname Path\n")
	}
	p := strings.TrimRight(c.args[1], "/")
	if p == "" && c.args[1] != "" {
		p = "/"
	} else if i := strings.LastIndex(p, "/"); i < 0 {
		p = "."
	} else if p = strings.TrimRight(p[:i], "/"); p == "" {
		p = "/"
	}
	c.printf("%s\n", p)
	return 0
}

func hostname(c *call) int {
	o := getopt(c.args[1:], "s", false)
	if len(o.rest) > 0 {
		if !c.needRoot() {
			return 1
		}
		c.host.mu.Lock()
		c.host.hostname = o.rest[0]
		c.host.mu.Unlock()
		return 0
	}
	name := c.host.name()
	if o.has('s') {
		name, _, _ = strings.Cut(name, ".")
	}
	c.printf("%s\n", name)
	return 0
}

func id(c *call) int {
	o := getopt(c.args[1:], "ugGnrl", false)
	who := c.proc.user
	if len(o.rest) > 0 {
		u, ok := c.host.credentialOf(o.rest[0])
		if !ok {
			return c.fail(1, "id: 0653-350 User not found in /etc/passwd file\n")
		}
		who = u
	}
	switch {
	case o.has('u') && o.has('n'):
		c.printf("%s\n", who.name)
	case o.has('u'):
		c.printf("%d\n", who.uid)
	case (o.has('g') || o.has('G')) && o.has('n'):
		c.printf("%s\n", c.host.groupName(who.gid))
	case o.has('g') || o.has('G'):
		c.printf("%d\n", who.gid)
	default:
		c.printf("uid=%d(%s) gid=%d(%s)\n", who.uid, who.name, who.gid, c.host.groupName(who.gid))
	}
	return 0
}

func groups(c *call) int {
	c.printf("%s\n", c.host.groupName(c.proc.user.gid))
	return 0
}

func whoami(c *call) int {
	c.printf("%s\n", c.proc.user.name)
	return 0
}

func whoCommand(c *call) int {
	c.printf("%-11s pts/0       %s\n", c.proc.user.name, c.host.now().UTC().Format("Jan 02 15:04"))
	return 0
}

func ttyCommand(c *call) int {
	if c.proc.tty == "-" {
		c.printf("not a tty\n")
		return 1
	}
	c.printf("/dev/%s\n", c.proc.tty)
	return 0
}

func pwdCommand(c *call) int {
	c.printf("%s\n", c.dir)
	return 0
}

func uptime(c *call) int {
	up := c.host.now().Sub(c.host.bootTime())
	c.printf("  %s   up %d days,  %2d:%02d,  1 user,  load average: 0.01, 0.02, 0.02\n", c.host.now().UTC().Format("03:04PM"),
		int(up.Hours())/24, int(up.Hours())%24, int(up.Minutes())%60)
	return 0
}

// date formats the host's clock, which runs in UTC.
func date(c *call) int {
	args := c.args[1:]
	for len(args) > 0 && (args[0] == "-u" || args[0] == "-n") {
		args = args[1:]
	}
	now := c.host.now().UTC()
	if len(args) == 0 {
		c.printf("%s\n", now.Format("Mon Jan _2 15:04:05 UTC 2006"))
		return 0
	}
	if !strings.HasPrefix(args[0], "+") {
		return c.fail(1, "date: 0551-404 Operation not permitted.\n")
	}
	layouts := map[byte]string{'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'y': "06", 'b': "Jan", 'h': "Jan", 'B': "January",
		'a': "Mon", 'A': "Monday", 'e': "_2", 'I': "03", 'p': "PM", 'T': "15:04:05", 'D': "01/02/06", 'Z': "UTC", 'j': "002", 'c': "Mon Jan _2 15:04:05 2006", 'R': "15:04", 'F': "2006-01-02", 'x': "01/02/06", 'X': "15:04:05"}
	var b strings.Builder
	format := args[0][1:]
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		switch layout, ok := layouts[format[i]]; {
		case ok:
			b.WriteString(now.Format(layout))
		case format[i] == 's':
			b.WriteString(strconv.FormatInt(now.Unix(), 10))
		case format[i] == 'n':
			b.WriteByte('\n')
		case format[i] == 't':
			b.WriteByte('\t')
		case format[i] == '%':
			b.WriteByte('%')
		default:
			b.WriteString("%" + string(format[i]))
		}
	}
	c.printf("%s\n", b.String())
	return 0
}

func which(c *call) int {
	code := 0
	for _, name := range c.args[1:] {
		file, ok := c.host.find(name, c.env["PATH"], c.dir, c.proc.user)
		if !ok {
			c.errorf("which: 0652-141 There is no %s in %s.\n", name, strings.ReplaceAll(c.env["PATH"], ":", " "))
			code = 1
			continue
		}
		c.printf("%s\n", file)
	}
	return code
}

// alog writes to the boot log: what comes in goes nowhere.
func alog(c *call) int {
	_, _ = io.Copy(io.Discard, contextReader{c.ctx, c.stdin})
	return 0
}
