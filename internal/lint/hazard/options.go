// SPDX-License-Identifier: MPL-2.0

package hazard

import (
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// letters are the option letters of AIX's commands, as getopt takes them: a colon
// after those that have a value. A command that is not here has options without values.
var letters = map[string]string{
	"alt_disk_copy":    "d:i:s:R:PDBVruPL:U:x:I:l:M:f:F:b:w:p:n:t:T",
	"alt_disk_install": "i:s:R:DBVrx:p:L:d:CP:K:I:O:l:M:f:F:b:w:n:W:XqvTSth",
	"alt_disk_mksysb":  "m:d:i:s:R:p:P:DBVrkzL:cTKo:x:N:u",
	"alt_rootvg_op":    "d:C:X:W:S:v:q:tDVR:b:w:f:F:M:n:l:R",
	"bootlist":         "m:f:roiVF",
	"bosboot":          "d:aruD:k:l:b:M:p:LTIwW:qs:v",
	"cfgmgr":           "l:p:fsvi:",
	"chdev":            "l:a:f:hp:PTUqugGS",
	"chitab":           "",
	"chpv":             "a:cCv:p:h:m:",
	"chrctcp":          "Sa:d:c:f:nu:",
	"chssys":           "a:Ap:s:RDdEeOoQqKSi:I:o:w:G:n:f:m:N:e:t:u:",
	"chsys":            "a:",
	"dnf":              "c:d:e:R:x:yq",
	"emgr":             "e:f:r:L:n:u:i:lpXbqkwI:CUPRcda:m:v:D",
	"geninstall":       "d:D:f:I:EFJNpQRSTYZL:MU:ul:t",
	"genfilt":          "v:n:a:s:m:d:M:g:c:o:p:O:P:r:w:l:f:t:i:D:e:x:X:z:C:",
	"installp":         "acAbBCd:D:e:Ef:FgGiIJlLM:NO:pPqQrR:sSt:uvV:wXYz:T:UVn",
	"lsdev":            "Cc:s:t:l:r:HF:f:hPp:SAR",
	"mkdev":            "l:c:s:t:a:p:w:dSqf:hR",
	"mkfilt":           "v:udg:z:i",
	"mkitab":           "i:",
	"mktcpip":          "h:a:m:i:n:d:g:t:r:sc:D:S:C:A:s:w:P:",
	"nim":              "o:a:t:F",
	"nimadm":           "c:l:s:d:t:p:j:a:b:z:e:f:m:M:o:O:BDECFHITVYPSN:k:r:",
	"nimclient":        "o:a:t:lpPrR:S:d:Cx",
	"odmchange":        "o:q:",
	"odmdelete":        "o:q:",
	"recfgct":          "i:nshV",
	"rm":               "rRfieP",
	"rmcctrl":          "aAdkKmMnNpPqQrRst:u:U:vVwWxXyYzhl",
	"rmdev":            "dl:SRp:f:hqg",
	"rmfilt":           "v:n:f",
	"rmgroup":          "p",
	"rmssys":           "s:",
	"rpm":              "eivFUqa",
	"smit":             "Ccm:Dd:fhl:MnNo:p:r:s:tvx:j:",
	"smitty":           "Ccm:Dd:fhl:MnNo:p:r:s:tvx:j:",
	"startsrc":         "a:e:g:h:s:",
	"stopsrc":          "acfh:g:s:t:p:",
	"ucfgif":           "l:",
	"udefif":           "l:",
	"update_all":       "d:",
	"yum":              "c:d:e:R:x:yq",
}

// plain are commands whose words have a meaning of their own: a hyphen in front of
// one of them makes no option.
var plain = map[string]bool{"ifconfig": true, "find": true, "dd": true, "test": true, "[": true, "[[": true, "no": false}

// parse fills a command's options, operands and attributes from its words, as the
// command itself would read them. Options are taken wherever they stand up to `--`.
func parse(c *policy.Command) {
	c.Options, c.Attributes, c.Operands = map[string]string{}, map[string]string{}, nil
	if len(c.Words) == 0 {
		return
	}
	words := c.Words[1:]
	if plain[c.Name] {
		c.Operands = append([]string{}, words...)
		return
	}
	spec, specified := letters[c.Name]
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case word == "--":
			c.Operands = append(c.Operands, words[i+1:]...)
			i = len(words)
		case strings.HasPrefix(word, "--"):
			name, value, _ := strings.Cut(word[2:], "=")
			set(c, name, value)
		case len(word) > 1 && word[0] == '-':
			for rest := word[1:]; rest != ""; {
				letter := rest[:1]
				rest = rest[1:]
				at := strings.Index(spec, letter)
				if letter == ":" || !specified || at < 0 || at+1 >= len(spec) || spec[at+1] != ':' {
					set(c, letter, "")
					continue
				}
				if rest == "" && i+1 < len(words) {
					i++
					rest = words[i]
				}
				set(c, letter, rest)
				rest = ""
			}
		default:
			c.Operands = append(c.Operands, word)
		}
	}
}

func set(c *policy.Command, name, value string) {
	if old, ok := c.Options[name]; ok && (old != "" || value != "") {
		value = old + "\n" + value
	}
	c.Options[name] = value
	if name != "a" {
		return
	}
	// Several pairs may stand in one value, as in -a "netaddr=10.0.0.1 netmask=255.0.0.0".
	for _, option := range strings.Split(value, "\n") {
		for _, pair := range strings.Fields(option) {
			if key, text, ok := strings.Cut(pair, "="); ok {
				c.Attributes[key] = strings.Trim(text, `"'`)
			}
		}
	}
}
