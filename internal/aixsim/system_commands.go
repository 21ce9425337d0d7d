// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"io"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
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

// testCommand is /usr/bin/test: the shell's own, run by a shell.
func testCommand(c *call) int {
	quoted := make([]string, len(c.args))
	for i, a := range c.args {
		quoted[i] = quote(a)
	}
	quoted[0] = path.Base(c.args[0])
	return runShell(c, program{source: strings.Join(quoted, " "), name: c.args[0]})
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

// A psRow is one process as ps shows it.
type psRow struct {
	pid, ppid int
	user      credential
	tty       string
	start     time.Time
	command   string
}

// ps shows the processes of the simulator, and the daemons of the SRC.
func ps(c *call) int {
	args := c.args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args[0] = "-" + args[0]
	}
	o := getopt(args, "eAfalo:p:u:t:kg:xwdG:U:", true)
	var rows []psRow
	root := credential{name: "root", home: "/"}
	rows = append(rows, psRow{pid: 1, user: root, tty: "-", start: c.host.bootTime(), command: "/etc/init"})
	rows = append(rows, c.host.daemonRows()...)
	for _, p := range c.host.running() {
		p.mu.Lock()
		rows = append(rows, psRow{p.pid, c.host.livingParent(p), p.user, p.tty, p.start, p.command})
		p.mu.Unlock()
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].pid < rows[j].pid })
	keep := func(r psRow) bool {
		switch {
		case o.has('p'):
			for _, list := range o.values['p'] {
				for _, p := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
					if p == strconv.Itoa(r.pid) {
						return true
					}
				}
			}
			return false
		case o.has('u') && o.value('u') != "":
			return r.user.name == o.value('u')
		case o.has('e') || o.has('A') || o.has('a') && o.has('x'):
			return true
		}
		return r.user.uid == c.proc.user.uid && r.tty == c.proc.tty
	}
	column := func(r psRow, name string) string {
		switch name {
		case "pid":
			return strconv.Itoa(r.pid)
		case "ppid", "pgid":
			return strconv.Itoa(r.ppid)
		case "user", "ruser":
			return r.user.name
		case "uid":
			return strconv.Itoa(r.user.uid)
		case "tty":
			return r.tty
		case "args", "command":
			return r.command
		case "comm", "ucomm":
			first, _, _ := strings.Cut(r.command, " ")
			return path.Base(first)
		case "etime":
			d := c.host.now().Sub(r.start)
			return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
		case "time":
			return "00:00:00"
		case "vsz", "rssize":
			return "1024"
		}
		return "-"
	}
	titles := map[string]string{"pid": "PID", "ppid": "PPID", "user": "USER", "args": "COMMAND", "comm": "COMMAND", "tty": "TT", "etime": "ELAPSED", "time": "TIME", "uid": "UID"}
	if formats := o.values['o']; len(formats) > 0 {
		var names, heads []string
		silent := true
		for _, f := range formats {
			for f != "" {
				var item string
				// A column with its own title takes the rest of the argument.
				if i := strings.IndexAny(f, "=, "); i >= 0 && f[i] == '=' {
					names, heads = append(names, f[:i]), append(heads, f[i+1:])
					silent = silent && f[i+1:] == ""
					break
				} else if i >= 0 {
					item, f = f[:i], f[i+1:]
				} else {
					item, f = f, ""
				}
				if item != "" {
					names, heads = append(names, item), append(heads, titles[item])
					silent = false
				}
			}
		}
		width := func(name string) int {
			return map[string]int{"pid": 8, "ppid": 8, "user": -8, "tty": -6, "etime": 11, "uid": 8}[name]
		}
		line := func(cells []string) string {
			var b strings.Builder
			for i, cell := range cells {
				if i > 0 {
					b.WriteByte(' ')
				}
				if i == len(cells)-1 && width(names[i]) <= 0 {
					b.WriteString(cell)
				} else {
					fmt.Fprintf(&b, "%*s", width(names[i]), cell)
				}
			}
			return b.String() + "\n"
		}
		if !silent {
			c.write(line(heads))
		}
		for _, r := range rows {
			if keep(r) {
				cells := make([]string, len(names))
				for i, n := range names {
					cells[i] = column(r, n)
				}
				c.write(line(cells))
			}
		}
		return 0
	}
	if o.has('f') || o.has('l') {
		c.printf("     UID      PID     PPID   C    STIME    TTY  TIME CMD\n")
		for _, r := range rows {
			if keep(r) {
				c.printf("%8s %8d %8d   0 %8s %6s  0:00 %s\n", r.user.name, r.pid, r.ppid, r.start.UTC().Format("15:04:05"), r.tty, r.command)
			}
		}
		return 0
	}
	c.printf("     PID    TTY  TIME CMD\n")
	for _, r := range rows {
		if keep(r) {
			c.printf("%8d %6s  0:00 %s\n", r.pid, r.tty, column(r, "comm"))
		}
	}
	return 0
}

