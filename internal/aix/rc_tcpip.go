// SPDX-License-Identifier: MPL-2.0

package aix

import (
	"regexp"
	"strings"
)

var startLine = regexp.MustCompile(`(?:^|\s)start\s+(/\S+/)?([A-Za-z0-9_-]+)\s*(.*)$`)

// ParseRcTCPIP reads the "file" probe of /etc/rc.tcpip.
func ParseRcTCPIP(output []byte) (RcTCPIP, error) {
	f, err := parseFile(output)
	if err != nil {
		return RcTCPIP{}, err
	}
	rc := RcTCPIP{Present: f.present, Mode: f.mode, Owner: f.owner, Group: f.group,
		Chdev: []ChdevLine{}, Starts: []StartLine{}, DroppedAtDeploy: []int{}}
	for number, line := range lines(f.content) {
		bare := strings.TrimSpace(strings.TrimLeft(line, "# \t"))
		commented := strings.HasPrefix(strings.TrimSpace(line), "#")
		// cloud-init's AIX network writer drops every line with one of these words
		// (canonical/cloud-init PR 4713, distros/aix.py).
		for _, word := range []string{"chdev", "anetaddr6", "cloud-init"} {
			if strings.Contains(line, word) {
				rc.DroppedAtDeploy = append(rc.DroppedAtDeploy, number)
				break
			}
		}
		if c, ok := parseChdev(bare); ok {
			c.Line, c.Text, c.Commented = number, line, commented
			rc.Chdev = append(rc.Chdev, c)
			continue
		}
		if m := startLine.FindStringSubmatch(bare); m != nil && m[1] != "" {
			rc.Starts = append(rc.Starts, StartLine{Line: number, Daemon: m[2], Arguments: strings.TrimSpace(m[3]), Enabled: !commented})
		}
	}
	return rc, nil
}

// parseChdev reads a chdev command on an Ethernet interface; -a may or may not have
// a blank after it.
func parseChdev(line string) (ChdevLine, bool) {
	fields := strings.Fields(line)
	if len(fields) == 0 || (fields[0] != "chdev" && !strings.HasSuffix(fields[0], "/chdev")) {
		return ChdevLine{}, false
	}
	var c ChdevLine
	for i := 1; i < len(fields); i++ {
		word := fields[i]
		if (word == "-l" || word == "-a") && i+1 < len(fields) {
			i++
			word += fields[i]
		}
		word = strings.NewReplacer("'", "", `"`, "").Replace(word)
		switch {
		case strings.HasPrefix(word, "-l"):
			c.Interface = word[2:]
		case strings.HasPrefix(word, "-anetaddr6="):
			c.NetAddr6 = strings.TrimPrefix(word, "-anetaddr6=")
		case strings.HasPrefix(word, "-aprefixlen="):
			c.PrefixLen = strings.TrimPrefix(word, "-aprefixlen=")
		}
	}
	return c, IsInterfaceName(c.Interface)
}
