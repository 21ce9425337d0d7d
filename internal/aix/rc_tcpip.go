// SPDX-License-Identifier: MPL-2.0

package aix

import "strings"

// ParseRcTCPIP reads the "file" probe of /etc/rc.tcpip: lines that run chdev on an
// Ethernet interface, and lines that start a daemon with the file's own function
// start. Commented lines are read too, and marked, since they tell what was there.
func ParseRcTCPIP(output []byte) (RcTCPIP, error) {
	f, err := parseFile(output)
	if err != nil {
		return RcTCPIP{}, err
	}
	rc := RcTCPIP{Present: f.present, Mode: f.mode, Owner: f.owner, Group: f.group,
		Chdev: []ChdevLine{}, Starts: []StartLine{}, Network: []NetworkLine{}, DroppedAtDeploy: []int{}}
	var whole strings.Builder // a line and those before it that it continues
	first := 0
	for number, line := range lines(f.content) {
		if isDroppedAtDeploy(line) {
			rc.DroppedAtDeploy = append(rc.DroppedAtDeploy, number)
		}
		if whole.Len() == 0 {
			first = number
		}
		if part, continued := strings.CutSuffix(line, `\`); continued && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			whole.WriteString(part + " ")
			continue
		}
		whole.WriteString(line)
		rc.readLine(first, whole.String())
		whole.Reset()
	}
	if whole.Len() > 0 {
		rc.readLine(first, whole.String())
	}
	return rc, nil
}

// isDroppedAtDeploy reports whether cloud-init's AIX network writer drops the line
// when it rewrites the file at deploy: every line with one of these words goes
// (canonical/cloud-init, pull request 4713, cloudinit/distros/aix.py).
func isDroppedAtDeploy(line string) bool {
	return strings.Contains(line, "chdev") || strings.Contains(line, "anetaddr6") || strings.Contains(line, "cloud-init")
}

func (rc *RcTCPIP) readLine(number int, line string) {
	network, read := false, false
	for _, c := range commandsOf(line) {
		network = network || !c.commented && changesNetwork(baseName(c.words[0]))
		switch {
		case baseName(c.words[0]) == "chdev":
			if chdev, ok := parseChdev(c.words[1:]); ok {
				chdev.Line, chdev.Text, chdev.Commented = number, line, c.commented
				rc.Chdev = append(rc.Chdev, chdev)
				read = true
			}
		case c.words[0] == "start" && len(c.words) > 1 && strings.HasPrefix(c.words[1], "/"):
			rc.Starts = append(rc.Starts, StartLine{
				Line: number, Daemon: baseName(c.words[1]),
				Arguments: strings.TrimSpace(strings.Join(c.words[2:], " ")), Enabled: !c.commented,
			})
		}
	}
	if network && !read {
		rc.Network = append(rc.Network, NetworkLine{Line: number, Text: line})
	}
}

// changesNetwork reports whether a command changes interfaces or their configuration,
// or keeps what follows in the script from running.
func changesNetwork(command string) bool {
	switch command {
	case "ifconfig", "chdev", "rmdev", "mkdev", "cfgmgr", "autoconf6", "mktcpip", "rmtcpip", "ucfgif", "udefif", "odmdelete", "exit", "return":
		return true
	}
	return false
}

// parseChdev reads the arguments of a chdev on an Ethernet interface. An option's
// argument may or may not have a blank before it, and one -a may set several
// attributes.
func parseChdev(words []string) (ChdevLine, bool) {
	var c ChdevLine
	for i := 0; i < len(words); i++ {
		word := words[i]
		if (word == "-l" || word == "-a") && i+1 < len(words) {
			i++
			word += words[i]
		}
		if name, ok := strings.CutPrefix(word, "-l"); ok {
			c.Interface = name
		}
		settings, ok := strings.CutPrefix(word, "-a")
		if !ok {
			continue
		}
		for _, setting := range strings.Fields(settings) {
			name, value, _ := strings.Cut(setting, "=")
			switch name {
			case "netaddr6":
				c.NetAddr6, c.Clears = value, value == ""
			case "prefixlen":
				c.PrefixLen = value
			case "state":
				c.State = value
			}
		}
	}
	return c, IsInterfaceName(c.Interface)
}

// sets reports whether the file, as it runs from its first line to its last, leaves
// the interface with a link-local IPv6 address.
func (rc RcTCPIP) sets(name string) bool {
	set := false
	for _, line := range rc.Chdev {
		switch {
		case line.Commented || line.Interface != name:
		case line.Clears, line.State == "down", line.State == "detach":
			set = false
		case line.NetAddr6 != "":
			set = isLinkLocal(line.NetAddr6)
		}
	}
	return set
}

// autoconf6 reports whether the file starts autoconf6 for the interface. With -a it
// configures all interfaces, with -i those that are named after the options, and
// with neither those that are already up (AIX Commands Reference, autoconf6): then
// the answer is that of up.
func (rc RcTCPIP) autoconf6(name string, up Fact[bool]) Fact[bool] {
	answers := []Fact[bool]{Known(false)}
	for _, start := range rc.Starts {
		if !start.Enabled || start.Daemon != "autoconf6" {
			continue
		}
		all, listed := false, false
		named := map[string]bool{}
		words := strings.Fields(start.Arguments)
		for i := 0; i < len(words); i++ {
			option, isOption := strings.CutPrefix(words[i], "-")
			switch {
			case !isOption:
				named[words[i]] = true
			case strings.HasSuffix(option, "m"):
				i++ // the main interface, which it does not configure for that
			default:
				all = all || strings.Contains(option, "a")
				listed = listed || strings.Contains(option, "i")
			}
		}
		switch {
		case all:
			answers = append(answers, Known(true))
		case listed:
			answers = append(answers, Known(named[name]))
		default:
			answers = append(answers, up)
		}
	}
	return anyTrue(answers...)
}
