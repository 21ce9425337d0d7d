// SPDX-License-Identifier: MPL-2.0

package image

import (
	"strings"
	"testing"
)

func TestCloudIDsAreUUIDsOrCRNs(t *testing.T) {
	const uuid = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
	const crn = "crn:v1:bluemix:public:power-iaas:us-south:a/abc:11111111-2222-3333-4444-555555555555:image:" + uuid
	for id, want := range map[string]CloudID{
		uuid:                               {UUID: uuid},
		" " + strings.ToUpper(uuid):        {UUID: uuid},
		"0a1b2c3d4e5f60718293a4b5c6d7e8f9": {UUID: uuid},
		crn:                                {UUID: uuid, CRN: crn, Workspace: "11111111-2222-3333-4444-555555555555"},
	} {
		if got, err := ParseCloudID(id); err != nil || got != want || got.Digits() != "0a1b2c3d4e5f60718293a4b5c6d7e8f9" {
			t.Errorf("%s: got %+v, %v", id, got, err)
		}
	}
	if (CloudID{UUID: uuid}).URI() != "urn:uuid:"+uuid || (CloudID{UUID: uuid, CRN: crn}).URI() != crn {
		t.Error("the URIs are off")
	}
	for _, id := range []string{"", "aix73", uuid + "0", "0a1b2c3d-4e5f60718293-a4b5c6d7e8f9", "crn:v1:x", strings.Replace(crn, ":image:", ":pvm-instance:", 1), strings.Replace(crn, "power-iaas", "is", 1)} {
		if _, err := ParseCloudID(id); err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%s: got %v", id, err)
		}
	}
}