// livingParent is who adopted the process.
func (h *Host) livingParent(p *process) int {
	if parent := h.process(p.parent); parent == nil || parent.ended() {
		return 1
	}
	return p.parent
}

func killCommand(c *call) int {
	args := c.args[1:]
	signal := signals["TERM"]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		name := args[0][1:]
		if name == "s" && len(args) > 1 {
			name, args = args[1], args[1:]
		}
		n, ok := signalNumber(name)
		if !ok && name != "-" {
			return c.fail(1, "kill: bad signal number: %s\n", name)
		}
		if ok {
			signal = n
		}
		args = args[1:]
	}
	return c.host.kill(c.proc, args, signal, func(format string, a ...any) { c.errorf("kill: "+format, a...) }, nil)
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

func xargs(c *call) int {
	o := getopt(c.args[1:], "n:I:0rtL:ip", false)
	command := o.rest
	if len(command) == 0 {
		command = []string{"echo"}
	}
	data, err := readAll(contextReader{c.ctx, c.stdin})
	if err != nil {
		return 1
	}
	var items []string
	switch {
	case o.has('0'):
		items = strings.FieldsFunc(string(data), func(r rune) bool { return r == 0 })
	case o.has('I'):
		for _, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimLeft(line, " \t"); line != "" {
				items = append(items, line)
			}
		}
	default:
		items = words(string(data))
	}
	per := len(items)
	if v := o.value('n') + o.value('L'); v != "" {
		if per, err = strconv.Atoi(v); err != nil || per < 1 {
			return c.fail(1, "xargs: 0402-053 The number is not valid.\n")
		}
	}
	code := 0
	once := func(args []string) bool {
		switch status := c.run(args, nil); {
		case status == 255:
			code = 124
			return false
		case status == 126 || status == 127:
			code = status
			return false
		case status != 0:
			code = 123
		}
		return c.ctx.Err() == nil
	}
	if mark := o.value('I'); mark != "" {
		for _, item := range items {
			args := make([]string, len(command))
			for i, a := range command {
				args[i] = strings.ReplaceAll(a, mark, item)
			}
			if !once(args) {
				break
			}
		}
		return code
	}
	if len(items) == 0 && !o.has('r') {
		once(command)
		return code
	}
	for len(items) > 0 {
		n := min(max(per, 1), len(items))
		if !once(append(append([]string(nil), command...), items[:n]...)) {
			break
		}
		items = items[n:]
	}
	return code
}

// words splits as xargs does: blanks, quotes, backslash.
func words(s string) []string {
	var out []string
	var b strings.Builder
	in, quoteBy := false, byte(0)
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case quoteBy != 0 && ch == quoteBy:
			quoteBy = 0
		case quoteBy != 0:
			b.WriteByte(ch)
		case ch == '\'' || ch == '"':
			quoteBy, in = ch, true
		case ch == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			in = true
		case ch == ' ' || ch == '\t' || ch == '\n':
			if in {
				out = append(out, b.String())
				b.Reset()
			}
			in = false
		default:
			b.WriteByte(ch)
			in = true
		}
	}
	if in {
		out = append(out, b.String())
	}
	return out
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

// alog writes to the boot log: what comes in goes nowhere.
func alog(c *call) int {
	_, _ = io.Copy(io.Discard, contextReader{c.ctx, c.stdin})
	return 0
}

// globRegexp turns a shell pattern into a regular expression that also matches slashes.
func globRegexp(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch ch := pattern[i]; ch {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case '[':
			end, class, err := bracket(pattern, i)
			if err != nil {
				b.WriteString(`\[`)
				continue
			}
			b.WriteString(strings.Replace(class, "[!", "[^", 1))
			i = end
		default:
			b.WriteString(regexp.QuoteMeta(string(ch)))
		}
	}
	return regexp.Compile(b.String() + "$")
}
