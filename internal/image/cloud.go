// SPDX-License-Identifier: MPL-2.0

package image

import (
	"fmt"
	"regexp"
	"strings"
)

// CloudID identifies an image in Power VS.
type CloudID struct {
	// UUID is in lower case, with dashes.
	UUID string
	// CRN is the image's cloud resource name; empty when the UUID alone was given.
	CRN string
	// Workspace is the UUID of the workspace that a CRN names.
	Workspace string
}

var uuidShape = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// ParseCloudID reads an image's UUID, with or without dashes, or its CRN: ten parts
// with colons between them, of which the eighth is the workspace and the last two are
// "image" and the UUID
// (https://cloud.ibm.com/docs/account?topic=account-crn).
func ParseCloudID(id string) (CloudID, error) {
	id = strings.TrimSpace(id)
	if strings.HasPrefix(id, "crn:") {
		parts := strings.Split(id, ":")
		if len(parts) != 10 || parts[1] != "v1" || parts[4] != "power-iaas" || parts[8] != "image" {
			return CloudID{}, fmt.Errorf("image id %q: expected a CRN of a Power VS image: crn:v1:bluemix:public:power-iaas:REGION:a/ACCOUNT:WORKSPACE:image:UUID", id)
		}
		found, err := ParseCloudID(parts[9])
		if err != nil {
			return CloudID{}, err
		}
		found.CRN, found.Workspace = id, parts[7]
		return found, nil
	}
	text := strings.ToLower(id)
	if len(text) == 32 && !strings.Contains(text, "-") {
		text = text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
	}
	if !uuidShape.MatchString(text) {
		return CloudID{}, fmt.Errorf("image id %q: expected a UUID such as 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9, or the image's CRN", id)
	}
	return CloudID{UUID: text}, nil
}

// Digits is the UUID in the form of a digest value: 32 hexadecimal digits without
// dashes, since verifiers read every digest value as hexadecimal.
func (c CloudID) Digits() string { return strings.ReplaceAll(c.UUID, "-", "") }

// URI names the image: by its CRN where it is known.
func (c CloudID) URI() string {
	if c.CRN != "" {
		return c.CRN
	}
	return "urn:uuid:" + c.UUID
}
