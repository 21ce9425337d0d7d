// SPDX-License-Identifier: MPL-2.0

package aixsim

import (
	"bytes"
	"strings"
	"testing"
)

// deployed makes a VM from the host as a script left it.
func deployed(t *testing.T, script string) (*Host, *Host) {
	t.Helper()
	source := newHost(t)
	run(t, source, script)
	vm, err := source.Capture().Deploy(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	return source, vm
}

func TestADeployedVMHasItsOwnAddressAndNodeID(t *testing.T) {
	source, vm := deployed(t, "true")
	if up, why := vm.RMC(); !up {
		t.Fatalf("RMC does not come up: %s", why)
	}
	before, after := source.Snapshot(), vm.Snapshot()
	if before.EtcNodeID == after.EtcNodeID || after.EtcNodeID != after.VarNodeID {
		t.Errorf("node ids %s, %s and %s", before.EtcNodeID, after.EtcNodeID, after.VarNodeID)
	}
	out, _, _ := run(t, vm, "grep -c chdev /etc/rc.tcpip; grep 'chdev -l en1' /etc/rc.tcpip; entstat -d ent1 | grep Hardware; lsattr -El en1 -a netaddr6 -F value")
	if strings.Contains(out, linkLocalEN1) || strings.Contains(out, "fa:4b:8c:2e:71:21") || !strings.HasPrefix(out, "1\n") {
		t.Errorf("the captured host's address is on the new VM:\n%s", out)
	}
	vm.Reboot()
	if up, why := vm.RMC(); !up {
		t.Errorf("RMC is not up after a reboot: %s", why)
	}
	if again := vm.Snapshot(); again.EtcNodeID != after.EtcNodeID {
		t.Error("a reboot reset RMC again")
	}
}

func TestWhatTheImageLacksShowsAtDeploy(t *testing.T) {
	for script, why := range map[string]string{
		"rpm -e cloud-init":                   "belongs to another VM as well",
		"rm -f /etc/rc.d/rc2.d/S02*":          "belongs to another VM as well",
		"rm -f /etc/ct_node_id":               "node id is missing",
		"rm -f /etc/rc.tcpip":                 "en1 is not up",
		"rmitab l2":                           "belongs to another VM as well",
		"installp -u rsct.core.rmc":           "RSCT is below 3.2.1.0",
		"rmitab ctrmc; rm -f /etc/ct_node_id": "ctrmc does not run",
	} {
		_, vm := deployed(t, script)
		if up, got := vm.RMC(); up || !strings.Contains(got, why) {
			t.Errorf("%s: up: %t, %q, expected %q", script, up, got, why)
		}
	}
	// With clouddev=0 the new VM takes the old addresses over until cloud-init comes.
	if _, vm := deployed(t, "chdev -l sys0 -a clouddev=0"); true {
		if up, why := vm.RMC(); !up {
			t.Errorf("clouddev=0: %s", why)
		}
	}
}

func TestAnImageReadsAsItWasWritten(t *testing.T) {
	source := newHost(t)
	run(t, source, "echo kept >/tmp/kept; ln /tmp/kept /tmp/also; chmod 0640 /tmp/kept; ln -s kept /tmp/link")
	var encoded bytes.Buffer
	if err := source.Capture().Encode(&encoded); err != nil {
		t.Fatal(err)
	}
	image, err := DecodeImage(&encoded)
	if err != nil {
		t.Fatal(err)
	}
	again, err := image.Boot()
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	out, _, _ := run(t, again, "echo more >>/tmp/also; cat /tmp/link; ls -l /tmp/kept | cut -c 1-10")
	if out != "kept\nmore\n-rw-r-----\n" {
		t.Errorf("got %q", out)
	}
	source.Reboot()
	if up, why := again.RMC(); !up || again.Snapshot().EtcNodeID != source.Snapshot().EtcNodeID {
		t.Errorf("the same VM booted again: %t %s", up, why)
	}
	if _, err := DecodeImage(strings.NewReader("no image")); err == nil {
		t.Error("nonsense is read as an image")
	}
}
