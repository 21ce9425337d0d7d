// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"
)

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
