// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"strings"
	"testing"
)

// packerFunctions are the names of the functions of Packer 1.16 (hcl2template/functions.go).
const packerFunctions = `abs abspath alltrue anytrue aws_secretsmanager aws_secretsmanager_raw basename base64decode base64encode
	base64gzip bcrypt can ceil chomp chunklist cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat
	consul_key contains convert csvdecode dirname distinct element endswith file filebase64 fileexists fileset flatten floor format
	formatdate formatlist indent index join jsondecode jsonencode keys legacy_isotime legacy_strftime length log lookup lower max md5
	merge min parseint pathexpand pow range reverse replace regex regexall regex_replace rfc3339_parse rsadecrypt setintersection
	setproduct setunion sha1 sha256 sha512 signum slice sort split startswith strcontains strrev substr sum textdecodebase64
	textencodebase64 timestamp timeadd title trim trimprefix trimspace trimsuffix try unix_timestamp_parse upper urlencode uuidv4
	uuidv5 values vault yamldecode yamlencode zipmap`

func TestEveryFunctionOfPackerIsHereOrLeftOutForAReason(t *testing.T) {
	here := map[string]bool{}
	for _, f := range Functions() {
		here[f.Name] = true
		if f.Description == "" || f.Example == "" || f.Result == "" {
			t.Errorf("%s is not documented", f.Name)
		}
	}
	packer := map[string]bool{}
	for _, name := range strings.Fields(packerFunctions) {
		packer[name] = true
		if here[name] == (LeftOut[name] != "") {
			t.Errorf("%s: here %v, left out because %q", name, here[name], LeftOut[name])
		}
	}
	for name := range LeftOut {
		if !packer[name] {
			t.Errorf("%s is left out, and Packer has no such function", name)
		}
	}
}
